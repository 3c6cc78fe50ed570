/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/transport.h"

G_BEGIN_DECLS

/* docs/protocol/openapi.yaml and asyncapi.yaml as JSON, made by embed-descriptions.py when the server is built. */

typedef struct
{
  const char *etag; /* with its quotes */
  gsize length;
  const char *json;
} Description;

extern const Description description_openapi;
extern const Description description_asyncapi;

void description_reply (const Description *description, TransportRequest *request);

G_END_DECLS
