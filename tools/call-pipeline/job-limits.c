/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* RLIMIT_AS is no use here: each thread of a pipeline reserves 8 MiB of stack and up to 64 MiB of heap that it never
 * touches, so a bot of 60 MiB has a gigabyte of address space. RLIMIT_DATA counts the writable part of that, too; so it
 * is set to a multiple, against a burst between two looks, and the looks are the limit. */

#define _GNU_SOURCE

#include "job-limits.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/xattr.h>
#include <unistd.h>

#define DATA_FACTOR 4
#define DATA_MIN (G_GUINT64_CONSTANT (1) << 30)
#define CPU_PERIOD_US 100000
#define CPU_GRACE_S 5 /* from SIGXCPU to SIGKILL */

struct JobCage
{
  RuleLimits limits;
  pid_t parent;
  char *folder;          /* NULL: no cgroup */
  int procs;             /* cgroup.procs, open; -1 */
  gboolean holds_memory; /* its memory.max is set */
};

static char *cgroup; /* that is divided */

/* ---- cgroups ---- */

static gboolean
write_file (const char *folder, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);

  if (!done)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return done;
}

/* systemd marks what it gave away (Delegate=yes) with an attribute; the rest is not ours to divide, even as root. */
static gboolean
is_delegated (const char *folder)
{
  static const char *const names[] = {"user.delegate", "trusted.delegate"};
  char value[2] = "";

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (getxattr (folder, names[i], value, sizeof value) == 1 && value[0] == '1')
      return TRUE;
  return FALSE;
}

/* The line `0::/path` is that of version 2. */
static char *
own_cgroup (GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, error))
    return NULL;
  lines = g_strsplit (text, "\n", 0);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "0::/"))
      return g_build_filename ("/sys/fs/cgroup", lines[i] + strlen ("0::"), NULL);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no cgroup of version 2");
  return NULL;
}

/* A child has the controllers that its parent hands on. */
static gboolean
has_controllers (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "cgroup.controllers", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) names = NULL;

  if (!g_file_get_contents (path, &text, NULL, error)) {
    g_prefix_error (error, "no cgroup of version 2: ");
    return FALSE;
  }
  names = g_strsplit (g_strchomp (text), " ", 0);
  if (g_strv_contains ((const char *const *) names, "memory") && g_strv_contains ((const char *const *) names, "cpu"))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
      "%s: not both of memory and cpu are there: write \"+memory +cpu\" to cgroup.subtree_control of the one above",
      path);
  return FALSE;
}

/* The kernel wants no process beside cgroups that have limits. */
static gboolean
divide (const char *path, GError **error)
{
  if (write_file (path, "cgroup.subtree_control", "+memory +cpu", error))
    return TRUE;
  if (error != NULL && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_BUSY))
    g_prefix_error (error, "processes other than the worker are in it, move them below it: ");
  return FALSE;
}

gboolean
job_limits_use_cgroup (const char *folder, GError **error)
{
  g_autofree char *path = folder != NULL ? g_strdup (folder) : own_cgroup (error);
  g_autofree char *leaf = path != NULL ? g_build_filename (path, "worker", NULL) : NULL;
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());

  if (path == NULL)
    return FALSE;
  if (folder == NULL && !is_delegated (path)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s is not delegated", path);
    return FALSE;
  }
  if (!has_controllers (path, error))
    return FALSE;
  if (g_mkdir (leaf, 0755) != 0 && errno != EEXIST) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", leaf, g_strerror (errno));
    return FALSE;
  }
  if (!write_file (leaf, "cgroup.procs", pid, error) || !divide (path, error))
    return FALSE;
  g_free (cgroup);
  cgroup = g_steal_pointer (&path);
  return TRUE;
}

gboolean
job_limits_have_cgroup (void)
{
  return cgroup != NULL;
}

static void
set_cgroup_limits (JobCage *self)
{
  g_autofree char *memory = g_strdup_printf ("%" G_GUINT64_FORMAT, self->limits.memory);
  g_autofree char *cpu =
      g_strdup_printf ("%" G_GUINT64_FORMAT " %d", self->limits.cpu * (CPU_PERIOD_US / 100), CPU_PERIOD_US);
  g_autoptr (GError) error = NULL;

  self->holds_memory = self->limits.memory > 0 && write_file (self->folder, "memory.max", memory, &error);
  if (self->holds_memory)
    write_file (self->folder, "memory.swap.max", "0", NULL); /* is not there without swap accounting */
  if (error == NULL && self->limits.cpu > 0)
    write_file (self->folder, "cpu.max", cpu, &error);
  if (error != NULL)
    g_warning ("a limit is not set: %s", error->message);
}

/* One that a killed worker left has limits and counts of its own: it goes first. */
static gboolean
make_folder (const char *folder)
{
  if (g_mkdir (folder, 0755) == 0)
    return TRUE;
  return errno == EEXIST && g_rmdir (folder) == 0 && g_mkdir (folder, 0755) == 0;
}

static void
make_cgroup (JobCage *self, const char *id)
{
  g_autofree char *procs = NULL;

  self->folder = g_strdup_printf ("%s/job-%s", cgroup, id);
  procs = g_build_filename (self->folder, "cgroup.procs", NULL);
  if (make_folder (self->folder))
    self->procs = g_open (procs, O_WRONLY | O_CLOEXEC, 0);
  if (self->procs >= 0) {
    set_cgroup_limits (self);
    return;
  }
  g_warning ("a job without a cgroup: %s: %s", self->folder, g_strerror (errno));
  g_clear_pointer (&self->folder, g_free);
}

JobCage *
job_cage_new (const char *id, const RuleLimits *limits)
{
  JobCage *self = g_new0 (JobCage, 1);

  self->limits = *limits;
  self->parent = getpid ();
  self->procs = -1;
  if (cgroup != NULL)
    make_cgroup (self, id);
  return self;
}

/* ---- in the child ---- */

static void
limit (int resource, guint64 soft, guint64 hard)
{
  struct rlimit value = {.rlim_cur = soft, .rlim_max = hard};

  if (soft > 0 && setrlimit (resource, &value) != 0)
    _exit (126);
}

void
job_cage_enter (gpointer cage)
{
  const JobCage *self = cage;
  const RuleLimits *limits = &self->limits;
  static const struct rlimit no_core = {0, 0};

  /* The order matters: who is orphaned before the first line is seen by the second. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != self->parent)
    _exit (126);
  setpgid (0, 0); /* a Ctrl-C for the worker is not one for its bots */
  signal (SIGPIPE, SIG_DFL);
  if (self->procs >= 0 && write (self->procs, "0", 1) != 1)
    _exit (126);
  setrlimit (RLIMIT_CORE, &no_core);
  limit (RLIMIT_CPU, limits->cpu_time, limits->cpu_time + CPU_GRACE_S);
  limit (RLIMIT_NOFILE, limits->open_files, limits->open_files);
  if (!self->holds_memory && limits->memory > 0) {
    guint64 data = MAX (limits->memory * DATA_FACTOR, DATA_MIN);
    limit (RLIMIT_DATA, data, data);
  }
  if (limits->nice > 0)
    setpriority (PRIO_PROCESS, 0, (int) limits->nice);
}

/* ---- afterwards ---- */

gboolean
job_cage_holds_memory (const JobCage *self)
{
  return self->holds_memory;
}

gboolean
job_cage_is_over_memory (JobCage *self)
{
  g_autofree char *path = self->folder != NULL ? g_build_filename (self->folder, "memory.events", NULL) : NULL;
  g_autofree char *text = NULL;
  const char *line;

  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  line = strstr (text, "oom_kill ");
  return line != NULL && g_ascii_strtoull (line + strlen ("oom_kill "), NULL, 10) > 0;
}

void
job_cage_free (JobCage *self)
{
  if (self->procs >= 0)
    close (self->procs);
  if (self->folder != NULL && g_rmdir (self->folder) != 0)
    g_info ("%s stays: %s", self->folder, g_strerror (errno));
  g_free (self->folder);
  g_free (self);
}

/* The fields after the name in brackets, which may have anything in it. */
static gboolean
read_stat (GPid pid, JobUse *use)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  const char *bracket;
  enum
  {
    UTIME = 11,
    STIME,
    RSS = 21
  };

  if (!g_file_get_contents (path, &text, NULL, NULL) || (bracket = strrchr (text, ')')) == NULL)
    return FALSE;
  fields = g_strsplit (bracket + 2, " ", 0);
  if (g_strv_length (fields) <= RSS)
    return FALSE;
  use->cpu = (double) (g_ascii_strtoull (fields[UTIME], NULL, 10) + g_ascii_strtoull (fields[STIME], NULL, 10))
             / (double) sysconf (_SC_CLK_TCK);
  use->memory = g_ascii_strtoull (fields[RSS], NULL, 10) * (guint64) sysconf (_SC_PAGESIZE);
  return TRUE;
}

gboolean
job_use_read (GPid pid, JobUse *use)
{
  return pid > 0 && read_stat (pid, use);
}
