/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/server.h"

G_BEGIN_DECLS

/* The Socket.IO API: who may connect, and what a client's events do. */
void events_connect (Server *server, TransportSocket *socket, const char *auth_json, const char *query_token);
void events_event (Server *server, TransportSocket *socket, const char *name, const char *args_json, gint64 id);
void events_disconnect (Server *server, TransportSocket *socket, const char *reason);

/* The table of a client's events, for those who hold it against something. NULL: there are no more. */
const char *events_get_name (guint index);

G_END_DECLS
