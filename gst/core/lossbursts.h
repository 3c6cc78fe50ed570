/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Is loss spread out or in bursts? The two-state model of RFC 3611, appendix A.2: a burst is a stretch that begins and
 * ends with a loss and has fewer than Gmin packets received in a row within; all else is gap. Packets are told in the
 * order of their sequence numbers. */

#define LOSS_BURSTS_GMIN 16

typedef struct
{
  guint64 received, lost; /* all */
  guint64 c11, c13, c14, c22, c23, c33;
  guint64 run;      /* received since the last loss */
  guint64 in_burst; /* losses in the burst that goes on */
} LossBursts;

typedef struct
{
  double burst_density, gap_density; /* share of packets lost within, 0..1 */
  double burst_ms, gap_ms;           /* mean duration; 0 when there was no burst */
  double burst_ratio;                /* of G.107: mean run of losses over that of random loss of the same share; >= 1 */
} LossBurstMetrics;

void loss_bursts_init (LossBursts *bursts);
void loss_bursts_received (LossBursts *bursts);
void loss_bursts_lost (LossBursts *bursts);
/* @packet_ms: what one packet lasts. */
void loss_bursts_measure (const LossBursts *bursts, double packet_ms, LossBurstMetrics *metrics);

G_END_DECLS
