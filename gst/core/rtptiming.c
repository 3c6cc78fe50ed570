/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/rtptiming.h"

#include <math.h>

#define HALF_RANGE 0x80000000u
#define PT_CN 13
#define PT_CN_OLD 19
#define NS_IN_MS 1e6

void
rtp_timing_init (RtpTiming *timing)
{
  *timing = (RtpTiming){0};
}

gint64
rtp_timing_expected (const RtpTiming *timing)
{
  if (timing->packets == 0)
    return 0;
  return (gint64) timing->last_seq + (gint64) timing->cycles * 0x10000 - timing->first_seq + 1;
}

static void
begin (RtpTiming *timing, const RtpPacket *packet)
{
  timing->packets = 1;
  timing->first_seq = timing->last_seq = packet->seq;
  timing->first_timestamp = timing->timestamp = packet->timestamp;
  timing->arrival = packet->arrival;
  timing->payload_type = packet->payload_type;
}

static void
count_cycles (RtpTiming *timing, guint16 seq)
{
  gboolean below = seq < timing->first_seq || (seq == 0 && timing->last_seq == G_MAXUINT16);
  if (below && !timing->wrapped) {
    timing->cycles++;
    timing->wrapped = TRUE;
  } else if (seq > timing->first_seq)
    timing->wrapped = FALSE;
}

/* @packets: all that came before, but for the first. */
static void
spread_add (RtpSpread *spread, gboolean *has, double value, guint64 packets)
{
  spread->min = *has ? MIN (spread->min, value) : value;
  spread->max = MAX (spread->max, value);
  spread->mean = (spread->mean * (double) (packets - 1) + value) / (double) packets;
  *has = TRUE;
}

static void
measure (RtpTiming *timing, const RtpPacket *packet)
{
  timing->last_delta = (double) (packet->arrival - timing->arrival) / NS_IN_MS;
  /* Whole kHz, as tshark has it; clocks are multiples of it but for 11025, 22050 and 44100 Hz. */
  guint khz = packet->clock_rate / 1000;
  if (khz == 0)
    return;
  double media = (double) (gint32) (packet->timestamp - timing->timestamp) / khz;
  timing->last_jitter += (fabs (timing->last_delta - media) - timing->last_jitter) / 16;
}

static gboolean
is_comfort_noise (guint8 payload_type)
{
  return payload_type == PT_CN || payload_type == PT_CN_OLD;
}

void
rtp_timing_push (RtpTiming *timing, const RtpPacket *packet)
{
  if (timing->packets == 0) {
    begin (timing, packet);
    return;
  }
  gboolean quiet = is_comfort_noise (packet->payload_type) || is_comfort_noise (timing->payload_type);
  if (packet->timestamp - timing->first_timestamp < HALF_RANGE) {
    count_cycles (timing, packet->seq);
    measure (timing, packet);
    if (!packet->marker && !quiet) {
      spread_add (&timing->delta, &timing->has_delta, timing->last_delta, timing->packets);
      if (packet->clock_rate >= 1000)
        spread_add (&timing->jitter, &timing->has_jitter, timing->last_jitter, timing->packets);
    }
    timing->arrival = packet->arrival;
    timing->timestamp = packet->timestamp;
  }
  timing->payload_type = packet->payload_type;
  timing->last_seq = packet->seq;
  timing->packets++;
}
