/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/backoff.h"

static void
test_rows (void)
{
  static const struct
  {
    guint attempt, first, max;
    double random;
    guint delay;
  } rows[] = {
      {0, 200, 5000, 0.0, 100},
      {0, 200, 5000, 1.0, 200},
      {0, 200, 5000, 0.5, 150},
      {1, 200, 5000, 1.0, 400},
      {4, 200, 5000, 1.0, 3200},
      {5, 200, 5000, 1.0, 5000},
      {5, 200, 5000, 0.0, 2500},
      {G_MAXUINT, 200, 5000, 1.0, 5000},
      {G_MAXUINT, 1, G_MAXUINT, 1.0, G_MAXUINT},
      {0, 0, 5000, 1.0, 1},
      {9, 0, 5000, 1.0, 512},
      {3, 200, 100, 1.0, 100},
      {0, 200, 0, 0.7, 0},
      {0, 200, 5000, -1.0, 100},
      {0, 200, 5000, 2.0, 200},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (
        backoff_delay_ms (rows[i].attempt, rows[i].first, rows[i].max, rows[i].random), ==, rows[i].delay);
}

/* Grows with the attempt, stays within its limits, and uses its chance. */
static void
test_bounds (void)
{
  for (guint attempt = 0; attempt < 40; attempt++) {
    guint low = backoff_delay_ms (attempt, 200, 5000, 0.0);
    guint high = backoff_delay_ms (attempt, 200, 5000, 0.999);

    g_assert_cmpuint (low, >=, 100);
    g_assert_cmpuint (high, <=, 5000);
    g_assert_cmpuint (high, >, low + low / 2);
    if (attempt > 0)
      g_assert_cmpuint (low, >=, backoff_delay_ms (attempt - 1, 200, 5000, 0.0));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/rows", test_rows);
  g_test_add_func ("/backoff/bounds", test_bounds);
  return g_test_run ();
}
