/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/rtppacket.h"

G_BEGIN_DECLS

typedef struct
{
  double min, mean, max; /* ms */
} RtpSpread;

/* Delta and jitter of one stream, packet after packet in the order of their coming: jitter by RFC 3550 A.8 in floating
 * point, every packet counted, and both spreads with the rules of tshark's `-z rtp,streams` (4.0), so that the two can
 * be compared to the last digit:
 *
 *   - a packet whose timestamp is before the first one's counts for nothing here, but as received
 *   - packets with the marker, comfort noise and what follows it, are left out of the spreads
 *   - a mean weighs by all packets so far, those that were left out among them
 *   - expected goes from the first to the last sequence number that came, not to the highest
 *
 * No packet makes it divide by zero or overflow. */
typedef struct
{
  guint64 packets;
  guint32 first_timestamp, timestamp; /* of the last packet in time */
  guint16 first_seq, last_seq;
  guint32 cycles;
  gboolean wrapped; /* the last packet in time is of a round of numbers whose start number has not come yet */
  guint8 payload_type;
  gint64 arrival;
  double last_delta, last_jitter; /* ms */
  RtpSpread delta, jitter;
  gboolean has_delta, has_jitter; /* one packet at least is in the spread */
} RtpTiming;

void rtp_timing_init (RtpTiming *timing);
void rtp_timing_push (RtpTiming *timing, const RtpPacket *packet);
gint64 rtp_timing_expected (const RtpTiming *timing);

G_END_DECLS
