/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Origins. A browser keeps a page of another origin from reading an answer unless these headers allow it; a websocket
 * and the requests of Engine.IO are refused outright, since CORS does not protect the first of them. A request without
 * an Origin is no page's. */

#include "tools/call-server/transport-private.h"

#include <string.h>

#define EXPOSED "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"

static gboolean
allows_all (const TransportConfig *config)
{
  return config->origins != NULL && g_strv_contains (config->origins, "*");
}

/* As a browser writes it: lower case, without a path or the scheme's own port. NULL: no origin, as "null" is none. */
static char *
normalise (const char *text)
{
  g_autofree char *origin = g_ascii_strdown (text, -1);
  const char *authority = strstr (origin, "://");
  gsize length = strlen (origin);

  if (authority == NULL || authority[3] == '\0')
    return NULL;
  if (origin[length - 1] == '/')
    origin[--length] = '\0';
  if ((g_str_has_prefix (origin, "https://") && g_str_has_suffix (origin, ":443"))
      || (g_str_has_prefix (origin, "http://") && g_str_has_suffix (origin, ":80")))
    *strrchr (origin, ':') = '\0';
  return g_steal_pointer (&origin);
}

static gboolean
is_listed (const TransportConfig *config, const char *origin)
{
  for (guint i = 0; config->origins != NULL && config->origins[i] != NULL; i++) {
    g_autofree char *listed = normalise (config->origins[i]);

    if (g_strcmp0 (listed, origin) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The page came from here. Which scheme it was is known by our own TLS or said by a proxy that is trusted; else both
 * will do. */
static gboolean
is_own (TransportRequest *request, const char *origin)
{
  const char *host = g_hash_table_lookup (request->headers, "host");
  const char *said = request->proxied ? g_hash_table_lookup (request->headers, "x-forwarded-proto") : NULL;
  const char *const schemes[] = {"https", "http"};

  if (request->connection != NULL && lws_is_ssl (lws_get_network_wsi (request->connection->wsi)))
    said = "https";
  for (guint i = 0; i < G_N_ELEMENTS (schemes) && host != NULL; i++) {
    g_autofree char *text = g_strdup_printf ("%s://%s", schemes[i], host);
    g_autofree char *own = normalise (text);

    if (g_strcmp0 (own, origin) == 0 && (said == NULL || g_ascii_strcasecmp (said, schemes[i]) == 0))
      return TRUE;
  }
  return FALSE;
}

gboolean
cors_origin_allowed (TransportRequest *request)
{
  const TransportConfig *config = &request->transport->config;
  const char *text = g_hash_table_lookup (request->headers, "origin");
  g_autofree char *origin = text == NULL ? NULL : normalise (text);

  if (text == NULL || allows_all (config))
    return TRUE;
  return origin != NULL && (is_own (request, origin) || is_listed (config, origin));
}

void
cors_append_headers (TransportRequest *request, GString *head)
{
  const char *origin = g_hash_table_lookup (request->headers, "origin");

  if (allows_all (&request->transport->config))
    g_string_append (head, "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: " EXPOSED "\r\n");
  else {
    g_string_append (head, "Vary: Origin\r\n");
    if (origin != NULL && cors_origin_allowed (request))
      g_string_append_printf (head,
          "Access-Control-Allow-Origin: %s\r\nAccess-Control-Allow-Credentials: true\r\n"
          "Access-Control-Expose-Headers: " EXPOSED "\r\n",
          origin);
  }
}

void
cors_reply_preflight (TransportRequest *request)
{
  static const char *const HEADERS[] = {"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
      "Access-Control-Allow-Headers", "Authorization, Content-Type", "Access-Control-Max-Age", "600", NULL};

  transport_request_reply (request, 204, NULL, NULL, 0, cors_origin_allowed (request) ? HEADERS : NULL);
}
