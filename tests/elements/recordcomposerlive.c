/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The composer on the clock: it goes on whatever comes and goes. */

#include "composerrig.h"
#include "tonemeasure.h"

#include <math.h>

#define RED                                                                                                            \
  "videotestsrc is-live=true pattern=solid-color foreground-color=0xffff0000 ! "                                       \
  "video/x-raw,format=I420,width=320,height=180,framerate=30/1"
#define BLUE                                                                                                           \
  "videotestsrc is-live=true pattern=solid-color foreground-color=0xff0000ff ! "                                       \
  "video/x-raw,format=I420,width=320,height=180,framerate=30/1"
#define TONE "audiotestsrc is-live=true freq=1000 volume=0.5 samplesperbuffer=441 ! audio/x-raw,rate=44100,channels=1"

static RecordComposerSettings
settings_new (void)
{
  RecordComposerSettings settings = RECORD_COMPOSER_DEFAULTS;

  settings.width = 640;
  settings.height = 360;
  settings.names = FALSE;
  return settings;
}

static gboolean
is_colour (ComposerRig *rig, guint picture, guint x, RigColour colour)
{
  RigColour is = rig_colour_at (rig, picture, x, 180);

  return ABS (is.y - colour.y) < 24 && ABS (is.u - colour.u) < 24 && ABS (is.v - colour.v) < 24;
}

static void
assert_times (ComposerRig *rig)
{
  g_assert_cmpuint (rig->sound_gaps, ==, 0);
  g_assert_cmpint (ABS ((int) rig->pictures->len - (int) (rig->sound->len / 1600 / 2)), <=, 1);
  for (guint i = 0; i < rig->pictures->len; i++)
    g_assert_cmpuint (GST_BUFFER_PTS (g_ptr_array_index (rig->pictures, i)), ==,
        rig->sound_begin + gst_util_uint64_scale_round (i, GST_SECOND, 30));
}

/* Ten seconds: two, one, none for three seconds, one again; and one who is there, and sends nothing. */
static void
test_timeline (void)
{
  RecordComposerSettings settings = settings_new ();
  ComposerRig *rig = composer_rig_new (&settings);
  RigInput silent;
  GstElement *a, *b, *tone;
  GstPad *a_pad, *b_pad, *tone_pad;
  guint gone, back, black = 0;

  a = rig_input_launch (rig, TRUE, "anna", RED, &a_pad);
  tone = rig_input_launch (rig, FALSE, "anna", TONE, &tone_pad);
  composer_rig_play (rig);
  composer_rig_wait_pictures (rig, 45);
  b = rig_input_launch (rig, TRUE, "bert", BLUE, &b_pad);
  composer_rig_wait_pictures (rig, 90);
  rig_input_remove (rig, b, b_pad);
  composer_rig_wait_pictures (rig, 120);
  rig_input_remove (rig, a, a_pad);
  rig_input_remove (rig, tone, tone_pad);
  gone = rig->pictures->len;
  composer_rig_wait_pictures (rig, gone + 90);
  back = rig->pictures->len;
  silent = rig_input_new (rig, FALSE, "anna");
  b = rig_input_launch (rig, TRUE, "bert", BLUE, &b_pad);
  composer_rig_wait_pictures (rig, 300);
  record_composer_finish (rig->composer, rig->sound_begin + 10 * GST_SECOND);
  composer_rig_wait_end (rig, 2);
  g_test_message ("without anybody from picture %u to %u; %u pictures, %u samples", gone, back, rig->pictures->len,
      rig->sound->len / 2);
  assert_times (rig);
  g_assert_cmpint (ABS ((int) rig->pictures->len - 300), <=, 1);
  g_assert_cmpint (ABS ((int) rig->sound->len / 2 - 480000), <=, 1600);
  g_assert_true (is_colour (rig, 30, 320, rig_red));
  g_assert_true (is_colour (rig, 80, 160, rig_red) && is_colour (rig, 80, 480, rig_blue));
  g_assert_true (is_colour (rig, 115, 320, rig_red));
  for (guint i = gone; i < back; i++)
    black += is_colour (rig, i, 320, rig_black);
  g_assert_cmpuint (black, >=, back - gone - 8); /* what was made when they left lies in the queue */
  g_assert_true (is_colour (rig, 290, 160, rig_tile) && is_colour (rig, 290, 480, rig_blue));
  g_assert_nonnull (silent.pad);
  composer_rig_free (rig);
}

/* The tone at the level that it has, without a click, and digital silence after it. */
static void
test_sound (void)
{
  RecordComposerSettings settings = settings_new ();
  ComposerRig *rig = composer_rig_new (&settings);
  ToneReading reading = {.frequency = 1000};
  GstElement *tone;
  GstPad *pad;

  tone = rig_input_launch (rig, FALSE, "anna", TONE, &pad);
  composer_rig_play (rig);
  composer_rig_wait_sound (rig, 2 * 48000);
  rig_input_remove (rig, tone, pad);
  composer_rig_wait_sound (rig, 3 * 48000);
  g_autofree double *samples = rig_sound (rig, 1, 0, 3 * 48000);
  g_assert_cmpfloat (tone_measure (samples + 4800, 86400, 48000, &reading, 1), <, -60); /* not one click */
  g_assert_cmpfloat_with_epsilon (reading.level, 3.14 - 6.02, 0.1);
  for (guint i = 3 * 48000 - 19200; i < 3 * 48000; i++)
    g_assert_cmpfloat (samples[i], ==, 0);
  composer_rig_free (rig);
}

/* A file, as fast as it can be read, is held back to the clock, and nothing of it is lost. */
static void
test_file (void)
{
  RecordComposerSettings settings = settings_new ();
  ComposerRig *rig = composer_rig_new (&settings);
  RigInput video = rig_input_new (rig, TRUE, "anna"), audio = rig_input_new (rig, FALSE, "anna");
  gint64 begin = g_get_monotonic_time ();

  rig_input_colour (&video, 90, 320, 180, rig_red);
  rig_input_tone (&audio, 3 * GST_SECOND, 1000, 0.5);
  rig_input_end (&video);
  rig_input_end (&audio);
  composer_rig_play (rig);
  composer_rig_wait_pictures (rig, 60);
  g_assert_cmpint (g_get_monotonic_time () - begin, >, 1900 * G_TIME_SPAN_MILLISECOND);
  composer_rig_wait_end (rig, 2);
  assert_times (rig);
  g_assert_cmpint (ABS ((int) rig->pictures->len - 90), <=, 1);
  for (guint i = 0; i < 90; i++)
    g_assert_true (is_colour (rig, i, 320, rig_red));
  composer_rig_free (rig);
}

/* What a source says of its latency, and ours. */
static void
test_latency (void)
{
  RecordComposerSettings settings = settings_new ();
  ComposerRig *rig = composer_rig_new (&settings);
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  g_autoptr (GstPad) output = gst_element_get_static_pad (rig->composer, "audio");
  GstClockTime min;
  gboolean live;
  GstPad *pad;

  rig_input_launch (rig, FALSE, "anna", TONE " ! queue min-threshold-time=300000000", &pad);
  composer_rig_play (rig);
  composer_rig_wait_sound (rig, 48000);
  g_assert_true (gst_pad_query (output, query));
  gst_query_parse_latency (query, &live, &min, NULL);
  g_test_message ("latency %" G_GUINT64_FORMAT " ms", min / GST_MSECOND);
  g_assert_true (live);
  g_assert_cmpuint (min, >=, 500 * GST_MSECOND);
  g_assert_cmpuint (min, <=, 1500 * GST_MSECOND);
  composer_rig_free (rig);
}

/* ---- life ---- */

/* The bin does not make the pipeline live, and every state can be left again. */
static void
test_states (void)
{
  RecordComposerSettings settings = settings_new ();

  for (guint live = 0; live < 2; live++) {
    ComposerRig *rig;
    settings.live = live;
    rig = composer_rig_new (&settings);
    record_composer_want_video (rig->composer);
    record_composer_add (rig->composer, TRUE, "anna", NULL);
    for (guint i = 0; i < 3; i++) {
      g_assert_cmpint (gst_element_set_state (rig->pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_SUCCESS);
      g_assert_cmpint (gst_element_set_state (rig->pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_SUCCESS);
      g_assert_cmpint (gst_element_set_state (rig->pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_SUCCESS);
      g_assert_cmpint (gst_element_set_state (rig->pipeline, GST_STATE_READY), ==, GST_STATE_CHANGE_SUCCESS);
    }
    composer_rig_free (rig);
  }
}

/* Everybody comes and goes, by accident of a seed, and in the end all go at once. */
static void
test_come_and_go (void)
{
  static const char *const names[] = {"anna", "bert", "carl", "dora"};
  RecordComposerSettings settings = settings_new ();
  GstElement *sources[8] = {NULL};
  GstPad *pads[8] = {NULL};
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  ComposerRig *rig;

  settings.layout = RECORD_LAYOUT_GRID;
  rig = composer_rig_new (&settings);
  composer_rig_play (rig);
  for (guint step = 0; step < 120; step++) {
    guint i = step == 0 ? 0 : (guint) g_rand_int_range (random, 0, 8);
    if (sources[i] == NULL)
      sources[i] = rig_input_launch (rig, i % 2 == 0, names[i / 2], i % 2 == 0 ? RED : TONE, &pads[i]);
    else
      rig_input_remove (rig, g_steal_pointer (&sources[i]), pads[i]);
    if (step % 8 == 0)
      composer_rig_wait_pictures (rig, step / 2 + 1);
  }
  composer_rig_wait_pictures (rig, 90);
  record_composer_finish (rig->composer, GST_CLOCK_TIME_NONE);
  composer_rig_wait_end (rig, 2);
  assert_times (rig);
  composer_rig_free (rig);
}

/* An input that waits for its turn, because another one brings nothing, can be removed, and so can the other one. */
static void
test_remove_blocked (void)
{
  RecordComposerSettings settings = settings_new ();
  ComposerRig *rig;
  RigInput full, empty;

  settings.live = FALSE;
  rig = composer_rig_new (&settings);
  full = rig_input_new (rig, TRUE, "anna");
  empty = rig_input_new (rig, TRUE, "bert");
  rig_input_colour (&full, 120, 320, 180, rig_red);
  rig_input_end (&full);
  composer_rig_play (rig);
  rig_input_remove (rig, empty.source, empty.pad);
  composer_rig_wait_end (rig, 2);
  g_assert_cmpuint (rig->pictures->len, ==, 120);
  composer_rig_free (rig);

  rig = composer_rig_new (&settings);
  full = rig_input_new (rig, TRUE, "anna");
  empty = rig_input_new (rig, TRUE, "bert");
  rig_input_colour (&full, 120, 320, 180, rig_red);
  composer_rig_play (rig);
  rig_input_remove (rig, full.source, full.pad);
  rig_input_end (&empty);
  composer_rig_wait_end (rig, 2);
  composer_rig_free (rig);
}

/* One that brings nothing is left behind after a while, and the others go on. */
static void
test_stalled (void)
{
  RecordComposerSettings settings = settings_new ();
  ComposerRig *rig;
  RigInput full, empty;

  settings.live = FALSE;
  rig = composer_rig_new (&settings);
  full = rig_input_new (rig, TRUE, "anna");
  empty = rig_input_new (rig, TRUE, "bert");
  rig_input_colour (&full, 120, 320, 180, rig_red);
  composer_rig_play (rig);
  composer_rig_wait_pictures (rig, 60);
  rig_input_end (&full);
  rig_input_end (&empty);
  composer_rig_wait_end (rig, 2);
  g_assert_cmpuint (rig->pictures->len, ==, 120);
  composer_rig_free (rig);
}

int
main (int argc, char **argv)
{
  int failed;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recordcomposer/live/timeline", test_timeline);
  g_test_add_func ("/recordcomposer/live/sound", test_sound);
  g_test_add_func ("/recordcomposer/live/file", test_file);
  g_test_add_func ("/recordcomposer/live/latency", test_latency);
  g_test_add_func ("/recordcomposer/states", test_states);
  g_test_add_func ("/recordcomposer/come-and-go", test_come_and_go);
  g_test_add_func ("/recordcomposer/remove-blocked", test_remove_blocked);
  g_test_add_func ("/recordcomposer/stalled", test_stalled);
  failed = g_test_run ();
  gst_deinit ();
  return failed;
}
