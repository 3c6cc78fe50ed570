/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* HTTP on a libwebsockets connection.
 *
 *   headers --> begin --> body... --> complete --> handler.request or Engine.IO --> reply --> written --> next request
 *                 |                                                                  ^
 *                 +--- an error (length, size, preflight) -------------------------- +
 *
 * libwebsockets 4.1 polls a connection for input while its answer is due but does not read it, which would spin; so
 * input is switched off from begin (or complete) until the reply, and hangup_watch looks out for the client meanwhile.
 * It knows no chunked request bodies either: those get 411. */

#include "tools/call-server/transport-private.h"

#include <string.h>

/* A body that is refused is still read up to here, so that the client gets to see the answer. */
#define MAX_DISCARD (16 * 1024 * 1024)
#define MAX_COMPLETIONS 16
#define REPLY_TIMEOUT_S 60
#define BODY_TIMEOUT_S 60

static const struct
{
  guint status;
  const char *text;
} STATUS_TEXTS[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Payload Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Entity"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

static const char *
status_text (guint status)
{
  for (guint i = 0; i < G_N_ELEMENTS (STATUS_TEXTS); i++) {
    if (STATUS_TEXTS[i].status == status)
      return STATUS_TEXTS[i].text;
  }
  return "Status";
}

/* Written at once, while input is still off: libwebsockets 4.3 would take a next request that it has buffered already
 * before it says that the connection can be written to, and give up on both. It keeps what the socket does not take,
 * and completes the transaction when that is out. */
static void
write_reply (Connection *connection, GString *head, const char *body, gsize length)
{
  static const guint8 HEADROOM[LWS_PRE];
  g_autoptr (GByteArray) reply = g_byte_array_sized_new (LWS_PRE + head->len + length);
  struct lws *wsi = connection->wsi;

  g_byte_array_append (reply, HEADROOM, LWS_PRE);
  g_byte_array_append (reply, (const guint8 *) head->str, head->len);
  if (length > 0)
    g_byte_array_append (reply, (const guint8 *) body, length);
  hangup_watch_remove (connection->transport->hangups, connection);
  lws_set_timeout (wsi, PENDING_TIMEOUT_HTTP_CONTENT, REPLY_TIMEOUT_S);
  connection->finished = lws_write (wsi, reply->data + LWS_PRE, reply->len - LWS_PRE, LWS_WRITE_HTTP) < 0
                         || connection->close_after_reply || lws_http_transaction_completed (wsi) != 0;
  lws_rx_flow_control (wsi, 1);
  lws_callback_on_writable (wsi);
}

static void
append_quota (const TransportRequest *request, GString *head)
{
  if (request->quota.limit == 0)
    return;
  g_string_append_printf (head, "RateLimit-Limit: %u\r\nRateLimit-Remaining: %u\r\nRateLimit-Reset: %u\r\n",
      request->quota.limit, request->quota.remaining, request->quota.reset_s);
  if (request->quota.refused)
    g_string_append_printf (head, "Retry-After: %u\r\n", request->quota.reset_s);
}

static void
append_headers (TransportRequest *request, GString *head, const char *const *headers)
{
  for (guint i = 0; headers != NULL && headers[i] != NULL && headers[i + 1] != NULL; i += 2) {
    /* A line break would end the header and start one of an attacker's choice. */
    if (strpbrk (headers[i], "\r\n") == NULL && strpbrk (headers[i + 1], "\r\n") == NULL)
      g_string_append_printf (head, "%s: %s\r\n", headers[i], headers[i + 1]);
  }
  append_quota (request, head);
  cors_append_headers (request, head);
}

void
transport_request_reply (TransportRequest *request, guint status, const char *content_type, const char *body,
    gssize length, const char *const *headers)
{
  Connection *connection = request->connection;
  gsize size = body == NULL ? 0 : length < 0 ? strlen (body) : (gsize) length;

  g_return_if_fail (!request->answered);
  request->answered = TRUE;
  transport_log_answer (request, status);
  if (request->transport->handler.answered != NULL)
    request->transport->handler.answered (request, status, request->transport->user_data);
  if (connection != NULL) {
    g_autoptr (GString) head = g_string_new (NULL);

    g_string_append_printf (head, "HTTP/1.1 %u %s\r\n", status, status_text (status));
    if (content_type != NULL && size > 0)
      g_string_append_printf (head, "Content-Type: %s\r\n", content_type);
    if (status != 204 && status != 304)
      g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n", size);
    append_headers (request, head, headers);
    g_string_append_printf (head, "Connection: %s\r\n\r\n", request->keep_alive ? "keep-alive" : "close");
    connection->close_after_reply = !request->keep_alive;
    connection->request = NULL;
    request->transport->stats.bytes_out += size;
    write_reply (connection, head, body, request->method == HTTP_HEAD || status == 204 ? 0 : size);
  }
  http_request_free (request);
}

void
http_request_reply_error (TransportRequest *request, guint status, const char *code, const char *message)
{
  g_autofree char *body = g_strdup_printf ("{\"success\":false,\"message\":\"%s\",\"code\":\"%s\"}", message, code);

  request->transport->stats.refused++;
  transport_request_reply (request, status, "application/json", body, -1, NULL);
}

void
http_request_reply_engine_error (TransportRequest *request, guint status, int code)
{
  static const char *const MESSAGES[] = {"Transport unknown", "Session ID unknown", "Bad handshake method",
      "Bad request", "Forbidden", "Unsupported protocol version"};
  g_autofree char *body = g_strdup_printf ("{\"code\":%d,\"message\":\"%s\"}", code, MESSAGES[code]);

  request->transport->stats.refused++;
  transport_request_reply (request, status, "application/json", body, -1, NULL);
}

static void
refuse (TransportRequest *request, guint status, const char *code, const char *message)
{
  if (request->content_length > MAX_DISCARD || status == 411 || status == 400)
    request->keep_alive = FALSE; /* what follows on the connection is not to be trusted as a next request */
  http_request_reply_error (request, status, code, message);
}

/* TRUE for the requests of a session, too: those are counted by what the session may do. */
gboolean
http_admit (TransportRequest *request)
{
  Transport *transport = request->transport;
  const char *sid = request->engine ? transport_request_query (request, "sid") : NULL;

  if (transport->handler.admit == NULL || (sid != NULL && engine_registry_lookup (transport, sid) != NULL))
    return TRUE;
  return transport->handler.admit (request, transport->user_data);
}

static void
refuse_for_now (TransportRequest *request)
{
  if (request->engine)
    http_request_reply_engine_error (request, 429, 3);
  else
    http_request_reply_error (request, 429, "rate-limited", "Too many requests");
}

static gsize
body_limit (const TransportRequest *request)
{
  return request->engine ? request->transport->config.max_payload : request->transport->config.max_body;
}

/* TRUE: go on to the body or the handler. */
static gboolean
check_request (TransportRequest *request)
{
  gboolean wants_body = request->method == HTTP_POST || request->method == HTTP_PUT || request->method == HTTP_PATCH;
  const char *length = g_hash_table_lookup (request->headers, "content-length");

  if (request->transport->stopping) {
    request->keep_alive = FALSE;
    http_request_reply_error (request, 503, "shutting-down", "The server is shutting down");
  } else if (length != NULL && !g_ascii_string_to_unsigned (length, 10, 0, G_MAXINT64, &request->content_length, NULL))
    refuse (request, 400, "bad-request", "Content-Length is not a number");
  else if (g_hash_table_contains (request->headers, "transfer-encoding") || (wants_body && length == NULL))
    refuse (request, 411, "length-required", "A body needs a Content-Length");
  else if (request->path == NULL)
    refuse (request, 400, "bad-request", "The address is not valid UTF-8");
  else if (request->method == HTTP_OTHER)
    refuse (request, 405, "method-not-allowed", "Method not allowed");
  else if (!http_admit (request))
    refuse_for_now (request);
  else if (request->method == HTTP_OPTIONS)
    cors_reply_preflight (request);
  else if (request->content_length > body_limit (request))
    refuse (request, 413, "payload-too-large", "The body is too large");
  else
    return TRUE;
  return FALSE;
}

static void
deliver (Connection *connection)
{
  TransportRequest *request = connection->request;
  Transport *transport = connection->transport;

  request->delivered = TRUE;
  lws_rx_flow_control (connection->wsi, 0);
  lws_set_timeout (connection->wsi, NO_PENDING_TIMEOUT, 0);
  hangup_watch_add (transport->hangups, connection);
  if (request->engine)
    engine_request_complete (request);
  else
    transport->handler.request (request, transport->user_data);
}

int
http_on_request (Connection *connection)
{
  TransportRequest *request = http_request_new (connection);

  connection->transport->stats.http_requests++;
  transport_log_request (request);
  connection->request = request;
  connection->completions = 0;
  if (!check_request (request))
    return 0;
  if (request->engine)
    engine_request_begin (request);
  if (connection->request == NULL) /* answered */
    return 0;
  if (request->content_length == 0) {
    /* libwebsockets calls http_on_body_complete() itself for an empty POST. */
    if (request->method != HTTP_POST)
      deliver (connection);
  } else
    lws_set_timeout (connection->wsi, PENDING_TIMEOUT_HTTP_CONTENT, connection->transport->config.header_timeout_s);
  return 0;
}

int
http_on_body (Connection *connection, const void *data, gsize length)
{
  TransportRequest *request = connection->request;

  if (request == NULL || request->delivered)
    return 0; /* the body of a refused request */
  connection->transport->stats.bytes_in += length;
  if (request->body->len + length > request->content_length || transport_request_age (request) > BODY_TIMEOUT_S)
    return -1; /* libwebsockets' own timeout starts anew with every byte */
  if (length > 0)
    g_byte_array_append (request->body, data, length);
  return 0;
}

/* libwebsockets 4.1 calls this again for every look it takes at what follows a body on the connection. When that was
 * buffered already, behind an earlier request, it even takes the wrong bytes for the body and looks in a loop of its
 * own until somebody closes. So the request is delivered from the event loop, which such a loop never reaches: a POST
 * that did not wait for the answer before it costs the connection, and nothing else. */
int
http_on_body_complete (Connection *connection)
{
  lws_callback_on_writable (connection->wsi);
  return ++connection->completions > MAX_COMPLETIONS ? -1 : 0;
}

int
http_on_writable (Connection *connection)
{
  TransportRequest *request = connection->request;

  if (connection->finished || connection->hung_up)
    return -1; /* what is buffered goes out before it closes */
  if (request != NULL && !request->delivered && connection->completions > 0)
    deliver (connection);
  return connection->finished ? -1 : 0;
}

static int
refuse_upgrade (TransportRequest *request, guint status, int code)
{
  Connection *connection = request->connection;

  connection->request = request;
  request->keep_alive = FALSE;
  http_request_reply_engine_error (request, status, code);
  return -1;
}

/* @protocol: the value of Upgrade, still in libwebsockets' header table. */
int
http_on_upgrade (Connection *connection, char *protocol)
{
  TransportRequest *request;
  guint status;
  int code = 0;

  if (g_ascii_strcasecmp (protocol, "websocket") != 0) {
    /* An offer of h2c may be ignored (RFC 9113): made unknown, it is served as plain HTTP/1.1. */
    if (g_ascii_strcasecmp (protocol, "h2c") != 0)
      return -1;
    protocol[0] = '-';
    return 0;
  }
  request = http_request_new (connection);
  connection->transport->stats.http_requests++;
  transport_log_request (request);
  status = connection->transport->stopping ? 503 : engine_upgrade_check (request, &code);
  if (status != 0)
    return refuse_upgrade (request, status, code == 0 && status == 503 ? 3 : code);
  connection->request = request; /* engine_upgrade_accept() takes it at ESTABLISHED */
  return 0;
}

void
http_on_closed (Connection *connection)
{
  TransportRequest *request = g_steal_pointer (&connection->request);

  hangup_watch_remove (connection->transport->hangups, connection);
  if (request == NULL)
    return;
  request->connection = NULL;
  if (request->gone != NULL)
    request->gone (request, request->gone_data);
  else if (!request->delivered)
    http_request_free (request);
  /* else the handler still has to reply, which frees it */
}
