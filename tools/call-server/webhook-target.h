/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/poster.h"
#include "tools/call-server/store.h"
#include "tools/call-server/webhooks.h"

G_BEGIN_DECLS

/* One URL that events go to: takes from the outbox what is due, sends it, and settles with the outbox. */

typedef struct
{
  uv_loop_t *loop;
  Store *store;
  Poster *poster; /* NULL: stopped */
  GPtrArray *keys;
  double timeout; /* of an attempt, in seconds */
  WebhookCounters counters;
} WebhookSender;

typedef struct WebhookTarget WebhookTarget;

WebhookTarget *webhook_target_new (WebhookSender *sender, const char *url); /* does not copy @url */
void webhook_target_ask (WebhookTarget *target);                            /* there may be something to send */
void webhook_target_stop (WebhookTarget *target);
void webhook_target_free (WebhookTarget *target);

G_END_DECLS
