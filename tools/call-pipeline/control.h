/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "worker.h"

G_BEGIN_DECLS

/* The HTTP control API: control.c is HTTP, control-api.c what is asked, control-json.c how it is said. */

typedef struct Control Control;

/* Listens, and says where on standard output. NULL with @error: the port is in use, or it would be open to others. */
Control *control_new (Worker *worker, const WorkerOptions *options, GError **error);
void control_free (Control *control);

typedef struct
{
  const char *method;
  const char *path;
  const char *(*query) (gpointer connection, const char *name); /* NULL: not there */
  gpointer connection;
  gboolean allowed; /* came with the token */
  const char *body;
  gsize length;
} ControlRequest;

typedef struct
{
  guint status;
  const char *type;
  char *text;
} ControlReply;

void control_answer (Worker *worker, const ControlRequest *request, ControlReply *reply);
/* {"success":false,...} */
void control_fail (ControlReply *reply, guint status, const char *code, const char *format, ...) G_GNUC_PRINTF (4, 5);
char *control_job_to_json (const Job *job);
char *control_jobs_to_json (const GQueue *jobs, const JobState *state); /* NULL: of any state */
char *control_log_to_json (const Job *job, guint lines);

G_END_DECLS
