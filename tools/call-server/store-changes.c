/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The jobs that write. A call changes by core's table only, and only if its row is as it was read.
 *
 * To read one goes through five tables, so what was written of a call that goes on is kept in memory for its next
 * change. A name that changes, and all that is taken back, empties that; and a row that another process changed meets
 * the condition on its state: the job fails, and is done again on what the database says. */

#include "tools/call-server/store-private.h"

#include <sys/random.h>

gboolean
sql_run_touch_user (StoreSql *sql, StoreJob *job)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_TOUCH_USER);
  sql_bind_text (stmt, 1, job->user.id);
  sql_bind_text (stmt, 2, job->user.username);
  sql_bind_text (stmt, 3, job->user.full_name);
  sql_bind_text (stmt, 4, job->user.avatar);
  if (!sql_execute (sql, stmt))
    return FALSE;
  g_hash_table_remove_all (sql->live);
  stmt = sql_use (sql, SQL_NAME_USER);
  sql_bind_text (stmt, 1, job->user.id);
  return sql_execute (sql, stmt);
}

gboolean
sql_run_seen_user (StoreSql *sql, StoreJob *job)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_SEEN_USER);
  sql_bind_text (stmt, 1, job->user_id);
  sql_bind_int (stmt, 2, job->now_ms);
  return sql_execute (sql, stmt);
}

static gboolean
execute_for_call (StoreSql *sql, Sql which, const char *call_id)
{
  sqlite3_stmt *stmt = sql_use (sql, which);
  sql_bind_text (stmt, 1, call_id);
  return sql_execute (sql, stmt);
}

static void
keep_live (StoreSql *sql, const CallRecord *call)
{
  if (call_state_is_live (call->state)) {
    CallRecord *copy = call_record_copy (call);
    g_hash_table_replace (sql->live, copy->id, copy);
  } else
    sql_forget_call (sql, call->id);
}

void
sql_forget_call (StoreSql *sql, const char *id)
{
  g_hash_table_remove (sql->live, id);
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
  sqlite3_stmt *stmt = sql_use (sql, SQL_CHANGE_CALL);
  sql_bind_text (stmt, 1, call->id);
  sql_bind_text (stmt, 2, before);
  sql_bind_text (stmt, 3, call_state_to_string (call->state));
  sql_bind_text (stmt, 4, call_end_reason_to_string (call->reason));
  sql_bind_int (stmt, 5, call->accept_ms);
  sql_bind_int (stmt, 6, call->end_ms);
  if (!sql_execute (sql, stmt))
    return FALSE;
  if (sqlite3_changes (sql->db) != 1)
    return FALSE; /* not with SQLite's one writer; where several write, the job is to be tried again */
  job->result = STORE_OK;
  keep_live (sql, call);
  if (!call_state_is_live (call->state)
      && !(execute_for_call (sql, SQL_LEAVE_CALL, call->id) && execute_for_call (sql, SQL_REMEMBER_CALL, call->id)))
    return FALSE;
  return sql_outbox_add_change (sql, call, job->now_ms);
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

gboolean
sql_run_change_call (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  CallEvent event;
  const CallRecord *live = g_hash_table_lookup (sql->live, job->call_id);
  job->call = live != NULL ? call_record_copy (live) : sql_get_call (sql, job->call_id, &failed);
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

char *
sql_random_hex (const char *prefix, guint digits)
{
  static const char hex[] = "0123456789abcdef";
  guint8 bytes[32];
  GString *text = g_string_new (prefix);
  if (getrandom (bytes, sizeof bytes, 0) != (gssize) sizeof bytes)
    g_error ("the kernel gives no random bytes");
  for (guint i = 0; i < digits / 2; i++) {
    g_string_append_c (text, hex[bytes[i] >> 4]);
    g_string_append_c (text, hex[bytes[i] & 15]);
  }
  return g_string_free (text, FALSE);
}

/* The second, then chance: calls of one time lie side by side in each index, so that a commit writes few pages. */
static char *
new_name (const char *prefix, gint64 now_ms, guint random_digits)
{
  g_autofree char *second = g_strdup_printf ("%s%08x", prefix, (guint32) (now_ms / 1000));
  return sql_random_hex (second, random_digits);
}

static gboolean
insert_participant (StoreSql *sql, const StoreJob *job, const char *call_id, gboolean caller, gboolean live)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_INSERT_PARTICIPANT);
  sql_bind_text (stmt, 1, call_id);
  sql_bind_text (stmt, 2, caller ? job->user_id : job->peer_id);
  sql_bind_text (stmt, 3, caller ? "caller" : "receiver");
  sql_bind_int (stmt, 4, job->now_ms);
  sql_bind_int (stmt, 5, caller || job->online);
  sql_bind_int (stmt, 6, live);
  return sql_execute (sql, stmt);
}

static gboolean
add_peers (StoreSql *sql, const StoreJob *job)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_ADD_PEERS);
  sql_bind_text (stmt, 1, job->user_id);
  sql_bind_text (stmt, 2, job->peer_id);
  return sql_execute (sql, stmt);
}

/* A new call, in state calling, or what @event makes of it at once. */
static gboolean
insert_call (StoreSql *sql, StoreJob *job, gboolean busy)
{
  gboolean failed = FALSE;
  g_autofree char *id = new_name ("", job->now_ms, 16);
  g_autofree char *channel = new_name ("call_", job->now_ms, 24);
  CallTransition now = {.state = CALL_STATE_CALLING, .reason = CALL_END_REASON_NONE};
  if (busy)
    call_state_next (CALL_STATE_CALLING, CALL_EVENT_BUSY, &now);
  sqlite3_stmt *stmt = sql_use (sql, SQL_INSERT_CALL);
  sql_bind_text (stmt, 1, id);
  sql_bind_text (stmt, 2, channel);
  sql_bind_text (stmt, 3, job->call_type);
  sql_bind_text (stmt, 4, call_state_to_string (now.state));
  sql_bind_text (stmt, 5, call_end_reason_to_string (now.reason));
  sql_bind_int (stmt, 6, job->now_ms);
  sql_bind_int (stmt, 7, busy ? job->now_ms : 0);
  if (!sql_execute (sql, stmt) || !insert_participant (sql, job, id, TRUE, !busy)
      || !insert_participant (sql, job, id, FALSE, !busy) || !add_peers (sql, job)
      || (busy && !execute_for_call (sql, SQL_REMEMBER_CALL, id)))
    return FALSE;
  job->call = sql_get_call (sql, id, &failed);
  job->result = busy ? STORE_TARGET_BUSY : STORE_OK;
  if (job->call == NULL)
    return FALSE;
  keep_live (sql, job->call);
  return sql_outbox_add_change (sql, job->call, job->now_ms);
}

static gboolean
has_user (StoreSql *sql, const char *user_id, gboolean *failed)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_HAS_USER);
  sql_bind_text (stmt, 1, user_id);
  gboolean found = sql_next_row (sql, stmt, failed);
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

gboolean
sql_run_start_call (StoreSql *sql, StoreJob *job)
{
  gboolean failed = FALSE;
  if (!has_user (sql, job->peer_id, &failed)) {
    job->result = STORE_NO_USER;
    return !failed;
  }
  g_autoptr (GPtrArray) mine = sql_live_calls_of (sql, job->user_id, &failed);
  g_autoptr (GPtrArray) theirs = sql_live_calls_of (sql, job->peer_id, &failed);
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
execute_for_call_and_user (StoreSql *sql, Sql which, const StoreJob *job)
{
  sqlite3_stmt *stmt = sql_use (sql, which);
  sql_bind_text (stmt, 1, job->call_id);
  sql_bind_text (stmt, 2, job->user_id);
  return sql_execute (sql, stmt);
}

gboolean
sql_run_hide_call (StoreSql *sql, StoreJob *job)
{
  if (!sql_run_get_call (sql, job))
    return FALSE;
  if (job->result == STORE_OK && call_state_is_live (job->call->state))
    job->result = STORE_UNCHANGED;
  if (job->result != STORE_OK)
    return TRUE;
  return execute_for_call_and_user (sql, SQL_HIDE_CALL, job) && execute_for_call_and_user (sql, SQL_FORGET_CALL, job);
}

gboolean
sql_run_alive (StoreSql *sql, StoreJob *job)
{
  sqlite3_stmt *stmt = sql_use (sql, SQL_SET_ALIVE);
  sql_bind_int (stmt, 1, job->now_ms);
  return sql_execute (sql, stmt);
}
