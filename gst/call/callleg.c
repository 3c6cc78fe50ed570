/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The life of a leg. Its pipeline has the user's clock and base time, so a timestamp means the same on both sides,
 * and a latency of zero: what waits for the clock is the user's sinks, which hear of the jitterbuffer from callsrc.
 *
 *   new ──> add_input* ──> start ──> [negotiation] ──> connected: gates open ──> close ──> `done`
 *                                          └──> failed (the owner closes)
 *
 * Closing takes the pipeline to NULL on a thread of its own, for one of its streaming threads may be inside a push
 * into the user's pipeline, and that may wait for the very thread that closes. */

#include "gst/call/calllegprivate.h"
#include "gst/call/callpost.h"

GST_DEBUG_CATEGORY (call_leg_debug);
#define GST_CAT_DEFAULT call_leg_debug

G_DEFINE_FINAL_TYPE (GstCallLeg, gst_call_leg, G_TYPE_OBJECT)

static const CallCodecElement needed[] = {
    {"webrtcbin", "gstreamer1.0-plugins-bad", NULL},
    {"nicesrc", "gstreamer1.0-nice", NULL},
    {"dtlssrtpdec", "gstreamer1.0-plugins-bad", NULL},
    {"srtpdec", "gstreamer1.0-plugins-bad", NULL},
    {"rtpbin", "gstreamer1.0-plugins-good", NULL},
};

static gboolean
check_installed (GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (needed[i].factory);
    if (factory == NULL) {
      g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
          "element \"%s\" is missing, which calls need (Debian package %s)", needed[i].factory, needed[i].package);
      return FALSE;
    }
  }
  return TRUE;
}

/* ---- errors of the pipeline ---- */

static void
on_failure (gpointer object, gpointer error)
{
  GstCallLeg *self = object;

  if (!self->closed)
    self->callbacks.failed (self, error, self->user_data);
}

/* No message piles up on the bus: nobody reads it. */
static GstBusSyncReply
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  GstCallLeg *self = user_data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    g_autofree char *debug = NULL;
    gst_message_parse_error (message, &error, &debug);
    GST_WARNING_OBJECT (GST_MESSAGE_SRC (message), "%s (%s)", error->message, debug);
    call_post (self->context, self, on_failure,
        g_error_new (GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_PIPELINE, "%s: %s",
            GST_MESSAGE_SRC_NAME (message), error->message),
        (GDestroyNotify) g_error_free);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* ---- the negotiation's word ---- */

static void
on_signal (GstCallNegotiation *negotiation, const CallMessage *signal, gpointer user_data)
{
  GstCallLeg *self = user_data;

  if (signal->signal.kind == CALL_SIGNAL_DESCRIPTION)
    call_leg_dtmf_negotiated (self);
  self->callbacks.signal (self, signal, self->user_data);
}

static gboolean
on_prepare_answer (GstCallNegotiation *negotiation, const GstSDPMessage *offer, gpointer user_data, GError **error)
{
  return call_leg_lines_answer (user_data, offer, error);
}

static void
on_connected (GstCallNegotiation *negotiation, gpointer user_data)
{
  GstCallLeg *self = user_data;

  /* Its sinks came with the negotiation. Until they have heard of a latency rtpsession does not know when a packet
   * is sent, and the sender reports that lip-sync is made from are wrong. */
  gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  call_leg_watch_rtcp (self);
  call_leg_dtmf_negotiated (self);
  call_leg_receive_open (self);
  for (guint i = 0; i < self->inputs->len; i++)
    call_input_open (g_ptr_array_index (self->inputs, i));
  self->callbacks.connected (self, self->user_data);
}

static void
on_failed (GstCallNegotiation *negotiation, const GError *error, gpointer user_data)
{
  GstCallLeg *self = user_data;

  self->callbacks.failed (self, error, self->user_data);
}

static const GstCallNegotiationCallbacks negotiation_callbacks = {
    .signal = on_signal,
    .prepare_answer = on_prepare_answer,
    .connected = on_connected,
    .failed = on_failed,
};

/* ---- making one ---- */

static gsize warm = 0;

void
gst_call_leg_warm_up (void)
{
  if (g_once_init_enter (&warm)) {
    GstElement *element = gst_element_factory_make ("dtlsdec", NULL);
    gst_clear_object (&element);
    g_once_init_leave (&warm, 1);
  }
}

gboolean
gst_call_leg_is_warm (void)
{
  return g_atomic_pointer_get (&warm) != 0;
}

/* With retransmission on, a jitterbuffer by default asks for the packet that should come next before it can know of a
 * gap, and gives it up for lost when it does not come: a sender that pauses for longer than the latency (a busy
 * machine) then loses a packet that it has not sent yet, and with it the picture until the next keyframe. */
static void
on_new_jitterbuffer (GstElement *rtpbin, GstElement *jitterbuffer, guint session, guint ssrc, gpointer unused)
{
  g_object_set (jitterbuffer, "rtx-next-seqnum", FALSE, NULL);
}

/* Lip-sync moves the timestamps of a stream when sender reports come in. In steps below a packet's length they never
 * go back, which muxers do not take well. */
#define SYNC_STEP (1 * GST_MSECOND)

static void
make_pipeline (GstCallLeg *self, const GstCallLegConfig *config)
{
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstElement) rtpbin = NULL;

  self->pipeline = gst_object_ref_sink (gst_pipeline_new (config->name));
  self->webrtcbin = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  gst_util_set_object_arg (G_OBJECT (self->webrtcbin), "bundle-policy", "max-bundle");
  g_object_set (self->webrtcbin, "latency", config->latency_ms, NULL);
  rtpbin = gst_bin_get_by_name (GST_BIN (self->webrtcbin), "rtpbin");
  g_object_set (rtpbin, "max-ts-offset-adjustment", (guint64) SYNC_STEP, NULL);
  g_signal_connect (rtpbin, "new-jitterbuffer", G_CALLBACK (on_new_jitterbuffer), NULL);
  call_leg_dtmf_before_meters (self, rtpbin);
  if (self->meters != NULL)
    call_meters_watch (self->meters, rtpbin);
  call_leg_dtmf_after_meters (self, rtpbin);
  gst_bin_add (GST_BIN (self->pipeline), self->webrtcbin);
  if (config->clock != NULL)
    gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), config->clock);
  gst_pipeline_set_latency (GST_PIPELINE (self->pipeline), 0);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipeline, config->base_time);
  bus = gst_pipeline_get_bus (GST_PIPELINE (self->pipeline));
  gst_bus_set_sync_handler (bus, on_bus_message, self, NULL);
  self->pad_added = g_signal_connect (self->webrtcbin, "pad-added", G_CALLBACK (call_leg_receive_pad), self);
}

GstCallLeg *
gst_call_leg_new (const GstCallLegConfig *config, GMainContext *context, const GstCallLegCallbacks *callbacks,
    gpointer user_data, GError **error)
{
  g_autoptr (GstCallLeg) self = g_object_new (GST_TYPE_CALL_LEG, NULL);

  self->video_codec =
      config->video_codec ? call_codec_by_name (config->video_codec) : call_codec_nth (GST_CALL_MEDIA_VIDEO, 0);
  if (self->video_codec == NULL || self->video_codec->media != GST_CALL_MEDIA_VIDEO) {
    g_set_error (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA,
        "\"%s\" is no video codec of a call", config->video_codec);
    return NULL;
  }
  if (!check_installed (error)
      || !call_codec_can_receive (call_codec_nth (GST_CALL_MEDIA_AUDIO, 0), config->output, error)
      || (config->receive_video > 0 && !call_codec_can_receive (self->video_codec, config->output, error)))
    return NULL;
  self->context = context ? g_main_context_ref (context) : NULL;
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->base_time = config->base_time;
  self->output = config->output;
  self->meters = config->meters != NULL ? call_meters_ref (config->meters) : NULL;
  self->tags = config->tags != NULL ? gst_tag_list_ref (config->tags) : NULL;
  self->receive[GST_CALL_MEDIA_AUDIO] = config->receive_audio;
  self->receive[GST_CALL_MEDIA_VIDEO] = config->receive_video;
  make_pipeline (self, config);
  self->negotiation = gst_call_negotiation_new (
      self->webrtcbin, self->context, &config->ice, &self->keys, &negotiation_callbacks, self);
  return g_steal_pointer (&self);
}

static void
on_key_unit (gpointer owner, gpointer input_data, GstEvent *event)
{
  GstCallLeg *self = owner;

  if (!self->closed && self->callbacks.key_unit != NULL)
    self->callbacks.key_unit (self, input_data, event, self->user_data);
}

GstPad *
gst_call_leg_add_input (GstCallLeg *self, const GstCallLegInput *settings, GError **error)
{
  CallInput *input = call_input_new (settings, on_key_unit, self, error);

  if (input == NULL)
    return NULL;
  g_ptr_array_add (self->inputs, input);
  return gst_object_ref (input->pad);
}

gboolean
gst_call_leg_start (GstCallLeg *self, gboolean offer, GError **error)
{
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_set_error_literal (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_PIPELINE,
        "the pipeline of the leg does not start");
    return FALSE;
  }
  if (!offer)
    return TRUE;
  if (!call_leg_lines_offer (self, error))
    return FALSE;
  gst_call_negotiation_offer (self->negotiation);
  return TRUE;
}

void
gst_call_leg_handle (GstCallLeg *self, const CallSignal *signal)
{
  gst_call_negotiation_handle (self->negotiation, signal);
}

void
gst_call_leg_set_bitrate (GstCallLeg *self, GstCallMedia media, guint index, guint bitrate)
{
  for (guint i = 0; i < self->inputs->len; i++) {
    CallInput *input = g_ptr_array_index (self->inputs, i);
    if (input->media != media || input->index != index)
      continue;
    input->bitrate = bitrate;
    if (input->chain != NULL)
      call_codec_set_bitrate (input->chain, bitrate);
  }
}

/* ---- the end ---- */

typedef struct
{
  GstCallLeg *self;
  GMainContext *context;
  GThread *thread;
  GDestroyNotify done;
  gpointer user_data;
} Closing;

static void
closing_free (gpointer data)
{
  Closing *closing = data;

  g_clear_object (&closing->self);
  g_clear_pointer (&closing->context, g_main_context_unref);
  g_free (closing);
}

/* Whoever hears that the leg is closed may end the process next: by then the thread is over and holds nothing. */
static gboolean
on_closed (gpointer data)
{
  Closing *closing = data;

  g_thread_join (closing->thread);
  g_clear_object (&closing->self);
  if (closing->done != NULL)
    closing->done (closing->user_data);
  return G_SOURCE_REMOVE;
}

/* webrtcbin sets descriptions on a thread of its own, which it ends only when all in it is at NULL. A task that is
 * under way by then takes elements that were just stopped back to the state that webrtcbin had before: a nicesrc of a
 * leg that was closed early ran on for ever, and gst_deinit() waited for its thread. So no task may be under way. */
static void
stop_pipeline (GstCallLeg *self)
{
  g_autoptr (GstBus) bus = NULL;

  if (self->pipeline == NULL)
    return;
  gst_call_negotiation_settle (self->negotiation);
  bus = gst_pipeline_get_bus (GST_PIPELINE (self->pipeline));
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_call_negotiation_close (self->negotiation);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  g_clear_signal_handler (&self->pad_added, self->webrtcbin);
  g_ptr_array_set_size (self->streams, 0);
  g_ptr_array_set_size (self->inputs, 0);
  g_clear_object (&self->negotiation);
  gst_clear_object (&self->webrtcbin);
  gst_clear_object (&self->pipeline);
}

static gpointer
close_thread (gpointer data)
{
  Closing *closing = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  stop_pipeline (closing->self);
  closing->thread = g_thread_ref (g_thread_self ());
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_closed, closing, closing_free);
  g_source_attach (source, closing->context);
  return NULL;
}

static void
silence (GstCallLeg *self)
{
  gst_call_negotiation_silence (self->negotiation);
  for (guint i = 0; i < self->inputs->len; i++)
    call_input_close (g_ptr_array_index (self->inputs, i));
  call_leg_receive_close (self);
}

void
gst_call_leg_close (GstCallLeg *self, GDestroyNotify done, gpointer user_data)
{
  Closing *closing;

  if (self->closed)
    return;
  call_leg_dtmf_release (self);
  silence (self);
  closing = g_new0 (Closing, 1);
  closing->self = g_object_ref (self);
  closing->context = self->context != NULL ? g_main_context_ref (self->context) : NULL;
  closing->done = done;
  closing->user_data = user_data;
  g_thread_unref (g_thread_new ("call-leg-close", close_thread, closing));
}

static void
gst_call_leg_finalize (GObject *object)
{
  GstCallLeg *self = GST_CALL_LEG (object);

  if (self->pipeline != NULL) { /* an owner that never closed it */
    silence (self);
    stop_pipeline (self);
  }
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->streams);
  g_array_unref (self->reports);
  g_clear_pointer (&self->meters, call_meters_unref);
  gst_clear_tag_list (&self->tags);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (gst_call_leg_parent_class)->finalize (object);
}

static void
gst_call_leg_init (GstCallLeg *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) call_input_free);
  self->streams = g_ptr_array_new_with_free_func (call_leg_stream_free);
  self->reports = g_array_new (FALSE, FALSE, sizeof (CallLegReport));
}

static void
gst_call_leg_class_init (GstCallLegClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_call_leg_finalize;
  GST_DEBUG_CATEGORY_INIT (call_leg_debug, "callleg", 0, "the legs of calls");
}
