/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/networkquality.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000000)

/* An interval of Opus with that loss and delay; -1: nothing came. */
static NetworkQualityGrade
interval (NetworkQuality *quality, double loss, double delay_ms)
{
  NetworkQualityInterval now = {.expected = 100,
      .lost = (gint64) loss,
      .packets = 100 - (guint64) loss,
      .band = EMODEL_FULLBAND,
      .path = {.ie = 10.2, .bpl = 4.3, .burst_ratio = 1, .delay_ms = delay_ms},
      .media_expected = TRUE,
      .timeout_ns = 2 * SECOND};
  if (loss < 0) {
    now.expected = now.lost = 0;
    now.packets = 0;
    now.silent_ns = 2 * SECOND;
  }
  return network_quality_update (quality, &now);
}

/* Grades after each interval, from a clean network on. */
static void
test_rows (void)
{
  static const struct
  {
    double loss, delay;
    const char *grades;
  } rows[] = {
      {0, 0, "11111111"},
      {2, 0, "13333333"},
      {5, 0, "35555555"},
      {10, 0, "55555555"},
      {30, 0, "55555555"},
      {0, 300, "22222222"},
      {-1, 0, "66666666"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    NetworkQuality quality;
    char grades[9] = {0};
    network_quality_init (&quality);
    for (guint n = 0; n < 10; n++)
      g_assert_cmpint (interval (&quality, 0, 0), ==, NETWORK_QUALITY_EXCELLENT);
    for (guint n = 0; n < strlen (rows[i].grades); n++)
      grades[n] = (char) ('0' + interval (&quality, rows[i].loss, rows[i].delay));
    g_assert_cmpstr (grades, ==, rows[i].grades);
  }
}

/* One grade at a time, and not before the long window is better. */
static void
test_rise (void)
{
  NetworkQuality quality;
  network_quality_init (&quality);
  for (guint n = 0; n < 10; n++)
    interval (&quality, 10, 0);
  NetworkQualityGrade before = NETWORK_QUALITY_VERY_BAD;
  guint until_best = 0;
  while (before != NETWORK_QUALITY_EXCELLENT) {
    NetworkQualityGrade now = interval (&quality, 0, 0);
    g_assert_cmpint (before - now, <=, 1);
    g_assert_cmpint (before, >=, now);
    g_assert_cmpuint (++until_best, <, 30);
    before = now;
  }
  g_assert_cmpuint (until_best, >=, 8);
}

static void
test_down (void)
{
  NetworkQuality quality;
  network_quality_init (&quality);
  interval (&quality, 0, 0);
  g_assert_cmpint (interval (&quality, -1, 0), ==, NETWORK_QUALITY_DOWN);
  g_assert_cmpint (interval (&quality, 0, 0), ==, NETWORK_QUALITY_VERY_BAD);
  /* Nobody is to send: that nothing comes says nothing. */
  NetworkQualityInterval muted = {.silent_ns = 100 * SECOND, .timeout_ns = 2 * SECOND};
  g_assert_cmpint (network_quality_update (&quality, &muted), ==, NETWORK_QUALITY_VERY_BAD);
}

static void
test_unknown (void)
{
  NetworkQuality quality;
  NetworkQualityInterval few = {.expected = 5, .packets = 5, .path = {.bpl = 4.3}, .media_expected = TRUE};
  network_quality_init (&quality);
  for (guint n = 0; n < 3; n++)
    g_assert_cmpint (network_quality_update (&quality, &few), ==, NETWORK_QUALITY_UNKNOWN);
  g_assert_cmpint (network_quality_update (&quality, &few), ==, NETWORK_QUALITY_EXCELLENT);
}

/* One lost packet more or less does not make it flicker. */
static void
test_steady (void)
{
  NetworkQuality quality;
  network_quality_init (&quality);
  for (guint n = 0; n < 10; n++)
    interval (&quality, 2, 0);
  for (guint n = 0; n < 50; n++)
    g_assert_cmpint (interval (&quality, n % 3 == 0 ? 3 : n % 3 == 1 ? 1 : 2, 0), ==, NETWORK_QUALITY_POOR);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/networkquality/rows", test_rows);
  g_test_add_func ("/networkquality/rise", test_rise);
  g_test_add_func ("/networkquality/down", test_down);
  g_test_add_func ("/networkquality/unknown", test_unknown);
  g_test_add_func ("/networkquality/steady", test_steady);
  return g_test_run ();
}
