/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/videoscore.h"

#include <math.h>

#define LOSS_THAT_HALVES 0.05

/* Not a number: nothing is known against it. */
static double
share (double value)
{
  return isnan (value) ? 1 : CLAMP (value, 0, 1);
}

static double
of_expected (double value, double expected, double power)
{
  return expected > 0 ? share (pow (MAX (value, 0) / expected, power)) : 1;
}

double
video_score_mos (const VideoScore *score)
{
  double frames = of_expected (score->fps, score->expected_fps, 0.5);
  double fluent = 1 - (isnan (score->frozen) ? 0 : CLAMP (score->frozen, 0, 1));
  double loss = isnan (score->loss) ? 0 : CLAMP (score->loss, 0, 1);
  double whole = 1 / (1 + loss / LOSS_THAT_HALVES);
  double sharp = of_expected (score->bitrate, score->expected_bitrate, 0.25);
  return 1 + 3.5 * frames * fluent * whole * sharp;
}
