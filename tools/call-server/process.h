/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/server.h"

G_BEGIN_DECLS

/* The server as a process: its signals, its limits, and what its supervisor is told.
 *
 *   SIGHUP            certificate and key are read again
 *   SIGTERM, SIGINT   server_stop(); a second one does not wait for requests under way
 */

void process_raise_limits (void); /* each connection is a descriptor: as many as we may have */
void process_watch (Server *server);
void process_ready (Server *server); /* listening */
void process_close (Server *server);

G_END_DECLS
