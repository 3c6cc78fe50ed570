/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/events.h"

#include "gst/core/jsoncheck.h"
#include "tools/call-server/admission.h"
#include "tools/call-server/calls.h"
#include "tools/call-server/devices.h"
#include "tools/call-server/json.h"
#include "tools/call-server/log.h"
#include "tools/call-server/metrics.h"
#include "tools/call-server/token-expiry.h"

#include <string.h>

typedef struct
{
  const char *name;
  void (*handle) (Asker *asker, JsonObject *body); /* answers the asker; @body may be NULL */
  AdmitClass admit;                                /* when it is not ADMIT_USER */
} Event;

/* ---- events ---- */

/* For those that need a callId and get it apart from the rest. */
static void
with_call_id (Asker *asker, JsonObject *body, void (*handle) (Asker *asker, const char *call_id))
{
  const char *call_id = json_object_text (body, "callId");
  if (call_id != NULL)
    handle (asker, call_id);
  else
    asker_fail_with (asker, FAILURE_BAD_VALUE, "callId is missing", NULL);
}

static void
on_accept (Asker *asker, JsonObject *body)
{
  with_call_id (asker, body, call_accept);
}

static void
on_reject (Asker *asker, JsonObject *body)
{
  const char *call_id = json_object_text (body, "callId");
  if (call_id != NULL)
    call_reject (asker, call_id, body);
  else
    asker_fail_with (asker, FAILURE_BAD_VALUE, "callId is missing", NULL);
}

static void
on_end (Asker *asker, JsonObject *body)
{
  with_call_id (asker, body, call_end);
}

static void
on_active (Asker *asker, JsonObject *body)
{
  call_list_mine (asker, json_object_text (body, "callId"));
}

static void
on_quality (Asker *asker, JsonObject *body)
{
  call_quality (asker, NULL, body);
}

/* A new token for this socket, before the old one runs out. */
static void
on_auth (Asker *asker, JsonObject *body)
{
  g_autoptr (GError) error = NULL;
  const char *token = json_object_text (body, "token");
  SocketOwner *owner = transport_socket_get_data (asker->socket);
  g_autoptr (TokenClaims) claims = users_check_token (asker->server, token, &error);
  if (claims != NULL && !g_str_equal (claims->user_id, asker->user->id))
    g_set_error_literal (&error, TOKEN_ERROR, TOKEN_ERROR_USER, "the token is of another user");
  if (error != NULL) {
    asker_fail_token (asker, error);
    return;
  }
  users_see (asker->server, claims);
  socket_owner_set_token (owner, claims);
  token_expiry_watch (asker->server->token_expiry, owner, claims->expires);
  JsonObject *answer = json_object_new ();
  json_object_set_int_member (answer, "expires", claims->expires);
  asker_reply (asker, answer);
}

static const Event events[] = {
    {"auth", on_auth},
    {"call-signal", call_signal, ADMIT_SIGNAL},
    {"call-start", call_start, ADMIT_START},
    {"call-accept", on_accept},
    {"call-reject", on_reject},
    {"call-end", on_end},
    {"call-active", on_active},
    {"call-quality", on_quality, ADMIT_SIGNAL},
};

const char *
events_get_name (guint index)
{
  return index < G_N_ELEMENTS (events) ? events[index].name : NULL;
}

/* The first argument, when it is an object. FALSE: the text is not what our transport should let through. */
static gboolean
first_argument (const char *args_json, JsonObject **body)
{
  if (!json_check (args_json, strlen (args_json), JSON_CHECK_MAX_DEPTH, NULL))
    return FALSE;
  g_autoptr (JsonNode) root = json_from_string (args_json, NULL);
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    return FALSE;
  JsonArray *array = json_node_get_array (root);
  JsonNode *first = json_array_get_length (array) > 0 ? json_array_get_element (array, 0) : NULL;
  if (first != NULL && JSON_NODE_HOLDS_OBJECT (first))
    *body = json_node_dup_object (first);
  return TRUE;
}

static const Event *
find_event (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    if (g_str_equal (events[i].name, name))
      return &events[i];
  }
  return NULL;
}

void
events_event (Server *server, TransportSocket *socket, const char *name, const char *args_json, gint64 id)
{
  g_autoptr (JsonObject) body = NULL;
  const SocketOwner *owner = transport_socket_get_data (socket);
  if (owner == NULL)
    return;
  User *user = owner->user;
  Asker *asker = asker_new_for_event (server, user, socket, id);
  const Event *event = find_event (name);
  log_event (LOG_DEBUG, "events", event != NULL ? name : "unknown event", "user", user->id, "socket",
      transport_socket_get_id (socket), "address", transport_socket_get_address (socket), NULL);
  metrics_count_event_received (server->metrics, event != NULL ? event->name : NULL);
  if (!admission_user (server, user, event != NULL ? event->admit : ADMIT_USER, NULL))
    asker_fail (asker, FAILURE_RATE_LIMITED);
  else if (event == NULL)
    asker_fail (asker, FAILURE_UNKNOWN_EVENT);
  else if (!first_argument (args_json, &body))
    asker_fail (asker, FAILURE_BAD_JSON);
  else
    event->handle (asker, body);
}

/* ---- sockets ---- */

static void
refuse_for_now (TransportSocket *socket)
{
  transport_socket_refuse (socket, "Too many requests", "{\"code\":\"rate-limited\"}");
}

static void
refuse (Server *server, TransportSocket *socket, const GError *error)
{
  metrics_count_bad_token (server->metrics, token_error_code (error));
  if (!admission_bad_token (server, transport_socket_get_address (socket), NULL)) {
    refuse_for_now (socket);
    return;
  }
  g_autoptr (JsonObject) data = json_object_new ();
  json_object_set_string_member (data, "code", token_error_code (error));
  g_autofree char *text = json_object_to_text (data);
  transport_socket_refuse (socket, "Unauthorized", text);
}

void
events_connect (Server *server, TransportSocket *socket, const char *auth_json, const char *query_token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) auth = auth_json != NULL ? json_object_from_text (auth_json, -1, NULL) : NULL;
  const char *token = json_object_text (auth, "token");
  token = token != NULL ? token : query_token;
  g_autoptr (TokenClaims) claims = users_check_token (server, token, &error);
  if (claims == NULL) {
    refuse (server, socket, error);
    return;
  }
  User *user = users_see (server, claims);
  if (!admission_user (server, user, ADMIT_CONNECT, NULL)) {
    refuse_for_now (socket);
    return;
  }
  if (user->sockets->len >= (guint) server->options->user_socket_limit) {
    transport_socket_refuse (socket, "Too many sockets", "{\"code\":\"too-many-sockets\"}");
    return;
  }
  SocketOwner *owner = socket_owner_new (socket, user, claims);
  transport_socket_set_data (socket, owner);
  token_expiry_watch (server->token_expiry, owner, claims->expires);
  transport_socket_accept (socket);
  log_event (LOG_INFO, "events", "connected", "user", user->id, "socket", transport_socket_get_id (socket), "address",
      transport_socket_get_address (socket), NULL);
  devices_came (server, user, socket);
}

void
events_disconnect (Server *server, TransportSocket *socket, const char *reason)
{
  SocketOwner *owner = transport_socket_get_data (socket);
  if (owner == NULL)
    return;
  log_event (LOG_INFO, "events", "disconnected", "user", owner->user->id, "socket", transport_socket_get_id (socket),
      "reason", reason, NULL);
  transport_socket_set_data (socket, NULL);
  if (server->token_expiry != NULL)
    token_expiry_forget (server->token_expiry, owner);
  devices_gone (server, owner->user, socket);
  socket_owner_free (owner);
}
