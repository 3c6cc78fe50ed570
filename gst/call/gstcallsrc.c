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

#include "gstcallsrcprivate.h"

#include "calltrackcaps.h"
#include "calluri.h"

GST_DEBUG_CATEGORY (callsrc_debug);
#define GST_CAT_DEFAULT callsrc_debug

#define NO_TONES "none"

enum
{
  PROP_OUTPUT = GST_CALL_PROP_OWN,
  PROP_PROGRESS_TONES,
};

static GstStaticPadTemplate audio_template =
    GST_STATIC_PAD_TEMPLATE ("audio_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS (CALL_TRACK_AUDIO_CAPS));
static GstStaticPadTemplate video_template =
    GST_STATIC_PAD_TEMPLATE ("video_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS (CALL_TRACK_VIDEO_CAPS));

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
    gst_call_session_finish (session);
  else
    gst_call_src_end_of_call (element);
  return TRUE;
}

/* ---- states ---- */

static const GstCallMemberFuncs member_funcs = {
    .output = gst_call_src_output,
    .tracks = gst_call_src_tracks,
    .end_of_call = gst_call_src_end_of_call,
    .progress = gst_call_src_progress,
    .quality = gst_call_src_quality,
    .call_ended = gst_call_src_call_ended,
};

static void
set_progress (GstCallSrc *self, CallProgress *progress)
{
  g_autoptr (CallProgress) old = NULL;

  GST_OBJECT_LOCK (self);
  old = g_steal_pointer (&self->progress);
  self->progress = progress;
  GST_OBJECT_UNLOCK (self);
}

/* FALSE with an error posted. */
static gboolean
make_progress (GstCallSrc *self)
{
  g_autofree char *code = NULL;
  const ToneZone *zone;

  GST_OBJECT_LOCK (self);
  code = g_strdup (self->progress_tones);
  GST_OBJECT_UNLOCK (self);
  if (g_strcmp0 (code, NO_TONES) == 0)
    return TRUE;
  zone = tone_zone_find (code);
  if (zone == NULL || self->output != GST_CALL_OUTPUT_RAW) {
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS,
        ("progress-tones=%s: it takes output=raw and a zone that docs/elements/ringtonesrc-zones.md lists, or none",
            code),
        (NULL));
    return FALSE;
  }
  set_progress (self, call_progress_new (GST_ELEMENT (self), zone));
  return TRUE;
}

static gboolean
join (GstCallSrc *self)
{
  g_autoptr (GstCallSession) session = NULL;

  if (!make_progress (self))
    return FALSE;
  gst_call_src_open_pads (self);
  if (!gst_call_participant_join (&self->participant)) {
    set_progress (self, NULL);
    return FALSE;
  }
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
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && self->progress != NULL)
    call_progress_close (self->progress);
  ret = GST_ELEMENT_CLASS (gst_call_src_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    gst_call_participant_leave (&self->participant);
    gst_call_src_remove_pads (self);
    set_progress (self, NULL);
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
  g_autoptr (CallUri) uri = call_uri_parse (text, error);

  if (uri == NULL)
    return FALSE;
  g_object_set (self, "server", uri->server, NULL);
  set_string (self, "peer", uri->peer);
  set_string (self, "call-id", uri->call_id);
  set_string (self, "call-type", uri->call_type);
  set_string (self, "session", uri->session);
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
set_progress_tones (GstCallSrc *self, const char *zone)
{
  GST_OBJECT_LOCK (self);
  g_free (self->progress_tones);
  self->progress_tones = g_strdup (zone != NULL && *zone != '\0' ? zone : NO_TONES);
  GST_OBJECT_UNLOCK (self);
}

static char *
dup_progress_tones (GstCallSrc *self)
{
  char *zone;

  GST_OBJECT_LOCK (self);
  zone = g_strdup (self->progress_tones);
  GST_OBJECT_UNLOCK (self);
  return zone;
}

static void
gst_call_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstCallSrc *self = GST_CALL_SRC (object);

  if (id == PROP_OUTPUT)
    self->output = g_value_get_enum (value);
  else if (id == PROP_PROGRESS_TONES)
    set_progress_tones (self, g_value_get_string (value));
  else if (!gst_call_participant_set_property (&self->participant, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_call_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstCallSrc *self = GST_CALL_SRC (object);

  if (id == PROP_OUTPUT)
    g_value_set_enum (value, self->output);
  else if (id == PROP_PROGRESS_TONES)
    g_value_take_string (value, dup_progress_tones (self));
  else if (!gst_call_participant_get_property (&self->participant, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_call_src_finalize (GObject *object)
{
  GstCallSrc *self = GST_CALL_SRC (object);

  gst_call_participant_clear (&self->participant);
  g_ptr_array_unref (self->pads);
  g_rec_mutex_clear (&self->expose_lock);
  g_free (self->uri);
  g_free (self->progress_tones);
  G_OBJECT_CLASS (gst_call_src_parent_class)->finalize (object);
}

static void
gst_call_src_init (GstCallSrc *self)
{
  self->pads = g_ptr_array_new_with_free_func (gst_object_unref);
  g_rec_mutex_init (&self->expose_lock);
  self->progress_tones = g_strdup (NO_TONES);
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
  g_object_class_install_property (object_class, PROP_PROGRESS_TONES,
      g_param_spec_string ("progress-tones", "Progress tones",
          "Zone (us, de, ...) whose ringback, busy and congestion tones a caller hears, or none", NO_TONES,
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
