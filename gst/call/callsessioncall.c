/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The state of the call. Every change of it goes through session_apply(), which
 * asks gst/core's participant table and carries out its actions; everything here runs on the worker.
 *
 *   caller                                     server                                       callee
 *   DIAL      call-start ------------------------>|--------------------------- incoming-call  INCOMING
 *   STARTED   <----------------------------- ack  |<------------------------- call-accept     ANSWER
 *   ACCEPTED  <------------------- call-accepted  |--------------------------------- ack  --> ACCEPTED
 *   (leg)     call-signal offer ----------------->|----------------------------------------> (leg)
 *             <---------------------------------- |<---------------------- call-signal answer
 *             call-signal candidates <----------->|<----------------------------------------> both ways
 */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

#define WARM_POLL_MS 20
#include "calltags.h"

GstTagList *
session_dup_tags (GstCallSession *self)
{
  GstTagList *tags;

  g_mutex_lock (&self->lock);
  tags = call_tags_new (self->call_id, self->peer, self->peer_name);
  g_mutex_unlock (&self->lock);
  return tags;
}

/* Only callsrc has one: it is asked without the lock, as all are. */
static void
tell_progress (GstCallSession *self, ParticipantState previous, ParticipantState state, const char *reason)
{
  g_autoptr (GstElement) element = NULL;
  g_autoptr (GstTagList) tags = session_dup_tags (self);
  const GstCallMemberFuncs *funcs = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len && element == NULL; i++) {
    GstCallMember *member = &g_array_index (self->members, GstCallMember, i);
    if (member->funcs->progress != NULL) {
      element = gst_object_ref (member->element);
      funcs = member->funcs;
    }
  }
  g_mutex_unlock (&self->lock);
  if (element != NULL && self->caller)
    funcs->progress (element, previous, state, reason, tags);
}

static void
tell_call_ended (GstCallSession *self, GstElement *element, const GstCallMemberFuncs *funcs)
{
  g_autoptr (GstStructure) call = NULL;

  if (funcs->call_ended == NULL)
    return;
  g_mutex_lock (&self->lock);
  call = gst_structure_new ("call-ended", "call-id", G_TYPE_STRING, self->call_id, NULL);
  g_mutex_unlock (&self->lock);
  funcs->call_ended (element, call);
}

void
session_set_state (GstCallSession *self, ParticipantState state, const char *reason)
{
  ParticipantState previous;
  g_autofree char *call_id = NULL;
  g_autofree char *peer = NULL;

  g_mutex_lock (&self->lock);
  previous = self->state;
  self->state = state;
  call_id = g_strdup (self->call_id);
  peer = g_strdup (self->peer);
  g_mutex_unlock (&self->lock);
  if (previous == state)
    return;

  GST_INFO_OBJECT (self, "%s -> %s (%s)", participant_state_to_string (previous), participant_state_to_string (state),
      reason != NULL ? reason : "");
  session_post (self,
      gst_structure_new ("call-state", "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id", G_TYPE_STRING,
          call_id, "peer", G_TYPE_STRING, peer, "state", G_TYPE_STRING, participant_state_to_string (state), "previous",
          G_TYPE_STRING, participant_state_to_string (previous), "reason", G_TYPE_STRING, reason, NULL));
  session_notify_state (self);
  tell_progress (self, previous, state, reason);
  if (state == PARTICIPANT_STATE_ENDED)
    session_foreach_member (self, tell_call_ended);
}

static const struct
{
  GstCallSignallerError error;
  GstResourceError code;
} resource_codes[] = {
    {GST_CALL_SIGNALLER_ERROR_ADDRESS, GST_RESOURCE_ERROR_OPEN_READ_WRITE},
    {GST_CALL_SIGNALLER_ERROR_TLS, GST_RESOURCE_ERROR_OPEN_READ_WRITE},
    {GST_CALL_SIGNALLER_ERROR_PROTOCOL, GST_RESOURCE_ERROR_OPEN_READ_WRITE},
    {GST_CALL_SIGNALLER_ERROR_TOKEN, GST_RESOURCE_ERROR_NOT_AUTHORIZED},
    {GST_CALL_SIGNALLER_ERROR_FORBIDDEN, GST_RESOURCE_ERROR_NOT_AUTHORIZED},
    {GST_CALL_SIGNALLER_ERROR_NOT_FOUND, GST_RESOURCE_ERROR_NOT_FOUND},
    {GST_CALL_SIGNALLER_ERROR_BUSY, GST_RESOURCE_ERROR_BUSY},
};

static GstResourceError
resource_code (const GError *error)
{
  if (error->domain == GST_RESOURCE_ERROR)
    return error->code;
  for (guint i = 0; i < G_N_ELEMENTS (resource_codes); i++)
    if (g_error_matches (error, GST_CALL_SIGNALLER_ERROR, resource_codes[i].error))
      return resource_codes[i].code;
  return GST_RESOURCE_ERROR_FAILED;
}

static gboolean
waits_for_calls (GstCallSession *self)
{
  return gst_call_settings_get_enum (&self->settings, GST_CALL_PROP_ON_END) == GST_CALL_ON_END_WAIT
         && session_given_call (self) == NULL;
}

void
session_tell_error (GstCallSession *self, const GError *error)
{
  g_autofree char *call_id = gst_call_session_dup_call_id (self);

  GST_WARNING_OBJECT (self, "%s", error->message);
  session_post (
      self, gst_structure_new ("call-error", "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id", G_TYPE_STRING,
                call_id, "message", G_TYPE_STRING, error->message, "error", G_TYPE_ERROR, error, NULL));
}

void
session_fail (GstCallSession *self, const GError *error, gboolean fatal)
{
  g_autofree char *call_id = gst_call_session_dup_call_id (self);
  g_autoptr (GstElement) element = NULL;

  session_tell_error (self, error);
  if (self->failed || (!fatal && waits_for_calls (self)))
    return;

  self->failed = TRUE;
  element = session_ref_speaker (self);
  if (element == NULL)
    return;
  gst_element_message_full (element, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR, resource_code (error),
      g_strdup (error->message),
      g_strdup_printf ("session %s, call %s", GST_OBJECT_NAME (self), call_id != NULL ? call_id : "none"), __FILE__,
      GST_FUNCTION, __LINE__);
}

void
session_set_call (GstCallSession *self, const char *call_id, const char *peer)
{
  g_mutex_lock (&self->lock);
  g_free (self->call_id);
  self->call_id = g_strdup (call_id);
  if (peer != NULL) {
    g_free (self->peer);
    self->peer = g_strdup (peer);
    g_clear_pointer (&self->peer_name, g_free);
  }
  g_mutex_unlock (&self->lock);
}

void
session_set_peer_name (GstCallSession *self, const char *name)
{
  g_mutex_lock (&self->lock);
  g_free (self->peer_name);
  self->peer_name = g_strdup (name);
  g_mutex_unlock (&self->lock);
}

static gboolean
on_give_up (gpointer user_data)
{
  GstCallSession *self = user_data;
  g_autoptr (GError) error = g_error_new (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
      "No connection to the peer within %" G_GUINT64_FORMAT " s: is UDP let through between the two, or a TURN server "
      "needed?",
      gst_call_settings_get_uint64 (&self->settings, GST_CALL_PROP_RECONNECT_TIMEOUT) / GST_SECOND);

  session_stop_timer (self, SESSION_TIMER_GIVE_UP);
  session_fail (self, error, FALSE);
  session_apply (self, PARTICIPANT_EVENT_GIVE_UP, "network");
  return G_SOURCE_REMOVE;
}

static gboolean
on_ring_timeout (gpointer user_data)
{
  GstCallSession *self = user_data;
  g_autoptr (GError) error =
      g_error_new (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "%s did not answer in time", self->peer);

  session_stop_timer (self, SESSION_TIMER_RING);
  session_fail (self, error, FALSE);
  session_apply (self, PARTICIPANT_EVENT_HANG_UP, "timeout");
  return G_SOURCE_REMOVE;
}

void
session_update_timers (GstCallSession *self, ParticipantState state)
{
  gboolean ringing = self->caller && (state == PARTICIPANT_STATE_DIALING || state == PARTICIPANT_STATE_RINGING);
  gboolean connecting = state == PARTICIPANT_STATE_CONNECTING || state == PARTICIPANT_STATE_RECONNECTING;
  guint64 ring_ms = gst_call_settings_get_uint64 (&self->settings, GST_CALL_PROP_RING_TIMEOUT) / GST_MSECOND;
  guint64 give_up_ms = gst_call_settings_get_uint64 (&self->settings, GST_CALL_PROP_RECONNECT_TIMEOUT) / GST_MSECOND;

  if (!ringing)
    session_stop_timer (self, SESSION_TIMER_RING);
  else if (ring_ms > 0 && self->timers[SESSION_TIMER_RING] == NULL)
    session_start_timer (self, SESSION_TIMER_RING, ring_ms, on_ring_timeout);

  if (!connecting)
    session_stop_timer (self, SESSION_TIMER_GIVE_UP);
  else if (self->timers[SESSION_TIMER_GIVE_UP] == NULL)
    session_start_timer (self, SESSION_TIMER_GIVE_UP, give_up_ms, on_give_up);

  if (state != PARTICIPANT_STATE_RECONNECTING && state != PARTICIPANT_STATE_CONNECTING)
    session_stop_timer (self, SESSION_TIMER_RETRY);
}

static void
finish (GstCallSession *self)
{
  g_ptr_array_set_size (self->early, 0);
  if (waits_for_calls (self) && !self->failed) {
    session_apply (self, PARTICIPANT_EVENT_RESET, NULL);
    return;
  }
  if (!self->failed)
    session_finish_streams (self);
}

static void
carry_out (GstCallSession *self, ParticipantActions actions, ParticipantState previous, const char *reason)
{
  if (actions & PARTICIPANT_ACTION_DROP_LEG)
    session_drop_leg (self);
  if (actions & PARTICIPANT_ACTION_SEND_START)
    session_send_start (self);
  if (actions & PARTICIPANT_ACTION_SEND_ACCEPT)
    session_send_accept (self);
  if (actions & PARTICIPANT_ACTION_SEND_END)
    session_send_end (self, reason, previous == PARTICIPANT_STATE_RINGING && !self->caller);
  if (actions & PARTICIPANT_ACTION_BUILD_LEG)
    session_build_leg (self);
  if (actions & PARTICIPANT_ACTION_ASK_RENEGOTIATE)
    session_ask_renegotiate (self);
  if (actions & PARTICIPANT_ACTION_FINISH)
    finish (self);
}

void
session_apply (GstCallSession *self, ParticipantEvent event, const char *reason)
{
  ParticipantState state = gst_call_session_get_state (self);
  ParticipantTransition transition;

  if (!participant_state_next (state, event, self->caller, &transition)) {
    GST_LOG_OBJECT (
        self, "%s means nothing while %s", participant_event_to_string (event), participant_state_to_string (state));
    return;
  }
  if (transition.state == PARTICIPANT_STATE_ENDED)
    session_end_quality (self);
  session_set_state (self, transition.state, reason);
  session_update_timers (self, transition.state);
  carry_out (self, transition.actions, state, reason);
  if (transition.state == PARTICIPANT_STATE_IDLE)
    session_set_call (self, NULL, NULL);
}

static gboolean
on_warm_timer (gpointer user_data)
{
  GstCallSession *self = user_data;

  session_stop_timer (self, SESSION_TIMER_WARM);
  session_proceed (self);
  return G_SOURCE_REMOVE;
}

/* A call is accepted for the peer to be heard: who dials or answers by itself first has what a leg needs. On a busy
 * machine the key takes seconds, which the other side would spend in silence, and its leg out of its time limit. */
static gboolean
is_warm (GstCallSession *self)
{
  if (gst_call_leg_is_warm ())
    return TRUE;
  session_start_timer (self, SESSION_TIMER_WARM, WARM_POLL_MS, on_warm_timer);
  return FALSE;
}

static gboolean
is_playing (GstCallSession *self)
{
  gboolean playing;

  g_mutex_lock (&self->lock);
  playing = self->play_time != 0;
  g_mutex_unlock (&self->lock);
  return playing;
}

/* Also a call of the one whom we were just about to call. */
static gboolean
is_awaited (GstCallSession *self, const char *peer)
{
  const char *call_id = gst_call_settings_get_string (&self->settings, GST_CALL_PROP_CALL_ID);

  return gst_call_settings_get_boolean (&self->settings, GST_CALL_PROP_AUTO_ANSWER)
         || (call_id != NULL && g_strcmp0 (call_id, self->call_id) == 0)
         || (peer != NULL && !self->dialed && g_strcmp0 (peer, self->peer) == 0);
}

void
session_proceed (GstCallSession *self)
{
  ParticipantState state = gst_call_session_get_state (self);
  const char *peer = gst_call_settings_get_string (&self->settings, GST_CALL_PROP_PEER);
  gboolean dials = state == PARTICIPANT_STATE_IDLE && peer != NULL && !self->dialed;
  gboolean answers = state == PARTICIPANT_STATE_RINGING && !self->caller && is_awaited (self, peer);

  if (!self->ready || self->stopping || !is_playing (self) || !(dials || answers) || !is_warm (self))
    return;
  self->dialed |= dials || g_strcmp0 (peer, self->peer) == 0;
  if (dials) {
    session_set_call (self, NULL, peer);
    self->caller = TRUE;
    session_apply (self, PARTICIPANT_EVENT_DIAL, NULL);
  } else
    session_apply (self, PARTICIPANT_EVENT_ANSWER, NULL);
}

/* ---- what the application asks ---- */

static void
do_dial (GstCallSession *self, const char *peer, const char *call_type)
{
  if (gst_call_session_get_state (self) != PARTICIPANT_STATE_IDLE || !self->ready || self->stopping) {
    g_autoptr (GError) error = g_error_new (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, "Cannot call %s now: %s", peer,
        self->ready ? "there is a call already" : "the server is not reached yet");
    session_fail (self, error, FALSE);
    return;
  }
  session_set_call (self, NULL, peer);
  g_free (self->dial_type);
  self->dial_type = call_type != NULL && *call_type != '\0' ? g_strdup (call_type) : NULL;
  self->caller = TRUE;
  session_apply (self, PARTICIPANT_EVENT_DIAL, NULL);
}

static void
do_answer (GstCallSession *self, const char *call_id, const char *unused)
{
  if (call_id != NULL && *call_id != '\0' && g_strcmp0 (call_id, self->call_id) != 0)
    return;
  session_apply (self, PARTICIPANT_EVENT_ANSWER, NULL);
}

static void
do_reject (GstCallSession *self, const char *call_id, const char *reason)
{
  if (self->listens) {
    session_listen_reject (self, call_id, reason);
    return;
  }
  if (call_id != NULL && *call_id != '\0' && g_strcmp0 (call_id, self->call_id) != 0)
    return;
  if (gst_call_session_get_state (self) == PARTICIPANT_STATE_RINGING && !self->caller)
    session_apply (self, PARTICIPANT_EVENT_HANG_UP, reason != NULL && *reason != '\0' ? reason : "declined");
}

static void
do_hang_up (GstCallSession *self, const char *first, const char *second)
{
  session_apply (self, PARTICIPANT_EVENT_HANG_UP, "hangup");
}

void
gst_call_session_dial (GstCallSession *self, const char *peer, const char *call_type)
{
  session_invoke (self, do_dial, peer, call_type);
}

void
gst_call_session_answer (GstCallSession *self, const char *call_id)
{
  session_invoke (self, do_answer, call_id, NULL);
}

void
gst_call_session_reject (GstCallSession *self, const char *call_id, const char *reason)
{
  session_invoke (self, do_reject, call_id, reason);
}

void
gst_call_session_hang_up (GstCallSession *self)
{
  session_invoke (self, do_hang_up, NULL, NULL);
}

static void
end_receiver (GstCallSession *self, GstElement *element, const GstCallMemberFuncs *funcs)
{
  if (funcs->output != NULL && funcs->end_of_call != NULL)
    funcs->end_of_call (element);
}

static void
do_finish (GstCallSession *self, const char *first, const char *second)
{
  session_apply (self, PARTICIPANT_EVENT_HANG_UP, "hangup");
  session_foreach_member (self, end_receiver);
}

void
gst_call_session_finish (GstCallSession *self)
{
  session_invoke (self, do_finish, NULL, NULL);
}
