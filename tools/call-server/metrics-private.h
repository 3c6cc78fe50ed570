/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/metrics-text.h"
#include "tools/call-server/metrics.h"

G_BEGIN_DECLS

/* Between metrics.c, which counts, and metrics-reply.c, which looks at the rest of the server and writes. */

struct Metrics
{
  double started; /* seconds since 1970 */
  CounterSet *requests, *received, *sent, *limited, *bad_tokens, *calls_ended;
  GHashTable *durations; /* const char *route -> Histogram */
  guint64 calls_started;
  Histogram ring, call;
};

G_END_DECLS
