/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "job-limits.h"
#include "job-log.h"
#include "job-state.h"

G_BEGIN_DECLS

/* One bot: `gst-call-pipeline run` in a process of its own, what it is for, and what it said so far.
 *
 *   STARTING --event started--> RUNNING --exit--> FINISHED, FAILED, ...
 *                                  |                 |
 *                       job_stop() |                 +--(the worker decides)--> RESTARTING --job_start()--> STARTING
 *                                  v
 *                               STOPPING --exit--> STOPPED, KILLED
 */

typedef struct
{
  char *rule; /* NULL: started by hand */
  char *recipe;
  char *user;
  char *call_id; /* NULL: for no call */
  char *peer;
  char *call_type;
  char *timeout;     /* NULL: the recipe's */
  GPtrArray *values; /* (element-type RuleValue): with {names} */
  RuleLimits limits;
  RuleRestart restart;
  guint64 max_restarts;
  guint64 restart_delay; /* seconds */
} JobOrder;

JobOrder *job_order_new (const char *recipe);
void job_order_add_value (JobOrder *order, const char *name, const char *pattern);
void job_order_free (JobOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JobOrder, job_order_free)

typedef struct
{
  const char *program; /* this one */
  const char *server;
  const char *token;
  gboolean answers_only; /* a call that somebody else has answered is not to be taken from him */
} JobContext;

typedef struct Job Job;
typedef void (*JobEndFunc) (Job *job, gpointer user_data);

struct Job
{
  char *id;
  JobOrder *order;
  JobState state;
  GPid pid;                       /* 0: no process */
  guint attempt;                  /* of the call, over all workers; 1: the first */
  guint restarts;                 /* here */
  gboolean taken_over;            /* from a worker that is gone */
  gboolean answered;              /* it has had its call */
  gboolean call_ended;            /* it said so */
  gboolean over_memory;           /* was killed for it */
  gboolean asked;                 /* to end: it is not started again, however it does */
  gint64 created, started, ended; /* wall clock, us; 0: not yet */
  int wait_status;
  char *gone;     /* reason of call-gone, or of its call's end */
  char *message;  /* the last line that it complained, or what kept it from starting */
  char *event;    /* the last event, JSON */
  char *progress; /* the last event "progress" */
  JobUse use;
  double cpu_before; /* seconds of processes before this one */
  guint64 memory_peak;
  JobLog log;

  /* job.c's own */
  JobCage *cage;
  JobLines out, err;
  int fds[2];
  guint watches[2], child_watch;
  guint timer; /* the worker's: restart or force */
  JobEndFunc on_end;
  gpointer user_data;
};

Job *job_new (const char *id, JobOrder *order, JobEndFunc on_end, gpointer user_data);
void job_free (Job *job);
/* FALSE: could not be started; its message says why. */
gboolean job_start (Job *job, const JobContext *context);
void job_signal (Job *job, int number);
/* Looks at its use; kills what is over its memory where no cgroup does it. */
void job_tick (Job *job);

/* ---- job-event.c ---- */

/* A line of the bot's standard output. */
void job_take_event (Job *job, const char *line);

/* ---- job-order.c ---- */

/* The command line of @order, and the values that do not belong on one, as GSTCALL_NAME=value in @environment. */
char **job_order_to_command (
    const JobOrder *order, const JobContext *context, guint attempt, char ***environment, GError **error);

G_END_DECLS
