/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>
#include <netinet/in.h>

G_BEGIN_DECLS

/* A client of a call server that costs little: Socket.IO over one websocket, REST over one connection that is kept.
 * Thousands of them run on one thread over one epoll set. It trusts the server and looks at no more of a message than
 * it needs; what does not fit ends the program, for there is nothing to measure then. */

typedef struct LoadClient LoadClient;

typedef struct
{
  void (*ready) (LoadClient *client);                                     /* connected, token taken */
  void (*event) (LoadClient *client, const char *name, const char *body); /* @body: the event's array, as it came */
  void (*answer) (LoadClient *client, const char *body);                  /* an ack, or an HTTP body */
} LoadHandler;

typedef struct
{
  int epoll;
  struct sockaddr_in server;
  const LoadHandler *handler;
} LoadLoop;

void load_loop_init (LoadLoop *loop, const char *host_and_port, const LoadHandler *handler);
/* Waits for at most @timeout_ms and handles what came. */
void load_loop_turn (LoadLoop *loop, int timeout_ms);

LoadClient *load_client_new (LoadLoop *loop, const char *token, gpointer data);
void load_client_free (LoadClient *client);
gpointer load_client_get_data (LoadClient *client);
/* @json: the body of an event that asks for an ack. */
void load_client_ask (LoadClient *client, const char *event, const char *json);
void load_client_post (LoadClient *client, const char *path, const char *json);

G_NORETURN void load_fail (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
