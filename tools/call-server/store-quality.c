/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Ratings and reports: a row for each participant that gave any, with sums from which the means are read. */

#include "tools/call-server/store-private.h"

#include "tools/call-server/json.h"

#include <math.h>

#define REPORT_LATEST_MS (G_GINT64_CONSTANT (3600) * 1000)
#define REPORT_INTERVAL_MS 950

/* The participant's row in the history, if it is there already, follows. */
static gboolean
remember_quality (StoreSql *sql, const StoreJob *job)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_REMEMBER_QUALITY);
  sql_bind_text (stmt, 1, job->user_id);
  sql_bind_int (stmt, 2, job->call->seq);
  sql_bind_int (stmt, 3, job->call->start_ms);
  return sql_execute (sql, stmt);
}

gboolean
sql_run_rate_call (StoreSql *sql, StoreJob *job)
{
  if (!sql_run_get_call (sql, job))
    return FALSE;
  if (job->result == STORE_OK && job->call->state == CALL_STATE_CALLING)
    job->result = STORE_UNCHANGED;
  if (job->result != STORE_OK)
    return TRUE;
  sql_forget_call (sql, job->call_id);
  sqlite3_stmt *stmt = sql_use (sql, SQL_RATE_CALL);
  sql_bind_int (stmt, 1, job->call->seq);
  sql_bind_text (stmt, 2, job->user_id);
  sql_bind_int (stmt, 3, job->rating);
  return sql_execute (sql, stmt) && remember_quality (sql, job);
}

/* FALSE: it is taken, and not stored. A final report's figures are those of the whole call: nothing adds to them. */
static gboolean
counts (StoreSql *sql, const StoreJob *job, gboolean *failed)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_LAST_REPORT);
  sql_bind_int (stmt, 1, job->call->seq);
  sql_bind_text (stmt, 2, job->user_id);
  if (!sql_next_row (sql, stmt, failed))
    return !*failed;
  gboolean recent = job->now_ms - sqlite3_column_int64 (stmt, 0) < REPORT_INTERVAL_MS;
  gboolean final = sqlite3_column_int (stmt, 1) != 0;
  sqlite3_reset (stmt);
  return job->report->final ? !(final && recent) : !(final || recent);
}

static gboolean
tell_final (StoreSql *sql, const StoreJob *job)
{
  gboolean failed = FALSE;
  g_autoptr (CallRecord) call = sql_get_call (sql, job->call_id, &failed);
  g_autoptr (JsonObject) report = json_object_from_text (job->report->text, -1, NULL);
  if (call == NULL || report == NULL)
    return FALSE;
  g_autoptr (JsonObject) data = json_object_new ();
  json_object_set_string_member (data, "userId", job->user_id);
  json_object_set_object_member (data, "quality", json_object_ref (report));
  return sql_outbox_add (sql, "call.quality", call, job->now_ms, data);
}

gboolean
sql_run_report_quality (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  if (!sql_run_get_call (sql, job))
    return FALSE;
  gboolean late =
      job->result == STORE_OK && job->call->end_ms != 0 && job->now_ms - job->call->end_ms > REPORT_LATEST_MS;
  if (job->result == STORE_OK && (job->call->accept_ms == 0 || late))
    job->result = STORE_UNCHANGED;
  if (job->result != STORE_OK || !counts (sql, job, &failed))
    return !failed;
  sql_forget_call (sql, job->call_id);
  sqlite3_stmt *stmt = sql_use (sql, SQL_ADD_REPORT);
  sql_bind_int (stmt, 1, job->call->seq);
  sql_bind_text (stmt, 2, job->user_id);
  sql_bind_int (stmt, 3, job->now_ms);
  sql_bind_int (stmt, 4, job->report->final);
  sql_bind_text (stmt, 5, job->report->text);
  for (int i = 0; i < QUALITY_FIGURES; i++) {
    double value = job->report->figures[i];
    sql_bind_real (stmt, 6 + 2 * i, isnan (value) ? 0 : value);
    sql_bind_int (stmt, 7 + 2 * i, !isnan (value));
  }
  if (!sql_execute (sql, stmt) || !remember_quality (sql, job))
    return FALSE;
  return !job->report->final || tell_final (sql, job);
}
