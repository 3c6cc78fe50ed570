/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/lossbursts.h"
#include "gst/core/rtptiming.h"

G_BEGIN_DECLS

/* What an RTP stream has gone through: loss, duplicates, reordering, bursts, jitter, bitrate, over the last interval
 * and in all. Sequence numbers are followed as in RFC 3550 A.1: a jump of 3000 or more, or back by more than 100, is
 * believed only when the next packet goes on from there, and is then a restart of the sender, not loss.
 *
 *   number    ... h-128 ........ h-1  h            h: the highest so far
 *   history          1 0 1 1 1 1 1 0  1            came, or not (yet)
 *                    ^
 *                    +- leaves the history with the next packet: only now is a hole a loss
 *
 * So a packet that is late by less than the history is reordered and not lost, and one that came before is known as a
 * duplicate. Another SSRC, or a restart, begins a new sequence; what was counted stays. */

#define RTP_WINDOW_HISTORY 128 /* packets */

typedef struct
{
  guint64 packets; /* received, duplicates among them */
  guint64 bytes;   /* header and all */
  gint64 expected; /* by the sequence numbers */
  gint64 lost;     /* expected - packets as RFC 3550 has it: duplicates make it smaller, below 0 even */
  guint64 missing; /* numbers that never came, or too late to be told from a duplicate */
  guint64 duplicates, reordered;
  guint64 late;     /* older than the history */
  guint64 invalid;  /* a jump that the next packet did not confirm */
  guint64 restarts; /* SSRC changed, or a jump was confirmed */
  guint64 payload_changes;
} RtpCounts;

typedef struct
{
  RtpCounts total, before; /* before: total when the interval began */
  RtpTiming timing;        /* of the sequence that goes on */
  LossBursts bursts;
  guint32 ssrc;
  guint8 payload_type;
  guint16 highest, next_of_jump;
  gboolean begun, jumped;
  guint seen; /* numbers of this sequence in the history */
  guint64 history[RTP_WINDOW_HISTORY / 64];
  gint64 last_arrival;       /* ns */
  guint32 spacing_timestamp; /* of the highest, for the duration of a packet */
  double packet_ms;          /* smoothed */
} RtpWindow;

void rtp_window_init (RtpWindow *window);
void rtp_window_push (RtpWindow *window, const RtpPacket *packet);

/* What was counted since the last call. */
void rtp_window_take_interval (RtpWindow *window, RtpCounts *interval);
/* The whole, with holes that are still open counted as missing: for the end. */
void rtp_window_get_total (const RtpWindow *window, RtpCounts *total);
void rtp_window_get_bursts (const RtpWindow *window, LossBurstMetrics *metrics);
double rtp_counts_loss (const RtpCounts *counts); /* lost / expected, 0..1 */

G_END_DECLS
