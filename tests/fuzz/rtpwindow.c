/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/rtpwindow.h"

#include <math.h>
#include <string.h>

/* What the meter does with buffers of RTP: each 16 bytes are a header, the time since the one before (ms, below 0 too),
 * and a clock rate. Every figure stays a number in its range. */

#define RECORD 16

static void
check_spread (const RtpSpread *spread)
{
  FUZZ_ASSERT (isfinite (spread->min) && isfinite (spread->mean) && isfinite (spread->max));
}

static void
check_window (const RtpWindow *window, guint64 pushed)
{
  RtpCounts total;
  LossBurstMetrics bursts;
  rtp_window_get_total (window, &total);
  rtp_window_get_bursts (window, &bursts);
  double loss = rtp_counts_loss (&total);
  FUZZ_ASSERT (total.packets + total.invalid == pushed);
  FUZZ_ASSERT (total.duplicates + total.reordered + total.late <= total.packets);
  FUZZ_ASSERT (loss >= 0 && loss <= 1);
  FUZZ_ASSERT (bursts.burst_density >= 0 && bursts.burst_density <= 1);
  FUZZ_ASSERT (bursts.gap_density >= 0 && bursts.gap_density <= 1);
  FUZZ_ASSERT (isfinite (bursts.burst_ms) && isfinite (bursts.gap_ms) && isfinite (bursts.burst_ratio));
  FUZZ_ASSERT (bursts.burst_ratio >= 1);
  check_spread (&window->timing.delta);
  check_spread (&window->timing.jitter);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint clock_rates[] = {0, 1, 8000, 11025, 48000, 90000, G_MAXUINT32};
  RtpWindow window;
  RtpCounts interval;
  RtpPacket packet = {0};
  guint64 pushed = 0;
  rtp_window_init (&window);
  for (; size >= RECORD; data += RECORD, size -= RECORD) {
    gint16 step;
    memcpy (&step, data + 12, sizeof step);
    packet.size = RECORD;
    packet.arrival += step * G_GINT64_CONSTANT (1000000);
    packet.clock_rate = clock_rates[data[14] % G_N_ELEMENTS (clock_rates)];
    if (!rtp_packet_parse (&packet, data, RTP_PACKET_HEADER))
      continue;
    rtp_window_push (&window, &packet);
    pushed++;
    if (data[15] & 1)
      rtp_window_take_interval (&window, &interval);
  }
  check_window (&window, pushed);
  return 0;
}
