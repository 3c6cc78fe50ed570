/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/calls.h"

#include "tools/call-server/calls-arguments.h"
#include "tools/call-server/devices.h"
#include "tools/call-server/json.h"

#define ECHO_US (5 * G_USEC_PER_SEC)

/*  caller                      server                    receiver's devices 1, 2
 *    |                            | <------------- accept  1 |     the row decides who was first
 *    |                            | callId, offer:false -> 1 |
 *    | <--- call-accepted, offer  | call-ended ----------> 2 |     answered-elsewhere
 *    |                            | <------------- accept  2 |
 *    |                            | not-calling ---------> 2 |
 */

/* ---- accept ---- */

void
call_accepted (Asker *asker, StoreJob *job)
{
  Server *server = asker->server;
  const User *user = asker->user;
  LiveCall *call = live_find (server, job->call->id);
  g_autoptr (TransportSocket) device = asker_ref_device (asker);
  asker_reply (asker, call_answer_body (server, job->call, user->id, FALSE));
  if (call == NULL)
    return;
  Seat *seat = live_seat_of (call, user);
  if (device != NULL)
    devices_bind (seat, device);
  else
    devices_bind_only (seat);
  live_apply (server, job, user, device, NULL, NULL);
}

static void
accept_done (StoreJob *job)
{
  Asker *asker = job->data;
  switch (job->result) {
    case STORE_OK:
      call_accepted (asker, job);
      break;
    case STORE_UNCHANGED:
      asker_fail (asker, FAILURE_NOT_CALLING);
      break;
    case STORE_NOT_FOUND:
      asker_fail (asker, FAILURE_NO_CALL);
      break;
    case STORE_FORBIDDEN:
      asker_fail (asker, FAILURE_NOT_YOURS_TO_ACCEPT);
      break;
    default:
      asker_fail (asker, FAILURE_STORE);
  }
}

static void
push_change (Asker *asker, const char *call_id, StoreVerb verb, void (*done) (StoreJob *job), gpointer data)
{
  StoreJob *job = store_job_new (STORE_CHANGE_CALL, asker->user->id, done, data);
  job->call_id = g_strdup (call_id);
  job->verb = verb;
  store_push (asker->server->store, job);
}

void
call_accept (Asker *asker, const char *call_id)
{
  push_change (asker, call_id, STORE_VERB_ACCEPT, accept_done, asker);
}

/* ---- reject ---- */

typedef struct
{
  Asker *asker;
  char *reason, *message;
} Rejection;

static void
rejected (Rejection *rejection, StoreJob *job)
{
  Asker *asker = rejection->asker;
  Server *server = asker->server;
  const User *user = asker->user;
  g_autoptr (TransportSocket) device = asker_ref_device (asker);
  JsonObject *body = json_object_new ();
  json_object_set_string_member (body, "callId", job->call->id);
  json_object_set_string_member (body, "status", call_state_to_string (job->call->state));
  asker_reply (asker, body);
  live_apply (server, job, user, device, rejection->reason, rejection->message);
}

static void
reject_done (StoreJob *job)
{
  Rejection *rejection = job->data;
  switch (job->result) {
    case STORE_OK:
      rejected (rejection, job);
      break;
    case STORE_UNCHANGED:
      asker_fail (rejection->asker, FAILURE_NOT_CALLING);
      break;
    case STORE_NOT_FOUND:
      asker_fail (rejection->asker, FAILURE_NO_CALL);
      break;
    case STORE_FORBIDDEN:
      asker_fail (rejection->asker, FAILURE_NOT_YOURS_TO_REJECT);
      break;
    default:
      asker_fail (rejection->asker, FAILURE_STORE);
  }
  g_free (rejection->reason);
  g_free (rejection->message);
  g_free (rejection);
}

void
call_reject (Asker *asker, const char *call_id, JsonObject *body)
{
  g_autoptr (GError) error = NULL;
  const char *reason, *message;
  if (!arguments_read_rejection (body, &reason, &message, &error)) {
    asker_fail_error (asker, error);
    return;
  }
  Rejection *rejection = g_new0 (Rejection, 1);
  *rejection = (Rejection){asker, g_strdup (reason), g_strdup (message)};
  push_change (asker, call_id, STORE_VERB_REJECT, reject_done, rejection);
}

/* ---- end ---- */

static JsonObject *
ended_body (const CallRecord *record, gint64 now_ms)
{
  const char *reason = call_end_reason_to_string (record->reason);
  JsonObject *body = json_object_new ();
  json_object_set_string_member (body, "callId", record->id);
  json_object_set_string_member (body, "status", call_state_to_string (CALL_STATE_ENDED));
  json_object_set_int_member (body, "duration", call_record_duration (record, now_ms));
  if (reason != NULL)
    json_object_set_string_member (body, "endReason", reason);
  return body;
}

/* Clients send it again on call-ended and on call-rejected: that changes nothing and is answered alike. */
static void
ended (Asker *asker, StoreJob *job)
{
  Server *server = asker->server;
  const User *user = asker->user;
  g_autoptr (TransportSocket) device = asker_ref_device (asker);
  asker_reply (asker, ended_body (job->call, job->now_ms));
  if (job->result == STORE_OK)
    live_apply (server, job, user, device, NULL, NULL);
}

static void
end_done (StoreJob *job)
{
  Asker *asker = job->data;
  switch (job->result) {
    case STORE_OK:
    case STORE_UNCHANGED:
      ended (asker, job);
      break;
    case STORE_NOT_FOUND:
      asker_fail (asker, FAILURE_NO_CALL);
      break;
    case STORE_FORBIDDEN:
      asker_fail (asker, FAILURE_NOT_YOURS_TO_END);
      break;
    default:
      asker_fail (asker, FAILURE_STORE);
  }
}

/* A device that was just told answered-elsewhere ends its own ringing, not the call that another device took. */
static gboolean
is_echo (const Asker *asker, const char *call_id)
{
  LiveCall *call = live_find (asker->server, call_id);
  const Seat *seat = call != NULL ? live_seat_of (call, asker->user) : NULL;
  return seat != NULL && call->record->state == CALL_STATE_ACTIVE && asker->device != NULL && seat->device != NULL
         && seat->device != asker->device && seat->others_told_us != 0
         && g_get_monotonic_time () - seat->others_told_us < ECHO_US;
}

void
call_end (Asker *asker, const char *call_id)
{
  if (is_echo (asker, call_id)) {
    asker_reply (asker, ended_body (live_find (asker->server, call_id)->record, g_get_real_time () / 1000));
    return;
  }
  push_change (asker, call_id, STORE_VERB_END, end_done, asker);
}
