/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What happens to legs over time: keyframes, a peer that falls silent, one leg after another on the same pads,
 * closing while a stream is stuck in the user's pipeline, and nothing left over after many of them. */

#include "gst/call/calllegprivate.h"
#include "legpair.h"

#include <gst/video/video.h>

#include <dirent.h>

#define TONE "audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1"
#define PICTURE "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1"
#define VP8_IN PICTURE " ! vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000"

static const LegSpec both = {
    .tracks = {{GST_CALL_MEDIA_AUDIO, TONE, NULL, NULL}, {GST_CALL_MEDIA_VIDEO, PICTURE, NULL, NULL}},
    .receive_audio = 1,
    .receive_video = 1};
static const LegSpec encoded = {.tracks = {{GST_CALL_MEDIA_VIDEO, VP8_IN, "video/x-vp8", NULL}},
    .receive_video = 1,
    .output = GST_CALL_OUTPUT_ENCODED};
static const LegSpec listener = {.receive_video = 1};

static guint wanted = 10;

static gboolean
all_flow (LegPair *pair)
{
  return pair->caller.error != NULL || pair->callee.error != NULL
         || (leg_side_received (&pair->caller, GST_CALL_MEDIA_AUDIO, 0).buffers >= wanted
             && leg_side_received (&pair->caller, GST_CALL_MEDIA_VIDEO, 0).buffers >= wanted
             && leg_side_received (&pair->callee, GST_CALL_MEDIA_AUDIO, 0).buffers >= wanted
             && leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).buffers >= wanted);
}

static gboolean
video_flows (LegPair *pair)
{
  return leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).buffers >= 10;
}

static void
assert_flowing (LegPair *pair)
{
  g_assert_true (leg_pair_wait (pair, all_flow, 15));
  g_assert_no_error (pair->caller.error);
  g_assert_no_error (pair->callee.error);
}

/* ---- keyframes ---- */

static guint keyframes_before;

static gboolean
another_keyframe (LegPair *pair)
{
  return leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).keyframes > keyframes_before;
}

/* The caller's own encoder makes a keyframe every 3000: one that comes was asked for. */
static void
test_key_unit (void)
{
  LegPair *pair = leg_pair_new (&encoded, &encoded);
  GstPad *sink = pair->callee.sinks[GST_CALL_MEDIA_VIDEO][0];

  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, video_flows, 15));
  /* The first of the leg, asked for when it opened: delta frames before it would not decode. */
  g_assert_cmpint (g_atomic_int_get (&pair->caller.key_units), >=, 1);
  for (guint i = 0; i < 2; i++) {
    keyframes_before = leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).keyframes;
    g_assert_cmpuint (keyframes_before, >=, 1);
    gst_pad_push_event (sink, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
    g_assert_true (leg_pair_wait (pair, another_keyframe, 5));
  }
  leg_pair_free (pair);
}

/* ---- a peer that is gone ---- */

static GstPadProbeReturn
drop (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  return GST_PAD_PROBE_DROP;
}

static void
silence_sink (const GValue *item, gpointer unused)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (g_value_get_object (item), "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, drop, NULL, NULL);
}

/* As if its network were cut: no packet leaves it. */
static void
silence (LegSide *side)
{
  GstIterator *sinks = gst_bin_iterate_all_by_element_factory_name (GST_BIN (side->leg->webrtcbin), "nicesink");

  gst_iterator_foreach (sinks, silence_sink, NULL);
  gst_iterator_free (sinks);
}

static gboolean
caller_failed (LegPair *pair)
{
  return pair->caller.error != NULL;
}

static void
assert_noticed (LegPair *pair)
{
  gint64 start;

  silence (&pair->callee);
  start = g_get_monotonic_time ();
  g_assert_true (leg_pair_wait (pair, caller_failed, 15));
  g_test_message ("noticed after %d ms", (int) (g_get_monotonic_time () - start) / 1000);
  g_assert_error (pair->caller.error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_ICE);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 7 * G_TIME_SPAN_SECOND);
}

static void
test_silent_peer (void)
{
  LegPair *pair = leg_pair_new (&both, &both);

  leg_pair_start (pair);
  wanted = 120; /* four seconds of picture: its RTCP is known by then */
  assert_flowing (pair);
  wanted = 10;
  assert_noticed (pair);
  leg_pair_free (pair);
}

static gboolean
listened_for_long (LegPair *pair)
{
  return pair->caller.error != NULL || leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).buffers >= 300;
}

/* A peer that only listens is heard by its RTCP, and is not given up for being quiet. */
static void
test_listening_peer (void)
{
  LegPair *pair = leg_pair_new (&both, &listener);

  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, listened_for_long, 20));
  g_assert_no_error (pair->caller.error);
  assert_noticed (pair);
  leg_pair_free (pair);
}

/* ---- one leg after another ---- */

static void
test_renewed (void)
{
  LegPair *pair = leg_pair_new (&both, &both);
  LegReceived before, after;

  leg_pair_start (pair);
  assert_flowing (pair);
  leg_side_close (&pair->caller);
  leg_side_close (&pair->callee);
  before = leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0);
  leg_pair_renew (pair, &both, &both);
  leg_pair_start (pair);
  wanted = before.buffers + 50;
  assert_flowing (pair);
  wanted = 10;
  after = leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0);
  g_assert_cmpuint (after.discont, >, before.discont);
  g_assert_cmpuint (after.backwards, ==, 0);
  g_assert_cmpuint (leg_side_received (&pair->callee, GST_CALL_MEDIA_AUDIO, 0).backwards, ==, 0);
  leg_pair_free (pair);
}

/* ---- closing ---- */

static gboolean
callee_is_stuck (LegPair *pair)
{
  return leg_side_stuck (&pair->callee) == 2;
}

static gboolean
unblock (gpointer side)
{
  leg_side_block (side, FALSE);
  return G_SOURCE_REMOVE;
}

/* A streaming thread stands in the user's pipeline. close() returns at once; `done` comes when the thread is free. */
static void
test_close_while_blocked (void)
{
  LegPair *pair = leg_pair_new (&both, &both);

  leg_pair_start (pair);
  assert_flowing (pair);
  leg_side_block (&pair->callee, TRUE);
  g_assert_true (leg_pair_wait (pair, callee_is_stuck, 5));
  g_timeout_add (700, unblock, &pair->callee);
  leg_side_close (&pair->callee); /* waits for done, iterating */
  g_assert_false (pair->callee.blocked);
  leg_pair_free (pair);
}

static void
test_close_at_once (void)
{
  for (guint i = 0; i < 5; i++) {
    LegPair *pair = leg_pair_new (&both, &both);
    leg_pair_start (pair);
    for (guint turn = 0; turn < i * 5; turn++)
      g_main_context_iteration (NULL, FALSE);
    leg_pair_free (pair);
  }
}

/* Webrtcbin's own thread, held while it sets a description. */
typedef struct
{
  gint entered;
  gint stopped; /* somebody changed webrtcbin's state meanwhile */
} Task;

static Task task;

static void
hold_task (GstBin *webrtcbin, GstElement *element, gpointer unused)
{
  gint64 deadline = g_get_monotonic_time () + G_TIME_SPAN_SECOND / 2;
  GstState state = GST_STATE_PLAYING;

  if (!g_str_equal (G_OBJECT_TYPE_NAME (element), "TransportReceiveBin"))
    return;
  g_atomic_int_set (&task.entered, TRUE);
  g_main_context_wakeup (NULL);
  while (state == GST_STATE_PLAYING && g_get_monotonic_time () < deadline) {
    g_usleep (1000);
    gst_element_get_state (GST_ELEMENT (webrtcbin), &state, NULL, 0);
  }
  g_atomic_int_set (&task.stopped, state != GST_STATE_PLAYING);
}

static gboolean
is_in_task (LegPair *pair)
{
  return g_atomic_int_get (&task.entered);
}

static void
close_in_task (gboolean caller)
{
  LegPair *pair = leg_pair_new (&both, &both);
  LegSide *side = caller ? &pair->caller : &pair->callee;

  task = (Task){FALSE, FALSE};
  g_signal_connect (side->leg->webrtcbin, "element-added", G_CALLBACK (hold_task), NULL);
  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, is_in_task, 15));
  leg_side_close (side);
  g_assert_false (g_atomic_int_get (&task.stopped));
  leg_pair_free (pair);
}

/* What a task adds and starts while webrtcbin stops is left running: see stop_pipeline(). */
static void
test_close_in_task (void)
{
  close_in_task (TRUE);
  close_in_task (FALSE);
}

/* ---- numbers ---- */

static const GstStructure *
get_track (const GstStructure *stats, const char *name)
{
  const GValue *value = gst_structure_get_value (stats, name);

  g_assert_nonnull (value);
  return gst_value_get_structure (value);
}

static void
test_stats (void)
{
  static const char *const names[] = {"send-audio-0", "send-video-0", "receive-audio-0", "receive-video-0"};
  LegPair *pair = leg_pair_new (&both, &both);
  g_autoptr (GstStructure) caller = NULL;
  g_autoptr (GstStructure) callee = NULL;
  guint ours, theirs;

  leg_pair_start (pair);
  gst_call_leg_set_bitrate (pair->caller.leg, GST_CALL_MEDIA_VIDEO, 0, 300000);
  wanted = 60;
  assert_flowing (pair);
  wanted = 10;
  gst_call_leg_set_bitrate (pair->caller.leg, GST_CALL_MEDIA_VIDEO, 0, 200000);
  caller = gst_call_leg_get_stats (pair->caller.leg);
  callee = gst_call_leg_get_stats (pair->callee.leg);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    guint64 packets, bytes;
    g_assert_true (gst_structure_get_uint64 (get_track (caller, names[i]), "packets", &packets));
    g_assert_true (gst_structure_get_uint64 (get_track (caller, names[i]), "bytes", &bytes));
    g_assert_cmpuint (packets, >=, 30);
    g_assert_cmpuint (bytes, >, packets);
  }
  gst_structure_get_uint (get_track (caller, "send-video-0"), "ssrc", &ours);
  gst_structure_get_uint (get_track (callee, "receive-video-0"), "ssrc", &theirs);
  g_assert_cmpuint (ours, ==, theirs);
  leg_pair_free (pair);
}

static guint
count_entries (const char *path)
{
  DIR *dir = opendir (path);
  guint count = 0;

  g_assert_nonnull (dir);
  while (readdir (dir) != NULL)
    count++;
  closedir (dir);
  return count;
}

/* Threads end a moment after they are told to. */
static gboolean
settled (LegPair *pair)
{
  guint *before = (guint *) pair;

  return count_entries ("/proc/self/task") <= before[0] && count_entries ("/proc/self/fd") <= before[1];
}

static void
test_many (void)
{
  guint before[2];

  for (guint i = 0; i < 25; i++) {
    LegPair *pair = leg_pair_new (&both, &both);
    leg_pair_start (pair);
    assert_flowing (pair);
    leg_pair_free (pair);
    if (i == 1) { /* GLib's pools and GStreamer's statics are there now */
      before[0] = count_entries ("/proc/self/task");
      before[1] = count_entries ("/proc/self/fd");
    }
  }
  g_test_message ("%u threads and %u descriptors after 2 pairs, %u and %u after 25", before[0], before[1],
      count_entries ("/proc/self/task"), count_entries ("/proc/self/fd"));
  g_assert_true (leg_pair_wait ((LegPair *) before, settled, 10));
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  gst_call_leg_warm_up ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/leg/key-unit", test_key_unit);
  g_test_add_func ("/leg/silent-peer", test_silent_peer);
  g_test_add_func ("/leg/listening-peer", test_listening_peer);
  g_test_add_func ("/leg/renewed", test_renewed);
  g_test_add_func ("/leg/close-while-blocked", test_close_while_blocked);
  g_test_add_func ("/leg/close-at-once", test_close_at_once);
  g_test_add_func ("/leg/close-in-task", test_close_in_task);
  g_test_add_func ("/leg/stats", test_stats);
  g_test_add_func ("/leg/many", test_many);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_FATAL_MASK); /* the leaks tracer warns, no-leaks.sh judges */
  gst_deinit ();
  return result;
}
