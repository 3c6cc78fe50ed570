/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One HTTP request: what libwebsockets parsed, copied out of its header table at once, because a request may outlive
 * it. libwebsockets has undone the percent-encoding and cut the query at & by then; UTF-8 is left to check. */

#include "tools/call-server/query.h"
#include "tools/call-server/transport-private.h"

#include <string.h>

static const struct
{
  const char *name;
  int token;
} METHODS[] = {
    [HTTP_GET] = {"GET", WSI_TOKEN_GET_URI},
    [HTTP_POST] = {"POST", WSI_TOKEN_POST_URI},
    [HTTP_OPTIONS] = {"OPTIONS", WSI_TOKEN_OPTIONS_URI},
    [HTTP_PUT] = {"PUT", WSI_TOKEN_PUT_URI},
    [HTTP_PATCH] = {"PATCH", WSI_TOKEN_PATCH_URI},
    [HTTP_DELETE] = {"DELETE", WSI_TOKEN_DELETE_URI},
    [HTTP_HEAD] = {"HEAD", WSI_TOKEN_HEAD_URI},
};

static const struct
{
  const char *name;
  int token; /* -1: one that libwebsockets has no token for */
} HEADERS[] = {
    {"authorization", WSI_TOKEN_HTTP_AUTHORIZATION},
    {"connection", WSI_TOKEN_CONNECTION},
    {"content-length", WSI_TOKEN_HTTP_CONTENT_LENGTH},
    {"content-type", WSI_TOKEN_HTTP_CONTENT_TYPE},
    {"cookie", WSI_TOKEN_HTTP_COOKIE},
    {"host", WSI_TOKEN_HOST},
    {"if-modified-since", WSI_TOKEN_HTTP_IF_MODIFIED_SINCE},
    {"if-none-match", WSI_TOKEN_HTTP_IF_NONE_MATCH},
    {"origin", WSI_TOKEN_ORIGIN},
    {"range", WSI_TOKEN_HTTP_RANGE},
    {"transfer-encoding", WSI_TOKEN_HTTP_TRANSFER_ENCODING},
    {"user-agent", WSI_TOKEN_HTTP_USER_AGENT},
    {"x-forwarded-for", WSI_TOKEN_X_FORWARDED_FOR},
    {"x-forwarded-proto", -1},
    {"x-request-id", -1},
};

/* What proxies add. */
static const struct
{
  const char *name;
  int token;
} FORWARDED[] = {
#if defined(LWS_WITH_HTTP_UNCOMMON_HEADERS) || defined(LWS_HTTP_HEADERS_ALL)
    {"x-real-ip", WSI_TOKEN_HTTP_X_REAL_IP},
    {"via", WSI_TOKEN_HTTP_VIA},
#else
    {"x-real-ip", -1},
    {"via", -1},
#endif
    {"x-forwarded-for", WSI_TOKEN_X_FORWARDED_FOR},
    {"x-forwarded-proto", -1},
    {"x-forwarded-host", -1},
    {"forwarded", -1},
};

/* NULL when it is absent or is no text: bytes that are not UTF-8, or a NUL in the middle. */
static char *
copy_token (struct lws *wsi, int token)
{
  int length = lws_hdr_total_length (wsi, token);
  g_autofree char *text = NULL;

  if (length <= 0)
    return NULL;
  text = g_malloc (length + 2);
  length = lws_hdr_copy (wsi, text, length + 2, token);
  return length > 0 && g_utf8_validate (text, length, NULL) ? g_steal_pointer (&text) : NULL;
}

static char *
copy_custom (struct lws *wsi, const char *name)
{
  g_autofree char *label = g_strconcat (name, ":", NULL);
  int length = lws_hdr_custom_length (wsi, label, strlen (label));
  g_autofree char *text = NULL;

  if (length <= 0)
    return NULL;
  text = g_malloc (length + 1);
  length = lws_hdr_custom_copy (wsi, text, length + 1, label, strlen (label));
  return length > 0 && g_utf8_validate (text, length, NULL) ? g_steal_pointer (&text) : NULL;
}

static GHashTable *
read_headers (struct lws *wsi)
{
  GHashTable *headers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < G_N_ELEMENTS (HEADERS); i++) {
    char *value = HEADERS[i].token < 0 ? copy_custom (wsi, HEADERS[i].name) : copy_token (wsi, HEADERS[i].token);

    if (value != NULL)
      g_hash_table_insert (headers, (gpointer) HEADERS[i].name, value);
  }
  return headers;
}

/* Whatever the header says: bytes that are no text are there, too. */
static gboolean
is_forwarded (struct lws *wsi)
{
  for (guint i = 0; i < G_N_ELEMENTS (FORWARDED); i++) {
    g_autofree char *label = g_strconcat (FORWARDED[i].name, ":", NULL);
    int token = FORWARDED[i].token;

    if ((token < 0 ? lws_hdr_custom_length (wsi, label, strlen (label)) : lws_hdr_total_length (wsi, token)) > 0)
      return TRUE;
  }
  return FALSE;
}

/* FALSE: one argument is no text, and to go on without it would answer another question than the one that was asked. */
static gboolean
read_query (struct lws *wsi, GHashTable *query)
{
  gboolean good = TRUE;
  int length;

  for (int i = 0; (length = lws_hdr_fragment_length (wsi, WSI_TOKEN_HTTP_URI_ARGS, i)) > 0; i++) {
    g_autofree char *text = g_malloc (length + 1);

    length = lws_hdr_copy_fragment (wsi, text, length + 1, WSI_TOKEN_HTTP_URI_ARGS, i);
    if (length > 0)
      good &= query_add (query, text, (gsize) length);
  }
  return good;
}

/* As libwebsockets decides it, so that the header that we send and what it does agree. */
static gboolean
wants_keep_alive (struct lws *wsi, GHashTable *headers)
{
  const char *connection = g_hash_table_lookup (headers, "connection");
  g_autofree char *version = copy_token (wsi, WSI_TOKEN_HTTP);
  gboolean keep_alive = g_strcmp0 (version, "HTTP/1.1") == 0;

  if (connection != NULL && g_ascii_strcasecmp (connection, "keep-alive") == 0)
    keep_alive = TRUE;
  else if (connection != NULL && g_ascii_strcasecmp (connection, "close") == 0)
    keep_alive = FALSE;
  return keep_alive;
}

static gboolean
path_starts (const char *path, const char *prefix)
{
  gsize length;

  if (path == NULL || prefix == NULL)
    return FALSE;
  /* "/socket.io" is served as "/socket.io/" is */
  length = strlen (prefix);
  if (length > 1 && prefix[length - 1] == '/')
    length--;
  return strncmp (path, prefix, length) == 0 && (path[length] == '\0' || strcmp (path + length, "/") == 0);
}

TransportRequest *
http_request_new (Connection *connection)
{
  TransportRequest *request = g_new0 (TransportRequest, 1);
  const TransportConfig *config = &connection->transport->config;

  request->transport = connection->transport;
  request->connection = connection;
  request->began_us = g_get_monotonic_time ();
  request->body = g_byte_array_new ();
  request->headers = read_headers (connection->wsi);
  request->query = query_new ();
  request->forwarded = is_forwarded (connection->wsi);
  request->proxied = proxy_is_trusted (connection->transport, connection->address);
  request->address = proxy_client_address (
      connection->transport, connection->address, g_hash_table_lookup (request->headers, "x-forwarded-for"));
  request->keep_alive = wants_keep_alive (connection->wsi, request->headers);
  request->method = HTTP_OTHER;
  for (guint i = 0; i < G_N_ELEMENTS (METHODS) && request->method == HTTP_OTHER; i++) {
    if (lws_hdr_total_length (connection->wsi, METHODS[i].token) > 0) {
      request->method = i;
      request->path = copy_token (connection->wsi, METHODS[i].token);
    }
  }
  if (!read_query (connection->wsi, request->query))
    g_clear_pointer (&request->path, g_free);
  request->echo = path_starts (request->path, config->echo_path);
  request->engine = request->echo || path_starts (request->path, config->path);
  return request;
}

void
http_request_free (TransportRequest *request)
{
  g_free (request->path);
  g_free (request->address);
  g_free (request->user);
  g_hash_table_unref (request->query);
  g_hash_table_unref (request->headers);
  if (request->body != NULL)
    g_byte_array_unref (request->body);
  g_clear_pointer (&request->body_bytes, g_bytes_unref);
  g_free (request);
}

void
transport_request_note_quota (TransportRequest *request, guint limit, guint remaining, guint reset_s, gboolean refused)
{
  gboolean first = request->quota.limit == 0;
  gboolean tighter = (guint64) remaining * request->quota.limit < (guint64) request->quota.remaining * limit;

  if (limit == 0 || request->quota.refused || !(first || refused || tighter))
    return;
  request->quota.limit = limit;
  request->quota.remaining = remaining;
  request->quota.reset_s = reset_s;
  request->quota.refused = refused;
}

double
transport_request_age (TransportRequest *request)
{
  return (double) (g_get_monotonic_time () - request->began_us) / G_USEC_PER_SEC;
}

gboolean
transport_request_is_engine (TransportRequest *request)
{
  return request->engine;
}

const char *
transport_request_get_route (TransportRequest *request)
{
  return request->route;
}

const char *
transport_request_method (TransportRequest *request)
{
  return request->method < G_N_ELEMENTS (METHODS) ? METHODS[request->method].name : "";
}

const char *
transport_request_path (TransportRequest *request)
{
  return request->path;
}

const char *
transport_request_query (TransportRequest *request, const char *name)
{
  return g_hash_table_lookup (request->query, name);
}

GHashTable *
transport_request_arguments (TransportRequest *request)
{
  return request->query;
}

const char *
transport_request_header (TransportRequest *request, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (request->headers, lower);
}

gboolean
transport_request_is_forwarded (TransportRequest *request)
{
  return request->forwarded;
}

const char *
transport_request_address (TransportRequest *request)
{
  return request->address;
}

GBytes *
transport_request_body (TransportRequest *request)
{
  if (request->body_bytes == NULL)
    request->body_bytes = g_byte_array_free_to_bytes (g_steal_pointer (&request->body));
  return request->body_bytes;
}
