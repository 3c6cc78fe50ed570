/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The store on its own thread, driven by a loop: what it answers, keeps and refuses. */

#include "tools/call-server/store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

typedef struct
{
  uv_loop_t loop;
  Store *store;
  char *dir, *path;
} Fixture;

/* Of the store's thread: each has to be one that a test counted on. */
static guint warnings;

static GLogWriterOutput
count_warnings (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
  if (level != G_LOG_LEVEL_WARNING)
    return g_log_writer_default (level, fields, n_fields, NULL);
  g_atomic_int_inc (&warnings);
  return G_LOG_WRITER_HANDLED;
}

static void
fixture_open (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  if (fixture->dir == NULL)
    fixture->dir = g_dir_make_tmp ("store-XXXXXX", NULL);
  if (fixture->path == NULL)
    fixture->path = g_build_filename (fixture->dir, "calls.db", NULL);
  uv_loop_init (&fixture->loop);
  fixture->store = store_new (&fixture->loop, fixture->path, &error);
  g_assert_no_error (error);
}

static void
fixture_shut (Fixture *fixture)
{
  store_drain (fixture->store);
  store_free (fixture->store);
  uv_run (&fixture->loop, UV_RUN_DEFAULT);
  g_assert_cmpint (uv_loop_close (&fixture->loop), ==, 0);
}

static void
fixture_close (Fixture *fixture, gconstpointer unused)
{
  static const char *const names[] = {"calls.db", "calls.db-wal", "calls.db-shm", "calls.db-lock", "newer.db-lock"};
  fixture_shut (fixture);
  g_assert_cmpint (g_atomic_int_get (&warnings), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);
    g_unlink (path);
  }
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
  g_free (fixture->path);
}

/* ---- jobs that are waited for ---- */

typedef struct
{
  gboolean done;
  StoreJob job; /* what it was when it was done; its results are ours */
} Answer;

static void
on_done (StoreJob *job)
{
  Answer *answer = job->data;
  answer->done = TRUE;
  answer->job = *job;
  job->call = NULL;
  job->calls = job->users = job->outbox = NULL;
}

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->job.call, call_record_free);
  g_clear_pointer (&answer->job.calls, g_ptr_array_unref);
  g_clear_pointer (&answer->job.users, g_ptr_array_unref);
  g_clear_pointer (&answer->job.outbox, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
wait_for (Fixture *fixture, Answer *answer)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (!answer->done && g_get_monotonic_time () < deadline)
    uv_run (&fixture->loop, UV_RUN_ONCE);
  g_assert_true (answer->done);
}

static void
touch (Fixture *fixture, const char *id, const char *name)
{
  g_auto (Answer) answer = {0};
  StoreJob *job = store_job_new (STORE_TOUCH_USER, id, on_done, &answer);
  job->user.id = g_strdup (id);
  job->user.full_name = g_strdup (name);
  store_push (fixture->store, job);
  wait_for (fixture, &answer);
  g_assert_cmpint (answer.job.result, ==, STORE_OK);
}

static StoreJob *
start_job (Answer *answer, const char *from, const char *to)
{
  StoreJob *job = store_job_new (STORE_START_CALL, from, on_done, answer);
  job->peer_id = g_strdup (to);
  job->call_type = g_strdup ("audio");
  return job;
}

static StoreResult
start (Fixture *fixture, const char *from, const char *to, char **call_id)
{
  g_auto (Answer) answer = {0};
  store_push (fixture->store, start_job (&answer, from, to));
  wait_for (fixture, &answer);
  if (call_id != NULL)
    *call_id = answer.job.call != NULL ? g_strdup (answer.job.call->id) : NULL;
  return answer.job.result;
}

static StoreJob *
change_job (Answer *answer, const char *call_id, const char *user, StoreVerb verb, CallEvent event)
{
  StoreJob *job = store_job_new (STORE_CHANGE_CALL, user, on_done, answer);
  job->call_id = g_strdup (call_id);
  job->verb = verb;
  job->event = event;
  return job;
}

static StoreResult
change (Fixture *fixture, const char *call_id, const char *user, StoreVerb verb, CallEvent event)
{
  g_auto (Answer) answer = {0};
  store_push (fixture->store, change_job (&answer, call_id, user, verb, event));
  wait_for (fixture, &answer);
  return answer.job.result;
}

static void
assert_call (Fixture *fixture, const char *call_id, const char *user, CallState state, CallEndReason reason)
{
  g_auto (Answer) answer = {0};
  StoreJob *job = store_job_new (STORE_GET_CALL, user, on_done, &answer);
  job->call_id = g_strdup (call_id);
  store_push (fixture->store, job);
  wait_for (fixture, &answer);
  g_assert_cmpint (answer.job.result, ==, STORE_OK);
  g_assert_cmpint (answer.job.call->state, ==, state);
  g_assert_cmpint (answer.job.call->reason, ==, reason);
}

static guint
live_count (Fixture *fixture, const char *user)
{
  g_auto (Answer) answer = {0};
  store_push (fixture->store, store_job_new (STORE_LIVE_CALLS, user, on_done, &answer));
  wait_for (fixture, &answer);
  return answer.job.calls->len;
}

/* ---- tests ---- */

static void
test_life (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *id = NULL;
  touch (fixture, "a", "A");
  g_assert_cmpint (start (fixture, "a", "b", NULL), ==, STORE_NO_USER);
  touch (fixture, "b", NULL);
  g_assert_cmpint (start (fixture, "a", "b", &id), ==, STORE_OK);
  g_assert_cmpuint (strlen (id), ==, 24);
  assert_call (fixture, id, "b", CALL_STATE_CALLING, CALL_END_REASON_NONE);
  g_assert_cmpint (change (fixture, id, "a", STORE_VERB_ACCEPT, 0), ==, STORE_FORBIDDEN);
  g_assert_cmpint (change (fixture, id, "c", STORE_VERB_END, 0), ==, STORE_FORBIDDEN);
  g_assert_cmpint (change (fixture, "nope", "a", STORE_VERB_END, 0), ==, STORE_NOT_FOUND);
  g_assert_cmpint (change (fixture, id, "b", STORE_VERB_ACCEPT, 0), ==, STORE_OK);
  g_assert_cmpint (change (fixture, id, "b", STORE_VERB_ACCEPT, 0), ==, STORE_UNCHANGED);
  g_assert_cmpint (change (fixture, id, "b", STORE_VERB_REJECT, 0), ==, STORE_UNCHANGED);
  g_assert_cmpint (change (fixture, id, NULL, STORE_VERB_EVENT, CALL_EVENT_RING_TIMEOUT), ==, STORE_UNCHANGED);
  g_assert_cmpuint (live_count (fixture, "b"), ==, 1);
  g_assert_cmpint (change (fixture, id, "a", STORE_VERB_END, 0), ==, STORE_OK);
  g_assert_cmpint (change (fixture, id, "b", STORE_VERB_END, 0), ==, STORE_UNCHANGED);
  assert_call (fixture, id, "a", CALL_STATE_ENDED, CALL_END_REASON_HANGUP);
  g_assert_cmpuint (live_count (fixture, "b"), ==, 0);
  g_assert_cmpuint (live_count (fixture, NULL), ==, 0);
}

static void
test_busy_and_crossed (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *first = NULL, *attempt = NULL, *crossed = NULL, *own = NULL;
  touch (fixture, "a", "A");
  touch (fixture, "b", "B");
  touch (fixture, "c", "C");
  g_assert_cmpint (start (fixture, "a", "b", &first), ==, STORE_OK);
  g_assert_cmpint (start (fixture, "c", "b", &attempt), ==, STORE_TARGET_BUSY);
  assert_call (fixture, attempt, "c", CALL_STATE_MISSED, CALL_END_REASON_BUSY);
  g_assert_cmpuint (live_count (fixture, "c"), ==, 0);
  g_assert_cmpint (start (fixture, "a", "c", &own), ==, STORE_CALLER_BUSY);
  g_assert_cmpstr (own, ==, first);
  g_assert_cmpint (start (fixture, "b", "a", &crossed), ==, STORE_CROSSED);
  g_assert_cmpstr (crossed, ==, first);
  assert_call (fixture, first, "a", CALL_STATE_ACTIVE, CALL_END_REASON_NONE);
  g_assert_cmpint (start (fixture, "b", "a", NULL), ==, STORE_CALLER_BUSY);
}

/* What is kept of a call in memory between its changes says what the database does. */
static void
test_names (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) accepted = {0}, again = {0};
  g_autofree char *id = NULL;
  touch (fixture, "a", "Alice");
  touch (fixture, "b", "Bob");
  g_assert_cmpint (start (fixture, "a", "b", &id), ==, STORE_OK);
  touch (fixture, "b", "Robert");
  store_push (fixture->store, change_job (&accepted, id, "b", STORE_VERB_ACCEPT, 0));
  wait_for (fixture, &accepted);
  g_assert_cmpint (accepted.job.result, ==, STORE_OK);
  g_assert_cmpstr (accepted.job.call->receiver.full_name, ==, "Robert");
  store_push (fixture->store, change_job (&again, id, "b", STORE_VERB_ACCEPT, 0));
  wait_for (fixture, &again);
  g_assert_cmpint (again.job.result, ==, STORE_UNCHANGED);
  g_assert_cmpint (again.job.call->state, ==, CALL_STATE_ACTIVE);
  g_assert_cmpint (again.job.call->accept_ms, ==, accepted.job.call->accept_ms);
  g_assert_cmpstr (again.job.call->caller.full_name, ==, "Alice");
}

/* Many at once: they share transactions, run in order, and one of two that exclude each other wins. */
static void
test_batch (Fixture *fixture, gconstpointer unused)
{
  enum
  {
    N = 300
  };
  g_autofree Answer *answers = g_new0 (Answer, N);
  g_autofree char *id = NULL;
  guint ok = 0;
  touch (fixture, "a", NULL);
  touch (fixture, "b", NULL);
  g_assert_cmpint (start (fixture, "a", "b", &id), ==, STORE_OK);
  for (guint i = 0; i < N; i++)
    store_push (
        fixture->store, change_job (&answers[i], id, "b", i % 2 != 0 ? STORE_VERB_ACCEPT : STORE_VERB_REJECT, 0));
  for (guint i = 0; i < N; i++) {
    wait_for (fixture, &answers[i]);
    ok += answers[i].job.result == STORE_OK;
    g_assert_cmpint (answers[i].job.result, ==, i == 0 ? STORE_OK : STORE_UNCHANGED);
    answer_clear (&answers[i]);
  }
  g_assert_cmpuint (ok, ==, 1);
}

/* A job that fails takes nothing but itself back; those around it in the transaction are kept. */
static void
test_failed_job (Fixture *fixture, gconstpointer unused)
{
  Answer answers[3] = {{0}, {0}, {0}};
  touch (fixture, "a", NULL);
  touch (fixture, "b", NULL);
  touch (fixture, "c", NULL);
  StoreJob *nobody = start_job (&answers[1], "ghost", "c"); /* ghost is in no directory: a foreign key */
  store_push (fixture->store, start_job (&answers[0], "a", "b"));
  store_push (fixture->store, nobody);
  store_push (fixture->store, store_job_new (STORE_SEEN_USER, "c", on_done, &answers[2]));
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    wait_for (fixture, &answers[i]);
    g_assert_cmpint (answers[i].job.result, ==, i == 1 ? STORE_FAILED : STORE_OK);
    answer_clear (&answers[i]);
  }
  g_assert_cmpint (g_atomic_int_and (&warnings, 0), ==, 2); /* in the batch, and apart */
  g_assert_cmpuint (live_count (fixture, "a"), ==, 1);
  g_assert_cmpuint (live_count (fixture, "c"), ==, 0);
}

static void
test_reopen (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *id = NULL;
  touch (fixture, "a", "A");
  touch (fixture, "b", "B");
  g_assert_cmpint (start (fixture, "a", "b", &id), ==, STORE_OK);
  store_push (fixture->store, store_job_new (STORE_ALIVE, NULL, NULL, NULL)); /* shutting waits for it */
  fixture_shut (fixture);
  fixture_open (fixture, NULL);
  assert_call (fixture, id, "a", CALL_STATE_CALLING, CALL_END_REASON_NONE);
  gint64 alive_ms = store_alive_ms (fixture->store), now_ms = g_get_real_time () / 1000;
  g_assert_cmpint (alive_ms, >, now_ms - 60000);
  g_assert_cmpint (alive_ms, <=, now_ms);
}

static void
test_directory (Fixture *fixture, gconstpointer unused)
{
  g_auto (Answer) all = {0}, some = {0};
  touch (fixture, "a", "Ann");
  touch (fixture, "b", "100% Ben");
  touch (fixture, "b", NULL); /* says less, takes nothing away */
  store_push (fixture->store, store_job_new (STORE_CONTACTS, "a", on_done, &all));
  wait_for (fixture, &all);
  g_assert_cmpuint (all.job.users->len, ==, 1);
  const UserRecord *ben = g_ptr_array_index (all.job.users, 0);
  g_assert_cmpstr (ben->full_name, ==, "100% Ben");
  g_assert_cmpstr (ben->username, ==, "b");
  StoreJob *job = store_job_new (STORE_CONTACTS, "b", on_done, &some);
  job->search = g_strdup ("%");
  store_push (fixture->store, job);
  wait_for (fixture, &some);
  g_assert_cmpuint (some.job.users->len, ==, 0);
}

static void
execute (const char *path, const char *text)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, text, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static guint
history (Fixture *fixture, const char *user, const char *search)
{
  g_auto (Answer) answer = {0};
  StoreJob *job = store_job_new (STORE_HISTORY, user, on_done, &answer);
  job->filter.search = g_strdup (search);
  store_push (fixture->store, job);
  wait_for (fixture, &answer);
  g_assert_cmpint (answer.job.result, ==, STORE_OK);
  g_assert_cmpint (answer.job.total, ==, answer.job.calls->len);
  return answer.job.calls->len;
}

static void
test_migration (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "schema-1.sql", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (source, &text, NULL, NULL));
  fixture_shut (fixture);
  g_unlink (fixture->path);
  execute (fixture->path, text);
  fixture_open (fixture, NULL);
  assert_call (fixture, "1", "a", CALL_STATE_ENDED, CALL_END_REASON_HANGUP);
  g_assert_cmpuint (live_count (fixture, "b"), ==, 1);
  g_assert_cmpuint (history (fixture, "a", NULL), ==, 3); /* one is hidden */
  g_assert_cmpuint (history (fixture, "b", NULL), ==, 3);
  g_assert_cmpuint (history (fixture, "c", NULL), ==, 1);
  g_assert_cmpint (change (fixture, "4", "a", STORE_VERB_END, 0), ==, STORE_OK);
  g_assert_cmpuint (history (fixture, "a", NULL), ==, 3);
}

static void
test_newer_schema (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, "newer.db", NULL);
  execute (path, "PRAGMA user_version = 1000");
  g_assert_null (store_new (&fixture->loop, path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "newer"));
  g_unlink (path);
  g_clear_error (&error);
  g_assert_null (store_new (&fixture->loop, "/nonexistent/calls.db", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
}

/* ---- the outbox ---- */

static void
on_grown (gpointer unused)
{
}

/* What is given up of events that are not too old, when @limit may wait; "TYPE TYPE ..." */
static char *
expire (Fixture *fixture, guint limit)
{
  g_auto (Answer) answer = {0};
  g_autoptr (GString) types = g_string_new (NULL);
  StoreJob *job = store_job_new (STORE_OUTBOX_EXPIRE, NULL, on_done, &answer);
  job->filter.limit = limit;
  store_push (fixture->store, job);
  wait_for (fixture, &answer);
  g_assert_cmpint (answer.job.result, ==, STORE_OK);
  g_assert_cmpint (answer.job.more, ==, answer.job.outbox->len > 0);
  for (guint i = 0; i < answer.job.outbox->len; i++)
    g_string_append_printf (types, " %s", ((const OutboxRow *) g_ptr_array_index (answer.job.outbox, i))->type);
  return g_strdup (types->str);
}

static void
test_outbox_limit (Fixture *fixture, gconstpointer unused)
{
  static const char *const urls[] = {"http://hook.example/", NULL};
  const StoreOutbox outbox = {urls, NULL, on_grown, NULL};
  store_set_outbox (fixture->store, &outbox);
  touch (fixture, "a", "Ann");
  touch (fixture, "b", "Ben");
  for (guint i = 0; i < 2; i++) {
    g_autofree char *id = NULL;
    g_assert_cmpint (start (fixture, "a", "b", &id), ==, STORE_OK);
    g_assert_cmpint (change (fixture, id, "b", STORE_VERB_ACCEPT, 0), ==, STORE_OK);
    g_assert_cmpint (change (fixture, id, "a", STORE_VERB_END, 0), ==, STORE_OK);
  }
  g_autofree char *none = expire (fixture, 6), *two = expire (fixture, 4), *again = expire (fixture, 4);
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (two, ==, " call.started call.accepted");
  g_assert_cmpstr (again, ==, "");
  g_auto (Answer) answer = {0};
  StoreJob *job = store_job_new (STORE_OUTBOX_DUE, NULL, on_done, &answer);
  job->url = g_strdup (urls[0]);
  store_push (fixture->store, job);
  wait_for (fixture, &answer);
  g_assert_cmpuint (answer.job.outbox->len, ==, 2); /* the first of each call: nothing waits for what was given up */
  g_assert_cmpstr (((const OutboxRow *) g_ptr_array_index (answer.job.outbox, 0))->type, ==, "call.ended");
  g_assert_cmpstr (((const OutboxRow *) g_ptr_array_index (answer.job.outbox, 1))->type, ==, "call.started");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_log_set_writer_func (count_warnings, NULL, NULL);
#define ADD(name, test) g_test_add ("/store/" name, Fixture, NULL, fixture_open, test, fixture_close)
  ADD ("life", test_life);
  ADD ("busy-and-crossed", test_busy_and_crossed);
  ADD ("names", test_names);
  ADD ("batch", test_batch);
  ADD ("failed-job", test_failed_job);
  ADD ("reopen", test_reopen);
  ADD ("directory", test_directory);
  ADD ("migration", test_migration);
  ADD ("newer-schema", test_newer_schema);
  ADD ("outbox-limit", test_outbox_limit);
  return g_test_run ();
}
