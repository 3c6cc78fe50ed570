/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Prometheus' text format. Labels are states, which are ours, and recipes, which are files here: nobody from outside
 * makes a new series. */

#include "worker-private.h"

#include <string.h>

static void
head (GString *out, const char *name, const char *type, const char *help)
{
  g_string_append_printf (out, "# HELP gstcall_worker_%s %s\n# TYPE gstcall_worker_%s %s\n", name, help, name, type);
}

static void
single (GString *out, const char *name, const char *type, const char *help, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  head (out, name, type, help);
  g_string_append_printf (out, "gstcall_worker_%s %s\n", name, g_ascii_dtostr (text, sizeof text, value));
}

/* Backslash, quote and the end of a line are all that is escaped: another escape makes the whole text unreadable. */
static void
append_label (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, "%s=\"", name);
  for (const char *at = value; *at != '\0'; at++) {
    if (*at == '\n')
      g_string_append (out, "\\n");
    else if (*at == '\\' || *at == '"')
      g_string_append_printf (out, "\\%c", *at);
    else
      g_string_append_c (out, *at);
  }
  g_string_append_c (out, '"');
}

/* Keys are a recipe, or, @with_state, a state, a space and a recipe. */
static void
by_recipe (GString *out, const char *name, const char *type, const char *help, GHashTable *counts, gboolean with_state)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc) strcmp);

  head (out, name, type, help);
  for (GList *at = keys; at != NULL; at = at->next) {
    const char *space = with_state ? strchr (at->data, ' ') : NULL;
    g_autofree char *state = space != NULL ? g_strndup (at->data, space - (char *) at->data) : NULL;
    g_string_append_printf (out, "gstcall_worker_%s{", name);
    if (state != NULL) {
      append_label (out, "state", state);
      g_string_append_c (out, ',');
    }
    append_label (out, "recipe", space != NULL ? space + 1 : at->data);
    g_string_append_printf (out, "} %" G_GUINT64_FORMAT "\n", *(guint64 *) g_hash_table_lookup (counts, at->data));
  }
}

static void
live_jobs (GString *out, Worker *worker)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (GList *at = worker->jobs.head; at != NULL; at = at->next) {
    const Job *job = at->data;
    g_autofree char *key = g_strdup_printf ("%s %s", job_state_to_string (job->state), job->order->recipe);
    if (!job_state_is_over (job->state))
      worker_count (counts, key);
  }
  by_recipe (out, "jobs", "gauge", "Jobs that live, by state and recipe.", counts, TRUE);
}

static double
cpu_seconds (Worker *worker)
{
  double seconds = worker->cpu_over;

  for (GList *at = worker->jobs.head; at != NULL; at = at->next)
    seconds += ((Job *) at->data)->cpu_before + ((Job *) at->data)->use.cpu;
  return seconds;
}

static double
memory (Worker *worker)
{
  guint64 bytes = 0;

  for (GList *at = worker->jobs.head; at != NULL; at = at->next)
    bytes += ((Job *) at->data)->use.memory;
  return (double) bytes;
}

static void
users (GString *out, Worker *worker)
{
  static const char *const names[] = {"trying", "ready", "lost", "refused"};
  guint counts[G_N_ELEMENTS (names)] = {0};

  for (guint i = 0; i < worker->listeners->len; i++)
    counts[((Listener *) g_ptr_array_index (worker->listeners, i))->state]++;
  head (out, "users", "gauge", "Users whose calls are listened for, by state.");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_string_append_printf (out, "gstcall_worker_users{state=\"%s\"} %u\n", names[i], counts[i]);
}

char *
worker_metrics (Worker *worker)
{
  GString *out = g_string_new (NULL);
  g_autofree char *problem = worker_why_not_ready (worker);

  single (out, "ready", "gauge", "1: takes calls.", problem == NULL ? 1 : 0);
  users (out, worker);
  live_jobs (out, worker);
  single (out, "jobs_limit", "gauge", "max-jobs.", (double) worker->rules->max_jobs);
  by_recipe (out, "job_starts_total", "counter", "Jobs started, without restarts.", worker->starts, FALSE);
  by_recipe (out, "job_restarts_total", "counter", "Jobs started again.", worker->restarts, FALSE);
  by_recipe (out, "job_ends_total", "counter", "Jobs that are over, by state and recipe.", worker->ends, TRUE);
  single (
      out, "takeovers_total", "counter", "Calls taken over from workers that were gone.", (double) worker->takeovers);
  single (out, "full_total", "counter", "Calls and requests that found no room.", (double) worker->full);
  single (out, "rejected_total", "counter", "Calls declined by rule.", (double) worker->rejected);
  single (out, "ringing", "gauge", "Calls that ring and are not decided on.", g_hash_table_size (worker->rings));
  single (out, "cpu_seconds_total", "counter", "CPU time of all jobs.", cpu_seconds (worker));
  single (out, "memory_bytes", "gauge", "Resident memory of all jobs.", memory (worker));
  return g_string_free (out, FALSE);
}
