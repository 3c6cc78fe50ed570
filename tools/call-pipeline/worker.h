/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "job.h"
#include "rules.h"

G_BEGIN_DECLS

/* A worker listens for the calls of its users and answers them by rule, each with a bot in a process of its own.
 *
 *   listeners (one a user) --call-incoming--> rings --claim--> jobs --exit--> over, or once more
 *                          --call-gone----------^
 *   state folder: a claim without a lock --------------------> jobs   (a takeover)
 *   control API: POST /api/jobs -----------------------------> jobs
 *
 * All on the main thread's loop. */

typedef struct Worker Worker;

typedef struct
{
  const char *rules;
  const char *token_file;    /* of the one user, where the rules name none */
  const char *state_dir;     /* NULL: shares nothing */
  const char *listen;        /* of the control API: host:port, or none */
  const char *control_token; /* file; NULL: one is made */
  const char *name;          /* NULL: host and process */
  const char *cgroup;        /* folder, "auto" or "none" */
} WorkerOptions;

/* Until a signal ends it; an exit status. */
int worker_run (const WorkerOptions *options, Rules *rules);

/* ---- for the control API ---- */

typedef enum
{
  WORKER_STARTED,
  WORKER_DRAINING,
  WORKER_FULL,
  WORKER_NO_USER, /* of that name */
} WorkerAnswer;

/* Takes @order. Its restart policy is never. */
WorkerAnswer worker_start_order (Worker *worker, JobOrder *order, Job **job);
void worker_stop_job (Worker *worker, Job *job, gboolean force);
Job *worker_find_job (Worker *worker, const char *id);
const GQueue *worker_get_jobs (Worker *worker); /* (element-type Job), oldest first */
/* NULL: it is; else why not. */
char *worker_why_not_ready (Worker *worker);
char *worker_metrics (Worker *worker);

G_END_DECLS
