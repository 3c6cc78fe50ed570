/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordlimiter.h"

#include <math.h>

void
record_limiter_init (RecordLimiter *limiter)
{
  limiter->gain = 1;
}

float
record_limiter_peak (const float *samples, gsize n_samples)
{
  float peak = 0;

  for (gsize i = 0; i < n_samples; i++)
    peak = MAX (peak, fabsf (samples[i]));
  return peak;
}

static float
allowed (float peak)
{
  return peak > RECORD_LIMITER_CEILING ? RECORD_LIMITER_CEILING / peak : 1;
}

/* Both ends of the line are at most what the block's peak allows (the beginning was held down for it when the block
 * before was done), so all of it is. */
void
record_limiter_apply (RecordLimiter *limiter, float *samples, guint frames, guint channels, float peak, float next_peak)
{
  float begin = MIN (limiter->gain, allowed (peak));
  float end = MIN (MIN (allowed (peak), allowed (next_peak)), begin * RECORD_LIMITER_RELEASE);

  limiter->gain = end;
  if (begin == 1 && end == 1)
    return;
  for (guint i = 0; i < frames; i++) {
    float gain = begin + (end - begin) * i / frames;
    for (guint channel = 0; channel < channels; channel++)
      samples[i * channels + channel] *= gain;
  }
}
