/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/participantstate.h"

#include <string.h>

/* The matrix, written down a second time: per state and event what the caller and what the callee do, as words. A role
 * for which the event means nothing has "". */

typedef struct
{
  const char *state;
  const char *event;
  const char *caller; /* "<next> <action>..." */
  const char *callee;
} Row;

static const Row expected[] = {
    {"idle", "dial", "dialing start", "dialing start"},
    {"idle", "incoming", "ringing", "ringing"},
    {"idle", "resumed", "connecting build", "connecting ask"},

    {"dialing", "started", "ringing", "ringing"},
    {"dialing", "accepted", "connecting build", "connecting build"},
    {"dialing", "hang-up", "ended end drop finish", "ended end drop finish"},
    {"dialing", "remote-end", "ended drop finish", "ended drop finish"},
    {"dialing", "refused", "ended finish", "ended finish"},

    {"ringing", "answer", "", "connecting accept"},
    {"ringing", "accepted", "connecting build", ""},
    {"ringing", "hang-up", "ended end drop finish", "ended end drop finish"},
    {"ringing", "remote-end", "ended drop finish", "ended drop finish"},

    {"connecting", "accepted", "", "connecting build"},
    {"connecting", "leg-connected", "connected", "connected"},
    {"connecting", "leg-failed", "reconnecting drop build", "reconnecting drop ask"},
    {"connecting", "renegotiate", "connecting drop build", "connecting drop build"},
    {"connecting", "give-up", "ended end drop finish", "ended end drop finish"},
    {"connecting", "hang-up", "ended end drop finish", "ended end drop finish"},
    {"connecting", "remote-end", "ended drop finish", "ended drop finish"},
    {"connecting", "refused", "ended finish", "ended finish"},

    {"connected", "leg-failed", "reconnecting drop build", "reconnecting drop ask"},
    {"connected", "renegotiate", "reconnecting drop build", "reconnecting drop build"},
    {"connected", "hang-up", "ended end drop finish", "ended end drop finish"},
    {"connected", "remote-end", "ended drop finish", "ended drop finish"},

    {"reconnecting", "leg-connected", "connected", "connected"},
    {"reconnecting", "leg-failed", "reconnecting drop build", "reconnecting drop ask"},
    {"reconnecting", "renegotiate", "reconnecting drop build", "reconnecting drop build"},
    {"reconnecting", "give-up", "ended end drop finish", "ended end drop finish"},
    {"reconnecting", "hang-up", "ended end drop finish", "ended end drop finish"},
    {"reconnecting", "remote-end", "ended drop finish", "ended drop finish"},

    {"ended", "reset", "idle", "idle"},
};

static char *
describe (gboolean changes, const ParticipantTransition *got)
{
  static const struct
  {
    ParticipantActions action;
    const char *word;
  } words[] = {
      {PARTICIPANT_ACTION_SEND_START, " start"},
      {PARTICIPANT_ACTION_SEND_ACCEPT, " accept"},
      {PARTICIPANT_ACTION_SEND_END, " end"},
      {PARTICIPANT_ACTION_DROP_LEG, " drop"},
      {PARTICIPANT_ACTION_BUILD_LEG, " build"},
      {PARTICIPANT_ACTION_ASK_RENEGOTIATE, " ask"},
      {PARTICIPANT_ACTION_FINISH, " finish"},
  };
  g_autoptr (GString) text = g_string_new (changes ? participant_state_to_string (got->state) : "");

  for (guint i = 0; changes && i < G_N_ELEMENTS (words); i++) {
    if (got->actions & words[i].action)
      g_string_append (text, words[i].word);
  }
  return g_strdup (text->str);
}

static const Row *
find_expected (guint state, guint event)
{
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    if (g_str_equal (expected[i].state, participant_state_to_string (state))
        && g_str_equal (expected[i].event, participant_event_to_string (event)))
      return &expected[i];
  }
  return NULL;
}

static void
test_matrix (void)
{
  static const Row nothing = {"", "", "", ""};
  guint found = 0;

  for (guint state = 0; state < PARTICIPANT_STATE_COUNT; state++) {
    for (guint event = 0; event < PARTICIPANT_EVENT_COUNT; event++) {
      const Row *row = find_expected (state, event);
      found += row != NULL;
      row = row != NULL ? row : &nothing;
      for (int caller = 0; caller < 2; caller++) {
        ParticipantTransition got = {0};
        gboolean changes = participant_state_next (state, event, caller, &got);
        g_autofree char *text = describe (changes, &got);
        g_test_message ("%s + %s (%s)", participant_state_to_string (state), participant_event_to_string (event),
            caller ? "caller" : "callee");
        g_assert_cmpstr (text, ==, caller ? row->caller : row->callee);
      }
    }
  }
  g_assert_cmpuint (found, ==, G_N_ELEMENTS (expected));
}

/* Goes through @events, a list of words, and compares the state that each leads to. */
static void
walk (gboolean caller, const char *const *steps)
{
  ParticipantState state = PARTICIPANT_STATE_IDLE;

  for (guint i = 0; steps[i] != NULL; i += 2) {
    ParticipantTransition got;
    guint event = 0;
    while (event < PARTICIPANT_EVENT_COUNT && !g_str_equal (participant_event_to_string (event), steps[i]))
      event++;
    g_assert_cmpuint (event, <, PARTICIPANT_EVENT_COUNT);
    g_assert_true (participant_state_next (state, event, caller, &got));
    state = got.state;
    g_assert_cmpstr (participant_state_to_string (state), ==, steps[i + 1]);
  }
}

static void
test_calls (void)
{
  static const char *const caller[] = {"dial", "dialing", "started", "ringing", "accepted", "connecting",
      "leg-connected", "connected", "leg-failed", "reconnecting", "leg-failed", "reconnecting", "leg-connected",
      "connected", "renegotiate", "reconnecting", "leg-connected", "connected", "hang-up", "ended", "reset", "idle",
      NULL};
  static const char *const callee[] = {"incoming", "ringing", "answer", "connecting", "accepted", "connecting",
      "leg-connected", "connected", "leg-failed", "reconnecting", "renegotiate", "reconnecting", "leg-connected",
      "connected", "remote-end", "ended", "reset", "idle", "incoming", "ringing", NULL};
  static const char *const come_back[] = {"resumed", "connecting", "renegotiate", "connecting", "leg-connected",
      "connected", "leg-failed", "reconnecting", "give-up", "ended", NULL};

  walk (TRUE, caller);
  walk (FALSE, callee);
  walk (FALSE, come_back);
}

static void
test_names (void)
{
  g_assert_null (participant_state_to_string (PARTICIPANT_STATE_COUNT));
  g_assert_null (participant_event_to_string (PARTICIPANT_EVENT_COUNT));
  g_assert_cmpstr (participant_state_to_string (PARTICIPANT_STATE_RECONNECTING), ==, "reconnecting");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/participantstate/matrix", test_matrix);
  g_test_add_func ("/participantstate/calls", test_calls);
  g_test_add_func ("/participantstate/names", test_names);
  return g_test_run ();
}
