/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/live.h"

#include "tools/call-server/devices.h"
#include "tools/call-server/log.h"
#include "tools/call-server/metrics.h"

#define RETRY_MS 1000

static void
seat_clear (Seat *seat)
{
  g_ptr_array_remove (seat->user->seats, seat);
  timer_stop (&seat->grace);
  g_clear_pointer (&seat->device, transport_socket_unref);
  g_queue_clear_full (&seat->signals, g_free);
}

void
live_call_free (LiveCall *call)
{
  timer_stop (&call->ring);
  timer_stop (&call->retry);
  g_clear_pointer (&call->retry_job, store_job_free);
  seat_clear (&call->seats[SEAT_CALLER]);
  seat_clear (&call->seats[SEAT_RECEIVER]);
  call_record_free (call->record);
  g_free (call);
}

LiveCall *
live_find (Server *server, const char *call_id)
{
  return g_hash_table_lookup (server->live, call_id);
}

Seat *
live_seat_of (LiveCall *call, const User *user)
{
  for (guint i = 0; i < G_N_ELEMENTS (call->seats); i++) {
    if (call->seats[i].user == user)
      return &call->seats[i];
  }
  return NULL;
}

Seat *
live_other_seat (Seat *seat)
{
  return &seat->call->seats[seat == &seat->call->seats[SEAT_CALLER] ? SEAT_RECEIVER : SEAT_CALLER];
}

/* ---- timers ---- */

static StoreJob *
event_job (LiveCall *call, CallEvent event, gint64 now_ms, void (*done) (StoreJob *job))
{
  StoreJob *job = store_job_new (STORE_CHANGE_CALL, NULL, done, call->server);
  job->call_id = g_strdup (call->record->id);
  job->verb = STORE_VERB_EVENT;
  job->event = event;
  job->now_ms = now_ms;
  return job;
}

static void
retry_expired (gpointer data)
{
  LiveCall *call = data;
  timer_stop (&call->retry);
  store_push (call->server->store, g_steal_pointer (&call->retry_job));
}

/* When the database failed, the event is tried again: the call would live for ever. */
static void
timer_applied (StoreJob *job)
{
  Server *server = job->data;
  LiveCall *call = live_find (server, job->call_id);
  if (job->result == STORE_OK)
    live_apply (server, job, NULL, NULL, NULL, NULL);
  else if (job->result == STORE_FAILED && call != NULL && !server->stopping && call->retry == NULL) {
    call->retry_job = event_job (call, job->event, job->now_ms, job->done);
    call->retry = timer_start (&server->loop, RETRY_MS, retry_expired, call);
  }
}

static void
push_event (LiveCall *call, CallEvent event, gint64 now_ms)
{
  store_push (call->server->store, event_job (call, event, now_ms, timer_applied));
}

static void
ring_expired (gpointer data)
{
  LiveCall *call = data;
  timer_stop (&call->ring);
  push_event (call, call->record->receiver_seen ? CALL_EVENT_RING_TIMEOUT : CALL_EVENT_RING_TIMEOUT_OFFLINE,
      g_get_real_time () / 1000);
}

/* The call ended when the participant was lost, not when we stopped to wait for it. */
static void
grace_expired (gpointer data)
{
  Seat *seat = data;
  timer_stop (&seat->grace);
  push_event (seat->call, CALL_EVENT_GRACE_TIMEOUT, seat->lost_ms);
}

static gint64
ring_left_ms (const LiveCall *call)
{
  gint64 ring_ms = (gint64) (call->server->options->ring_timeout * 1000);
  return CLAMP (call->record->start_ms + ring_ms - g_get_real_time () / 1000, 0, ring_ms);
}

gboolean
live_ring_is_over (const LiveCall *call)
{
  return ring_left_ms (call) == 0;
}

static void
start_ring (LiveCall *call)
{
  call->ring = timer_start (&call->server->loop, ring_left_ms (call), ring_expired, call);
}

void
live_start_grace (Seat *seat, gint64 lost_ms)
{
  Server *server = seat->call->server;
  timer_stop (&seat->grace);
  seat->lost_ms = lost_ms;
  seat->grace = timer_start (&server->loop, (gint64) (server->options->grace_timeout * 1000), grace_expired, seat);
}

void
live_stop_grace (Seat *seat)
{
  timer_stop (&seat->grace);
}

/* ---- coming and going ---- */

/* A user that the database knows may not have been met since the start. */
static User *
met_user (Server *server, const UserRecord *record)
{
  User *user = users_find (server, record->id);
  const TokenClaims claims = {.user_id = record->id};
  return user != NULL ? user : users_see (server, &claims);
}

LiveCall *
live_add (Server *server, CallRecord *record)
{
  LiveCall *call = g_new0 (LiveCall, 1);
  call->server = server;
  call->record = record;
  for (guint i = 0; i < G_N_ELEMENTS (call->seats); i++) {
    call->seats[i].call = call;
    call->seats[i].user = met_user (server, i == SEAT_CALLER ? &record->caller : &record->receiver);
    g_queue_init (&call->seats[i].signals);
    g_ptr_array_add (call->seats[i].user->seats, &call->seats[i]);
  }
  g_hash_table_insert (server->live, record->id, call);
  if (record->state == CALL_STATE_CALLING)
    start_ring (call);
  return call;
}

static void
live_follow (LiveCall *call, StoreJob *job)
{
  g_hash_table_steal (call->server->live, call->record->id);
  job->call->receiver_seen |= call->record->receiver_seen;
  call_record_free (call->record);
  call->record = g_steal_pointer (&job->call);
  g_hash_table_insert (call->server->live, call->record->id, call);
}

/* ---- telling ---- */

static JsonObject *
body_for (const CallRecord *record)
{
  JsonObject *body = json_object_new ();
  json_object_set_string_member (body, "callId", record->id);
  return body;
}

static void
set_text (JsonObject *body, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (body, name, text);
  else
    json_object_set_null_member (body, name);
}

static JsonObject *
ended_body (const CallRecord *record, const char *by, const char *reason)
{
  JsonObject *body = body_for (record);
  set_text (body, "endedBy", by);
  set_text (body, "reason", reason);
  json_object_set_int_member (body, "duration", call_record_duration (record, g_get_real_time () / 1000));
  return body;
}

static void
send_accepted (LiveCall *call)
{
  const CallRecord *record = call->record;
  g_autoptr (JsonObject) body = body_for (record);
  json_object_set_string_member (body, "channelName", record->channel);
  json_object_set_string_member (body, "callType", record->type);
  json_object_set_string_member (body, "by", record->receiver.id);
  json_object_set_object_member (body, "media", devices_media (TRUE));
  devices_tell (&call->seats[SEAT_CALLER], "call-accepted", body);
}

static void
send_rejected (LiveCall *call, const char *reason, const char *message)
{
  g_autoptr (JsonObject) body = body_for (call->record);
  json_object_set_string_member (body, "reason", reason != NULL ? reason : "declined");
  if (message != NULL)
    json_object_set_string_member (body, "message", message);
  devices_tell (&call->seats[SEAT_CALLER], "call-rejected", body);
}

/* To both, or all but the one who did it. */
static void
send_ended (LiveCall *call, const User *actor)
{
  const CallRecord *record = call->record;
  const char *reason = call_end_reason_to_string (record->reason);
  g_autoptr (JsonObject) body = ended_body (record, actor != NULL ? actor->id : NULL, reason);
  for (guint i = 0; i < G_N_ELEMENTS (call->seats); i++) {
    if (call->seats[i].user != actor)
      devices_tell (&call->seats[i], "call-ended", body);
  }
}

void
live_tell_answered_elsewhere (LiveCall *call, const TransportSocket *device)
{
  const CallRecord *record = call->record;
  g_autoptr (JsonObject) body = ended_body (record, record->receiver.id, "answered-elsewhere");
  devices_tell_others (&call->seats[SEAT_RECEIVER], device, "call-ended", body);
}

static void
carry_out (LiveCall *call, CallActions actions, const User *actor, const TransportSocket *device, const char *reason,
    const char *message)
{
  if (actions & CALL_ACTION_STOP_RING_TIMER)
    timer_stop (&call->ring);
  if (actions & CALL_ACTION_STOP_GRACE_TIMERS) {
    live_stop_grace (&call->seats[SEAT_CALLER]);
    live_stop_grace (&call->seats[SEAT_RECEIVER]);
  }
  if (actions & CALL_ACTION_SEND_ACCEPTED)
    send_accepted (call);
  if (actions & CALL_ACTION_SEND_REJECTED)
    send_rejected (call, reason, message);
  if (actions & CALL_ACTION_SEND_ENDED)
    send_ended (call, actor);
  if (actions & CALL_ACTION_SEND_ANSWERED_ELSEWHERE)
    live_tell_answered_elsewhere (call, device);
}

void
live_apply (Server *server, StoreJob *job, const User *actor, const TransportSocket *device, const char *reason,
    const char *message)
{
  LiveCall *call = live_find (server, job->call->id);
  if (call == NULL)
    return;
  log_event (LOG_INFO, "calls", call_state_to_string (job->call->state), "call", job->call->id, NULL);
  CallState before = call->record->state;
  live_follow (call, job);
  metrics_call_changed (server->metrics, before, call->record);
  carry_out (call, job->transition.actions, actor, device, reason, message);
  if (call_state_is_live (call->record->state))
    devices_call_active (call);
  else
    g_hash_table_remove (server->live, call->record->id);
}
