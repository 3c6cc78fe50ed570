/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callstate.h"

/* The matrix as DESIGN tells it, written down a second time. What is not in it must change nothing. */

#define STOP_RING CALL_ACTION_STOP_RING_TIMER
#define STOP_GRACE CALL_ACTION_STOP_GRACE_TIMERS
#define ACCEPT_TIME CALL_ACTION_SET_ACCEPT_TIME
#define END_TIME CALL_ACTION_SET_END_TIME
#define ACCEPTED CALL_ACTION_SEND_ACCEPTED
#define REJECTED CALL_ACTION_SEND_REJECTED
#define ENDED CALL_ACTION_SEND_ENDED
#define ELSEWHERE CALL_ACTION_SEND_ANSWERED_ELSEWHERE

static const struct
{
  const char *state;
  const char *event;
  const char *next;
  const char *reason;
  guint actions;
} expected[] = {
    {"calling", "accept", "active", NULL, STOP_RING | ACCEPT_TIME | ACCEPTED | ELSEWHERE},
    {"calling", "reject", "rejected", "declined", STOP_RING | STOP_GRACE | END_TIME | REJECTED | ELSEWHERE},
    {"calling", "receiver-end", "rejected", "declined", STOP_RING | STOP_GRACE | END_TIME | REJECTED | ELSEWHERE},
    {"calling", "caller-end", "missed", "cancelled", STOP_RING | STOP_GRACE | END_TIME | ENDED},
    {"calling", "ring-timeout", "missed", "timeout", STOP_RING | STOP_GRACE | END_TIME | ENDED},
    {"calling", "ring-timeout-offline", "missed", "offline", STOP_RING | STOP_GRACE | END_TIME | ENDED},
    {"calling", "busy", "missed", "busy", STOP_RING | STOP_GRACE | END_TIME},
    {"calling", "grace-timeout", "missed", "cancelled", STOP_RING | STOP_GRACE | END_TIME | ENDED},
    {"calling", "server-lost", "failed", "server", STOP_RING | STOP_GRACE | END_TIME | ENDED},
    {"active", "caller-end", "ended", "hangup", STOP_GRACE | END_TIME | ENDED},
    {"active", "receiver-end", "ended", "hangup", STOP_GRACE | END_TIME | ENDED},
    {"active", "grace-timeout", "ended", "network", STOP_GRACE | END_TIME | ENDED},
    {"active", "server-lost", "failed", "server", STOP_GRACE | END_TIME | ENDED},
};

static int
find_expected (const char *state, const char *event)
{
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    if (g_str_equal (expected[i].state, state) && g_str_equal (expected[i].event, event))
      return (int) i;
  }
  return -1;
}

static void
test_matrix (void)
{
  guint valid = 0;

  for (guint state = 0; state < CALL_STATE_COUNT; state++) {
    for (guint event = 0; event < CALL_EVENT_COUNT; event++) {
      CallTransition got = {CALL_STATE_COUNT, CALL_END_REASON_COUNT, (CallActions) 0xffff};
      int row = find_expected (call_state_to_string (state), call_event_to_string (event));
      gboolean changes = call_state_next (state, event, &got);

      g_test_message ("%s + %s", call_state_to_string (state), call_event_to_string (event));
      g_assert_cmpint (changes, ==, row >= 0);
      valid += changes;
      if (row < 0) {
        g_assert_cmpint (got.state, ==, CALL_STATE_COUNT); /* left alone */
        continue;
      }
      g_assert_cmpstr (call_state_to_string (got.state), ==, expected[row].next);
      g_assert_cmpstr (call_end_reason_to_string (got.reason), ==, expected[row].reason);
      g_assert_cmphex (got.actions, ==, expected[row].actions);
    }
  }
  g_assert_cmpuint (valid, ==, G_N_ELEMENTS (expected));
}

/* Only live states have ways out; an end has a reason, a time and no timer. */
static void
test_invariants (void)
{
  for (guint state = 0; state < CALL_STATE_COUNT; state++) {
    for (guint event = 0; event < CALL_EVENT_COUNT; event++) {
      CallTransition got;
      if (!call_state_next (state, event, &got))
        continue;
      g_assert_true (call_state_is_live (state));
      if (call_state_is_live (got.state)) {
        g_assert_cmpint (got.reason, ==, CALL_END_REASON_NONE);
        continue;
      }
      g_assert_cmpint (got.reason, !=, CALL_END_REASON_NONE);
      g_assert_cmphex (got.actions & END_TIME, ==, END_TIME);
      g_assert_cmphex (got.actions & STOP_GRACE, ==, STOP_GRACE);
      g_assert_cmphex (got.actions & ACCEPT_TIME, ==, 0);
    }
  }
}

static void
test_names (void)
{
  CallState state;
  CallEndReason reason;

  for (guint i = 0; i < CALL_STATE_COUNT; i++) {
    g_assert_true (call_state_from_string (call_state_to_string (i), &state));
    g_assert_cmpuint (state, ==, i);
  }
  for (guint i = CALL_END_REASON_HANGUP; i < CALL_END_REASON_COUNT; i++) {
    g_assert_true (call_end_reason_from_string (call_end_reason_to_string (i), &reason));
    g_assert_cmpuint (reason, ==, i);
  }
  g_assert_null (call_end_reason_to_string (CALL_END_REASON_NONE));
  g_assert_null (call_state_to_string (CALL_STATE_COUNT));
  g_assert_null (call_event_to_string (CALL_EVENT_COUNT));
  g_assert_false (call_state_from_string ("Calling", &state));
  g_assert_false (call_state_from_string ("", &state));
  g_assert_false (call_state_from_string (NULL, &state));
  g_assert_false (call_end_reason_from_string (NULL, &reason));
  g_assert_false (call_end_reason_from_string ("answered-elsewhere", &reason)); /* never in a record */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/callstate/matrix", test_matrix);
  g_test_add_func ("/callstate/invariants", test_invariants);
  g_test_add_func ("/callstate/names", test_names);
  return g_test_run ();
}
