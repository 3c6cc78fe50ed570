/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordticks.h"

#define S G_GUINT64_CONSTANT (1000000000)

typedef struct
{
  guint64 pictures, samples, picture_end, sound_end;
} Made;

/* Makes all up to @end; times ascend without a gap in each of the two, and they stay together. */
static Made
make (guint64 origin, guint64 end, guint fps_n, guint fps_d)
{
  RecordTicks ticks;
  RecordTick tick;
  Made made = {.picture_end = origin, .sound_end = origin};

  record_ticks_init (&ticks, origin, fps_n, fps_d);
  record_ticks_want_pictures (&ticks);
  while ((tick = record_ticks_next (&ticks, end)).kind != RECORD_TICK_END) {
    guint64 *at = tick.kind == RECORD_TICK_PICTURE ? &made.picture_end : &made.sound_end;
    g_assert_cmpuint (tick.time, ==, *at);
    *at = tick.time + tick.duration;
    if (tick.kind == RECORD_TICK_PICTURE)
      made.pictures++;
    else {
      g_assert_cmpuint (tick.sample, ==, record_ticks_sample (origin) + made.samples);
      made.samples += tick.frames;
    }
    record_ticks_done (&ticks, &tick);
  }
  return made;
}

static void
test_counts (void)
{
  static const guint rates[][2] = {{30, 1}, {25, 1}, {30000, 1001}, {15, 1}, {1, 1}, {1, 2}, {60, 1}, {120, 1}};

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    Made made = make (37 * S + 123456789, 137 * S + 123456789, rates[i][0], rates[i][1]);
    g_assert_cmpuint (made.samples, ==, 100 * RECORD_TICKS_RATE);
    g_assert_cmpuint (made.pictures, >=, 100 * rates[i][0] / rates[i][1]);
    g_assert_cmpuint (made.pictures, <=, 100 * rates[i][0] / rates[i][1] + 1);
  }
}

/* A day is a day: nothing adds up. */
static void
test_day (void)
{
  RecordTicks ticks = {0};
  RecordTick tick;

  record_ticks_init (&ticks, 0, 30, 1);
  ticks.samples = G_GUINT64_CONSTANT (86400) * RECORD_TICKS_RATE;
  record_ticks_want_pictures (&ticks);
  tick = record_ticks_next (&ticks, G_MAXUINT64);
  g_assert_cmpuint (tick.kind, ==, RECORD_TICK_PICTURE);
  g_assert_cmpuint (tick.time, ==, 86400 * S);
  g_assert_cmpuint (ticks.pictures, ==, 86400 * 30);
  record_ticks_done (&ticks, &tick);
  tick = record_ticks_next (&ticks, G_MAXUINT64);
  g_assert_cmpuint (tick.kind, ==, RECORD_TICK_SOUND);
  g_assert_cmpuint (tick.time, ==, 86400 * S);
}

/* An end that is no whole block, and one that a rounded time has passed. */
static void
test_end (void)
{
  Made made = make (0, S / 3, 30, 1);

  g_assert_cmpuint (made.samples, ==, 16000);
  g_assert_cmpuint (made.pictures, ==, 10);
  g_assert_cmpuint (make (0, S + 1, 30, 1).pictures, ==, 30);
  g_assert_cmpuint (make (0, S + 1, 30, 1).samples, ==, 48000);
  g_assert_cmpuint (make (5 * S, 5 * S, 30, 1).samples, ==, 0);
  g_assert_cmpuint (make (5 * S, 4 * S, 30, 1).pictures, ==, 0);
}

/* Pictures that are wanted later begin at the next time of theirs. */
static void
test_late_pictures (void)
{
  RecordTicks ticks;
  RecordTick tick;

  record_ticks_init (&ticks, 2 * S, 30, 1);
  for (guint i = 0; i < 51; i++) {
    tick = record_ticks_next (&ticks, G_MAXUINT64);
    g_assert_cmpuint (tick.kind, ==, RECORD_TICK_SOUND);
    record_ticks_done (&ticks, &tick);
  }
  record_ticks_want_pictures (&ticks);
  while ((tick = record_ticks_next (&ticks, G_MAXUINT64)).kind == RECORD_TICK_SOUND)
    record_ticks_done (&ticks, &tick);
  g_assert_cmpuint (tick.time, ==, 3 * S + S / 30); /* 1.02 s after the origin; the 31st one */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recordticks/counts", test_counts);
  g_test_add_func ("/recordticks/day", test_day);
  g_test_add_func ("/recordticks/end", test_end);
  g_test_add_func ("/recordticks/late-pictures", test_late_pictures);
  return g_test_run ();
}
