/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What tones are judged by. No GStreamer in here. */

typedef struct
{
  double frequency; /* Hz */
  double level;     /* dBm0: a sine of full scale has +3.14 */
} ToneReading;

/* Fits @n sines by least squares to the samples, frequencies, amplitudes and phases, beginning from the frequencies in
 * @readings, which may be off by half of 1 / the samples' time. Returns what is left over, as power against that of the
 * sines in dB: noise and distortion of every kind. */
double tone_measure (const double *samples, gsize n_samples, double rate, ToneReading *readings, guint n);

/* The first sample from @from on that is sound (@sounding), or silence that lasts for 2 ms; @n: none. */
gsize tone_find_edge (const double *samples, gsize n, gsize from, gboolean sounding, guint rate);

G_END_DECLS
