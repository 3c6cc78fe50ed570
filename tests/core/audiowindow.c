/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/audiowindow.h"

#include <math.h>

#define MS G_GINT64_CONSTANT (1000000)

/* 20 ms at 48 kHz of a sine with that peak: RMS power is half of its square. */
static AudioBlock
sine (gint64 time, double peak)
{
  return (AudioBlock){.time = time,
      .frames = 960,
      .rate = 48000,
      .channels = 2,
      .sum_squares = 960 * 2 * peak * peak / 2,
      .peak = peak};
}

static void
push_sines (AudioWindow *window, gint64 time, double peak, guint blocks)
{
  for (guint i = 0; i < blocks; i++) {
    AudioBlock block = sine (time + i * 20 * MS, peak);
    audio_window_push (window, &block);
  }
}

static void
test_level (void)
{
  static const double peaks_db[] = {0, -3, -20, -56};
  for (guint i = 0; i < G_N_ELEMENTS (peaks_db); i++) {
    AudioWindow window;
    audio_window_init (&window);
    push_sines (&window, 0, pow (10, peaks_db[i] / 20), 50);
    g_assert_cmpfloat_with_epsilon (audio_counts_level (&window.total), peaks_db[i] - 3.0103, 0.001);
    g_assert_cmpfloat_with_epsilon (audio_counts_peak (&window.total), peaks_db[i], 0.001);
    g_assert_cmpint (window.total.silent_ns, ==, 0);
    g_assert_cmpint (window.total.duration_ns, ==, 1000 * MS);
  }
}

static void
test_silence (void)
{
  AudioWindow window;
  AudioCounts interval;
  audio_window_init (&window);
  push_sines (&window, 0, 0.5, 10);
  audio_window_take_interval (&window, &interval);
  push_sines (&window, 200 * MS, 0, 25);
  push_sines (&window, 700 * MS, 0.0005, 5); /* -69 dBov */
  audio_window_take_interval (&window, &interval);
  g_assert_cmpint (interval.silent_ns, ==, 600 * MS);
  g_assert_cmpfloat (audio_counts_level (&interval), <, -60);
  g_assert_cmpint (window.total.silent_ns, ==, 600 * MS);
  audio_window_take_interval (&window, &interval);
  g_assert_cmpfloat (audio_counts_level (&interval), ==, AUDIO_WINDOW_FLOOR);
}

static void
test_gaps (void)
{
  AudioWindow window;
  audio_window_init (&window);
  push_sines (&window, 0, 0.5, 10);
  push_sines (&window, 201 * MS, 0.5, 10); /* within the tolerance */
  g_assert_cmpuint (window.total.gaps, ==, 0);
  push_sines (&window, 441 * MS, 0.5, 10); /* two blocks are missing */
  g_assert_cmpuint (window.total.gaps, ==, 1);
  g_assert_cmpint (window.total.gap_ns, ==, 40 * MS);
  push_sines (&window, 600 * MS, 0.5, 1);
  g_assert_cmpuint (window.total.overlaps, ==, 1);
  audio_window_gap (&window, 620 * MS, 100 * MS);
  push_sines (&window, 720 * MS, 0.5, 1);
  g_assert_cmpuint (window.total.gaps, ==, 2);
  g_assert_cmpint (window.total.gap_ns, ==, 140 * MS);
  audio_window_pause (&window);
  push_sines (&window, 9000 * MS, 0.5, 1);
  g_assert_cmpuint (window.total.gaps, ==, 2);
}

/* Blocks without a time follow one another; one without a rate lasts no time. */
static void
test_bad_blocks (void)
{
  AudioWindow window;
  audio_window_init (&window);
  push_sines (&window, 0, 0.5, 1);
  AudioBlock block = sine (-1, 0.5);
  audio_window_push (&window, &block);
  push_sines (&window, 40 * MS, 0.5, 1);
  block = (AudioBlock){.time = 60 * MS};
  audio_window_push (&window, &block);
  g_assert_cmpuint (window.total.gaps + window.total.overlaps, ==, 0);
  g_assert_cmpuint (window.total.blocks, ==, 4);
  g_assert_true (isfinite (audio_counts_level (&window.total)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audiowindow/level", test_level);
  g_test_add_func ("/audiowindow/silence", test_silence);
  g_test_add_func ("/audiowindow/gaps", test_gaps);
  g_test_add_func ("/audiowindow/bad-blocks", test_bad_blocks);
  return g_test_run ();
}
