/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/store-sql.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* Between the store-*.c files: the connection, its statements, and what runs them. */

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
  SQL_LEAVE_CALL,
  SQL_HIDE_CALL,
  SQL_HISTORY,
  SQL_HISTORY_COUNT,
  SQL_CONTACTS,
  SQL_PEERS,
  SQL_SET_ALIVE,
  SQL_GET_ALIVE,
  SQL_COUNT
} Sql;

struct StoreSql
{
  sqlite3 *db;
  sqlite3_stmt *prepared[SQL_COUNT];
};

/* Prepared at the first use, reset, without values. NULL (logged) fails in the step, so binding need not be checked. */
sqlite3_stmt *sql_use (StoreSql *sql, Sql which);
void sql_bind_text (sqlite3_stmt *stmt, int at, const char *text); /* NULL stays NULL */
void sql_bind_int (sqlite3_stmt *stmt, int at, gint64 value);
/* TRUE: a row is there. *failed is set, never cleared. */
gboolean sql_next_row (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed);
gboolean sql_execute (StoreSql *sql, sqlite3_stmt *stmt);

GPtrArray *sql_read_calls (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed); /* (element-type CallRecord) */
GPtrArray *sql_read_users (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed); /* (element-type UserRecord) */
CallRecord *sql_get_call (StoreSql *sql, const char *id, gboolean *failed);
GPtrArray *sql_live_calls_of (StoreSql *sql, const char *user_id, gboolean *failed);

/* One for each StoreOp. FALSE: the database failed, and what was written is to be taken back. */
gboolean sql_run_touch_user (StoreSql *sql, StoreJob *job); /* store-changes.c */
gboolean sql_run_seen_user (StoreSql *sql, StoreJob *job);
gboolean sql_run_change_call (StoreSql *sql, StoreJob *job);
gboolean sql_run_start_call (StoreSql *sql, StoreJob *job);
gboolean sql_run_hide_call (StoreSql *sql, StoreJob *job);
gboolean sql_run_alive (StoreSql *sql, StoreJob *job);
gboolean sql_run_get_call (StoreSql *sql, StoreJob *job); /* store-queries.c */
gboolean sql_run_live_calls (StoreSql *sql, StoreJob *job);
gboolean sql_run_history (StoreSql *sql, StoreJob *job);
gboolean sql_run_contacts (StoreSql *sql, StoreJob *job);
gboolean sql_run_peers (StoreSql *sql, StoreJob *job);
gboolean sql_run_ping (StoreSql *sql, StoreJob *job);

G_END_DECLS
