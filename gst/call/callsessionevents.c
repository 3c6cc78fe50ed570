/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What the server says: calls that come, are answered and end; the socket that goes and comes back; calls that were
 * found running, after a reconnection or in a process that was killed and came back. All on the worker. */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

/* What the server tells about the media with start, accept, incoming-call and call-accepted. */
void
session_take_terms (GstCallSession *self, const CallMessage *message, gboolean caller)
{
  self->caller = message->has_media ? message->offer : caller;
  if (message->call_type != NULL) {
    g_free (self->call_type);
    self->call_type = g_strdup (message->call_type);
  }
  if (message->ice_servers != NULL) {
    g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
    self->ice_servers = g_ptr_array_ref (message->ice_servers);
  }
}

static gboolean
is_our_call (GstCallSession *self, const CallMessage *message)
{
  gboolean ours;

  g_mutex_lock (&self->lock);
  ours = self->call_id != NULL && g_strcmp0 (self->call_id, message->call_id) == 0;
  g_mutex_unlock (&self->lock);
  return ours;
}

const char *
session_given_call (GstCallSession *self)
{
  const char *given = g_getenv ("GST_CALL_ID");

  if (given == NULL || *given == '\0' || gst_call_settings_is_set (&self->settings, GST_CALL_PROP_CALL_ID)
      || gst_call_settings_is_set (&self->settings, GST_CALL_PROP_PEER)
      || !gst_call_settings_get_boolean (&self->settings, GST_CALL_PROP_AUTO_ANSWER))
    return NULL;
  return given;
}

/* The one call that this session is for; NULL: any that comes. */
static const char *
wanted_call (GstCallSession *self)
{
  const char *call_id = gst_call_settings_get_string (&self->settings, GST_CALL_PROP_CALL_ID);

  return call_id != NULL ? call_id : session_given_call (self);
}

static void
on_incoming (GstCallSession *self, const CallMessage *message)
{
  const char *wanted = wanted_call (self);

  if (wanted != NULL && g_strcmp0 (wanted, message->call_id) != 0) {
    GST_INFO_OBJECT (self, "incoming call %s is not the one that we are for", message->call_id);
    return;
  }
  if (gst_call_session_get_state (self) != PARTICIPANT_STATE_IDLE || self->stopping) {
    GST_INFO_OBJECT (self, "incoming call %s while not idle: left to ring", message->call_id);
    return;
  }
  session_set_call (self, message->call_id, message->caller.id);
  session_set_peer_name (self, message->caller.full_name);
  session_take_terms (self, message, FALSE);
  session_post_incoming (self, message);
  session_apply (self, PARTICIPANT_EVENT_INCOMING, NULL);
  session_proceed (self);
}

/* A call that never was connected is an error for the one who dialed: a script must be able to tell. */
static const struct
{
  const char *reason;
  GstResourceError code;
  const char *text; /* of the peer */
} unanswered[] = {
    {"declined", GST_RESOURCE_ERROR_FAILED, "declined the call"},
    {"busy", GST_RESOURCE_ERROR_BUSY, "is in another call"},
    {"offline", GST_RESOURCE_ERROR_NOT_FOUND, "is offline"},
    {"timeout", GST_RESOURCE_ERROR_NOT_FOUND, "did not answer"},
    {"server", GST_RESOURCE_ERROR_FAILED, "could not be called: the server gave the call up"},
};

static void
on_ended (GstCallSession *self, const CallMessage *message)
{
  ParticipantState state = gst_call_session_get_state (self);
  const char *reason = message->type == CALL_MESSAGE_CALL_REJECTED ? "declined"
                       : message->type == CALL_MESSAGE_USER_BUSY   ? "busy"
                                                                   : message->reason;

  if (self->caller && (state == PARTICIPANT_STATE_RINGING || state == PARTICIPANT_STATE_DIALING))
    for (guint i = 0; i < G_N_ELEMENTS (unanswered); i++)
      if (g_strcmp0 (reason, unanswered[i].reason) == 0) {
        g_autoptr (GError) error =
            g_error_new (GST_RESOURCE_ERROR, unanswered[i].code, "%s %s", self->peer, unanswered[i].text);
        session_fail (self, error, FALSE);
      }
  session_apply (self, PARTICIPANT_EVENT_REMOTE_END, reason);
}

static void
on_offline (GstCallSession *self, const CallMessage *message)
{
  session_post (self, gst_structure_new ("call-offline", "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id",
                          G_TYPE_STRING, message->call_id, "peer", G_TYPE_STRING, message->user_id, NULL));
}

static void
on_message (GstCallSignaller *signaller, const CallMessage *message, GstCallSession *self)
{
  if (self->listens) {
    session_listen_message (self, message);
    return;
  }
  if (message->type == CALL_MESSAGE_INCOMING_CALL) {
    on_incoming (self, message);
    return;
  }
  if (!is_our_call (self, message)) {
    GST_DEBUG_OBJECT (self, "%s is not about our call", call_message_type_to_string (message->type));
    return;
  }
  switch (message->type) {
    case CALL_MESSAGE_CALL_ACCEPTED:
      session_take_terms (self, message, TRUE);
      session_apply (self, PARTICIPANT_EVENT_ACCEPTED, NULL);
      break;
    case CALL_MESSAGE_CALL_REJECTED:
    case CALL_MESSAGE_CALL_ENDED:
    case CALL_MESSAGE_USER_BUSY:
      on_ended (self, message);
      break;
    case CALL_MESSAGE_USER_OFFLINE:
      on_offline (self, message);
      break;
    case CALL_MESSAGE_CALL_MEDIA:
      session_take_terms (self, message, self->caller);
      session_apply (self, PARTICIPANT_EVENT_RENEGOTIATE, NULL);
      break;
    case CALL_MESSAGE_CALL_SIGNAL:
      session_handle_signal (self, message);
      break;
    case CALL_MESSAGE_CALL_QUALITY:
      session_take_report (self, message);
      break;
    default:
      break;
  }
}

/* ---- running calls: after a reconnection, and in a process that was killed and came back ---- */

static gboolean
wants_call (GstCallSession *self, const CallMessage *call, const char *other)
{
  const char *call_id = wanted_call (self);
  const char *peer = gst_call_settings_get_string (&self->settings, GST_CALL_PROP_PEER);

  if (call_id != NULL)
    return g_strcmp0 (call_id, call->call_id) == 0;
  return gst_call_settings_get_boolean (&self->settings, GST_CALL_PROP_AUTO_ANSWER) || g_strcmp0 (peer, other) == 0;
}

/* Several processes were told to answer this call: one that comes too late must not take it from the one that did. */
static gboolean
answers_only (GstCallSession *self)
{
  return wanted_call (self) != NULL && g_strcmp0 (g_getenv ("GST_CALL_TAKE_UP"), "no") == 0;
}

static void
take_up (GstCallSession *self, const CallMessage *call)
{
  gboolean caller = g_strcmp0 (call->caller.id, self->user) == 0;
  const char *other = caller ? call->receiver.id : call->caller.id;
  const char *name = caller ? call->receiver.full_name : call->caller.full_name;

  if (gst_call_session_get_state (self) != PARTICIPANT_STATE_IDLE || self->stopping)
    return;
  if (g_strcmp0 (call->status, "calling") == 0) {
    if (!caller) {
      on_incoming (self, call);
    } else if (wants_call (self, call, other)) {
      self->dialed = TRUE;
      session_set_call (self, call->call_id, other);
      session_set_peer_name (self, name);
      session_take_terms (self, call, TRUE);
      session_set_state (self, PARTICIPANT_STATE_RINGING, "resumed");
      session_update_timers (self, PARTICIPANT_STATE_RINGING);
    }
    return;
  }
  if (!wants_call (self, call, other))
    return;
  if (!caller && answers_only (self)) {
    self->gone = TRUE;
    session_post_gone (self, call->call_id, "answered-elsewhere");
    session_finish_streams (self);
    return;
  }
  self->dialed = TRUE;
  session_set_call (self, call->call_id, other);
  session_set_peer_name (self, name);
  session_take_terms (self, call, caller);
  session_apply (self, PARTICIPANT_EVENT_RESUMED, "resumed");
}

/* The one call that we are for is not there: nothing will ever come. */
static void
check_wanted_call (GstCallSession *self, const GError *answer_error)
{
  const char *call_id = wanted_call (self);
  g_autoptr (GError) error = NULL;

  if (call_id == NULL || self->gone || gst_call_session_get_state (self) != PARTICIPANT_STATE_IDLE)
    return;
  self->gone = TRUE;
  if (answer_error == NULL) {
    session_post_gone (self, call_id, "not-found");
    error = g_error_new (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
        "There is no call %s for us: it has ended, or is somebody else's", call_id);
  }
  session_fail (self, answer_error != NULL ? answer_error : error, FALSE);
}

/* Was our call ended while the socket was away? */
static void
check_own_call (GstCallSession *self, GPtrArray *calls)
{
  g_autofree char *call_id = gst_call_session_dup_call_id (self);

  if (call_id == NULL || gst_call_session_get_state (self) <= PARTICIPANT_STATE_DIALING)
    return;
  for (guint i = 0; calls != NULL && i < calls->len; i++)
    if (g_strcmp0 (((CallMessage *) g_ptr_array_index (calls, i))->call_id, call_id) == 0)
      return;
  session_apply (self, PARTICIPANT_EVENT_REMOTE_END, "network");
}

static void
on_active_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GstCallSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (source), result, &error);

  if (self->stopping || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    GST_WARNING_OBJECT (self, "call-active: %s", error->message);
  else if (self->ready)
    check_own_call (self, answer->calls);
  else
    for (guint i = 0; answer->calls != NULL && i < answer->calls->len; i++)
      take_up (self, g_ptr_array_index (answer->calls, i));
  if (!self->ready)
    check_wanted_call (self, error);
  if (!self->ready)
    session_post (self, gst_structure_new ("call-ready", "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "user",
                            G_TYPE_STRING, self->user, NULL));
  self->ready = TRUE;
  session_proceed (self);
}

static void
on_connected (GstCallSignaller *signaller, const char *user, GstCallSession *self)
{
  g_autoptr (CallMessage) message = call_message_new (CALL_MESSAGE_CALL_ACTIVE);

  GST_INFO_OBJECT (self, "the server knows us as %s", user);
  if (self->listens) {
    session_listen_connected (self, user);
    return;
  }
  /* Says that this socket has our place in the call, whatever became of the one before. */
  if (gst_call_session_get_state (self) != PARTICIPANT_STATE_ENDED)
    message->call_id = gst_call_session_dup_call_id (self);
  g_free (self->user);
  self->user = g_strdup (user);
  session_request (self, message, self->cancellable, on_active_answer);
}

static void
on_disconnected (GstCallSignaller *signaller, const GError *error, GstCallSession *self)
{
  /* No change of state: media goes on without the server, and the signaller comes back by itself. */
  GST_WARNING_OBJECT (self, "lost the server, trying again: %s", error != NULL ? error->message : "closed");
  if (self->listens)
    session_listen_disconnected (self, error);
}

static void
on_failed (GstCallSignaller *signaller, const GError *error, GstCallSession *self)
{
  session_fail (self, error, TRUE);
  session_apply (self, PARTICIPANT_EVENT_REMOTE_END, "server");
}

void
session_start_signaller (GstCallSession *self)
{
  const char *server = gst_call_settings_get_string (&self->settings, GST_CALL_PROP_SERVER);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;

  if (server == NULL)
    error = g_error_new (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "No server: set the property server, for instance to http://127.0.0.1:8080");
  else
    token = gst_call_settings_dup_token (&self->settings, &error);
  if (token != NULL)
    self->signaller = gst_call_signaller_new (server, token, &error);
  if (self->signaller == NULL) {
    session_fail (self, error, TRUE);
    return;
  }
  g_signal_connect (self->signaller, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->signaller, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->signaller, "disconnected", G_CALLBACK (on_disconnected), self);
  g_signal_connect (self->signaller, "failed", G_CALLBACK (on_failed), self);
  gst_call_signaller_start (self->signaller);
}
