/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Figures of tshark 4.0's -z rtp,streams for the same packets. */

#include "gst/core/rtptiming.h"

#define US G_GINT64_CONSTANT (1000)

typedef struct
{
  gint64 arrival_us;
  guint16 seq;
  guint32 timestamp;
  gboolean marker;
} Row;

static void
push_rows (RtpTiming *timing, const Row *rows, guint n)
{
  rtp_timing_init (timing);
  for (guint i = 0; i < n; i++) {
    RtpPacket packet = {.arrival = rows[i].arrival_us * US,
        .seq = rows[i].seq,
        .timestamp = rows[i].timestamp,
        .marker = rows[i].marker,
        .payload_type = 111,
        .clock_rate = 48000};
    rtp_timing_push (timing, &packet);
  }
}

static void
assert_spread (const RtpSpread *spread, double min, double mean, double max)
{
  g_assert_cmpfloat_with_epsilon (spread->min, min, 0.000501);
  g_assert_cmpfloat_with_epsilon (spread->mean, mean, 0.000501);
  g_assert_cmpfloat_with_epsilon (spread->max, max, 0.000501);
}

/* A marker, a reordered packet, a duplicate, one from before the beginning, a hole. */
static void
test_mixed (void)
{
  static const Row rows[] = {{0, 100, 5000}, {20000, 101, 5960}, {41500, 102, 6920, TRUE}, {59000, 104, 8840},
      {60000, 103, 7880}, {99000, 105, 9800}, {99500, 105, 9800}, {100000, 99, 4040}, {141000, 107, 11720},
      {190000, 110, 14600}};
  RtpTiming timing;
  push_rows (&timing, rows, 9);
  g_assert_cmpuint (timing.packets, ==, 9);
  g_assert_cmpint (rtp_timing_expected (&timing), ==, 8);
  assert_spread (&timing.delta, 0.5, 19.479, 41.5);
  assert_spread (&timing.jitter, 0, 1.656, 2.713);
  push_rows (&timing, rows, 10);
  g_assert_cmpint (rtp_timing_expected (&timing), ==, 11);
  assert_spread (&timing.delta, 0.5, 22.759, 49);
  assert_spread (&timing.jitter, 0, 1.8, 2.95);
}

/* Sequence numbers and timestamps both go round. */
static void
test_wrap (void)
{
  Row rows[8];
  RtpTiming timing;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    rows[i] = (Row){i * 20000 + i % 3 * 1000, (guint16) (65533 + i), (guint32) -2000 + 960 * i};
  push_rows (&timing, rows, G_N_ELEMENTS (rows));
  g_assert_cmpint (rtp_timing_expected (&timing), ==, 8);
  assert_spread (&timing.delta, 18, 20.143, 21);
  assert_spread (&timing.jitter, 0.062, 0.278, 0.470);
}

/* A steady stream has no jitter, for as long as it likes. */
static void
test_steady (void)
{
  RtpTiming timing;
  rtp_timing_init (&timing);
  for (guint i = 0; i < 200000; i++) {
    RtpPacket packet = {
        .arrival = i * 20000 * US, .seq = (guint16) i, .timestamp = i * 160, .payload_type = 0, .clock_rate = 8000};
    rtp_timing_push (&timing, &packet);
  }
  g_assert_cmpint (rtp_timing_expected (&timing), ==, 200000);
  assert_spread (&timing.delta, 20, 20, 20);
  assert_spread (&timing.jitter, 0, 0, 0);
}

static void
test_no_clock (void)
{
  static const guint rates[] = {0, 1, 999};
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    RtpTiming timing;
    rtp_timing_init (&timing);
    for (guint n = 0; n < 4; n++) {
      RtpPacket packet = {.arrival = n * 7000 * US, .seq = (guint16) n, .clock_rate = rates[i]};
      rtp_timing_push (&timing, &packet);
    }
    g_assert_false (timing.has_jitter);
    assert_spread (&timing.delta, 7, 7, 7);
    assert_spread (&timing.jitter, 0, 0, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtptiming/mixed", test_mixed);
  g_test_add_func ("/rtptiming/wrap", test_wrap);
  g_test_add_func ("/rtptiming/steady", test_steady);
  g_test_add_func ("/rtptiming/no-clock", test_no_clock);
  return g_test_run ();
}
