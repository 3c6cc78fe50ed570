/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A GstBaseSink for what it does best: prerolling never (async=false), waiting for the clock, flushing, EOS. The wait
 * for the connection stands in prepare(), before the wait for the clock, because the connection decides the offset
 * between the running time of a file and the clock.
 *
 * The pipeline's latency is not ours: it is the time that playback sinks wait for each other, and callsrc alone puts
 * 200 ms there. Sending must not wait for it, so the latency event is swallowed. */

#include "calltracksink.h"

#include "callmute.h"
#include "calltrackcaps.h"

GST_DEBUG_CATEGORY_STATIC (calltracksink_debug);
#define GST_CAT_DEFAULT calltracksink_debug

struct _GstCallTrackSink
{
  GstBaseSink parent;

  GstCallMedia media;
  guint index;

  GMutex lock;
  GCond cond; /* pad, ended or unlocked changed */
  GstPad *pad;
  GstCaps *caps;
  GstCallPace *pace;
  gboolean greeted; /* the pad has got stream-start and segment */
  gboolean caps_sent;
  gboolean ended;
  gboolean mute;
  gboolean unlocked;

  /* streaming thread only */
  gboolean live;
  gboolean live_known;
  GstClockTimeDiff offset;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (GstCallTrackSink, gst_call_track_sink, GST_TYPE_BASE_SINK,
    GST_DEBUG_CATEGORY_INIT (calltracksink_debug, "calltracksink", 0, "the end of a track in callsink"))

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static gboolean
find_liveness (GstCallTrackSink *self)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live = FALSE;

  if (gst_pad_peer_query (GST_BASE_SINK_PAD (self), query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  GST_INFO_OBJECT (self, "input is %s", live ? "live" : "not live: paced to the clock");
  return live;
}

static GstClockTime
running_time_of (GstCallTrackSink *self, GstBuffer *buffer)
{
  return gst_segment_to_running_time (&GST_BASE_SINK (self)->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
}

static GstClockTime
clock_running_time (GstCallTrackSink *self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));
  GstClockTime base_time = gst_element_get_base_time (GST_ELEMENT (self));
  GstClockTime now = clock != NULL ? gst_clock_get_time (clock) : base_time;

  return now > base_time ? now - base_time : 0;
}

/* Waits for a connection. FLUSHING and the like when the sink is unlocked in between. */
static GstFlowReturn
wait_open (GstCallTrackSink *self)
{
  GstFlowReturn ret = GST_FLOW_OK;

  g_mutex_lock (&self->lock);
  while (ret == GST_FLOW_OK && self->pad == NULL && !self->ended) {
    if (self->unlocked) {
      g_mutex_unlock (&self->lock);
      ret = gst_base_sink_wait_preroll (GST_BASE_SINK (self));
      g_mutex_lock (&self->lock);
    } else
      g_cond_wait (&self->cond, &self->lock);
  }
  if (ret == GST_FLOW_OK && self->ended)
    ret = GST_FLOW_EOS;
  g_mutex_unlock (&self->lock);
  return ret;
}

static gboolean
is_ended (GstCallTrackSink *self)
{
  gboolean ended;

  g_mutex_lock (&self->lock);
  ended = self->ended;
  g_mutex_unlock (&self->lock);
  return ended;
}

static GstClockTimeDiff
pace_offset (GstCallTrackSink *self, GstClockTime running_time)
{
  GstClockTimeDiff offset = self->offset;
  GstClockTime now = clock_running_time (self);

  g_mutex_lock (&self->lock);
  if (self->pace != NULL && GST_CLOCK_TIME_IS_VALID (running_time))
    offset = gst_call_pace_get (self->pace, now, running_time);
  g_mutex_unlock (&self->lock);
  return offset;
}

static GstFlowReturn
gst_call_track_sink_prepare (GstBaseSink *sink, GstBuffer *buffer)
{
  GstCallTrackSink *self = GST_CALL_TRACK_SINK (sink);
  GstFlowReturn ret;

  /* The change to PLAYING waits for the lock that we are called with; after it we are called again. */
  if (sink->need_preroll)
    return GST_FLOW_OK;
  if (!self->live_known) {
    self->live = find_liveness (self);
    self->live_known = TRUE;
  }
  if (self->live)
    return is_ended (self) ? GST_FLOW_EOS : GST_FLOW_OK;

  ret = wait_open (self);
  if (ret != GST_FLOW_OK)
    return ret;
  self->offset = pace_offset (self, running_time_of (self, buffer));
  gst_base_sink_set_ts_offset (sink, self->offset);
  return GST_FLOW_OK;
}

/* Stream-start, caps and segment, once for each pad of a leg, and caps again when they change. */
static void
push_sticky (GstCallTrackSink *self, GstPad *pad, GstCaps *caps, gboolean first)
{
  GstSegment segment;

  if (first)
    gst_pad_push_event (pad, gst_event_new_stream_start (GST_OBJECT_NAME (self)));
  if (caps != NULL)
    gst_pad_push_event (pad, gst_event_new_caps (caps));
  if (first) {
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_pad_push_event (pad, gst_event_new_segment (&segment));
  }
}

/* The buffer as it goes out: running time for a timestamp, the data shared or muted. */
static GstBuffer *
make_outgoing (GstCallTrackSink *self, GstBuffer *buffer, GstCaps *caps, gboolean mute)
{
  GstClockTime running_time = running_time_of (self, buffer);
  GstBuffer *out = mute ? gst_call_mute_buffer (buffer, caps) : gst_buffer_copy (buffer);

  if (out == NULL)
    return NULL;
  if (GST_CLOCK_TIME_IS_VALID (running_time)) {
    GstClockTimeDiff pts = (GstClockTimeDiff) running_time + self->offset;
    GST_BUFFER_PTS (out) = MAX (pts, 0);
  } else
    GST_BUFFER_PTS (out) = clock_running_time (self);
  GST_BUFFER_DTS (out) = GST_CLOCK_TIME_NONE;
  return out;
}

static GstFlowReturn
gst_call_track_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstCallTrackSink *self = GST_CALL_TRACK_SINK (sink);
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstCaps) caps = NULL;
  GstBuffer *out;
  gboolean first, new_caps, mute;

  g_mutex_lock (&self->lock);
  if (self->ended || self->pad == NULL) {
    gboolean ended = self->ended;
    g_mutex_unlock (&self->lock);
    return ended ? GST_FLOW_EOS : GST_FLOW_OK;
  }
  pad = gst_object_ref (self->pad);
  caps = self->caps != NULL ? gst_caps_ref (self->caps) : NULL;
  first = !self->greeted;
  new_caps = first || !self->caps_sent;
  self->greeted = TRUE;
  self->caps_sent = TRUE;
  mute = self->mute;
  g_mutex_unlock (&self->lock);

  if (new_caps)
    push_sticky (self, pad, caps, first);
  out = make_outgoing (self, buffer, caps, mute);
  /* What the leg says of a buffer is the leg's matter: the user's pipeline goes on without it. */
  if (out != NULL)
    gst_pad_push (pad, out);
  return GST_FLOW_OK;
}

/* Every form is taken, but a source that may choose is to choose what encoders take as it is: of "any" it would take
 * 64-bit RGB, and 720p would not keep its 30 frames a second. */
static GstCaps *
gst_call_track_sink_get_caps (GstBaseSink *sink, GstCaps *filter)
{
  GstCallTrackSink *self = GST_CALL_TRACK_SINK (sink);
  g_autoptr (GstCaps) caps = gst_caps_from_string (self->media == GST_CALL_MEDIA_VIDEO
                                                       ? "video/x-raw, format=(string)I420; " CALL_TRACK_VIDEO_CAPS
                                                       : "audio/x-raw, format=(string)S16LE; " CALL_TRACK_AUDIO_CAPS);

  return filter != NULL ? gst_caps_intersect_full (caps, filter, GST_CAPS_INTERSECT_FIRST) : g_steal_pointer (&caps);
}

static gboolean
gst_call_track_sink_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  GstCallTrackSink *self = GST_CALL_TRACK_SINK (sink);

  g_mutex_lock (&self->lock);
  gst_caps_replace (&self->caps, caps);
  self->caps_sent = FALSE;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
set_unlocked (GstCallTrackSink *self, gboolean unlocked)
{
  g_mutex_lock (&self->lock);
  self->unlocked = unlocked;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
gst_call_track_sink_unlock (GstBaseSink *sink)
{
  return set_unlocked (GST_CALL_TRACK_SINK (sink), TRUE);
}

static gboolean
gst_call_track_sink_unlock_stop (GstBaseSink *sink)
{
  return set_unlocked (GST_CALL_TRACK_SINK (sink), FALSE);
}

static gboolean
gst_call_track_sink_start (GstBaseSink *sink)
{
  GstCallTrackSink *self = GST_CALL_TRACK_SINK (sink);

  g_mutex_lock (&self->lock);
  self->ended = FALSE;
  self->unlocked = FALSE;
  g_mutex_unlock (&self->lock);
  self->live_known = FALSE;
  self->offset = 0;
  gst_base_sink_set_ts_offset (sink, 0);
  return TRUE;
}

static gboolean
gst_call_track_sink_stop (GstBaseSink *sink)
{
  GstCallTrackSink *self = GST_CALL_TRACK_SINK (sink);

  gst_call_track_sink_close (self);
  g_mutex_lock (&self->lock);
  gst_caps_replace (&self->caps, NULL);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
gst_call_track_sink_send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_LATENCY) {
    gst_event_unref (event);
    return TRUE;
  }
  return GST_ELEMENT_CLASS (gst_call_track_sink_parent_class)->send_event (element, event);
}

static void
gst_call_track_sink_finalize (GObject *object)
{
  GstCallTrackSink *self = GST_CALL_TRACK_SINK (object);

  gst_clear_object (&self->pad);
  gst_caps_replace (&self->caps, NULL);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_call_track_sink_parent_class)->finalize (object);
}

static void
gst_call_track_sink_init (GstCallTrackSink *self)
{
  GstBaseSink *sink = GST_BASE_SINK (self);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  gst_base_sink_set_sync (sink, TRUE);
  gst_base_sink_set_async_enabled (sink, FALSE);
  gst_base_sink_set_processing_deadline (sink, 0);
  gst_base_sink_set_last_sample_enabled (sink, FALSE);
}

static void
gst_call_track_sink_class_init (GstCallTrackSinkClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_call_track_sink_finalize;
  element_class->send_event = gst_call_track_sink_send_event;
  sink_class->start = gst_call_track_sink_start;
  sink_class->stop = gst_call_track_sink_stop;
  sink_class->unlock = gst_call_track_sink_unlock;
  sink_class->unlock_stop = gst_call_track_sink_unlock_stop;
  sink_class->get_caps = gst_call_track_sink_get_caps;
  sink_class->set_caps = gst_call_track_sink_set_caps;
  sink_class->prepare = gst_call_track_sink_prepare;
  sink_class->render = gst_call_track_sink_render;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "Call track sink", "Sink/Network", "The end of one track inside callsink", "The GstCall Authors");
}

GstCallTrackSink *
gst_call_track_sink_new (GstCallMedia media, guint index, const char *name)
{
  GstCallTrackSink *self = g_object_new (GST_TYPE_CALL_TRACK_SINK, "name", name, NULL);

  self->media = media;
  self->index = index;
  return self;
}

GstCallMedia
gst_call_track_sink_get_media (GstCallTrackSink *self)
{
  return self->media;
}

guint
gst_call_track_sink_get_index (GstCallTrackSink *self)
{
  return self->index;
}

GstCaps *
gst_call_track_sink_dup_caps (GstCallTrackSink *self)
{
  GstCaps *caps;

  g_mutex_lock (&self->lock);
  caps = self->caps != NULL ? gst_caps_ref (self->caps) : NULL;
  g_mutex_unlock (&self->lock);
  return caps;
}

void
gst_call_track_sink_set_pace (GstCallTrackSink *self, GstCallPace *pace)
{
  g_mutex_lock (&self->lock);
  self->pace = pace;
  g_mutex_unlock (&self->lock);
}

void
gst_call_track_sink_open (GstCallTrackSink *self, GstPad *pad)
{
  g_mutex_lock (&self->lock);
  gst_object_replace ((GstObject **) &self->pad, (GstObject *) pad);
  self->greeted = FALSE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_call_track_sink_close (GstCallTrackSink *self)
{
  gst_call_track_sink_open (self, NULL);
}

void
gst_call_track_sink_end (GstCallTrackSink *self)
{
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  /* A source that pushes nothing any more would never be told by a flow return. */
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_eos (GST_OBJECT (self)));
}

void
gst_call_track_sink_set_mute (GstCallTrackSink *self, gboolean mute)
{
  g_mutex_lock (&self->lock);
  self->mute = mute;
  g_mutex_unlock (&self->lock);
}

void
gst_call_track_sink_key_unit (GstCallTrackSink *self, GstEvent *event)
{
  gst_pad_push_event (GST_BASE_SINK_PAD (self), gst_event_ref (event));
}
