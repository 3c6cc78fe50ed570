/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/store.h"

#include "tools/call-server/store-sql.h"

#define MAX_BATCH 256

struct Store
{
  uv_async_t wake; /* first: uv hands it back */
  StoreSql *sql;
  GThread *thread;
  GAsyncQueue *waiting;
  GAsyncQueue *finished;
  gint64 alive_ms;
  StoreOutbox outbox;
  gint outbox_grew; /* atomic: set by the thread, taken by the loop */
  GMutex lock;      /* of stats: the thread writes them, the loop reads them */
  StoreStats stats;
};

static const double BATCH_BOUNDS[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 0};
static const double COMMIT_BOUNDS[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 0};

static StoreJob stop_job;

StoreJob *
store_job_new (StoreOp op, const char *user_id, void (*done) (StoreJob *job), gpointer data)
{
  StoreJob *job = g_new0 (StoreJob, 1);
  job->op = op;
  job->user_id = g_strdup (user_id);
  job->done = done;
  job->data = data;
  job->now_ms = g_get_real_time () / 1000;
  job->filter = (StoreFilter){.state = -1, .outgoing = -1, .page = 1, .limit = 20};
  return job;
}

static void
forget_result (StoreJob *job)
{
  g_clear_pointer (&job->contacts, g_ptr_array_unref);
  g_clear_pointer (&job->call, call_record_free);
  g_clear_pointer (&job->calls, g_ptr_array_unref);
  g_clear_pointer (&job->users, g_ptr_array_unref);
  g_clear_pointer (&job->outbox, g_ptr_array_unref);
}

void
store_job_free (StoreJob *job)
{
  forget_result (job);
  g_free (job->user_id);
  g_free (job->peer_id);
  g_free (job->call_id);
  g_free (job->call_type);
  g_free (job->search);
  g_free (job->url);
  g_free (job->filter.type);
  g_free (job->filter.search);
  user_record_clear (&job->user);
  g_clear_pointer (&job->report, quality_report_free);
  g_clear_pointer (&job->stats, stats_free);
  g_free (job);
}

void
store_push (Store *store, StoreJob *job)
{
  g_async_queue_push (store->waiting, job);
}

void
store_set_outbox (Store *store, const StoreOutbox *outbox)
{
  store->outbox = *outbox;
  store_sql_set_outbox (store->sql, outbox);
}

void
store_get_stats (Store *store, StoreStats *stats)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);
  *stats = store->stats;
  stats->waiting = (guint) MAX (g_async_queue_length (store->waiting), 0);
}

gint64
store_alive_ms (Store *store)
{
  return store->alive_ms;
}

/* ---- the store's thread ---- */

/* Waits for one job and takes what has gathered behind it. FALSE: the stop job was among them. */
static gboolean
take_batch (Store *store, GPtrArray *batch)
{
  StoreJob *job = g_async_queue_pop (store->waiting);
  while (job != NULL && job != &stop_job) {
    g_ptr_array_add (batch, job);
    job = batch->len < MAX_BATCH ? g_async_queue_try_pop (store->waiting) : NULL;
  }
  return job != &stop_job;
}

static void
count_batch (Store *store, guint jobs, gint64 began_us, gboolean kept)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);
  histogram_add (&store->stats.batch_jobs, jobs);
  histogram_add (&store->stats.commit_seconds, (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC);
  store->stats.failures += !kept;
}

/* FALSE: one failed, and the batch is as if it had not begun. */
static gboolean
try_all (Store *store, GPtrArray *batch)
{
  for (guint i = 0; i < batch->len; i++) {
    if (!store_sql_try (store->sql, g_ptr_array_index (batch, i))) {
      store_sql_rollback (store->sql);
      g_ptr_array_foreach (batch, (GFunc) forget_result, NULL);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
run_each (Store *store, GPtrArray *batch)
{
  gboolean begun = store_sql_begin (store->sql);
  for (guint i = 0; begun && i < batch->len; i++)
    store_sql_run (store->sql, g_ptr_array_index (batch, i));
  return begun;
}

static void
run_batch (Store *store, GPtrArray *batch)
{
  gint64 began_us = g_get_monotonic_time ();
  gboolean begun = store_sql_begin (store->sql);
  if (begun && !try_all (store, batch))
    begun = run_each (store, batch);
  gboolean kept = begun && store_sql_commit (store->sql);
  if (store_sql_outbox_grew (store->sql) && kept)
    g_atomic_int_set (&store->outbox_grew, TRUE);
  count_batch (store, batch->len, began_us, kept);
  for (guint i = 0; i < batch->len; i++) {
    StoreJob *job = g_ptr_array_index (batch, i);
    if (!kept)
      job->result = STORE_FAILED;
    g_async_queue_push (store->finished, job);
  }
  uv_async_send (&store->wake);
}

static gpointer
store_thread (gpointer data)
{
  Store *store = data;
  gboolean more = TRUE;
  while (more) {
    g_autoptr (GPtrArray) batch = g_ptr_array_new ();
    more = take_batch (store, batch);
    if (batch->len > 0)
      run_batch (store, batch);
  }
  return NULL;
}

/* ---- the loop's thread ---- */

static void
deliver (Store *store)
{
  StoreJob *job;
  while ((job = g_async_queue_try_pop (store->finished)) != NULL) {
    if (job->done != NULL)
      job->done (job);
    store_job_free (job);
  }
  if (g_atomic_int_compare_and_exchange (&store->outbox_grew, TRUE, FALSE))
    store->outbox.grown (store->outbox.data);
}

static void
on_wake (uv_async_t *wake)
{
  deliver ((Store *) wake);
}

static void
on_closed (uv_handle_t *handle)
{
  Store *store = (Store *) handle;
  StoreJob *job;
  while ((job = g_async_queue_try_pop (store->waiting)) != NULL)
    store_job_free (job);
  g_async_queue_unref (store->waiting);
  g_async_queue_unref (store->finished);
  g_mutex_clear (&store->lock);
  g_free (store);
}

Store *
store_new (uv_loop_t *loop, const char *path, GError **error)
{
  StoreSql *sql = store_sql_open (path, error);
  if (sql == NULL)
    return NULL;
  Store *store = g_new0 (Store, 1);
  store->sql = sql;
  store->alive_ms = store_sql_alive_ms (sql);
  g_mutex_init (&store->lock);
  store->stats = (StoreStats){.batch_jobs.bounds = BATCH_BOUNDS, .commit_seconds.bounds = COMMIT_BOUNDS};
  store->waiting = g_async_queue_new ();
  store->finished = g_async_queue_new ();
  uv_async_init (loop, &store->wake, on_wake);
  store->thread = g_thread_new ("store", store_thread, store);
  return store;
}

void
store_drain (Store *store)
{
  g_async_queue_push (store->waiting, &stop_job);
  g_thread_join (store->thread);
  deliver (store);
}

void
store_free (Store *store)
{
  store_sql_close (store->sql);
  uv_close ((uv_handle_t *) &store->wake, on_closed);
}
