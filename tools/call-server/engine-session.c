/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* An Engine.IO session: one sid, over polling or over a websocket. It outlives its requests and sees its transport
 * change under it once.
 *
 *   client                      server
 *     | <------- 0{"sid",...} --- |
 *     | <---- 2 ----------------- |  ping_interval after the last pong
 *     | ----- 3 ----------------> |  within ping_timeout, or the session ends
 *     | <---> 4... -------------> |  messages: Socket.IO packets
 *     | <---- 1 ----------------- |  goodbye (polling); over a websocket its close frame
 *
 * One timer serves all deadlines of a session. */

#include "tools/call-server/transport-private.h"

#define GOODBYE_TIMEOUT_MS 2000 /* for a client without a GET under way to come and hear it */

static guint64
earliest (guint64 a, guint64 b)
{
  return a == 0 ? b : b == 0 ? a : MIN (a, b);
}

void
engine_session_schedule (EngineSession *session)
{
  guint64 now = uv_now (session->transport->loop);
  guint64 next =
      earliest (earliest (session->ping_at, session->pong_until), earliest (session->close_at, session->probe_until));

  if (session->state == ENGINE_CLOSED)
    return;
  if (next == 0)
    uv_timer_stop (&session->timer);
  else
    uv_timer_start (&session->timer, session->on_timer, next > now ? next - now : 0, 0);
}

static void
send_ping (EngineSession *session, guint64 now)
{
  const TransportConfig *config = &session->transport->config;

  session->ping_at = 0;
  session->pong_until = now + config->ping_timeout_ms;
  engine_session_send (session, engineio_packet_new (ENGINEIO_PING, NULL));
}

static void
on_timer (uv_timer_t *timer)
{
  EngineSession *session = timer->data;
  guint64 now = uv_now (session->transport->loop);

  if (session->close_at != 0 && now >= session->close_at)
    engine_session_close (session, "connect timeout");
  else if (session->pong_until != 0 && now >= session->pong_until)
    engine_session_close (session, "ping timeout");
  else {
    if (session->probe_until != 0 && now >= session->probe_until)
      engine_upgrade_abandon (session);
    if (session->ping_at != 0 && now >= session->ping_at)
      send_ping (session, now);
    engine_session_schedule (session);
  }
}

EngineSession *
engine_session_new (Transport *transport, const char *address, const char *query_token, gboolean echo)
{
  EngineSession *session = g_new0 (EngineSession, 1);

  session->transport = transport;
  session->sid = engine_random_id ();
  session->address = g_strdup (address);
  session->query_token = g_strdup (query_token);
  session->echo = echo;
  g_queue_init (&session->queue);
  uv_timer_init (transport->loop, &session->timer);
  session->timer.data = session;
  session->on_timer = on_timer;
  transport->open_handles++;
  engine_registry_add (session);
  return session;
}

/* Says `0{...}`. The transport is known by now: over a websocket there is nothing to upgrade to. */
void
engine_session_start (EngineSession *session)
{
  const TransportConfig *config = &session->transport->config;
  guint64 now = uv_now (session->transport->loop);
  EngineioHandshake handshake = {
      session->sid, session->websocket == NULL, config->ping_interval_ms, config->ping_timeout_ms, config->max_payload};
  g_autofree char *json = engineio_handshake_write (&handshake);

  session->ping_at = now + config->ping_interval_ms;
  if (!session->echo) {
    session->sockets = socket_server_new (session);
    session->close_at = now + config->connect_timeout_ms;
  }
  engine_session_schedule (session);
  engine_session_send (session, engineio_packet_new (ENGINEIO_OPEN, json));
}

static void
enqueue (EngineSession *session, EngineioPacket *packet)
{
  gsize size = g_bytes_get_size (packet->data) + 1;

  if (session->queued > 0 && session->queued + size > session->transport->config.max_queue) {
    engineio_packet_free (packet);
    engine_session_close (session, "transport error");
    return;
  }
  session->queued += size;
  g_queue_push_tail (&session->queue, packet);
  engine_polling_flush (session);
}

void
engine_session_send (EngineSession *session, EngineioPacket *packet)
{
  transport_log_packet (session, "to", packet);
  if (session->state == ENGINE_CLOSED) {
    engineio_packet_free (packet);
    return;
  }
  if (session->websocket == NULL) {
    enqueue (session, packet);
    return;
  }
  if (!websocket_send (session->websocket, packet)) {
    websocket_kill (g_steal_pointer (&session->websocket));
    engine_session_close (session, "transport error");
  }
  engineio_packet_free (packet);
}

static void
on_message (EngineSession *session, const EngineioPacket *packet)
{
  g_autofree char *text = NULL;

  if (!session->echo)
    socket_server_receive (session->sockets, packet);
  else if (packet->binary)
    engine_session_send (session, engineio_packet_new_binary (packet->data));
  else {
    text = g_strndup (g_bytes_get_data (packet->data, NULL), g_bytes_get_size (packet->data));
    engine_session_send (session, engineio_packet_new (ENGINEIO_MESSAGE, text));
  }
}

static void
on_pong (EngineSession *session)
{
  session->pong_until = 0;
  session->ping_at = uv_now (session->transport->loop) + session->transport->config.ping_interval_ms;
  engine_session_schedule (session);
}

void
engine_session_receive (EngineSession *session, const EngineioPacket *packet)
{
  transport_log_packet (session, "from", packet);
  if (session->state != ENGINE_OPEN)
    return;
  switch (packet->type) {
    case ENGINEIO_MESSAGE:
      on_message (session, packet);
      break;
    case ENGINEIO_PONG:
      on_pong (session);
      break;
    case ENGINEIO_CLOSE:
      engine_polling_release (session, ENGINEIO_NOOP); /* who said it need not be told */
      engine_session_close (session, "transport close");
      break;
    case ENGINEIO_NOOP:
      break;
    default: /* open, upgrade, and ping: the server pings in this version */
      engine_session_close (session, "parse error");
      break;
  }
}

static void
on_timer_closed (uv_handle_t *handle)
{
  EngineSession *session = handle->data;

  session->transport->open_handles--;
  g_clear_pointer (&session->sockets, socket_server_free);
  g_queue_clear_full (&session->queue, (GDestroyNotify) engineio_packet_free);
  g_free (session->sid);
  g_free (session->address);
  g_free (session->address_key);
  g_free (session->query_token);
  g_free (session);
}

static void
drop_websockets (EngineSession *session)
{
  WebSocket *websocket = g_steal_pointer (&session->websocket);
  WebSocket *probe = g_steal_pointer (&session->probe);
  guint16 status = session->transport->stopping ? LWS_CLOSE_STATUS_GOINGAWAY : LWS_CLOSE_STATUS_NORMAL;

  if (websocket != NULL)
    websocket_close (websocket, status);
  if (probe != NULL)
    websocket_close (probe, status);
}

/* The memory goes when the loop has closed the timer, after every caller up the stack has returned. */
void
engine_session_close (EngineSession *session, const char *reason)
{
  if (session->state == ENGINE_CLOSED)
    return;
  session->state = ENGINE_CLOSED;
  engine_registry_remove (session);
  uv_close ((uv_handle_t *) &session->timer, on_timer_closed);
  if (session->sockets != NULL)
    socket_server_close (session->sockets, reason);
  engine_polling_end (session);
  drop_websockets (session);
}

void
engine_session_say_goodbye (EngineSession *session, const char *reason)
{
  if (session->state != ENGINE_OPEN)
    return;
  /* With its probe answered the client has stopped to poll, and would not come for the close packet. */
  if (session->websocket != NULL || session->probe_answered) {
    engine_session_close (session, reason);
    return;
  }
  engine_upgrade_abandon (session);
  if (session->sockets != NULL)
    socket_server_close (session->sockets, reason);
  session->state = ENGINE_CLOSING;
  session->ping_at = session->pong_until = 0;
  session->close_at = uv_now (session->transport->loop) + GOODBYE_TIMEOUT_MS;
  engine_session_schedule (session);
  engine_session_send (session, engineio_packet_new (ENGINEIO_CLOSE, NULL));
}
