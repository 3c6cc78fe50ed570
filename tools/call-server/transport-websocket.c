/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One websocket. In: the pieces of a message are put together up to max_payload in total, however many frames a client
 * cuts it into. Out: a queue of frames that is cut off with its reader when it grows past max_queue; libwebsockets asks
 * for the next frame only when the last one left, so nothing else grows. */

#include "tools/call-server/transport-private.h"

#include <string.h>

#define MAX_FRAMES 4096 /* of one message: frames without a byte in them would never reach max_payload */
#define CLOSE_TIMEOUT_S 5
#define MAX_WRITES 16 /* in one turn of the loop, for the others' sake */

struct WebSocket
{
  Connection *connection;
  EngineSession *session;
  GByteArray *message; /* what came of the message under way */
  gboolean binary;
  guint frames;
  GQueue frames_out; /* Frame */
  gsize queued;
  gboolean closing, close_said; /* nothing more to send after the queue */
  guint16 close_status;
};

typedef struct
{
  gsize length;
  gboolean binary;
  guint8 data[]; /* LWS_PRE bytes for the frame's head, then the payload */
} Frame;

WebSocket *
websocket_new (Connection *connection)
{
  WebSocket *websocket = g_new0 (WebSocket, 1);

  websocket->connection = connection;
  g_queue_init (&websocket->frames_out);
  return websocket;
}

void
websocket_free (WebSocket *websocket)
{
  g_clear_pointer (&websocket->message, g_byte_array_unref);
  g_queue_clear_full (&websocket->frames_out, g_free);
  g_free (websocket);
}

void
websocket_set_session (WebSocket *websocket, EngineSession *session)
{
  websocket->session = session;
}

static int
fail (WebSocket *websocket, enum lws_close_status status)
{
  lws_close_reason (websocket->connection->wsi, status, NULL, 0);
  return -1;
}

/* A whole message. The session may end in it, and with it everything but the websocket itself. */
static int
deliver (WebSocket *websocket)
{
  Transport *transport = websocket->connection->transport;
  g_autoptr (GByteArray) message = g_steal_pointer (&websocket->message);
  g_autoptr (EngineioPacket) packet =
      engineio_packet_parse (message->data, message->len, websocket->binary, transport->config.max_payload, NULL);

  websocket->frames = 0;
  if (packet == NULL)
    return fail (websocket, LWS_CLOSE_STATUS_INVALID_PAYLOAD);
  if (!websocket->closing && websocket->session != NULL)
    engine_websocket_message (websocket, websocket->session, packet);
  return 0;
}

int
websocket_on_receive (WebSocket *websocket, const void *data, gsize length)
{
  struct lws *wsi = websocket->connection->wsi;
  Transport *transport = websocket->connection->transport;
  gboolean frame_end = lws_remaining_packet_payload (wsi) == 0;

  transport->stats.bytes_in += length;
  if (websocket->closing)
    return 0;
  if (websocket->message == NULL) {
    websocket->message = g_byte_array_new ();
    websocket->binary = lws_frame_is_binary (wsi);
  }
  if (websocket->message->len + length + lws_remaining_packet_payload (wsi) > transport->config.max_payload)
    return fail (websocket, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE);
  g_byte_array_append (websocket->message, data, length);
  if (!frame_end)
    return 0;
  if (lws_is_final_fragment (wsi))
    return deliver (websocket);
  return ++websocket->frames > MAX_FRAMES ? fail (websocket, LWS_CLOSE_STATUS_POLICY_VIOLATION) : 0;
}

/* Negative: the connection is broken. */
static int
write_frame (WebSocket *websocket, Frame *frame)
{
  websocket->connection->transport->stats.bytes_out += frame->length;
  return lws_write (websocket->connection->wsi, frame->data + LWS_PRE, frame->length,
      frame->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
}

static int
write_one (WebSocket *websocket)
{
  g_autofree Frame *frame = g_queue_pop_head (&websocket->frames_out);

  websocket->queued -= frame->length;
  return write_frame (websocket, frame);
}

/* Ends the connection in a later turn of the loop: who sends may be anywhere up the stack. */
static void
doom (WebSocket *websocket)
{
  websocket->closing = TRUE;
  lws_set_timeout (websocket->connection->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
  /* Its timers are looked at after events of its own only: this makes one. */
  lws_cancel_service (websocket->connection->transport->context);
}

static Frame *
frame_new (const EngineioPacket *packet)
{
  g_autoptr (GBytes) bytes = engineio_packet_write (packet);
  gsize length = g_bytes_get_size (bytes);
  Frame *frame = g_malloc (sizeof *frame + LWS_PRE + length);

  frame->length = length;
  frame->binary = packet->binary;
  if (length > 0)
    memcpy (frame->data + LWS_PRE, g_bytes_get_data (bytes, NULL), length);
  return frame;
}

/* Written at once as long as the socket takes it: to wait for the loop to say so costs four calls of epoll_ctl() a
 * frame. */
gboolean
websocket_send (WebSocket *websocket, const EngineioPacket *packet)
{
  Transport *transport = websocket->connection->transport;
  struct lws *wsi = websocket->connection->wsi;
  g_autofree Frame *frame = NULL;

  if (websocket->closing)
    return TRUE;
  frame = frame_new (packet);
  if (g_queue_is_empty (&websocket->frames_out) && !lws_partial_buffered (wsi)) {
    if (write_frame (websocket, frame) < 0)
      doom (websocket);
    return TRUE;
  }
  if (websocket->queued > 0 && websocket->queued + frame->length > transport->config.max_queue)
    return FALSE;
  websocket->queued += frame->length;
  g_queue_push_tail (&websocket->frames_out, g_steal_pointer (&frame));
  lws_callback_on_writable (wsi);
  return TRUE;
}

/* The close frame. Returning -1 from the callback for writing would drop the connection without one; an expired idle
 * timeout is libwebsockets' other door to its orderly close. */
static void
say_close (WebSocket *websocket)
{
  struct lws *wsi = websocket->connection->wsi;

  if (websocket->close_said)
    return;
  websocket->close_said = TRUE;
  lws_close_reason (wsi, websocket->close_status, NULL, 0);
  lws_set_timeout (wsi, PENDING_TIMEOUT_HTTP_KEEPALIVE_IDLE, LWS_TO_KILL_ASYNC);
}

int
websocket_on_writable (WebSocket *websocket)
{
  struct lws *wsi = websocket->connection->wsi;
  gboolean full = FALSE;

  for (guint i = 0; i < MAX_WRITES && !full && !g_queue_is_empty (&websocket->frames_out); i++) {
    if (write_one (websocket) < 0)
      return -1;
    full = lws_partial_buffered (wsi) || lws_send_pipe_choked (wsi);
  }
  if (!g_queue_is_empty (&websocket->frames_out) || (full && websocket->closing))
    lws_callback_on_writable (wsi);
  else if (websocket->closing)
    say_close (websocket);
  return 0;
}

void
websocket_close (WebSocket *websocket, guint16 status)
{
  if (websocket->closing)
    return;
  websocket->closing = TRUE;
  websocket->close_status = status;
  websocket->session = NULL;
  /* A reader that takes nothing does not keep the connection. */
  lws_set_timeout (websocket->connection->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_TIMEOUT_S);
  lws_callback_on_writable (websocket->connection->wsi);
  lws_cancel_service (websocket->connection->transport->context); /* see doom() */
}

void
websocket_kill (WebSocket *websocket)
{
  websocket->session = NULL;
  g_queue_clear_full (&websocket->frames_out, g_free);
  websocket->queued = 0;
  doom (websocket);
}

void
websocket_on_closed (WebSocket *websocket)
{
  EngineSession *session = g_steal_pointer (&websocket->session);

  websocket->closing = TRUE;
  if (session != NULL)
    engine_websocket_closed (websocket, session);
}
