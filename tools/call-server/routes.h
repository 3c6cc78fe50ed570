/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/server.h"

G_BEGIN_DECLS

/* The REST API: answers each request. */
void routes_request (Server *server, TransportRequest *request);

/* The table, for those who hold it against something. FALSE: there are no more. */
gboolean routes_get (guint index, const char **method, const char **path, gboolean *needs_token);

G_END_DECLS
