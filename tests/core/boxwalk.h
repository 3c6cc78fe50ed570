/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/recordcontainer.h"

#include <string.h>

/* A reader of MP4's boxes that shares nothing with the writer, and what carries a container's pieces out in memory. */

typedef struct
{
  const guint8 *data; /* without the header */
  gsize size;
  const guint8 *start;
  char type[5];
} Box;

static inline guint64
box_number (const guint8 *data, guint size)
{
  guint64 value = 0;
  for (guint i = 0; i < size; i++)
    value = value << 8 | data[i];
  return value;
}

/* Takes the first box off @data; FALSE: there is none that lies whole in @size bytes. */
static inline gboolean
box_take (const guint8 **data, gsize *size, Box *box)
{
  if (*size < 8)
    return FALSE;
  gsize whole = box_number (*data, 4);
  if (whole < 8 || whole > *size)
    return FALSE;
  *box = (Box){.start = *data, .data = *data + 8, .size = whole - 8};
  memcpy (box->type, *data + 4, 4);
  *data += whole;
  *size -= whole;
  return TRUE;
}

/* How many bytes lie before the boxes in one of this type; -1: it has none. */
static inline gint
box_prefix (const char *type)
{
  static const char plain[] = "moov trak mdia minf dinf stbl mvex edts udta ilst moof traf mfra ";
  static const struct
  {
    const char *type;
    gint bytes;
  } rows[] = {{"meta", 4}, {"stsd", 8}, {"dref", 8}, {"Opus", 28}, {"avc3", 78}, {"vp08", 78}, {"vp09", 78},
      {"\xa9nam", 0}, {"\xa9too", 0}};
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (strcmp (type, rows[i].type) == 0)
      return rows[i].bytes;
  }
  const char *found = strstr (plain, type);
  return found != NULL && strlen (type) == 4 && found[4] == ' ' ? 0 : -1;
}

/* Whether boxes fill @data exactly, and those in them, too. */
static inline gboolean
boxes_nest (const guint8 *data, gsize size)
{
  Box box;
  while (box_take (&data, &size, &box)) {
    gint prefix = box_prefix (box.type);
    if (prefix < 0)
      continue;
    if ((gsize) prefix > box.size || !boxes_nest (box.data + prefix, box.size - prefix))
      return FALSE;
  }
  return size == 0;
}

/* The box number @n (from 0) of the last type in @path, as "moov/trak/mdia"; of the others the first. With "trak:2" the
 * one numbered 2 of those. */
static inline gboolean
box_find (const guint8 *data, gsize size, const char *path, guint n, Box *box)
{
  const char *rest = strchr (path, '/');
  gsize length = rest != NULL ? (gsize) (rest - path) : strlen (path);
  guint skip = rest == NULL ? n : length > 5 ? (guint) g_ascii_strtoull (path + 5, NULL, 10) : 0;
  while (box_take (&data, &size, box)) {
    if (strncmp (box->type, path, 4) != 0 || skip-- > 0)
      continue;
    if (rest == NULL)
      return TRUE;
    gint prefix = MAX (0, box_prefix (box->type));
    return box_find (box->data + prefix, box->size - prefix, rest + 1, n, box);
  }
  return FALSE;
}

static inline void
piece_apply (GByteArray *file, const RecordPiece *piece)
{
  if (piece->offset == RECORD_APPEND) {
    if (piece->size > 0)
      g_byte_array_append (file, piece->data, (guint) piece->size);
  } else {
    g_assert_cmpuint (piece->offset + piece->size, <=, file->len);
    memcpy (file->data + piece->offset, piece->data, piece->size);
  }
}

static inline void
output_apply (GByteArray *file, RecordOutput *output)
{
  for (guint i = 0; i < output->pieces->len; i++)
    piece_apply (file, &g_array_index (output->pieces, RecordPiece, i));
  record_output_clear (output);
}
