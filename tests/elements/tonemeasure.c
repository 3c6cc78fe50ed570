/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tonemeasure.h"

#include <math.h>
#include <string.h>

#define MAX_TONES 4
#define MAX_UNKNOWNS (3 * MAX_TONES)
#define ROUNDS 12

/* Gauss-Newton over a sin, a cos and its slope by frequency for each tone: the matrix is small, so elimination with
 * pivots does. */
static void
solve (double matrix[MAX_UNKNOWNS][MAX_UNKNOWNS + 1], guint n)
{
  for (guint column = 0; column < n; column++) {
    guint pivot = column;
    for (guint row = column + 1; row < n; row++)
      pivot = fabs (matrix[row][column]) > fabs (matrix[pivot][column]) ? row : pivot;
    for (guint i = 0; i <= n; i++) {
      double swap = matrix[column][i];
      matrix[column][i] = matrix[pivot][i];
      matrix[pivot][i] = swap;
    }
    for (guint row = 0; row < n; row++) {
      double factor = row != column ? matrix[row][column] / matrix[column][column] : 0;
      for (guint i = column; i <= n; i++)
        matrix[row][i] -= factor * matrix[column][i];
    }
  }
}

typedef struct
{
  double omega, sine, cosine;
} Sine;

/* The derivatives of the model at sample @i by each unknown. */
static void
fill_row (const Sine *tones, guint n, double i, gboolean with_frequency, double *row)
{
  for (guint t = 0; t < n; t++) {
    double s = sin (tones[t].omega * i), c = cos (tones[t].omega * i);
    row[t] = s;
    row[n + t] = c;
    if (with_frequency)
      row[2 * n + t] = i * (tones[t].sine * c - tones[t].cosine * s);
  }
}

static double
value_at (const Sine *tones, guint n, double i)
{
  double value = 0;

  for (guint t = 0; t < n; t++)
    value += tones[t].sine * sin (tones[t].omega * i) + tones[t].cosine * cos (tones[t].omega * i);
  return value;
}

static void
improve (const double *samples, gsize n_samples, Sine *tones, guint n, gboolean with_frequency)
{
  double matrix[MAX_UNKNOWNS][MAX_UNKNOWNS + 1] = {{0}}, row[MAX_UNKNOWNS];
  guint unknowns = with_frequency ? 3 * n : 2 * n;
  double middle = (double) (n_samples / 2); /* keeps the unknowns apart */

  for (gsize i = 0; i < n_samples; i++) {
    double left = samples[i] - value_at (tones, n, (double) i - middle);
    fill_row (tones, n, (double) i - middle, with_frequency, row);
    for (guint a = 0; a < unknowns; a++) {
      for (guint b = 0; b < unknowns; b++)
        matrix[a][b] += row[a] * row[b];
      matrix[a][unknowns] += row[a] * left;
    }
  }
  solve (matrix, unknowns);
  for (guint t = 0; t < n; t++) {
    tones[t].sine += matrix[t][unknowns] / matrix[t][t];
    tones[t].cosine += matrix[n + t][unknowns] / matrix[n + t][n + t];
    if (with_frequency)
      tones[t].omega += matrix[2 * n + t][unknowns] / matrix[2 * n + t][2 * n + t];
  }
}

double
tone_measure (const double *samples, gsize n_samples, double rate, ToneReading *readings, guint n)
{
  Sine tones[MAX_TONES];
  double power = 0, left = 0, middle = (double) (n_samples / 2);

  g_assert (n > 0 && n <= MAX_TONES);
  for (guint t = 0; t < n; t++)
    tones[t] = (Sine){2 * G_PI * readings[t].frequency / rate, 0, 0};
  for (guint round = 0; round < ROUNDS; round++)
    improve (samples, n_samples, tones, n, round > 0);
  for (guint t = 0; t < n; t++) {
    double amplitude = hypot (tones[t].sine, tones[t].cosine);
    readings[t].frequency = tones[t].omega * rate / (2 * G_PI);
    readings[t].level = 20 * log10 (amplitude) + 3.14;
  }
  for (gsize i = 0; i < n_samples; i++) {
    double value = value_at (tones, n, (double) i - middle);
    power += value * value;
    left += (samples[i] - value) * (samples[i] - value);
  }
  return 10 * log10 (left / power + 1e-30);
}

gsize
tone_find_edge (const double *samples, gsize n, gsize from, gboolean sounding, guint rate)
{
  gsize quiet = rate / 500, run = 0;

  for (gsize i = from; i < n; i++) {
    if (sounding && samples[i] != 0)
      return i;
    run = samples[i] == 0 ? run + 1 : 0;
    if (!sounding && run == quiet)
      return i + 1 - quiet;
  }
  return n;
}
