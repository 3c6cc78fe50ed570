/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* callsrc progress-tones: what a caller hears while it rings, after a refusal, and that the call takes over. */

#include "callpipeline.h"
#include "tonemeasure.h"

#define CALLER(more)                                                                                                   \
  "callsrc name=in server=direct://progress ice-address=127.0.0.1 token=alice peer=bob progress-tones=us " more " "    \
  "in.audio_0 ! fakesink name=count-ear sync=false signal-handoffs=true"
#define CALLEE                                                                                                         \
  "callsink name=out server=direct://progress ice-address=127.0.0.1 token=bob "                                        \
  "audiotestsrc is-live=true ! out.audio_0"

#define RATE 48000
#define HEARD (RATE / 2) /* samples that are measured */

typedef struct
{
  GMutex lock;
  GCond cond;
  double samples[HEARD];
  gsize n;
  GstClockTime last; /* PTS of the last buffer */
  guint backwards;
} Ear;

/* The first channel, from the beginning of sound on. */
static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Ear *self = user_data;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_mutex_lock (&self->lock);
  for (gsize i = 0; i < map.size / 4 && self->n < HEARD; i++)
    self->samples[self->n++] = ((const gint16 *) map.data)[2 * i] / 32768.0;
  self->backwards += self->last != 0 && GST_BUFFER_PTS (buffer) < self->last;
  self->last = GST_BUFFER_PTS (buffer);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (buffer, &map);
}

static void
listen (CallPipeline *pipeline, Ear *ear)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline->pipeline), "count-ear");

  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), ear);
  gst_element_set_state (pipeline->pipeline, GST_STATE_PLAYING);
}

static void
assert_tones (Ear *ear, double low, double high, double level)
{
  ToneReading readings[] = {{low + 0.2, 0}, {high + 0.2, 0}};
  gint64 until = g_get_monotonic_time () + CALL_TEST_TIMEOUT / 1000;
  gboolean in_time = TRUE;

  g_mutex_lock (&ear->lock);
  while (ear->n < HEARD && in_time)
    in_time = g_cond_wait_until (&ear->cond, &ear->lock, until);
  g_mutex_unlock (&ear->lock);
  g_assert_cmpuint (ear->n, ==, HEARD);
  /* without the edges of the tone */
  double rest = tone_measure (ear->samples + 4800, 14400, RATE, readings, 2);
  g_test_message ("%.4f Hz %.3f dBm0, %.4f Hz %.3f dBm0, rest %.1f dB", readings[0].frequency, readings[0].level,
      readings[1].frequency, readings[1].level, rest);
  g_assert_cmpfloat_with_epsilon (readings[0].frequency, low, 0.05);
  g_assert_cmpfloat_with_epsilon (readings[1].frequency, high, 0.05);
  g_assert_cmpfloat_with_epsilon (readings[0].level, level, 0.05);
  g_assert_cmpfloat (rest, <, -60);
}

static void
test_ringback (void)
{
  g_autofree Ear *ear = g_new0 (Ear, 1); /* outlives the pipelines */
  g_autoptr (CallPipeline) bob = call_pipeline_start (CALLEE);
  g_autoptr (CallPipeline) alice = NULL;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = call_pipeline_new (CALLER (""));
  listen (alice, ear);
  g_assert_true (call_pipeline_wait_state (alice, "ringing"));
  assert_tones (ear, 440, 480, -19);
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (bob->pipeline), "out");
  g_signal_emit_by_name (out, "answer", NULL);
  g_assert_true (call_pipeline_wait_state (alice, "connected"));
  g_assert_true (call_pipeline_wait_buffers (alice, "count-ear", call_pipeline_buffers (alice, "count-ear") + 20));
  call_pipeline_emit (bob, "out", "hang-up");
  g_assert_true (call_pipeline_wait_eos (alice));
  g_assert_cmpuint (ear->backwards, ==, 0);
}

static void
test_busy (void)
{
  g_autofree Ear *ear = g_new0 (Ear, 1); /* outlives the pipelines */
  g_autoptr (CallPipeline) bob = call_pipeline_start (CALLEE);
  g_autoptr (CallPipeline) alice = NULL;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = call_pipeline_new (CALLER (" on-end=wait"));
  g_assert_true (gst_element_set_state (alice->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
  g_assert_true (call_pipeline_wait_state (alice, "ringing"));
  call_pipeline_emit (bob, "out", "hang-up");
  g_assert_true (call_pipeline_wait_state (alice, "ended"));
  listen (alice, ear); /* it is PLAYING already */
  assert_tones (ear, 480, 620, -24);
}

/* No pipeline waits for a tone's end. */
static void
test_stop (void)
{
  g_autofree Ear *ear = g_new0 (Ear, 1); /* outlives the pipelines */
  g_autoptr (CallPipeline) bob = call_pipeline_start (CALLEE);
  g_autoptr (CallPipeline) alice = NULL;
  gint64 before;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = call_pipeline_new (CALLER (""));
  listen (alice, ear);
  assert_tones (ear, 440, 480, -19);
  before = g_get_monotonic_time ();
  gst_element_set_state (alice->pipeline, GST_STATE_NULL);
  g_assert_cmpint (g_get_monotonic_time () - before, <, CALL_TEST_TIMEOUT / 1000);
}

/* The ringback stands in a pipeline that was paused: the call goes on without it. */
static void
test_paused (void)
{
  g_autoptr (CallPipeline) bob = call_pipeline_start (CALLEE);
  g_autoptr (CallPipeline) alice = NULL;
  g_autoptr (GstElement) ear = NULL;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = call_pipeline_start (CALLER (" on-end=wait"));
  g_assert_true (call_pipeline_wait_state (alice, "ringing"));
  g_assert_true (call_pipeline_wait_buffers (alice, "count-ear", 5));
  ear = gst_bin_get_by_name (GST_BIN (alice->pipeline), "count-ear");
  gst_element_set_state (alice->pipeline, GST_STATE_PAUSED);
  g_assert_cmpint (gst_element_get_state (ear, NULL, NULL, CALL_TEST_TIMEOUT), ==, GST_STATE_CHANGE_SUCCESS);
  call_pipeline_emit (bob, "out", "hang-up");
  g_assert_true (call_pipeline_wait_state (alice, "idle"));
}

static void
test_settings (void)
{
  static const char *const bad[] = {"progress-tones=xx", "progress-tones=us output=rtp"};

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *line = g_strdup_printf ("callsrc server=direct://progress token=alice %s", bad[i]);
    g_autoptr (CallPipeline) alice = call_pipeline_new (line);
    gst_element_set_state (alice->pipeline, GST_STATE_PLAYING);
    g_assert_true (call_pipeline_wait_error (alice));
    g_assert_error (alice->error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/callprogress/ringback", test_ringback);
  g_test_add_func ("/callprogress/busy", test_busy);
  g_test_add_func ("/callprogress/stop", test_stop);
  g_test_add_func ("/callprogress/paused", test_paused);
  g_test_add_func ("/callprogress/settings", test_settings);
  return g_test_run ();
}
