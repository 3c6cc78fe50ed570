/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/asker.h"

#include "tools/call-server/json.h"

#define JSON_TYPE "application/json; charset=utf-8"

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
  const FailureText *text = failure_text (failure);
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
asker_fail_error (Asker *asker, const GError *error)
{
  asker_fail_with (asker, (Failure) error->code, error->message, NULL);
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
  const FailureText *why = failure_text (failure);
  g_autoptr (JsonObject) body = failure_body ("success", why->code, why->message);
  g_autofree char *text = json_object_to_text (body);
  reply_request (request, why->status, text);
}

/* The transport says when to try again. */
void
request_rate_limited (TransportRequest *request)
{
  static const char *const headers[] = {"cache-control", "no-store", NULL};
  const FailureText *failure = failure_text (FAILURE_RATE_LIMITED);
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
