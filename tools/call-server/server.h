/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/options.h"
#include "tools/call-server/store.h"
#include "tools/call-server/timer.h"
#include "tools/call-server/token.h"
#include "tools/call-server/transport.h"
#include "tools/call-server/webhooks.h"

G_BEGIN_DECLS

/* The server's parts, all of them owned by the loop's thread:
 *
 *   transport --> routes.c (REST)  \                                   / live.c     calls that live, their timers
 *             --> events.c (socket) > asker.c --> calls-*.c (verbs) --<  devices.c  who is where, signals
 *                                                      |               \ users.c    who is there at all
 *                                                      v
 *                                                   store.c (its own thread)
 *
 * A verb takes an Asker (who asks, and how the answer goes back), pushes a job to the store and answers when that
 * is done. What lives only in memory (sockets, timers, queued signals) can be lost; nothing else is kept there. */

#define SERVER_SIGNALS 3

typedef struct TokenExpiry TokenExpiry;
typedef struct TokenCache TokenCache;

typedef struct
{
  const Options *options;
  TokenRules *token_rules;
  TokenExpiry *token_expiry;
  TokenCache *token_cache;
  uv_loop_t loop;
  uv_signal_t signals[SERVER_SIGNALS];
  Transport *transport;
  Store *store;
  struct Admission *admission;
  struct Metrics *metrics;
  Webhooks *webhooks;  /* NULL: there are none */
  GHashTable *users;   /* id -> User */
  GPtrArray *watchers; /* (element-type User) those who watch their contacts */
  GHashTable *live;    /* call id -> LiveCall */
  Timer *alive_timer, *watchdog;
  gboolean stopping;
} Server;

/* Runs until a signal ends it. The exit code. */
int server_run (const Options *options);
void server_stop (Server *server);

G_END_DECLS
