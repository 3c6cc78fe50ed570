/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Entries are letters with times; what comes out, and when, is a string. */

#include "gst/core/recordsequence.h"

typedef struct
{
  RecordSequence *sequence;
  GString *out;
} Fixture;

static const RecordSequenceLimits wait = {0};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->sequence = record_sequence_new (g_free);
  fixture->out = g_string_new (NULL);
  for (guint i = 0; i < GPOINTER_TO_UINT (data); i++)
    g_assert_cmpuint (record_sequence_add_track (fixture->sequence), ==, i);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  record_sequence_free (fixture->sequence);
  g_string_free (fixture->out, TRUE);
}

static void
push (Fixture *fixture, guint track, guint64 time, guint64 arrived, char letter)
{
  RecordSequenceEntry entry = {.time = time, .arrived = arrived, .size = 10, .item = g_memdup2 (&letter, 1)};

  record_sequence_push (fixture->sequence, track, &entry);
}

static const char *
pop_all (Fixture *fixture, const RecordSequenceLimits *limits)
{
  RecordSequenceEntry entry;
  guint track;

  g_string_truncate (fixture->out, 0);
  while (record_sequence_pop (fixture->sequence, limits, &track, &entry)) {
    g_string_append_c (fixture->out, *(char *) entry.item);
    g_free (entry.item);
  }
  return fixture->out->str;
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  push (fixture, 0, 10, 1, 'b');
  push (fixture, 0, 30, 1, 'd');
  g_assert_cmpstr (pop_all (fixture, &wait), ==, "");
  push (fixture, 1, 5, 2, 'a');
  push (fixture, 1, 20, 2, 'c');
  g_assert_cmpuint (record_sequence_get_size (fixture->sequence), ==, 40);
  g_assert_cmpuint (record_sequence_get_span (fixture->sequence, 0), ==, 20);
  g_assert_cmpstr (pop_all (fixture, &wait), ==, "abc"); /* another one before d may come */
  record_sequence_end_track (fixture->sequence, 1);
  g_assert_cmpstr (pop_all (fixture, &wait), ==, "d");
  g_assert_cmpuint (record_sequence_get_size (fixture->sequence), ==, 0);
}

/* Live: what time has left behind does not wait, what it has not does. */
static void
test_horizon (Fixture *fixture, gconstpointer data)
{
  const RecordSequenceLimits limits = {.horizon = 15};

  push (fixture, 0, 10, 1, 'a');
  push (fixture, 0, 20, 1, 'b');
  g_assert_cmpstr (pop_all (fixture, &limits), ==, "a");
  push (fixture, 1, 12, 3, 'x');
  g_assert_cmpstr (pop_all (fixture, &limits), ==, "x"); /* late, and yet it comes */
}

/* Not live: a track that lets the others wait does so once. */
static void
test_patience (Fixture *fixture, gconstpointer data)
{
  const RecordSequenceLimits patience = {.arrived_before = 50};

  push (fixture, 0, 10, 49, 'a');
  push (fixture, 0, 20, 60, 'b');
  g_assert_cmpstr (pop_all (fixture, &patience), ==, "ab");
  push (fixture, 0, 30, 60, 'c');
  g_assert_cmpstr (pop_all (fixture, &patience), ==, "c");
  push (fixture, 1, 31, 61, 'x');
  push (fixture, 0, 35, 61, 'd');
  g_assert_cmpstr (pop_all (fixture, &patience), ==, "x"); /* it is waited for again */
}

/* Times that go back within a track do not change its order. */
static void
test_backwards (Fixture *fixture, gconstpointer data)
{
  push (fixture, 0, 30, 1, 'a');
  push (fixture, 0, 10, 1, 'b');
  push (fixture, 1, 20, 1, 'x');
  push (fixture, 1, 40, 1, 'y');
  g_assert_cmpstr (pop_all (fixture, &wait), ==, "xab");
}

static void
test_flush (Fixture *fixture, gconstpointer data)
{
  const RecordSequenceLimits flush = {.flush = TRUE};

  push (fixture, 2, 3, 1, 'c');
  push (fixture, 1, 2, 1, 'b');
  push (fixture, 0, 1, 1, 'a');
  g_assert_cmpuint (record_sequence_add_track (fixture->sequence), ==, 3);
  g_assert_cmpstr (pop_all (fixture, &wait), ==, ""); /* the new one may be earlier */
  g_assert_cmpstr (pop_all (fixture, &flush), ==, "abc");
  push (fixture, 0, 1, 1, 'z'); /* freed with the sequence */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/recordsequence/order", Fixture, GUINT_TO_POINTER (2), set_up, test_order, tear_down);
  g_test_add ("/recordsequence/horizon", Fixture, GUINT_TO_POINTER (2), set_up, test_horizon, tear_down);
  g_test_add ("/recordsequence/patience", Fixture, GUINT_TO_POINTER (2), set_up, test_patience, tear_down);
  g_test_add ("/recordsequence/backwards", Fixture, GUINT_TO_POINTER (2), set_up, test_backwards, tear_down);
  g_test_add ("/recordsequence/flush", Fixture, GUINT_TO_POINTER (3), set_up, test_flush, tear_down);
  return g_test_run ();
}
