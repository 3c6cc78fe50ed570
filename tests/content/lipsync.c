/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A flash and a beep made together arrive together. Both ways in one call: alice sends live sources, bob a file of his
 * own that has both. What is compared are timestamps, which is what a player or a muxer goes by. */

#include "content.h"

#include <glib/gstdio.h>
#include <math.h>

#include "marks.h"
#include "taps.h"

#define FLASHES 8
#define WANTED 10 /* seconds of picture */
#define RATE 30
#define LIMIT_MS 40.0
#define LOUD 0.1
#define QUIET (TAP_RATE / 5)

#define PICTURE "video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! identity name=flashes "
#define SOUND "audio/x-raw,format=S16LE,channels=1,rate=48000 ! identity name=beeps "
#define RECEIVE "in.audio_0 ! " TAP_SOUND "name=count-audio in.video_0 ! " TAP_PICTURE "name=count-video "

/* Timestamps of the first white frame of each flash. */
static GArray *
find_flashes (const GArray *frames)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  gboolean white = TRUE; /* a flash that was on already has no beginning */

  for (guint i = 0; i < frames->len; i++) {
    const TapFrame *frame = &g_array_index (frames, TapFrame, i);
    if (frame->luma > 128 && !white)
      g_array_append_val (times, frame->pts);
    white = frame->luma > 128;
  }
  return times;
}

static GstClockTime
time_of_sample (const GArray *blocks, gsize sample)
{
  const TapBlock *found = &g_array_index (blocks, TapBlock, 0);

  for (guint i = 0; i < blocks->len && g_array_index (blocks, TapBlock, i).first <= sample; i++)
    found = &g_array_index (blocks, TapBlock, i);
  return found->pts + gst_util_uint64_scale (sample - found->first, GST_SECOND, TAP_RATE);
}

/* Timestamps of the first loud sample after each silence. */
static GArray *
find_beeps (const GArray *samples, const GArray *blocks)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  gsize quiet = 0;

  for (gsize i = 0; i < samples->len; i++) {
    if (fabsf (g_array_index (samples, float, i)) < LOUD) {
      quiet++;
      continue;
    }
    if (quiet > QUIET) {
      GstClockTime time = time_of_sample (blocks, i);
      g_array_append_val (times, time);
    }
    quiet = 0;
  }
  return times;
}

/* In ms: by how much the beep is later than the flash. */
static double
nearest (const GArray *beeps, GstClockTime flash)
{
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < beeps->len; i++) {
    double offset = GST_CLOCK_DIFF (flash, g_array_index (beeps, GstClockTime, i)) / 1e6;
    if (fabs (offset) < fabs (best))
      best = offset;
  }
  return best;
}

static void
check_offsets (const char *name, Tap *sound, Tap *picture)
{
  g_autoptr (GArray) frames = tap_copy_frames (picture);
  g_autoptr (GArray) samples = tap_copy_samples (sound);
  g_autoptr (GArray) blocks = tap_copy_blocks (sound);
  g_autoptr (GArray) flashes = find_flashes (frames);
  g_autoptr (GArray) beeps = find_beeps (samples, blocks);
  double least = G_MAXDOUBLE, most = -G_MAXDOUBLE, sum = 0;
  guint n = 0;

  for (guint i = 0; i < flashes->len; i++) {
    double offset = nearest (beeps, g_array_index (flashes, GstClockTime, i));
    g_test_message (
        "  %s: flash at %.3f s, beep %+.1f ms", name, g_array_index (flashes, GstClockTime, i) / 1e9, offset);
    if (fabs (offset) > 500) /* the one was sent before the other's track was there, or not yet arrived */
      continue;
    least = MIN (least, offset);
    most = MAX (most, offset);
    sum += offset;
    n++;
  }
  g_test_message ("%s: %u flashes with their beeps: beep later by %.1f ms at least, %.1f on average, %.1f at most",
      name, n, least, sum / n, most);
  g_assert_cmpuint (n, >=, FLASHES);
  g_assert_cmpfloat (least, >, -LIMIT_MS);
  g_assert_cmpfloat (most, <, LIMIT_MS);
}

static char *
make_file (const char *directory)
{
  char *path = g_build_filename (directory, "flashes.mkv", NULL);
  g_autofree char *line =
      g_strdup_printf ("matroskamux name=mux ! filesink location=%s "
                       "videotestsrc pattern=black num-buffers=%d ! " PICTURE "! queue ! mux. "
                       "audiotestsrc wave=silence samplesperbuffer=960 num-buffers=%d ! " SOUND "! queue ! mux. ",
          path, (WANTED + 3) * RATE, (WANTED + 3) * 50);
  g_autoptr (CallPipeline) maker = call_pipeline_new (line);

  mark_flashes (maker->pipeline, "flashes");
  mark_beeps (maker->pipeline, "beeps");
  gst_element_set_state (maker->pipeline, GST_STATE_PLAYING);
  g_assert_true (call_pipeline_wait_eos (maker));
  return path;
}

static void
run_call (const char *file)
{
  g_autofree char *bob = g_strdup_printf ("callsink name=out " CONTENT_BOB "callsrc name=in " RECEIVE
                                          "filesrc location=%s ! matroskademux name=d "
                                          "d.video_0 ! queue ! out.video_0 d.audio_0 ! queue ! out.audio_0",
      file);
  ContentCall call =
      content_call_new (bob, "callsink name=out call-type=video " CONTENT_ALICE "callsrc name=in " RECEIVE
                             "videotestsrc is-live=true pattern=black ! " PICTURE "! out.video_0 "
                             "audiotestsrc is-live=true wave=silence samplesperbuffer=960 ! " SOUND "! out.audio_0");
  g_autoptr (Tap) bob_sound = tap_new (call.bob->pipeline, "count-audio");
  g_autoptr (Tap) bob_picture = tap_new (call.bob->pipeline, "count-video");
  g_autoptr (Tap) alice_sound = tap_new (call.alice->pipeline, "count-audio");
  g_autoptr (Tap) alice_picture = tap_new (call.alice->pipeline, "count-video");

  mark_flashes (call.alice->pipeline, "flashes");
  mark_beeps (call.alice->pipeline, "beeps");
  content_call_start (&call);
  g_assert_true (call_pipeline_wait_buffers (call.bob, "count-video", WANTED * RATE));
  g_assert_true (call_pipeline_wait_buffers (call.alice, "count-video", WANTED * RATE));
  content_call_clear (&call);
  check_offsets ("live", bob_sound, bob_picture);
  check_offsets ("file", alice_sound, alice_picture);
}

static void
test_together (void)
{
  g_autofree char *directory = g_dir_make_tmp ("gstcall-XXXXXX", NULL);
  g_autofree char *file = make_file (directory);

  run_call (file);
  g_unlink (file);
  g_rmdir (directory);
}

int
main (int argc, char **argv)
{
  content_init (&argc, &argv);
  g_test_add_func ("/content/lipsync", test_together);
  return content_run ();
}
