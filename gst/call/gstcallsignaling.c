/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/**
 * SECTION:element-callsignaling
 * @title: callsignaling
 *
 * The bridge between the call server and any webrtcbin of the same pipeline: it does the calls, the socket, the offers,
 * answers and candidates for it. It has no pads.
 *
 * |[
 * gst-launch-1.0 webrtcbin name=wb bundle-policy=max-bundle  callsignaling webrtcbin=wb server=http://127.0.0.1:8080 token=$ALICE peer=bob  audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=97 ! wb.
 * ]|
 *
 * Without the property webrtcbin it only signals: a way to watch for calls and to answer or reject them for a callsrc
 * and callsink of the same session.
 */

#include "gstcallsignaling.h"

#include "callparticipant.h"

GST_DEBUG_CATEGORY_STATIC (callsignaling_debug);
#define GST_CAT_DEFAULT callsignaling_debug

struct _GstCallSignaling
{
  GstElement parent;

  GstCallParticipant participant;
  char *webrtcbin; /* properties */
  gboolean listen;
};

enum
{
  PROP_WEBRTCBIN = GST_CALL_PROP_OWN,
  PROP_LISTEN,
};

G_DEFINE_FINAL_TYPE_WITH_CODE (GstCallSignaling, gst_call_signaling, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (callsignaling_debug, "callsignaling", 0, "call signalling for any webrtcbin"))
GST_ELEMENT_REGISTER_DEFINE (callsignaling, "callsignaling", GST_RANK_NONE, GST_TYPE_CALL_SIGNALING)

/* The webrtcbin by name, in the bin that we are in or one further up. */
static GstElement *
find_webrtcbin (GstCallSignaling *self)
{
  GstObject *parent = gst_object_get_parent (GST_OBJECT (self));

  while (parent != NULL) {
    GstElement *found = gst_bin_get_by_name (GST_BIN (parent), self->webrtcbin);
    GstObject *above = gst_object_get_parent (parent);
    gst_object_unref (parent);
    parent = above;
    if (found != NULL) {
      gst_clear_object (&parent);
      return found;
    }
  }
  return NULL;
}

static void
push_eos (GstElement *element, gpointer pad)
{
  gst_pad_push_event (pad, gst_event_new_eos ());
}

static gboolean
end_src_pad (GstElement *webrtcbin, GstPad *pad, gpointer user_data)
{
  gst_element_call_async (webrtcbin, push_eos, gst_object_ref (pad), gst_object_unref);
  return TRUE;
}

/* webrtcbin never comes to its own EOS, its RTCP goes on: it is said in its name, behind it and on the bus. */
static void
end_streams (GstElement *element, gpointer user_data)
{
  g_autoptr (GstElement) webrtcbin = find_webrtcbin (GST_CALL_SIGNALING (element));
  g_autoptr (GstObject) parent = gst_object_get_parent (GST_OBJECT (element));

  if (webrtcbin == NULL || parent == NULL)
    return;
  gst_element_send_event (GST_ELEMENT (parent), gst_event_new_eos ());
  gst_element_foreach_src_pad (webrtcbin, end_src_pad, NULL);
  gst_element_post_message (webrtcbin, gst_message_new_eos (GST_OBJECT (webrtcbin)));
}

static void
gst_call_signaling_end_of_call (GstElement *element)
{
  if (GST_CALL_SIGNALING (element)->webrtcbin != NULL)
    gst_element_call_async (element, end_streams, NULL, NULL);
}

static const GstCallMemberFuncs member_funcs = {
    .end_of_call = gst_call_signaling_end_of_call,
};

static gboolean
is_webrtcbin (GstElement *element)
{
  GstElementFactory *factory = element != NULL ? gst_element_get_factory (element) : NULL;

  return factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), "webrtcbin");
}

static gboolean
join (GstCallSignaling *self)
{
  g_autoptr (GstElement) webrtcbin = self->webrtcbin != NULL ? find_webrtcbin (self) : NULL;
  g_autoptr (GstCallSession) session = NULL;

  if (self->webrtcbin != NULL && !is_webrtcbin (webrtcbin)) {
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
        ("No webrtcbin \"%s\" in this pipeline: give one that name (webrtcbin name=%s)", self->webrtcbin,
            self->webrtcbin),
        (NULL));
    return FALSE;
  }
  if (!gst_call_participant_join (&self->participant))
    return FALSE;
  session = gst_call_participant_ref_session (&self->participant);
  if (webrtcbin != NULL)
    gst_call_session_set_webrtcbin (session, webrtcbin);
  gst_call_session_set_listen (session, self->listen);
  return TRUE;
}

static GstStateChangeReturn
gst_call_signaling_change_state (GstElement *element, GstStateChange transition)
{
  GstCallSignaling *self = GST_CALL_SIGNALING (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !join (self))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (gst_call_signaling_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_call_participant_leave (&self->participant);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING && ret != GST_STATE_CHANGE_FAILURE)
    gst_call_participant_play (&self->participant);
  return ret;
}

static void
gst_call_signaling_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstCallSignaling *self = GST_CALL_SIGNALING (object);

  if (id == PROP_WEBRTCBIN) {
    g_free (self->webrtcbin);
    self->webrtcbin = g_value_dup_string (value);
  } else if (id == PROP_LISTEN) {
    self->listen = g_value_get_boolean (value);
  } else if (!gst_call_participant_set_property (&self->participant, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_call_signaling_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstCallSignaling *self = GST_CALL_SIGNALING (object);

  if (id == PROP_WEBRTCBIN)
    g_value_set_string (value, self->webrtcbin);
  else if (id == PROP_LISTEN)
    g_value_set_boolean (value, self->listen);
  else if (!gst_call_participant_get_property (&self->participant, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_call_signaling_finalize (GObject *object)
{
  GstCallSignaling *self = GST_CALL_SIGNALING (object);

  gst_call_participant_clear (&self->participant);
  g_free (self->webrtcbin);
  G_OBJECT_CLASS (gst_call_signaling_parent_class)->finalize (object);
}

static void
gst_call_signaling_init (GstCallSignaling *self)
{
  gst_call_participant_init (&self->participant, GST_ELEMENT (self), &member_funcs);
}

static void
gst_call_signaling_class_init (GstCallSignalingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_call_signaling_set_property;
  object_class->get_property = gst_call_signaling_get_property;
  object_class->finalize = gst_call_signaling_finalize;
  element_class->change_state = gst_call_signaling_change_state;

  gst_call_participant_class_init (element_class);
  g_object_class_install_property (object_class, PROP_WEBRTCBIN,
      g_param_spec_string ("webrtcbin", "webrtcbin", "Name of the webrtcbin of this pipeline to signal for", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (object_class, PROP_LISTEN,
      g_param_spec_boolean ("listen", "Listen", "Only say which calls ring and stop to ring, and take none", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  gst_element_class_set_static_metadata (element_class, "Call signalling", "Generic/Network",
      "Makes any webrtcbin a participant of calls", "The GstCall Authors");
}
