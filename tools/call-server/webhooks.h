/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/options.h"
#include "tools/call-server/store.h"

G_BEGIN_DECLS

/* The delivery of the outbox, on the loop. At least once: a row is removed when a 2xx has come, so a crash between the
 * two sends it again, with the same id. */

typedef struct Webhooks Webhooks;

typedef struct
{
  guint64 delivered; /* answered with 2xx */
  guint64 failed;    /* attempts that were not */
  guint64 dropped;   /* given up on: older than webhook-max-age */
  guint sending;     /* attempts under way */
} WebhookCounters;

/* Whether the settings of the webhooks fit together. */
gboolean webhooks_check (const Options *options, GError **error);
/* NULL: there is no webhook. Before the first job of @store; begins to deliver what an earlier server left. */
Webhooks *webhooks_new (uv_loop_t *loop, Store *store, const Options *options);
void webhooks_get_counters (const Webhooks *webhooks, WebhookCounters *counters);
/* Sends no more; what is under way stays in the outbox. Before the store is drained; freed after it. */
void webhooks_stop (Webhooks *webhooks);
void webhooks_free (Webhooks *webhooks);

G_END_DECLS
