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

typedef struct
{
  gboolean json;
  gboolean verbose;
} RunnerOptions;

/* The elements that the recipe needs and that are not there (element-type utf8). Empty when all are. */
GPtrArray *runner_missing_elements (const Recipe *recipe);
/* Runs it to its end; an exit status. Says on stderr what went wrong. */
int runner_run (const Recipe *recipe, const char *line, const char *file, const RunnerOptions *options);

G_END_DECLS
