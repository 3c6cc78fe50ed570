/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/**
 * SECTION:element-callsrc
 * @title: callsrc
 *
 * What the other participant of a call sends. A sometimes pad audio_%u or video_%u appears for each of the peer's
 * tracks when its first buffer is there, and stays for the life of the element, over reconnections and, with
 * on-end=wait, over calls.
 *
 * |[
 * gst-launch-1.0 -e callsrc server=http://127.0.0.1:8080 token=$ALICE peer=bob name=in  in.audio_0 ! audioconvert ! wavenc ! filesink location=alice.wav
 * ]|
 *
 * Nothing is decoded or queued in here: the leg's thread pushes what its decoder made straight through our pads.
 */

#include "gstcallsrc.h"

#include "callparticipant.h"

GST_DEBUG_CATEGORY_STATIC (callsrc_debug);
#define GST_CAT_DEFAULT callsrc_debug

/* What decoding may add to the jitterbuffer's latency. */
#define DECODE_LATENCY (20 * GST_MSECOND)
/* How long a track that the peer promised may take to send something before no-more-pads is said without it. */
#define QUIET_TRACK_TIME (2 * GST_SECOND)

struct _GstCallSrc
{
  GstElement parent;

  GstCallParticipant participant;
  GstCallOutput output; /* property */
  char *uri;
  GPtrArray *pads;       /* (element-type GstPad), exposed or about to be; under the object lock */
  guint n_expected;      /* tracks of the peer; under the object lock */
  gboolean no_more_pads; /* was said; likewise */
  GstClockID quiet_timer;
};

enum
{
  PROP_OUTPUT = GST_CALL_PROP_OWN,
};

#define AUDIO_CAPS "audio/x-raw; audio/x-opus; application/x-rtp, media=(string)audio"
#define VIDEO_CAPS "video/x-raw; video/x-vp8; video/x-vp9; video/x-h264; application/x-rtp, media=(string)video"

static GstStaticPadTemplate audio_template =
    GST_STATIC_PAD_TEMPLATE ("audio_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS (AUDIO_CAPS));
static GstStaticPadTemplate video_template =
    GST_STATIC_PAD_TEMPLATE ("video_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS (VIDEO_CAPS));

static void gst_call_src_uri_handler_init (gpointer iface, gpointer data);

G_DEFINE_FINAL_TYPE_WITH_CODE (GstCallSrc, gst_call_src, GST_TYPE_ELEMENT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, gst_call_src_uri_handler_init)
        GST_DEBUG_CATEGORY_INIT (callsrc_debug, "callsrc", 0, "the peer's media of a call"))
GST_ELEMENT_REGISTER_DEFINE (callsrc, "callsrc", GST_RANK_NONE, GST_TYPE_CALL_SRC)

static GType
gst_call_output_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {{GST_CALL_OUTPUT_RAW, "Decoded", "raw"},
      {GST_CALL_OUTPUT_ENCODED, "As the codec made it", "encoded"},
      {GST_CALL_OUTPUT_RTP, "RTP packets behind the jitterbuffer", "rtp"}, {0, NULL, NULL}};
  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstCallOutput", values));
  return type;
}

/* ---- pads ---- */

static gboolean
answer_latency (GstCallSrc *self, GstQuery *query)
{
  GValue latency = G_VALUE_INIT;

  g_value_init (&latency, G_TYPE_UINT);
  gst_call_participant_get_property (&self->participant, GST_CALL_PROP_LATENCY, &latency);
  gst_query_set_latency (query, TRUE, g_value_get_uint (&latency) * GST_MSECOND + DECODE_LATENCY, GST_CLOCK_TIME_NONE);
  g_value_unset (&latency);
  return TRUE;
}

static gboolean
on_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY && parent != NULL)
    return answer_latency (GST_CALL_SRC (parent), query);
  return gst_pad_query_default (pad, parent, query);
}

/* Keyframe requests and the like go to the leg that pushes into this pad at the moment; it looks for them with a
 * probe. Whatever comes this far has nobody to go to. */
static gboolean
on_pad_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return FALSE;
}

static GstPad *
make_pad (GstCallSrc *self, GstCallMedia media, const char *name)
{
  GstStaticPadTemplate *template = media == GST_CALL_MEDIA_AUDIO ? &audio_template : &video_template;
  GstPad *pad = gst_pad_new_from_static_template (template, name);

  gst_pad_set_query_function (pad, on_pad_query);
  gst_pad_set_event_function (pad, on_pad_event);
  gst_pad_use_fixed_caps (pad);
  gst_pad_set_active (pad, TRUE);
  return pad;
}

/* playbin and its like show nothing before they hear that there are no more pads. */
static void
say_no_more_pads (GstCallSrc *self, gboolean all_there)
{
  gboolean say;

  GST_OBJECT_LOCK (self);
  say = !self->no_more_pads && (all_there || (self->n_expected > 0 && GST_ELEMENT (self)->numpads >= self->n_expected));
  self->no_more_pads |= say;
  GST_OBJECT_UNLOCK (self);
  if (say)
    gst_element_no_more_pads (GST_ELEMENT (self));
}

static void
quiet_time_is_over (GstElement *element, gpointer user_data)
{
  say_no_more_pads (GST_CALL_SRC (element), TRUE);
}

static gboolean
on_quiet_timer (GstClock *clock, GstClockTime time, GstClockID id, gpointer user_data)
{
  gst_element_call_async (user_data, quiet_time_is_over, NULL, NULL); /* not on the clock's thread */
  return TRUE;
}

static void
start_quiet_timer (GstCallSrc *self)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  if (self->quiet_timer != NULL)
    return;
  self->quiet_timer = gst_clock_new_single_shot_id (clock, gst_clock_get_time (clock) + QUIET_TRACK_TIME);
  gst_clock_id_wait_async (self->quiet_timer, on_quiet_timer, gst_object_ref (self), gst_object_unref);
}

static void
stop_quiet_timer (GstCallSrc *self)
{
  if (self->quiet_timer == NULL)
    return;
  gst_clock_id_unschedule (self->quiet_timer);
  g_clear_pointer (&self->quiet_timer, gst_clock_id_unref);
}

/* The pad is shown with its caps on it, so that autopluggers see at once what it carries: that is when the segment,
 * the last of its sticky events, passes. */
static GstPadProbeReturn
expose_pad (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstCallSrc *self = user_data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;
  GST_INFO_OBJECT (self, "the peer's %s is there", GST_PAD_NAME (pad));
  gst_element_add_pad (GST_ELEMENT (self), pad);
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
  say_no_more_pads (self, FALSE);
  return GST_PAD_PROBE_REMOVE;
}

static GstPad *
find_pad (GstCallSrc *self, const char *name)
{
  for (guint i = 0; i < self->pads->len; i++) {
    GstPad *pad = g_ptr_array_index (self->pads, i);
    if (g_strcmp0 (GST_PAD_NAME (pad), name) == 0)
      return pad;
  }
  return NULL;
}

static GstPad *
gst_call_src_output (GstElement *element, GstCallMedia media, guint index)
{
  GstCallSrc *self = GST_CALL_SRC (element);
  g_autofree char *name = g_strdup_printf ("%s_%u", media == GST_CALL_MEDIA_AUDIO ? "audio" : "video", index);
  GstPad *pad;

  GST_OBJECT_LOCK (self);
  pad = find_pad (self, name);
  if (pad == NULL) {
    pad = gst_object_ref_sink (make_pad (self, media, name));
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, expose_pad, self, NULL);
    g_ptr_array_add (self->pads, pad);
  }
  gst_object_ref (pad);
  GST_OBJECT_UNLOCK (self);
  return pad;
}

static GPtrArray *
copy_pads (GstCallSrc *self)
{
  GPtrArray *pads;

  GST_OBJECT_LOCK (self);
  pads = g_ptr_array_copy (self->pads, (GCopyFunc) gst_object_ref, NULL);
  GST_OBJECT_UNLOCK (self);
  g_ptr_array_set_free_func (pads, gst_object_unref);
  return pads;
}

/* ---- the end of the call ---- */

static GstCaps *
silent_caps (GstCallSrc *self, GstCallMedia media)
{
  static const char *const caps[2][3] = {
      {"audio/x-raw, format=S16LE, layout=interleaved, rate=48000, channels=2",
          "audio/x-opus, rate=48000, channels=2, "
          "channel-mapping-family=0",
          "application/x-rtp, media=audio, encoding-name=OPUS, clock-rate=48000, payload=97"},
      {"video/x-raw, format=I420, width=320, height=240, framerate=30/1", "video/x-vp8",
          "application/x-rtp, media=video, encoding-name=VP8, clock-rate=90000, payload=96"}};

  return gst_caps_from_string (caps[media][self->output]);
}

/* Somebody waits for a pad that the call does not have (gst-launch's `in.video_0 !` in a call without a picture): it is
 * shown and ended, so that a muxer behind it does not wait for ever and the pipeline can end. Not inside uridecodebin
 * and the like, which wait for nothing in particular. */
static gboolean
is_awaited (GstCallSrc *self)
{
  g_autoptr (GstObject) parent = gst_object_get_parent (GST_OBJECT (self));

  return GST_IS_PIPELINE (parent)
         && g_signal_has_handler_pending (self, g_signal_lookup ("pad-added", GST_TYPE_ELEMENT), 0, FALSE);
}

static void
show_missing_pad (GstCallSrc *self, GstCallMedia media)
{
  g_autoptr (GstPad) pad = gst_call_src_output (GST_ELEMENT (self), media, 0);
  g_autoptr (GstCaps) caps = silent_caps (self, media);
  GstSegment segment;

  if (gst_pad_has_current_caps (pad))
    return;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_stream_start (GST_PAD_NAME (pad)));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
}

static void
push_eos (GstElement *element, gpointer pad)
{
  gst_pad_push_event (pad, gst_event_new_eos ());
}

static void
end_missing_pad (GstElement *element, gpointer media)
{
  GstCallSrc *self = GST_CALL_SRC (element);
  g_autoptr (GstPad) pad = gst_call_src_output (element, GPOINTER_TO_INT (media), 0);

  show_missing_pad (self, GPOINTER_TO_INT (media));
  push_eos (element, pad);
}

static void
gst_call_src_tracks (GstElement *element, const guint n_tracks[2])
{
  GstCallSrc *self = GST_CALL_SRC (element);
  GValue on_end = G_VALUE_INIT;
  gboolean one_call;

  g_value_init (&on_end, gst_call_on_end_get_type ());
  g_object_get_property (G_OBJECT (self), "on-end", &on_end);
  one_call = g_value_get_enum (&on_end) == GST_CALL_ON_END_EOS;
  g_value_unset (&on_end);
  GST_OBJECT_LOCK (self);
  self->n_expected = n_tracks[GST_CALL_MEDIA_AUDIO] + n_tracks[GST_CALL_MEDIA_VIDEO];
  GST_OBJECT_UNLOCK (self);
  say_no_more_pads (self, FALSE);
  start_quiet_timer (self);
  /* With on-end=wait the next call may have what this one has not. */
  for (gint media = 0; one_call && is_awaited (self) && media < 2; media++)
    if (n_tracks[media] == 0)
      gst_element_call_async (element, end_missing_pad, GINT_TO_POINTER (media), NULL);
}

static void
end_streams (GstElement *element, gpointer user_data)
{
  GstCallSrc *self = GST_CALL_SRC (element);
  g_autoptr (GPtrArray) pads = NULL;

  if (is_awaited (self)) {
    show_missing_pad (self, GST_CALL_MEDIA_AUDIO);
    show_missing_pad (self, GST_CALL_MEDIA_VIDEO);
  }
  say_no_more_pads (self, TRUE);
  pads = copy_pads (self);
  /* Each on a thread of its own: a muxer may hold the one stream back until it hears of the other's end. */
  for (guint i = 0; i < pads->len; i++)
    gst_element_call_async (element, push_eos, gst_object_ref (g_ptr_array_index (pads, i)), gst_object_unref);
}

static void
gst_call_src_end_of_call (GstElement *element)
{
  gst_element_call_async (element, end_streams, NULL, NULL);
}

static gboolean
gst_call_src_send_event (GstElement *element, GstEvent *event)
{
  GstCallSrc *self = GST_CALL_SRC (element);
  g_autoptr (GstCallSession) session = NULL;

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_call_src_parent_class)->send_event (element, event);
  gst_event_unref (event);
  session = gst_call_participant_ref_session (&self->participant);
  if (session != NULL)
    gst_call_session_hang_up (session);
  gst_call_src_end_of_call (element);
  return TRUE;
}

static void
remove_pads (GstCallSrc *self)
{
  g_autoptr (GPtrArray) pads = copy_pads (self);

  for (guint i = 0; i < pads->len; i++) {
    GstPad *pad = g_ptr_array_index (pads, i);
    gst_pad_set_active (pad, FALSE);
    if (GST_OBJECT_PARENT (pad) == GST_OBJECT (self))
      gst_element_remove_pad (GST_ELEMENT (self), pad);
  }
  GST_OBJECT_LOCK (self);
  g_ptr_array_set_size (self->pads, 0);
  self->n_expected = 0;
  self->no_more_pads = FALSE;
  GST_OBJECT_UNLOCK (self);
}

/* ---- states ---- */

static const GstCallMemberFuncs member_funcs = {
    .output = gst_call_src_output,
    .tracks = gst_call_src_tracks,
    .end_of_call = gst_call_src_end_of_call,
};

static gboolean
join (GstCallSrc *self)
{
  g_autoptr (GstCallSession) session = NULL;

  if (!gst_call_participant_join (&self->participant))
    return FALSE;
  session = gst_call_participant_ref_session (&self->participant);
  gst_call_session_set_output (session, self->output);
  return TRUE;
}

static GstStateChangeReturn
gst_call_src_change_state (GstElement *element, GstStateChange transition)
{
  GstCallSrc *self = GST_CALL_SRC (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !join (self))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (gst_call_src_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    gst_call_participant_leave (&self->participant);
    stop_quiet_timer (self);
    remove_pads (self);
  }
  if (ret == GST_STATE_CHANGE_FAILURE)
    return ret;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    gst_call_participant_play (&self->participant);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    return GST_STATE_CHANGE_NO_PREROLL;
  return ret;
}

/* ---- call://host[:port]/peer-or-call ---- */

static GstURIType
gst_call_src_uri_get_type (GType type)
{
  return GST_URI_SRC;
}

static const gchar *const *
gst_call_src_uri_get_protocols (GType type)
{
  static const gchar *const protocols[] = {"call", "calls", NULL};
  return protocols;
}

static gchar *
gst_call_src_uri_get_uri (GstURIHandler *handler)
{
  GstCallSrc *self = GST_CALL_SRC (handler);
  gchar *uri;

  GST_OBJECT_LOCK (self);
  uri = g_strdup (self->uri);
  GST_OBJECT_UNLOCK (self);
  return uri;
}

static void
set_string (GstCallSrc *self, const char *property, const char *value)
{
  if (value != NULL)
    g_object_set (self, property, value, NULL);
}

static gboolean
gst_call_src_uri_set_uri (GstURIHandler *handler, const gchar *text, GError **error)
{
  GstCallSrc *self = GST_CALL_SRC (handler);
  g_autoptr (GstUri) uri = gst_uri_from_string (text);
  g_autofree char *server = NULL;
  g_autolist (GstUri) unused = NULL;
  g_autofree char *path = uri != NULL ? gst_uri_get_path (uri) : NULL;
  const char *name = path != NULL && *path == '/' ? path + 1 : path;
  gboolean is_call = name != NULL && g_str_has_prefix (name, "call/");

  if (uri == NULL || gst_uri_get_host (uri) == NULL || name == NULL || *name == '\0'
      || strchr (is_call ? name + 5 : name, '/') != NULL) {
    g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_REFERENCE,
        "\"%s\" is not call://host[:port]/USER or call://host[:port]/call/CALL-ID", text);
    return FALSE;
  }
  server = g_strdup_printf (
      "%s://%s", g_str_equal (gst_uri_get_scheme (uri), "calls") ? "https" : "http", gst_uri_get_host (uri));
  if (gst_uri_get_port (uri) != GST_URI_NO_PORT) {
    char *with_port = g_strdup_printf ("%s:%u", server, gst_uri_get_port (uri));
    g_free (server);
    server = with_port;
  }
  g_object_set (self, "server", server, is_call ? "call-id" : "peer", is_call ? name + 5 : name, NULL);
  set_string (self, "call-type", gst_uri_get_query_value (uri, "call-type"));
  set_string (self, "session", gst_uri_get_query_value (uri, "session"));
  GST_OBJECT_LOCK (self);
  g_free (self->uri);
  self->uri = g_strdup (text);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
gst_call_src_uri_handler_init (gpointer iface, gpointer data)
{
  GstURIHandlerInterface *handler = iface;

  handler->get_type = gst_call_src_uri_get_type;
  handler->get_protocols = gst_call_src_uri_get_protocols;
  handler->get_uri = gst_call_src_uri_get_uri;
  handler->set_uri = gst_call_src_uri_set_uri;
}

/* ---- object ---- */

static void
gst_call_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstCallSrc *self = GST_CALL_SRC (object);

  if (id == PROP_OUTPUT)
    self->output = g_value_get_enum (value);
  else if (!gst_call_participant_set_property (&self->participant, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_call_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstCallSrc *self = GST_CALL_SRC (object);

  if (id == PROP_OUTPUT)
    g_value_set_enum (value, self->output);
  else if (!gst_call_participant_get_property (&self->participant, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_call_src_finalize (GObject *object)
{
  GstCallSrc *self = GST_CALL_SRC (object);

  gst_call_participant_clear (&self->participant);
  g_ptr_array_unref (self->pads);
  g_free (self->uri);
  G_OBJECT_CLASS (gst_call_src_parent_class)->finalize (object);
}

static void
gst_call_src_init (GstCallSrc *self)
{
  self->pads = g_ptr_array_new_with_free_func (gst_object_unref);
  gst_call_participant_init (&self->participant, GST_ELEMENT (self), &member_funcs);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

static void
gst_call_src_class_init (GstCallSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_call_src_set_property;
  object_class->get_property = gst_call_src_get_property;
  object_class->finalize = gst_call_src_finalize;
  element_class->change_state = gst_call_src_change_state;
  element_class->send_event = gst_call_src_send_event;

  gst_call_participant_class_init (element_class);
  g_object_class_install_property (object_class, PROP_OUTPUT,
      g_param_spec_enum ("output", "Output", "What the pads carry", gst_call_output_get_type (), GST_CALL_OUTPUT_RAW,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_add_static_pad_template (element_class, &video_template);
  gst_element_class_set_static_metadata (element_class, "Call source", "Source/Network",
      "Receives the audio and video of the other participant of a call", "The GstCall Authors");
  gst_type_mark_as_plugin_api (gst_call_output_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_call_on_end_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_call_ice_policy_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_call_state_get_type (), 0);
}
