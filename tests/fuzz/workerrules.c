/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "tools/call-pipeline/job-log.h"
#include "tools/call-pipeline/rules.h"

/* The input as a file of rules, as a pattern of a value and as what a bot prints: an error is one line that names the
 * file; a value made of ids leads nowhere; a log keeps to its bounds and shows no token. */

static void
check_pattern (const char *text)
{
  const RuleCall call = {
      .call_id = "../..", .peer = text, .user = "/", .call_type = "audio", .time = "t", .attempt = 2};
  g_autofree char *id = rule_pattern_fill ("{peer}", &call);

  FUZZ_ASSERT (id[0] != '\0' && id[0] != '.' && strpbrk (id, "/\\\n") == NULL);
  if (rule_pattern_check (text, NULL)) {
    g_autofree char *filled = rule_pattern_fill (text, &call);
    FUZZ_ASSERT (filled != NULL);
  }
}

static void
collect (const char *line, gpointer user_data)
{
  FUZZ_ASSERT (strlen (line) <= JOB_LINE_MAX && strchr (line, '\n') == NULL);
  job_log_add (user_data, line);
}

static void
check_log (const char *bytes, gsize size)
{
  JobLines lines;
  JobLog log;

  job_log_init (&log, "hush");
  job_lines_init (&lines);
  job_lines_push (&lines, bytes, size / 2, collect, &log);
  job_lines_push (&lines, bytes + size / 2, size - size / 2, collect, &log);
  job_lines_flush (&lines, collect, &log);
  FUZZ_ASSERT (log.lines.length <= JOB_LOG_LINES);
  for (GList *at = log.lines.head; at != NULL; at = at->next) {
    FUZZ_ASSERT (strlen (at->data) <= JOB_LOG_LINE && g_utf8_validate (at->data, -1, NULL));
    FUZZ_ASSERT (strstr (at->data, "eyJ") == NULL && strstr (at->data, "hush") == NULL);
  }
  job_lines_clear (&lines);
  job_log_clear (&log);
}

static void
check_rules (const Rules *rules)
{
  const RuleCall call = {.call_id = "c", .peer = "p", .user = "u", .call_type = "audio", .time = "t", .attempt = 1};

  FUZZ_ASSERT (rules->rules->len > 0 && rules->max_jobs > 0);
  for (int minute = 0; minute < 24 * 60; minute += 60)
    rules_match (rules, &call, minute);
  for (guint i = 0; i < rules->rules->len; i++) {
    const Rule *rule = g_ptr_array_index (rules->rules, i);
    FUZZ_ASSERT ((rule->recipe == NULL) != (rule->reject == NULL));
    FUZZ_ASSERT (rules_find_rule (rules, rule->name) != NULL);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data;
  g_autofree char *text = g_strndup (bytes, size);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (Rules) rules = rules_parse ("file", bytes, size, &error);

  if (rules != NULL)
    check_rules (rules);
  else
    FUZZ_ASSERT (error != NULL && g_str_has_prefix (error->message, "file: "));
  check_pattern (valid);
  check_log (bytes, size);
  return 0;
}
