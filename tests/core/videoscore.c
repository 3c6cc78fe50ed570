/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/videoscore.h"

#include <math.h>

static void
test_rows (void)
{
  static const struct
  {
    VideoScore score;
    double mos;
  } rows[] = {
      {{.fps = 30, .expected_fps = 30}, 4.5},
      {{.fps = 12}, 4.5},
      {{.fps = 60, .expected_fps = 30}, 4.5},
      {{.fps = 7.5, .expected_fps = 30}, 2.75},
      {{.fps = 30, .expected_fps = 30, .frozen = 1}, 1},
      {{.fps = 30, .expected_fps = 30, .loss = 0.05}, 2.75},
      {{.fps = 30, .expected_fps = 30, .bitrate = 62500, .expected_bitrate = 1e6}, 2.75},
      {{.fps = 0, .expected_fps = 30}, 1},
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpfloat_with_epsilon (video_score_mos (&rows[i].score), rows[i].mos, 1e-9);
}

static void
test_any_input (void)
{
  static const double values[] = {NAN, INFINITY, -INFINITY, -1, 0, 1e-300, 0.5, 1, 30, 1e300};
  const guint n = G_N_ELEMENTS (values);
  for (guint i = 0; i < n * n * n; i++) {
    VideoScore score = {.fps = values[i % n],
        .expected_fps = values[i / n % n],
        .frozen = values[i / n / n],
        .loss = values[(i + i / n) % n],
        .bitrate = values[(i + i / n / n) % n],
        .expected_bitrate = values[(i / n + i / n / n) % n]};
    double mos = video_score_mos (&score);
    g_assert_true (mos >= 1 && mos <= 4.5);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/videoscore/rows", test_rows);
  g_test_add_func ("/videoscore/any-input", test_any_input);
  return g_test_run ();
}
