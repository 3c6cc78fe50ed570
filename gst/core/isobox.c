/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/isobox.h"

#include <string.h>

static void
number (GByteArray *bytes, guint64 value, guint size)
{
  guint8 data[8];
  for (guint i = 0; i < size; i++)
    data[i] = (guint8) (value >> 8 * (size - 1 - i));
  g_byte_array_append (bytes, data, size);
}

void
iso_u8 (GByteArray *bytes, guint value)
{
  number (bytes, value, 1);
}

void
iso_u16 (GByteArray *bytes, guint value)
{
  number (bytes, value, 2);
}

void
iso_u32 (GByteArray *bytes, guint32 value)
{
  number (bytes, value, 4);
}

void
iso_u64 (GByteArray *bytes, guint64 value)
{
  number (bytes, value, 8);
}

void
iso_zeros (GByteArray *bytes, guint n)
{
  guint old = bytes->len;
  g_byte_array_set_size (bytes, old + n);
  memset (bytes->data + old, 0, n);
}

void
iso_bytes (GByteArray *bytes, gconstpointer data, gsize size)
{
  if (size > 0)
    g_byte_array_append (bytes, data, (guint) size);
}

void
iso_text (GByteArray *bytes, const char *text)
{
  iso_bytes (bytes, text, strlen (text) + 1);
}

guint
iso_open (GByteArray *bytes, const char *type)
{
  guint box = bytes->len;
  iso_u32 (bytes, 0);
  iso_bytes (bytes, type, 4);
  return box;
}

guint
iso_open_full (GByteArray *bytes, const char *type, guint version, guint32 flags)
{
  guint box = iso_open (bytes, type);
  iso_u32 (bytes, version << 24 | flags);
  return box;
}

void
iso_close (GByteArray *bytes, guint box)
{
  iso_set_u32 (bytes, box, bytes->len - box);
}

void
iso_set_u32 (GByteArray *bytes, guint position, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    bytes->data[position + i] = (guint8) (value >> 8 * (3 - i));
}

void
iso_free (GByteArray *bytes, guint size)
{
  if (size == 0)
    return;
  iso_u32 (bytes, size);
  iso_bytes (bytes, "free", 4);
  iso_zeros (bytes, size - ISO_BOX_HEADER);
}

GByteArray *
iso_name (const char *type)
{
  GByteArray *bytes = g_byte_array_new ();
  iso_bytes (bytes, type, 4);
  return bytes;
}

GByteArray *
iso_number32 (guint32 value)
{
  GByteArray *bytes = g_byte_array_new ();
  iso_u32 (bytes, value);
  return bytes;
}

GByteArray *
iso_number64 (guint64 value)
{
  GByteArray *bytes = g_byte_array_new ();
  iso_u64 (bytes, value);
  return bytes;
}
