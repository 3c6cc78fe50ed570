/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/calls.h"

#include "gst/core/callmessage.h"
#include "tools/call-server/devices.h"
#include "tools/call-server/json.h"

#include <string.h>

/* What passes from one participant to the other: descriptions, candidates. Checked for size and shape
 * by core, passed on as it came, kept nowhere but in the queue of one who is away. */

static void
tell_why_not (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result == STORE_NOT_FOUND)
    asker_fail (asker, FAILURE_NO_CALL);
  else if (job->result == STORE_FORBIDDEN)
    asker_fail (asker, FAILURE_NOT_YOURS);
  else if (job->result == STORE_OK)
    asker_fail (asker, FAILURE_NOT_LIVE);
  else
    asker_fail (asker, FAILURE_STORE);
}

/* The asker's seat in a live call; else the asker is answered, and NULL. */
static Seat *
take_seat (Asker *asker, const char *call_id)
{
  LiveCall *call = live_find (asker->server, call_id);
  Seat *seat = call != NULL ? live_seat_of (call, asker->user) : NULL;
  if (call == NULL) {
    StoreJob *job = store_job_new (STORE_GET_CALL, asker->user->id, tell_why_not, asker);
    job->call_id = g_strdup (call_id);
    store_push (asker->server->store, job);
  } else if (seat == NULL)
    asker_fail (asker, FAILURE_NOT_YOURS);
  else if (call->record->state == CALL_STATE_CALLING && seat == &call->seats[SEAT_RECEIVER]) {
    asker_fail (asker, FAILURE_NOT_ACCEPTED);
    return NULL;
  }
  return seat;
}

static CallMessage *
check_body (Asker *asker, CallMessageType type, JsonObject *body)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = body != NULL ? json_object_to_text (body) : g_strdup ("{}");
  CallMessage *message = call_message_parse (type, text, strlen (text), &error);
  if (message == NULL)
    asker_fail_with (asker, FAILURE_BAD_VALUE, error->message, NULL);
  return message;
}

/* @body with another callId and from, whatever the sender wrote there. */
static char *
relay_text (const Seat *from, JsonObject *body, const char *const *members)
{
  g_autoptr (JsonObject) relay = json_object_new ();
  json_object_set_string_member (relay, "callId", from->call->record->id);
  json_object_set_string_member (relay, "from", from->user->id);
  for (; *members != NULL; members++) {
    if (json_object_has (body, *members))
      json_object_set_member (relay, *members, json_object_dup_member (body, *members));
  }
  return json_object_to_text (relay);
}

void
call_signal (Asker *asker, JsonObject *body)
{
  static const char *const members[] = {"description", "candidate", "renegotiate", NULL};
  g_autoptr (CallMessage) message = check_body (asker, CALL_MESSAGE_CALL_SIGNAL, body);
  Seat *seat = message != NULL ? take_seat (asker, message->call_id) : NULL;
  if (seat == NULL)
    return;
  if (transport_socket_is_open (asker->socket))
    devices_bind (seat, asker->socket);
  g_autofree char *text = relay_text (seat, body, members);
  if (devices_signal (live_other_seat (seat), text))
    asker_reply (asker, json_object_new ());
  else
    asker_fail (asker, FAILURE_QUEUE_FULL);
}
