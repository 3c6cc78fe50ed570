/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/users.h"

G_BEGIN_DECLS

/* Sockets live as long as their tokens:
 *
 *   client                         server
 *     | CONNECT, token ------------> |  token_expiry_watch()
 *     |                              |  a minute before the end, or half way when less than two are left:
 *     | <-- auth, token-expires-soon |
 *     | auth {token} --------------> |  of the same user: it starts anew
 *     | <-------- ack {ok, expires}  |
 *     |                              |  at the end, without that:
 *     | <------- auth, token-expired |
 *     | <---- io server disconnect - |
 *
 * One timer for all sockets, which are kept in the order of what is due. */

TokenExpiry *token_expiry_new (uv_loop_t *loop);
void token_expiry_free (TokenExpiry *expiry); /* the sockets that are watched stay as they are */

/* From now on, or anew: the owner's token is good until @expires (seconds since 1970). */
void token_expiry_watch (TokenExpiry *expiry, SocketOwner *owner, gint64 expires);
void token_expiry_forget (TokenExpiry *expiry, SocketOwner *owner);

G_END_DECLS
