/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The table of containers, and the pieces that they make. */

#include "gst/core/recordcontainer.h"

#include <string.h>

#define OPUS_HEAD_SIZE 19

static void
piece_clear (gpointer data)
{
  RecordPiece *piece = data;

  g_clear_pointer (&piece->owned, g_bytes_unref);
}

void
record_output_init (RecordOutput *output)
{
  output->pieces = g_array_new (FALSE, FALSE, sizeof (RecordPiece));
  g_array_set_clear_func (output->pieces, piece_clear);
}

void
record_output_clear (RecordOutput *output)
{
  g_array_set_size (output->pieces, 0);
}

void
record_output_free (RecordOutput *output)
{
  g_clear_pointer (&output->pieces, g_array_unref);
}

static void
add_owned (RecordOutput *output, guint64 offset, GByteArray *bytes)
{
  RecordPiece piece = {.offset = offset, .owned = g_byte_array_free_to_bytes (bytes)};

  piece.data = g_bytes_get_data (piece.owned, &piece.size);
  g_array_append_val (output->pieces, piece);
}

void
record_output_append (RecordOutput *output, GByteArray *bytes)
{
  add_owned (output, RECORD_APPEND, bytes);
}

void
record_output_patch (RecordOutput *output, guint64 offset, GByteArray *bytes)
{
  add_owned (output, offset, bytes);
}

void
record_output_append_frame (RecordOutput *output, const RecordFrame *frame)
{
  RecordPiece piece = {.offset = RECORD_APPEND, .data = frame->data, .size = frame->size};

  g_array_append_val (output->pieces, piece);
}

gsize
record_output_appended (const RecordOutput *output)
{
  gsize size = 0;

  for (guint i = 0; i < output->pieces->len; i++) {
    const RecordPiece *piece = &g_array_index (output->pieces, RecordPiece, i);
    size += piece->offset == RECORD_APPEND ? piece->size : 0;
  }
  return size;
}

char *
record_text_cut (const char *text, gsize bytes)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gsize size = strlen (valid);

  if (size > bytes)
    size = g_utf8_find_prev_char (valid, valid + bytes + 1) - valid;
  return g_strndup (valid, size);
}

GBytes *
record_opus_head (guint channels, guint pre_skip)
{
  static const guint8 rate[4] = {0x80, 0xbb, 0, 0}; /* 48000 */
  guint8 head[OPUS_HEAD_SIZE] = "OpusHead";

  head[8] = 1; /* version */
  head[9] = channels;
  head[10] = pre_skip & 0xff;
  head[11] = pre_skip >> 8;
  memcpy (head + 12, rate, sizeof rate);
  return g_bytes_new (head, sizeof head); /* gain 0, mapping family 0 */
}

const RecordContainer *
record_container_find (const char *name)
{
  static const RecordContainer *const containers[] = {
      &record_container_matroska,
      &record_container_webm,
      &record_container_mp4,
  };

  for (guint i = 0; i < G_N_ELEMENTS (containers); i++) {
    if (g_strcmp0 (containers[i]->name, name) == 0)
      return containers[i];
  }
  return NULL;
}
