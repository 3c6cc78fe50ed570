/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 4648 section 4, nothing else: padded, no white space, no bits left over. g_base64_decode() skips what it does
 * not know. NULL when @text is not that. */
GBytes *base64_decode_strict (const char *text, gsize length);

G_END_DECLS
