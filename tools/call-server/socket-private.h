/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/transport-private.h"

G_BEGIN_DECLS

/* What socket-server.c (packets of a session) and transport-socket.c (one socket) share. */

typedef enum
{
  SOCKET_CONNECTING, /* the handler has not answered yet */
  SOCKET_OPEN,
  SOCKET_CLOSED
} SocketState;

struct TransportSocket
{
  guint refs;
  Transport *transport;
  SocketServer *server; /* NULL once closed: it may outlive the session */
  SocketState state;
  gboolean answered;     /* accept or refuse was called */
  TransportSocket *next; /* of the server's */
  char *id, *nsp, *address;
  gpointer data;
};

struct SocketServer
{
  EngineSession *session;
  SocketioDecoder *decoder;
  TransportSocket *sockets; /* a list, one for each namespace: nearly always one. Closed ones stay until replaced */
  guint refusals;
  guint64 window_start;
  guint window_packets;
};

TransportSocket *socket_new (SocketServer *server, const char *nsp);
void socket_end (TransportSocket *socket, const char *reason);
void socket_send_disconnect (TransportSocket *socket);
void socket_server_send (SocketServer *server, const SocketioPacket *packet);
void socket_server_update_timeout (SocketServer *server);
void socket_server_count_refusal (SocketServer *server);

G_END_DECLS
