/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/ebml.h"

#include <string.h>

#define ID_VOID 0xec
/* Dates count from 2001-01-01T00:00:00 UTC, in nanoseconds. */
#define EPOCH_US (G_GINT64_CONSTANT (978307200) * G_USEC_PER_SEC)

static void
put_big_endian (GByteArray *out, guint64 value, guint width)
{
  guint8 bytes[8];

  for (guint i = 0; i < width; i++)
    bytes[i] = value >> (8 * (width - 1 - i));
  g_byte_array_append (out, bytes, width);
}

static guint
width_of (guint64 value)
{
  guint width = 1;

  while (width < 8 && value >> (8 * width) != 0)
    width++;
  return width;
}

void
ebml_put_id (GByteArray *out, guint32 id)
{
  put_big_endian (out, id, width_of (id));
}

void
ebml_put_size (GByteArray *out, guint64 size, guint width)
{
  /* Seven bits to a byte; all of them set would mean "unknown". */
  for (guint needed = 1; width == 0; needed++)
    if (needed == 8 || size < (G_GUINT64_CONSTANT (1) << (7 * needed)) - 1)
      width = needed;
  put_big_endian (out, size | G_GUINT64_CONSTANT (1) << (7 * width), width);
}

void
ebml_put_uint (GByteArray *out, guint32 id, guint64 value)
{
  guint width = width_of (value);

  ebml_put_id (out, id);
  ebml_put_size (out, width, 1);
  put_big_endian (out, value, width);
}

void
ebml_put_float (GByteArray *out, guint32 id, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  ebml_put_id (out, id);
  ebml_put_size (out, sizeof bits, 1);
  put_big_endian (out, bits, sizeof bits);
}

void
ebml_put_date (GByteArray *out, guint32 id, gint64 unix_us)
{
  ebml_put_id (out, id);
  ebml_put_size (out, 8, 1);
  put_big_endian (out, (guint64) ((unix_us - EPOCH_US) * 1000), 8);
}

void
ebml_put_binary (GByteArray *out, guint32 id, gconstpointer data, gsize size)
{
  ebml_put_id (out, id);
  ebml_put_size (out, size, 0);
  g_byte_array_append (out, data, size);
}

void
ebml_put_string (GByteArray *out, guint32 id, const char *text)
{
  if (text != NULL)
    ebml_put_binary (out, id, text, strlen (text));
}

void
ebml_put_master (GByteArray *out, guint32 id, GByteArray *content)
{
  ebml_put_binary (out, id, content->data, content->len);
  g_byte_array_unref (content);
}

void
ebml_put_void (GByteArray *out, gsize size)
{
  /* A size of one byte tells up to 126; with eight there is nothing that does not fit. */
  guint width = size - 2 <= 126 ? 1 : 8;
  guint before = out->len;

  ebml_put_id (out, ID_VOID);
  ebml_put_size (out, size - 1 - width, width);
  g_byte_array_set_size (out, before + size);
  memset (out->data + before + 1 + width, 0, size - 1 - width);
}
