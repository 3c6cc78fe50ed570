/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The history's pages and totals against the plain query that they stand for, and the plans of its statements.
 * --bench: pages of a user with 100,000 calls and of one with 100, and the ratio. */

#include "tools/call-server/store-private.h"

#include <string.h>

#define FROM_MS G_GINT64_CONSTANT (1700000000000)
#define SPAN_MS G_GINT64_CONSTANT (94608000000) /* three years */

static StoreSql *
open_database (void)
{
  g_autoptr (GError) error = NULL;
  StoreSql *sql = store_sql_open (":memory:", &error);
  g_assert_no_error (error);
  return sql;
}

static void
execute (StoreSql *sql, const char *text)
{
  char *error = NULL;
  sqlite3_exec (sql->db, text, NULL, NULL, &error);
  g_assert_cmpstr (error, ==, NULL);
}

/* @n calls of @user with 30 others, over three years, of every kind; the last @live of them live. */
static void
make_calls (StoreSql *sql, const char *user, int n, int live)
{
  g_autofree char *text = g_strdup_printf (
      "INSERT OR IGNORE INTO users (id, full_name) VALUES ('%1$s', 'Me');"
      "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29)"
      "  INSERT OR IGNORE INTO users (id, full_name) SELECT 'u' || i, 'Ünser ' || i || 'x' FROM n;"
      "UPDATE users SET search = " STORE_SEARCH ";"
      "INSERT INTO peers SELECT '%1$s', id FROM users WHERE id LIKE 'u%%';"
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %2$d)"
      "  INSERT INTO calls (id, channel, type, status, started, accepted, ended)"
      "  SELECT '%1$s' || i, '%1$sc' || i, iif (i %% 3, 'audio', 'video'), CASE WHEN i > %2$d - %3$d THEN 'active'"
      "   WHEN i %% 97 = 0 THEN 'failed' WHEN i %% 7 = 0 THEN 'missed' WHEN i %% 11 = 0 THEN 'rejected'"
      "   ELSE 'ended' END, %4$" G_GINT64_FORMAT " + abs (random ()) %% %5$" G_GINT64_FORMAT ", 0, 1 FROM n;"
      "INSERT INTO participants SELECT id, '%1$s', iif (seq %% 2, 'caller', 'receiver'), started, 1, status = 'active'"
      "  FROM calls WHERE id GLOB '%1$s*';"
      "INSERT INTO participants SELECT id, 'u' || (seq * seq %% 30), iif (seq %% 2, 'receiver', 'caller'), started, 1, "
      "0"
      "  FROM calls WHERE id GLOB '%1$s*';"
      "INSERT INTO history (user_id, started, call_seq, peer_id, kind, duration, mos, rating)" STORE_HISTORY_ROWS
      "  AND c.id GLOB '%1$s*' AND p.user_id = '%1$s';",
      user, n, live, FROM_MS, SPAN_MS);
  execute (sql, text);
}

/* ---- against the plain query ---- */

typedef struct
{
  const char *type, *search;
  int state, outgoing;
  gint64 from_ms, to_ms;
} Filter;

static StoreJob *
history_job (const char *user, const Filter *filter, guint page, guint limit)
{
  StoreJob *job = store_job_new (STORE_HISTORY, user, NULL, NULL);
  job->filter.type = g_strdup (filter->type);
  job->filter.search = g_strdup (filter->search);
  job->filter.state = filter->state;
  job->filter.outgoing = filter->outgoing;
  job->filter.from_ms = filter->from_ms;
  job->filter.to_ms = filter->to_ms;
  job->filter.page = page;
  job->filter.limit = limit;
  return job;
}

static GPtrArray *
plain_history (StoreSql *sql, const char *user, const Filter *filter)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = NULL;
  g_autofree char *text = g_strdup_printf (
      "SELECT c.id FROM calls c JOIN participants p ON p.call_id = c.id JOIN participants o ON o.call_id = c.id"
      "  AND o.user_id <> p.user_id JOIN users u ON u.id = o.user_id WHERE p.user_id = '%s'%s%s%s"
      "  AND c.started >= %" G_GINT64_FORMAT " AND c.started < %" G_GINT64_FORMAT
      "  AND (?1 IS NULL OR c.type = ?1) AND (?2 IS NULL OR instr (u.search, fold (?2)) > 0) AND (?3 IS NULL OR"
      "  c.status = ?3) ORDER BY c.started DESC",
      user, filter->outgoing < 0 ? "" : " AND p.role = '",
      filter->outgoing < 0 ? ""
      : filter->outgoing   ? "caller"
                           : "receiver",
      filter->outgoing < 0 ? "" : "'", filter->from_ms, filter->to_ms != 0 ? filter->to_ms : G_MAXINT64);
  g_assert_cmpint (sqlite3_prepare_v2 (sql->db, text, -1, &stmt, NULL), ==, SQLITE_OK);
  sql_bind_text (stmt, 1, filter->type);
  sql_bind_text (stmt, 2, filter->search);
  sql_bind_text (stmt, 3, filter->state >= 0 ? call_state_to_string ((CallState) filter->state) : NULL);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    g_ptr_array_add (ids, g_strdup ((const char *) sqlite3_column_text (stmt, 0)));
  sqlite3_finalize (stmt);
  return ids;
}

static void
check_page (StoreSql *sql, const Filter *filter, GPtrArray *ids, guint page, guint limit)
{
  StoreJob *job = history_job ("me", filter, page, limit);
  guint offset = (page - 1) * limit;
  store_sql_run (sql, job);
  g_assert_cmpint (job->result, ==, STORE_OK);
  g_assert_cmpint (job->total, ==, ids->len);
  g_assert_cmpuint (job->calls->len, ==, offset < ids->len ? MIN (limit, ids->len - offset) : 0);
  for (guint i = 0; i < job->calls->len; i++) {
    const CallRecord *call = g_ptr_array_index (job->calls, i);
    g_assert_cmpstr (call->id, ==, g_ptr_array_index (ids, offset + i));
  }
  store_job_free (job);
}

static void
test_pages (void)
{
  static const char *const types[] = {NULL, "audio", "video"}, *const searches[] = {
                                                                   NULL, "ÜNSER 1", "7x", "nobody", "u"};
  StoreSql *sql = open_database ();
  make_calls (sql, "me", 3000, 3);
  for (guint i = 0; i < 300; i++) {
    gint64 from = g_test_rand_int_range (0, 3) ? 0 : FROM_MS + (gint64) g_test_rand_int_range (0, 900) * SPAN_MS / 1000;
    gint64 length = (gint64) g_test_rand_int_range (1, 1000) * SPAN_MS / (g_test_rand_int_range (0, 2) ? 1000 : 100000);
    const Filter filter = {
        .type = types[g_test_rand_int_range (0, G_N_ELEMENTS (types))],
        .search = searches[g_test_rand_int_range (0, G_N_ELEMENTS (searches))],
        .state = g_test_rand_int_range (-1, CALL_STATE_COUNT),
        .outgoing = g_test_rand_int_range (-1, 2),
        .from_ms = from,
        .to_ms = g_test_rand_int_range (0, 2) ? 0 : MAX (from, FROM_MS) + length,
    };
    g_autoptr (GPtrArray) ids = plain_history (sql, "me", &filter);
    guint limit = (guint) g_test_rand_int_range (1, 101);
    check_page (sql, &filter, ids, 1, limit);
    check_page (sql, &filter, ids, 1 + (guint) g_test_rand_int_range (0, (gint32) (ids->len / limit) + 2), limit);
    check_page (sql, &filter, ids, MAX (1, ids->len / limit), limit);
    check_page (sql, &filter, ids, 1000000, limit);
  }
  store_sql_close (sql);
}

static void
test_hidden (void)
{
  const Filter all = {.state = -1, .outgoing = -1};
  StoreSql *sql = open_database ();
  make_calls (sql, "me", 500, 0);
  execute (sql, "DELETE FROM history WHERE call_seq % 3 = 0");
  StoreJob *job = history_job ("me", &all, 2, 50);
  store_sql_run (sql, job);
  g_assert_cmpint (job->total, ==, 334);
  g_assert_cmpuint (job->calls->len, ==, 50);
  store_job_free (job);
  store_sql_close (sql);
}

/* ---- plans ---- */

static void
assert_plan (StoreSql *sql, Sql which, gboolean may_scan_index)
{
  sqlite3_stmt *stmt = NULL;
  g_autofree char *text = g_strconcat ("EXPLAIN QUERY PLAN ", sqlite3_sql (sql_use (sql, which)), NULL);
  g_assert_cmpint (sqlite3_prepare_v2 (sql->db, text, -1, &stmt, NULL), ==, SQLITE_OK);
  while (sqlite3_step (stmt) == SQLITE_ROW) {
    const char *step = (const char *) sqlite3_column_text (stmt, 3);
    g_test_message ("%s", step);
    g_assert_null (strstr (step, "TEMP B-TREE"));
    g_assert_true (!g_str_has_prefix (step, "SCAN") || (may_scan_index && strstr (step, "INDEX users_search") != NULL));
  }
  sqlite3_finalize (stmt);
}

static void
test_plans (void)
{
  static const Sql searched[] = {SQL_HISTORY, SQL_COUNTS, SQL_CALL_BY_SEQ, SQL_PEERS_NAMED, SQL_STATS, SQL_GET_CALL,
      SQL_PEERS, SQL_LAST_REPORT, SQL_REMEMBER_QUALITY, SQL_FORGET_CALL, SQL_LEAVE_CALL};
  StoreSql *sql = open_database ();
  for (guint analyzed = 0; analyzed < 2; analyzed++) {
    for (guint i = 0; i < G_N_ELEMENTS (searched); i++)
      assert_plan (sql, searched[i], FALSE);
    assert_plan (sql, SQL_CONTACTS, TRUE);
    make_calls (sql, analyzed ? "you" : "me", 300, 0);
    execute (sql, "ANALYZE");
  }
  store_sql_close (sql);
}

/* ---- what it costs ---- */

static double
cost_us (StoreSql *sql, const char *user, const Filter *filter, gboolean last, guint *calls)
{
  guint runs = 0;
  StoreJob *count = history_job (user, filter, 1, 20);
  store_sql_run (sql, count);
  guint page = last ? (guint) MAX (count->total / 20, 1) : 1;
  gint64 start = g_get_monotonic_time (), end = start;
  for (; end - start < G_USEC_PER_SEC / 4; end = g_get_monotonic_time (), runs++) {
    StoreJob *job = history_job (user, filter, page, 20);
    store_sql_run (sql, job);
    *calls = job->calls->len;
    store_job_free (job);
  }
  store_job_free (count);
  return (double) (end - start) / runs;
}

static int
bench (void)
{
  const Filter filters[] = {{NULL, NULL, -1, -1, 0, 0}, {"video", NULL, -1, -1, 0, 0},
      {NULL, NULL, CALL_STATE_FAILED, -1, 0, 0}, {NULL, NULL, CALL_STATE_MISSED, 0, 0, 0},
      {NULL, "ünser 12x", -1, -1, 0, 0}, {NULL, "ünser", -1, -1, 0, 0},
      {NULL, NULL, -1, -1, FROM_MS + SPAN_MS / 7, FROM_MS + SPAN_MS / 3},
      {"audio", "ünser 1", CALL_STATE_ENDED, 1, FROM_MS + SPAN_MS / 7, FROM_MS + SPAN_MS / 3}};
  static const char *const names[] = {
      "none", "type", "status, rare", "status, direction", "search, one", "search, all", "from, to", "all of them"};
  StoreSql *sql = open_database ();
  make_calls (sql, "few", 100, 0);
  make_calls (sql, "many", 100000, 0);
  for (gboolean last = FALSE; last <= TRUE; last++) {
    g_print ("%-20s %10s %6s %10s %6s %6s\n", last ? "last page" : "first page", "100: us", "calls", "100000: us",
        "calls", "ratio");
    for (guint i = 0; i < G_N_ELEMENTS (filters); i++) {
      guint few_calls, many_calls;
      double few = cost_us (sql, "few", &filters[i], last, &few_calls);
      double many = cost_us (sql, "many", &filters[i], last, &many_calls);
      g_print ("%-20s %10.0f %6u %10.0f %6u %6.2f\n", names[i], few, few_calls, many, many_calls, many / few);
    }
  }
  store_sql_close (sql);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "--bench") == 0)
    return bench ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/pages", test_pages);
  g_test_add_func ("/history/hidden", test_hidden);
  g_test_add_func ("/history/plans", test_plans);
  return g_test_run ();
}
