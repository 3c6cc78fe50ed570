/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/server.h"

G_BEGIN_DECLS

/* What the server counts, and /metrics, which tells it (docs/protocol/metrics.md). Labels have values of a fixed set
 * only: route templates, names of our own events, states. All on the loop's thread. */

typedef struct Metrics Metrics;

Metrics *metrics_new (void);
void metrics_free (Metrics *metrics);

void metrics_count_request (Metrics *metrics, TransportRequest *request, guint status);
void metrics_count_event_received (Metrics *metrics, const char *name); /* NULL: an unknown one */
void metrics_count_event_sent (Metrics *metrics, const char *name);
void metrics_count_limited (Metrics *metrics, const char *which);
void metrics_count_bad_token (Metrics *metrics, const char *code);
void metrics_call_started (Metrics *metrics);
/* A call went from @before to what @record says. */
void metrics_call_changed (Metrics *metrics, CallState before, const CallRecord *record);

/* GET /metrics. */
void metrics_reply (Server *server, TransportRequest *request);

G_END_DECLS
