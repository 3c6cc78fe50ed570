/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "job.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_SIZE 4096
#define READS_A_TURN 16 /* a bot that never stops to talk does not stop the worker */

static void
on_out_line (const char *line, gpointer user_data)
{
  Job *job = user_data;

  job_log_add (&job->log, line);
  job_take_event (job, line);
}

static void
on_err_line (const char *line, gpointer user_data)
{
  Job *job = user_data;

  if (line[0] == '\0')
    return;
  job_log_add (&job->log, line);
  g_free (job->message);
  job->message = job_log_redact (line, job->log.secret);
  /* GLib's last words when RLIMIT_DATA is reached, and malloc()'s in others' mouths. */
  if (strstr (line, "failed to allocate") != NULL || strstr (line, "Cannot allocate memory") != NULL)
    job->over_memory = TRUE;
}

/* FALSE: the end. */
static gboolean
read_some (Job *job, guint which)
{
  JobLines *lines = which == 0 ? &job->out : &job->err;
  char bytes[READ_SIZE];

  for (guint i = 0; i < READS_A_TURN; i++) {
    gssize got = read (job->fds[which], bytes, sizeof bytes);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
      return TRUE;
    if (got <= 0)
      return FALSE;
    job_lines_push (lines, bytes, got, which == 0 ? on_out_line : on_err_line, job);
  }
  return TRUE;
}

static void
close_output (Job *job, guint which)
{
  g_clear_handle_id (&job->watches[which], g_source_remove);
  if (job->fds[which] >= 0)
    close (job->fds[which]);
  job->fds[which] = -1;
}

static gboolean
on_output (int fd, GIOCondition condition, gpointer user_data)
{
  Job *job = user_data;
  guint which = fd == job->fds[0] ? 0 : 1;

  if (read_some (job, which))
    return G_SOURCE_CONTINUE;
  job->watches[which] = 0;
  close_output (job, which);
  return G_SOURCE_REMOVE;
}

static void
end_outputs (Job *job)
{
  for (guint which = 0; which < 2; which++) {
    if (job->fds[which] >= 0)
      read_some (job, which);
    close_output (job, which);
  }
  job_lines_flush (&job->out, on_out_line, job);
  job_lines_flush (&job->err, on_err_line, job);
}

static void
on_child (GPid pid, int wait_status, gpointer user_data)
{
  Job *job = user_data;
  JobExit end;

  job->child_watch = 0;
  end_outputs (job);
  job->over_memory |= job_cage_is_over_memory (job->cage);
  g_clear_pointer (&job->cage, job_cage_free);
  end = (JobExit){wait_status, job->state == JOB_STOPPING, job->over_memory, job->gone};
  job->cpu_before += job->use.cpu;
  job->use = (JobUse){0};
  job->pid = 0;
  job->wait_status = wait_status;
  job->ended = g_get_real_time ();
  job->state = job_exit_to_state (&end);
  g_spawn_close_pid (pid);
  job->on_end (job, job->user_data);
}

static void
watch_process (Job *job)
{
  for (guint i = 0; i < 2; i++) {
    g_unix_set_fd_nonblocking (job->fds[i], TRUE, NULL);
    job->watches[i] = g_unix_fd_add (job->fds[i], G_IO_IN | G_IO_HUP, on_output, job);
  }
  job->child_watch = g_child_watch_add (job->pid, on_child, job);
}

gboolean
job_start (Job *job, const JobContext *context)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) environment = NULL;
  g_auto (GStrv) command = job_order_to_command (job->order, context, job->attempt, &environment, &error);

  g_free (job->log.secret);
  job->log.secret = g_strdup (context->token);
  g_clear_pointer (&job->gone, g_free);
  g_clear_pointer (&job->message, g_free);
  job->over_memory = job->call_ended = FALSE;
  job->state = JOB_STARTING;
  job->started = g_get_real_time ();
  job->ended = 0;
  job->cage = job_cage_new (job->id, &job->order->limits);
  if (command != NULL
      && g_spawn_async_with_pipes (NULL, command, environment, G_SPAWN_DO_NOT_REAP_CHILD, job_cage_enter, job->cage,
          &job->pid, NULL, &job->fds[0], &job->fds[1], &error)) {
    watch_process (job);
    return TRUE;
  }
  g_clear_pointer (&job->cage, job_cage_free);
  job->message = g_strdup (error->message);
  job->state = JOB_FAILED;
  job->wait_status = 127 << 8;
  job->ended = job->started;
  return FALSE;
}

void
job_signal (Job *job, int number)
{
  if (job->pid > 0)
    kill (job->pid, number);
}

void
job_tick (Job *job)
{
  JobUse use;

  if (!job_use_read (job->pid, &use))
    return;
  job->use = use;
  job->memory_peak = MAX (job->memory_peak, use.memory);
  if (job->order->limits.memory == 0 || job_cage_holds_memory (job->cage) || use.memory <= job->order->limits.memory)
    return;
  job->over_memory = TRUE;
  job_signal (job, SIGKILL);
}

Job *
job_new (const char *id, JobOrder *order, JobEndFunc on_end, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->id = g_strdup (id);
  job->order = order;
  job->attempt = 1;
  job->created = g_get_real_time ();
  job->fds[0] = job->fds[1] = -1;
  job->on_end = on_end;
  job->user_data = user_data;
  job_log_init (&job->log, NULL);
  job_lines_init (&job->out);
  job_lines_init (&job->err);
  return job;
}

/* Its process, should there be one, is killed and reaped: nobody else will. */
void
job_free (Job *job)
{
  g_clear_handle_id (&job->child_watch, g_source_remove);
  g_clear_handle_id (&job->timer, g_source_remove);
  if (job->pid > 0) {
    kill (job->pid, SIGKILL);
    waitpid (job->pid, NULL, 0);
  }
  for (guint i = 0; i < 2; i++)
    close_output (job, i);
  g_clear_pointer (&job->cage, job_cage_free);
  job_lines_clear (&job->out);
  job_lines_clear (&job->err);
  job_log_clear (&job->log);
  job_order_free (job->order);
  g_free (job->gone);
  g_free (job->message);
  g_free (job->event);
  g_free (job->progress);
  g_free (job->id);
  g_free (job);
}
