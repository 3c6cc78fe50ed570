/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* @token without the white space around it (a token file ends in a newline), or NULL with
 * GST_CALL_SIGNALLER_ERROR_TOKEN when it is empty or could not stand in a header. */
char *call_token_check (const char *token, GError **error);
/* The user id that a JWT names (`sub`, else `id`, else `userId`), for the owner of the token only: nothing is verified.
 * NULL when it is no JWT or has none. */
char *call_token_get_user (const char *token);

G_END_DECLS
