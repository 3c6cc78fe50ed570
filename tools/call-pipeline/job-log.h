/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The last lines of a job, bounded in number and size, without tokens; and bytes put together to lines. Pure. */

#define JOB_LOG_LINES 500
#define JOB_LOG_LINE 2048       /* bytes kept of a line */
#define JOB_LINE_MAX (32 << 10) /* bytes of a line that is looked at; what is longer is cut */

typedef struct
{
  GQueue lines; /* (element-type utf8) */
  char *secret; /* a text that never stands in a line */
} JobLog;

void job_log_init (JobLog *log, const char *secret);
void job_log_clear (JobLog *log);
void job_log_add (JobLog *log, const char *line);
/* @text without @secret and without anything that looks like a token; valid UTF-8 without control characters. */
char *job_log_redact (const char *text, const char *secret);

/* Takes bytes as they come and calls @func for each line that is complete, without its end. */
typedef struct
{
  GString *rest;
  gboolean skipping; /* the end of a line that was too long */
} JobLines;

typedef void (*JobLineFunc) (const char *line, gpointer user_data);
void job_lines_init (JobLines *lines);
void job_lines_clear (JobLines *lines);
void job_lines_push (JobLines *lines, const char *bytes, gsize length, JobLineFunc func, gpointer user_data);
/* What came without an end. */
void job_lines_flush (JobLines *lines, JobLineFunc func, gpointer user_data);

G_END_DECLS
