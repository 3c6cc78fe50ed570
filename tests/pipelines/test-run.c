/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What is decided while a recipe runs: which messages meet a condition, where a branch is joined, which key presses
 * count, what is said of calls. */

#include <check.h>
#include <string.h>

#include "tools/call-pipeline/branchline.h"
#include "tools/call-pipeline/keypress.h"
#include "tools/call-pipeline/progress.h"
#include "tools/call-pipeline/recipe.h"

#define SECOND G_USEC_PER_SEC

/* The message has the fields key=5, rms=-41.5, state=connected, empty=. */
static char *
get_field (const char *field, gpointer user_data)
{
  static const char *const fields[][2] = {{"key", "5"}, {"rms", "-41.5"}, {"state", "connected"}, {"empty", ""}};

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (g_str_equal (fields[i][0], field))
      return g_strdup (fields[i][1]);
  }
  return NULL;
}

static const struct
{
  const char *text;
  gboolean matches;
} conditions[] = {
    {"m: end", TRUE},
    {"other: end", FALSE},
    {"m key=5: end", TRUE},
    {"m key=5.0: end", TRUE},
    {"m key=05: end", TRUE},
    {"m key=6: end", FALSE},
    {"m key!=6: end", TRUE},
    {"m key!=5: end", FALSE},
    {"m key=*: end", FALSE},
    {"m rms<-40: end", TRUE},
    {"m rms>-40: end", FALSE},
    {"m rms>-42: end", TRUE},
    {"m state=connected: end", TRUE},
    {"m state=connect: end", FALSE},
    {"m state>1: end", FALSE},
    {"m state<1: end", FALSE},
    {"m state!=ended: end", TRUE},
    {"m none=1: end", FALSE},
    {"m none!=1: end", FALSE},
    {"m empty=: end", TRUE},
    {"m empty!=: end", FALSE},
    {"m state=connected key=5 rms<0: end", TRUE},
    {"m  state=connected  key=6: end", FALSE},
};

START_TEST (test_condition)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Reaction) reaction = reaction_parse (conditions[_i].text, &error);

  ck_assert_msg (reaction != NULL, "%s", error != NULL ? error->message : "");
  ck_assert_msg (
      reaction_matches (reaction, "m", get_field, NULL) == conditions[_i].matches, "%s", conditions[_i].text);
}
END_TEST

START_TEST (test_actions)
{
  static const char text[] = "m a=b: start one, stop *, set e.sink_0::volume=0,5 x, timer t 500ms, timer t none, press "
                             "12#, hang-up, hang-up out, end";
  static const ReactionVerb verbs[] = {REACTION_START, REACTION_STOP, REACTION_SET, REACTION_TIMER, REACTION_TIMER,
      REACTION_PRESS, REACTION_HANG_UP, REACTION_HANG_UP, REACTION_END};
  g_autoptr (Reaction) reaction = reaction_parse (text, NULL);
  g_autofree char *again = reaction_to_string (reaction);
  const ReactionAction *set = g_ptr_array_index (reaction->actions, 2);

  ck_assert_str_eq (again, text);
  ck_assert_uint_eq (reaction->actions->len, G_N_ELEMENTS (verbs));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    ck_assert_int_eq (((ReactionAction *) g_ptr_array_index (reaction->actions, i))->verb, verbs[i]);
  ck_assert_str_eq (set->object, "e");
  ck_assert_str_eq (set->property, "sink_0::volume");
  ck_assert_str_eq (set->value, "0,5 x");
}
END_TEST

static const struct
{
  const char *text;
  gboolean good;
  guint milliseconds;
} times[] = {
    {"500ms", TRUE, 500},
    {"5s", TRUE, 5000},
    {"2m", TRUE, 120000},
    {"none", TRUE, 0},
    {"0ms", FALSE, 0},
    {"-1ms", FALSE, 0},
    {"1.5s", FALSE, 0},
    {"5", FALSE, 0},
    {"", FALSE, 0},
    {"86400001ms", FALSE, 0},
    {"4294967297ms", FALSE, 0},
    {"soon", FALSE, 0},
};

START_TEST (test_time)
{
  guint milliseconds = 0;

  ck_assert_msg (reaction_parse_time (times[_i].text, &milliseconds) == times[_i].good, "%s", times[_i].text);
  ck_assert (!times[_i].good || milliseconds == times[_i].milliseconds);
}
END_TEST

static const struct
{
  const char *line, *rewritten;
  const char *ends; /* < takes from, > feeds */
} lines[] = {
    {"fakesrc ! fakesink", "fakesrc ! fakesink", ""},
    {"fakesrc ! mix.", "fakesrc ! @0", ">mix/"},
    {"fakesrc ! mix.sink_%u", "fakesrc ! @0", ">mix/sink_%u"},
    {"split. ! queue ! fakesink", "@0 ! queue ! fakesink", "<split/"},
    {"split.src_1 ! queue ! mix.", "@0 ! queue ! @1", "<split/src_1 >mix/"},
    {"fakesrc ! demux name=d  d.audio_0 ! a.  d. ! b.", "fakesrc ! demux name=d d.audio_0 ! @0 d. ! @1", ">a/ >b/"},
    {"filesrc location=a.wav ! mix.", "filesrc location=a.wav ! @0", ">mix/"},
    {"filesrc location=x\\ !\\ mix. ! video/x-raw,format=I420 ! mix.",
        "filesrc location=x\\ !\\ mix. ! video/x-raw,format=I420 ! @0", ">mix/"},
};

START_TEST (test_branch_line)
{
  g_autoptr (GPtrArray) ends = NULL;
  g_autofree char *line = branch_line_split (lines[_i].line, &ends);
  g_autoptr (GString) text = g_string_new (line);
  g_autoptr (GString) said = g_string_new (NULL);

  g_string_replace (text, "identity name=branch-end-", "@", 0);
  g_string_replace (text, " silent=true", "", 0);
  ck_assert_str_eq (text->str, lines[_i].rewritten);
  for (guint i = 0; i < ends->len; i++) {
    const BranchEnd *end = g_ptr_array_index (ends, i);
    g_string_append_printf (
        said, "%s%c%s/%s", i > 0 ? " " : "", end->feeds ? '>' : '<', end->element, end->pad != NULL ? end->pad : "");
  }
  ck_assert_str_eq (said->str, lines[_i].ends);
}
END_TEST

/* Each press: milliseconds, number, method (e: event, s: sound), and whether it counts. */
START_TEST (test_key_presses)
{
  static const struct
  {
    gint64 when;
    guint number;
    char method;
    gboolean counts;
  } presses[] = {
      {0, 1, 'e', TRUE}, {300, 1, 's', FALSE},     /* told twice */
      {5000, 2, 's', TRUE}, {5100, 2, 'e', FALSE}, /* the other way round */
      {10000, 1, 'e', TRUE}, {10150, 1, 'e', TRUE}, {10300, 1, 's', FALSE}, {10450, 1, 's', FALSE}, /* twice, quickly */
      {20000, 3, 's', TRUE}, {20100, 4, 'e', TRUE},                                                 /* two keys */
      {30000, 5, 'e', TRUE}, {31001, 5, 's', TRUE},                                                 /* too late */
      {40000, 6, 's', TRUE}, {40100, 6, 's', TRUE}, /* one method only */
  };
  g_autoptr (KeyPresses) self = key_presses_new ();

  for (guint i = 0; i < G_N_ELEMENTS (presses); i++)
    ck_assert_msg (key_presses_add (self, presses[i].number, presses[i].method, presses[i].when) == presses[i].counts,
        "press %u", i);
  for (guint i = 0; i < 1000; i++)
    ck_assert (key_presses_add (self, 7, 'e', 50000));
  ck_assert_int_eq (key_press_to_key (10), '*');
  ck_assert_int_eq (key_press_to_key (11), '#');
  ck_assert_int_eq (key_press_to_key (15), 'D');
  ck_assert_int_eq (key_press_to_key (16), '\0');
}
END_TEST

START_TEST (test_progress_of_one_call)
{
  g_autoptr (Progress) self = progress_new (10 * SECOND);
  ProgressReport report;
  ProgressSummary summary;

  progress_report (self, 12 * SECOND, &report);
  ck_assert_str_eq (report.state, "running");
  ck_assert_double_eq_tol (report.duration, 2, 1e-6);
  progress_add_state (self, "a", "dialing", 12 * SECOND);
  progress_add_state (self, "a", "connecting", 13 * SECOND);
  progress_report (self, 14 * SECOND, &report);
  ck_assert_str_eq (report.state, "connecting");
  ck_assert_double_eq_tol (report.duration, 0, 1e-6);
  progress_add_state (self, "a", "connected", 14 * SECOND);
  progress_add_quality (self, "a", "receive", "audio 0", 64000, 2, 4.1);
  progress_add_quality (self, "a", "receive", "audio 0", 63000, 1, 4.2);
  progress_add_quality (self, "a", "receive", "video 0", 900000, 3, 0);
  progress_add_quality (self, "a", "send", "audio 0", 32000, 6, 1.5);
  progress_add_state (self, "a", "reconnecting", 20 * SECOND);
  progress_report (self, 24 * SECOND, &report);
  ck_assert_str_eq (report.state, "reconnecting");
  ck_assert_double_eq_tol (report.duration, 10, 1e-6);
  ck_assert_uint_eq (report.bitrate_receive, 963000);
  ck_assert_uint_eq (report.bitrate_send, 32000);
  ck_assert_uint_eq (report.quality, 3);
  ck_assert_double_eq_tol (report.mos, 4.2, 1e-6);
  progress_add_state (self, "a", "ended", 25 * SECOND);
  progress_summary (self, &summary);
  ck_assert (summary.calls == 1 && summary.connected == 1 && summary.failed == 0);
  ck_assert_double_eq_tol (summary.setup_median, 2, 1e-6);
  ck_assert_double_eq_tol (summary.mos_min, 4.2, 1e-6);
}
END_TEST

START_TEST (test_progress_of_many_calls)
{
  static const char *const sessions[] = {"a", "b", "c", "d"};
  g_autoptr (Progress) self = progress_new (0);
  ProgressReport report;
  ProgressSummary summary;

  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    progress_add_state (self, sessions[i], "dialing", SECOND);
  progress_add_state (self, "b", "connected", 2 * SECOND);
  progress_add_state (self, "a", "connected", 4 * SECOND);
  progress_add_state (self, "c", "connected", 10 * SECOND);
  progress_add_quality (self, "a", "receive", "audio 0", 1, 1, 3.5);
  progress_add_quality (self, "b", "receive", "audio 0", 1, 1, 4.5);
  progress_add_state (self, "d", "ended", 5 * SECOND); /* nobody answered */
  progress_add_state (self, "b", "ended", 12 * SECOND);
  progress_report (self, 14 * SECOND, &report);
  ck_assert_str_eq (report.state, "connected");
  ck_assert_uint_eq (report.calls, 2);
  ck_assert_uint_eq (report.connected, 2);
  ck_assert_double_eq_tol (report.duration, 10, 1e-6);
  progress_add_state (self, "b", "ringing", 15 * SECOND); /* its second call */
  progress_add_state (self, "b", "connected", 16 * SECOND);
  progress_summary (self, &summary);
  ck_assert_uint_eq (summary.calls, 5);
  ck_assert_uint_eq (summary.connected, 4);
  ck_assert_uint_eq (summary.failed, 1);
  ck_assert_double_eq_tol (summary.setup_min, 1, 1e-6);
  ck_assert_double_eq_tol (summary.setup_max, 9, 1e-6);
  ck_assert_double_eq_tol (summary.setup_median, 3, 1e-6);
  ck_assert_double_eq_tol (summary.mos_min, 3.5, 1e-6);
}
END_TEST

static Suite *
run_suite (void)
{
  Suite *suite = suite_create ("run");
  TCase *all = tcase_create ("all");

  tcase_add_loop_test (all, test_condition, 0, G_N_ELEMENTS (conditions));
  tcase_add_test (all, test_actions);
  tcase_add_loop_test (all, test_time, 0, G_N_ELEMENTS (times));
  tcase_add_loop_test (all, test_branch_line, 0, G_N_ELEMENTS (lines));
  tcase_add_test (all, test_key_presses);
  tcase_add_test (all, test_progress_of_one_call);
  tcase_add_test (all, test_progress_of_many_calls);
  suite_add_tcase (suite, all);
  return suite;
}

int
main (void)
{
  SRunner *runner = srunner_create (run_suite ());
  int failed;

  srunner_run_all (runner, CK_NORMAL);
  failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed == 0 ? 0 : 1;
}
