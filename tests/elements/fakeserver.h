/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A websocket at /socket.io that says what a test makes it say, on the thread-default context. */

#define HANDSHAKE "0{\"sid\":\"x\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}"
#define CONNECT "40{\"sid\":\"y\"}"

/* Stand for too much to write down. */
#define HUGE "huge"
#define BRACKETS "brackets"
#define EVENT_BRACKETS "event-brackets"

typedef struct
{
  SoupServer *server;
  char *url;
  GPtrArray *sockets;      /* (element-type SoupWebsocketConnection) */
  const char *const *says; /* at once; 3 at most, NULL ends them */
} FakeServer;

FakeServer *fake_server_new (const char *const *says);
void fake_server_say (SoupWebsocketConnection *socket, const char *text);
void fake_server_free (FakeServer *server);

G_END_DECLS
