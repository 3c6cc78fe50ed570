/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callstate.h"
#include "gst/core/participantstate.h"

#include <stdio.h>

/* Prints docs/protocol/call-state.md from the tables that the server and the elements run on; the test `call-state-doc`
 * compares the two. To bring the page up to date: build/tests/core/print-call-state > docs/protocol/call-state.md */

typedef struct
{
  guint bit;
  const char *name;
} Action;

static const Action call_actions[] = {
    {CALL_ACTION_STOP_RING_TIMER, "stop-ring-timer"},
    {CALL_ACTION_STOP_GRACE_TIMERS, "stop-grace-timers"},
    {CALL_ACTION_SET_ACCEPT_TIME, "set-accept-time"},
    {CALL_ACTION_SET_END_TIME, "set-end-time"},
    {CALL_ACTION_SEND_ACCEPTED, "send-accepted"},
    {CALL_ACTION_SEND_REJECTED, "send-rejected"},
    {CALL_ACTION_SEND_ENDED, "send-ended"},
    {CALL_ACTION_SEND_ANSWERED_ELSEWHERE, "send-answered-elsewhere"},
};

static const Action participant_actions[] = {
    {PARTICIPANT_ACTION_SEND_START, "send-start"},
    {PARTICIPANT_ACTION_SEND_ACCEPT, "send-accept"},
    {PARTICIPANT_ACTION_SEND_END, "send-end"},
    {PARTICIPANT_ACTION_DROP_LEG, "drop-leg"},
    {PARTICIPANT_ACTION_BUILD_LEG, "build-leg"},
    {PARTICIPANT_ACTION_ASK_RENEGOTIATE, "ask-renegotiate"},
    {PARTICIPANT_ACTION_FINISH, "finish"},
};

static char *
join_actions (guint actions, const Action *known, guint count)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count; i++) {
    if ((actions & known[i].bit) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", known[i].name);
  }
  return g_string_free (text, FALSE);
}

static void
print_calls (void)
{
  printf ("## The call record\n\n| state | event | next | endReason | actions |\n|---|---|---|---|---|\n");
  for (guint state = 0; state < CALL_STATE_COUNT; state++) {
    for (guint event = 0; event < CALL_EVENT_COUNT; event++) {
      CallTransition next;
      if (!call_state_next (state, event, &next))
        continue;
      const char *reason = call_end_reason_to_string (next.reason);
      g_autofree char *actions = join_actions (next.actions, call_actions, G_N_ELEMENTS (call_actions));
      printf ("| %s | %s | %s | %s | %s |\n", call_state_to_string (state), call_event_to_string (event),
          call_state_to_string (next.state), reason != NULL ? reason : "", actions);
    }
  }
}

/* The next state and actions of one role; "" when the event means nothing to it. */
static char *
describe_step (guint state, guint event, gboolean caller)
{
  ParticipantTransition next;

  if (!participant_state_next (state, event, caller, &next))
    return g_strdup ("");
  g_autofree char *actions = join_actions (next.actions, participant_actions, G_N_ELEMENTS (participant_actions));
  const char *name = participant_state_to_string (next.state);
  return *actions != '\0' ? g_strdup_printf ("%s: %s", name, actions) : g_strdup (name);
}

static void
print_participants (void)
{
  printf ("\n## The participant\n\n| state | event | caller | callee |\n|---|---|---|---|\n");
  for (guint state = 0; state < PARTICIPANT_STATE_COUNT; state++) {
    for (guint event = 0; event < PARTICIPANT_EVENT_COUNT; event++) {
      g_autofree char *caller = describe_step (state, event, TRUE);
      g_autofree char *callee = describe_step (state, event, FALSE);
      if (*caller == '\0' && *callee == '\0')
        continue;
      printf ("| %s | %s | %s | %s |\n", participant_state_to_string (state), participant_event_to_string (event),
          caller, g_str_equal (caller, callee) ? "the same" : callee);
    }
  }
}

int
main (void)
{
  printf ("# Call states\n\n"
          "Printed by tests/core/print-call-state from gst/core/callstate.c and gst/core/participantstate.c; a test\n"
          "holds this page against them. A pair of state and event that is not listed changes nothing and is no\n"
          "error: an end after an end, a reject after an accept, a timer that comes late.\n\n");
  print_calls ();
  print_participants ();
  printf (
      "\nThe caller offers, always. A leg is never mended: it is dropped and built anew on the same call. `finish`\n"
      "is what the property `on-end` says: end of stream, or `reset`.\n");
  return 0;
}
