/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Engine.IO over HTTP long-polling. A GET waits until there is something to say; a POST brings packets.
 *
 *   GET  ?EIO=4&transport=polling          -> 200 0{"sid":...}
 *   GET  ?EIO=4&transport=polling&sid=...  -> 200 packets joined by 0x1e, when there are some
 *   POST ?EIO=4&transport=polling&sid=...  -> 200 ok
 *
 * At most one of each at a time: a second one ends the session, as does a GET or POST whose client goes away. */

#include "tools/call-server/transport-private.h"

#include <string.h>

#define MAX_PACKETS 16384 /* in one body; a packet costs far more memory than the bytes it is made of */

static void
reply_payload (TransportRequest *request, const char *payload, gsize length)
{
  static const char *const HEADERS[] = {"Cache-Control", "no-store", NULL};

  request->gone = NULL;
  transport_request_reply (request, 200, "text/plain; charset=UTF-8", payload, length, HEADERS);
}

void
engine_polling_release (EngineSession *session, EngineioType type)
{
  const char payload[] = {(char) ('0' + type), '\0'};
  TransportRequest *request = g_steal_pointer (&session->poll);

  if (request != NULL)
    reply_payload (request, payload, 1);
}

/* As many queued packets as a payload may hold, and one at least. */
static GString *
take_payload (EngineSession *session)
{
  GString *payload = g_string_new (NULL);
  EngineioPacket *packet;

  while ((packet = g_queue_peek_head (&session->queue)) != NULL) {
    gsize size = g_bytes_get_size (packet->data) + 1;

    if (payload->len > 0 && payload->len + size + size / 3 > session->transport->config.max_payload)
      break;
    engineio_payload_append (payload, packet);
    session->queued -= size;
    engineio_packet_free (g_queue_pop_head (&session->queue));
  }
  return payload;
}

void
engine_polling_flush (EngineSession *session)
{
  g_autoptr (GString) payload = NULL;

  if (session->poll == NULL || g_queue_is_empty (&session->queue))
    return;
  payload = take_payload (session);
  reply_payload (g_steal_pointer (&session->poll), payload->str, payload->len);
  /* The close packet was the last one, and somebody took it. */
  if (session->state == ENGINE_CLOSING && g_queue_is_empty (&session->queue))
    engine_session_close (session, "transport close");
}

void
engine_polling_end (EngineSession *session)
{
  engine_polling_release (session, ENGINEIO_CLOSE);
  if (session->post != NULL) {
    session->post->gone = NULL; /* its body is still coming: engine_request_complete() answers it */
    session->post->session_gone = TRUE;
    session->post = NULL;
  }
}

static void
on_client_gone (TransportRequest *request, gpointer data)
{
  EngineSession *session = data;

  if (session->poll == request)
    session->poll = NULL;
  if (session->post == request)
    session->post = NULL;
  http_request_free (request);
  engine_session_close (session, "transport error");
}

static void
hold (EngineSession *session, TransportRequest **place, TransportRequest *request)
{
  *place = request;
  request->gone = on_client_gone;
  request->gone_data = session;
}

static void
begin_get (EngineSession *session, TransportRequest *request)
{
  if (session->poll == NULL)
    return; /* goes on in complete_get() */
  http_request_reply_engine_error (request, 400, 3);
  engine_session_close (session, "transport error");
}

static void
begin_post (EngineSession *session, TransportRequest *request)
{
  const char *type = g_hash_table_lookup (request->headers, "content-type");

  if (session->post != NULL) {
    http_request_reply_engine_error (request, 400, 3);
    engine_session_close (session, "transport error");
  } else if (type != NULL && g_ascii_strncasecmp (type, "application/octet-stream", 24) == 0)
    http_request_reply_engine_error (request, 400, 3); /* binary comes as base64 in this version */
  else
    hold (session, &session->post, request);
}

/* The HTTP status of a refusal, or 0. */
static guint
check_request (TransportRequest *request, int *code)
{
  const char *version = transport_request_query (request, "EIO");
  const char *name = transport_request_query (request, "transport");
  const char *sid = transport_request_query (request, "sid");

  *code = -1;
  if (!cors_origin_allowed (request)) {
    *code = 4;
    return 403;
  }
  if (g_strcmp0 (name, "polling") != 0)
    *code = g_strcmp0 (name, "websocket") == 0 ? 3 : 0; /* a websocket without its upgrade */
  else if (g_strcmp0 (version, "4") != 0)
    *code = 5;
  else if (sid != NULL && engine_registry_lookup (request->transport, sid) == NULL)
    *code = 1;
  else if (sid == NULL && request->method != HTTP_GET)
    *code = 2;
  else if (sid == NULL && engine_registry_address_full (request->transport, request->address)) {
    *code = 3;
    return 429;
  } else if (sid != NULL && engine_registry_lookup (request->transport, sid)->websocket != NULL)
    *code = 3; /* upgraded */
  else if (request->method != HTTP_GET && request->method != HTTP_POST)
    *code = 2;
  return *code < 0 ? 0 : 400;
}

void
engine_request_begin (TransportRequest *request)
{
  const char *sid = transport_request_query (request, "sid");
  int code;
  guint status = check_request (request, &code);

  if (status != 0)
    http_request_reply_engine_error (request, status, code);
  else if (sid != NULL && request->method == HTTP_GET)
    begin_get (engine_registry_lookup (request->transport, sid), request);
  else if (sid != NULL)
    begin_post (engine_registry_lookup (request->transport, sid), request);
}

static void
complete_get (TransportRequest *request, EngineSession *session)
{
  const char *sid = transport_request_query (request, "sid");

  if (sid == NULL) {
    session = engine_session_new (
        request->transport, request->address, transport_request_query (request, "token"), request->echo);
    hold (session, &session->poll, request);
    engine_session_start (session);
    return;
  }
  if (session == NULL) {
    http_request_reply_engine_error (request, 400, 1);
    return;
  }
  hold (session, &session->poll, request);
  engine_polling_flush (session);
  if (session->probe_answered)
    engine_polling_release (session, ENGINEIO_NOOP); /* the client waits for this GET before it upgrades */
}

static void
complete_post (TransportRequest *request, EngineSession *session)
{
  GBytes *body = transport_request_body (request);
  g_autoptr (GPtrArray) packets = NULL;

  if (request->session_gone || session == NULL) {
    http_request_reply_engine_error (request, 400, 1);
    return;
  }
  session->post = NULL;
  request->gone = NULL;
  packets = engineio_payload_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
      request->transport->config.max_payload, MAX_PACKETS, NULL);
  if (packets == NULL) {
    http_request_reply_engine_error (request, 400, 3);
    engine_session_close (session, "parse error");
    return;
  }
  for (guint i = 0; i < packets->len && session->state == ENGINE_OPEN; i++)
    engine_session_receive (session, g_ptr_array_index (packets, i));
  transport_request_reply (request, 200, "text/html", "ok", 2, NULL);
}

void
engine_request_complete (TransportRequest *request)
{
  const char *sid = transport_request_query (request, "sid");
  EngineSession *session = sid == NULL ? NULL : engine_registry_lookup (request->transport, sid);

  if (request->method == HTTP_GET)
    complete_get (request, session);
  else
    complete_post (request, session);
}
