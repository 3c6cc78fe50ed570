/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Socket.IO on one Engine.IO session: packets in, and which socket of which namespace they are for.
 *
 *   client                            server
 *     | -- 40/x,{auth} -------------> |  handler.connect -> transport_socket_accept() or _refuse()
 *     | <- 40/x,{"sid"} or 44/x,{..} - |
 *     | -- 42/x,7["name",...] ------> |  handler.event
 *     | <- 43/x,7[...] -------------- |  transport_socket_ack()
 *     | -- 41/x, -------------------> |  handler.disconnect
 *
 * What breaks the protocol ends the whole session: nothing that follows could be trusted to be in step. */

#include "tools/call-server/socket-private.h"

#include <string.h>

#define RATE_WINDOW_MS 1000
#define MAX_REFUSALS 16 /* CONNECTs that led nowhere, on one session */

SocketServer *
socket_server_new (EngineSession *session)
{
  SocketServer *server = g_new0 (SocketServer, 1);
  SocketioLimits limits = socketio_limits_default;

  limits.max_attachment_bytes = session->transport->config.max_payload;
  server->session = session;
  server->decoder = socketio_decoder_new (&limits);
  return server;
}

/* Where the namespace's socket stands, or where it would be added. */
static TransportSocket **
find_socket (SocketServer *server, const char *nsp)
{
  TransportSocket **at = &server->sockets;

  while (*at != NULL && !g_str_equal ((*at)->nsp, nsp))
    at = &(*at)->next;
  return at;
}

static void
remove_socket (TransportSocket **at)
{
  TransportSocket *socket = *at;

  if (socket == NULL)
    return;
  *at = socket->next;
  transport_socket_unref (socket);
}

void
socket_server_free (SocketServer *server)
{
  socketio_decoder_free (server->decoder);
  while (server->sockets != NULL)
    remove_socket (&server->sockets);
  g_free (server);
}

void
socket_server_close (SocketServer *server, const char *reason)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func ((GDestroyNotify) transport_socket_unref);

  for (TransportSocket *socket = server->sockets; socket != NULL; socket = socket->next)
    g_ptr_array_add (sockets, transport_socket_ref (socket));
  for (guint i = 0; i < sockets->len; i++)
    socket_end (g_ptr_array_index (sockets, i), reason);
}

/* A session without a socket, and without one that is being asked for, ends after the connect timeout. */
void
socket_server_update_timeout (SocketServer *server)
{
  EngineSession *session = server->session;

  if (session->state != ENGINE_OPEN)
    return;
  for (const TransportSocket *socket = server->sockets; socket != NULL; socket = socket->next) {
    if (socket->state != SOCKET_CLOSED) {
      session->close_at = 0;
      engine_session_schedule (session);
      return;
    }
  }
  if (session->close_at == 0)
    session->close_at = uv_now (session->transport->loop) + session->transport->config.connect_timeout_ms;
  engine_session_schedule (session);
}

void
socket_server_send (SocketServer *server, const SocketioPacket *packet)
{
  g_autofree char *text = socketio_packet_write (packet);
  EngineSession *session = server->session;

  engine_session_send (session, engineio_packet_new (ENGINEIO_MESSAGE, text));
  for (guint i = 0; packet->attachments != NULL && i < packet->attachments->len; i++)
    engine_session_send (session, engineio_packet_new_binary (g_ptr_array_index (packet->attachments, i)));
}

static void
send_connect_error (SocketServer *server, const char *nsp, const char *json)
{
  g_autoptr (SocketioPacket) packet = socketio_packet_new (SOCKETIO_CONNECT_ERROR, nsp, SOCKETIO_NO_ID, json);

  server->session->transport->stats.refused++;
  socket_server_send (server, packet);
}

/* A client may try again with better credentials, but not for ever. */
void
socket_server_count_refusal (SocketServer *server)
{
  socket_server_update_timeout (server);
  if (++server->refusals > MAX_REFUSALS)
    engine_session_say_goodbye (server->session, "too many refusals");
}

static void
on_connect (SocketServer *server, const SocketioPacket *packet)
{
  Transport *transport = server->session->transport;
  TransportSocket **at = find_socket (server, packet->nsp), *socket = *at;

  if (socket != NULL && socket->state != SOCKET_CLOSED) {
    engine_session_close (server->session, "parse error");
    return;
  }
  if (!g_strv_contains (transport->config.namespaces, packet->nsp)) {
    send_connect_error (server, packet->nsp, "{\"message\":\"Invalid namespace\"}");
    socket_server_count_refusal (server);
    return;
  }
  g_ptr_array_set_size (transport->answered, 0);
  remove_socket (at);
  socket = socket_new (server, packet->nsp);
  socket->next = server->sockets;
  server->sockets = socket;
  socket_server_update_timeout (server);
  /* Held until it is answered, however late and whatever became of the session. */
  transport_socket_ref (socket);
  transport->handler.connect (socket, packet->json, server->session->query_token, transport->user_data);
}

static void
on_event (TransportSocket *socket, const SocketioPacket *packet)
{
  Transport *transport = socket->transport;
  g_autofree char *name = NULL, *args = NULL;

  if (!socketio_event_split (packet, &name, &args))
    return;
  transport->stats.events_in++;
  transport->handler.event (socket, name, args, packet->attachments, packet->id, transport->user_data);
}

static void
on_packet (SocketServer *server, const SocketioPacket *packet)
{
  TransportSocket *socket = *find_socket (server, packet->nsp);

  if (packet->type == SOCKETIO_CONNECT) {
    on_connect (server, packet);
    return;
  }
  if (socket == NULL || socket->state == SOCKET_CONNECTING || packet->type == SOCKETIO_CONNECT_ERROR) {
    engine_session_close (server->session, "parse error");
    return;
  }
  if (socket->state == SOCKET_CLOSED)
    return; /* sent before the client saw that we left */
  transport_socket_ref (socket);
  if (packet->type == SOCKETIO_DISCONNECT) {
    socket_end (socket, "client namespace disconnect");
    socket_server_update_timeout (server);
  } else if (packet->type == SOCKETIO_EVENT || packet->type == SOCKETIO_BINARY_EVENT)
    on_event (socket, packet);
  transport_socket_unref (socket);
}

/* FALSE: too many packets within a second. */
static gboolean
count_packet (SocketServer *server)
{
  guint limit = server->session->transport->config.max_events_per_second;
  guint64 now = uv_now (server->session->transport->loop);

  if (now >= server->window_start + RATE_WINDOW_MS) {
    server->window_start = now;
    server->window_packets = 0;
  }
  return limit == 0 || ++server->window_packets <= limit;
}

static void
leave_flooder (SocketServer *server)
{
  for (TransportSocket *socket = server->sockets; socket != NULL; socket = socket->next)
    socket_send_disconnect (socket); /* a client that is told does not come back at once */
  engine_session_say_goodbye (server->session, "too many events");
}

void
socket_server_receive (SocketServer *server, const EngineioPacket *packet)
{
  g_autoptr (SocketioPacket) decoded = NULL;
  gsize length = g_bytes_get_size (packet->data);
  gboolean valid;

  if (packet->binary)
    valid = socketio_decoder_binary (server->decoder, packet->data, &decoded, NULL);
  else
    valid = socketio_decoder_text (server->decoder, g_bytes_get_data (packet->data, NULL), length, &decoded, NULL);
  if (!valid)
    engine_session_close (server->session, "parse error");
  else if (decoded != NULL && !count_packet (server))
    leave_flooder (server);
  else if (decoded != NULL)
    on_packet (server, decoded);
}
