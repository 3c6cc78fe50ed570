/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Why there is no connection to @server, in words for the one who gave the address and the token: a
 * GST_CALL_SIGNALLER_ERROR. @error: as the SocketioClient has it. @request: the request for the websocket. */
GError *call_connect_error_new (GUri *server, const GError *error, SoupMessage *request);

G_END_DECLS
