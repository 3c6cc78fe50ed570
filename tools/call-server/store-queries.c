/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The jobs that only read. */

#include "tools/call-server/store-private.h"

#define MAX_CONTACTS 500
#define MAX_PEERS 500
#define PROBE_MS 1000

gboolean
sql_run_get_call (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  job->call = sql_get_call (sql, job->call_id, &failed);
  if (job->call == NULL)
    job->result = STORE_NOT_FOUND;
  else if (!call_record_has (job->call, job->user_id))
    job->result = STORE_FORBIDDEN;
  return !failed;
}

gboolean
sql_run_live_calls (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  job->calls = job->user_id != NULL ? sql_live_calls_of (sql, job->user_id, &failed)
                                    : sql_read_calls (sql, sql_use (sql, SQL_LIVE_ALL), &failed);
  return !failed;
}

gboolean
sql_run_contacts (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  g_autofree char *folded = job->search != NULL && *job->search != '\0' ? search_fold (job->search) : NULL;
  sqlite3_stmt *stmt = sql_use (sql, SQL_CONTACTS);
  sql_bind_text (stmt, 1, job->user_id);
  sql_bind_text (stmt, 2, folded);
  sql_bind_int (stmt, 3, MAX_CONTACTS);
  job->users = sql_read_users (sql, stmt, &failed);
  return !failed;
}

/* Some at a time, in the order of their ids: what waits behind this job does not wait long. */
gboolean
sql_run_peers (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  sqlite3_stmt *stmt = sql_use (sql, SQL_PEERS);
  sql_bind_text (stmt, 1, job->user_id);
  sql_bind_text (stmt, 2, job->peer_id != NULL ? job->peer_id : "");
  sql_bind_int (stmt, 3, MAX_PEERS);
  job->users = sql_read_users (sql, stmt, &failed);
  job->more = job->users->len == MAX_PEERS;
  return !failed;
}

gboolean
sql_run_list_calls (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  const StoreFilter *filter = &job->filter;
  sqlite3_stmt *stmt = sql_use (sql, SQL_LIST_CALLS);
  sql_bind_text (stmt, 1, job->user_id);
  sql_bind_text (stmt, 2, filter->type);
  sql_bind_text (stmt, 3, filter->state >= 0 ? call_state_to_string ((CallState) filter->state) : NULL);
  sql_bind_int (stmt, 4, filter->from_ms);
  sql_bind_int (stmt, 5, filter->to_ms > 0 ? filter->to_ms : G_MAXINT64);
  sql_bind_int (stmt, 6, filter->limit);
  job->calls = sql_read_calls (sql, stmt, &failed);
  return !failed;
}

gboolean
sql_run_list_users (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  sqlite3_stmt *stmt = sql_use (sql, SQL_LIST_USERS);
  sql_bind_text (stmt, 1, job->user_id);
  sql_bind_int (stmt, 2, job->filter.limit);
  job->users = sql_read_users (sql, stmt, &failed);
  return !failed;
}

/* Readiness: a change was kept lately, or one is now. So asking often costs a write a second. */
gboolean
sql_run_ping (StoreSql *sql, StoreJob *job)
{
  gboolean lately = sql->written_ms != 0 && g_get_monotonic_time () / 1000 - sql->written_ms < PROBE_MS;
  return !sql->damaged && (lately || sql_run_alive (sql, job));
}
