/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A Socket.IO 5 client over Engine.IO 4 over a websocket of libsoup.
 *
 *   client                                              server
 *     GET /socket.io/?EIO=4&transport=websocket  ------->          HANDSHAKE
 *     <--------------------------------- 101 Switching Protocols   OPENING
 *     <------------------ 0{"sid","pingInterval","pingTimeout"}    JOINING
 *     40{"token":...} ---------------------------------->
 *     <------------------------- 40{"sid"}  or  44{"message"}      UP
 *     427["call-start",{...}] -------------------------->
 *     <----------------------------------- 437[{"ok":...}]
 *     <---------------------------------- 2 (every pingInterval)   no 2 for pingInterval + pingTimeout: lost
 *     3 ------------------------------------------------>
 *     41, 1, websocket close --------------------------->          CLOSING
 *
 * One timer runs at any time before CLOSING: the connect time until UP, the watch for pings after it.
 *
 * libsoup goes on using a SoupWebsocketConnection after it emitted a signal, so the last reference is never dropped in
 * a handler but in a source of its own. The permessage-deflate extension is not offered: it is off unless a session has
 * its manager. libsoup bounds a frame, not a message in many fragments; that much trust the server gets. */

#include "gst/call/socketioclient.h"

#include "gst/call/callinbox.h"
#include "gst/core/engineio.h"
#include "gst/core/jsoncheck.h"
#include "gst/core/socketio.h"

#include <json-glib/json-glib.h>

#define MAX_PAYLOAD 1000000 /* of a frame that comes in */
#define MAX_WAITING (4 * MAX_PAYLOAD)
#define MAX_PING_WAIT_MS (10 * 60 * 1000)

typedef enum
{
  PHASE_HANDSHAKE,
  PHASE_OPENING,
  PHASE_JOINING,
  PHASE_UP,
  PHASE_CLOSING,
  PHASE_CLOSED
} Phase;

struct SocketioClient
{
  Phase phase;
  SocketioClientHandler handler;
  gpointer user_data;
  char *auth_json;
  SoupMessage *request;
  GCancellable *cancellable; /* of the websocket's handshake */
  SoupWebsocketConnection *connection;
  GError *socket_error; /* what libsoup said before it closes */
  CallInbox *inbox;     /* between libsoup and us */
  SocketioDecoder *decoder;
  GSource *timer;
  guint ping_wait_ms;
};

G_DEFINE_QUARK (socketio_client_error_quark, socketio_client_error)

static void
stop_timer (SocketioClient *client)
{
  if (client->timer) {
    g_source_destroy (client->timer);
    g_clear_pointer (&client->timer, g_source_unref);
  }
}

static void
start_timer (SocketioClient *client, guint ms, GSourceFunc callback)
{
  stop_timer (client);
  client->timer = g_timeout_source_new (ms);
  g_source_set_callback (client->timer, callback, client, NULL);
  g_source_attach (client->timer, g_main_context_get_thread_default ());
}

static gboolean
unref_later (gpointer connection)
{
  return G_SOURCE_REMOVE;
}

static void
drop_connection (SocketioClient *client)
{
  g_autoptr (GSource) source = NULL;

  if (!client->connection)
    return;
  g_signal_handlers_disconnect_by_data (client->connection, client);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, unref_later, g_steal_pointer (&client->connection), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/* Ends it and tells so. The client may be gone afterwards. */
static void
finish (SocketioClient *client, const GError *error)
{
  stop_timer (client);
  g_cancellable_cancel (client->cancellable);
  drop_connection (client);
  call_inbox_clear (client->inbox);
  if (client->phase == PHASE_CLOSED)
    return;
  if (client->phase == PHASE_CLOSING) {
    client->phase = PHASE_CLOSED;
    client->handler.goodbye (client->user_data);
    return;
  }
  client->phase = PHASE_CLOSED;
  client->handler.closed (error, client->request, client->user_data);
}

static void
fail (SocketioClient *client, SocketioClientError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (SOCKETIO_CLIENT_ERROR, (int) code, text);

  finish (client, error);
}

/* Once it is up, everything but the end of the token is a loss. */
static void
fail_protocol (SocketioClient *client, const char *text)
{
  fail (client, client->phase == PHASE_UP ? SOCKETIO_CLIENT_ERROR_LOST : SOCKETIO_CLIENT_ERROR_PROTOCOL, text);
}

static gboolean
on_connect_timeout (gpointer user_data)
{
  fail (user_data, SOCKETIO_CLIENT_ERROR_TIMEOUT, "no answer in time");
  return G_SOURCE_REMOVE;
}

static gboolean
on_ping_timeout (gpointer user_data)
{
  fail (user_data, SOCKETIO_CLIENT_ERROR_LOST, "the server stopped to send pings");
  return G_SOURCE_REMOVE;
}

static void
send_engine (SocketioClient *client, EngineioType type, const char *text)
{
  g_autoptr (EngineioPacket) packet = engineio_packet_new (type, text);
  g_autoptr (GBytes) bytes = engineio_packet_write (packet);

  if (soup_websocket_connection_get_state (client->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_message (client->connection, SOUP_WEBSOCKET_DATA_TEXT, bytes);
}

static void
send_socket (SocketioClient *client, const SocketioPacket *packet)
{
  g_autofree char *text = socketio_packet_write (packet);

  send_engine (client, ENGINEIO_MESSAGE, text);
}

static void
handle_open (SocketioClient *client, GBytes *data)
{
  EngineioHandshake handshake = {NULL};
  gsize length;
  const char *json = g_bytes_get_data (data, &length);
  g_autoptr (SocketioPacket) packet = NULL;
  g_autoptr (GError) error = NULL;

  if (client->phase != PHASE_OPENING)
    return fail_protocol (client, "a second open packet");
  if (!engineio_handshake_parse (json, length, &handshake, &error))
    return fail_protocol (client, error->message);
  client->ping_wait_ms =
      (guint) MIN ((guint64) handshake.ping_interval_ms + handshake.ping_timeout_ms, MAX_PING_WAIT_MS);
  engineio_handshake_clear (&handshake);
  client->phase = PHASE_JOINING;
  packet = socketio_packet_new (SOCKETIO_CONNECT, "/", SOCKETIO_NO_ID, client->auth_json);
  send_socket (client, packet);
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* {"message":"...","data":{"code":"..."}}. A server that gives no code most likely means the token. */
static void
handle_connect_error (SocketioClient *client, const char *json)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root = NULL;
  JsonObject *object = NULL;
  JsonNode *data;
  g_autofree char *text = NULL;
  const char *message, *code = NULL;
  gboolean token;

  if (client->phase != PHASE_JOINING)
    return fail_protocol (client, "a refusal out of turn");
  if (json && json_check (json, strlen (json), JSON_CHECK_MAX_DEPTH, NULL)
      && json_parser_load_from_data (parser, json, -1, NULL))
    root = json_parser_get_root (parser);
  if (root && JSON_NODE_HOLDS_OBJECT (root))
    object = json_node_get_object (root);
  data = object ? json_object_get_member (object, "data") : NULL;
  if (data && JSON_NODE_HOLDS_OBJECT (data))
    code = get_string (json_node_get_object (data), "code");
  message = get_string (object, "message");
  text = g_strdup_printf ("%s (%s)", message ? message : "no reason given", code ? code : "no code");
  token = !code || g_str_has_prefix (code, "token") || g_str_equal (code, "unauthorized");
  fail (client, token ? SOCKETIO_CLIENT_ERROR_TOKEN : SOCKETIO_CLIENT_ERROR_REFUSED, text);
}

static void
handle_connect (SocketioClient *client)
{
  if (client->phase != PHASE_JOINING)
    return fail_protocol (client, "a CONNECT out of turn");
  client->phase = PHASE_UP;
  start_timer (client, client->ping_wait_ms, on_ping_timeout);
  client->handler.connected (client->user_data);
}

static void
handle_event (SocketioClient *client, const SocketioPacket *packet)
{
  g_autofree char *name = NULL;
  g_autofree char *args = NULL;

  if (client->phase == PHASE_UP && socketio_event_split (packet, &name, &args))
    client->handler.event (name, args, client->user_data);
}

static void
handle_packet (SocketioClient *client, const SocketioPacket *packet)
{
  if (!g_str_equal (packet->nsp, "/"))
    return;
  switch (packet->type) {
    case SOCKETIO_CONNECT:
      return handle_connect (client);
    case SOCKETIO_CONNECT_ERROR:
      return handle_connect_error (client, packet->json);
    case SOCKETIO_DISCONNECT:
      return fail_protocol (client, "the server said goodbye");
    case SOCKETIO_EVENT:
      return handle_event (client, packet);
    case SOCKETIO_ACK:
      if (client->phase == PHASE_UP && packet->id != SOCKETIO_NO_ID)
        client->handler.ack (packet->id, packet->json, client->user_data);
      return;
    case SOCKETIO_BINARY_EVENT: /* no event of calls is binary */
    case SOCKETIO_BINARY_ACK:
      return;
  }
}

static void
handle_message (SocketioClient *client, const EngineioPacket *engine)
{
  g_autoptr (SocketioPacket) packet = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (engine->data, &length);
  gboolean ok = engine->binary ? socketio_decoder_binary (client->decoder, engine->data, &packet, &error)
                               : socketio_decoder_text (client->decoder, text, length, &packet, &error);

  if (!ok)
    return fail_protocol (client, error->message);
  if (packet)
    handle_packet (client, packet);
}

static void
handle_engine (SocketioClient *client, const EngineioPacket *packet)
{
  switch (packet->type) {
    case ENGINEIO_OPEN:
      return handle_open (client, packet->data);
    case ENGINEIO_PING:
      send_engine (client, ENGINEIO_PONG, NULL);
      if (client->phase == PHASE_UP)
        start_timer (client, client->ping_wait_ms, on_ping_timeout);
      return;
    case ENGINEIO_MESSAGE:
      if (client->phase == PHASE_OPENING)
        return fail_protocol (client, "a message before the open packet");
      return handle_message (client, packet);
    case ENGINEIO_CLOSE:
      return fail_protocol (client, "the server closed the connection");
    case ENGINEIO_NOOP:
      return;
    case ENGINEIO_PONG:
    case ENGINEIO_UPGRADE:
      return fail_protocol (client, "a packet that only clients send");
  }
}

static void
on_inbox (GBytes *message, gboolean binary, gpointer user_data)
{
  SocketioClient *client = user_data;
  g_autoptr (EngineioPacket) packet = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize length;

  if (!message)
    return fail_protocol (
        client, client->socket_error ? client->socket_error->message : "the server closed the connection");
  data = g_bytes_get_data (message, &length);
  packet = engineio_packet_parse (data, length, binary, MAX_PAYLOAD, &error);
  if (!packet)
    return fail_protocol (client, error->message);
  handle_engine (client, packet);
}

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *message, gpointer user_data)
{
  SocketioClient *client = user_data;

  if (client->phase < PHASE_CLOSING && !call_inbox_push (client->inbox, message, type == SOUP_WEBSOCKET_DATA_BINARY))
    fail_protocol (client, "more at once than can be taken in");
}

static void
on_socket_error (SoupWebsocketConnection *connection, const GError *error, gpointer user_data)
{
  SocketioClient *client = user_data;

  if (!client->socket_error)
    client->socket_error = g_error_copy (error);
}

static void
on_socket_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  SocketioClient *client = user_data;

  if (client->phase == PHASE_CLOSING)
    finish (client, NULL);
  else
    call_inbox_end (client->inbox);
}

static void
on_socket_open (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SocketioClient *client = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!connection)
    return finish (client, error);
  client->phase = PHASE_OPENING;
  client->connection = g_steal_pointer (&connection);
  soup_websocket_connection_set_max_incoming_payload_size (client->connection, MAX_PAYLOAD);
  g_signal_connect (client->connection, "message", G_CALLBACK (on_message), client);
  g_signal_connect (client->connection, "error", G_CALLBACK (on_socket_error), client);
  g_signal_connect (client->connection, "closed", G_CALLBACK (on_socket_closed), client);
}

SocketioClient *
socketio_client_new (SoupSession *session, GUri *uri, const char *auth_json, guint connect_timeout_ms,
    const SocketioClientHandler *handler, gpointer user_data)
{
  SocketioClient *client = g_new0 (SocketioClient, 1);

  client->handler = *handler;
  client->user_data = user_data;
  client->auth_json = g_strdup (auth_json);
  client->decoder = socketio_decoder_new (&socketio_limits_default);
  client->inbox = call_inbox_new (MAX_WAITING, on_inbox, client);
  client->cancellable = g_cancellable_new ();
  client->request = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  soup_message_add_flags (client->request, SOUP_MESSAGE_NO_REDIRECT);
  start_timer (client, connect_timeout_ms, on_connect_timeout);
  soup_session_websocket_connect_async (
      session, client->request, NULL, NULL, G_PRIORITY_DEFAULT, client->cancellable, on_socket_open, client);
  return client;
}

void
socketio_client_free (SocketioClient *client)
{
  stop_timer (client);
  g_cancellable_cancel (client->cancellable);
  drop_connection (client);
  call_inbox_free (client->inbox);
  g_object_unref (client->cancellable);
  g_object_unref (client->request);
  socketio_decoder_free (client->decoder);
  g_clear_error (&client->socket_error);
  g_free (client->auth_json);
  g_free (client);
}

void
socketio_client_emit (SocketioClient *client, const char *name, const char *args_json, gint64 id)
{
  g_autoptr (SocketioPacket) packet = socketio_event_new ("/", name, args_json, id);

  g_return_if_fail (client->phase == PHASE_UP);

  send_socket (client, packet);
}

static gboolean
on_goodbye (gpointer user_data)
{
  finish (user_data, NULL);
  return G_SOURCE_REMOVE;
}

void
socketio_client_close (SocketioClient *client)
{
  Phase phase = client->phase;

  g_return_if_fail (phase < PHASE_CLOSING);

  stop_timer (client);
  call_inbox_clear (client->inbox);
  g_cancellable_cancel (client->cancellable); /* a handshake that is not over has nobody to come to */
  client->phase = PHASE_CLOSING;
  if (phase == PHASE_UP) {
    g_autoptr (SocketioPacket) packet = socketio_packet_new (SOCKETIO_DISCONNECT, "/", SOCKETIO_NO_ID, NULL);

    send_socket (client, packet);
    send_engine (client, ENGINEIO_CLOSE, NULL);
  }
  if (client->connection && soup_websocket_connection_get_state (client->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (client->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  else
    start_timer (client, 0, on_goodbye);
}
