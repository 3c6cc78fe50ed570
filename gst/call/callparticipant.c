/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* How elements find their session without application code:
 *
 *   first element, READY -> PAUSED: need-context? nobody has one -> makes the session, says have-context;
 *                                   the bins above keep it (until NULL)
 *   second element:                 need-context -> the bin answers with set_context() -> the same session
 */

#include "callparticipant.h"

#define CONTEXT_PREFIX "gst.call.session."
#define CONTEXT_FIELD "session"

static GQuark
participant_quark (void)
{
  return g_quark_from_static_string ("gst-call-participant");
}

static GstCallParticipant *
get_participant (gpointer element)
{
  return g_object_get_qdata (element, participant_quark ());
}

/* ---- action signals ---- */

static void
on_dial (GstElement *element, const char *peer, const char *call_type)
{
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (get_participant (element));

  if (session != NULL && peer != NULL)
    gst_call_session_dial (session, peer, call_type);
}

static void
on_answer (GstElement *element, const char *call_id)
{
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (get_participant (element));

  if (session != NULL)
    gst_call_session_answer (session, call_id);
}

static void
on_reject (GstElement *element, const char *call_id, const char *reason)
{
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (get_participant (element));

  if (session != NULL)
    gst_call_session_reject (session, call_id, reason);
}

static void
on_hang_up (GstElement *element)
{
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (get_participant (element));

  if (session != NULL)
    gst_call_session_hang_up (session);
}

static void
on_send_dtmf (GstElement *element, const char *digits, guint duration, guint gap)
{
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (get_participant (element));

  if (session != NULL)
    gst_call_session_send_dtmf (session, digits, duration, gap);
}

void
gst_call_participant_class_init (GstElementClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  GSignalFlags flags = G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION;

  gst_call_settings_install (G_OBJECT_CLASS (klass));

  /**
   * dial: calls @peer (a user id); @call-type "audio", "video" or NULL for the property's.
   */
  g_signal_new_class_handler (
      "dial", type, flags, G_CALLBACK (on_dial), NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * answer: accepts the call that rings; @call-id NULL for any.
   */
  g_signal_new_class_handler (
      "answer", type, flags, G_CALLBACK (on_answer), NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * reject: declines the call that rings; @reason is told to the caller, NULL for "declined".
   */
  g_signal_new_class_handler (
      "reject", type, flags, G_CALLBACK (on_reject), NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * hang-up: ends the call in any state; nothing when there is none.
   */
  g_signal_new_class_handler ("hang-up", type, flags, G_CALLBACK (on_hang_up), NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * send-dtmf: presses the keys @digits (0-9 * # A-D), each for @duration ms with a gap of @gap ms behind it; 0: the
   * usual 100 and 70. They interrupt the sound.
   */
  g_signal_new_class_handler ("send-dtmf", type, flags, G_CALLBACK (on_send_dtmf), NULL, NULL, NULL, G_TYPE_NONE, 3,
      G_TYPE_STRING, G_TYPE_UINT, G_TYPE_UINT);
}

/* ---- settings ---- */

void
gst_call_participant_init (GstCallParticipant *self, GstElement *element, const GstCallMemberFuncs *funcs)
{
  self->element = element;
  self->funcs = funcs;
  g_object_set_qdata (G_OBJECT (element), participant_quark (), self);
}

void
gst_call_participant_clear (GstCallParticipant *self)
{
  gst_call_settings_clear (&self->settings);
  gst_clear_object (&self->session);
}

gboolean
gst_call_participant_set_property (GstCallParticipant *self, guint id, const GValue *value)
{
  if (id >= GST_CALL_PROP_N_SETTINGS)
    return FALSE;
  GST_OBJECT_LOCK (self->element);
  gst_call_settings_set (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self->element);
  return TRUE;
}

static void
get_from_session (GstCallParticipant *self, guint id, GValue *value)
{
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (self);

  if (id == GST_CALL_PROP_STATE)
    g_value_set_enum (value, session != NULL ? gst_call_session_get_state (session) : PARTICIPANT_STATE_IDLE);
  else
    g_value_take_boxed (
        value, session != NULL ? gst_call_session_dup_stats (session) : gst_structure_new_empty ("call-stats"));
}

/* The property call-id reads as the current call's, where there is one. */
static gboolean
get_call_id (GstCallParticipant *self, GValue *value)
{
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (self);
  g_autofree char *call_id = session != NULL ? gst_call_session_dup_call_id (session) : NULL;

  if (call_id == NULL)
    return FALSE;
  g_value_take_string (value, g_steal_pointer (&call_id));
  return TRUE;
}

gboolean
gst_call_participant_get_property (GstCallParticipant *self, guint id, GValue *value)
{
  if (id >= GST_CALL_PROP_OWN)
    return FALSE;
  if (id == GST_CALL_PROP_STATE || id == GST_CALL_PROP_STATS)
    get_from_session (self, id, value);
  else if (id != GST_CALL_PROP_CALL_ID || !get_call_id (self, value)) {
    GST_OBJECT_LOCK (self->element);
    gst_call_settings_get (&self->settings, id, value);
    GST_OBJECT_UNLOCK (self->element);
  }
  return TRUE;
}

/* ---- the session ---- */

static char *
context_type (GstCallParticipant *self)
{
  char *type;

  GST_OBJECT_LOCK (self->element);
  type = g_strconcat (CONTEXT_PREFIX, gst_call_settings_get_string (&self->settings, GST_CALL_PROP_SESSION), NULL);
  GST_OBJECT_UNLOCK (self->element);
  return type;
}

/* From our own list of contexts: what an application or a bin above has set on us. */
static GstCallSession *
look_up (GstCallParticipant *self, const char *type)
{
  g_autoptr (GstContext) context = gst_element_get_context (self->element, type);
  GstCallSession *session = NULL;

  if (context == NULL)
    return NULL;
  gst_structure_get (gst_context_get_structure (context), CONTEXT_FIELD, GST_TYPE_CALL_SESSION, &session, NULL);
  if (session != NULL && gst_call_session_is_over (session))
    gst_clear_object (&session);
  return session;
}

static GstCallSession *
make_session (GstCallParticipant *self, const char *type)
{
  GstCallSession *session = gst_call_session_new (type + strlen (CONTEXT_PREFIX));
  GstContext *context = gst_context_new (type, FALSE);

  gst_structure_set (gst_context_writable_structure (context), CONTEXT_FIELD, GST_TYPE_CALL_SESSION, session, NULL);
  gst_element_set_context (self->element, context);
  gst_element_post_message (self->element, gst_message_new_have_context (GST_OBJECT (self->element), context));
  return session;
}

static GstCallSession *
find_session (GstCallParticipant *self)
{
  g_autofree char *type = context_type (self);
  GstCallSession *session = look_up (self, type);

  if (session != NULL)
    return session;
  gst_element_post_message (self->element, gst_message_new_need_context (GST_OBJECT (self->element), type));
  session = look_up (self, type);
  return session != NULL ? session : make_session (self, type);
}

gboolean
gst_call_participant_join (GstCallParticipant *self)
{
  g_autoptr (GstCallSession) session = find_session (self);
  g_autoptr (GError) error = NULL;
  gboolean joined;

  joined = gst_call_session_join (session, self->element, self->funcs, &self->settings, &error);
  if (!joined) {
    gst_element_message_full (self->element, GST_MESSAGE_ERROR, error->domain, error->code, g_strdup (error->message),
        NULL, __FILE__, GST_FUNCTION, __LINE__);
    return FALSE;
  }
  GST_OBJECT_LOCK (self->element);
  self->session = g_steal_pointer (&session);
  GST_OBJECT_UNLOCK (self->element);
  return TRUE;
}

void
gst_call_participant_play (GstCallParticipant *self)
{
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (self);

  if (session != NULL)
    gst_call_session_play (session, self->element);
}

void
gst_call_participant_leave (GstCallParticipant *self)
{
  g_autoptr (GstCallSession) session = NULL;

  GST_OBJECT_LOCK (self->element);
  session = g_steal_pointer (&self->session);
  GST_OBJECT_UNLOCK (self->element);
  if (session != NULL)
    gst_call_session_leave (session, self->element);
}

GstCallSession *
gst_call_participant_ref_session (GstCallParticipant *self)
{
  GstCallSession *session;

  GST_OBJECT_LOCK (self->element);
  session = self->session != NULL ? gst_object_ref (self->session) : NULL;
  GST_OBJECT_UNLOCK (self->element);
  return session;
}
