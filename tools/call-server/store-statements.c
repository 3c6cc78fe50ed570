/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The text of every statement, and how one is run and its rows are read. */

#include "tools/call-server/store-private.h"

#include <math.h>

#define USER_COLUMNS(u)                                                                                                \
  u ".id, coalesce(" u ".username, " u ".id), coalesce(" u ".full_name, " u ".username, " u ".id), "                   \
    "coalesce(" u ".avatar, ''), " u ".last_seen"
#define QUALITY_COLUMNS(q)                                                                                             \
  q ".rating, " QUALITY_MEAN (q, "bitrate", "bitrates") ", " QUALITY_MEAN (q, "loss", "losses") ", " QUALITY_MEAN (    \
      q, "latency", "latencies") ", " QUALITY_MEAN (q, "jitter", "jitters") ", " QUALITY_MEAN (q, "mos", "moses")
#define CALL_COLUMNS                                                                                                   \
  "c.id, c.channel, c.type, c.status, c.reason, c.started, c.accepted, c.ended, r.seen, " USER_COLUMNS (               \
      "cu") ", " USER_COLUMNS ("ru") ", c.seq, " QUALITY_COLUMNS ("cq") ", " QUALITY_COLUMNS ("rq")
#define CALL_TABLES                                                                                                    \
  " JOIN participants a ON a.call_id = c.id AND a.role = 'caller' JOIN users cu ON cu.id = a.user_id"                  \
  " JOIN participants r ON r.call_id = c.id AND r.role = 'receiver' JOIN users ru ON ru.id = r.user_id"                \
  " LEFT JOIN quality cq ON cq.call_seq = c.seq AND cq.user_id = a.user_id"                                            \
  " LEFT JOIN quality rq ON rq.call_seq = c.seq AND rq.user_id = r.user_id"
/* A figure of a report is added to those before it, but a final one takes their place. */
#define ADD_FIGURE(sum, n, value, there)                                                                               \
  sum " = iif (?4 AND " there ", " value ", " sum " + " value "), " n " = iif (?4 AND " there ", 1, " n " + " there ")"

static const char *const statements[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_BEGIN_READ] = "BEGIN",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SAVE] = "SAVEPOINT job",
    [SQL_RELEASE] = "RELEASE job",
    [SQL_UNDO] = "ROLLBACK TO job",
    [SQL_TOUCH_USER] = "INSERT INTO users (id, username, full_name, avatar) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id)"
                       " DO UPDATE SET username = coalesce(?2, username), full_name = coalesce(?3, full_name),"
                       " avatar = coalesce(?4, avatar)",
    [SQL_NAME_USER] = "UPDATE users SET search = " STORE_SEARCH " WHERE id = ?1",
    [SQL_SEEN_USER] = "UPDATE users SET last_seen = ?2 WHERE id = ?1",
    [SQL_HAS_USER] = "SELECT 1 FROM users WHERE id = ?1",
    [SQL_GET_CALL] = "SELECT " CALL_COLUMNS " FROM calls c" CALL_TABLES " WHERE c.id = ?1",
    [SQL_LIVE_OF] = "SELECT " CALL_COLUMNS " FROM participants me JOIN calls c ON c.id = me.call_id" CALL_TABLES
                    " WHERE me.user_id = ?1 AND me.live = 1 ORDER BY c.seq",
    [SQL_LIVE_ALL] =
        "SELECT " CALL_COLUMNS " FROM calls c" CALL_TABLES " WHERE c.status IN ('calling', 'active') ORDER BY c.seq",
    [SQL_INSERT_CALL] = "INSERT INTO calls (id, channel, type, status, reason, started, ended)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_INSERT_PARTICIPANT] = "INSERT INTO participants (call_id, user_id, role, started, seen, live)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_CHANGE_CALL] = "UPDATE calls SET status = ?3, reason = ?4, accepted = ?5, ended = ?6"
                        " WHERE id = ?1 AND status = ?2",
    [SQL_LEAVE_CALL] = "UPDATE participants SET live = 0 WHERE call_id = ?1",
    [SQL_HIDE_CALL] = "INSERT OR IGNORE INTO hidden (call_id, user_id) VALUES (?1, ?2)",
    [SQL_FORGET_CALL] =
        "DELETE FROM history WHERE user_id = ?2 AND (started, call_seq) = (SELECT started, seq FROM calls"
        " WHERE id = ?1)",
    [SQL_REMEMBER_CALL] = "INSERT INTO history (user_id, started, call_seq, peer_id, kind, duration, mos,"
                          " rating)" STORE_HISTORY_ROWS " AND c.id = ?1",
    [SQL_ADD_PEERS] = "INSERT OR IGNORE INTO peers VALUES (?1, ?2), (?2, ?1)",
    [SQL_RATE_CALL] = "INSERT INTO quality (call_seq, user_id, rating) VALUES (?1, ?2, ?3)"
                      " ON CONFLICT (call_seq, user_id) DO UPDATE SET rating = ?3",
    [SQL_LAST_REPORT] = "SELECT reported, final FROM quality WHERE call_seq = ?1 AND user_id = ?2",
    [SQL_ADD_REPORT] =
        "INSERT INTO quality (call_seq, user_id, reports, reported, final, report, bitrate, bitrates, loss, losses,"
        " latency, latencies, jitter, jitters, mos, moses)"
        " VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
        " ON CONFLICT (call_seq, user_id) DO UPDATE SET reports = reports + 1, reported = ?3, final = max (final, ?4),"
        " report = ?5, " ADD_FIGURE ("bitrate", "bitrates", "?6", "?7") ", " ADD_FIGURE (
            "loss", "losses", "?8", "?9") ", " ADD_FIGURE ("latency", "latencies", "?10",
            "?11") ", " ADD_FIGURE ("jitter", "jitters", "?12", "?13") ", " ADD_FIGURE ("mos", "moses", "?14", "?15"),
    [SQL_REMEMBER_QUALITY] = "UPDATE history SET (mos, rating) = (SELECT " QUALITY_MEAN (
        "q", "mos", "moses") ", q.rating FROM quality q WHERE q.call_seq = ?2 AND q.user_id = ?1)"
                             " WHERE user_id = ?1 AND started = ?3 AND call_seq = ?2",
    [SQL_HISTORY] = "SELECT started, call_seq, kind, peer_id FROM history"
                    " WHERE user_id = ?1 AND started >= ?2 AND started < ?3 ORDER BY started DESC, call_seq DESC",
    [SQL_COUNTS] = "SELECT bucket, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15 FROM counts"
                   " WHERE user_id = ?1 AND peer_id = ?2 AND level = ?3 AND bucket >= ?4 AND bucket < ?5"
                   " ORDER BY bucket DESC",
    [SQL_CALL_BY_SEQ] = "SELECT " CALL_COLUMNS " FROM calls c" CALL_TABLES " WHERE c.seq = ?1",
    [SQL_PEERS_NAMED] = "SELECT p.peer_id FROM peers p CROSS JOIN users u ON u.id = p.peer_id"
                        " WHERE p.user_id = ?1 AND instr (u.search, ?2) > 0",
    [SQL_STATS] = "SELECT started, kind, duration, peer_id, mos, rating FROM history"
                  " WHERE user_id = ?1 AND started >= ?2 AND started < ?3 ORDER BY started",
    [SQL_GET_USER] = "SELECT " USER_COLUMNS ("u") " FROM users u WHERE u.id = ?1",
    [SQL_CONTACTS] = "SELECT " USER_COLUMNS (
        "u") " FROM users u WHERE u.id <> ?1 AND (?2 IS NULL OR instr (u.search, ?2) > 0) ORDER BY u.search LIMIT ?3",
    [SQL_PEERS] = "SELECT " USER_COLUMNS ("u") " FROM peers p JOIN users u ON u.id = p.peer_id WHERE p.user_id = ?1"
                                               " AND p.peer_id > ?2 ORDER BY p.peer_id LIMIT ?3",
    [SQL_SET_ALIVE] = "INSERT INTO meta (key, value) VALUES ('alive', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1",
    [SQL_GET_ALIVE] = "SELECT value FROM meta WHERE key = 'alive'",
    [SQL_LIST_CALLS] =
        "SELECT " CALL_COLUMNS " FROM calls c" CALL_TABLES
        " WHERE (?1 IS NULL OR c.id IN (SELECT call_id FROM participants WHERE user_id = ?1))"
        " AND (?2 IS NULL OR c.type = ?2) AND (?3 IS NULL OR c.status = ?3) AND c.started >= ?4 AND c.started < ?5"
        " ORDER BY c.seq DESC LIMIT ?6",
    [SQL_LIST_USERS] = "SELECT " USER_COLUMNS ("u") " FROM users u WHERE ?1 IS NULL OR u.id = ?1"
                                                    " ORDER BY u.last_seen DESC, u.id LIMIT ?2",
    [SQL_OUTBOX_ADD] = "INSERT INTO outbox (id, url, call_id, type, body, created, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
                       " CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE url = ?2 AND call_id = ?3) THEN NULL ELSE 0 END)",
    [SQL_OUTBOX_DUE] = "SELECT seq, id, url, call_id, type, body, attempts FROM outbox"
                       " WHERE url = ?1 AND due IS NOT NULL AND due <= ?2 ORDER BY due, seq LIMIT ?3",
    [SQL_OUTBOX_LATER_DUE] = "SELECT min(due) FROM outbox WHERE url = ?1 AND due IS NOT NULL AND due > ?2",
    [SQL_OUTBOX_REMOVE] = "DELETE FROM outbox WHERE seq = ?1",
    [SQL_OUTBOX_ADVANCE] = "UPDATE outbox SET due = 0 WHERE due IS NULL AND seq ="
                           " (SELECT min(seq) FROM outbox WHERE url = ?1 AND call_id = ?2)",
    [SQL_OUTBOX_POSTPONE] = "UPDATE outbox SET due = ?2, attempts = attempts + 1 WHERE seq = ?1",
    [SQL_OUTBOX_OLD] = "SELECT seq, id, url, call_id, type, body, attempts FROM outbox WHERE created < ?1"
                       " ORDER BY created, seq LIMIT ?2",
    [SQL_OUTBOX_COUNT] = "SELECT count (*) FROM outbox",
};

/* ---- statements ---- */

sqlite3_stmt *
sql_use (StoreSql *sql, Sql which)
{
  sqlite3_stmt **stmt = &sql->prepared[which];
  if (*stmt == NULL)
    sqlite3_prepare_v3 (sql->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
  if (*stmt == NULL) {
    g_warning ("database: %s", sqlite3_errmsg (sql->db));
    return NULL;
  }
  sqlite3_reset (*stmt);
  sqlite3_clear_bindings (*stmt);
  return *stmt;
}

void
sql_bind_text (sqlite3_stmt *stmt, int at, const char *text)
{
  if (stmt != NULL && text != NULL)
    sqlite3_bind_text (stmt, at, text, -1, SQLITE_TRANSIENT);
}

void
sql_bind_int (sqlite3_stmt *stmt, int at, gint64 value)
{
  if (stmt != NULL)
    sqlite3_bind_int64 (stmt, at, value);
}

void
sql_bind_real (sqlite3_stmt *stmt, int at, double value)
{
  if (stmt != NULL)
    sqlite3_bind_double (stmt, at, value);
}

gboolean
sql_next_row (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed)
{
  int code = stmt != NULL ? sqlite3_step (stmt) : SQLITE_ERROR;
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE) {
    g_warning ("database: %s", sqlite3_errmsg (sql->db));
    sql->damaged |= code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    *failed = TRUE;
  }
  if (stmt != NULL)
    sqlite3_reset (stmt);
  return FALSE;
}

gboolean
sql_execute (StoreSql *sql, sqlite3_stmt *stmt)
{
  gboolean failed = FALSE;
  sql_next_row (sql, stmt, &failed);
  return !failed;
}

static char *
column_text (sqlite3_stmt *stmt, int at)
{
  return g_strdup ((const char *) sqlite3_column_text (stmt, at));
}

/* ---- rows ---- */

static void
read_user (sqlite3_stmt *stmt, int at, UserRecord *user)
{
  user->id = column_text (stmt, at);
  user->username = column_text (stmt, at + 1);
  user->full_name = column_text (stmt, at + 2);
  user->avatar = column_text (stmt, at + 3);
  user->last_seen_ms = sqlite3_column_int64 (stmt, at + 4);
}

static void
read_quality (sqlite3_stmt *stmt, int at, CallQuality *quality)
{
  quality->rating = sqlite3_column_int (stmt, at);
  for (int i = 0; i < QUALITY_FIGURES; i++) {
    gboolean known = sqlite3_column_type (stmt, at + 1 + i) != SQLITE_NULL;
    quality->figures[i] = known ? sqlite3_column_double (stmt, at + 1 + i) : NAN;
  }
}

static CallRecord *
read_call (sqlite3_stmt *stmt)
{
  const char *status = (const char *) sqlite3_column_text (stmt, 3);
  const char *reason = (const char *) sqlite3_column_text (stmt, 4);
  CallRecord *call = g_new0 (CallRecord, 1);
  call->id = column_text (stmt, 0);
  call->channel = column_text (stmt, 1);
  call->type = column_text (stmt, 2);
  if (status == NULL || !call_state_from_string (status, &call->state))
    call->state = CALL_STATE_FAILED;
  if (reason == NULL || !call_end_reason_from_string (reason, &call->reason))
    call->reason = CALL_END_REASON_NONE;
  call->start_ms = sqlite3_column_int64 (stmt, 5);
  call->accept_ms = sqlite3_column_int64 (stmt, 6);
  call->end_ms = sqlite3_column_int64 (stmt, 7);
  call->receiver_seen = sqlite3_column_int (stmt, 8) != 0;
  read_user (stmt, 9, &call->caller);
  read_user (stmt, 14, &call->receiver);
  call->seq = sqlite3_column_int64 (stmt, 19);
  read_quality (stmt, 20, &call->caller_quality);
  read_quality (stmt, 26, &call->receiver_quality);
  return call;
}

GPtrArray *
sql_read_calls (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func ((GDestroyNotify) call_record_free);
  while (sql_next_row (sql, stmt, failed))
    g_ptr_array_add (calls, read_call (stmt));
  return calls;
}

GPtrArray *
sql_read_users (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed)
{
  GPtrArray *users = g_ptr_array_new_with_free_func ((GDestroyNotify) user_record_free);
  while (sql_next_row (sql, stmt, failed)) {
    UserRecord *user = g_new0 (UserRecord, 1);
    read_user (stmt, 0, user);
    g_ptr_array_add (users, user);
  }
  return users;
}

CallRecord *
sql_get_call (StoreSql *sql, const char *id, gboolean *failed)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_GET_CALL);
  sql_bind_text (stmt, 1, id);
  g_autoptr (GPtrArray) calls = sql_read_calls (sql, stmt, failed);
  return calls->len > 0 ? g_ptr_array_steal_index (calls, 0) : NULL;
}

GPtrArray *
sql_live_calls_of (StoreSql *sql, const char *user_id, gboolean *failed)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_LIVE_OF);
  sql_bind_text (stmt, 1, user_id);
  return sql_read_calls (sql, stmt, failed);
}
