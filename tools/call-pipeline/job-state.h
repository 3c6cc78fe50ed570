/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "rules.h"

G_BEGIN_DECLS

/* What a job is doing, and what the end of its process means. Pure. */

typedef enum
{
  JOB_STARTING,   /* its process runs */
  JOB_RUNNING,    /* it has said that its pipeline runs */
  JOB_RESTARTING, /* waits to be started again */
  JOB_STOPPING,   /* was asked to end */
  /* ended: */
  JOB_FINISHED, /* as its recipe expects */
  JOB_STOPPED,  /* by us, and in order */
  JOB_FAILED,
  JOB_KILLED, /* by a signal */
  JOB_MEMORY_LIMIT,
  JOB_CPU_LIMIT,
  JOB_ANSWERED_ELSEWHERE,
  JOB_CALL_GONE,
  JOB_STATES
} JobState;

const char *job_state_to_string (JobState state);
gboolean job_state_from_string (const char *text, JobState *state);
gboolean job_state_is_over (JobState state);
gboolean job_state_is_bad (JobState state); /* over, and not as anybody wanted it */

/* What is known when the process has ended. */
typedef struct
{
  int wait_status;
  gboolean stopping;    /* we asked it to */
  gboolean over_memory; /* the cgroup or our own look said so, or it could get no more */
  const char *gone;     /* reason of its event call-gone, or the end reason of its call; NULL: none */
} JobExit;

JobState job_exit_to_state (const JobExit *end);
/* "exit status 1: failed", "killed by SIGSEGV": for people. */
char *job_exit_to_text (int wait_status);
/* Whether to start it again: the policy, and whether another start could do better. @call_ended: its call is over. */
gboolean job_should_restart (RuleRestart policy, JobState state, int wait_status, gboolean call_ended);

G_END_DECLS
