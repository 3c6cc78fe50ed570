/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/descriptions.h"

#include <string.h>

/* Of If-None-Match, "*" or a list, each maybe weak (RFC 9110, 13.1.2). A tag is hex digits in quotes, so that finding
 * it is comparing it. */
static gboolean
has_it (TransportRequest *request, const char *etag)
{
  const char *tags = transport_request_header (request, "if-none-match");
  return tags != NULL && (g_str_equal (tags, "*") || strstr (tags, etag) != NULL);
}

void
description_reply (const Description *description, TransportRequest *request)
{
  const char *const headers[] = {"etag", description->etag, "cache-control", "public, max-age=300", NULL};
  if (has_it (request, description->etag))
    transport_request_reply (request, 304, NULL, NULL, 0, headers);
  else
    transport_request_reply (
        request, 200, "application/json; charset=utf-8", description->json, (gssize) description->length, headers);
}
