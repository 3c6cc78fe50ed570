/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/lossbursts.h"

#include <string.h>

/* "r100 l6 r894": so many received, so many lost. */
static void
tell (LossBursts *bursts, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  loss_bursts_init (bursts);
  for (guint i = 0; words[i] != NULL; i++) {
    for (guint64 n = g_ascii_strtoull (words[i] + 1, NULL, 10); n > 0; n--)
      words[i][0] == 'r' ? loss_bursts_received (bursts) : loss_bursts_lost (bursts);
  }
}

static void
test_rows (void)
{
  static const struct
  {
    const char *packets;
    double burst_density, gap_density, burst_ms, gap_ms;
  } rows[] = {
      {"r100 l6 r894", 1, 0, 120, 2020}, /* quality.md */
      {"r1000", 0, 0, 0, 0},
      {"", 0, 0, 0, 0},
      /* Alone in its gap, each of them; the first loss of all opens a burst, as RFC 3611 counts. */
      {"r50 l1 r50 l1 r50 l1 r50", 1, 2.0 / 152, 20, 3060},
      /* Two bursts of three losses in five packets: p23 = 1, since no two received stand together. */
      {"r40 l1 r1 l1 r1 l1 r40 l1 r1 l1 r1 l1 r40", 1.0 / (1 + 4.0 / 6), 0, 100, 820},
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    LossBursts bursts;
    LossBurstMetrics metrics;
    tell (&bursts, rows[i].packets);
    loss_bursts_measure (&bursts, 20, &metrics);
    g_assert_cmpfloat_with_epsilon (metrics.burst_density, rows[i].burst_density, 1e-9);
    g_assert_cmpfloat_with_epsilon (metrics.gap_density, rows[i].gap_density, 1e-9);
    g_assert_cmpfloat_with_epsilon (metrics.burst_ms, rows[i].burst_ms, 1e-9);
    g_assert_cmpfloat_with_epsilon (metrics.gap_ms, rows[i].gap_ms, 1e-9);
  }
}

/* Random loss of any share has a burst ratio of 1; runs make it grow. */
static void
test_burst_ratio (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  for (double share = 0.01; share < 0.5; share *= 2) {
    LossBursts bursts;
    LossBurstMetrics metrics;
    loss_bursts_init (&bursts);
    for (guint i = 0; i < 200000; i++)
      g_rand_double (rand) < share ? loss_bursts_lost (&bursts) : loss_bursts_received (&bursts);
    loss_bursts_measure (&bursts, 20, &metrics);
    g_assert_cmpfloat_with_epsilon (metrics.burst_ratio, 1, 0.03);
  }
  LossBursts bursts;
  LossBurstMetrics metrics;
  tell (&bursts, "r95 l5 r95 l5");
  loss_bursts_measure (&bursts, 20, &metrics);
  g_assert_cmpfloat_with_epsilon (metrics.burst_ratio, 5 * 0.95, 1e-9);
  tell (&bursts, "l5");
  loss_bursts_measure (&bursts, 20, &metrics);
  g_assert_cmpfloat (metrics.burst_ratio, >=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lossbursts/rows", test_rows);
  g_test_add_func ("/lossbursts/burst-ratio", test_burst_ratio);
  return g_test_run ();
}
