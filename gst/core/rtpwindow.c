/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/rtpwindow.h"

#define MAX_DROPOUT 3000
#define MAX_MISORDER 100
#define DEFAULT_PACKET_MS 20

void
rtp_window_init (RtpWindow *window)
{
  *window = (RtpWindow){.packet_ms = DEFAULT_PACKET_MS};
  rtp_timing_init (&window->timing);
  loss_bursts_init (&window->bursts);
}

/* ---- history: a ring of bits by sequence number ---- */

static gboolean
history_has (const RtpWindow *window, guint16 seq)
{
  guint at = seq % RTP_WINDOW_HISTORY;
  return (window->history[at / 64] >> at % 64 & 1) != 0;
}

static void
history_put (RtpWindow *window, guint16 seq, gboolean came)
{
  guint at = seq % RTP_WINDOW_HISTORY;
  guint64 bit = G_GUINT64_CONSTANT (1) << at % 64;
  window->history[at / 64] = came ? window->history[at / 64] | bit : window->history[at / 64] & ~bit;
}

static void
settle (RtpCounts *total, LossBursts *bursts, gboolean came)
{
  if (came)
    loss_bursts_received (bursts);
  else {
    total->missing++;
    loss_bursts_lost (bursts);
  }
}

/* The highest number is one more: the oldest leaves the history, and its fate is known. */
static void
advance (RtpWindow *window)
{
  guint16 next = window->highest + 1;
  if (window->seen == RTP_WINDOW_HISTORY)
    settle (&window->total, &window->bursts, history_has (window, next));
  else
    window->seen++;
  history_put (window, next, FALSE);
  window->highest = next;
  window->total.expected++;
}

/* What is in the history, told in order. */
static void
settle_rest (const RtpWindow *window, RtpCounts *total, LossBursts *bursts)
{
  for (guint i = window->seen; i > 0; i--)
    settle (total, bursts, history_has (window, (guint16) (window->highest - i + 1)));
}

/* ---- sequences ---- */

static void
begin_sequence (RtpWindow *window, const RtpPacket *packet)
{
  if (window->begun) {
    settle_rest (window, &window->total, &window->bursts);
    window->total.restarts++;
  } else
    window->payload_type = packet->payload_type;
  window->begun = TRUE;
  window->jumped = FALSE;
  window->ssrc = packet->ssrc;
  window->highest = packet->seq - 1;
  window->seen = 0;
  window->spacing_timestamp = packet->timestamp;
  rtp_timing_init (&window->timing);
  advance (window);
  history_put (window, packet->seq, TRUE);
}

/* The time from one packet to the next, by their timestamps; packets of one frame share one. */
static void
follow_spacing (RtpWindow *window, const RtpPacket *packet, guint16 step)
{
  double ticks = (double) (gint32) (packet->timestamp - window->spacing_timestamp);
  window->spacing_timestamp = packet->timestamp;
  if (packet->clock_rate == 0 || ticks < 0 || ticks > 10.0 * packet->clock_rate)
    return;
  window->packet_ms += (ticks * 1000 / packet->clock_rate / step - window->packet_ms) / 16;
}

static void
go_forward (RtpWindow *window, const RtpPacket *packet, guint16 step)
{
  follow_spacing (window, packet, step);
  for (guint i = 0; i < step; i++)
    advance (window);
  history_put (window, packet->seq, TRUE);
}

static void
look_back (RtpWindow *window, const RtpPacket *packet)
{
  guint16 age = window->highest - packet->seq;
  if (age >= window->seen)
    window->total.late++;
  else if (history_has (window, packet->seq))
    window->total.duplicates++;
  else {
    window->total.reordered++;
    history_put (window, packet->seq, TRUE);
  }
}

/* FALSE: out of nowhere; it counts when the next one goes on from there. */
static gboolean
place (RtpWindow *window, const RtpPacket *packet)
{
  guint16 step = packet->seq - window->highest;
  if (!window->begun || packet->ssrc != window->ssrc || (window->jumped && packet->seq == window->next_of_jump))
    begin_sequence (window, packet);
  else if (step > 0 && step < MAX_DROPOUT)
    go_forward (window, packet, step);
  else if (step == 0 || step > G_MAXUINT16 + 1 - MAX_MISORDER - 1)
    look_back (window, packet);
  else {
    window->jumped = TRUE;
    window->next_of_jump = packet->seq + 1;
    return FALSE;
  }
  window->jumped = FALSE;
  return TRUE;
}

void
rtp_window_push (RtpWindow *window, const RtpPacket *packet)
{
  if (!place (window, packet)) {
    window->total.invalid++;
    return;
  }
  if (packet->payload_type != window->payload_type)
    window->total.payload_changes++;
  window->payload_type = packet->payload_type;
  window->total.packets++;
  window->total.bytes += packet->size;
  window->last_arrival = packet->arrival;
  rtp_timing_push (&window->timing, packet);
}

/* ---- results ---- */

void
rtp_window_take_interval (RtpWindow *window, RtpCounts *interval)
{
  const RtpCounts *now = &window->total, *then = &window->before;
  *interval = (RtpCounts){.packets = now->packets - then->packets,
      .bytes = now->bytes - then->bytes,
      .expected = now->expected - then->expected,
      .missing = now->missing - then->missing,
      .duplicates = now->duplicates - then->duplicates,
      .reordered = now->reordered - then->reordered,
      .late = now->late - then->late,
      .invalid = now->invalid - then->invalid,
      .restarts = now->restarts - then->restarts,
      .payload_changes = now->payload_changes - then->payload_changes};
  interval->lost = interval->expected - (gint64) interval->packets;
  window->before = *now;
}

void
rtp_window_get_total (const RtpWindow *window, RtpCounts *total)
{
  LossBursts bursts = window->bursts;
  *total = window->total;
  settle_rest (window, total, &bursts);
  total->lost = total->expected - (gint64) total->packets;
}

void
rtp_window_get_bursts (const RtpWindow *window, LossBurstMetrics *metrics)
{
  LossBursts bursts = window->bursts;
  RtpCounts scratch = window->total;
  settle_rest (window, &scratch, &bursts);
  loss_bursts_measure (&bursts, window->packet_ms, metrics);
}

double
rtp_counts_loss (const RtpCounts *counts)
{
  if (counts->expected <= 0 || counts->lost <= 0)
    return 0;
  return MIN (1, (double) counts->lost / (double) counts->expected);
}
