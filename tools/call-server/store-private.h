/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/store-sql.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* Between the store-*.c files: the connection, its statements, and what runs them. */

/* What names are searched and sorted by: the name that is shown, then the others. See store-search.c. */
#define STORE_SEARCH                                                                                                   \
  "fold (coalesce (full_name, username, id) || char (10) || coalesce (username, '') || char (10) || id)"

/* The kind of a call in a participant's history: type, direction, and how it ended. */
#define HISTORY_KIND(video, outgoing, state) ((video) | (outgoing) << 1 | ((state) -CALL_STATE_ENDED) << 2)
#define HISTORY_KINDS 16
/* The spans of time for which calls are counted: 2^26 ms (18.6 hours), and 128 of these. The schema has them, too. */
#define HISTORY_LEAF_SHIFT 26
#define HISTORY_SPAN_SHIFT 33
#define QUALITY_MEAN(q, sum, n) q "." sum " / nullif (" q "." n ", 0)"
#define STORE_HISTORY_ROWS                                                                                             \
  " SELECT p.user_id, c.started, c.seq, o.user_id, (c.type = 'video') + 2 * (p.role = 'caller') + 4 * CASE c.status"   \
  " WHEN 'ended' THEN 0 WHEN 'rejected' THEN 1 WHEN 'missed' THEN 2 ELSE 3 END,"                                       \
  " CASE WHEN c.accepted > 0 THEN max (c.ended - c.accepted, 0) / 1000 ELSE 0 END, " QUALITY_MEAN ("q", "mos",         \
      "moses") ", q.rating"                                                                                            \
               " FROM calls c JOIN participants p ON p.call_id = c.id JOIN participants o ON o.call_id = c.id"         \
               " AND o.user_id <> p.user_id LEFT JOIN quality q ON q.call_seq = c.seq AND q.user_id = p.user_id "      \
               "WHERE c.status NOT IN ('calling', 'active')"

typedef enum
{
  SQL_BEGIN,
  SQL_BEGIN_READ,
  SQL_COMMIT,
  SQL_ROLLBACK,
  SQL_SAVE,
  SQL_RELEASE,
  SQL_UNDO,
  SQL_TOUCH_USER,
  SQL_NAME_USER,
  SQL_SEEN_USER,
  SQL_HAS_USER,
  SQL_GET_CALL,
  SQL_LIVE_OF,
  SQL_LIVE_ALL,
  SQL_INSERT_CALL,
  SQL_INSERT_PARTICIPANT,
  SQL_CHANGE_CALL,
  SQL_LEAVE_CALL,
  SQL_HIDE_CALL,
  SQL_FORGET_CALL,
  SQL_REMEMBER_CALL,
  SQL_ADD_PEERS,
  SQL_RATE_CALL,
  SQL_LAST_REPORT,
  SQL_ADD_REPORT,
  SQL_REMEMBER_QUALITY,
  SQL_HISTORY,
  SQL_COUNTS,
  SQL_CALL_BY_SEQ,
  SQL_PEERS_NAMED,
  SQL_STATS,
  SQL_GET_USER,
  SQL_CONTACTS,
  SQL_PEERS,
  SQL_SET_ALIVE,
  SQL_GET_ALIVE,
  SQL_LIST_CALLS,
  SQL_LIST_USERS,
  SQL_OUTBOX_ADD,
  SQL_OUTBOX_DUE,
  SQL_OUTBOX_LATER_DUE,
  SQL_OUTBOX_REMOVE,
  SQL_OUTBOX_ADVANCE,
  SQL_OUTBOX_POSTPONE,
  SQL_OUTBOX_OLD,
  SQL_OUTBOX_COUNT,
  SQL_COUNT
} Sql;

struct StoreSql
{
  sqlite3 *db;
  int lock; /* fd, -1: none */
  sqlite3_stmt *prepared[SQL_COUNT];
  GHashTable *live;  /* char *id -> CallRecord: of those that go on, as the transaction has them */
  int changes;       /* rows changed until the transaction began */
  gboolean damaged;  /* the file was found corrupt: nothing more is written to it */
  gint64 written_ms; /* monotonic; when a change was last committed, 0: the last commit failed */
  StoreOutbox outbox;
  gboolean outbox_grew;
};

/* Prepared at the first use, reset, without values. NULL (logged) fails in the step, so binding need not be checked. */
sqlite3_stmt *sql_use (StoreSql *sql, Sql which);
void sql_bind_text (sqlite3_stmt *stmt, int at, const char *text); /* NULL stays NULL */
void sql_bind_int (sqlite3_stmt *stmt, int at, gint64 value);
void sql_bind_real (sqlite3_stmt *stmt, int at, double value);
/* TRUE: a row is there. *failed is set, never cleared. */
gboolean sql_next_row (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed);
gboolean sql_execute (StoreSql *sql, sqlite3_stmt *stmt);

GPtrArray *sql_read_calls (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed); /* (element-type CallRecord) */
GPtrArray *sql_read_users (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed); /* (element-type UserRecord) */
CallRecord *sql_get_call (StoreSql *sql, const char *id, gboolean *failed);
void sql_forget_call (StoreSql *sql, const char *id); /* what it says elsewhere than in its row has changed */
GPtrArray *sql_live_calls_of (StoreSql *sql, const char *user_id, gboolean *failed);

/* At most one server for a database; @fd is -1 for one in memory. store-lock.c. */
gboolean store_lock_take (const char *path, int *fd, GError **error);
void store_lock_release (int *fd);

char *search_fold (const char *text);
gboolean search_add_function (sqlite3 *db); /* fold() in SQL */

/* One for each StoreOp. FALSE: the database failed, and what was written is to be taken back. */
gboolean sql_run_touch_user (StoreSql *sql, StoreJob *job); /* store-changes.c */
gboolean sql_run_seen_user (StoreSql *sql, StoreJob *job);
gboolean sql_run_change_call (StoreSql *sql, StoreJob *job);
gboolean sql_run_start_call (StoreSql *sql, StoreJob *job);
gboolean sql_run_hide_call (StoreSql *sql, StoreJob *job);
gboolean sql_run_rate_call (StoreSql *sql, StoreJob *job); /* store-quality.c */
gboolean sql_run_report_quality (StoreSql *sql, StoreJob *job);
gboolean sql_run_alive (StoreSql *sql, StoreJob *job);
gboolean sql_run_get_call (StoreSql *sql, StoreJob *job); /* store-queries.c */
gboolean sql_run_live_calls (StoreSql *sql, StoreJob *job);
gboolean sql_run_history (StoreSql *sql, StoreJob *job);
gboolean sql_run_stats (StoreSql *sql, StoreJob *job); /* store-stats.c */
gboolean sql_run_contacts (StoreSql *sql, StoreJob *job);
gboolean sql_run_peers (StoreSql *sql, StoreJob *job);
gboolean sql_run_ping (StoreSql *sql, StoreJob *job);
gboolean sql_run_list_calls (StoreSql *sql, StoreJob *job);
gboolean sql_run_list_users (StoreSql *sql, StoreJob *job);
gboolean sql_run_outbox_due (StoreSql *sql, StoreJob *job); /* store-outbox.c */
gboolean sql_run_outbox_remove (StoreSql *sql, StoreJob *job);
gboolean sql_run_outbox_postpone (StoreSql *sql, StoreJob *job);
gboolean sql_run_outbox_expire (StoreSql *sql, StoreJob *job);

/* In the job that changes something: an event for the webhooks, of which a kill -9 leaves both or neither.
 * @more: NULL, or members of the event's data beside the call; owned by the caller, and not used after this. */
gboolean sql_outbox_add (StoreSql *sql, const char *type, const CallRecord *call, gint64 now_ms, JsonObject *more);
gboolean sql_outbox_add_change (StoreSql *sql, const CallRecord *call, gint64 now_ms); /* after a change of state */

char *sql_random_hex (const char *prefix, guint digits); /* at most 64 digits */

G_END_DECLS
