/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/asker.h"

#include "tools/call-server/json.h"

#define JSON_TYPE "application/json; charset=utf-8"

typedef struct
{
  guint status;
  const char *code;
  const char *message;
} FailureText;

static const FailureText failures[] = {
    [FAILURE_BAD_JSON] = {400, "bad-json", "The body must be a JSON object"},
    [FAILURE_BAD_VALUE] = {400, "bad-value", "A value is missing or malformed"},
    [FAILURE_TARGET_REQUIRED] = {400, "target-required", "Target user ID is required"},
    [FAILURE_BAD_CALL_TYPE] = {400, "bad-call-type", "Call type must be audio or video"},
    [FAILURE_SELF_CALL] = {400, "self-call", "You cannot call yourself"},
    [FAILURE_NO_USER] = {404, "user-not-found", "Target user not found"},
    [FAILURE_USER_BUSY] = {409, "user-busy", "User is busy on another call"},
    [FAILURE_CALLER_BUSY] = {409, "caller-busy", "You are already in a call"},
    [FAILURE_NO_CALL] = {404, "not-found", "Call not found"},
    [FAILURE_AGORA_NOT_CONFIGURED] = {503, "agora-not-configured",
        "Agora is not configured: set agora-app-id (AGORA_APP_ID) and agora-app-certificate-file "
        "(AGORA_APP_CERTIFICATE)"},
    [FAILURE_NOT_YOURS] = {403, "forbidden", "Unauthorized to access this call"},
    [FAILURE_NOT_YOURS_TO_ACCEPT] = {403, "forbidden", "Unauthorized to accept this call"},
    [FAILURE_NOT_YOURS_TO_REJECT] = {403, "forbidden", "Unauthorized to reject this call"},
    [FAILURE_NOT_YOURS_TO_END] = {403, "forbidden", "Unauthorized to end this call"},
    [FAILURE_NOT_CALLING] = {400, "not-calling", "Call is not in calling state"},
    [FAILURE_LIVE] = {400, "live", "Call is still going on"},
    [FAILURE_NOT_LIVE] = {400, "not-live", "Call is over"},
    [FAILURE_NOT_ACCEPTED] = {400, "not-accepted", "Accept the call first"},
    [FAILURE_QUEUE_FULL] = {429, "queue-full", "Too many signals wait for the other participant"},
    [FAILURE_RATE_LIMITED] = {429, "rate-limited", "Too many requests"},
    [FAILURE_NO_ROUTE] = {404, "no-route", "Not found"},
    [FAILURE_METHOD] = {405, "method-not-allowed", "Method not allowed"},
    [FAILURE_UNKNOWN_EVENT] = {404, "unknown-event", "There is no such event"},
    [FAILURE_STORE] = {503, "database", "The database cannot be used at the moment"},
};

Asker *
asker_new_for_request (Server *server, User *user, TransportRequest *request, const TokenClaims *claims)
{
  Asker *asker = g_new0 (Asker, 1);
  TransportSocket *device = user->sockets->len > 0 ? user_socket_by_token (user, claims) : NULL;
  *asker = (Asker){.server = server, .user = user, .request = request};
  asker->device = device != NULL ? transport_socket_ref (device) : NULL;
  return asker;
}

Asker *
asker_new_for_event (Server *server, User *user, TransportSocket *socket, gint64 id)
{
  Asker *asker = g_new0 (Asker, 1);
  *asker = (Asker){.server = server, .user = user, .socket = transport_socket_ref (socket), .id = id};
  asker->device = transport_socket_ref (socket);
  return asker;
}

TransportSocket *
asker_ref_device (const Asker *asker)
{
  gboolean there = asker->device != NULL && transport_socket_is_open (asker->device);
  return there ? transport_socket_ref (asker->device) : NULL;
}

static void
asker_free (Asker *asker)
{
  g_clear_pointer (&asker->socket, transport_socket_unref);
  g_clear_pointer (&asker->device, transport_socket_unref);
  g_free (asker);
}

static void
reply_request (TransportRequest *request, guint status, const char *text)
{
  static const char *const headers[] = {"cache-control", "no-store", NULL};
  static const char *const later[] = {"cache-control", "no-store", "retry-after", "1", NULL};
  transport_request_reply (request, status, JSON_TYPE, text, -1, status == 429 || status == 503 ? later : headers);
}

void
asker_reply_status (Asker *asker, guint status, JsonObject *body)
{
  if (asker->request == NULL)
    json_object_set_boolean_member (body, "ok", TRUE);
  g_autofree char *text = json_object_to_text (body);
  if (asker->request != NULL)
    reply_request (asker->request, status, text);
  else if (asker->id >= 0)
    transport_socket_ack (asker->socket, asker->id, text, NULL);
  json_object_unref (body);
  asker_free (asker);
}

void
asker_reply (Asker *asker, JsonObject *body)
{
  asker_reply_status (asker, 200, body);
}

void
asker_reply_array (Asker *asker, JsonArray *body)
{
  if (asker->request != NULL) {
    g_autofree char *text = json_array_to_text (body);
    reply_request (asker->request, 200, text);
    json_array_unref (body);
    asker_free (asker);
    return;
  }
  JsonObject *object = json_object_new ();
  json_object_set_array_member (object, "calls", body);
  asker_reply (asker, object);
}

static JsonObject *
failure_body (const char *truth, const char *code, const char *message)
{
  JsonObject *body = json_object_new ();
  json_object_set_boolean_member (body, truth, FALSE);
  json_object_set_string_member (body, "message", message);
  json_object_set_string_member (body, "code", code);
  return body;
}

void
asker_fail_with (Asker *asker, Failure failure, const char *message, const char *call_id)
{
  const FailureText *text = &failures[failure];
  g_autoptr (JsonObject) body =
      failure_body (asker->request != NULL ? "success" : "ok", text->code, message != NULL ? message : text->message);
  if (call_id != NULL)
    json_object_set_string_member (body, "callId", call_id);
  g_autofree char *json = json_object_to_text (body);
  if (asker->request != NULL)
    reply_request (asker->request, text->status, json);
  else if (asker->id >= 0)
    transport_socket_ack (asker->socket, asker->id, json, NULL);
  asker_free (asker);
}

void
asker_fail (Asker *asker, Failure failure)
{
  asker_fail_with (asker, failure, NULL, NULL);
}

void
asker_fail_token (Asker *asker, const GError *error)
{
  g_autoptr (JsonObject) body = failure_body ("ok", token_error_code (error), "Unauthorized");
  g_autofree char *text = json_object_to_text (body);
  transport_socket_ack (asker->socket, asker->id, text, NULL);
  asker_free (asker);
}

void
request_fail (TransportRequest *request, Failure failure)
{
  g_autoptr (JsonObject) body = failure_body ("success", failures[failure].code, failures[failure].message);
  g_autofree char *text = json_object_to_text (body);
  reply_request (request, failures[failure].status, text);
}

/* The transport says when to try again. */
void
request_rate_limited (TransportRequest *request)
{
  static const char *const headers[] = {"cache-control", "no-store", NULL};
  const FailureText *failure = &failures[FAILURE_RATE_LIMITED];
  g_autoptr (JsonObject) body = failure_body ("success", failure->code, failure->message);
  g_autofree char *text = json_object_to_text (body);
  transport_request_reply (request, failure->status, JSON_TYPE, text, -1, headers);
}

void
request_unauthorized (TransportRequest *request, const GError *error)
{
  static const char *const headers[] = {"cache-control", "no-store", "www-authenticate", "Bearer", NULL};
  g_autoptr (JsonObject) body = failure_body ("success", token_error_code (error), "Unauthorized");
  g_autofree char *text = json_object_to_text (body);
  transport_request_reply (request, 401, JSON_TYPE, text, -1, headers);
}
