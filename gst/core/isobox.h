/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The boxes of ISO/IEC 14496-12, clause 4.2: a size of 4 bytes, a type of 4 letters, what is in it. Big endian. */

#define ISO_BOX_HEADER 8

void iso_u8 (GByteArray *bytes, guint value);
void iso_u16 (GByteArray *bytes, guint value);
void iso_u32 (GByteArray *bytes, guint32 value);
void iso_u64 (GByteArray *bytes, guint64 value);
void iso_zeros (GByteArray *bytes, guint n);
void iso_bytes (GByteArray *bytes, gconstpointer data, gsize size);
void iso_text (GByteArray *bytes, const char *text); /* with the zero at its end */

/* A box lies from here to its iso_close(), which writes its size. */
guint iso_open (GByteArray *bytes, const char *type);
guint iso_open_full (GByteArray *bytes, const char *type, guint version, guint32 flags);
void iso_close (GByteArray *bytes, guint box);

/* A number that was not known when its place was written. */
void iso_set_u32 (GByteArray *bytes, guint position, guint32 value);

/* A box named free of @size bytes, its header in them; 0: nothing at all. */
void iso_free (GByteArray *bytes, guint size);

/* Bytes of their own. (transfer full) */
GByteArray *iso_name (const char *type);
GByteArray *iso_number32 (guint32 value);
GByteArray *iso_number64 (guint64 value);

G_END_DECLS
