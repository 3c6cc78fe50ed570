/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/base64.h"

#include <string.h>

static void
test_round_trip (void)
{
  guint8 data[256];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 7);
  for (gsize length = 0; length <= sizeof data; length++) {
    g_autofree char *text = g_base64_encode (data, length);
    g_autoptr (GBytes) back = base64_decode_strict (text, strlen (text));
    g_assert_nonnull (back);
    gsize size;
    gconstpointer read = g_bytes_get_data (back, &size);
    g_assert_cmpmem (read, size, data, length);
  }
}

static void
test_bad (void)
{
  static const char *const bad[] = {"A", "AA", "AAA", "AAAAA", "=", "====", "A===", "AA=A", "=AAA", "AA==AAAA",
      "AAA=AAAA", "AA A", "AAA\n", "AA-_", "A%3D", "AB==" /* bits left over */, "AAB="};

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("case %u", i);
    g_assert_null (base64_decode_strict (bad[i], strlen (bad[i])));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base64/round-trip", test_round_trip);
  g_test_add_func ("/base64/bad", test_bad);
  return g_test_run ();
}
