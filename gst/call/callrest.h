/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <libsoup/soup.h>

#include "gst/core/callmessage.h"

G_BEGIN_DECLS

/* POST /api/calls/@call_id/end, for a call-end without a socket. @server: the server's address, without a path or with
 * the one it has as prefix. */
void call_rest_end_async (SoupSession *session, GUri *server, const char *token, const char *call_id, guint timeout_ms,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* An answer or GST_CALL_SIGNALLER_ERROR: the server said yes or no. Any other error: it could not be asked. */
CallMessage *call_rest_end_finish (SoupSession *session, GAsyncResult *result, GError **error);

/* @server with @path (and @query, may be NULL) behind it. */
GUri *call_rest_build_uri (GUri *server, const char *path, const char *query);

G_END_DECLS
