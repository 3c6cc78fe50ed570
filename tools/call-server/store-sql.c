/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The schema, the statements, and one function per StoreOp. A statement is prepared at its first use and kept. Each
 * job runs in a savepoint of the batch's transaction: one that fails takes nothing but itself back. */

#include "tools/call-server/store-sql.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/random.h>

#define MAX_CONTACTS 500

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
    "  seen INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (call_id, user_id)) WITHOUT ROWID;"
    "CREATE INDEX participants_history ON participants (user_id, started);"
    "CREATE TABLE hidden (call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE, user_id TEXT NOT NULL,"
    "  PRIMARY KEY (call_id, user_id)) WITHOUT ROWID;"
    "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;",
};

#define USER_COLUMNS(u)                                                                                                \
  u ".id, coalesce(" u ".username, " u ".id), coalesce(" u ".full_name, " u ".username, " u ".id), "                   \
    "coalesce(" u ".avatar, ''), " u ".last_seen"
#define CALL_COLUMNS                                                                                                   \
  "c.id, c.channel, c.type, c.status, c.reason, c.started, c.accepted, c.ended, r.seen, " USER_COLUMNS (               \
      "cu") ", " USER_COLUMNS ("ru")
#define CALL_TABLES                                                                                                    \
  " JOIN participants a ON a.call_id = c.id AND a.role = 'caller' JOIN users cu ON cu.id = a.user_id"                  \
  " JOIN participants r ON r.call_id = c.id AND r.role = 'receiver' JOIN users ru ON ru.id = r.user_id"
#define HISTORY_FROM                                                                                                   \
  " FROM participants me JOIN calls c ON c.id = me.call_id" CALL_TABLES                                                \
  " WHERE me.user_id = ?1 AND (?2 IS NULL OR c.type = ?2) AND (?3 IS NULL OR c.status = ?3)"                           \
  " AND (?4 IS NULL OR me.role = ?4) AND me.started >= ?5 AND me.started < ?6"                                         \
  " AND (?7 IS NULL OR EXISTS (SELECT 1 FROM participants o JOIN users u ON u.id = o.user_id WHERE o.call_id = c.id"   \
  "   AND o.user_id <> ?1 AND (u.id LIKE ?7 ESCAPE '\\' OR u.username LIKE ?7 ESCAPE '\\'"                             \
  "   OR u.full_name LIKE ?7 ESCAPE '\\')))"                                                                           \
  " AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.call_id = c.id AND h.user_id = ?1)"

typedef enum
{
  SQL_BEGIN,
  SQL_COMMIT,
  SQL_ROLLBACK,
  SQL_SAVE,
  SQL_RELEASE,
  SQL_UNDO,
  SQL_TOUCH_USER,
  SQL_SEEN_USER,
  SQL_HAS_USER,
  SQL_GET_CALL,
  SQL_LIVE_OF,
  SQL_LIVE_ALL,
  SQL_INSERT_CALL,
  SQL_INSERT_PARTICIPANT,
  SQL_CHANGE_CALL,
  SQL_HISTORY,
  SQL_HISTORY_COUNT,
  SQL_CONTACTS,
  SQL_PEERS,
  SQL_SET_ALIVE,
  SQL_GET_ALIVE,
  SQL_COUNT
} Sql;

static const char *const statements[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SAVE] = "SAVEPOINT job",
    [SQL_RELEASE] = "RELEASE job",
    [SQL_UNDO] = "ROLLBACK TO job",
    [SQL_TOUCH_USER] = "INSERT INTO users (id, username, full_name, avatar) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id)"
                       " DO UPDATE SET username = coalesce(?2, username), full_name = coalesce(?3, full_name),"
                       " avatar = coalesce(?4, avatar)",
    [SQL_SEEN_USER] = "UPDATE users SET last_seen = ?2 WHERE id = ?1",
    [SQL_HAS_USER] = "SELECT 1 FROM users WHERE id = ?1",
    [SQL_GET_CALL] = "SELECT " CALL_COLUMNS " FROM calls c" CALL_TABLES " WHERE c.id = ?1",
    [SQL_LIVE_OF] = "SELECT " CALL_COLUMNS " FROM calls c" CALL_TABLES
                    " WHERE c.status IN ('calling', 'active') AND ?1 IN (a.user_id, r.user_id) ORDER BY c.seq",
    [SQL_LIVE_ALL] =
        "SELECT " CALL_COLUMNS " FROM calls c" CALL_TABLES " WHERE c.status IN ('calling', 'active') ORDER BY c.seq",
    [SQL_INSERT_CALL] = "INSERT INTO calls (id, channel, type, status, reason, started, ended)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_INSERT_PARTICIPANT] = "INSERT INTO participants (call_id, user_id, role, started, seen)"
                               " VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_CHANGE_CALL] = "UPDATE calls SET status = ?3, reason = ?4, accepted = ?5, ended = ?6"
                        " WHERE id = ?1 AND status = ?2",
    [SQL_HISTORY] = "SELECT " CALL_COLUMNS HISTORY_FROM " ORDER BY me.started DESC, c.seq DESC LIMIT ?8 OFFSET ?9",
    [SQL_HISTORY_COUNT] = "SELECT count(*)" HISTORY_FROM,
    [SQL_CONTACTS] = "SELECT " USER_COLUMNS (
        "u") " FROM users u WHERE u.id <> ?1 AND (?2 IS NULL OR u.id LIKE ?2"
             " ESCAPE '\\' OR u.username LIKE ?2 ESCAPE '\\' OR u.full_name LIKE ?2 ESCAPE '\\')"
             " ORDER BY 3, 1 LIMIT ?3",
    [SQL_PEERS] = "SELECT DISTINCT " USER_COLUMNS (
        "u") " FROM participants me JOIN participants o"
             " ON o.call_id = me.call_id AND o.user_id <> me.user_id JOIN users u ON u.id = o.user_id"
             " WHERE me.user_id = ?1 LIMIT ?2",
    [SQL_SET_ALIVE] = "INSERT INTO meta (key, value) VALUES ('alive', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1",
    [SQL_GET_ALIVE] = "SELECT value FROM meta WHERE key = 'alive'",
};

struct StoreSql
{
  sqlite3 *db;
  sqlite3_stmt *prepared[SQL_COUNT];
};

/* ---- statements ---- */

static sqlite3_stmt *
use (StoreSql *sql, Sql which)
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

/* A NULL statement fails in the step, so binding need not be checked. */
static void
bind_text (sqlite3_stmt *stmt, int at, const char *text)
{
  if (stmt != NULL && text != NULL)
    sqlite3_bind_text (stmt, at, text, -1, SQLITE_TRANSIENT);
}

static void
bind_int (sqlite3_stmt *stmt, int at, gint64 value)
{
  if (stmt != NULL)
    sqlite3_bind_int64 (stmt, at, value);
}

/* TRUE: a row is there. *failed is set, never cleared. */
static gboolean
next_row (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed)
{
  int code = stmt != NULL ? sqlite3_step (stmt) : SQLITE_ERROR;
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE) {
    g_warning ("database: %s", sqlite3_errmsg (sql->db));
    *failed = TRUE;
  }
  if (stmt != NULL)
    sqlite3_reset (stmt);
  return FALSE;
}

static gboolean
execute (StoreSql *sql, sqlite3_stmt *stmt)
{
  gboolean failed = FALSE;
  next_row (sql, stmt, &failed);
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
  return call;
}

static GPtrArray *
read_calls (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func ((GDestroyNotify) call_record_free);
  while (next_row (sql, stmt, failed))
    g_ptr_array_add (calls, read_call (stmt));
  return calls;
}

static GPtrArray *
read_users (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed)
{
  GPtrArray *users = g_ptr_array_new_with_free_func ((GDestroyNotify) user_record_free);
  while (next_row (sql, stmt, failed)) {
    UserRecord *user = g_new0 (UserRecord, 1);
    read_user (stmt, 0, user);
    g_ptr_array_add (users, user);
  }
  return users;
}

static CallRecord *
get_call (StoreSql *sql, const char *id, gboolean *failed)
{
  sqlite3_stmt *stmt = use (sql, SQL_GET_CALL);
  bind_text (stmt, 1, id);
  g_autoptr (GPtrArray) calls = read_calls (sql, stmt, failed);
  return calls->len > 0 ? g_ptr_array_steal_index (calls, 0) : NULL;
}

static GPtrArray *
live_calls_of (StoreSql *sql, const char *user_id, gboolean *failed)
{
  sqlite3_stmt *stmt = use (sql, SQL_LIVE_OF);
  bind_text (stmt, 1, user_id);
  return read_calls (sql, stmt, failed);
}

/* `%text%` with LIKE's own signs taken literally. */
static char *
like_pattern (const char *text)
{
  if (text == NULL || *text == '\0')
    return NULL;
  GString *pattern = g_string_new ("%");
  for (; *text != '\0'; text++) {
    if (strchr ("%_\\", *text) != NULL)
      g_string_append_c (pattern, '\\');
    g_string_append_c (pattern, *text);
  }
  return g_string_free (g_string_append_c (pattern, '%'), FALSE);
}

/* ---- jobs ---- */

static gboolean
run_touch_user (StoreSql *sql, StoreJob *job)
{
  sqlite3_stmt *stmt = use (sql, SQL_TOUCH_USER);
  bind_text (stmt, 1, job->user.id);
  bind_text (stmt, 2, job->user.username);
  bind_text (stmt, 3, job->user.full_name);
  bind_text (stmt, 4, job->user.avatar);
  return execute (sql, stmt);
}

static gboolean
run_seen_user (StoreSql *sql, StoreJob *job)
{
  sqlite3_stmt *stmt = use (sql, SQL_SEEN_USER);
  bind_text (stmt, 1, job->user_id);
  bind_int (stmt, 2, job->now_ms);
  return execute (sql, stmt);
}

/* Writes what core's table says of the event on the row as it was read. */
static gboolean
apply_event (StoreSql *sql, StoreJob *job, CallRecord *call, CallEvent event)
{
  if (!call_state_next (call->state, event, &job->transition)) {
    job->result = STORE_UNCHANGED;
    return TRUE;
  }
  const char *before = call_state_to_string (call->state);
  call->state = job->transition.state;
  call->reason = job->transition.reason;
  if (job->transition.actions & CALL_ACTION_SET_ACCEPT_TIME)
    call->accept_ms = job->now_ms;
  if (job->transition.actions & CALL_ACTION_SET_END_TIME)
    call->end_ms = MAX (job->now_ms, MAX (call->start_ms, call->accept_ms));
  sqlite3_stmt *stmt = use (sql, SQL_CHANGE_CALL);
  bind_text (stmt, 1, call->id);
  bind_text (stmt, 2, before);
  bind_text (stmt, 3, call_state_to_string (call->state));
  bind_text (stmt, 4, call_end_reason_to_string (call->reason));
  bind_int (stmt, 5, call->accept_ms);
  bind_int (stmt, 6, call->end_ms);
  if (!execute (sql, stmt))
    return FALSE;
  job->result = sqlite3_changes (sql->db) == 1 ? STORE_OK : STORE_FAILED;
  return job->result == STORE_OK;
}

static gboolean
event_of_user (const CallRecord *call, const StoreJob *job, CallEvent *event)
{
  gboolean receiver = g_strcmp0 (job->user_id, call->receiver.id) == 0;
  gboolean caller = g_strcmp0 (job->user_id, call->caller.id) == 0;
  switch (job->verb) {
    case STORE_VERB_ACCEPT:
      *event = CALL_EVENT_ACCEPT;
      return receiver;
    case STORE_VERB_REJECT:
      *event = CALL_EVENT_REJECT;
      return receiver;
    case STORE_VERB_END:
      *event = caller ? CALL_EVENT_CALLER_END : CALL_EVENT_RECEIVER_END;
      return caller || receiver;
    case STORE_VERB_EVENT:
    default:
      *event = job->event;
      return TRUE;
  }
}

static gboolean
run_change_call (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  CallEvent event;
  job->call = get_call (sql, job->call_id, &failed);
  if (job->call == NULL) {
    job->result = STORE_NOT_FOUND;
    return !failed;
  }
  if (!event_of_user (job->call, job, &event)) {
    job->result = STORE_FORBIDDEN;
    return TRUE;
  }
  return apply_event (sql, job, job->call, event);
}

static char *
random_hex (const char *prefix, guint digits)
{
  guint8 bytes[32];
  GString *text = g_string_new (prefix);
  if (getrandom (bytes, sizeof bytes, 0) != (gssize) sizeof bytes)
    g_error ("the kernel gives no random bytes");
  for (guint i = 0; i < digits / 2; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

static gboolean
insert_participant (StoreSql *sql, const char *call_id, const char *user_id, const char *role, gboolean seen, gint64 ms)
{
  sqlite3_stmt *stmt = use (sql, SQL_INSERT_PARTICIPANT);
  bind_text (stmt, 1, call_id);
  bind_text (stmt, 2, user_id);
  bind_text (stmt, 3, role);
  bind_int (stmt, 4, ms);
  bind_int (stmt, 5, seen);
  return execute (sql, stmt);
}

/* A new call, in state calling, or what @event makes of it at once. */
static gboolean
insert_call (StoreSql *sql, StoreJob *job, gboolean busy)
{
  gboolean failed = FALSE;
  g_autofree char *id = random_hex ("", 24);
  g_autofree char *channel = random_hex ("call_", 32);
  CallTransition now = {.state = CALL_STATE_CALLING, .reason = CALL_END_REASON_NONE};
  if (busy)
    call_state_next (CALL_STATE_CALLING, CALL_EVENT_BUSY, &now);
  sqlite3_stmt *stmt = use (sql, SQL_INSERT_CALL);
  bind_text (stmt, 1, id);
  bind_text (stmt, 2, channel);
  bind_text (stmt, 3, job->call_type);
  bind_text (stmt, 4, call_state_to_string (now.state));
  bind_text (stmt, 5, call_end_reason_to_string (now.reason));
  bind_int (stmt, 6, job->now_ms);
  bind_int (stmt, 7, busy ? job->now_ms : 0);
  if (!execute (sql, stmt) || !insert_participant (sql, id, job->user_id, "caller", TRUE, job->now_ms)
      || !insert_participant (sql, id, job->peer_id, "receiver", job->online, job->now_ms))
    return FALSE;
  job->call = get_call (sql, id, &failed);
  job->result = busy ? STORE_TARGET_BUSY : STORE_OK;
  return job->call != NULL;
}

static gboolean
has_user (StoreSql *sql, const char *user_id, gboolean *failed)
{
  sqlite3_stmt *stmt = use (sql, SQL_HAS_USER);
  bind_text (stmt, 1, user_id);
  gboolean found = next_row (sql, stmt, failed);
  if (found)
    sqlite3_reset (stmt);
  return found;
}

/* The call that @peer already rings @user with: two who call each other at once get one call. */
static CallRecord *
take_crossed (GPtrArray *mine, const char *peer_id)
{
  for (guint i = 0; i < mine->len; i++) {
    CallRecord *call = g_ptr_array_index (mine, i);
    if (call->state == CALL_STATE_CALLING && g_str_equal (call->caller.id, peer_id))
      return g_ptr_array_steal_index (mine, i);
  }
  return NULL;
}

static gboolean
run_start_call (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  if (!has_user (sql, job->peer_id, &failed)) {
    job->result = STORE_NO_USER;
    return !failed;
  }
  g_autoptr (GPtrArray) mine = live_calls_of (sql, job->user_id, &failed);
  g_autoptr (GPtrArray) theirs = live_calls_of (sql, job->peer_id, &failed);
  if (failed)
    return FALSE;
  job->call = take_crossed (mine, job->peer_id);
  if (job->call != NULL) {
    gboolean done = apply_event (sql, job, job->call, CALL_EVENT_ACCEPT);
    job->result = STORE_CROSSED;
    return done;
  }
  if (mine->len > 0) {
    job->call = g_ptr_array_steal_index (mine, 0);
    job->result = STORE_CALLER_BUSY;
    return TRUE;
  }
  return insert_call (sql, job, theirs->len > 0);
}

static gboolean
run_get_call (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  job->call = get_call (sql, job->call_id, &failed);
  if (job->call == NULL)
    job->result = STORE_NOT_FOUND;
  else if (!call_record_has (job->call, job->user_id))
    job->result = STORE_FORBIDDEN;
  return !failed;
}

static gboolean
run_live_calls (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  job->calls = job->user_id != NULL ? live_calls_of (sql, job->user_id, &failed)
                                    : read_calls (sql, use (sql, SQL_LIVE_ALL), &failed);
  return !failed;
}

static sqlite3_stmt *
use_history (StoreSql *sql, Sql which, const StoreJob *job)
{
  const StoreFilter *filter = &job->filter;
  g_autofree char *pattern = like_pattern (filter->search);
  sqlite3_stmt *stmt = use (sql, which);
  bind_text (stmt, 1, job->user_id);
  bind_text (stmt, 2, filter->type);
  bind_text (stmt, 3, filter->state >= 0 ? call_state_to_string ((CallState) filter->state) : NULL);
  bind_text (stmt, 4, filter->outgoing < 0 ? NULL : filter->outgoing ? "caller" : "receiver");
  bind_int (stmt, 5, filter->from_ms);
  bind_int (stmt, 6, filter->to_ms > 0 ? filter->to_ms : G_MAXINT64);
  bind_text (stmt, 7, pattern);
  return stmt;
}

static gboolean
run_history (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  sqlite3_stmt *count = use_history (sql, SQL_HISTORY_COUNT, job);
  if (next_row (sql, count, &failed)) {
    job->total = sqlite3_column_int64 (count, 0);
    sqlite3_reset (count);
  }
  sqlite3_stmt *stmt = use_history (sql, SQL_HISTORY, job);
  bind_int (stmt, 8, job->filter.limit);
  bind_int (stmt, 9, (gint64) (job->filter.page - 1) * job->filter.limit);
  job->calls = read_calls (sql, stmt, &failed);
  return !failed;
}

static gboolean
run_contacts (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  g_autofree char *pattern = like_pattern (job->search);
  sqlite3_stmt *stmt = use (sql, SQL_CONTACTS);
  bind_text (stmt, 1, job->user_id);
  bind_text (stmt, 2, pattern);
  bind_int (stmt, 3, MAX_CONTACTS);
  job->users = read_users (sql, stmt, &failed);
  return !failed;
}

static gboolean
run_peers (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  sqlite3_stmt *stmt = use (sql, SQL_PEERS);
  bind_text (stmt, 1, job->user_id);
  bind_int (stmt, 2, MAX_CONTACTS);
  job->users = read_users (sql, stmt, &failed);
  return !failed;
}

static gboolean
run_alive (StoreSql *sql, StoreJob *job)
{
  sqlite3_stmt *stmt = use (sql, SQL_SET_ALIVE);
  bind_int (stmt, 1, job->now_ms);
  return execute (sql, stmt);
}

static gboolean
run_ping (StoreSql *sql, StoreJob *job)
{
  return sqlite3_db_readonly (sql->db, "main") == 0;
}

static gboolean (*const run[STORE_OP_COUNT]) (StoreSql *sql, StoreJob *job) = {
    [STORE_TOUCH_USER] = run_touch_user,
    [STORE_SEEN_USER] = run_seen_user,
    [STORE_START_CALL] = run_start_call,
    [STORE_CHANGE_CALL] = run_change_call,
    [STORE_GET_CALL] = run_get_call,
    [STORE_LIVE_CALLS] = run_live_calls,
    [STORE_HISTORY] = run_history,
    [STORE_CONTACTS] = run_contacts,
    [STORE_PEERS] = run_peers,
    [STORE_ALIVE] = run_alive,
    [STORE_PING] = run_ping,
};

void
store_sql_run (StoreSql *sql, StoreJob *job)
{
  job->result = STORE_OK;
  if (execute (sql, use (sql, SQL_SAVE)) && run[job->op](sql, job)) {
    execute (sql, use (sql, SQL_RELEASE));
    return;
  }
  job->result = STORE_FAILED;
  execute (sql, use (sql, SQL_UNDO));
  execute (sql, use (sql, SQL_RELEASE));
}

gboolean
store_sql_begin (StoreSql *sql)
{
  return execute (sql, use (sql, SQL_BEGIN));
}

gboolean
store_sql_commit (StoreSql *sql)
{
  if (execute (sql, use (sql, SQL_COMMIT)))
    return TRUE;
  execute (sql, use (sql, SQL_ROLLBACK));
  return FALSE;
}

gint64
store_sql_alive_ms (StoreSql *sql)
{
  gboolean failed = FALSE;
  sqlite3_stmt *stmt = use (sql, SQL_GET_ALIVE);
  gint64 ms = next_row (sql, stmt, &failed) ? sqlite3_column_int64 (stmt, 0) : 0;
  sqlite3_reset (stmt);
  return ms;
}

/* ---- opening ---- */

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

static gboolean
migrate (StoreSql *sql, const char *path, GError **error)
{
  int version = schema_version (sql);
  if (version < 0)
    return fail (sql, path, error);
  if (version > (int) G_N_ELEMENTS (migrations)) {
    g_set_error (
        error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: made by a newer gst-call-server (schema %d)", path, version);
    return FALSE;
  }
  for (; version < (int) G_N_ELEMENTS (migrations); version++) {
    g_autofree char *step =
        g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT;", migrations[version], version + 1);
    if (sqlite3_exec (sql->db, step, NULL, NULL, NULL) != SQLITE_OK)
      return fail (sql, path, error);
  }
  return TRUE;
}

StoreSql *
store_sql_open (const char *path, GError **error)
{
  StoreSql *sql = g_new0 (StoreSql, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
  gboolean opened = sqlite3_open_v2 (path, &sql->db, flags, NULL) == SQLITE_OK
                    && sqlite3_exec (sql->db,
                           "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                           " PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216;",
                           NULL, NULL, NULL)
                           == SQLITE_OK;
  if (opened ? migrate (sql, path, error) : fail (sql, path, error))
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
  g_free (sql);
}
