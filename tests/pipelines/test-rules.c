/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The rules of a worker: tables of good and bad files, of calls and the rules they meet, of patterns; and what the end
 * of a bot means, and what its log keeps. */

#include <check.h>
#include <string.h>

#include "tools/call-pipeline/job-log.h"
#include "tools/call-pipeline/job-state.h"
#include "tools/call-pipeline/rules.h"

#define EXIT(status) ((status) << 8)

static Rules *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  Rules *rules = rules_parse ("f", text, strlen (text), &error);

  ck_assert_msg (rules != NULL, "%s", error != NULL ? error->message : "");
  return rules;
}

START_TEST (test_defaults)
{
  g_autoptr (Rules) rules = parse ("[rule a]\nrecipe=x\n");
  const Rule *rule = rules_find_rule (rules, "a");

  ck_assert_str_eq (rules->server, "http://127.0.0.1:8080");
  ck_assert_uint_eq (rules->max_jobs, 8);
  ck_assert_uint_eq (rules->drain_time, 30);
  ck_assert_uint_eq (rules->users->len, 0);
  ck_assert_str_eq (rule->recipe, "x");
  ck_assert (rule->user == NULL && rule->peer == NULL && rule->call_type == NULL && rule->reject == NULL);
  ck_assert_int_eq (rule->restart, RULE_RESTART_NEVER);
  ck_assert_uint_eq (rule->max_restarts, 5);
  ck_assert_uint_eq (rule->limits.memory, 0);
}
END_TEST

START_TEST (test_everything)
{
  g_autoptr (Rules) rules =
      parse ("# a worker\n[worker]\nserver=https://calls.example:444\nmax-jobs=40\ndrain-time=2m\n"
             "memory=300M\nnice=5\n[user one]\ntoken-file=/t\n[user two]\n"
             "[rule a]\nuser=o*\npeer=?at\ncall-type=video\ntime=22:00-06:30\nrecipe=x\n"
             "set.location=/r/{call-id}.wav\nset.n=1\ntimeout=2m\nmax-jobs=3\nrestart=always\n"
             "max-restarts=0\nrestart-delay=3s\nmemory=1G\ncpu=150%\ncpu-time=1h\nopen-files=200\n"
             "[rule b]\nreject=closed\n");
  const Rule *rule = rules_find_rule (rules, "a");
  const RuleUser *one = g_ptr_array_index (rules->users, 0), *two = g_ptr_array_index (rules->users, 1);
  const RuleValue *value = g_ptr_array_index (rule->values, 0);

  ck_assert_str_eq (rules->server, "https://calls.example:444");
  ck_assert_uint_eq (rules->drain_time, 120);
  ck_assert_uint_eq (rules->users->len, 2);
  ck_assert_str_eq (one->id, "one");
  ck_assert_str_eq (one->token_file, "/t");
  ck_assert_str_eq (two->id, "two");
  ck_assert_ptr_null (two->token_file);
  ck_assert_int_eq (rule->from, 22 * 60);
  ck_assert_int_eq (rule->to, 6 * 60 + 30);
  ck_assert_uint_eq (rule->values->len, 2);
  ck_assert_str_eq (value->name, "location");
  ck_assert_str_eq (value->pattern, "/r/{call-id}.wav");
  ck_assert_uint_eq (rule->max_jobs, 3);
  ck_assert_int_eq (rule->restart, RULE_RESTART_ALWAYS);
  ck_assert_uint_eq (rule->max_restarts, 0);
  ck_assert_uint_eq (rule->restart_delay, 3);
  ck_assert_uint_eq (rule->limits.memory, G_GUINT64_CONSTANT (1) << 30);
  ck_assert_uint_eq (rule->limits.cpu, 150);
  ck_assert_uint_eq (rule->limits.cpu_time, 3600);
  ck_assert_uint_eq (rule->limits.open_files, 200);
  ck_assert_uint_eq (rule->limits.nice, 5); /* the worker's */
  ck_assert_uint_eq (rules_find_rule (rules, "b")->limits.memory, 300 << 20);
}
END_TEST

/* The second half of what is said: after "f: ". */
static const struct
{
  const char *text;
  const char *wrong;
} bad[] = {
    {"", "0 rules and 0 users: 1 to 1000 rules and up to 1000 users can be"},
    {"[worker]\n", "0 rules and 0 users: 1 to 1000 rules and up to 1000 users can be"},
    {"[rule a]\n", "[rule a]: needs one of the keys recipe and reject"},
    {"[rule a]\nrecipe=x\nreject=y\n", "[rule a]: needs one of the keys recipe and reject"},
    {"[rule a]\nreject=y\nset.n=1\n", "[rule a]: a rule that rejects sets no variables"},
    {"[rule a]\nrecipe=\n", "[rule a] recipe: '' is not the name of a recipe"},
    {"[rule]\nrecipe=x\n", "[rule]: there is no such section: worker, user ID or rule NAME"},
    {"[rules a]\nrecipe=x\n", "[rules a]: there is no such section: worker, user ID or rule NAME"},
    {"[rule a]\nrecipe=x\nRecipe=y\n", "[rule a] Recipe: there is no such key"},
    {"[rule a]\nrecipe=x\nrecipe=y\n", "[rule a] recipe: stands there twice"},
    {"[rule a]\nrecipe=x\n[rule b]\nreject=y\n[rule a]\npeer=z\n", "[rule a]: stands there twice"},
    {"[rule a]\nrecipe=x\nmax-jobs=0\n", "[rule a] max-jobs: '0' is not a number from 1 to 100000"},
    {"[rule a]\nrecipe=x\nmax-jobs=-1\n", "[rule a] max-jobs: '-1' is not a number from 1 to 100000"},
    {"[rule a]\nrecipe=x\nrestart=maybe\n", "[rule a] restart: 'maybe' is not never, on-failure or always"},
    {"[rule a]\nrecipe=x\nmemory=5\n", "[rule a] memory: '5' is not a size such as 300M or 1G"},
    {"[rule a]\nrecipe=x\nmemory=0M\n", "[rule a] memory: '0M' is not a size such as 300M or 1G"},
    {"[rule a]\nrecipe=x\ncpu=50\n", "[rule a] cpu: '50' is not a share of one core such as 50%"},
    {"[rule a]\nrecipe=x\ncpu=0%\n", "[rule a] cpu: '0%' is not a share of one core such as 50%"},
    {"[rule a]\nrecipe=x\ncpu-time=25h\n", "[rule a] cpu-time: '25h' is not a time such as 90s, 10m or 2h"},
    {"[rule a]\nrecipe=x\nnice=-5\n", "[rule a] nice: '-5' is not a number from 0 to 19"},
    {"[rule a]\nrecipe=x\ncall-type=fax\n", "[rule a] call-type: 'fax' is not audio or video"},
    {"[rule a]\nrecipe=x\ntime=22-6\n", "[rule a] time: '22-6' is not from and to, such as 22:00-06:00"},
    {"[rule a]\nrecipe=x\ntime=24:01-6:00\n", "[rule a] time: '24:01-6:00' is not from and to, such as 22:00-06:00"},
    {"[rule a]\nrecipe=x\nset.=1\n", "[rule a] set.: the variable's name is missing"},
    {"[rule a]\nrecipe=x\nset.n={caller}\n", "[rule a] set.n: '{caller}' begins none of {call-id} {peer} {user} "
                                             "{call-type} {time} {attempt}; a brace is {{"},
    {"[rule a]\nrecipe=x\nset.n=a{peer\n",
        "[rule a] set.n: '{peer' begins none of {call-id} {peer} {user} {call-type} {time} {attempt}; a brace is {{"},
    {"[worker]\nserver=127.0.0.1\n[rule a]\nreject=x\n",
        "[worker] server: '127.0.0.1' is not a URL such as http://127.0.0.1:8080"},
    {"[worker]\nport=1\n[rule a]\nreject=x\n", "[worker] port: there is no such key"},
    {"[user a]\ntoken=x\n[rule a]\nreject=x\n", "[user a] token: there is no such key"},
    {"[user a]\ntoken-file=\n[rule a]\nreject=x\n", "[user a] token-file: '' is not the path of a file"},
    {"[rule a]\nreject=\xff\n", "is not UTF-8"},
    {"[rule a]\nrecipe=x\\=y\n", "[rule a] recipe: a backslash is \\\\; else \\s, \\n, \\t or \\r"},
    {"[rule a]\nrecipe=x\nset.n=\\]\\\n", "[rule a] set.n: a backslash is \\\\; else \\s, \\n, \\t or \\r"},
    {"recipe=x\n", NULL}, /* GKeyFile's words */
    {"[rule a\nrecipe=x\n", NULL},
    {"[rule a]\nrecipe\n", NULL},
};

START_TEST (test_bad)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Rules) rules = rules_parse ("f", bad[_i].text, strlen (bad[_i].text), &error);

  ck_assert_msg (rules == NULL, "%s", bad[_i].text);
  ck_assert (g_str_has_prefix (error->message, "f: "));
  ck_assert_ptr_null (strchr (error->message, '\n'));
  if (bad[_i].wrong != NULL)
    ck_assert_str_eq (error->message + strlen ("f: "), bad[_i].wrong);
}
END_TEST

static const struct
{
  const char *user, *peer, *type;
  int minute;
  const char *rule; /* NULL: none */
} calls[] = {
    {"desk", "anna", "audio", 12 * 60, "day"},
    {"desk", "anna", "audio", 8 * 60, "day"},
    {"desk", "anna", "audio", 18 * 60, "night"},
    {"desk", "anna", "audio", 0, "night"},
    {"desk", "anna", "video", 12 * 60, "video"},
    {"desk", "spam-1", "video", 12 * 60, "spam"},
    {"door", "anna", "audio", 12 * 60, NULL},
    {"door1", "anna", "audio", 12 * 60, "door"},
    {"door12", "anna", "audio", 12 * 60, NULL},
};

START_TEST (test_match)
{
  g_autoptr (Rules) rules =
      parse ("[rule spam]\npeer=spam-*\nreject=no\n[rule video]\nuser=desk\ncall-type=video\nrecipe=v\n"
             "[rule day]\nuser=desk\ntime=08:00-18:00\nrecipe=d\n[rule night]\nuser=desk\ntime=18:00-8:00\nrecipe=n\n"
             "[rule door]\nuser=door?\nrecipe=o\n");
  const RuleCall call = {.user = calls[_i].user, .peer = calls[_i].peer, .call_type = calls[_i].type};
  const Rule *rule = rules_match (rules, &call, calls[_i].minute);

  ck_assert_msg (g_strcmp0 (rule != NULL ? rule->name : NULL, calls[_i].rule) == 0, "%d: %s", _i,
      rule != NULL ? rule->name : "none");
}
END_TEST

static const struct
{
  const char *pattern;
  const char *text;
} patterns[] = {
    {"", ""},
    {"/r/{call-id}-{attempt}.wav", "/r/c1-3.wav"},
    {"{user}{peer}{call-type}{time}", "ann_._etc_passwdaudio20260101-000000"},
    {"{{call-id}}", "{call-id}}"},
    {"a{{{attempt}", "a{3"},
    {"}", "}"},
};

START_TEST (test_patterns)
{
  const RuleCall call = {"c1", "../etc/passwd", "ann", "audio", "20260101-000000", 3};
  g_autofree char *text = rule_pattern_fill (patterns[_i].pattern, &call);

  ck_assert (rule_pattern_check (patterns[_i].pattern, NULL));
  ck_assert_str_eq (text, patterns[_i].text);
}
END_TEST

START_TEST (test_pattern_without_a_call)
{
  const RuleCall none = {.peer = "a/b\\c\n", .attempt = 1};
  g_autofree char *text = rule_pattern_fill ("{call-id} {peer}", &none);

  ck_assert_str_eq (text, "none a_b_c_");
}
END_TEST

static const struct
{
  JobExit end;
  JobState state;
  RuleRestart policy;
  gboolean call_ended;
  gboolean again;
} ends[] = {
    {{EXIT (0)}, JOB_FINISHED, RULE_RESTART_ON_FAILURE, FALSE, FALSE},
    {{EXIT (0)}, JOB_FINISHED, RULE_RESTART_ALWAYS, FALSE, TRUE},
    {{EXIT (0)}, JOB_FINISHED, RULE_RESTART_ALWAYS, TRUE, FALSE},
    {{EXIT (1)}, JOB_FAILED, RULE_RESTART_ON_FAILURE, FALSE, TRUE},
    {{EXIT (1)}, JOB_FAILED, RULE_RESTART_NEVER, FALSE, FALSE},
    {{EXIT (1)}, JOB_FAILED, RULE_RESTART_ON_FAILURE, TRUE, FALSE},
    {{EXIT (2)}, JOB_FAILED, RULE_RESTART_ALWAYS, FALSE, FALSE},
    {{EXIT (77)}, JOB_FAILED, RULE_RESTART_ALWAYS, FALSE, FALSE},
    {{9}, JOB_KILLED, RULE_RESTART_ON_FAILURE, FALSE, TRUE},
    {{9, FALSE, TRUE}, JOB_MEMORY_LIMIT, RULE_RESTART_ON_FAILURE, FALSE, FALSE},
    {{9, FALSE, TRUE}, JOB_MEMORY_LIMIT, RULE_RESTART_ALWAYS, FALSE, TRUE},
    {{24}, JOB_CPU_LIMIT, RULE_RESTART_ON_FAILURE, FALSE, FALSE},
    {{EXIT (0), TRUE}, JOB_STOPPED, RULE_RESTART_ALWAYS, FALSE, FALSE},
    {{EXIT (130), TRUE}, JOB_STOPPED, RULE_RESTART_ALWAYS, FALSE, FALSE},
    {{9, TRUE}, JOB_KILLED, RULE_RESTART_NEVER, FALSE, FALSE},
    {{EXIT (0), FALSE, FALSE, "answered-elsewhere"}, JOB_ANSWERED_ELSEWHERE, RULE_RESTART_ALWAYS, FALSE, FALSE},
    {{EXIT (1), FALSE, FALSE, "answered-elsewhere"}, JOB_ANSWERED_ELSEWHERE, RULE_RESTART_ALWAYS, FALSE, FALSE},
    {{EXIT (1), FALSE, FALSE, "not-found"}, JOB_CALL_GONE, RULE_RESTART_ALWAYS, FALSE, FALSE},
};

START_TEST (test_ends)
{
  JobState state = job_exit_to_state (&ends[_i].end), back;

  ck_assert_str_eq (job_state_to_string (state), job_state_to_string (ends[_i].state));
  ck_assert (job_state_is_over (state));
  ck_assert (job_state_from_string (job_state_to_string (state), &back) && back == state);
  ck_assert_int_eq (
      job_should_restart (ends[_i].policy, state, ends[_i].end.wait_status, ends[_i].call_ended), ends[_i].again);
}
END_TEST

static void
collect (const char *line, gpointer lines)
{
  g_ptr_array_add (lines, g_strdup (line));
}

START_TEST (test_lines)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *lots = g_strnfill (JOB_LINE_MAX + 100, 'x');
  JobLines parts;

  job_lines_init (&parts);
  job_lines_push (&parts, "one\ntw", 6, collect, lines);
  job_lines_push (&parts, "o\n\n", 3, collect, lines);
  job_lines_push (&parts, lots, strlen (lots), collect, lines);
  job_lines_push (&parts, "rest of it\nlast", 15, collect, lines);
  job_lines_flush (&parts, collect, lines);
  job_lines_clear (&parts);
  ck_assert_uint_eq (lines->len, 4);
  ck_assert_str_eq (lines->pdata[0], "one");
  ck_assert_str_eq (lines->pdata[1], "two");
  ck_assert_uint_eq (strlen (lines->pdata[2]), JOB_LINE_MAX);
  ck_assert_str_eq (lines->pdata[3], "last");
}
END_TEST

START_TEST (test_log)
{
  g_autofree char *lots = g_strnfill (JOB_LOG_LINE * 2, 'x');
  JobLog log;

  job_log_init (&log, "hush-hush");
  for (guint i = 0; i < JOB_LOG_LINES; i++)
    job_log_add (&log, lots);
  job_log_add (&log, "token eyJhbGciOiJI.eyJz-_.sig, hush-hush\x01\xff");
  ck_assert_uint_eq (log.lines.length, JOB_LOG_LINES);
  ck_assert_uint_lt (strlen (log.lines.head->data), JOB_LOG_LINE);
  ck_assert_str_eq (log.lines.tail->data, "token (token), (token) \xef\xbf\xbd");
  job_log_clear (&log);
}
END_TEST

static Suite *
rules_suite (void)
{
  Suite *suite = suite_create ("rules");
  TCase *tcase = tcase_create ("rules");

  tcase_add_test (tcase, test_defaults);
  tcase_add_test (tcase, test_everything);
  tcase_add_loop_test (tcase, test_bad, 0, G_N_ELEMENTS (bad));
  tcase_add_loop_test (tcase, test_match, 0, G_N_ELEMENTS (calls));
  tcase_add_loop_test (tcase, test_patterns, 0, G_N_ELEMENTS (patterns));
  tcase_add_test (tcase, test_pattern_without_a_call);
  tcase_add_loop_test (tcase, test_ends, 0, G_N_ELEMENTS (ends));
  tcase_add_test (tcase, test_lines);
  tcase_add_test (tcase, test_log);
  suite_add_tcase (suite, tcase);
  return suite;
}

int
main (void)
{
  SRunner *runner = srunner_create (rules_suite ());
  int failed;

  srunner_run_all (runner, CK_NORMAL);
  failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed != 0;
}
