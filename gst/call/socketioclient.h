/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* One Socket.IO connection, from the request for a websocket to its end: no reconnection, no meaning of events. It
 * lives on the thread-default context of its maker. */

typedef struct SocketioClient SocketioClient;

/* Its own errors; those of the way to the server (G_IO_ERROR, G_TLS_ERROR, SOUP_WEBSOCKET_ERROR) pass as they are. */
typedef enum
{
  SOCKETIO_CLIENT_ERROR_TIMEOUT,  /* not connected within the time */
  SOCKETIO_CLIENT_ERROR_PROTOCOL, /* what the other end says is not Engine.IO 4 or Socket.IO 5 */
  SOCKETIO_CLIENT_ERROR_REFUSED,  /* CONNECT_ERROR; the message is the server's */
  SOCKETIO_CLIENT_ERROR_TOKEN,    /* the same, about the token */
  SOCKETIO_CLIENT_ERROR_LOST      /* it was up and is not any more */
} SocketioClientError;

#define SOCKETIO_CLIENT_ERROR (socketio_client_error_quark ())
GQuark socketio_client_error_quark (void);

/* A callback may free the client. */
typedef struct
{
  void (*connected) (gpointer user_data);
  void (*event) (const char *name, const char *args_json, gpointer user_data);
  void (*ack) (gint64 id, const char *args_json, gpointer user_data);
  /* The end, once. @request: what asked for the websocket, for its status and peer. */
  void (*closed) (const GError *error, SoupMessage *request, gpointer user_data);
  /* The end that socketio_client_close() asked for. */
  void (*goodbye) (gpointer user_data);
} SocketioClientHandler;

/* @uri: of the handshake, http(s)://host/socket.io/?EIO=4&transport=websocket. @auth_json: the payload of CONNECT. */
SocketioClient *socketio_client_new (SoupSession *session, GUri *uri, const char *auth_json, guint connect_timeout_ms,
    const SocketioClientHandler *handler, gpointer user_data);
/* At once. No callback comes after it. */
void socketio_client_free (SocketioClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SocketioClient, socketio_client_free)

/* @args_json: the inside of an array. Only between connected and closed. */
void socketio_client_emit (SocketioClient *client, const char *name, const char *args_json, gint64 id);
/* Says goodbye; goodbye() comes when the socket is closed, no other callback does. */
void socketio_client_close (SocketioClient *client);

G_END_DECLS
