/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The outbox of the webhooks: one row for each event and URL, written in the transaction of the change it tells of, so
 * that no kill -9 comes between the two. The rows of one call and URL are a queue: its first has a time (`due`) from
 * which on it may be sent, those behind it have none and get theirs when the one before is gone. So what may be sent
 * now is found by index, however long the backlog of a dead URL has become. */

#include "tools/call-server/store-private.h"

#include "tools/call-server/json.h"

#define MAX_EXPIRED 500

void
outbox_row_free (OutboxRow *row)
{
  if (row == NULL)
    return;
  g_free (row->id);
  g_free (row->url);
  g_free (row->call_id);
  g_free (row->type);
  g_free (row->body);
  g_free (row);
}

void
store_sql_set_outbox (StoreSql *sql, const StoreOutbox *outbox)
{
  sql->outbox = *outbox;
}

gboolean
store_sql_outbox_grew (StoreSql *sql)
{
  gboolean grew = sql->outbox_grew;
  sql->outbox_grew = FALSE;
  return grew;
}

/* ---- in the transaction of a change ---- */

/* The call as anybody sees it: a direction it has only for one of the two. */
static char *
event_body (const char *id, const char *type, const CallRecord *call, gint64 now_ms, JsonObject *more)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *created = time_to_text (now_ms);
  JsonObject *record = call_record_to_json (call, call->caller.id, now_ms);
  JsonObject *data = more != NULL ? json_object_ref (more) : json_object_new ();
  json_object_remove_member (record, "direction");
  json_object_set_object_member (data, "call", record);
  json_object_set_string_member (body, "id", id);
  json_object_set_string_member (body, "type", type);
  json_object_set_string_member (body, "createdAt", created);
  json_object_set_object_member (body, "data", data);
  return json_object_to_text (body);
}

static gboolean
is_wanted (const StoreSql *sql, const char *type)
{
  if (sql->outbox.urls == NULL || sql->outbox.urls[0] == NULL)
    return FALSE;
  return sql->outbox.events == NULL || g_strv_contains (sql->outbox.events, type);
}

gboolean
sql_outbox_add (StoreSql *sql, const char *type, const CallRecord *call, gint64 now_ms, JsonObject *more)
{
  if (!is_wanted (sql, type))
    return TRUE;
  g_autofree char *id = sql_random_hex ("msg_", 32);
  g_autofree char *body = event_body (id, type, call, now_ms, more);
  for (guint i = 0; sql->outbox.urls[i] != NULL; i++) {
    sqlite3_stmt *stmt = sql_use (sql, SQL_OUTBOX_ADD);
    sql_bind_text (stmt, 1, id);
    sql_bind_text (stmt, 2, sql->outbox.urls[i]);
    sql_bind_text (stmt, 3, call->id);
    sql_bind_text (stmt, 4, type);
    sql_bind_text (stmt, 5, body);
    sql_bind_int (stmt, 6, now_ms);
    if (!sql_execute (sql, stmt))
      return FALSE;
  }
  sql->outbox_grew = TRUE;
  return TRUE;
}

/* What a call's change means to those outside. */
gboolean
sql_outbox_add_change (StoreSql *sql, const CallRecord *call, gint64 now_ms)
{
  const char *type = call->state == CALL_STATE_CALLING  ? "call.started"
                     : call->state == CALL_STATE_ACTIVE ? "call.accepted"
                                                        : "call.ended";
  return sql_outbox_add (sql, type, call, now_ms, NULL);
}

/* ---- jobs of the delivery ---- */

static OutboxRow *
read_row (sqlite3_stmt *stmt)
{
  OutboxRow *row = g_new0 (OutboxRow, 1);
  row->seq = sqlite3_column_int64 (stmt, 0);
  row->id = g_strdup ((const char *) sqlite3_column_text (stmt, 1));
  row->url = g_strdup ((const char *) sqlite3_column_text (stmt, 2));
  row->call_id = g_strdup ((const char *) sqlite3_column_text (stmt, 3));
  row->type = g_strdup ((const char *) sqlite3_column_text (stmt, 4));
  row->body = g_strdup ((const char *) sqlite3_column_text (stmt, 5));
  row->attempts = (guint) sqlite3_column_int (stmt, 6);
  return row;
}

static GPtrArray *
read_rows (StoreSql *sql, sqlite3_stmt *stmt, gboolean *failed)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) outbox_row_free);
  while (sql_next_row (sql, stmt, failed))
    g_ptr_array_add (rows, read_row (stmt));
  return rows;
}

gboolean
sql_run_outbox_due (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  sqlite3_stmt *stmt = sql_use (sql, SQL_OUTBOX_DUE);
  sql_bind_text (stmt, 1, job->url);
  sql_bind_int (stmt, 2, job->now_ms);
  sql_bind_int (stmt, 3, job->filter.limit);
  job->outbox = read_rows (sql, stmt, &failed);
  sqlite3_stmt *later = sql_use (sql, SQL_OUTBOX_LATER_DUE);
  sql_bind_text (later, 1, job->url);
  sql_bind_int (later, 2, job->now_ms);
  if (sql_next_row (sql, later, &failed)) {
    job->due_ms = sqlite3_column_int64 (later, 0); /* 0: there is none */
    sqlite3_reset (later);
  }
  return !failed;
}

/* The row goes, and the one behind it may be sent. */
static gboolean
remove_row (StoreSql *sql, gint64 seq, const char *url, const char *call_id)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_OUTBOX_REMOVE);
  sql_bind_int (stmt, 1, seq);
  if (!sql_execute (sql, stmt))
    return FALSE;
  sqlite3_stmt *next = sql_use (sql, SQL_OUTBOX_ADVANCE);
  sql_bind_text (next, 1, url);
  sql_bind_text (next, 2, call_id);
  return sql_execute (sql, next);
}

gboolean
sql_run_outbox_remove (StoreSql *sql, StoreJob *job)
{
  return remove_row (sql, job->seq, job->url, job->call_id);
}

gboolean
sql_run_outbox_postpone (StoreSql *sql, StoreJob *job)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_OUTBOX_POSTPONE);
  sql_bind_int (stmt, 1, job->seq);
  sql_bind_int (stmt, 2, job->due_ms);
  return sql_execute (sql, stmt);
}

/* How many too many there are, up to MAX_EXPIRED. */
static int
surplus (StoreSql *sql, guint limit, gboolean *failed)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_OUTBOX_COUNT);
  if (!sql_next_row (sql, stmt, failed))
    return 0;
  gint64 count = sqlite3_column_int64 (stmt, 0);
  sqlite3_reset (stmt);
  return (int) CLAMP (count - (gint64) limit, 0, MAX_EXPIRED);
}

static GPtrArray *
read_old (StoreSql *sql, gint64 before_ms, int limit, gboolean *failed)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_OUTBOX_OLD);
  sql_bind_int (stmt, 1, before_ms);
  sql_bind_int (stmt, 2, limit);
  return read_rows (sql, stmt, failed);
}

/* Oldest first, some at a time: what waits behind this job does not wait long. First those that are too old; when
 * there are none, those that are too many. */
gboolean
sql_run_outbox_expire (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  job->outbox = read_old (sql, job->due_ms, MAX_EXPIRED, &failed);
  if (job->outbox->len == 0) {
    g_ptr_array_unref (job->outbox);
    job->outbox = read_old (sql, G_MAXINT64, surplus (sql, job->filter.limit, &failed), &failed);
    job->more = job->outbox->len > 0;
  }
  for (guint i = 0; !failed && i < job->outbox->len; i++) {
    const OutboxRow *row = g_ptr_array_index (job->outbox, i);
    failed = !remove_row (sql, row->seq, row->url, row->call_id);
  }
  return !failed;
}
