/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Signatures by the Standard Webhooks scheme: `v1,` and base64 (HMAC-SHA256 (key, "id.timestamp.body")). */

/* @text: one secret a line, each `whsec_` and the base64 of a key of 24 to 64 bytes; the lines of a change of secrets
 * all sign. (element-type GBytes); NULL: @error says what is wrong. */
GPtrArray *webhook_keys_parse (GBytes *text, GError **error);
/* One signature for each key, with spaces between them. @timestamp: seconds since 1970. */
char *webhook_sign (const GPtrArray *keys, const char *id, gint64 timestamp, const char *body);

G_END_DECLS
