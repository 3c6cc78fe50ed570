/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordspeaker.h"

#define MS G_GINT64_CONSTANT (1000000)
#define BLOCK (20 * MS)

typedef struct
{
  RecordSpeaker speaker;
  RecordVoice voices[3];
  gint64 time;
} Talk;

static Talk
begin (void)
{
  Talk talk = {.voices = {{.id = 10}, {.id = 11}, {.id = 12}}};

  record_speaker_init (&talk.speaker);
  return talk;
}

/* Goes on for @duration with these powers. Returns who was large first other than @than, and when; or @than. */
static guint
go_on (Talk *talk, gint64 duration, const double powers[3], guint than, gint64 *when)
{
  guint other = than;

  for (gint64 end = talk->time + duration; talk->time < end; talk->time += BLOCK) {
    guint now;
    for (guint i = 0; i < 3; i++)
      record_voice_add (&talk->voices[i], powers[i], BLOCK);
    now = record_speaker_next (&talk->speaker, talk->voices, 3, talk->time);
    if (now != than && other == than) {
      other = now;
      if (when != NULL)
        *when = talk->time;
    }
  }
  return other;
}

static void
test_nobody (void)
{
  Talk talk = begin ();
  const double silence[3] = {0, 0, 0};

  g_assert_cmpuint (record_speaker_next (&talk.speaker, NULL, 0, 0), ==, RECORD_SPEAKER_NOBODY);
  g_assert_cmpuint (go_on (&talk, 5000 * MS, silence, 10, NULL), ==, 10);
  g_assert_cmpuint (record_speaker_next (&talk.speaker, NULL, 0, talk.time), ==, RECORD_SPEAKER_NOBODY);
}

static void
test_change (void)
{
  Talk talk = begin ();
  const double first[3] = {0.01, 1e-7, 0}, second[3] = {1e-7, 0.01, 0};
  gint64 when = 0;

  g_assert_cmpuint (go_on (&talk, 10000 * MS, first, 10, NULL), ==, 10);
  g_assert_cmpuint (go_on (&talk, 3000 * MS, second, 10, &when), ==, 11);
  g_test_message ("changed after %.0f ms", (double) (when - 10000 * MS) / MS);
  g_assert_cmpint (when, >=, 10300 * MS);
  g_assert_cmpint (when, <, 11000 * MS);
}

/* A cough, and two who talk over each other. */
static void
test_stays (void)
{
  Talk talk = begin ();
  const double first[3] = {0.01, 0, 0}, cough[3] = {0.001, 0.05, 0}, both[3] = {0.01, 0.02, 0.01};

  g_assert_cmpuint (go_on (&talk, 5000 * MS, first, 10, NULL), ==, 10);
  g_assert_cmpuint (go_on (&talk, 200 * MS, cough, 10, NULL), ==, 10);
  g_assert_cmpuint (go_on (&talk, 5000 * MS, first, 10, NULL), ==, 10);
  g_assert_cmpuint (go_on (&talk, 5000 * MS, both, 10, NULL), ==, 10);
}

/* Both in turns of 800 ms for a minute: a change at most each two seconds. */
static void
test_hold (void)
{
  Talk talk = begin ();
  const double turns[2][3] = {{0.01, 0, 0}, {0, 0.01, 0}};
  guint last = 10, changes = 0;
  gint64 changed = 0;

  for (guint i = 0; i < 75; i++) {
    gint64 when = 0;
    guint now = go_on (&talk, 800 * MS, turns[i % 2], last, &when);
    if (now == last)
      continue;
    g_assert_cmpint (when - changed, >=, changes > 0 ? RECORD_SPEAKER_HOLD_NS : 0);
    changed = when;
    changes++;
    last = talk.speaker.current;
  }
  g_test_message ("%u changes in a minute", changes);
  g_assert_cmpuint (changes, >, 5);
  g_assert_cmpuint (changes, <=, 30);
}

/* The current one leaves: no wait. */
static void
test_leaves (void)
{
  Talk talk = begin ();
  const double first[3] = {0.01, 0, 1e-4};

  g_assert_cmpuint (go_on (&talk, 1000 * MS, first, 10, NULL), ==, 10);
  g_assert_cmpuint (record_speaker_next (&talk.speaker, talk.voices + 1, 2, talk.time), ==, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recordspeaker/nobody", test_nobody);
  g_test_add_func ("/recordspeaker/change", test_change);
  g_test_add_func ("/recordspeaker/stays", test_stays);
  g_test_add_func ("/recordspeaker/hold", test_hold);
  g_test_add_func ("/recordspeaker/leaves", test_leaves);
  return g_test_run ();
}
