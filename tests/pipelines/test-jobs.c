/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The worker's jobs without processes: what is signalled, started again and forgotten. Everything around worker-jobs.c
 * is a stub; a job that is freed is kept, poisoned: as one that lives, so that whoever still takes it for a job signals
 * it. */

#include <check.h>
#include <signal.h>
#include <sys/wait.h>

#include "tools/call-pipeline/worker-private.h"

#define PROCESS 4242
#define POISON 6666
#define REMEMBERED 200

static GPtrArray *freed; /* (element-type Job) */
static guint starts;
static GArray *signals; /* (element-type int), of processes */

/* ---- stubs ---- */

Job *
job_new (const char *id, JobOrder *order, JobEndFunc on_end, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->id = g_strdup (id);
  job->order = order;
  job->on_end = on_end;
  job->user_data = user_data;
  return job;
}

gboolean
job_start (Job *job, const JobContext *context)
{
  starts++;
  job->state = JOB_RUNNING;
  job->pid = PROCESS;
  return TRUE;
}

void
job_signal (Job *job, int number)
{
  ck_assert_int_eq (job->pid, PROCESS);
  g_array_append_val (signals, number);
}

void
job_free (Job *job)
{
  g_clear_handle_id (&job->timer, g_source_remove);
  job->state = JOB_RUNNING;
  job->pid = POISON;
  g_ptr_array_add (freed, job);
}

void
job_tick (Job *job)
{
}

void
job_order_free (JobOrder *order)
{
  g_free (order->recipe);
  g_free (order);
}

Listener *
worker_find_listener (Worker *worker, const char *user)
{
  return NULL;
}

char *
listener_dup_token (const Listener *listener, GError **error)
{
  return NULL;
}

void
listener_reject (Listener *listener, const char *call_id, const char *reason)
{
}

gboolean
claim_write (Claim *claim, const JobOrder *order, guint attempt, GError **error)
{
  return TRUE;
}

void
claim_release (Claim *claim)
{
}

void
worker_job_over (Worker *worker)
{
}

void
worker_count (GHashTable *counts, const char *key)
{
}

/* ---- a worker ---- */

static Rules rules = {.max_jobs = 1000};
static Worker worker;

static GLogWriterOutput
write_nothing (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  return G_LOG_WRITER_HANDLED;
}

static void
setup (void)
{
  g_log_set_writer_func (write_nothing, NULL, NULL);
  worker = (Worker){.rules = &rules, .name = (char *) "w"};
  worker.by_id = g_hash_table_new (g_str_hash, g_str_equal);
  worker.claims_of = g_hash_table_new (NULL, NULL);
  freed = g_ptr_array_new ();
  signals = g_array_new (FALSE, FALSE, sizeof (int));
  starts = 0;
}

static void
bury (gpointer data)
{
  Job *job = data;

  job_order_free (job->order);
  g_free (job->id);
  g_free (job);
}

static void
teardown (void)
{
  worker_free_jobs (&worker);
  g_hash_table_unref (worker.by_id);
  g_hash_table_unref (worker.claims_of);
  g_ptr_array_set_free_func (freed, bury);
  g_ptr_array_unref (freed);
  g_array_unref (signals);
}

static Job *
add_job (RuleRestart restart)
{
  JobOrder *order = g_new0 (JobOrder, 1);

  order->recipe = g_strdup ("idle");
  order->restart = restart;
  order->max_restarts = 5;
  order->restart_delay = 10;
  return worker_add_job (&worker, order, NULL, 1, FALSE);
}

static void
end_job (Job *job, JobState state, gint64 time)
{
  job->pid = 0;
  job->state = state;
  job->wait_status = state == JOB_KILLED ? SIGSEGV : 0;
  job->ended = time;
  job->on_end (job, job->user_data);
}

static void
assert_signals (guint count, ...)
{
  va_list list;

  ck_assert_uint_eq (signals->len, count);
  va_start (list, count);
  for (guint i = 0; i < count; i++)
    ck_assert_int_eq (g_array_index (signals, int, i), va_arg (list, int));
  va_end (list);
}

/* ---- tests ---- */

START_TEST (test_crash)
{
  Job *job = add_job (RULE_RESTART_ON_FAILURE);

  end_job (job, JOB_KILLED, 1);
  ck_assert_int_eq (job->state, JOB_RESTARTING);
  worker_stop_job (&worker, job, FALSE);
  ck_assert_int_eq (job->state, JOB_STOPPED);
  ck_assert_uint_eq (job->timer, 0);
  assert_signals (0);
}
END_TEST

/* A bot that was asked to end and crashes over it is not started again. */
START_TEST (test_crash_at_the_end)
{
  Job *job = add_job (RULE_RESTART_ALWAYS);

  worker_stop_job (&worker, job, FALSE);
  end_job (job, JOB_KILLED, 1);
  ck_assert_int_eq (job->state, JOB_KILLED);
  ck_assert_uint_eq (job->timer, 0);
  ck_assert_uint_eq (starts, 1);
}
END_TEST

START_TEST (test_asked_again)
{
  Job *job = add_job (RULE_RESTART_NEVER);
  guint timer;

  worker_stop_job (&worker, job, FALSE);
  timer = job->timer;
  ck_assert_uint_ne (timer, 0);
  worker_stop_job (&worker, job, FALSE);
  ck_assert_uint_eq (job->timer, timer); /* which would never come, if somebody asks often enough */
  assert_signals (1, SIGINT);
  worker_stop_job (&worker, job, TRUE);
  assert_signals (2, SIGINT, SIGKILL);
}
END_TEST

/* Who finishes its files already does not take the drain for a wish to give up. */
START_TEST (test_drain_after_a_stop)
{
  Job *stopped = add_job (RULE_RESTART_NEVER), *other = add_job (RULE_RESTART_NEVER);

  worker_stop_job (&worker, stopped, FALSE);
  worker_signal_all (&worker, SIGINT);
  assert_signals (2, SIGINT, SIGINT); /* one each */
  ck_assert_int_eq (other->state, JOB_STOPPING);
  worker_signal_all (&worker, SIGTERM);
  assert_signals (4, SIGINT, SIGINT, SIGTERM, SIGTERM);
}
END_TEST

/* Jobs that wait to be started again end there and then; others, further on in the queue, are forgotten for them. */
START_TEST (test_drain_forgets)
{
  Job *waiting[3];

  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    waiting[i] = add_job (RULE_RESTART_ON_FAILURE);
  for (guint i = 0; i < REMEMBERED; i++)
    end_job (add_job (RULE_RESTART_NEVER), JOB_FINISHED, i + 1);
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    end_job (waiting[i], JOB_KILLED, 1);
  ck_assert_uint_eq (freed->len, 0);
  worker_signal_all (&worker, SIGINT);
  assert_signals (0);
  ck_assert_uint_eq (freed->len, 3);
  ck_assert_uint_eq (worker.jobs.length, REMEMBERED);
}
END_TEST

/* The clock was set back: the job that ended last has the earliest time, and its caller goes on to speak of it. */
START_TEST (test_clock_set_back)
{
  Job *job = add_job (RULE_RESTART_ON_FAILURE);
  gint64 future = g_get_real_time () + G_TIME_SPAN_HOUR;

  for (guint i = 0; i < REMEMBERED; i++)
    end_job (add_job (RULE_RESTART_NEVER), JOB_FINISHED, future + i);
  end_job (job, JOB_KILLED, 1);
  worker_stop_job (&worker, job, FALSE);
  ck_assert_int_eq (job->state, JOB_STOPPED);
  ck_assert (worker_find_job (&worker, job->id) == job);
  ck_assert_uint_eq (freed->len, 1);
}
END_TEST

static Suite *
jobs_suite (void)
{
  Suite *suite = suite_create ("jobs");
  TCase *tcase = tcase_create ("jobs");

  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_add_test (tcase, test_crash);
  tcase_add_test (tcase, test_crash_at_the_end);
  tcase_add_test (tcase, test_asked_again);
  tcase_add_test (tcase, test_drain_after_a_stop);
  tcase_add_test (tcase, test_drain_forgets);
  tcase_add_test (tcase, test_clock_set_back);
  suite_add_tcase (suite, tcase);
  return suite;
}

int
main (void)
{
  SRunner *runner = srunner_create (jobs_suite ());
  int failed;

  srunner_run_all (runner, CK_NORMAL);
  failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed != 0;
}
