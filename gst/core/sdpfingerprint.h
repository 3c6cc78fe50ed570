/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The hashes that we take for a DTLS certificate (RFC 8122; SHA-1 is not one of them). */

/* @hash: in lower case. Whether it is known and @fingerprint is hex pairs with colons of its size. */
gboolean sdp_fingerprint_is_known (const char *hash, const char *fingerprint);

G_END_DECLS
