/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/backoff.h"

guint
backoff_delay_ms (guint attempt, guint first_ms, guint max_ms, double random)
{
  guint64 full = MAX (first_ms, 1);
  guint64 half;

  for (guint i = 0; i < attempt && full < max_ms; i++)
    full *= 2;
  full = MIN (full, max_ms);
  half = full / 2;
  return (guint) (full - half + (guint64) (CLAMP (random, 0.0, 1.0) * (double) half));
}
