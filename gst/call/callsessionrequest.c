/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What a session asks of the server, and what it makes of the answers. All on the worker. */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

static void
on_start_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GstCallSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->stopping)
    return;
  if (answer == NULL) {
    g_prefix_error (&error, "Cannot call %s: ", self->peer);
    session_fail (self, error, FALSE);
    session_apply (self, PARTICIPANT_EVENT_REFUSED, "refused");
    return;
  }
  session_set_call (self, answer->call_id, NULL);
  session_take_terms (self, answer, TRUE);
  if (gst_call_session_get_state (self) != PARTICIPANT_STATE_DIALING) {
    /* Hung up while the server was still thinking: the call exists now and must not ring on. */
    session_apply (self, PARTICIPANT_EVENT_HANG_UP, "hangup");
    return;
  }
  session_apply (self, PARTICIPANT_EVENT_STARTED, NULL);
  /* The other one was calling us at the same moment: one call, already accepted. */
  if (g_strcmp0 (answer->status, "active") == 0)
    session_apply (self, PARTICIPANT_EVENT_ACCEPTED, NULL);
}

static void
on_accept_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GstCallSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->stopping)
    return;
  if (answer == NULL) {
    /* A caller who gave up in the meantime is no error of ours. */
    if (gst_call_session_get_state (self) == PARTICIPANT_STATE_CONNECTING) {
      session_fail (self, error, FALSE);
      session_apply (self, PARTICIPANT_EVENT_REFUSED, "refused");
    }
    return;
  }
  session_take_terms (self, answer, FALSE);
  session_apply (self, PARTICIPANT_EVENT_ACCEPTED, NULL);
}

static void
on_end_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GstCallSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (source), result, &error);

  if (answer == NULL)
    GST_WARNING_OBJECT (self, "call-end: %s", error->message);
  if (self->pending_ends > 0)
    self->pending_ends--;
  session_check_stopped (self);
}

static void
on_signal_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GstCallSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (source), result, &error);

  if (answer == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    GST_WARNING_OBJECT (self, "call-signal: %s", error->message);
}

void
session_request (
    GstCallSession *self, const CallMessage *message, GCancellable *cancellable, GAsyncReadyCallback callback)
{
  if (self->signaller != NULL)
    gst_call_signaller_request_async (self->signaller, message, cancellable, callback, gst_object_ref (self));
}

void
session_send_start (GstCallSession *self)
{
  g_autoptr (CallMessage) message = call_message_new (CALL_MESSAGE_CALL_START);

  g_mutex_lock (&self->lock);
  message->user_id = g_strdup (self->peer);
  g_mutex_unlock (&self->lock);
  message->call_type = g_strdup (self->dial_type != NULL ? self->dial_type : session_call_type (self));
  self->caller = TRUE;
  session_request (self, message, self->cancellable, on_start_answer);
}

void
session_send_accept (GstCallSession *self)
{
  g_autoptr (CallMessage) message = call_message_new (CALL_MESSAGE_CALL_ACCEPT);

  message->call_id = gst_call_session_dup_call_id (self);
  session_request (self, message, self->cancellable, on_accept_answer);
}

/* Not cancelled by stopping: that waits for it, so that the record says when the call ended. */
void
session_send_final (GstCallSession *self, const CallMessage *message)
{
  if (self->signaller == NULL)
    return;
  self->pending_ends++;
  session_request (self, message, NULL, on_end_answer);
}

void
session_send_end (GstCallSession *self, const char *reason, gboolean reject)
{
  g_autoptr (CallMessage) message = call_message_new (reject ? CALL_MESSAGE_CALL_REJECT : CALL_MESSAGE_CALL_END);

  message->call_id = gst_call_session_dup_call_id (self);
  message->reason = reject ? g_strdup (reason) : NULL;
  if (message->call_id != NULL)
    session_send_final (self, message);
}

static void
on_report_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GstCallSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (source), result, &error);

  if (answer == NULL)
    GST_INFO_OBJECT (self, "call-quality: %s", error->message);
  if (self->pending_reports > 0)
    self->pending_reports--;
  session_check_stopped (self);
}

/* As call-end, not cancelled by stopping, but waited for not as long. */
void
session_send_report (GstCallSession *self, const char *json)
{
  g_autoptr (CallMessage) message = call_message_new (CALL_MESSAGE_CALL_QUALITY);

  message->call_id = gst_call_session_dup_call_id (self);
  if (message->call_id == NULL || self->signaller == NULL)
    return;
  message->quality = g_strdup (json);
  self->pending_reports++;
  session_request (self, message, NULL, on_report_answer);
}

void
session_send_signal (GstCallSession *self, const CallMessage *signal)
{
  g_autoptr (CallMessage) message = call_message_copy (signal);

  g_free (message->call_id);
  message->call_id = gst_call_session_dup_call_id (self);
  if (message->call_id != NULL)
    session_request (self, message, self->cancellable, on_signal_answer);
}

static gboolean
on_retry (gpointer user_data)
{
  GstCallSession *self = user_data;
  g_autoptr (CallMessage) message = call_message_new (CALL_MESSAGE_CALL_SIGNAL);

  message->signal.kind = CALL_SIGNAL_RENEGOTIATE;
  session_send_signal (self, message);
  return G_SOURCE_CONTINUE;
}

#define RETRY_MS 3000

void
session_ask_renegotiate (GstCallSession *self)
{
  on_retry (self);
  session_start_timer (self, SESSION_TIMER_RETRY, RETRY_MS, on_retry);
}
