/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/calls.h"

#include "tools/call-server/devices.h"
#include "tools/call-server/ice.h"
#include "tools/call-server/json.h"

#include <string.h>

#define MAX_LIMIT 100
#define MAX_PAGE 1000000
#define MAX_SEARCH 100
#define DAY_MS (G_GINT64_CONSTANT (86400) * 1000)

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

/* FALSE: there, and not a number in the range. */
static gboolean
query_number (TransportRequest *request, const char *name, guint max, guint *value)
{
  const char *text = transport_request_query (request, name);
  guint64 number;
  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 1, max, &number, NULL))
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

/* ISO 8601: a date (the whole day, when it is the last), or a date and time; without a zone it is UTC. */
static gboolean
query_time (TransportRequest *request, const char *name, gint64 after_ms, gint64 *ms)
{
  const char *text = transport_request_query (request, name);
  if (text == NULL)
    return TRUE;
  gboolean day = strchr (text, 'T') == NULL;
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *full = day ? g_strconcat (text, "T00:00:00", NULL) : g_strdup (text);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (full, utc);
  if (time == NULL)
    return FALSE;
  *ms = g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000 + (day ? after_ms : 0);
  return TRUE;
}

static gboolean
query_word (TransportRequest *request, const char *name, const char *const *words, int *index)
{
  const char *text = transport_request_query (request, name);
  if (text == NULL)
    return TRUE;
  for (int i = 0; words[i] != NULL; i++) {
    if (g_str_equal (words[i], text)) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* The name of the parameter that is wrong, or NULL. */
static const char *
read_filter (TransportRequest *request, StoreFilter *filter)
{
  static const char *const types[] = {"audio", "video", NULL};
  static const char *const directions[] = {"incoming", "outgoing", NULL};
  const char *status = transport_request_query (request, "status");
  const char *search = transport_request_query (request, "search");
  int type = -1;
  CallState state;
  if (!query_number (request, "page", MAX_PAGE, &filter->page))
    return "page";
  if (!query_number (request, "limit", MAX_LIMIT, &filter->limit))
    return "limit";
  if (!query_word (request, "type", types, &type))
    return "type";
  if (!query_word (request, "direction", directions, &filter->outgoing))
    return "direction";
  if (status != NULL && !call_state_from_string (status, &state))
    return "status";
  if (!query_time (request, "from", 0, &filter->from_ms))
    return "from";
  if (!query_time (request, "to", DAY_MS, &filter->to_ms))
    return "to";
  if (transport_request_query (request, "to") != NULL)
    filter->to_ms = MAX (filter->to_ms, 1); /* 0 is none: before 1970 there is nothing */
  if (search != NULL && strlen (search) > MAX_SEARCH)
    return "search";
  filter->type = type >= 0 ? g_strdup (types[type]) : NULL;
  filter->state = status != NULL ? (int) state : -1;
  filter->search = g_strdup (search);
  return NULL;
}

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
  const char *wrong = read_filter (asker->request, &job->filter);
  if (wrong != NULL) {
    g_autofree char *message = g_strdup_printf ("Bad value of %s", wrong);
    store_job_free (job);
    asker_fail_with (asker, FAILURE_BAD_VALUE, message, NULL);
    return;
  }
  store_push (asker->server->store, job);
}
