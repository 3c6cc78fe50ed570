/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Opening and migrating the database, and the jobs' way through it. In a savepoint of the batch's transaction one that
 * fails takes nothing but itself back; but SQLite copies every page that a savepoint touches first, which costs as much
 * as the jobs do, so that is for a batch of which one did fail. */

#include "tools/call-server/store-private.h"

/* Schema 2. `history` holds each participant's calls that are over and not hidden, in the order in which they are
 * shown. `counts` says how many of each kind there are in each span of time, for each user with everybody (peer '') and
 * with each other one: by it totals and pages far back cost the same with a hundred calls and with a hundred thousand.
 * The triggers keep the two together. A kind is 4 bits: see HISTORY_KIND. */
#define KINDS(K) KINDS_4 (K, 0, 1, 2, 3) ", " KINDS_4 (K, 4, 5, 6, 7) ", " KINDS_8_TO_15 (K)
#define KINDS_8_TO_15(K) KINDS_4 (K, 8, 9, 10, 11) ", " KINDS_4 (K, 12, 13, 14, 15)
#define KINDS_4(K, a, b, c, d) K (a) ", " K (b) ", " K (c) ", " K (d)
#define KIND_COLUMN(k) "k" #k " INTEGER NOT NULL"
#define KIND_IS_NEW(k) "new.kind = " #k
#define KIND_ADDED(k) "k" #k " = k" #k " + excluded.k" #k
#define KIND_TAKEN(k) "k" #k " = k" #k " - (old.kind = " #k ")"
#define COUNT_COLUMNS KINDS (KIND_COLUMN)
#define NEW_KINDS KINDS (KIND_IS_NEW)
#define ADD_KINDS KINDS (KIND_ADDED)
#define TAKE_KINDS KINDS (KIND_TAKEN)

/* Entry n brings a database from schema n to n + 1. Never edit one that was released: add. */
static const char *const migrations[] = {
    "CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, username TEXT, full_name TEXT, avatar TEXT,"
    "  last_seen INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE calls (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, channel TEXT UNIQUE NOT NULL,"
    "  type TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, started INTEGER NOT NULL,"
    "  accepted INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX calls_live ON calls (status) WHERE status IN ('calling', 'active');"
    "CREATE TABLE participants (call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,"
    "  user_id TEXT NOT NULL REFERENCES users (id), role TEXT NOT NULL, started INTEGER NOT NULL,"
    "  seen INTEGER NOT NULL DEFAULT 0, live INTEGER NOT NULL, PRIMARY KEY (call_id, user_id)) WITHOUT ROWID;"
    "CREATE INDEX participants_history ON participants (user_id, started);"
    "CREATE INDEX participants_live ON participants (user_id) WHERE live = 1;"
    "CREATE TABLE hidden (call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE, user_id TEXT NOT NULL,"
    "  PRIMARY KEY (call_id, user_id)) WITHOUT ROWID;"
    "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;",

    "ALTER TABLE users ADD COLUMN search TEXT NOT NULL DEFAULT '';"
    "UPDATE users SET search = " STORE_SEARCH ";"
    "CREATE INDEX users_search ON users (search);"
    "CREATE TABLE peers (user_id TEXT NOT NULL, peer_id TEXT NOT NULL, PRIMARY KEY (user_id, peer_id)) WITHOUT ROWID;"
    "INSERT OR IGNORE INTO peers SELECT p.user_id, o.user_id FROM participants p JOIN participants o"
    "  ON o.call_id = p.call_id AND o.user_id <> p.user_id;"
    "CREATE TABLE quality (call_seq INTEGER NOT NULL REFERENCES calls (seq) ON DELETE CASCADE, user_id TEXT NOT NULL,"
    "  rating INTEGER, reports INTEGER NOT NULL DEFAULT 0, reported INTEGER NOT NULL DEFAULT 0,"
    "  final INTEGER NOT NULL DEFAULT 0, report TEXT, bitrate REAL NOT NULL DEFAULT 0,"
    "  bitrates INTEGER NOT NULL DEFAULT 0, loss REAL NOT NULL DEFAULT 0, losses INTEGER NOT NULL DEFAULT 0,"
    "  latency REAL NOT NULL DEFAULT 0, latencies INTEGER NOT NULL DEFAULT 0, jitter REAL NOT NULL DEFAULT 0,"
    "  jitters INTEGER NOT NULL DEFAULT 0, mos REAL NOT NULL DEFAULT 0, moses INTEGER NOT NULL DEFAULT 0,"
    "  PRIMARY KEY (call_seq, user_id)) WITHOUT ROWID;"
    "CREATE TABLE history (user_id TEXT NOT NULL, started INTEGER NOT NULL, call_seq INTEGER NOT NULL,"
    "  peer_id TEXT NOT NULL, kind INTEGER NOT NULL, duration INTEGER NOT NULL, mos REAL, rating INTEGER,"
    "  PRIMARY KEY (user_id, started, call_seq)) WITHOUT ROWID;"
    "CREATE TABLE counts (user_id TEXT NOT NULL, peer_id TEXT NOT NULL, level INTEGER NOT NULL,"
    "  bucket INTEGER NOT NULL, " COUNT_COLUMNS ", PRIMARY KEY (user_id, peer_id, level, bucket)) WITHOUT ROWID;"
    "CREATE TRIGGER history_in AFTER INSERT ON history BEGIN INSERT INTO counts VALUES"
    "  (new.user_id, '', 0, new.started >> 26, " NEW_KINDS "), (new.user_id, '', 1, new.started >> 33, " NEW_KINDS "),"
    "  (new.user_id, new.peer_id, 0, new.started >> 26, " NEW_KINDS "),"
    "  (new.user_id, new.peer_id, 1, new.started >> 33, " NEW_KINDS ")"
    "  ON CONFLICT (user_id, peer_id, level, bucket) DO UPDATE SET " ADD_KINDS "; END;"
    "CREATE TRIGGER history_out AFTER DELETE ON history BEGIN UPDATE counts SET " TAKE_KINDS
    "  WHERE user_id = old.user_id AND peer_id IN ('', old.peer_id)"
    "  AND (level, bucket) IN (VALUES (0, old.started >> 26), (1, old.started >> 33)); END;"
    "INSERT INTO history (user_id, started, call_seq, peer_id, kind, duration, mos, rating)" STORE_HISTORY_ROWS
    "  AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.call_id = p.call_id AND h.user_id = p.user_id);"
    "DROP INDEX participants_history;",

    "CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, url TEXT NOT NULL,"
    "  call_id TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL DEFAULT 0, due INTEGER);"
    "CREATE INDEX outbox_call ON outbox (url, call_id, seq);"
    "CREATE INDEX outbox_due ON outbox (url, due) WHERE due IS NOT NULL;"
    "CREATE INDEX outbox_created ON outbox (created);",
};

static gboolean (*const run[STORE_OP_COUNT]) (StoreSql *sql, StoreJob *job) = {
    [STORE_TOUCH_USER] = sql_run_touch_user,
    [STORE_SEEN_USER] = sql_run_seen_user,
    [STORE_START_CALL] = sql_run_start_call,
    [STORE_CHANGE_CALL] = sql_run_change_call,
    [STORE_HIDE_CALL] = sql_run_hide_call,
    [STORE_GET_CALL] = sql_run_get_call,
    [STORE_RATE_CALL] = sql_run_rate_call,
    [STORE_REPORT_QUALITY] = sql_run_report_quality,
    [STORE_LIVE_CALLS] = sql_run_live_calls,
    [STORE_HISTORY] = sql_run_history,
    [STORE_STATS] = sql_run_stats,
    [STORE_CONTACTS] = sql_run_contacts,
    [STORE_PEERS] = sql_run_peers,
    [STORE_ALIVE] = sql_run_alive,
    [STORE_PING] = sql_run_ping,
    [STORE_LIST_CALLS] = sql_run_list_calls,
    [STORE_LIST_USERS] = sql_run_list_users,
    [STORE_OUTBOX_DUE] = sql_run_outbox_due,
    [STORE_OUTBOX_REMOVE] = sql_run_outbox_remove,
    [STORE_OUTBOX_POSTPONE] = sql_run_outbox_postpone,
    [STORE_OUTBOX_EXPIRE] = sql_run_outbox_expire,
};

gboolean
store_sql_try (StoreSql *sql, StoreJob *job)
{
  job->result = STORE_OK;
  return run[job->op](sql, job);
}

void
store_sql_run (StoreSql *sql, StoreJob *job)
{
  if (sql_execute (sql, sql_use (sql, SQL_SAVE)) && store_sql_try (sql, job)) {
    sql_execute (sql, sql_use (sql, SQL_RELEASE));
    return;
  }
  job->result = STORE_FAILED;
  sql->written_ms = 0;
  g_hash_table_remove_all (sql->live);
  if (sqlite3_get_autocommit (sql->db))
    return; /* SQLite took the whole transaction back, and the commit will say so */
  sql_execute (sql, sql_use (sql, SQL_UNDO));
  sql_execute (sql, sql_use (sql, SQL_RELEASE));
}

gboolean
store_sql_begin (StoreSql *sql)
{
  sql->changes = sqlite3_total_changes (sql->db);
  if (!sql->damaged && sql_execute (sql, sql_use (sql, SQL_BEGIN)))
    return TRUE;
  /* What only asks may still be answered; what writes fails by itself. */
  return sqlite3_exec (sql->db, sql->damaged ? "PRAGMA query_only = ON" : "", NULL, NULL, NULL) == SQLITE_OK
         && sql_execute (sql, sql_use (sql, SQL_BEGIN_READ));
}

void
store_sql_rollback (StoreSql *sql)
{
  g_hash_table_remove_all (sql->live);
  if (!sqlite3_get_autocommit (sql->db))
    sql_execute (sql, sql_use (sql, SQL_ROLLBACK));
}

gboolean
store_sql_commit (StoreSql *sql)
{
  gboolean kept = sql_execute (sql, sql_use (sql, SQL_COMMIT));
  if (!kept)
    sql->written_ms = 0;
  else if (sqlite3_total_changes (sql->db) != sql->changes)
    sql->written_ms = g_get_monotonic_time () / 1000;
  if (!kept)
    store_sql_rollback (sql);
  return kept;
}

gint64
store_sql_alive_ms (StoreSql *sql)
{
  gboolean failed = FALSE;
  sqlite3_stmt *stmt = sql_use (sql, SQL_GET_ALIVE);
  gint64 ms = sql_next_row (sql, stmt, &failed) ? sqlite3_column_int64 (stmt, 0) : 0;
  sqlite3_reset (stmt);
  return ms;
}

/* ---- opening ---- */

static StoreSql *
sql_new (void)
{
  StoreSql *sql = g_new0 (StoreSql, 1);
  sql->live = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) call_record_free);
  return sql;
}

static gboolean
fail (StoreSql *sql, const char *path, GError **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path, sqlite3_errmsg (sql->db));
  return FALSE;
}

static int
schema_version (StoreSql *sql)
{
  sqlite3_stmt *stmt = NULL;
  int version = -1;
  if (sqlite3_prepare_v2 (sql->db, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK
      && sqlite3_step (stmt) == SQLITE_ROW)
    version = sqlite3_column_int (stmt, 0);
  sqlite3_finalize (stmt);
  return version;
}

/* Before anything of the file is changed. */
static gboolean
check_known (StoreSql *sql, const char *path, GError **error)
{
  int version = schema_version (sql);
  if (version < 0)
    return fail (sql, path, error);
  if (version <= (int) G_N_ELEMENTS (migrations))
    return TRUE;
  g_set_error (
      error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: made by a newer gst-call-server (schema %d)", path, version);
  return FALSE;
}

static gboolean
migrate (StoreSql *sql, const char *path, GError **error)
{
  for (int version = MAX (schema_version (sql), 0); version < (int) G_N_ELEMENTS (migrations); version++) {
    g_autofree char *step =
        g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT;", migrations[version], version + 1);
    if (sqlite3_exec (sql->db, step, NULL, NULL, NULL) != SQLITE_OK)
      return fail (sql, path, error);
  }
  return TRUE;
}

int
store_sql_schema (void)
{
  return (int) G_N_ELEMENTS (migrations);
}

/* A connection that only reads takes the database as it is: it must have the schema that the statements know. */
static gboolean
check_schema (StoreSql *sql, const char *path, GError **error)
{
  int version = schema_version (sql);
  if (version == store_sql_schema ())
    return TRUE;
  if (version < 0)
    return fail (sql, path, error);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path,
      version == 0                    ? "not a database of gst-call-server"
      : version > store_sql_schema () ? "made by a newer gst-call-server"
                                      : "made by an older gst-call-server: start the server on it once");
  return FALSE;
}

StoreSql *
store_sql_open_to_read (const char *path, GError **error)
{
  StoreSql *sql = sql_new ();
  sql->lock = -1;
  gboolean opened = sqlite3_open_v2 (path, &sql->db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
                    && sqlite3_busy_timeout (sql->db, 10000) == SQLITE_OK && search_add_function (sql->db);
  if (opened ? check_schema (sql, path, error) : fail (sql, path, error))
    return sql;
  store_sql_close (sql);
  return NULL;
}

static gboolean
set_up (StoreSql *sql, const char *path, GError **error)
{
  /* The log grows to its 16 MiB before it is written back, with what was written often in it written once. */
  static const char *const pragmas =
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;"
      " PRAGMA journal_size_limit = 16777216; PRAGMA wal_autocheckpoint = 4000;";
  gboolean done = sqlite3_exec (sql->db, pragmas, NULL, NULL, NULL) == SQLITE_OK && search_add_function (sql->db);
  if (sqlite3_db_readonly (sql->db, "main") == 1) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ROFS, "%s: the database is read-only", path);
    return FALSE;
  }
  return done || fail (sql, path, error);
}

StoreSql *
store_sql_open (const char *path, GError **error)
{
  StoreSql *sql = sql_new ();
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (!store_lock_take (path, &sql->lock, error)) {
    store_sql_close (sql);
    return NULL;
  }
  gboolean opened =
      sqlite3_open_v2 (path, &sql->db, flags, NULL) == SQLITE_OK && sqlite3_busy_timeout (sql->db, 2000) == SQLITE_OK;
  if (!opened)
    fail (sql, path, error);
  else if (check_known (sql, path, error) && set_up (sql, path, error) && migrate (sql, path, error))
    return sql;
  store_sql_close (sql);
  return NULL;
}

void
store_sql_close (StoreSql *sql)
{
  for (guint i = 0; i < SQL_COUNT; i++)
    sqlite3_finalize (sql->prepared[i]);
  sqlite3_close (sql->db);
  store_lock_release (&sql->lock);
  g_hash_table_unref (sql->live);
  g_free (sql);
}
