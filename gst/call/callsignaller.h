/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gio/gio.h>

#include "gst/core/callmessage.h"

G_BEGIN_DECLS

/* How a session talks to the world about calls. Two implementations: GstCallServerSignaller (gst-call-server, over
 * libsoup) and GstCallDirectSignaller (the in-process fake: users of one process, no server).
 *
 * All methods are called, and all signals and callbacks come, on the thread whose GMainContext was the thread-default
 * one when the signaller was made: the session's worker. None blocks.
 *
 * Signals
 *   "message" (CallMessage *)       incoming-call, call-*, user-* as they come
 *   "connected" (const char *user)  the socket is up and the token was taken; again after each reconnection
 *   "disconnected" (GError *)       the socket was lost; it comes back by itself, with backoff
 *   "failed" (GError *)             it will not come back: a token that is refused, TLS to a plain port, a server that
 *                                   is none, the first connection refused; then nothing more is sent
 */

#define GST_TYPE_CALL_SIGNALLER (gst_call_signaller_get_type ())
G_DECLARE_INTERFACE (GstCallSignaller, gst_call_signaller, GST, CALL_SIGNALLER, GObject)

/* The errors of signallers. The elements map them to GST_ELEMENT_ERROR domains and codes. */
typedef enum
{
  GST_CALL_SIGNALLER_ERROR_ADDRESS, /* no such host, bad URL, connection refused */
  GST_CALL_SIGNALLER_ERROR_TLS,
  GST_CALL_SIGNALLER_ERROR_PROTOCOL,  /* something answers, but no call server */
  GST_CALL_SIGNALLER_ERROR_TOKEN,     /* missing, expired, forged */
  GST_CALL_SIGNALLER_ERROR_NOT_FOUND, /* unknown user or call */
  GST_CALL_SIGNALLER_ERROR_BUSY,
  GST_CALL_SIGNALLER_ERROR_FORBIDDEN,
  GST_CALL_SIGNALLER_ERROR_STATE,       /* the call is not in a state for this */
  GST_CALL_SIGNALLER_ERROR_REJECTED,    /* any other refusal; the message is the server's */
  GST_CALL_SIGNALLER_ERROR_DISCONNECTED /* no connection now, or no answer in time */
} GstCallSignallerError;

#define GST_CALL_SIGNALLER_ERROR (gst_call_signaller_error_quark ())
GQuark gst_call_signaller_error_quark (void);

struct _GstCallSignallerInterface
{
  GTypeInterface parent_iface;

  void (*start) (GstCallSignaller *self);
  void (*request_async) (GstCallSignaller *self, const CallMessage *request, GCancellable *cancellable,
      GAsyncReadyCallback callback, gpointer user_data);
  CallMessage *(*request_finish) (GstCallSignaller *self, GAsyncResult *result, GError **error);
  void (*stop_async) (GstCallSignaller *self, GAsyncReadyCallback callback, gpointer user_data);
};

void gst_call_signaller_start (GstCallSignaller *self);
/* A call-start, -accept, -reject, -end, -active, -signal or -quality. The result is the CALL_MESSAGE_ANSWER with ok
 * TRUE, or an error of GST_CALL_SIGNALLER_ERROR (or G_IO_ERROR_CANCELLED). Requests are sent in their order; while the
 * socket is down they wait, at most 64 of them, and fail with DISCONNECTED after the request time (10 s, a call-signal
 * 30 s). What was sent but not answered when the socket is lost: a call-signal and a call-active are sent again (the
 * peer may get a signal twice), others fail with DISCONNECTED, since nobody knows whether the server saw them.
 * A call-end while the socket is down goes by REST; if that fails it is sent when the socket is back, also when its
 * request time is over and its callback was told DISCONNECTED. The two calls that cross each other are one: the answer
 * to a call-start may have the status "active". */
void gst_call_signaller_request_async (GstCallSignaller *self, const CallMessage *request, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
CallMessage *gst_call_signaller_request_finish (GstCallSignaller *self, GAsyncResult *result, GError **error);
/* Says goodbye (at most 1 s) and lets go of everything; no signal comes after it. */
void gst_call_signaller_stop_async (GstCallSignaller *self, GAsyncReadyCallback callback, gpointer user_data);

/* For implementations. */
void gst_call_signaller_emit_message (GstCallSignaller *self, const CallMessage *message);
void gst_call_signaller_emit_connected (GstCallSignaller *self, const char *user);
void gst_call_signaller_emit_disconnected (GstCallSignaller *self, const GError *error);
void gst_call_signaller_emit_failed (GstCallSignaller *self, const GError *error);
/* FALSE with an error of GST_CALL_SIGNALLER_ERROR, from its code and status, when the @answer is a refusal. */
gboolean gst_call_signaller_check_answer (const CallMessage *answer, GError **error);

/* @server: http(s)://host[:port] for the real one, direct://NAME for the in-process one (NAME: a room of users; the
 * token is the user's id). NULL with @error: ADDRESS when the URL is neither, TOKEN when there is no usable token. */
GstCallSignaller *gst_call_signaller_new (const char *server, const char *token, GError **error);

G_END_DECLS
