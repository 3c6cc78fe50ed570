/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Several voices at once may add up to more than full scale. The limiter turns such blocks down before they do: it
 * knows the peak of the block after, so that the gain is there when the peak comes, and it moves in straight lines, so
 * that nothing is bent. What stays under the ceiling is not touched. */

#define RECORD_LIMITER_CEILING 0.98f  /* -0.18 dB: room for what a codec adds */
#define RECORD_LIMITER_RELEASE 1.023f /* by block of 20 ms: 10 dB a second */

typedef struct
{
  float gain; /* at the end of the last block */
} RecordLimiter;

void record_limiter_init (RecordLimiter *limiter);
float record_limiter_peak (const float *samples, gsize n_samples);
/* @next_peak: of the block that follows; 0 when there is none. */
void record_limiter_apply (
    RecordLimiter *limiter, float *samples, guint frames, guint channels, float peak, float next_peak);

G_END_DECLS
