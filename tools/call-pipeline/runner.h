/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "recipe.h"

G_BEGIN_DECLS

/* The exit statuses of gst-call-pipeline. */
enum
{
  RUNNER_OK = 0,
  RUNNER_FAILED = 1,
  RUNNER_USAGE = 2,
  RUNNER_MISSING = 77, /* an element is not installed; what test runners take for "skipped" */
  RUNNER_TIMEOUT = 124,
  RUNNER_INTERRUPTED = 130
};

/* A recipe and what it was expanded to. */
typedef struct
{
  const Recipe *recipe;
  char *line;
  char *file;      /* NULL: none expected */
  guint timeout_s; /* 0: none */
  guint instances; /* 0: the recipe has none */
  GPtrArray *branches;
  GPtrArray *reactions;
  gboolean json;
  gboolean verbose;
} RunnerJob;

/* Expands all of it; FALSE: see @error. */
gboolean runner_job_init (RunnerJob *job, const Recipe *recipe, GHashTable *values, GError **error);
void runner_job_clear (RunnerJob *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RunnerJob, runner_job_clear)
/* Runs it to its end; an exit status. Says on stderr what went wrong. */
int runner_run (const RunnerJob *job);

G_END_DECLS
