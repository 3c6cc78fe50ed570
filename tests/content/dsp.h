/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the content tests ask of sound: mono, in floats. No GStreamer in here. */

double dsp_rms (const float *samples, gsize n);

/* Pearson's coefficient, -1..1; 0 where one of them is constant. */
double dsp_correlation (const float *a, const float *b, gsize n);

/* The part of the energy that is a sine of @frequency, 0..1; 0 for silence. */
double dsp_tone_share (const float *samples, gsize n, double frequency, double rate);

/* At which sample of @received the first sample of @sent is; may be negative. */
gssize dsp_find_lag (const float *sent, gsize n_sent, const float *received, gsize n_received, guint rate);

/* @n samples of @received from @lag on, zeros where there are none. */
float *dsp_cut (const float *received, gsize n_received, gssize lag, gsize n);

G_END_DECLS
