/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Origins. A browser keeps a page of another origin from reading an answer unless these headers allow it; a websocket
 * and the requests of Engine.IO are refused outright, since CORS does not protect the first of them. */

#include "tools/call-server/transport-private.h"

#include <string.h>

static gboolean
allows_all (const TransportConfig *config)
{
  return config->origins != NULL && g_strv_contains (config->origins, "*");
}

/* "https://calls.example:8443" and "calls.example:8443" */
static gboolean
same_host (const char *origin, const char *host)
{
  const char *authority = strstr (origin, "://");

  return authority != NULL && host != NULL && g_ascii_strcasecmp (authority + 3, host) == 0;
}

gboolean
cors_origin_allowed (TransportRequest *request)
{
  const TransportConfig *config = &request->transport->config;
  const char *origin = g_hash_table_lookup (request->headers, "origin");

  return origin == NULL || allows_all (config) || same_host (origin, g_hash_table_lookup (request->headers, "host"))
         || (config->origins != NULL && g_strv_contains (config->origins, origin));
}

void
cors_append_headers (TransportRequest *request, GString *head)
{
  const char *origin = g_hash_table_lookup (request->headers, "origin");

  if (allows_all (&request->transport->config))
    g_string_append (head, "Access-Control-Allow-Origin: *\r\n");
  else {
    g_string_append (head, "Vary: Origin\r\n");
    if (origin != NULL && cors_origin_allowed (request))
      g_string_append_printf (
          head, "Access-Control-Allow-Origin: %s\r\nAccess-Control-Allow-Credentials: true\r\n", origin);
  }
}

void
cors_reply_preflight (TransportRequest *request)
{
  static const char *const HEADERS[] = {"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
      "Access-Control-Allow-Headers", "Authorization, Content-Type", "Access-Control-Max-Age", "600", NULL};

  transport_request_reply (request, 204, NULL, NULL, 0, cors_origin_allowed (request) ? HEADERS : NULL);
}
