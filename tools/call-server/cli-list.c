/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* calls, users: what the database has, by a connection that cannot write, so also while the server runs. */

#include "tools/call-server/cli.h"

#include "tools/call-server/cli-table.h"
#include "tools/call-server/json.h"
#include "tools/call-server/store-sql.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS (G_GINT64_CONSTANT (86400) * 1000)
#define MAX_LIMIT 100000

static char *user, *type, *status, *from, *to, *format;
static int limit = 50;

/* ---- what is asked for ---- */

/* What is wrong, or NULL. */
static const char *
read_filter (StoreJob *job)
{
  CallState state;
  if (format != NULL && !g_str_equal (format, "table") && !g_str_equal (format, "json"))
    return "--format is table or json";
  if (type != NULL && !g_str_equal (type, "audio") && !g_str_equal (type, "video"))
    return "--type is audio or video";
  if (status != NULL && !call_state_from_string (status, &state))
    return "--status is calling, active, ended, rejected, missed or failed";
  if ((from != NULL && !time_from_text (from, 0, &job->filter.from_ms))
      || (to != NULL && !time_from_text (to, DAY_MS, &job->filter.to_ms)))
    return "--from and --to are dates, or dates and times, as 2026-03-01 or 2026-03-01T12:00:00Z";
  if (limit < 1 || limit > MAX_LIMIT)
    return "--limit must be 1 to 100000";
  job->filter.type = g_strdup (type);
  job->filter.state = status != NULL ? (int) state : -1;
  job->filter.limit = (guint) limit;
  return NULL;
}

/* ---- what is there ---- */

static void
add_row (GPtrArray *rows, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *cell;
  va_list cells;
  va_start (cells, rows);
  while ((cell = va_arg (cells, const char *)) != NULL)
    g_strv_builder_add (builder, cell);
  va_end (cells);
  g_ptr_array_add (rows, g_strv_builder_end (builder));
}

static void
add_call (GPtrArray *rows, JsonArray *array, const CallRecord *call, gint64 now_ms)
{
  const char *reason = call_end_reason_to_string (call->reason);
  g_autofree char *started = time_to_text (call->start_ms);
  g_autofree char *duration = g_strdup_printf ("%" G_GINT64_FORMAT, call_record_duration (call, now_ms));
  JsonObject *object = call_record_to_json (call, call->caller.id, now_ms);
  json_object_remove_member (object, "direction");
  json_array_add_object_element (array, object);
  add_row (rows, started, call->id, call->type, call_state_to_string (call->state), reason != NULL ? reason : "",
      duration, call->caller.full_name, call->receiver.full_name, NULL);
}

static void
add_user (GPtrArray *rows, JsonArray *array, const UserRecord *record)
{
  g_autofree char *seen = record->last_seen_ms != 0 ? time_to_text (record->last_seen_ms) : NULL;
  JsonObject *object = user_record_to_json (record);
  if (seen != NULL)
    json_object_set_string_member (object, "lastSeen", seen);
  else
    json_object_set_null_member (object, "lastSeen");
  json_array_add_object_element (array, object);
  add_row (rows, record->id, record->username, record->full_name, seen != NULL ? seen : "", NULL);
}

static int
print (const GPtrArray *rows, JsonArray *array)
{
  gboolean json = g_strcmp0 (format, "json") == 0;
  g_autofree char *text = json ? json_array_to_text (array) : cli_table (rows);
  printf ("%s%s", text, json ? "\n" : "");
  return fflush (stdout) == 0 ? CLI_OK : CLI_CANNOT_RUN;
}

static int
print_job (const StoreJob *job)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (JsonArray) array = json_array_new ();
  if (job->op == STORE_LIST_CALLS) {
    add_row (rows, "STARTED", "CALL", "TYPE", "STATUS", "REASON", "SECONDS", "CALLER", "RECEIVER", NULL);
    for (guint i = 0; i < job->calls->len; i++)
      add_call (rows, array, g_ptr_array_index (job->calls, i), job->now_ms);
  } else {
    add_row (rows, "USER", "USERNAME", "NAME", "LAST SEEN", NULL);
    for (guint i = 0; i < job->users->len; i++)
      add_user (rows, array, g_ptr_array_index (job->users, i));
  }
  return print (rows, array);
}

static int
list (const char *path, StoreJob *job)
{
  g_autoptr (GError) error = NULL;
  const char *wrong = read_filter (job);
  if (wrong != NULL)
    return cli_fail_usage (wrong);
  StoreSql *sql = store_sql_open_to_read (path, &error);
  if (sql == NULL) {
    fprintf (stderr, "gst-call-server: %s\n", error->message);
    return CLI_CANNOT_RUN;
  }
  store_sql_run (sql, job);
  store_sql_close (sql);
  if (job->result == STORE_OK)
    return print_job (job);
  fprintf (stderr, "gst-call-server: %s: cannot be read\n", path);
  return CLI_CANNOT_RUN;
}

static int
run (const Options *options, GPtrArray *problems, StoreOp op)
{
  if (problems->len > 0)
    return cli_fail (problems);
  StoreJob *job = store_job_new (op, user, NULL, NULL);
  int code = list (options->database != NULL ? options->database : "calls.db", job);
  store_job_free (job);
  return code;
}

static int
run_calls (Options *options, char **argv, GPtrArray *problems)
{
  return run (options, problems, STORE_LIST_CALLS);
}

static int
run_users (Options *options, char **argv, GPtrArray *problems)
{
  return run (options, problems, STORE_LIST_USERS);
}

static const char *const settings[] = {"database", NULL};

#define USER_OPTION                                                                                                    \
  {                                                                                                                    \
    "user", 'u', 0, G_OPTION_ARG_STRING, &user, "Of this user", "ID"                                                   \
  }
#define LIST_OPTIONS                                                                                                   \
  {"limit", 'n', 0, G_OPTION_ARG_INT, &limit, "At most so many (default 50)", "N"},                                    \
  {                                                                                                                    \
    "format", 0, 0, G_OPTION_ARG_STRING, &format, "table (default) or json", "FORMAT"                                  \
  }

static const GOptionEntry call_entries[] = {
    USER_OPTION,
    {"status", 0, 0, G_OPTION_ARG_STRING, &status, "calling, active, ended, rejected, missed or failed", "STATUS"},
    {"type", 0, 0, G_OPTION_ARG_STRING, &type, "audio or video", "TYPE"},
    {"from", 0, 0, G_OPTION_ARG_STRING, &from, "Begun then or later: ISO 8601, UTC without a zone", "TIME"},
    {"to", 0, 0, G_OPTION_ARG_STRING, &to, "Begun before that, or on that day", "TIME"},
    LIST_OPTIONS,
    {NULL},
};

static const GOptionEntry user_entries[] = {
    USER_OPTION,
    LIST_OPTIONS,
    {NULL},
};

const Command cli_calls = {
    .name = "calls",
    .summary = "List calls, newest first",
    .description =
        "Reads the database, also while the server runs. Exit codes: 0 done, 1 cannot be read, 2 wrong usage.",
    .settings = settings,
    .entries = call_entries,
    .run = run_calls,
};

const Command cli_users = {
    .name = "users",
    .summary = "List users, those who were seen last first",
    .description =
        "Reads the database, also while the server runs. Exit codes: 0 done, 1 cannot be read, 2 wrong usage.",
    .settings = settings,
    .entries = user_entries,
    .run = run_users,
};
