/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The end of a transport, in steps, each when the one before is through:
 *
 *   stop --> no more accepts, goodbyes, idle connections closed
 *        --> drained, or the deadline: our handles and libwebsockets' context closed
 *        --> all closed by the loop: the context freed, done()
 */

#include "tools/call-server/transport-private.h"

#define CONTEXT_TURNS 8 /* of the loop, for libwebsockets to close its handles after its connections */

static void
on_stop_timer_closed (uv_handle_t *handle)
{
  Transport *transport = handle->data;

  transport->stopped (transport->stopped_data);
}

/* libwebsockets 4.1 does not say when its own handles on a foreign loop are closed. They close in the turns after the
 * last connection did; only then may the memory that they stand in be freed. */
static void
on_closing_turn (uv_timer_t *timer)
{
  Transport *transport = timer->data;

  if (transport->connections > 0 || transport->open_handles > 0 || ++transport->closing_turns < CONTEXT_TURNS)
    return;
  uv_timer_stop (timer);
  lws_context_destroy (transport->context);
  uv_close ((uv_handle_t *) timer, on_stop_timer_closed);
}

static void
destroy (Transport *transport)
{
  GHashTableIter iter;
  gpointer session;

  transport->destroying = TRUE;
  g_hash_table_iter_init (&iter, transport->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session)) {
    engine_session_close (session, "server shutting down");
    g_hash_table_iter_init (&iter, transport->sessions); /* it took itself out */
  }
  lws_context_destroy (transport->context);
  hangup_watch_close (transport->hangups);
  uv_timer_start (&transport->stop_timer, on_closing_turn, 1, 1);
}

static void
on_deadline (uv_timer_t *timer)
{
  destroy (timer->data);
}

void
transport_check_drained (Transport *transport)
{
  if (transport->stopping && !transport->destroying && transport->connections == 0)
    uv_timer_start (&transport->stop_timer, on_deadline, 0, 0); /* not from inside libwebsockets' callback */
}

static void
say_goodbyes (Transport *transport)
{
  g_autoptr (GList) sessions = g_hash_table_get_values (transport->sessions);

  for (GList *at = sessions; at != NULL; at = at->next)
    engine_session_say_goodbye (at->data, "server shutting down");
}

/* Those that wait for a next request. The others close after their answer. */
static void
close_idle_connections (Transport *transport)
{
  for (GList *at = transport->connection_list.head; at != NULL; at = at->next) {
    Connection *connection = at->data;

    connection->close_after_reply = TRUE;
    if (connection->request != NULL)
      connection->request->keep_alive = FALSE;
    else if (connection->websocket == NULL && lws_partial_buffered (connection->wsi)) {
      connection->finished = TRUE;
      lws_callback_on_writable (connection->wsi);
    } else if (connection->websocket == NULL)
      lws_set_timeout (connection->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
  }
  lws_cancel_service (transport->context);
}

void
transport_stop (Transport *transport, guint timeout_ms, void (*done) (gpointer), gpointer user_data)
{
  g_return_if_fail (!transport->stopping);
  transport->stopping = TRUE;
  transport->stopped = done;
  transport->stopped_data = user_data;
  uv_timer_init (transport->loop, &transport->stop_timer);
  transport->stop_timer.data = transport;
  uv_timer_start (&transport->stop_timer, on_deadline, timeout_ms, 0);
  g_ptr_array_foreach (transport->listeners, (GFunc) listener_close, NULL);
  g_ptr_array_set_size (transport->listeners, 0);
  say_goodbyes (transport);
  close_idle_connections (transport);
  transport_check_drained (transport);
}

void
transport_stop_now (Transport *transport)
{
  if (transport->stopping && !transport->destroying)
    uv_timer_start (&transport->stop_timer, on_deadline, 0, 0);
}
