/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The composer, faster than the clock, so that each picture and each sample is known. The live one is in
 * recordcomposerlive.c. */

#include "composerrig.h"
#include "tonemeasure.h"

#include <math.h>

static const RecordComposerSettings small = {.layout = RECORD_LAYOUT_SIDE_BY_SIDE,
    .width = 640,
    .height = 360,
    .fps_n = 30,
    .fps_d = 1,
    .tile_after = GST_SECOND};

static void
assert_timeline (ComposerRig *rig, guint pictures, guint samples)
{
  g_assert_cmpuint (rig->pictures->len, ==, pictures);
  g_assert_cmpuint (rig->sound->len / 2, ==, samples);
  g_assert_cmpuint (rig->sound_gaps, ==, 0);
  for (guint i = 0; i < rig->pictures->len; i++) {
    GstBuffer *picture = g_ptr_array_index (rig->pictures, i);
    g_assert_cmpuint (GST_BUFFER_PTS (picture), ==, rig->sound_begin + gst_util_uint64_scale_round (i, GST_SECOND, 30));
  }
}

/* ---- pictures ---- */

static void
test_places (void)
{
  ComposerRig *rig = composer_rig_new (&small);
  RigInput a = rig_input_new (rig, TRUE, "anna"), b = rig_input_new (rig, TRUE, "bert");

  rig_input_colour (&a, 30, 320, 240, rig_red);
  rig_input_colour (&b, 30, 640, 360, rig_blue);
  rig_input_end (&a);
  rig_input_end (&b);
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 2);
  assert_timeline (rig, 30, 48000);
  for (guint i = 0; i < 30; i++) {
    rig_assert_colour (rig, i, 160, 180, rig_red);
    rig_assert_colour (rig, i, 2, 64, rig_red); /* 4:3 in 320x360: from line 60 to 300 */
    rig_assert_colour (rig, i, 317, 296, rig_red);
    rig_assert_colour (rig, i, 160, 56, rig_black);
    rig_assert_colour (rig, i, 160, 304, rig_black);
    rig_assert_colour (rig, i, 480, 180, rig_blue);
    rig_assert_colour (rig, i, 322, 94, rig_blue); /* 16:9: from line 90 to 270 */
    rig_assert_colour (rig, i, 637, 266, rig_blue);
    rig_assert_colour (rig, i, 480, 86, rig_black);
    rig_assert_colour (rig, i, 480, 274, rig_black);
  }
  composer_rig_free (rig);
}

static void
test_grid (void)
{
  RecordComposerSettings settings = small;
  RigInput inputs[RECORD_LAYOUT_CELLS];
  ComposerRig *rig;

  settings.layout = RECORD_LAYOUT_GRID;
  rig = composer_rig_new (&settings);
  for (guint i = 0; i < RECORD_LAYOUT_CELLS; i++) {
    g_autofree char *name = g_strdup_printf ("p%u", i);
    inputs[i] = rig_input_new (rig, TRUE, name);
    rig_input_colour (&inputs[i], 3, 160, 90, (RigColour){(guint8) (30 + 12 * i), 128, 128});
    rig_input_end (&inputs[i]);
  }
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 2);
  for (guint i = 0; i < RECORD_LAYOUT_CELLS; i++)
    for (guint corner = 0; corner < 4; corner++)
      g_assert_cmpint (rig_colour_at (rig, 2, i % 4 * 160 + corner % 2 * 159, i / 4 * 90 + corner / 2 * 89).y, ==,
          30 + 12 * (int) i);
  composer_rig_free (rig);
}

/* A size that changes in the stream fills the cell with the next picture, and the times know nothing of it. */
static void
test_resolution (void)
{
  ComposerRig *rig = composer_rig_new (&small);
  RigInput a = rig_input_new (rig, TRUE, "anna"), b = rig_input_new (rig, TRUE, "bert");

  rig_input_colour (&a, 10, 320, 240, rig_red);
  rig_input_colour (&a, 10, 1280, 720, rig_green);
  rig_input_colour (&a, 10, 240, 320, rig_red);
  rig_input_colour (&b, 30, 640, 360, rig_blue);
  rig_input_end (&a);
  rig_input_end (&b);
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 2);
  assert_timeline (rig, 30, 48000);
  for (guint i = 0; i < 30; i++) {
    rig_assert_colour (rig, i, 160, 180, i / 10 == 1 ? rig_green : rig_red);
    rig_assert_colour (rig, i, 4, 64, i / 10 == 0 ? rig_red : rig_black);
    rig_assert_colour (rig, i, 4, 94, i / 10 == 0 ? rig_red : i / 10 == 1 ? rig_green : rig_black);
    rig_assert_colour (rig, i, 160, 4, i / 10 == 2 ? rig_red : rig_black);
    rig_assert_colour (rig, i, 480, 180, rig_blue);
  }
  composer_rig_free (rig);
}

/* One comes later, and one stops: the last picture for a second, then the tile. */
static void
test_late_and_early (void)
{
  ComposerRig *rig = composer_rig_new (&small);
  RigInput a = rig_input_new (rig, TRUE, "anna"), b = rig_input_new (rig, TRUE, "bert");

  rig_input_colour (&a, 15, 640, 360, rig_red);
  b.next = GST_SECOND / 2;
  rig_input_colour (&b, 75, 640, 360, rig_blue);
  rig_input_end (&a);
  rig_input_end (&b);
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 2);
  assert_timeline (rig, 90, 3 * 48000);
  for (guint i = 0; i < 90; i++) {
    rig_assert_colour (rig, i, 160, 180, i < 45 ? rig_red : rig_tile);
    rig_assert_colour (rig, i, 480, 180, i < 15 ? rig_tile : rig_blue);
  }
  composer_rig_free (rig);
}

/* Who is heard, not seen, has a tile; and he who speaks is large. */
static void
test_speaker (void)
{
  RecordComposerSettings settings = small;
  ComposerRig *rig;
  RigInput a, b, a_sound, b_sound;
  guint changed = 0;

  settings.layout = RECORD_LAYOUT_SPEAKER;
  rig = composer_rig_new (&settings);
  a = rig_input_new (rig, TRUE, "anna");
  a_sound = rig_input_new (rig, FALSE, "anna");
  b_sound = rig_input_new (rig, FALSE, "bert");
  b = rig_input_new (rig, TRUE, "bert");
  rig_input_colour (&a, 240, 640, 360, rig_red);
  rig_input_colour (&b, 240, 640, 360, rig_blue);
  rig_input_tone (&a_sound, 4 * GST_SECOND, 440, 0.3);
  rig_input_tone (&a_sound, 4 * GST_SECOND, 440, 0);
  rig_input_tone (&b_sound, 4 * GST_SECOND, 440, 0);
  rig_input_tone (&b_sound, 4 * GST_SECOND, 440, 0.3);
  rig_input_end (&a);
  rig_input_end (&b);
  rig_input_end (&a_sound);
  rig_input_end (&b_sound);
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 2);
  assert_timeline (rig, 240, 8 * 48000);
  while (changed < 240 && ABS (rig_colour_at (rig, changed, 100, 100).u - rig_red.u) < 12)
    changed++;
  g_test_message ("the other one is large from picture %u on, %.2f s after he began", changed, changed / 30.0 - 4);
  g_assert_cmpuint (changed, >, 4 * 30 + 9);
  g_assert_cmpuint (changed, <, 5 * 30);
  for (guint i = 0; i < 240; i++) {
    rig_assert_colour (rig, i, 100, 100, i < changed ? rig_red : rig_blue);
    rig_assert_colour (rig, i, 540, 300, i < changed ? rig_blue : rig_red); /* the inset */
  }
  composer_rig_free (rig);
}

/* ---- names ---- */

/* Bright points where a name is, in a picture that has none otherwise. */
static guint
count_name (const char *name, gboolean names, guint cell)
{
  RecordComposerSettings settings = small;
  ComposerRig *rig;
  RigInput a, b;
  guint bright;

  settings.names = names;
  rig = composer_rig_new (&settings);
  a = rig_input_new (rig, TRUE, "");
  b = rig_input_new (rig, TRUE, "bert");
  record_composer_set_label (rig->composer, "", name);
  rig_input_colour (&a, 2, 640, 360, rig_black);
  rig_input_colour (&b, 2, 640, 360, rig_black);
  rig_input_end (&a);
  rig_input_end (&b);
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 2);
  bright = rig_count_bright (rig, 1, 320 * cell, 250, 320, 20, 128); /* the foot of 16:9 in 320x360 */
  g_assert_cmpuint (rig_count_bright (rig, 1, 0, 0, 640, 250, 128), ==, 0);
  g_assert_cmpuint (rig_count_bright (rig, 1, 0, 270, 640, 90, 128), ==, 0);
  composer_rig_free (rig);
  return bright;
}

static void
test_names (void)
{
  g_autoptr (GstElementFactory) overlay = gst_element_factory_find ("textoverlay");
  guint one, three, markup;

  g_assert_cmpuint (count_name ("Anna", FALSE, 0), ==, 0);
  if (overlay == NULL) {
    g_assert_cmpuint (count_name ("Anna", TRUE, 0), ==, 0);
    g_test_skip ("no textoverlay: names cannot be drawn");
    return;
  }
  one = count_name ("M", TRUE, 0);
  three = count_name ("MMM", TRUE, 0);
  markup = count_name ("<b>M & M</b>", TRUE, 0);
  g_test_message ("bright points: M %u, MMM %u, <b>M & M</b> %u", one, three, markup);
  g_assert_cmpuint (one, >, 5);
  g_assert_cmpfloat_with_epsilon (three, 3.0 * one, one * 0.5);
  g_assert_cmpuint (markup, >, three); /* as it is written */
  g_assert_cmpuint (count_name ("", TRUE, 0), ==, 0);
  g_assert_cmpuint (count_name ("M", TRUE, 1), >, one); /* bert */
  g_assert_cmpuint (count_name ("a name that is much too long for any cell, and goes on and on, and on", TRUE, 1), ==,
      count_name ("M", TRUE, 1));
  g_assert_cmpuint (count_name ("\xff\xfe two\nlines", TRUE, 0), >, one);
}

/* ---- sound ---- */

/* Levels of a, b and c in a channel, against their own, in dB. */
static void
measure (ComposerRig *rig, guint channel, double levels[3])
{
  g_autofree double *samples = rig_sound (rig, channel, 24000, 48000);
  ToneReading readings[] = {{440}, {1000}, {2500}};

  tone_measure (samples, 48000, 48000, readings, 3);
  for (guint i = 0; i < 3; i++)
    levels[i] = readings[i].level - 3.14 - 20 * log10 (0.2);
  g_test_message ("channel %u: %.1f %.1f %.1f dB", channel, levels[0], levels[1], levels[2]);
}

static void
mix_three (gboolean stereo, double left[3], double right[3])
{
  static const double frequencies[] = {440, 1000, 2500};
  static const char *const names[] = {"anna", "bert", "carl"};
  RecordComposerSettings settings = small;
  ComposerRig *rig;

  settings.stereo = stereo;
  rig = composer_rig_new (&settings);
  for (guint i = 0; i < 3; i++) {
    RigInput input = rig_input_new (rig, FALSE, names[i]);
    rig_input_tone (&input, 2 * GST_SECOND, frequencies[i], 0.2);
    rig_input_end (&input);
  }
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 1);
  g_assert_cmpuint (rig->pictures->len, ==, 0);
  g_assert_cmpint (ABS ((int) rig->sound->len / 2 - 96000), <=, 1);
  measure (rig, 0, left);
  measure (rig, 1, right);
  composer_rig_free (rig);
}

static void
test_sides (void)
{
  double left[3], right[3];

  mix_three (TRUE, left, right);
  g_assert_cmpfloat_with_epsilon (left[0], 0, 0.1);
  g_assert_cmpfloat (left[1], <, -60);
  g_assert_cmpfloat_with_epsilon (left[2], -3.01, 0.1);
  g_assert_cmpfloat (right[0], <, -60);
  g_assert_cmpfloat_with_epsilon (right[1], 0, 0.1);
  g_assert_cmpfloat_with_epsilon (right[2], -3.01, 0.1);
  mix_three (FALSE, left, right);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpfloat_with_epsilon (left[i], 0, 0.1);
    g_assert_cmpfloat_with_epsilon (right[i], 0, 0.1);
  }
}

/* Four who shout at full scale: 12 dB too much. Nothing is clipped, and no more comes out than four tones. */
static void
test_loud (void)
{
  static const double frequencies[] = {300, 500, 1100, 1700};
  ComposerRig *rig = composer_rig_new (&small);
  ToneReading readings[4];
  double rest, peak = 0;

  for (guint i = 0; i < 4; i++) {
    g_autofree char *name = g_strdup_printf ("p%u", i);
    RigInput input = rig_input_new (rig, FALSE, name);
    rig_input_tone (&input, 3 * GST_SECOND, frequencies[i], 1);
    rig_input_end (&input);
    readings[i].frequency = frequencies[i];
  }
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 1);
  g_autofree double *samples = rig_sound (rig, 0, 0, 3 * 48000 - 1000);
  for (guint i = 0; i < 3 * 48000 - 1000; i++)
    peak = MAX (peak, fabs (samples[i]));
  rest = tone_measure (samples + 48000, 48000, 48000, readings, 4);
  g_test_message ("peak %.4f, rest %.1f dB", peak, rest);
  g_assert_cmpfloat (peak, <, 0.99);
  g_assert_cmpfloat (peak, >, 0.9);
  g_assert_cmpfloat (rest, <, -30);
  composer_rig_free (rig);
}

/* Blocks that come late, in other rates, with a gap in between: everything at its place, silence where nothing is. */
static void
test_gap (void)
{
  ComposerRig *rig = composer_rig_new (&small);
  RigInput input = rig_input_new (rig, FALSE, "anna");
  gsize begin, end, again;

  input.next = 7 * GST_SECOND;
  rig_input_tone (&input, GST_SECOND, 1000, 0.5);
  input.next += GST_SECOND;
  rig_input_tone (&input, GST_SECOND, 1000, 0.5);
  rig_input_end (&input);
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 1);
  g_assert_cmpuint (rig->sound_begin, ==, 7 * GST_SECOND);
  g_assert_cmpint (ABS ((int) rig->sound->len / 2 - 3 * 48000), <=, 1);
  g_autofree double *samples = rig_sound (rig, 1, 0, rig->sound->len / 2);
  begin = tone_find_edge (samples, rig->sound->len / 2, 0, TRUE, 48000);
  end = tone_find_edge (samples, rig->sound->len / 2, 4800, FALSE, 48000);
  again = tone_find_edge (samples, rig->sound->len / 2, end, TRUE, 48000);
  g_test_message ("sound from sample %zu to %zu, and from %zu on", begin, end, again);
  g_assert_cmpuint (begin, <, 48);
  g_assert_cmpint (ABS ((int) end - 48000), <, 96);
  g_assert_cmpint (ABS ((int) again - 96000), <, 96);
  composer_rig_free (rig);
}

/* ---- both ---- */

/* A flash and a beep at 1 s and at 2.5 s are a flash and a beep at 1 s and at 2.5 s. */
static void
test_sync (void)
{
  static const guint flashes[] = {30, 75};
  ComposerRig *rig = composer_rig_new (&small);
  RigInput video = rig_input_new (rig, TRUE, "anna"), audio = rig_input_new (rig, FALSE, "bert");
  gsize at = 0;

  for (guint i = 0; i < 2; i++) {
    rig_input_colour (&video, flashes[i] - (guint) (video.next * 30 / GST_SECOND), 320, 180, rig_black);
    rig_input_colour (&video, 3, 320, 180, rig_white);
    rig_input_tone (&audio, flashes[i] * GST_SECOND / 30 - audio.next, 1000, 0);
    rig_input_tone (&audio, 100 * GST_MSECOND, 1000, 0.5);
  }
  rig_input_end (&video);
  rig_input_end (&audio);
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 2);
  g_autofree double *samples = rig_sound (rig, 0, 0, rig->sound->len / 2);
  for (guint i = 0; i < 2; i++) {
    at = tone_find_edge (samples, rig->sound->len / 2, at + 10000, TRUE, 48000);
    g_test_message ("beep at %.2f ms, flash at %.2f ms", (double) at / 48, flashes[i] / 0.03);
    g_assert_cmpfloat (fabs ((double) at / 48000 - flashes[i] / 30.0), <, 0.002);
    rig_assert_colour (rig, flashes[i] - 1, 160, 100, rig_black);
    rig_assert_colour (rig, flashes[i], 160, 100, rig_white);
  }
  composer_rig_free (rig);
}

/* Nothing at all, and an end: no error, no picture, no hang. */
static void
test_nothing (void)
{
  ComposerRig *rig = composer_rig_new (&small);
  RigInput video = rig_input_new (rig, TRUE, "anna"), audio = rig_input_new (rig, FALSE, "bert");

  rig_input_end (&video);
  rig_input_end (&audio);
  composer_rig_play (rig);
  composer_rig_wait_end (rig, 2);
  g_assert_cmpuint (rig->pictures->len, ==, 0);
  g_assert_cmpuint (rig->sound->len, ==, 0);
  composer_rig_free (rig);
}

int
main (int argc, char **argv)
{
  int failed;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recordcomposer/places", test_places);
  g_test_add_func ("/recordcomposer/grid", test_grid);
  g_test_add_func ("/recordcomposer/resolution", test_resolution);
  g_test_add_func ("/recordcomposer/late-and-early", test_late_and_early);
  g_test_add_func ("/recordcomposer/speaker", test_speaker);
  g_test_add_func ("/recordcomposer/names", test_names);
  g_test_add_func ("/recordcomposer/sides", test_sides);
  g_test_add_func ("/recordcomposer/loud", test_loud);
  g_test_add_func ("/recordcomposer/gap", test_gap);
  g_test_add_func ("/recordcomposer/sync", test_sync);
  g_test_add_func ("/recordcomposer/nothing", test_nothing);
  failed = g_test_run ();
  gst_deinit ();
  return failed;
}
