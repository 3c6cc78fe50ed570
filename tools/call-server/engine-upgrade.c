/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Engine.IO over a websocket: from the start, or taking over from polling.
 *
 *   client                          server
 *     | -- GET ?transport=websocket&sid=... -> |  a session that polls: the websocket is its probe
 *     | -- 2probe --------------------> |
 *     | <- 3probe --------------------- |
 *     | <- 6 on the GET that waits ---- |  so that nothing is under way when the transport changes
 *     | -- 5 -------------------------> |  now the websocket is the transport; what was queued goes there
 */

#include "tools/call-server/transport-private.h"

#include <string.h>

#define PROBE_TIMEOUT_MS 10000

guint
engine_upgrade_check (TransportRequest *request, int *code)
{
  const char *sid = transport_request_query (request, "sid");

  *code = -1;
  if (!request->engine) {
    *code = 3;
    return 404;
  }
  if (!cors_origin_allowed (request)) {
    *code = 4;
    return 403;
  }
  if (g_strcmp0 (transport_request_query (request, "transport"), "websocket") != 0)
    *code = g_strcmp0 (transport_request_query (request, "transport"), "polling") == 0 ? 3 : 0;
  else if (g_strcmp0 (transport_request_query (request, "EIO"), "4") != 0)
    *code = 5;
  else if (request->method != HTTP_GET)
    *code = 2;
  else if (sid != NULL && engine_registry_lookup (request->transport, sid) == NULL)
    *code = 1;
  else if ((sid == NULL && engine_registry_address_full (request->transport, request->address))
           || !http_admit (request)) {
    *code = 3;
    return 429;
  }
  return *code < 0 ? 0 : 400;
}

/* Takes @request. */
void
engine_upgrade_accept (TransportRequest *request, WebSocket *websocket)
{
  const char *sid = transport_request_query (request, "sid");
  EngineSession *session = sid == NULL ? NULL : engine_registry_lookup (request->transport, sid);

  if (sid == NULL) {
    session = engine_session_new (
        request->transport, request->address, transport_request_query (request, "token"), request->echo);
    session->websocket = websocket;
    websocket_set_session (websocket, session);
    engine_session_start (session);
  } else if (session == NULL || session->state != ENGINE_OPEN || session->websocket != NULL || session->probe != NULL)
    websocket_close (websocket, LWS_CLOSE_STATUS_NORMAL); /* one websocket a session */
  else {
    session->probe = websocket;
    session->probe_until = uv_now (request->transport->loop) + PROBE_TIMEOUT_MS;
    websocket_set_session (websocket, session);
    engine_session_schedule (session);
  }
  transport_log_answer (request, 101);
  http_request_free (request);
}

/* The session goes on polling. */
void
engine_upgrade_abandon (EngineSession *session)
{
  WebSocket *probe = g_steal_pointer (&session->probe);

  session->probe_until = 0;
  session->probe_answered = FALSE;
  if (probe != NULL)
    websocket_close (probe, LWS_CLOSE_STATUS_NORMAL);
}

static gboolean
says_probe (const EngineioPacket *packet)
{
  return g_bytes_get_size (packet->data) == 5 && memcmp (g_bytes_get_data (packet->data, NULL), "probe", 5) == 0;
}

static void
answer_probe (EngineSession *session)
{
  g_autoptr (EngineioPacket) pong = engineio_packet_new (ENGINEIO_PONG, "probe");

  websocket_send (session->probe, pong);
  session->probe_answered = TRUE;
  engine_polling_release (session, ENGINEIO_NOOP);
}

static void
take_over (EngineSession *session)
{
  EngineioPacket *packet;

  session->websocket = g_steal_pointer (&session->probe);
  session->probe_until = 0;
  session->probe_answered = FALSE;
  engine_session_schedule (session);
  engine_polling_release (session, ENGINEIO_NOOP);
  session->queued = 0;
  while ((packet = g_queue_pop_head (&session->queue)) != NULL)
    engine_session_send (session, packet);
}

static void
probe_message (EngineSession *session, const EngineioPacket *packet)
{
  if (packet->type == ENGINEIO_PING && says_probe (packet) && !session->probe_answered)
    answer_probe (session);
  else if (packet->type == ENGINEIO_UPGRADE && session->probe_answered)
    take_over (session);
  else
    engine_upgrade_abandon (session);
}

void
engine_websocket_message (WebSocket *websocket, EngineSession *session, const EngineioPacket *packet)
{
  if (websocket == session->probe)
    probe_message (session, packet);
  else
    engine_session_receive (session, packet);
}

void
engine_websocket_closed (WebSocket *websocket, EngineSession *session)
{
  if (websocket == session->probe) {
    session->probe = NULL;
    engine_upgrade_abandon (session);
  } else {
    session->websocket = NULL;
    engine_session_close (session, "transport close");
  }
}
