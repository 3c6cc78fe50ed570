/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* callqualitymeter on networks that were made up, and on input that is no RTP or absurd. */

#include "meterharness.h"

#include <math.h>

#define RTP_OPUS "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=96"
#define PACKET (10 * GST_MSECOND)
#define TICKS 480
#define A_SECOND 100 /* packets */

typedef struct
{
  guint loss;  /* percent, spread evenly */
  guint64 cap; /* bit/s that get through; 0: all */
  guint64 rtt_ms;
} Network;

/* Which packets come: evenly spread loss, and what does not fit into the cap of a network without a queue. */
static gboolean
comes (const Network *network, guint packet, gsize size, double *budget)
{
  *budget = MIN (*budget + (double) network->cap / A_SECOND, (double) network->cap / 10);
  if (network->cap > 0 && *budget < size * 8.0)
    return FALSE;
  *budget -= network->cap > 0 ? size * 8.0 : 0;
  packet += 10; /* so that none of them is the last of a second */
  return packet * network->loss / 100 == (packet + 1) * network->loss / 100;
}

/* One interval; the grade behind it. */
static guint
second (MeterHarness *meter, const Network *network, guint number)
{
  const gsize size = 400; /* 320 kbit/s */
  double budget = 0;
  guint grade;
  g_object_set (meter->element, "rtt", network->rtt_ms * GST_MSECOND, NULL);
  for (guint i = 0; i < A_SECOND; i++) {
    guint packet = number * A_SECOND + i;
    /* The last one tells of the interval's end. */
    if (i == A_SECOND - 1 || comes (network, packet, size, &budget))
      meter_harness_rtp (meter, (guint16) packet, TICKS * packet, size, packet * PACKET);
  }
  g_object_get (meter->element, "network-quality", &grade, NULL);
  return grade;
}

static void
test_grades (void)
{
  static const Network clean = {0};
  static const struct
  {
    const char *name;
    Network network;
    guint grade;
  } rows[] = {{"clean", {0}, 1}, {"2 % loss", {.loss = 2}, 3}, {"5 % loss", {.loss = 5}, 5},
      {"10 % loss", {.loss = 10}, 5}, {"30 % loss", {.loss = 30}, 5}, {"300 ms", {.rtt_ms = 600}, 2},
      {"200 kbit/s", {.cap = 200000}, 5}};
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, "interval", GST_SECOND - PACKET, NULL);
    guint grade = 0, falls;
    for (guint n = 0; n < 6; n++)
      grade = second (meter, &clean, n);
    g_assert_cmpuint (grade, ==, 1);
    for (falls = 0; falls < 3 && grade != rows[i].grade; falls++)
      grade = second (meter, &rows[i].network, 6 + falls);
    g_test_message ("%s: grade %u after %u intervals", rows[i].name, grade, falls);
    g_assert_cmpuint (grade, ==, rows[i].grade);
    g_assert_cmpuint (falls, <=, 2);
  }
}

/* One grade at a time, and no sooner than two intervals after the last. */
static void
test_rises_slowly (void)
{
  static const Network clean = {0}, lossy = {.loss = 30};
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, "interval", GST_SECOND - PACKET, NULL);
  guint grade = 0, since = 0, seconds = 0;
  for (guint n = 0; n < 6; n++)
    grade = second (meter, &lossy, n);
  g_assert_cmpuint (grade, ==, 5);
  for (; grade > 1 && seconds < 40; seconds++, since++) {
    guint now = second (meter, &clean, 6 + seconds);
    g_assert_cmpuint (now, <=, grade);
    g_assert_cmpuint (grade - now, <=, 1);
    g_assert_true (now == grade || since >= 1);
    since = now == grade ? since : 0;
    grade = now;
  }
  g_test_message ("excellent again after %u intervals", seconds);
  g_assert_cmpuint (grade, ==, 1);
  g_assert_cmpuint (seconds, >=, 8);
}

/* ---- bad input ---- */

/* Every field that is a number is one. */
static gboolean
check_field (GQuark field, const GValue *value, gpointer data)
{
  if (G_VALUE_HOLDS_DOUBLE (value) && !isfinite (g_value_get_double (value)))
    g_error ("%s is no number", g_quark_to_string (field));
  return TRUE;
}

static GstStructure *
finish_and_check (MeterHarness *meter)
{
  GstStructure *final = meter_harness_finish (meter);
  gst_structure_foreach (final, check_field, NULL);
  return final;
}

static void
test_no_rtp (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, NULL);
  for (gsize size = 0; size < 12; size++)
    meter_harness_buffer (meter, g_malloc0 (MAX (size, 1)), size, size * PACKET, GST_CLOCK_TIME_NONE);
  for (guint i = 0; i < 20; i++) {
    guint8 *data = g_malloc0 (40);
    data[0] = (guint8) (i * 7 % 128);
    meter_harness_buffer (meter, data, 40, (12 + i) * PACKET, GST_CLOCK_TIME_NONE);
  }
  g_autoptr (GstStructure) final = finish_and_check (meter);
  g_assert_cmpuint (meter_count (final, "invalid"), ==, 32);
  g_assert_cmpuint (meter_count (final, "packets"), ==, 0);
  g_assert_cmpuint (meter_count (final, "buffers"), ==, 32);
}

/* A single number out of nowhere is no loss of thousands; a restart is none either. */
static void
test_jumps (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, NULL);
  for (guint i = 0; i < 50; i++)
    meter_harness_rtp (meter, i == 25 ? 40000 : i, TICKS * i, 100, i * PACKET);
  for (guint i = 50; i < 100; i++)
    meter_harness_rtp (meter, 30000 + i, 77777777 + TICKS * i, 100, i * PACKET);
  g_autoptr (GstStructure) final = finish_and_check (meter);
  g_assert_cmpuint (meter_count (final, "invalid"), ==, 2);
  g_assert_cmpuint (meter_count (final, "restarts"), ==, 1);
  g_assert_cmpuint (meter_count (final, "lost"), ==, 1);
}

typedef guint32 (*TimestampFunc) (guint i);

static guint32
stand_still (guint i)
{
  return 5;
}

static guint32
run_backwards (guint i)
{
  return 1000000 - TICKS * i;
}

static guint32
leap (guint i)
{
  return i * 0x7fffffffu;
}

static void
test_timestamps (void)
{
  static const TimestampFunc functions[] = {stand_still, run_backwards, leap};
  static const char *const caps[] = {RTP_OPUS, "application/x-rtp", "application/x-rtp,media=video,clock-rate=0",
      "application/x-rtp,media=video,clock-rate=1", "application/x-rtp,media=audio,clock-rate=2147483647"};
  for (guint i = 0; i < G_N_ELEMENTS (functions) * G_N_ELEMENTS (caps); i++) {
    g_autoptr (MeterHarness) meter = meter_harness_new (caps[i % G_N_ELEMENTS (caps)], NULL);
    for (guint n = 0; n < 100; n++) /* the clock stands still and runs back, too */
      meter_harness_rtp (
          meter, n, functions[i / G_N_ELEMENTS (caps)](n), 100, n < 50 ? n * PACKET : (100 - n) * PACKET);
    g_autoptr (GstStructure) final = finish_and_check (meter);
    g_assert_cmpuint (meter_count (final, "packets"), ==, 100);
    g_assert_cmpuint (meter_count (final, "lost"), ==, 0);
  }
}

/* Buffers without a time, and without caps. */
static void
test_nothing_known (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, NULL);
  for (guint i = 0; i < 50; i++)
    meter_harness_rtp (meter, i, TICKS * i, 100, GST_CLOCK_TIME_NONE);
  g_autoptr (GstStructure) final = finish_and_check (meter);
  g_assert_cmpuint (meter_count (final, "packets"), ==, 50);

  g_autoptr (MeterHarness) empty = meter_harness_new (RTP_OPUS, NULL);
  g_autoptr (GstStructure) nothing = finish_and_check (empty);
  g_assert_cmpuint (meter_count (nothing, "packets"), ==, 0);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/callqualitynetwork/grades", test_grades);
  g_test_add_func ("/callqualitynetwork/rises-slowly", test_rises_slowly);
  g_test_add_func ("/callqualitynetwork/no-rtp", test_no_rtp);
  g_test_add_func ("/callqualitynetwork/jumps", test_jumps);
  g_test_add_func ("/callqualitynetwork/timestamps", test_timestamps);
  g_test_add_func ("/callqualitynetwork/nothing-known", test_nothing_known);
  int result = g_test_run ();
  gst_deinit ();
  return result;
}
