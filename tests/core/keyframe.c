/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The beginnings of frames that vp8enc and vp9enc made of a picture of 642x358. */

#include "gst/core/keyframe.h"

typedef gboolean (*SizeFunc) (gconstpointer data, gsize size, guint *width, guint *height);

static const struct
{
  const char *name;
  SizeFunc read;
  guint8 bytes[14];
  gsize size;
  gboolean is_key;
} frames[] = {
    {"/keyframe/vp8", keyframe_vp8_size, {0x90, 0xb9, 0x00, 0x9d, 0x01, 0x2a, 0x82, 0x02, 0x66, 0x01}, 10, TRUE},
    {"/keyframe/vp8-delta", keyframe_vp8_size, {0x71, 0x28, 0x00, 0x12, 0x11, 0xfc, 0x00, 0x18, 0x89, 0x19}, 10, FALSE},
    {"/keyframe/vp9", keyframe_vp9_size, {0x82, 0x49, 0x83, 0x42, 0x20, 0x28, 0x10, 0x16, 0x56, 0x0e}, 10, TRUE},
    {"/keyframe/vp9-delta", keyframe_vp9_size, {0x86, 0x00, 0x40, 0x92, 0xf0, 0x01, 0x57, 0x04, 0x00, 0xce}, 10, FALSE},
    {"/keyframe/vp9-444", keyframe_vp9_size, {0xa2, 0x49, 0x83, 0x42, 0x20, 0x05, 0x02, 0x02, 0xca, 0xc1, 0xc7}, 11,
        TRUE},
    {"/keyframe/vp9-444-delta", keyframe_vp9_size, {0xa6, 0x00, 0x40, 0x92, 0xf0, 0x01, 0x57, 0x04}, 8, FALSE},
};

static void
test_frame (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data), width = 0, height = 0;

  g_assert_cmpint (frames[i].read (frames[i].bytes, frames[i].size, &width, &height), ==, frames[i].is_key);
  if (frames[i].is_key)
    g_assert_true (width == 642 && height == 358);
  for (gsize size = 0; size < MIN (frames[i].size, 9); size++)
    g_assert_false (frames[i].read (frames[i].bytes, size, &width, &height));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    g_test_add_data_func (frames[i].name, GUINT_TO_POINTER (i), test_frame);
  return g_test_run ();
}
