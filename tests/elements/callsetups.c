/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* callsetups [N]: N calls one after the other in one process, sound and picture both ways, each with two new pipelines.
 * Every one connects at the first try with all four tracks flowing, and file descriptors, threads and memory end where
 * they were after the first few. */

#include <gst/gst.h>
#include <malloc.h>
#include <stdlib.h>

#include "callpipeline.h"

#define DEFAULT_CALLS 12
/* Plugins, codec tables and malloc's arenas have their size after some forty calls (seen); shorter runs judge file
 * descriptors and threads only. */
#define WARM_UP 40
#define RSS_CALLS 100

#define PARTICIPANT(more, pattern)                                                                                     \
  "callsink name=out server=direct://setups ice-address=127.0.0.1 " more " audiotestsrc is-live=true ! out.audio_0 "   \
  "videotestsrc is-live=true pattern=" pattern " ! video/x-raw,width=160,height=120,framerate=15/1 ! out.video_0 "     \
  "callsrc name=in in.audio_0 ! fakesink name=count-audio in.video_0 ! fakesink name=count-video"

typedef struct
{
  guint fds;
  guint threads;
  gsize rss;
} Footprint;

static Footprint
take_footprint (void)
{
  malloc_trim (0); /* what malloc keeps for later is not what we hold */
  return (Footprint){call_test_count_fds (), call_test_count_threads (), call_test_rss ()};
}

static void
print_footprint (guint n_calls, Footprint footprint)
{
  g_print (
      "after %u calls: %u fds, %u threads, %.1f MB\n", n_calls, footprint.fds, footprint.threads, footprint.rss / 1e6);
}

/* Threads of GLib's and GStreamer's pools linger for a while: wait until there are no more than before. */
static Footprint
settle (const Footprint *before)
{
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  Footprint now = take_footprint ();

  while ((now.threads > before->threads || now.fds > before->fds) && g_get_monotonic_time () < until) {
    g_usleep (10000);
    now = take_footprint ();
  }
  return now;
}

static void
watch_flow (CallPipeline *pipeline)
{
  g_assert_true (call_pipeline_wait_buffers (pipeline, "count-audio", 5));
  g_assert_true (call_pipeline_wait_buffers (pipeline, "count-video", 3));
  g_assert_cmpuint (pipeline->reconnects, ==, 0);
}

static gdouble
run_call (void)
{
  g_autoptr (CallPipeline) bob = call_pipeline_start (PARTICIPANT ("token=bob auto-answer=true", "ball"));
  g_autoptr (CallPipeline) alice = NULL;
  gint64 start;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  start = g_get_monotonic_time ();
  alice = call_pipeline_start (PARTICIPANT ("token=alice peer=bob", "smpte"));
  watch_flow (alice);
  watch_flow (bob);
  return (g_get_monotonic_time () - start) / 1000.0;
}

int
main (int argc, char **argv)
{
  guint n_calls = argc > 1 ? (guint) atoi (argv[1]) : DEFAULT_CALLS;
  Footprint before = {0}, after;
  gdouble slowest = 0;

  gst_init (&argc, &argv);
  for (guint i = 0; i < n_calls; i++) {
    slowest = MAX (slowest, run_call ());
    if ((i + 1) % 50 == 0)
      print_footprint (i + 1, take_footprint ());
    if (i + 1 == MIN (WARM_UP, n_calls / 2))
      before = take_footprint ();
  }
  after = settle (&before);
  g_print ("%u calls, slowest %.0f ms from start to 4 tracks; fds %u -> %u, threads %u -> %u, RSS %.1f -> %.1f MB\n",
      n_calls, slowest, before.fds, after.fds, before.threads, after.threads, before.rss / 1e6, after.rss / 1e6);
  g_assert_cmpuint (after.fds, <=, before.fds);
  g_assert_cmpuint (after.threads, <=, before.threads);
  if (n_calls >= RSS_CALLS)
    g_assert_cmpfloat (after.rss, <=, before.rss * 1.05);
  return 0;
}
