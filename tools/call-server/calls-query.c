/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/calls.h"

#include "tools/call-server/calls-arguments.h"
#include "tools/call-server/devices.h"
#include "tools/call-server/ice.h"
#include "tools/call-server/json.h"

/* ---- one ---- */

static void
fail_unfound (Asker *asker, StoreResult result)
{
  if (result == STORE_NOT_FOUND)
    asker_fail (asker, FAILURE_NO_CALL);
  else if (result == STORE_FORBIDDEN)
    asker_fail (asker, FAILURE_NOT_YOURS);
  else
    asker_fail (asker, FAILURE_STORE);
}

static void
got (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result == STORE_OK)
    asker_reply (asker, call_record_to_json (job->call, asker->user->id, job->now_ms));
  else
    fail_unfound (asker, job->result);
}

void
call_get (Asker *asker, const char *call_id)
{
  StoreJob *job = store_job_new (STORE_GET_CALL, asker->user->id, got, asker);
  job->call_id = g_strdup (call_id);
  store_push (asker->server->store, job);
}

/* From the asker's own history; the other side keeps it. */
static void
hidden (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result == STORE_OK) {
    JsonObject *body = json_object_new ();
    json_object_set_boolean_member (body, "success", TRUE);
    json_object_set_string_member (body, "callId", job->call_id);
    asker_reply (asker, body);
  } else if (job->result == STORE_UNCHANGED)
    asker_fail (asker, FAILURE_LIVE);
  else
    fail_unfound (asker, job->result);
}

void
call_hide (Asker *asker, const char *call_id)
{
  StoreJob *job = store_job_new (STORE_HIDE_CALL, asker->user->id, hidden, asker);
  job->call_id = g_strdup (call_id);
  store_push (asker->server->store, job);
}

/* ---- live ones ---- */

static JsonArray *
calls_to_json (const StoreJob *job, const char *viewer)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < job->calls->len; i++)
    json_array_add_object_element (array, call_record_to_json (g_ptr_array_index (job->calls, i), viewer, job->now_ms));
  return array;
}

static void
listed_active (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result == STORE_OK)
    asker_reply_array (asker, calls_to_json (job, asker->user->id));
  else
    asker_fail (asker, FAILURE_STORE);
}

void
call_list_active (Asker *asker)
{
  store_push (asker->server->store, store_job_new (STORE_LIVE_CALLS, asker->user->id, listed_active, asker));
}

/* Whoever asks over a socket is about to take a call up again: it gets what it needs for that, and its seat. */
static void
listed_mine (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result != STORE_OK) {
    asker_fail (asker, FAILURE_STORE);
    return;
  }
  const User *user = asker->user;
  g_autoptr (TransportSocket) socket = transport_socket_ref (asker->socket);
  JsonArray *array = calls_to_json (job, user->id);
  for (guint i = 0; i < job->calls->len; i++) {
    const CallRecord *record = g_ptr_array_index (job->calls, i);
    JsonObject *object = json_array_get_object_element (array, i);
    json_object_set_object_member (object, "media", devices_media (g_str_equal (record->caller.id, user->id)));
    json_object_set_array_member (object, "iceServers", ice_servers_for (asker->server->options, user->id));
  }
  asker_reply_array (asker, array);
  for (guint i = 0; i < user->seats->len && transport_socket_is_open (socket); i++)
    devices_resume (g_ptr_array_index (user->seats, i), socket);
}

void
call_list_mine (Asker *asker, const char *call_id)
{
  LiveCall *call = call_id != NULL ? live_find (asker->server, call_id) : NULL;
  Seat *seat = call != NULL ? live_seat_of (call, asker->user) : NULL;
  if (seat != NULL && transport_socket_is_open (asker->socket))
    devices_claim (seat, asker->socket);
  store_push (asker->server->store, store_job_new (STORE_LIVE_CALLS, asker->user->id, listed_mine, asker));
}

/* ---- history ---- */

static void
listed_history (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result != STORE_OK) {
    asker_fail (asker, FAILURE_STORE);
    return;
  }
  JsonObject *body = json_object_new ();
  json_object_set_array_member (body, "calls", calls_to_json (job, asker->user->id));
  json_object_set_int_member (body, "totalPages", (job->total + job->filter.limit - 1) / job->filter.limit);
  json_object_set_int_member (body, "currentPage", job->filter.page);
  json_object_set_int_member (body, "total", job->total);
  asker_reply (asker, body);
}

void
call_list_history (Asker *asker)
{
  StoreJob *job = store_job_new (STORE_HISTORY, asker->user->id, listed_history, asker);
  g_autoptr (GError) error = NULL;
  if (!arguments_read_filter (transport_request_arguments (asker->request), &job->filter, &error)) {
    store_job_free (job);
    asker_fail_error (asker, error);
    return;
  }
  store_push (asker->server->store, job);
}
