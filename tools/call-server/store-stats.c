/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/store-private.h"

#include <math.h>

#define MAX_FREQUENT 10

static void
read_call (sqlite3_stmt *stmt, Stats *stats)
{
  int kind = sqlite3_column_int (stmt, 1);
  gboolean measured = sqlite3_column_type (stmt, 4) != SQLITE_NULL;
  const StatsCall call = {
      .start_ms = sqlite3_column_int64 (stmt, 0),
      .duration = sqlite3_column_int64 (stmt, 2),
      .state = (CallState) (CALL_STATE_ENDED + (kind >> 2)),
      .video = (kind & 1) != 0,
      .peer_id = (const char *) sqlite3_column_text (stmt, 3),
      .mos = measured ? sqlite3_column_double (stmt, 4) : NAN,
      .rating = sqlite3_column_int (stmt, 5),
  };
  if (call.peer_id != NULL)
    stats_add (stats, &call);
}

/* The user of the directory in the place of the bare id. */
static void
name_contact (StoreSql *sql, StatsContact *contact, gboolean *failed)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_GET_USER);
  sql_bind_text (stmt, 1, contact->user.id);
  g_autoptr (GPtrArray) users = sql_read_users (sql, stmt, failed);
  if (users->len == 0)
    return;
  UserRecord *found = g_ptr_array_index (users, 0), bare = contact->user;
  contact->user = *found;
  *found = bare;
}

gboolean
sql_run_stats (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  sqlite3_stmt *stmt = sql_use (sql, SQL_STATS);
  stats_clear (job->stats);
  sql_bind_text (stmt, 1, job->user_id);
  sql_bind_int (stmt, 2, job->stats->from_ms);
  sql_bind_int (stmt, 3, job->stats->to_ms);
  while (sql_next_row (sql, stmt, &failed))
    read_call (stmt, job->stats);
  job->contacts = stats_frequent (job->stats, MAX_FREQUENT);
  for (guint i = 0; i < job->contacts->len; i++)
    name_contact (sql, g_ptr_array_index (job->contacts, i), &failed);
  return !failed;
}
