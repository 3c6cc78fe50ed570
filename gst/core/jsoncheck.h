/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Strict RFC 8259 validator. It runs before json-glib on everything that comes from the network, because json-glib
 * 1.6 recurses without a limit, cuts strings at \u0000, wraps 2^63 and takes JavaScript assignments. */

#define JSON_CHECK_MAX_DEPTH 64

typedef enum
{
  JSON_CHECK_ERROR_SYNTAX,
  JSON_CHECK_ERROR_DEPTH,
  JSON_CHECK_ERROR_STRING, /* NUL, lone surrogate, control character, invalid UTF-8 */
  JSON_CHECK_ERROR_NUMBER, /* outside int64 or double */
} JsonCheckError;

#define JSON_CHECK_ERROR (json_check_error_quark ())
GQuark json_check_error_quark (void);

/* The message of @error names the byte offset. @text need not be NUL-terminated. Never recurses, never allocates
 * but for the error. */
gboolean json_check (const char *text, gsize length, guint max_depth, GError **error);

G_END_DECLS
