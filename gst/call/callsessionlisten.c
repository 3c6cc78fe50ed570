/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A session that listens (callsignaling's property `listen`) says what rings and stops to ring for its user, and has no
 * call of its own: it neither takes a place in one nor ends one when it goes. Others answer, in processes of their own
 * say, and any number of calls may ring. */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

void
session_post_incoming (GstCallSession *self, const CallMessage *message)
{
  session_post (
      self, gst_structure_new ("call-incoming", "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id",
                G_TYPE_STRING, message->call_id, "peer", G_TYPE_STRING, message->caller.id, "peer-name", G_TYPE_STRING,
                message->caller.full_name, "call-type", G_TYPE_STRING, message->call_type, NULL));
}

void
session_post_gone (GstCallSession *self, const char *call_id, const char *reason)
{
  session_post (self, gst_structure_new ("call-gone", "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id",
                          G_TYPE_STRING, call_id, "reason", G_TYPE_STRING, reason, NULL));
}

void
session_listen_connected (GstCallSession *self, const char *user)
{
  self->ready = TRUE;
  session_post (self, gst_structure_new ("call-ready", "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "user",
                          G_TYPE_STRING, user, NULL));
}

/* It comes back by itself, and then there is another call-ready. */
void
session_listen_disconnected (GstCallSession *self, const GError *error)
{
  session_post (self, gst_structure_new ("call-lost", "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "message",
                          G_TYPE_STRING, error != NULL ? error->message : "closed", NULL));
}

void
session_listen_message (GstCallSession *self, const CallMessage *message)
{
  if (self->stopping)
    return;
  if (message->type == CALL_MESSAGE_INCOMING_CALL)
    session_post_incoming (self, message);
  else if (message->type == CALL_MESSAGE_CALL_ENDED)
    session_post_gone (self, message->call_id, message->reason);
}

void
session_listen_reject (GstCallSession *self, const char *call_id, const char *reason)
{
  g_autoptr (CallMessage) message = call_message_new (CALL_MESSAGE_CALL_REJECT);

  if (call_id == NULL || *call_id == '\0')
    return;
  message->call_id = g_strdup (call_id);
  message->reason = g_strdup (reason != NULL && *reason != '\0' ? reason : "declined");
  session_send_final (self, message);
}

void
gst_call_session_set_listen (GstCallSession *self, gboolean listen)
{
  g_mutex_lock (&self->lock);
  self->listens = listen;
  g_mutex_unlock (&self->lock);
}
