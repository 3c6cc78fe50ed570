/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The counters have RFC 3611's names: c11 packets received in a gap, c14 losses alone in a gap, c13 bursts that began,
 * c22 packets received in a burst after another, c23 times that a burst's losses were interrupted, c33 losses that
 * followed a loss. */

#include "gst/core/lossbursts.h"

void
loss_bursts_init (LossBursts *bursts)
{
  *bursts = (LossBursts){0};
}

void
loss_bursts_received (LossBursts *bursts)
{
  bursts->received++;
  bursts->run++;
}

void
loss_bursts_lost (LossBursts *bursts)
{
  bursts->lost++;
  if (bursts->run >= LOSS_BURSTS_GMIN) {
    if (bursts->in_burst == 1)
      bursts->c14++;
    else
      bursts->c13++;
    bursts->in_burst = 1;
    bursts->c11 += bursts->run;
  } else {
    bursts->in_burst++;
    if (bursts->run == 0)
      bursts->c33++;
    else {
      bursts->c23++;
      bursts->c22 += bursts->run - 1;
    }
  }
  bursts->run = 0;
}

static double
ratio (double part, double whole, double otherwise)
{
  return whole > 0 ? part / whole : otherwise;
}

/* Every loss that does not follow a loss begins a run of them. */
static double
burst_ratio (const LossBursts *bursts)
{
  double all = (double) (bursts->received + bursts->lost);
  double runs = (double) (bursts->lost - bursts->c33);
  double mean_run = ratio ((double) bursts->lost, runs, 1);
  return MAX (1, mean_run * ratio ((double) bursts->received, all, 1));
}

void
loss_bursts_measure (const LossBursts *bursts, double packet_ms, LossBurstMetrics *metrics)
{
  double c11 = (double) bursts->c11, c13 = (double) bursts->c13, c14 = (double) bursts->c14;
  double c22 = (double) bursts->c22, c23 = (double) bursts->c23, c33 = (double) bursts->c33;
  double c31 = c13, c32 = c23; /* what begins ends, what is interrupted goes on */
  double p32 = ratio (c32, c31 + c32 + c33, 0);
  double p23 = 1 - ratio (c22, c22 + c23, 0);
  *metrics = (LossBurstMetrics){.burst_ratio = burst_ratio (bursts)};
  metrics->gap_density = ratio (c14, c11 + c14, 0);
  if (bursts->c13 == 0)
    return;
  metrics->burst_density = ratio (p23, p23 + p32, 0);
  metrics->gap_ms = (c11 + c14 + c13) * packet_ms / c13;
  metrics->burst_ms = (c11 + c13 + c14 + c22 + c23 + c31 + c32 + c33) * packet_ms / c13 - metrics->gap_ms;
}
