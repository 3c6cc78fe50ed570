/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/calls.h"

#include "tools/call-server/calls-arguments.h"
#include "tools/call-server/devices.h"
#include "tools/call-server/ice.h"
#include "tools/call-server/json.h"
#include "tools/call-server/log.h"
#include "tools/call-server/metrics.h"

/*  caller                     server                      receiver
 *    | start ------------------> | (row written)              |
 *    | <-- callId, offer:true    | incoming-call -----------> |   every socket
 *    | <-- user-offline          |                            |   no socket: rings on, somebody may come
 *    | <-- 409, user-busy        |                            |   in a call: the attempt is on record
 */

JsonObject *
call_answer_body (const Server *server, const CallRecord *record, const char *user_id, gboolean offer)
{
  JsonObject *body = json_object_new ();
  json_object_set_string_member (body, "callId", record->id);
  json_object_set_string_member (body, "channelName", record->channel);
  json_object_set_string_member (body, "callType", record->type);
  json_object_set_string_member (body, "status", call_state_to_string (record->state));
  json_object_set_array_member (body, "iceServers", ice_servers_for (server->options, user_id));
  json_object_set_object_member (body, "media", devices_media (offer));
  return body;
}

static JsonObject *
about_receiver (const CallRecord *record)
{
  JsonObject *body = json_object_new ();
  json_object_set_string_member (body, "callId", record->id);
  json_object_set_string_member (body, "userId", record->receiver.id);
  return body;
}

static void
start_ringing (Asker *asker, StoreJob *job)
{
  Server *server = asker->server;
  LiveCall *call = live_add (server, g_steal_pointer (&job->call));
  Seat *caller = &call->seats[SEAT_CALLER];
  log_event (LOG_INFO, "calls", "calling", "call", call->record->id, "user", call->record->caller.id, "to",
      call->record->receiver.id, NULL);
  metrics_call_started (server->metrics);
  g_autoptr (TransportSocket) device = asker_ref_device (asker);
  if (device != NULL)
    devices_bind (caller, device);
  else
    devices_bind_only (caller);
  asker_reply (asker, call_answer_body (server, call->record, caller->user->id, TRUE));
  devices_ring (call);
  if (call->seats[SEAT_RECEIVER].user->sockets->len > 0) {
    call->record->receiver_seen = TRUE;
    return;
  }
  g_autoptr (JsonObject) body = about_receiver (call->record);
  devices_tell (caller, "user-offline", body);
}

static void
refuse_busy (Asker *asker, const CallRecord *record)
{
  g_autoptr (JsonObject) body = about_receiver (record);
  const User *user = asker->user;
  g_autoptr (TransportSocket) socket = asker->socket != NULL ? transport_socket_ref (asker->socket) : NULL;
  g_autofree char *text = json_object_to_text (body);
  asker_fail_with (asker, FAILURE_USER_BUSY, NULL, record->id);
  if (socket != NULL)
    transport_socket_emit (socket, "user-busy", text, NULL);
  else
    user_emit (user, "user-busy", body, NULL);
}

static void
started (StoreJob *job)
{
  Asker *asker = job->data;
  switch (job->result) {
    case STORE_OK:
      start_ringing (asker, job);
      break;
    case STORE_CROSSED:
      call_accepted (asker, job);
      break;
    case STORE_NO_USER:
      asker_fail (asker, FAILURE_NO_USER);
      break;
    case STORE_CALLER_BUSY:
      asker_fail_with (asker, FAILURE_CALLER_BUSY, NULL, job->call->id);
      break;
    case STORE_TARGET_BUSY:
      metrics_call_changed (asker->server->metrics, CALL_STATE_CALLING, job->call);
      refuse_busy (asker, job->call);
      break;
    default:
      asker_fail (asker, FAILURE_STORE);
  }
}

void
call_start (Asker *asker, JsonObject *body)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *target = NULL;
  const char *type;
  if (!arguments_read_start (body, &target, &type, &error)) {
    asker_fail_error (asker, error);
    return;
  }
  if (g_str_equal (target, asker->user->id)) {
    asker_fail (asker, FAILURE_SELF_CALL);
    return;
  }
  StoreJob *job = store_job_new (STORE_START_CALL, asker->user->id, started, asker);
  job->online = users_is_online (asker->server, target);
  job->peer_id = g_steal_pointer (&target);
  job->call_type = g_strdup (type);
  store_push (asker->server->store, job);
}
