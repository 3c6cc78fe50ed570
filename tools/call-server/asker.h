/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/failure.h"
#include "tools/call-server/users.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Who asks for something, and the way back: a REST request or a Socket.IO event with its ack. So that each verb is
 * written once. One of asker_reply*() or asker_fail*() ends it. */

typedef struct
{
  Server *server;
  User *user;
  TransportRequest *request; /* REST, or NULL */
  TransportSocket *socket;   /* the event's */
  gint64 id;
  TransportSocket *device; /* of the user's sockets, the one that belongs to whoever asks; NULL: not known */
} Asker;

Asker *asker_new_for_request (Server *server, User *user, TransportRequest *request, const TokenClaims *claims);
Asker *asker_new_for_event (Server *server, User *user, TransportSocket *socket, gint64 id);

/* The device, if it is still there: for use after the reply, which frees the asker. */
TransportSocket *asker_ref_device (const Asker *asker);

/* Take @body. */
void asker_reply (Asker *asker, JsonObject *body);
void asker_reply_status (Asker *asker, guint status, JsonObject *body); /* of the events' acks there is one kind only */
void asker_reply_array (Asker *asker, JsonArray *body);
void asker_fail (Asker *asker, Failure failure);
void asker_fail_error (Asker *asker, const GError *error); /* a FAILURE_ERROR */
void asker_fail_token (Asker *asker, const GError *error); /* of an event: its token is refused */
void asker_fail_with (Asker *asker, Failure failure, const char *message, const char *call_id); /* NULL: the usual */

/* For what has no user yet: an error body, and the answer to a bad token. */
void request_fail (TransportRequest *request, Failure failure);
void request_rate_limited (TransportRequest *request); /* by a quota that was noted on it */
void request_unauthorized (TransportRequest *request, const GError *error);

G_END_DECLS
