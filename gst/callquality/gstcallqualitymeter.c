/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/**
 * SECTION:element-callqualitymeter
 * @title: callqualitymeter
 *
 * Says how a stream of a call sounds, looks and travels, and lets it through: RTP, encoded or raw. Once in an interval
 * it posts a message `call-quality`, and at the end one with the whole.
 *
 * |[
 * gst-launch-1.0 -m audiotestsrc num-buffers=250 samplesperbuffer=960 ! audio/x-raw,rate=48000 ! opusenc ! rtpopuspay ! identity drop-probability=0.05 ! callqualitymeter ! fakesink sync=true
 * ]|
 */

#include "gstcallqualitymeterprivate.h"

GST_DEBUG_CATEGORY_STATIC (callqualitymeter_debug);
#define GST_CAT_DEFAULT callqualitymeter_debug

#define CAPS "application/x-rtp; audio/x-raw; video/x-raw; audio/x-opus; video/x-vp8; video/x-vp9; video/x-h264"

enum
{
  SIGNAL_RESET,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (CAPS));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (GstCallQualityMeter, gst_call_quality_meter, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (callqualitymeter_debug, "callqualitymeter", 0, "quality of a stream"))
GST_ELEMENT_REGISTER_DEFINE (callqualitymeter, "callqualitymeter", GST_RANK_NONE, GST_TYPE_CALL_QUALITY_METER)

/* ---- reports ---- */

/* With the lock. */
static void
add_times (GstCallQualityMeter *self, GstStructure *structure, GstClockTime timestamp, GstClockTime duration)
{
  gboolean time = self->segment.format == GST_FORMAT_TIME && GST_CLOCK_TIME_IS_VALID (timestamp);
  guint64 stream_time =
      time ? gst_segment_to_stream_time (&self->segment, GST_FORMAT_TIME, timestamp) : GST_CLOCK_TIME_NONE;
  guint64 running_time =
      time ? gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, timestamp) : GST_CLOCK_TIME_NONE;
  gst_structure_set (structure, "timestamp", GST_TYPE_CLOCK_TIME, timestamp, "stream-time", GST_TYPE_CLOCK_TIME,
      stream_time, "running-time", GST_TYPE_CLOCK_TIME, running_time, "duration", GST_TYPE_CLOCK_TIME, duration, NULL);
}

/* With the lock. The message, or NULL. */
static GstMessage *
keep_report (GstCallQualityMeter *self, GstStructure *structure, gboolean final, gboolean *changed)
{
  double mos = 0;
  guint grade = self->network_quality;
  gst_structure_set (structure, "final", G_TYPE_BOOLEAN, final, NULL);
  if (!gst_structure_get_double (structure, "mos", &mos))
    gst_structure_get_double (structure, "video-mos", &mos);
  gst_structure_get_uint (structure, "network-quality", &grade);
  changed[0] = mos != self->mos;
  changed[1] = grade != self->network_quality;
  self->mos = mos;
  self->network_quality = grade;
  g_clear_pointer (&self->stats, gst_structure_free);
  self->stats = structure;
  if (!self->post_messages)
    return NULL;
  return gst_message_new_element (GST_OBJECT (self), gst_structure_copy (structure));
}

static void
publish (GstCallQualityMeter *self, GstMessage *message, const gboolean *changed)
{
  if (message != NULL)
    gst_element_post_message (GST_ELEMENT (self), message);
  if (changed[0])
    g_object_notify (G_OBJECT (self), "mos");
  if (changed[1])
    g_object_notify (G_OBJECT (self), "network-quality");
}

/* With the lock: what there is since `begun`, for @duration. */
static GstMessage *
take_interval (GstCallQualityMeter *self, GstClockTime duration, GstClockTime silent, gboolean *changed)
{
  CallMeterSpan span = {.duration = duration, .silent = silent};
  GstStructure *structure = call_meter_take_interval (&self->meter, &self->settings, &span);
  add_times (self, structure, self->begun, duration);
  self->measured += duration;
  return keep_report (self, structure, FALSE, changed);
}

static void
post_final (GstCallQualityMeter *self)
{
  gboolean changed[2] = {FALSE, FALSE};
  g_mutex_lock (&self->lock);
  GstClockTime rest = 0;
  if (GST_CLOCK_TIME_IS_VALID (self->begun) && self->segment.position > self->begun)
    rest = self->segment.position - self->begun;
  CallMeterSpan span = {.duration = self->measured + rest};
  GstStructure *structure = call_meter_get_total (&self->meter, &self->settings, &span);
  add_times (self, structure, self->segment.position, span.duration);
  GstMessage *message = keep_report (self, structure, TRUE, changed);
  g_mutex_unlock (&self->lock);
  publish (self, message, changed);
}

/* ---- streaming ---- */

/* When a packet came is its DTS where a source set both, else its PTS, else now. */
static GstClockTime
arrival_of (GstCallQualityMeter *self, GstBuffer *buffer)
{
  if (self->meter.kind == CALL_METER_RTP && GST_BUFFER_DTS_IS_VALID (buffer))
    return GST_BUFFER_DTS (buffer);
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    return GST_BUFFER_PTS (buffer);
  return GST_BUFFER_DTS_IS_VALID (buffer) ? GST_BUFFER_DTS (buffer) : (GstClockTime) g_get_monotonic_time () * 1000;
}

/* With the lock. The interval's message, when the buffer ends one. */
static GstMessage *
measure (GstCallQualityMeter *self, GstBuffer *buffer, gboolean *changed)
{
  GstClockTime time = arrival_of (self, buffer);
  GstClockTime end = time + (GST_BUFFER_DURATION_IS_VALID (buffer) ? GST_BUFFER_DURATION (buffer) : 0);
  GstMessage *message = NULL;
  if (!GST_CLOCK_TIME_IS_VALID (self->begun) || time < self->begun)
    self->begun = time;
  call_meter_push (&self->meter, buffer, time);
  self->segment.position = MAX (end, time);
  if (self->segment.position - self->begun >= self->interval) {
    message = take_interval (self, self->segment.position - self->begun, 0, changed);
    self->begun = self->segment.position;
  }
  return message;
}

static void
measure_and_publish (GstCallQualityMeter *self, GstBuffer *buffer)
{
  gboolean changed[2] = {FALSE, FALSE};
  g_mutex_lock (&self->lock);
  if (self->settings.timeout > 0)
    self->arrival_us = g_get_monotonic_time ();
  GstMessage *message = measure (self, buffer, changed);
  g_mutex_unlock (&self->lock);
  publish (self, message, changed);
}

static GstFlowReturn
gst_call_quality_meter_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstCallQualityMeter *self = GST_CALL_QUALITY_METER (parent);
  measure_and_publish (self, buffer);
  return gst_pad_push (self->srcpad, buffer);
}

static GstFlowReturn
gst_call_quality_meter_chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  GstCallQualityMeter *self = GST_CALL_QUALITY_METER (parent);
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    measure_and_publish (self, gst_buffer_list_get (list, i));
  return gst_pad_push_list (self->srcpad, list);
}

/* With the lock: what comes next has another time. */
static void
begin_anew (GstCallQualityMeter *self)
{
  call_meter_pause (&self->meter);
  if (GST_CLOCK_TIME_IS_VALID (self->begun) && self->segment.position > self->begun)
    self->measured += self->segment.position - self->begun;
  self->begun = GST_CLOCK_TIME_NONE;
}

static void
on_caps (GstCallQualityMeter *self, GstEvent *event)
{
  GstCaps *caps;
  gst_event_parse_caps (event, &caps);
  g_mutex_lock (&self->lock);
  if (!call_meter_set_caps (&self->meter, caps))
    GST_WARNING_OBJECT (self, "not measured: %" GST_PTR_FORMAT, caps);
  g_mutex_unlock (&self->lock);
}

static void
on_gap (GstCallQualityMeter *self, GstEvent *event)
{
  GstClockTime time, duration;
  gst_event_parse_gap (event, &time, &duration);
  g_mutex_lock (&self->lock);
  call_meter_gap (&self->meter, time, duration);
  g_mutex_unlock (&self->lock);
}

/* The same segment once more, as sources send it, goes on; another does not. */
static void
on_segment (GstCallQualityMeter *self, GstEvent *event)
{
  const GstSegment *segment;
  gst_event_parse_segment (event, &segment);
  g_mutex_lock (&self->lock);
  GstSegment before = self->segment;
  before.position = segment->position;
  if (!gst_segment_is_equal (&before, segment)) {
    begin_anew (self);
    self->segment = *segment;
  }
  g_mutex_unlock (&self->lock);
}

static void
on_flush (GstCallQualityMeter *self)
{
  g_mutex_lock (&self->lock);
  begin_anew (self);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  g_mutex_unlock (&self->lock);
}

static gboolean
gst_call_quality_meter_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstCallQualityMeter *self = GST_CALL_QUALITY_METER (parent);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      on_caps (self, event);
      break;
    case GST_EVENT_SEGMENT:
      on_segment (self, event);
      break;
    case GST_EVENT_GAP:
      on_gap (self, event);
      break;
    case GST_EVENT_FLUSH_STOP:
      on_flush (self);
      break;
    case GST_EVENT_EOS:
      post_final (self);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      if (gst_event_has_name (event, "GstRTPPacketLost")) {
        g_mutex_lock (&self->lock);
        self->meter.behind_jitterbuffer = TRUE;
        g_mutex_unlock (&self->lock);
      }
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* ---- the timeout: nothing comes, so nothing else would say so ---- */

static gboolean
on_check (GstClock *clock, GstClockTime time, GstClockID id, gpointer data)
{
  GstCallQualityMeter *self = data;
  GstMessage *message = NULL;
  gboolean changed[2] = {FALSE, FALSE};
  g_mutex_lock (&self->lock);
  GstClockTime silent = (GstClockTime) MAX (g_get_monotonic_time () - self->arrival_us, 0) * 1000;
  if (self->check == id && self->arrival_us != 0 && self->meter.media_expected && silent >= self->settings.timeout) {
    message = take_interval (self, self->interval, silent, changed);
    self->begun = GST_CLOCK_TIME_NONE;
  }
  g_mutex_unlock (&self->lock);
  publish (self, message, changed);
  return TRUE;
}

static void
start_checking (GstCallQualityMeter *self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));
  g_mutex_lock (&self->lock);
  GstClockTime interval = self->interval;
  gboolean wanted = clock != NULL && self->settings.timeout > 0 && self->check == NULL;
  if (wanted)
    self->check = gst_clock_new_periodic_id (clock, gst_clock_get_time (clock) + interval, interval);
  GstClockID check = wanted ? gst_clock_id_ref (self->check) : NULL;
  g_mutex_unlock (&self->lock);
  if (check == NULL)
    return;
  gst_clock_id_wait_async (check, on_check, gst_object_ref (self), gst_object_unref);
  gst_clock_id_unref (check);
}

static void
stop_checking (GstCallQualityMeter *self)
{
  g_mutex_lock (&self->lock);
  GstClockID check = g_steal_pointer (&self->check);
  self->arrival_us = 0; /* what passes while we pause is not silence */
  g_mutex_unlock (&self->lock);
  if (check == NULL)
    return;
  gst_clock_id_unschedule (check);
  gst_clock_id_unref (check);
}

/* ---- states ---- */

/* Forgets all but the caps. */
static void
gst_call_quality_meter_reset (GstCallQualityMeter *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (self->sinkpad);
  g_mutex_lock (&self->lock);
  call_meter_init (&self->meter);
  if (caps != NULL)
    call_meter_set_caps (&self->meter, caps);
  self->begun = GST_CLOCK_TIME_NONE;
  self->measured = 0;
  self->mos = 0;
  self->network_quality = 0;
  g_clear_pointer (&self->stats, gst_structure_free);
  g_mutex_unlock (&self->lock);
}

static GstStateChangeReturn
gst_call_quality_meter_change_state (GstElement *element, GstStateChange transition)
{
  GstCallQualityMeter *self = GST_CALL_QUALITY_METER (element);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    gst_call_quality_meter_reset (self);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    start_checking (self);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    stop_checking (self);
  GstStateChangeReturn ret =
      GST_ELEMENT_CLASS (gst_call_quality_meter_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    on_flush (self);
  return ret;
}

/* ---- object ---- */

static void
gst_call_quality_meter_finalize (GObject *object)
{
  GstCallQualityMeter *self = GST_CALL_QUALITY_METER (object);
  g_clear_pointer (&self->stats, gst_structure_free);
  g_free ((char *) self->settings.codec);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_call_quality_meter_parent_class)->finalize (object);
}

static void
gst_call_quality_meter_init (GstCallQualityMeter *self)
{
  g_mutex_init (&self->lock);
  call_meter_init (&self->meter);
  call_meter_settings_init (&self->settings);
  self->settings.timeout = 0;
  self->interval = GST_CALL_QUALITY_METER_INTERVAL;
  self->post_messages = TRUE;
  self->begun = GST_CLOCK_TIME_NONE;
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);

  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, gst_call_quality_meter_chain);
  gst_pad_set_chain_list_function (self->sinkpad, gst_call_quality_meter_chain_list);
  gst_pad_set_event_function (self->sinkpad, gst_call_quality_meter_sink_event);
  GST_PAD_SET_PROXY_CAPS (self->sinkpad);
  GST_PAD_SET_PROXY_ALLOCATION (self->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  GST_PAD_SET_PROXY_CAPS (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}

static void
gst_call_quality_meter_class_init (GstCallQualityMeterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->finalize = gst_call_quality_meter_finalize;
  element_class->change_state = gst_call_quality_meter_change_state;

  gst_call_quality_meter_install_properties (object_class);
  signals[SIGNAL_RESET] = g_signal_new_class_handler ("reset", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (gst_call_quality_meter_reset), NULL, NULL, NULL, G_TYPE_NONE, 0);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Call quality meter", "Filter/Analyzer/Network",
      "Measures loss, jitter, level, freezes and MOS of what passes", "The GstCall Authors");
}
