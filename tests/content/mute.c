/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* mute and video-mute in the middle of a call: silence and black arrive, then what was there before, while call and
 * leg stay what they were. */

#include "content.h"

#include "dsp.h"
#include "marks.h"
#include "taps.h"

#define TONE 440
#define SOUND (TAP_RATE / 2)
#define SILENT 0.001 /* -60 dBFS */
#define BLACK 20     /* VP8's idea of 16 */
#define ROUNDS 20    /* of half a second: the watchdog */

typedef struct
{
  ContentCall call;
  Tap *sound;
  Tap *picture;
} Test;

/* What the last half second was like. */
typedef struct
{
  double level;
  double tone;
  double luma;
  int number;
} Look;

static Look
look (Test *test)
{
  g_autoptr (GArray) samples = NULL;
  g_autoptr (GArray) frames = NULL;
  const float *last;
  Look result;

  tap_clear (test->sound);
  tap_clear (test->picture);
  g_assert_true (call_pipeline_wait_buffers (
      test->call.bob, "count-audio", call_pipeline_buffers (test->call.bob, "count-audio") + 27));
  g_assert_true (call_pipeline_wait_buffers (
      test->call.bob, "count-video", call_pipeline_buffers (test->call.bob, "count-video") + 2));
  samples = tap_copy_samples (test->sound);
  frames = tap_copy_frames (test->picture);
  g_assert_cmpuint (samples->len, >=, SOUND);
  last = (const float *) samples->data + samples->len - SOUND;
  result.level = dsp_rms (last, SOUND);
  result.tone = dsp_tone_share (last, SOUND, TONE, TAP_RATE);
  result.luma = g_array_index (frames, TapFrame, frames->len - 1).luma;
  result.number = g_array_index (frames, TapFrame, frames->len - 1).number;
  return result;
}

static gboolean
is_content (const Look *l)
{
  return l->level > 0.1 && l->tone > 0.9 && l->luma > 60 && l->number >= 0;
}

static gboolean
is_silent_and_black (const Look *l)
{
  return l->level < SILENT && l->luma < BLACK && l->number < 0;
}

static gboolean
is_silent_only (const Look *l)
{
  return l->level < SILENT && l->luma > 60 && l->number >= 0;
}

static void
wait_for (Test *test, const char *what, gboolean (*is_it) (const Look *))
{
  Look now = {0};

  for (guint i = 0; i < ROUNDS; i++) {
    now = look (test);
    if (is_it (&now))
      break;
  }
  g_test_message (
      "%s: sound %.5f (tone %.0f %%), luma %.1f, frame %d", what, now.level, now.tone * 100, now.luma, now.number);
  g_assert_true (is_it (&now));
}

static guint
count_pads (CallPipeline *pipeline)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline->pipeline), "in");

  return element->numsrcpads;
}

static void
set_mute (Test *test, gboolean mute, gboolean video_mute)
{
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (test->call.alice->pipeline), "out");

  g_object_set (out, "mute", mute, "video-mute", video_mute, NULL);
}

static Test
start (void)
{
  ContentCall call = content_call_new ("callsrc name=in " CONTENT_BOB "in.audio_0 ! " TAP_SOUND
                                       "name=count-audio in.video_0 ! " TAP_PICTURE "name=count-video",
      "callsink name=out call-type=video " CONTENT_ALICE
      "audiotestsrc is-live=true freq=440 samplesperbuffer=960 ! out.audio_0 "
      "videotestsrc is-live=true pattern=smpte ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! "
      "identity name=numbers ! out.video_0");
  Test test = {call, tap_new (call.bob->pipeline, "count-audio"), tap_new (call.bob->pipeline, "count-video")};

  mark_frames (test.call.alice->pipeline, "numbers");
  content_call_start (&test.call);
  g_assert_true (call_pipeline_wait_buffers (test.call.bob, "count-video", 1));
  return test;
}

static void
test_mute (void)
{
  Test test = start ();
  g_autofree char *call_id = g_strdup (test.call.bob->call_id);
  guint alice_states = test.call.alice->states, bob_states = test.call.bob->states;

  wait_for (&test, "before", is_content);
  set_mute (&test, TRUE, TRUE);
  wait_for (&test, "muted", is_silent_and_black);
  set_mute (&test, TRUE, FALSE);
  wait_for (&test, "sound muted", is_silent_only);
  set_mute (&test, FALSE, FALSE);
  wait_for (&test, "after", is_content);

  g_assert_cmpuint (test.call.alice->states, ==, alice_states);
  g_assert_cmpuint (test.call.bob->states, ==, bob_states);
  g_assert_cmpstr (test.call.bob->call_id, ==, call_id);
  g_assert_cmpuint (count_pads (test.call.bob), ==, 2);
  g_assert_cmpuint (test.call.bob->left_playing, ==, 0);
  content_call_clear (&test.call);
  tap_free (test.sound);
  tap_free (test.picture);
}

int
main (int argc, char **argv)
{
  content_init (&argc, &argv);
  g_test_add_func ("/content/mute", test_mute);
  return content_run ();
}
