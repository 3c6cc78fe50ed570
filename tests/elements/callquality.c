/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A call with sound and picture in which one packet in twenty is lost either way: the messages of each side say so of
 * what it receives, what it sends is judged by the other's RTCP, and at the end each track has its total. */

#include <math.h>

#include "callpipeline.h"
#include "lossylegs.h"

#define NTH 20

#define PARTICIPANT(more)                                                                                              \
  "callsink name=out server=direct://quality ice-address=127.0.0.1 " more " audiotestsrc is-live=true ! out.audio_0 "  \
  "videotestsrc is-live=true pattern=ball ! video/x-raw,width=160,height=120,framerate=30/1 ! out.video_0 "            \
  "callsrc name=in in.audio_0 ! fakesink in.video_0 ! fakesink"

/* What a test waits for of one track. */
typedef struct
{
  const char *direction, *media;
  gboolean final;
  gint64 min_expected;
  gint64 expected, lost;
  double mos;
} Wanted;

static gboolean
find_track (GstMessage *message, gpointer user_data)
{
  const GstStructure *structure = gst_message_get_structure (message);
  Wanted *wanted = user_data;
  gint64 expected = 0, lost = 0;
  gboolean final = FALSE;
  guint track = G_MAXUINT;

  if (g_strcmp0 (gst_structure_get_string (structure, "direction"), wanted->direction) != 0
      || g_strcmp0 (gst_structure_get_string (structure, "media"), wanted->media) != 0)
    return FALSE;
  g_assert_cmpstr (GST_OBJECT_NAME (message->src), ==, g_str_equal (wanted->direction, "send") ? "out" : "in");
  g_assert_true (gst_structure_get_uint (structure, "track", &track) && track == 0);
  g_assert_nonnull (gst_structure_get_string (structure, "call-id"));
  gst_structure_get_boolean (structure, "final", &final);
  gst_structure_get_int64 (structure, "expected", &expected);
  gst_structure_get_int64 (structure, "lost", &lost);
  gst_structure_get_double (structure, "mos", &wanted->mos);
  wanted->expected = wanted->final ? expected : wanted->expected + expected;
  wanted->lost = wanted->final ? lost : wanted->lost + lost;
  return final == wanted->final && wanted->expected >= wanted->min_expected;
}

static void
check_track (CallPipeline *pipeline, Wanted wanted)
{
  g_assert_true (call_pipeline_wait_match (pipeline, "call-quality", find_track, &wanted));
  g_test_message ("%s %s%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " lost, mos %.3f", wanted.direction,
      wanted.media, wanted.final ? " in all" : "", wanted.lost, wanted.expected, wanted.mos);
  /* One in twenty, and what lies open at both ends. */
  g_assert_cmpfloat (fabs ((double) wanted.lost - (double) wanted.expected / NTH), <=, 2);
}

static void
test_loss (void)
{
  g_autoptr (CallPipeline) bob = call_pipeline_start (PARTICIPANT ("token=bob auto-answer=true"));
  g_autoptr (CallPipeline) alice = NULL;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = call_pipeline_start (PARTICIPANT ("token=alice peer=bob"));
  check_track (alice, (Wanted){"receive", "audio", FALSE, 150});
  check_track (alice, (Wanted){"send", "audio", FALSE, 100});
  check_track (bob, (Wanted){"send", "video", FALSE, 60});
  call_pipeline_emit (alice, "out", "hang-up");
  check_track (alice, (Wanted){"receive", "video", TRUE, 100});
  check_track (bob, (Wanted){"receive", "audio", TRUE, 200});
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  lossy_legs_install (NTH);
  g_test_add_func ("/call-quality/loss", test_loss);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
