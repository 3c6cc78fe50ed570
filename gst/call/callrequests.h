/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gio/gio.h>

#include "gst/core/callmessage.h"

G_BEGIN_DECLS

/* The requests of a signaller that are not answered, in their order: those that wait for the socket, and those that
 * were sent and wait for their ack. The owner has the socket; this has the ids, the deadlines and the tasks.
 *
 *   what is lost with the socket      then
 *     call-end                        post_end (REST), and sent again when the socket is back
 *     call-signal, call-active        sent again when the socket is back
 *     others                          fail: whether the server saw them is not known
 */

#define CALL_REQUESTS_MAX 64 /* that wait for the socket */

typedef struct CallRequests CallRequests;

typedef struct
{
  void (*send) (const CallMessage *request, gint64 id, gpointer user_data);
  /* A call-end without a socket. */
  void (*post_end) (const CallMessage *request, gint64 id, gpointer user_data);
} CallRequestsHandler;

CallRequests *call_requests_new (
    guint request_ms, guint signal_ms, const CallRequestsHandler *handler, gpointer user_data);
/* Cancels those that are left (their callbacks come later). */
void call_requests_free (CallRequests *requests);

/* Takes @task, which returns a CallMessage. */
void call_requests_add (CallRequests *requests, const CallMessage *request, GTask *task);
/* The socket is there: sends what waits. */
void call_requests_set_up (CallRequests *requests);
/* The socket is gone. */
void call_requests_set_down (CallRequests *requests);
/* Takes @answer or @error (one of them is NULL). Nothing happens when the id is not known (any more). */
void call_requests_answer (CallRequests *requests, gint64 id, CallMessage *answer, GError *error);
/* Nothing will be sent any more: all fail with @error, and so do those that come. */
void call_requests_fail (CallRequests *requests, const GError *error);

G_END_DECLS
