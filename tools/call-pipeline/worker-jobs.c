/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The bots: started, looked at once a second, started again when they crashed, remembered for a while when they are
 * over. */

#include "worker-private.h"

#include <signal.h>
#include <string.h>

#include "gst/core/backoff.h"

#define MAX_REMEMBERED 200
#define MAX_RESTART_MS 15000 /* the server keeps a place in a call for that long */
#define FORCE_MS 20000       /* after SIGINT a bot finishes its files */

guint
worker_count_live (Worker *worker, const char *rule)
{
  guint count = 0;

  for (GList *at = worker->jobs.head; at != NULL; at = at->next) {
    const Job *job = at->data;
    if (!job_state_is_over (job->state) && (rule == NULL || g_strcmp0 (job->order->rule, rule) == 0))
      count++;
  }
  return count;
}

gboolean
worker_has_room (Worker *worker, const Rule *rule)
{
  return worker_count_live (worker, NULL) < worker->rules->max_jobs
         && (rule == NULL || rule->max_jobs == 0 || worker_count_live (worker, rule->name) < rule->max_jobs);
}

static void
forget (Worker *worker, Job *job)
{
  worker->cpu_over += job->cpu_before + job->use.cpu;
  g_queue_remove (&worker->jobs, job);
  g_hash_table_remove (worker->by_id, job->id);
  job_free (job);
}

/* Of those that are over, the ones that ended first; not @last, whatever the clock says: it is still talked about. */
static void
forget_old (Worker *worker, const Job *last)
{
  while (worker->jobs.length - worker_count_live (worker, NULL) > MAX_REMEMBERED) {
    Job *oldest = NULL;
    for (GList *at = worker->jobs.head; at != NULL; at = at->next) {
      Job *job = at->data;
      if (job != last && job_state_is_over (job->state) && (oldest == NULL || job->ended < oldest->ended))
        oldest = job;
    }
    forget (worker, oldest);
  }
}

static void
release_claim (Worker *worker, Job *job)
{
  Claim *claim = g_hash_table_lookup (worker->claims_of, job);

  g_hash_table_remove (worker->claims_of, job);
  claim_release (claim);
}

/* A caller whom nobody will answer should not hear it ring for half a minute. */
static void
give_call_up (Worker *worker, Job *job)
{
  Listener *listener = worker_find_listener (worker, job->order->user);

  if (job->order->call_id == NULL || job->answered || !job_state_is_bad (job->state) || listener == NULL)
    return;
  listener_reject (listener, job->order->call_id, "unavailable");
}

static void
job_is_over (Worker *worker, Job *job)
{
  g_autofree char *key = g_strdup_printf ("%s %s", job_state_to_string (job->state), job->order->recipe);
  g_autofree char *text = job_exit_to_text (job->wait_status);
  gboolean bad = job_state_is_bad (job->state);

  g_log (G_LOG_DOMAIN, bad ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_INFO, "job %s (%s): %s, %s%s%s", job->id,
      job->order->recipe, job_state_to_string (job->state), text, bad && job->message != NULL ? ": " : "",
      bad && job->message != NULL ? job->message : "");
  worker_count (worker->ends, key);
  give_call_up (worker, job);
  release_claim (worker, job);
  forget_old (worker, job);
  worker_job_over (worker);
}

static gboolean
run (Worker *worker, Job *job)
{
  Listener *listener = worker_find_listener (worker, job->order->user);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = listener != NULL ? listener_dup_token (listener, &error) : NULL;
  const JobContext context = {
      worker->program, worker->rules->server, token, .answers_only = job->order->call_id != NULL && job->attempt == 1};

  if (token == NULL)
    g_warning ("job %s: no token: %s", job->id, error != NULL ? error->message : "its user is gone");
  return job_start (job, &context);
}

static gboolean
on_restart (gpointer user_data)
{
  Job *job = user_data;
  Worker *worker = job->user_data;
  Claim *claim = g_hash_table_lookup (worker->claims_of, job);

  job->timer = 0;
  job->attempt++;
  job->restarts++;
  worker_count (worker->restarts, job->order->recipe);
  if (claim != NULL)
    claim_write (claim, job->order, job->attempt, NULL);
  if (!run (worker, job))
    job_is_over (worker, job);
  return G_SOURCE_REMOVE;
}

static void
on_job_end (Job *job, gpointer user_data)
{
  Worker *worker = user_data;
  guint delay;

  g_clear_handle_id (&job->timer, g_source_remove);
  if (worker->drain != DRAIN_NONE || job->asked || job->restarts >= job->order->max_restarts
      || !job_should_restart (job->order->restart, job->state, job->wait_status, job->call_ended)) {
    job_is_over (worker, job);
    return;
  }
  delay = backoff_delay_ms (
      job->restarts, (guint) MAX (job->order->restart_delay * 1000, 100), MAX_RESTART_MS, g_random_double ());
  g_message ("job %s (%s): %s, again in %u ms", job->id, job->order->recipe, job_state_to_string (job->state), delay);
  job->state = JOB_RESTARTING;
  job->timer = g_timeout_add (delay, on_restart, job);
}

Job *
worker_add_job (Worker *worker, JobOrder *order, Claim *claim, guint attempt, gboolean taken_over)
{
  g_autofree char *id = g_strdup_printf ("%s-%u", worker->name, ++worker->next_job);
  Job *job = job_new (id, order, on_job_end, worker);

  job->attempt = attempt;
  job->taken_over = taken_over;
  g_queue_push_tail (&worker->jobs, job);
  g_hash_table_insert (worker->by_id, job->id, job);
  if (claim != NULL)
    g_hash_table_insert (worker->claims_of, job, claim);
  worker_count (worker->starts, order->recipe);
  g_info ("job %s: %s for %s%s%s", job->id, order->recipe, order->user != NULL ? order->user : "its user",
      order->call_id != NULL ? ", call " : "", order->call_id != NULL ? order->call_id : "");
  if (!run (worker, job))
    job_is_over (worker, job);
  return job;
}

static gboolean
on_force (gpointer user_data)
{
  Job *job = user_data;

  job->timer = 0;
  job_signal (job, SIGKILL);
  return G_SOURCE_REMOVE;
}

/* To ask again does not give it more time. */
void
worker_stop_job (Worker *worker, Job *job, gboolean force)
{
  gboolean again = job->state == JOB_STOPPING;

  if (job_state_is_over (job->state))
    return;
  if (job->pid == 0) { /* waits to be started again */
    g_clear_handle_id (&job->timer, g_source_remove);
    job->state = JOB_STOPPED;
    job->ended = g_get_real_time ();
    job_is_over (worker, job);
    return;
  }
  if (force || !again)
    job_signal (job, force ? SIGKILL : SIGINT);
  if (!again)
    job->timer = g_timeout_add (FORCE_MS, on_force, job);
  job->state = JOB_STOPPING;
  job->asked = TRUE;
}

/* Of those that are over, some may be forgotten meanwhile. */
static GList *
list_live (Worker *worker)
{
  GList *live = NULL;

  for (GList *at = worker->jobs.tail; at != NULL; at = at->prev)
    if (!job_state_is_over (((Job *) at->data)->state))
      live = g_list_prepend (live, at->data);
  return live;
}

/* A second SIGINT would be one to give up: who was stopped by hand had his. */
void
worker_signal_all (Worker *worker, int number)
{
  g_autoptr (GList) jobs = list_live (worker);

  for (GList *at = jobs; at != NULL; at = at->next) {
    Job *job = at->data;
    if (job->pid == 0) {
      worker_stop_job (worker, job, FALSE);
      continue;
    }
    if (number != SIGINT || job->state != JOB_STOPPING)
      job_signal (job, number);
    job->state = JOB_STOPPING;
  }
}

void
worker_tick_jobs (Worker *worker)
{
  for (GList *at = worker->jobs.head; at != NULL; at = at->next)
    job_tick (at->data);
}

void
worker_free_jobs (Worker *worker)
{
  Job *job;

  while ((job = g_queue_peek_head (&worker->jobs)) != NULL) {
    release_claim (worker, job);
    forget (worker, job);
  }
}

Job *
worker_find_job (Worker *worker, const char *id)
{
  return g_hash_table_lookup (worker->by_id, id);
}

const GQueue *
worker_get_jobs (Worker *worker)
{
  return &worker->jobs;
}

WorkerAnswer
worker_start_order (Worker *worker, JobOrder *order, Job **job)
{
  Listener *listener = worker_find_listener (worker, order->user);
  WorkerAnswer answer = listener == NULL                  ? WORKER_NO_USER
                        : worker->drain != DRAIN_NONE     ? WORKER_DRAINING
                        : !worker_has_room (worker, NULL) ? WORKER_FULL
                                                          : WORKER_STARTED;

  worker->full += answer == WORKER_FULL ? 1 : 0;
  if (answer != WORKER_STARTED) {
    job_order_free (order);
    return answer;
  }
  if (order->user == NULL)
    order->user = g_strdup (listener->user);
  order->limits = worker->rules->limits;
  *job = worker_add_job (worker, order, NULL, 1, FALSE);
  return WORKER_STARTED;
}
