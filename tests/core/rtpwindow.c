/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/rtpwindow.h"

#include <math.h>

typedef struct
{
  RtpWindow window;
  gint64 arrival;
  guint32 ssrc;
} Stream;

static void
stream_init (Stream *stream)
{
  *stream = (Stream){.ssrc = 1};
  rtp_window_init (&stream->window);
}

static void
push (Stream *stream, guint seq)
{
  RtpPacket packet = {.arrival = stream->arrival += 20 * 1000000,
      .ssrc = stream->ssrc,
      .seq = (guint16) seq,
      .timestamp = seq * 960,
      .payload_type = 111,
      .size = 100,
      .clock_rate = 48000};
  rtp_window_push (&stream->window, &packet);
}

static void
push_range (Stream *stream, guint from, guint count)
{
  for (guint i = 0; i < count; i++)
    push (stream, from + i);
}

#define assert_total(stream, member, value)                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    RtpCounts total;                                                                                                   \
    rtp_window_get_total (&(stream)->window, &total);                                                                  \
    g_assert_cmpint ((gint64) total.member, ==, value);                                                                \
  }                                                                                                                    \
  G_STMT_END

static void
test_steady (void)
{
  Stream stream;
  stream_init (&stream);
  push_range (&stream, 65000, 70000);
  assert_total (&stream, packets, 70000);
  assert_total (&stream, expected, 70000);
  assert_total (&stream, lost, 0);
  assert_total (&stream, missing, 0);
  assert_total (&stream, bytes, 7000000);
  assert_total (&stream, restarts, 0);
  g_assert_cmpfloat_with_epsilon (stream.window.packet_ms, 20, 1e-6);
}

/* Each of what can happen to a packet, counted once. */
static void
test_mixed (void)
{
  Stream stream;
  stream_init (&stream);
  push_range (&stream, 10, 90); /* 10..99 */
  push_range (&stream, 103, 7); /* 100, 101, 102 are not there */
  push (&stream, 101);          /* but one was late */
  push (&stream, 101);          /* twice */
  push (&stream, 50);           /* an old one again */
  assert_total (&stream, packets, 100);
  assert_total (&stream, expected, 100);
  assert_total (&stream, missing, 2);
  assert_total (&stream, lost, 0); /* as RFC 3550 has it: two lost, two twice */
  assert_total (&stream, duplicates, 2);
  assert_total (&stream, reordered, 1);
}

static void
test_late (void)
{
  Stream stream;
  stream_init (&stream);
  push_range (&stream, 0, 10);
  push_range (&stream, 11, 300);
  push (&stream, 310 - 99); /* within what may be misordered, and there */
  assert_total (&stream, duplicates, 1);
  assert_total (&stream, missing, 1);
  push (&stream, 5); /* nobody is that late: a jump */
  assert_total (&stream, invalid, 1);
  assert_total (&stream, restarts, 0);
  push (&stream, 311);
  assert_total (&stream, missing, 1);
}

static void
test_intervals (void)
{
  Stream stream;
  RtpCounts interval;
  stream_init (&stream);
  push_range (&stream, 0, 50);
  rtp_window_take_interval (&stream.window, &interval);
  g_assert_cmpuint (interval.packets, ==, 50);
  push_range (&stream, 55, 45);
  rtp_window_take_interval (&stream.window, &interval);
  g_assert_cmpuint (interval.packets, ==, 45);
  g_assert_cmpint (interval.expected, ==, 50);
  g_assert_cmpint (interval.lost, ==, 5);
  g_assert_cmpfloat_with_epsilon (rtp_counts_loss (&interval), 0.1, 1e-9);
  rtp_window_take_interval (&stream.window, &interval);
  g_assert_cmpuint (interval.packets, ==, 0);
  g_assert_cmpfloat (rtp_counts_loss (&interval), ==, 0);
}

/* A sender that starts anew loses nothing; a stray packet does not make it one. */
static void
test_restart (void)
{
  Stream stream;
  stream_init (&stream);
  push_range (&stream, 100, 100);
  push (&stream, 40000);
  push_range (&stream, 200, 100);
  assert_total (&stream, missing, 0);
  assert_total (&stream, invalid, 1);
  push_range (&stream, 40000, 100);
  assert_total (&stream, restarts, 1);
  assert_total (&stream, invalid, 2);
  assert_total (&stream, missing, 0);
  assert_total (&stream, packets, 299);
  stream.ssrc = 2;
  push_range (&stream, 7, 100);
  assert_total (&stream, restarts, 2);
  assert_total (&stream, missing, 0);
  assert_total (&stream, packets, 399);
}

static void
test_payload_change (void)
{
  Stream stream;
  stream_init (&stream);
  push_range (&stream, 0, 10);
  RtpPacket packet = {.ssrc = 1, .seq = 10, .payload_type = 0, .clock_rate = 8000};
  rtp_window_push (&stream.window, &packet);
  packet.seq++;
  rtp_window_push (&stream.window, &packet);
  assert_total (&stream, payload_changes, 1);
}

/* quality.md's check figure, through the window. */
static void
test_bursts (void)
{
  Stream stream;
  LossBurstMetrics metrics;
  stream_init (&stream);
  push_range (&stream, 0, 100);
  push_range (&stream, 106, 894);
  rtp_window_get_bursts (&stream.window, &metrics);
  g_assert_cmpfloat_with_epsilon (metrics.burst_ms, 120, 1e-6);
  g_assert_cmpfloat_with_epsilon (metrics.gap_ms, 2020, 1e-6);
  g_assert_cmpfloat_with_epsilon (metrics.burst_density, 1, 1e-9);
}

/* Any packets at all: counts stay consistent. */
static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  for (guint round = 0; round < 50; round++) {
    Stream stream;
    RtpCounts total;
    LossBurstMetrics metrics;
    stream_init (&stream);
    for (guint i = 0; i < 2000; i++) {
      RtpPacket packet = {.arrival = (gint64) g_rand_int (rand) * g_rand_int_range (rand, -1000, 1000),
          .ssrc = g_rand_int_range (rand, 0, 2) + 1,
          .seq = (guint16) g_rand_int (rand),
          .timestamp = g_rand_int (rand),
          .clock_rate = g_rand_int_range (rand, 0, 3) * 40000,
          .size = g_rand_int_range (rand, 0, 65536)};
      rtp_window_push (&stream.window, &packet);
    }
    rtp_window_get_total (&stream.window, &total);
    rtp_window_get_bursts (&stream.window, &metrics);
    g_assert_cmpuint (total.packets + total.invalid, ==, 2000);
    g_assert_cmpint (
        total.expected + (gint64) (total.duplicates + total.late), ==, (gint64) (total.packets + total.missing));
    g_assert_true (isfinite (metrics.burst_ms) && isfinite (metrics.gap_ms) && isfinite (stream.window.packet_ms));
    g_assert_true (isfinite (stream.window.timing.last_jitter));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtpwindow/steady", test_steady);
  g_test_add_func ("/rtpwindow/mixed", test_mixed);
  g_test_add_func ("/rtpwindow/late", test_late);
  g_test_add_func ("/rtpwindow/intervals", test_intervals);
  g_test_add_func ("/rtpwindow/restart", test_restart);
  g_test_add_func ("/rtpwindow/payload-change", test_payload_change);
  g_test_add_func ("/rtpwindow/bursts", test_bursts);
  g_test_add_func ("/rtpwindow/random", test_random);
  return g_test_run ();
}
