/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/keyframe.h"

#define VP9_SYNC 0x498342
#define VP9_SRGB 7

gboolean
keyframe_vp8_size (gconstpointer data, gsize size, guint *width, guint *height)
{
  const guint8 *frame = data;

  if (size < 10 || (frame[0] & 1) != 0 || frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a)
    return FALSE;
  *width = (frame[6] | frame[7] << 8) & 0x3fff; /* the two bits above are for scaling */
  *height = (frame[8] | frame[9] << 8) & 0x3fff;
  return *width > 0 && *height > 0;
}

typedef struct
{
  const guint8 *data;
  gsize bits, at;
} Bits;

static guint
take (Bits *bits, guint count)
{
  guint value = 0;

  for (; count > 0; count--, bits->at++)
    value = value << 1 | (bits->at < bits->bits ? bits->data[bits->at / 8] >> (7 - bits->at % 8) & 1 : 0);
  return value;
}

/* The colours of a keyframe, which stand before its size. */
static gboolean
skip_colours (Bits *bits, guint profile)
{
  if (profile >= 2)
    take (bits, 1); /* 12 bits? */
  if (take (bits, 3) == VP9_SRGB) {
    if (profile == 0 || profile == 2)
      return FALSE;
    take (bits, 1);
    return TRUE;
  }
  take (bits, profile == 1 || profile == 3 ? 4 : 1); /* range, and subsampling where it can be chosen */
  return TRUE;
}

gboolean
keyframe_vp9_size (gconstpointer data, gsize size, guint *width, guint *height)
{
  Bits bits = {.data = data, .bits = size * 8};
  guint profile;

  if (take (&bits, 2) != 2)
    return FALSE;
  profile = take (&bits, 1);
  profile |= take (&bits, 1) << 1;
  if (profile == 3)
    take (&bits, 1);
  if (take (&bits, 2) != 0) /* an existing frame, shown again; or one that needs others */
    return FALSE;
  take (&bits, 2); /* shown, error-resilient */
  if (take (&bits, 24) != VP9_SYNC || !skip_colours (&bits, profile))
    return FALSE;
  *width = take (&bits, 16) + 1;
  *height = take (&bits, 16) + 1;
  return bits.at <= bits.bits;
}
