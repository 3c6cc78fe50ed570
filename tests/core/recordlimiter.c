/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordlimiter.h"

#include <math.h>
#include <string.h>

#define FRAMES 960
#define BLOCKS 200

/* Runs a limiter over stereo blocks of a sine with these amplitudes; returns the samples. (transfer full) */
static float *
run (const float *amplitudes, guint n)
{
  float *samples = g_new (float, (gsize) n *FRAMES * 2);
  RecordLimiter limiter;

  for (guint i = 0; i < n * FRAMES; i++)
    samples[2 * i] = samples[2 * i + 1] = amplitudes[i / FRAMES] * sinf ((float) (2 * G_PI * (i % 48) / 48));
  record_limiter_init (&limiter);
  for (guint i = 0; i < n; i++) {
    float *block = samples + (gsize) i * FRAMES * 2, *next = block + FRAMES * 2;
    record_limiter_apply (&limiter, block, FRAMES, 2, record_limiter_peak (block, FRAMES * 2),
        i + 1 < n ? record_limiter_peak (next, FRAMES * 2) : 0);
  }
  return samples;
}

static void
test_untouched (void)
{
  float amplitudes[10];
  g_autofree float *samples = NULL;

  for (guint i = 0; i < 10; i++)
    amplitudes[i] = 0.1f * (float) i;
  samples = run (amplitudes, 10);
  for (guint i = 0; i < 10 * FRAMES; i++)
    g_assert_cmpfloat (samples[2 * i], ==, amplitudes[i / FRAMES] * sinf ((float) (2 * G_PI * (i % 48) / 48)));
}

/* Bursts of any height: never over the ceiling, and never a jump in the gain. */
static void
test_ceiling (void)
{
  float amplitudes[BLOCKS];
  g_autofree float *samples = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (6);

  for (guint i = 0; i < BLOCKS; i++)
    amplitudes[i] = (float) g_rand_double_range (random, 0, i % 7 == 0 ? 16 : 1.5);
  samples = run (amplitudes, BLOCKS);
  g_assert_cmpfloat (record_limiter_peak (samples, (gsize) BLOCKS * FRAMES * 2), <=, RECORD_LIMITER_CEILING * 1.00001);
  g_assert_cmpfloat (record_limiter_peak (samples, (gsize) BLOCKS * FRAMES * 2), >, RECORD_LIMITER_CEILING * 0.99);
  for (guint i = 1; i < BLOCKS * FRAMES; i++) {
    float at = sinf ((float) (2 * G_PI * (i % 48) / 48)), before = sinf ((float) (2 * G_PI * ((i - 1) % 48) / 48));
    if (i % FRAMES == 0 || fabsf (at) < 0.5f || fabsf (before) < 0.5f)
      continue;
    float gain = samples[2 * i] / at / amplitudes[i / FRAMES],
          last = samples[2 * i - 2] / before / amplitudes[i / FRAMES];
    g_assert_cmpfloat (fabsf (gain - last), <, 0.005);
  }
}

/* After a burst the level comes back, 10 dB a second. */
static void
test_release (void)
{
  float amplitudes[BLOCKS] = {0};
  g_autofree float *samples = NULL;

  for (guint i = 0; i < BLOCKS; i++)
    amplitudes[i] = i < 5 ? 3.0f : 0.5f;
  samples = run (amplitudes, BLOCKS);
  g_assert_cmpfloat (record_limiter_peak (samples + 6 * FRAMES * 2, FRAMES * 2), <, 0.2);
  g_assert_cmpfloat (record_limiter_peak (samples + 56 * FRAMES * 2, FRAMES * 2), >, 0.45);
  g_assert_cmpfloat (record_limiter_peak (samples + 100 * FRAMES * 2, FRAMES * 2), ==, 0.5f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recordlimiter/untouched", test_untouched);
  g_test_add_func ("/recordlimiter/ceiling", test_ceiling);
  g_test_add_func ("/recordlimiter/release", test_release);
  return g_test_run ();
}
