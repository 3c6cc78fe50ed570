/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One Socket.IO socket: a client in a namespace. Its id is public; the sid of the session that carries it is not. */

#include "tools/call-server/socket-private.h"

#include "gst/core/jsontext.h"

TransportSocket *
socket_new (SocketServer *server, const char *nsp)
{
  TransportSocket *socket = g_new0 (TransportSocket, 1);

  socket->refs = 1;
  socket->transport = server->session->transport;
  socket->server = server;
  socket->id = engine_random_id ();
  socket->nsp = g_strdup (nsp);
  socket->address = g_strdup (server->session->address);
  return socket;
}

TransportSocket *
transport_socket_ref (TransportSocket *socket)
{
  socket->refs++;
  return socket;
}

void
transport_socket_unref (TransportSocket *socket)
{
  if (--socket->refs > 0)
    return;
  g_free (socket->id);
  g_free (socket->nsp);
  g_free (socket->address);
  g_free (socket);
}

static void
send_json (TransportSocket *socket, SocketioType type, const char *json)
{
  g_autoptr (SocketioPacket) packet = socketio_packet_new (type, socket->nsp, SOCKETIO_NO_ID, json);

  socket_server_send (socket->server, packet);
}

/* The last of a socket. Tells the handler if it knows the socket as accepted. */
void
socket_end (TransportSocket *socket, const char *reason)
{
  Transport *transport = socket->transport;
  SocketState state = socket->state;

  socket->state = SOCKET_CLOSED;
  socket->server = NULL;
  if (state != SOCKET_OPEN)
    return;
  transport->stats.sockets_open--;
  transport->handler.disconnect (socket, reason, transport->user_data);
}

void
socket_send_disconnect (TransportSocket *socket)
{
  if (socket->state == SOCKET_OPEN)
    send_json (socket, SOCKETIO_DISCONNECT, NULL);
}

/* FALSE: the client is gone, or an answer was given already. The reference that waited for this is dropped a little
 * later, so that who accepts may go on to emit without asking first. */
static gboolean
take_answer (TransportSocket *socket)
{
  g_return_val_if_fail (!socket->answered, FALSE);
  socket->answered = TRUE;
  g_ptr_array_add (socket->transport->answered, socket);
  return socket->state == SOCKET_CONNECTING;
}

void
transport_socket_accept (TransportSocket *socket)
{
  g_autofree char *json = NULL;

  if (!take_answer (socket))
    return;
  socket->state = SOCKET_OPEN;
  socket->transport->stats.sockets++;
  socket->transport->stats.sockets_open++;
  json = g_strdup_printf ("{\"sid\":\"%s\"}", socket->id);
  send_json (socket, SOCKETIO_CONNECT, json);
}

void
transport_socket_refuse (TransportSocket *socket, const char *message, const char *data_json)
{
  g_autoptr (GString) json = NULL;
  SocketServer *server = socket->server;

  if (!take_answer (socket))
    return;
  json = g_string_new ("{\"message\":");
  json_append_quoted (json, message);
  if (data_json != NULL)
    g_string_append_printf (json, ",\"data\":%s", data_json);
  g_string_append_c (json, '}');
  socket->transport->stats.refused++;
  send_json (socket, SOCKETIO_CONNECT_ERROR, json->str);
  socket_end (socket, "refused");
  socket_server_count_refusal (server);
}

static void
send_packet (TransportSocket *socket, SocketioPacket *packet, SocketioType binary_type, GPtrArray *attachments)
{
  if (attachments != NULL && attachments->len > 0) {
    packet->type = binary_type;
    for (guint i = 0; i < attachments->len; i++)
      g_ptr_array_add (packet->attachments, g_bytes_ref (g_ptr_array_index (attachments, i)));
  }
  socket->transport->stats.events_out++;
  socket_server_send (socket->server, packet);
}

void
transport_socket_emit (TransportSocket *socket, const char *name, const char *args_json, GPtrArray *attachments)
{
  g_autoptr (SocketioPacket) packet = NULL;

  if (socket->state != SOCKET_OPEN)
    return;
  if (socket->transport->handler.emitted != NULL)
    socket->transport->handler.emitted (name, socket->transport->user_data);
  packet = socketio_event_new (socket->nsp, name, args_json, SOCKETIO_NO_ID);
  send_packet (socket, packet, SOCKETIO_BINARY_EVENT, attachments);
}

void
transport_socket_ack (TransportSocket *socket, gint64 id, const char *args_json, GPtrArray *attachments)
{
  g_autoptr (SocketioPacket) packet = NULL;
  g_autofree char *json = NULL;

  if (socket->state != SOCKET_OPEN || id == SOCKETIO_NO_ID)
    return;
  json = g_strdup_printf ("[%s]", args_json == NULL ? "" : args_json);
  packet = socketio_packet_new (SOCKETIO_ACK, socket->nsp, id, json);
  send_packet (socket, packet, SOCKETIO_BINARY_ACK, attachments);
}

void
transport_socket_close (TransportSocket *socket)
{
  SocketServer *server = socket->server;

  if (socket->state != SOCKET_OPEN)
    return;
  socket_send_disconnect (socket);
  /* A slow reader may have been cut by that already. */
  if (socket->state != SOCKET_OPEN)
    return;
  socket_end (socket, "server namespace disconnect");
  socket_server_update_timeout (server);
}

const char *
transport_socket_get_id (TransportSocket *socket)
{
  return socket->id;
}

const char *
transport_socket_get_namespace (TransportSocket *socket)
{
  return socket->nsp;
}

const char *
transport_socket_get_address (TransportSocket *socket)
{
  return socket->address;
}

gboolean
transport_socket_is_open (TransportSocket *socket)
{
  return socket->state == SOCKET_OPEN;
}

void
transport_socket_set_data (TransportSocket *socket, gpointer data)
{
  socket->data = data;
}

gpointer
transport_socket_get_data (TransportSocket *socket)
{
  return socket->data;
}
