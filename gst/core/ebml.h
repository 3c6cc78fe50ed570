/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes elements of EBML (RFC 8794), which Matroska is made of: id, size, content. */

#define EBML_SIZE_UNKNOWN G_GUINT64_CONSTANT (0x01ffffffffffffff)

void ebml_put_id (GByteArray *out, guint32 id);
/* @width: bytes, 1..8; 0: as few as it takes. */
void ebml_put_size (GByteArray *out, guint64 size, guint width);
void ebml_put_uint (GByteArray *out, guint32 id, guint64 value);
void ebml_put_float (GByteArray *out, guint32 id, double value); /* 8 bytes of content, whatever the value */
void ebml_put_date (GByteArray *out, guint32 id, gint64 unix_us);
void ebml_put_string (GByteArray *out, guint32 id, const char *text); /* NULL: nothing */
void ebml_put_binary (GByteArray *out, guint32 id, gconstpointer data, gsize size);
void ebml_put_master (GByteArray *out, guint32 id, GByteArray *content); /* (transfer full): the content */
/* Takes up @size bytes, at least 2. */
void ebml_put_void (GByteArray *out, gsize size);

G_END_DECLS
