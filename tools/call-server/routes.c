/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One table of all routes. A part of a path that begins with ':' stands for any one segment, and is what the handler
 * gets as @id. The first route that fits wins, so fixed words stand before ':'. */

#include "tools/call-server/routes.h"

#include "tools/call-server/admission.h"
#include "tools/call-server/calls.h"
#include "tools/call-server/calls-arguments.h"
#include "tools/call-server/descriptions.h"
#include "tools/call-server/ice.h"
#include "tools/call-server/json.h"
#include "tools/call-server/metrics.h"

#include <string.h>

typedef struct
{
  const char *method;
  const char *path;
  void (*handle) (Asker *asker, const char *id, JsonObject *body); /* answers the asker */
  void (*open) (Server *server, TransportRequest *request);        /* instead: needs no token */
  AdmitClass admit;                                                /* of the user, when it is not ADMIT_USER */
} Route;

static void
on_start (Asker *asker, const char *id, JsonObject *body)
{
  call_start (asker, body);
}

static void
on_accept (Asker *asker, const char *id, JsonObject *body)
{
  call_accept (asker, id);
}

static void
on_end (Asker *asker, const char *id, JsonObject *body)
{
  call_end (asker, id);
}

static void
on_agora_token (Asker *asker, const char *id, JsonObject *body)
{
  call_agora_token (asker, body);
}

static void
on_history (Asker *asker, const char *id, JsonObject *body)
{
  call_list_history (asker);
}

static void
on_active (Asker *asker, const char *id, JsonObject *body)
{
  call_list_active (asker);
}

static void
on_stats (Asker *asker, const char *id, JsonObject *body)
{
  call_stats (asker);
}

static void
on_get (Asker *asker, const char *id, JsonObject *body)
{
  call_get (asker, id);
}

static void
on_delete (Asker *asker, const char *id, JsonObject *body)
{
  call_hide (asker, id);
}

static void
contacts_known (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result != STORE_OK) {
    asker_fail (asker, FAILURE_STORE);
    return;
  }
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < job->users->len; i++) {
    const UserRecord *record = g_ptr_array_index (job->users, i);
    JsonObject *object = user_record_to_json (record);
    gint64 seen = users_last_seen (asker->server, record);
    g_autofree char *text = seen != 0 ? time_to_text (seen) : NULL;
    json_object_set_boolean_member (object, "online", users_is_online (asker->server, record->id));
    if (text != NULL)
      json_object_set_string_member (object, "lastSeen", text);
    else
      json_object_set_null_member (object, "lastSeen");
    json_array_add_object_element (array, object);
  }
  asker_reply_array (asker, array);
}

static void
on_contacts (Asker *asker, const char *id, JsonObject *body)
{
  g_autoptr (GError) error = NULL;
  const char *search;
  if (!arguments_read_search (transport_request_arguments (asker->request), &search, &error)) {
    asker_fail_error (asker, error);
    return;
  }
  users_watch_contacts (asker->server, asker->user);
  StoreJob *job = store_job_new (STORE_CONTACTS, asker->user->id, contacts_known, asker);
  job->search = g_strdup (search);
  store_push (asker->server->store, job);
}

static void
on_ice_servers (Asker *asker, const char *id, JsonObject *body)
{
  const Options *options = asker->server->options;
  JsonObject *answer = json_object_new ();
  json_object_set_array_member (answer, "iceServers", ice_servers_for (options, asker->user->id));
  json_object_set_int_member (answer, "ttl", (gint64) options->turn_ttl);
  asker_reply (asker, answer);
}

static void
reply_status (TransportRequest *request, guint status, const char *text)
{
  static const char *const headers[] = {"cache-control", "no-store", NULL};
  transport_request_reply (request, status, "application/json; charset=utf-8", text, -1, headers);
}

static void
on_healthz (Server *server, TransportRequest *request)
{
  reply_status (request, 200, "{\"status\":\"ok\"}");
}

static void
ready_known (StoreJob *job)
{
  if (job->result == STORE_OK)
    reply_status (job->data, 200, "{\"status\":\"ready\"}");
  else
    reply_status (job->data, 503, "{\"status\":\"database\"}");
}

static void
on_readyz (Server *server, TransportRequest *request)
{
  if (server->stopping)
    reply_status (request, 503, "{\"status\":\"stopping\"}");
  else
    store_push (server->store, store_job_new (STORE_PING, NULL, ready_known, request));
}

static void
on_openapi (Server *server, TransportRequest *request)
{
  description_reply (&description_openapi, request);
}

static void
on_asyncapi (Server *server, TransportRequest *request)
{
  description_reply (&description_asyncapi, request);
}

static const Route routes[] = {
    {"POST", "/api/calls/start", on_start, NULL, ADMIT_START},
    {"POST", "/api/calls/agora-token", on_agora_token, NULL},
    {"GET", "/api/calls/history", on_history, NULL},
    {"GET", "/api/calls/stats", on_stats, NULL},
    {"GET", "/api/calls/active", on_active, NULL},
    {"POST", "/api/calls/:id/accept", on_accept, NULL},
    {"POST", "/api/calls/:id/reject", call_reject, NULL},
    {"POST", "/api/calls/:id/end", on_end, NULL},
    {"POST", "/api/calls/:id/rating", call_rate, NULL},
    {"POST", "/api/calls/:id/quality", call_quality, NULL, ADMIT_SIGNAL},
    {"GET", "/api/calls/:id", on_get, NULL},
    {"DELETE", "/api/calls/:id", on_delete, NULL},
    {"GET", "/api/users/contacts", on_contacts, NULL},
    {"GET", "/api/ice-servers", on_ice_servers, NULL},
    {"GET", "/api/openapi.json", NULL, on_openapi},
    {"GET", "/api/asyncapi.json", NULL, on_asyncapi},
    {"GET", "/healthz", NULL, on_healthz},
    {"GET", "/readyz", NULL, on_readyz},
    {"GET", "/metrics", NULL, metrics_reply},
};

gboolean
routes_get (guint index, const char **method, const char **path, gboolean *needs_token)
{
  if (index >= G_N_ELEMENTS (routes))
    return FALSE;
  *method = routes[index].method;
  *path = routes[index].path;
  *needs_token = routes[index].open == NULL;
  return TRUE;
}

/* Takes *id, the segment that stands for ':'. */
static gboolean
path_fits (const char *pattern, const char *path, char **id)
{
  const char *found = NULL;
  gsize length = 0;
  for (;; pattern++, path++) {
    gsize want = strcspn (pattern, "/"), have = strcspn (path, "/");
    if (pattern[0] == ':' && have > 0) {
      found = path;
      length = have;
    } else if (want != have || memcmp (pattern, path, want) != 0)
      return FALSE;
    pattern += want;
    path += have;
    if (*pattern == '\0' || *path == '\0')
      break;
  }
  if (*pattern != *path)
    return FALSE;
  *id = g_strndup (found, length);
  return TRUE;
}

static const Route *
find_route (const char *method, const char *path, char **id, gboolean *path_known)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++) {
    g_autofree char *found = NULL;
    if (!path_fits (routes[i].path, path, &found))
      continue;
    *path_known = TRUE;
    if (g_str_equal (routes[i].method, method)) {
      *id = g_steal_pointer (&found);
      return &routes[i];
    }
  }
  return NULL;
}

static const char *
bearer_token (TransportRequest *request)
{
  const char *value = transport_request_header (request, "authorization");
  if (value == NULL || g_ascii_strncasecmp (value, "Bearer ", 7) != 0)
    return NULL;
  return value + 7 + strspn (value + 7, " ");
}

/* An empty body is {}: most requests need none. FALSE: it is no object. */
static gboolean
read_body (TransportRequest *request, JsonObject **body)
{
  gsize size = 0;
  GBytes *bytes = transport_request_body (request);
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  if (size == 0)
    return TRUE;
  *body = json_object_from_text (text, (gssize) size, NULL);
  return *body != NULL;
}

static void
handle (Server *server, TransportRequest *request, const Route *route, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = NULL;
  const char *token = bearer_token (request);
  g_autoptr (TokenClaims) claims = users_check_token (server, token, &error);
  if (claims == NULL) {
    metrics_count_bad_token (server->metrics, token_error_code (error));
    if (admission_bad_token (server, transport_request_address (request), request))
      request_unauthorized (request, error);
    else
      request_rate_limited (request);
    return;
  }
  User *user = users_see (server, claims);
  if (!admission_user (server, user, route->admit, request)) {
    request_rate_limited (request);
    return;
  }
  transport_request_set_user (request, user->id);
  if (!read_body (request, &body)) {
    request_fail (request, FAILURE_BAD_JSON);
    return;
  }
  route->handle (asker_new_for_request (server, user, request, claims), id, body);
}

void
routes_request (Server *server, TransportRequest *request)
{
  g_autofree char *id = NULL;
  gboolean path_known = FALSE;
  const char *method = transport_request_method (request), *path = transport_request_path (request);
  const Route *route = find_route (method, path, &id, &path_known);
  if (route != NULL)
    transport_request_set_route (request, route->path);
  if (route == NULL)
    request_fail (request, path_known ? FAILURE_METHOD : FAILURE_NO_ROUTE);
  else if (route->open != NULL)
    route->open (server, request);
  else
    handle (server, request, route, id);
}
