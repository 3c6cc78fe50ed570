/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#define _GNU_SOURCE

#include "job-state.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "runner.h"

static const char *const names[JOB_STATES] = {
    [JOB_STARTING] = "starting",
    [JOB_RUNNING] = "running",
    [JOB_RESTARTING] = "restarting",
    [JOB_STOPPING] = "stopping",
    [JOB_FINISHED] = "finished",
    [JOB_STOPPED] = "stopped",
    [JOB_FAILED] = "failed",
    [JOB_KILLED] = "killed",
    [JOB_MEMORY_LIMIT] = "memory-limit",
    [JOB_CPU_LIMIT] = "cpu-limit",
    [JOB_ANSWERED_ELSEWHERE] = "answered-elsewhere",
    [JOB_CALL_GONE] = "call-gone",
};

const char *
job_state_to_string (JobState state)
{
  return names[state];
}

gboolean
job_state_from_string (const char *text, JobState *state)
{
  for (guint i = 0; i < JOB_STATES; i++)
    if (g_strcmp0 (names[i], text) == 0) {
      *state = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
job_state_is_over (JobState state)
{
  return state >= JOB_FINISHED;
}

gboolean
job_state_is_bad (JobState state)
{
  return state >= JOB_FAILED && state <= JOB_CPU_LIMIT;
}

JobState
job_exit_to_state (const JobExit *end)
{
  int signal_number = WIFSIGNALED (end->wait_status) ? WTERMSIG (end->wait_status) : 0;
  gboolean good = WIFEXITED (end->wait_status) && WEXITSTATUS (end->wait_status) == RUNNER_OK;

  if (g_strcmp0 (end->gone, "answered-elsewhere") == 0)
    return JOB_ANSWERED_ELSEWHERE;
  if (g_strcmp0 (end->gone, "not-found") == 0)
    return JOB_CALL_GONE;
  if (end->over_memory && !good)
    return JOB_MEMORY_LIMIT;
  if (signal_number == SIGXCPU)
    return JOB_CPU_LIMIT;
  if (good)
    return end->stopping ? JOB_STOPPED : JOB_FINISHED;
  if (end->stopping)
    return signal_number != 0 ? JOB_KILLED : JOB_STOPPED;
  return signal_number != 0 ? JOB_KILLED : JOB_FAILED;
}

char *
job_exit_to_text (int wait_status)
{
  static const struct
  {
    int status;
    const char *text;
  } meanings[] = {
      {RUNNER_OK, "as expected"},
      {RUNNER_FAILED, "failed"},
      {RUNNER_USAGE, "wrong recipe or values"},
      {RUNNER_MISSING, "an element is missing"},
      {RUNNER_TIMEOUT, "the time was up"},
      {RUNNER_INTERRUPTED, "given up when it was asked to end"},
      {126, "its limits could not be set"},
      {127, "could not be run"},
  };

  if (WIFSIGNALED (wait_status))
    return g_strdup_printf ("killed by SIG%s", sigabbrev_np (WTERMSIG (wait_status)));
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (WEXITSTATUS (wait_status) == meanings[i].status)
      return g_strdup_printf ("exit status %d: %s", meanings[i].status, meanings[i].text);
  return g_strdup_printf ("exit status %d", WEXITSTATUS (wait_status));
}

gboolean
job_should_restart (RuleRestart policy, JobState state, int wait_status, gboolean call_ended)
{
  int status = WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : RUNNER_FAILED;

  if (call_ended || policy == RULE_RESTART_NEVER || status == RUNNER_USAGE || status == RUNNER_MISSING)
    return FALSE;
  if (state == JOB_FAILED || state == JOB_KILLED)
    return TRUE;
  return policy == RULE_RESTART_ALWAYS
         && (state == JOB_FINISHED || state == JOB_MEMORY_LIMIT || state == JOB_CPU_LIMIT);
}
