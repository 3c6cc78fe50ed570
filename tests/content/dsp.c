/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "dsp.h"

#include <math.h>
#include <string.h>

/* The envelope's blocks a second: coarse enough to search all lags, fine enough for words. */
#define BLOCKS 100

double
dsp_rms (const float *samples, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) samples[i] * samples[i];
  return n > 0 ? sqrt (sum / n) : 0;
}

static double
mean (const float *samples, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += samples[i];
  return n > 0 ? sum / n : 0;
}

double
dsp_correlation (const float *a, const float *b, gsize n)
{
  double mean_a = mean (a, n), mean_b = mean (b, n);
  double ab = 0, aa = 0, bb = 0;

  for (gsize i = 0; i < n; i++) {
    double x = a[i] - mean_a, y = b[i] - mean_b;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / sqrt (aa * bb) : 0;
}

double
dsp_tone_share (const float *samples, gsize n, double frequency, double rate)
{
  double step = 2 * G_PI * frequency / rate;
  double re = 0, im = 0, energy = 0;

  for (gsize i = 0; i < n; i++) {
    re += samples[i] * cos (step * i);
    im += samples[i] * sin (step * i);
    energy += (double) samples[i] * samples[i];
  }
  return energy > 1e-9 * n ? 2 * (re * re + im * im) / (n * energy) : 0;
}

static float *
make_envelope (const float *samples, gsize n, gsize block, gsize *length)
{
  float *envelope = g_new0 (float, n / block + 1);
  double level;

  *length = n / block;
  for (gsize i = 0; i < *length; i++)
    envelope[i] = dsp_rms (samples + i * block, block);
  level = mean (envelope, *length);
  for (gsize i = 0; i < *length; i++)
    envelope[i] -= level;
  return envelope;
}

/* Not normalised: the lag where most of both lies over each other wins. */
static double
overlap (const float *a, gsize n_a, const float *b, gsize n_b, gssize lag)
{
  gssize from = MAX (0, -lag), to = MIN ((gssize) n_a, (gssize) n_b - lag);
  double sum = 0;

  for (gssize i = from; i < to; i++)
    sum += (double) a[i] * b[i + lag];
  return sum;
}

static gssize
best_overlap (const float *a, gsize n_a, const float *b, gsize n_b, gssize from, gssize to)
{
  gssize best = from;
  double most = -G_MAXDOUBLE;

  for (gssize lag = from; lag <= to; lag++) {
    double sum = overlap (a, n_a, b, n_b, lag);
    if (sum > most) {
      most = sum;
      best = lag;
    }
  }
  return best;
}

gssize
dsp_find_lag (const float *sent, gsize n_sent, const float *received, gsize n_received, guint rate)
{
  gsize block = rate / BLOCKS, n_a, n_b;
  g_autofree float *a = make_envelope (sent, n_sent, block, &n_a);
  g_autofree float *b = make_envelope (received, n_received, block, &n_b);
  gssize coarse = best_overlap (a, n_a, b, n_b, -(gssize) n_a, n_b) * (gssize) block;

  return best_overlap (sent, n_sent, received, n_received, coarse - 2 * (gssize) block, coarse + 2 * (gssize) block);
}

float *
dsp_cut (const float *received, gsize n_received, gssize lag, gsize n)
{
  float *cut = g_new0 (float, n);
  gssize from = MAX (0, -lag), to = MIN ((gssize) n, (gssize) n_received - lag);

  if (to > from)
    memcpy (cut + from, received + from + lag, (to - from) * sizeof (float));
  return cut;
}
