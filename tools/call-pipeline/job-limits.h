/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "rules.h"

G_BEGIN_DECLS

/* What holds a job's process within its limits: a cgroup of its own (version 2) where the worker was given one to
 * divide, else rlimits, and a look at its memory once a second. */

/* The cgroup that is divided: @folder, or NULL to look whether the worker's own was delegated. Moves the worker into
 * a leaf of its own, as the kernel wants it. FALSE with @error: there is none; limits are rlimits then. */
gboolean job_limits_use_cgroup (const char *folder, GError **error);
gboolean job_limits_have_cgroup (void);

typedef struct JobCage JobCage;
JobCage *job_cage_new (const char *id, const RuleLimits *limits);
/* Between fork and exec: only what is safe there. Also ties the process' life to the worker's. */
void job_cage_enter (gpointer cage);
/* Whether the kernel looks after its memory; else somebody else has to. */
gboolean job_cage_holds_memory (const JobCage *cage);
/* The kernel killed it for its memory. */
gboolean job_cage_is_over_memory (JobCage *cage);
void job_cage_free (JobCage *cage); /* the process has ended */

typedef struct
{
  guint64 memory; /* bytes, resident */
  double cpu;     /* seconds */
} JobUse;

gboolean job_use_read (GPid pid, JobUse *use);

G_END_DECLS
