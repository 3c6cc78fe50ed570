/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* callqualitymeter as an element: what passes it, what it posts and when, its properties. */

#include "meterharness.h"

#define RTP_OPUS "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=96"
#define RTP_VP8 "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96"
#define PACKET (20 * GST_MSECOND)
#define TICKS 960
#define WATCHDOG (20 * G_USEC_PER_SEC)

/* Packets @begin..@end - 1, but for each @nth; 0: all. */
static void
push_opus (MeterHarness *meter, guint begin, guint end, guint nth)
{
  for (guint i = begin; i < end; i++) {
    if (nth == 0 || i % nth != 0)
      meter_harness_rtp (meter, (guint16) i, TICKS * i, 100, i * PACKET);
  }
}

/* ---- what passes ---- */

static GstPadProbeReturn
keep_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_ptr_array_add (data, GST_PAD_PROBE_INFO_DATA (info)); /* only to compare */
  return GST_PAD_PROBE_OK;
}

static GPtrArray *
watch (MeterHarness *meter, GstPadProbeType type)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (meter->element, "src");
  GPtrArray *seen = g_ptr_array_new ();
  gst_pad_add_probe (pad, type, keep_data, seen, NULL);
  return seen;
}

static void
test_same_buffers (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, NULL);
  g_autoptr (GPtrArray) buffers = watch (meter, GST_PAD_PROBE_TYPE_BUFFER);
  g_autoptr (GPtrArray) lists = watch (meter, GST_PAD_PROBE_TYPE_BUFFER_LIST);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 50, NULL);
  GstBufferList *list = gst_buffer_list_new ();
  gst_harness_set_drop_buffers (meter->harness, FALSE);
  for (guint i = 0; i < 3; i++)
    gst_buffer_list_add (list, gst_buffer_new_allocate (NULL, 50, NULL));
  gst_harness_push (meter->harness, buffer);
  g_assert_cmpint (gst_pad_push_list (meter->harness->srcpad, list), ==, GST_FLOW_OK);
  g_assert_true (g_ptr_array_index (buffers, 0) == buffer);
  g_assert_cmpuint (lists->len, ==, 1);
  g_assert_true (g_ptr_array_index (lists, 0) == list);
  g_autoptr (GstBuffer) out = gst_harness_pull (meter->harness);
  g_assert_true (out == buffer);
  g_assert_cmpint (GST_MINI_OBJECT_REFCOUNT_VALUE (out), ==, 1);
  g_autoptr (GstStructure) final = meter_harness_finish (meter);
  g_assert_cmpuint (meter_count (final, "buffers"), ==, 4);
}

/* Every event comes out once and in its place, the end behind the final message. */
static void
test_events (void)
{
  static const GstEventType expected[] = {GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT, GST_EVENT_GAP,
      GST_EVENT_CUSTOM_DOWNSTREAM, GST_EVENT_FLUSH_START, GST_EVENT_FLUSH_STOP, GST_EVENT_SEGMENT, GST_EVENT_CAPS,
      GST_EVENT_EOS};
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, NULL);
  g_autoptr (GstCaps) opus = gst_caps_from_string ("audio/x-opus");
  GstSegment segment;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  push_opus (meter, 0, 5, 0);
  gst_harness_push_event (meter->harness, gst_event_new_gap (5 * PACKET, PACKET));
  gst_harness_push_event (
      meter->harness, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty ("GstRTPPacketLost")));
  gst_harness_push_event (meter->harness, gst_event_new_flush_start ());
  gst_harness_push_event (meter->harness, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (meter->harness, gst_event_new_segment (&segment));
  gst_harness_push_event (meter->harness, gst_event_new_caps (opus));
  g_autoptr (GstStructure) final = meter_harness_finish (meter);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GstEvent) event = gst_harness_pull_event (meter->harness);
    g_assert_cmpstr (GST_EVENT_TYPE_NAME (event), ==, gst_event_type_get_name (expected[i]));
  }
  g_assert_cmpuint (gst_harness_events_in_queue (meter->harness), ==, 0);
  g_assert_cmpuint (meter_count (final, "buffers"), ==, 5);
}

/* A flush, and a segment with other times, are no gap and no freeze; what was counted stays. */
static void
test_time_begins_anew (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_VP8, NULL);
  GstSegment segment;
  for (guint i = 0; i < 60; i++)
    meter_harness_rtp (meter, i, 3000 * i, 500, i * GST_SECOND / 30);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 100 * GST_SECOND;
  gst_harness_push_event (meter->harness, gst_event_new_segment (&segment));
  for (guint i = 60; i < 120; i++)
    meter_harness_rtp (meter, i, 3000 * i, 500, 100 * GST_SECOND + i * GST_SECOND / 30);
  g_autoptr (GstStructure) final = meter_harness_finish (meter);
  g_assert_cmpuint (meter_count (final, "frames"), ==, 120);
  g_assert_cmpuint (meter_count (final, "freezes"), ==, 0);
  g_assert_cmpfloat_with_epsilon (meter_number (final, "fps"), 30, 0.01);
  g_assert_cmpuint (meter_count (final, "duration"), <, 5 * GST_SECOND);
}

/* ---- messages ---- */

static void
test_intervals (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, "interval", 500 * GST_MSECOND, NULL);
  push_opus (meter, 0, 101, 10);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstStructure) message = meter_harness_next (meter);
    gboolean final = TRUE;
    g_assert_nonnull (message);
    g_assert_cmpuint (meter_count (message, "duration"), ==, 500 * GST_MSECOND);
    g_assert_cmpuint (meter_count (message, "running-time"), ==, PACKET + i * 500 * GST_MSECOND);
    g_assert_cmpuint (meter_count (message, "timestamp"), ==, meter_count (message, "stream-time"));
    g_assert_cmpuint (meter_count (message, "packets"), <=, 25);
    g_assert_true (gst_structure_get_boolean (message, "final", &final) && !final);
  }
  g_autoptr (GstStructure) final = meter_harness_finish (meter);
  g_assert_cmpuint (meter_count (final, "packets"), ==, 90);
  g_assert_cmpuint (
      meter_count (final, "lost"), ==, 9); /* 10, ..., 90; the 0 was never begun with, the 100 not missed */
  g_assert_cmpuint (meter_count (final, "missing"), ==, 9);
  g_assert_cmpuint (meter_count (final, "duration"), ==, 98 * PACKET);
  g_assert_cmpfloat_with_epsilon (meter_number (final, "loss"), 100.0 * 9 / 99, 1e-9);
  g_assert_cmpfloat_with_epsilon (meter_number (final, "delta-max"), 40, 1e-9);
}

static void
test_without_messages (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, "post-messages", FALSE, NULL);
  g_autoptr (GstStructure) stats = NULL;
  push_opus (meter, 0, 60, 0);
  g_assert_null (meter_harness_next (meter));
  g_object_get (meter->element, "stats", &stats, NULL);
  g_assert_nonnull (stats);
  g_assert_cmpuint (meter_count (stats, "packets"), ==, 51);
  g_assert_cmpuint (meter_count (stats, "ssrc"), ==, 0x12345678);
}

static void
test_reset (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, NULL);
  double mos;
  push_opus (meter, 0, 60, 2);
  g_object_get (meter->element, "mos", &mos, NULL);
  g_assert_cmpfloat (mos, >, 0);
  g_signal_emit_by_name (meter->element, "reset");
  g_object_get (meter->element, "mos", &mos, NULL);
  g_assert_cmpfloat (mos, ==, 0);
  push_opus (meter, 60, 80, 0);
  g_autoptr (GstStructure) final = meter_harness_finish (meter);
  g_assert_cmpuint (meter_count (final, "packets"), ==, 20);
  g_assert_cmpuint (meter_count (final, "lost"), ==, 0);
  g_assert_cmpstr (gst_structure_get_string (final, "codec"), ==, "OPUS");
}

/* ---- properties ---- */

/* The final message of a lossless second of Opus with those properties. */
static GstStructure *
rate (const char *name, const char *value)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, NULL);
  if (name != NULL)
    gst_util_set_object_arg (G_OBJECT (meter->element), name, value);
  push_opus (meter, 0, 50, 0);
  return meter_harness_finish (meter);
}

static void
test_scores (void)
{
  static const struct
  {
    const char *name, *value, *model;
    double mos;
  } rows[] = {{NULL, NULL, "g107.2", 4.4075}, {"mos-model", "g107", "g107", 4.1322}, {"codec", "PCMU", "g107", 4.4093},
      {"mos-model", "g107.1", "g107.1", 4.3868}, {"ie", "0", "g107.2", 4.5}, {"rtt", "600000000", "g107.2", 3.9600}};
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstStructure) final = rate (rows[i].name, rows[i].value);
    g_test_message ("%s=%s: %s %.4f", rows[i].name, rows[i].value, gst_structure_get_string (final, "mos-model"),
        meter_number (final, "mos"));
    g_assert_cmpstr (gst_structure_get_string (final, "mos-model"), ==, rows[i].model);
    g_assert_cmpfloat_with_epsilon (meter_number (final, "mos"), rows[i].mos, 0.00006);
    g_assert_cmpint (gst_structure_has_field (final, "mos-cq"), ==, g_strcmp0 (rows[i].name, "rtt") == 0);
    g_assert_cmpint (gst_structure_has_field (final, "rtt"), ==, g_strcmp0 (rows[i].name, "rtt") == 0);
  }
}

/* bpl counts when packets are lost. */
static void
test_bpl (void)
{
  double mos[2];
  for (guint i = 0; i < 2; i++) {
    g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, "bpl", i == 0 ? 4.3 : 25.1, NULL);
    push_opus (meter, 1, 100, 20);
    g_autoptr (GstStructure) final = meter_harness_finish (meter);
    mos[i] = meter_number (final, "mos");
  }
  g_assert_cmpfloat (mos[1], >, mos[0] + 0.5);
}

static void
test_expected_video (void)
{
  static const struct
  {
    double fps;
    guint64 bitrate;
    double mos;
  } rows[] = {{0, 0, 4.5}, {30, 0, 4.5}, {120, 0, 2.75}, {0, 16 * 120000, 2.75}};
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MeterHarness) meter = meter_harness_new (
        RTP_VP8, "expected-fps", rows[i].fps, "expected-bitrate", rows[i].bitrate, "interval", 10 * GST_SECOND, NULL);
    for (guint n = 0; n < 301; n++)
      meter_harness_rtp (meter, n, 3000 * n, 500, n * GST_SECOND / 30);
    g_autoptr (GstStructure) message = meter_harness_next (meter);
    g_assert_nonnull (message);
    g_assert_cmpfloat_with_epsilon (meter_number (message, "video-mos"), rows[i].mos, 0.01);
  }
}

static void
test_defaults_and_ranges (void)
{
  static const char *const values[][2] = {{"interval", "20000000"}, {"post-messages", "false"}, {"mos-model", "g107"},
      {"codec", "PCMA"}, {"ie", "12.5"}, {"bpl", "9"}, {"rtt", "5"}, {"expected-fps", "25"},
      {"expected-bitrate", "64000"}, {"timeout", "7"}};
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_element_factory_make ("callqualitymeter", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_auto (GValue) before = G_VALUE_INIT, set = G_VALUE_INIT, after = G_VALUE_INIT;
    GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), values[i][0]);
    g_assert_nonnull (spec);
    g_object_get_property (G_OBJECT (element), values[i][0], &before);
    g_assert_true (g_param_value_defaults (spec, &before));
    gst_util_set_object_arg (G_OBJECT (element), values[i][0], values[i][1]);
    g_object_get_property (G_OBJECT (element), values[i][0], &after);
    g_value_init (&set, spec->value_type);
    g_assert_true (gst_value_deserialize (&set, values[i][1]));
    g_assert_cmpint (g_param_values_cmp (spec, &set, &after), ==, 0);
  }
}

/* ---- notify ---- */

static void
count_notify (GObject *object, GParamSpec *spec, gpointer data)
{
  ++*(guint *) data;
}

static void
test_notify (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, NULL);
  guint mos = 0, grades = 0, grade;
  g_signal_connect (meter->element, "notify::mos", G_CALLBACK (count_notify), &mos);
  g_signal_connect (meter->element, "notify::network-quality", G_CALLBACK (count_notify), &grades);
  push_opus (meter, 0, 151, 0); /* three intervals that are the same */
  g_assert_cmpuint (mos, ==, 1);
  g_assert_cmpuint (grades, ==, 1);
  g_object_get (meter->element, "network-quality", &grade, NULL);
  g_assert_cmpuint (grade, ==, 1);
  push_opus (meter, 151, 202, 2);
  g_assert_cmpuint (mos, ==, 2);
  g_assert_cmpuint (grades, ==, 2);
  g_object_get (meter->element, "network-quality", &grade, NULL);
  g_assert_cmpuint (grade, ==, 5);
}

/* ---- silence ---- */

/* Nothing comes any more: by the clock, the network is down, and stays so until something comes. */
static void
test_timeout (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (NULL, "timeout", GST_MSECOND, NULL);
  gint64 end = g_get_monotonic_time () + WATCHDOG;
  guint grade = 0;
  gst_harness_set_src_caps_str (meter->harness, RTP_OPUS);
  push_opus (meter, 0, 60, 0);
  while (grade != 6 && g_get_monotonic_time () < end) {
    g_assert_true (gst_harness_crank_single_clock_wait (meter->harness));
    g_object_get (meter->element, "network-quality", &grade, NULL);
  }
  g_assert_cmpuint (grade, ==, 6);
  push_opus (meter, 60, 120, 0);
  g_object_get (meter->element, "network-quality", &grade, NULL);
  g_assert_cmpuint (grade, ==, 5); /* what comes back begins as very bad */
}

/* Whoever says that there is nothing is not down. */
static void
test_timeout_after_gap (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (NULL, "timeout", GST_MSECOND, NULL);
  guint grade = 0;
  gst_harness_set_src_caps_str (meter->harness, RTP_OPUS);
  push_opus (meter, 0, 60, 0);
  gst_harness_push_event (meter->harness, gst_event_new_gap (60 * PACKET, 10 * GST_SECOND));
  for (guint i = 0; i < 20; i++)
    g_assert_true (gst_harness_crank_single_clock_wait (meter->harness));
  g_object_get (meter->element, "network-quality", &grade, NULL);
  g_assert_cmpuint (grade, ==, 1);
}

static void
test_ready_forgets (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (RTP_OPUS, NULL);
  g_autoptr (GstStructure) stats = NULL;
  push_opus (meter, 0, 60, 0);
  gst_element_set_state (meter->element, GST_STATE_READY);
  gst_element_set_state (meter->element, GST_STATE_PLAYING);
  g_object_get (meter->element, "stats", &stats, NULL);
  g_assert_null (stats);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/callqualitymeter/same-buffers", test_same_buffers);
  g_test_add_func ("/callqualitymeter/events", test_events);
  g_test_add_func ("/callqualitymeter/time-begins-anew", test_time_begins_anew);
  g_test_add_func ("/callqualitymeter/intervals", test_intervals);
  g_test_add_func ("/callqualitymeter/without-messages", test_without_messages);
  g_test_add_func ("/callqualitymeter/reset", test_reset);
  g_test_add_func ("/callqualitymeter/scores", test_scores);
  g_test_add_func ("/callqualitymeter/bpl", test_bpl);
  g_test_add_func ("/callqualitymeter/expected-video", test_expected_video);
  g_test_add_func ("/callqualitymeter/defaults-and-ranges", test_defaults_and_ranges);
  g_test_add_func ("/callqualitymeter/notify", test_notify);
  g_test_add_func ("/callqualitymeter/timeout", test_timeout);
  g_test_add_func ("/callqualitymeter/timeout-after-gap", test_timeout_after_gap);
  g_test_add_func ("/callqualitymeter/ready-forgets", test_ready_forgets);
  int result = g_test_run ();
  gst_deinit ();
  return result;
}
