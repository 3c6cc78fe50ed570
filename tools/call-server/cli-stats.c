/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* stats: what GET /api/calls/stats answers a user, by a connection that cannot write. */

#include "tools/call-server/cli.h"

#include "tools/call-server/cli-table.h"
#include "tools/call-server/json.h"
#include "tools/call-server/stats.h"
#include "tools/call-server/store-sql.h"

#include <stdio.h>

static char *user, *period, *tz, *format;

static void
add_row (GPtrArray *rows, const char *name, const char *value)
{
  const char *const cells[] = {name, value, NULL};
  g_ptr_array_add (rows, g_strdupv ((char **) cells));
}

/* A value for each member that is one; days, hours and people are for who reads the JSON. */
static void
add_member (JsonObject *object, const char *name, JsonNode *node, gpointer rows)
{
  g_autofree char *value =
      JSON_NODE_HOLDS_VALUE (node) || JSON_NODE_HOLDS_NULL (node) ? json_to_string (node, FALSE) : NULL;
  if (value != NULL)
    add_row (rows, name, JSON_NODE_HOLDS_NULL (node) ? "" : value);
}

static int
print (const StoreJob *job)
{
  g_autoptr (JsonObject) object = stats_to_json (job->stats, job->contacts);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  gboolean json = g_strcmp0 (format, "json") == 0;
  add_row (rows, "FIGURE", "VALUE");
  json_object_foreach_member (object, add_member, rows);
  g_autofree char *text = json ? json_object_to_text (object) : cli_table (rows);
  printf ("%s%s", text, json ? "\n" : "");
  return fflush (stdout) == 0 ? CLI_OK : CLI_CANNOT_RUN;
}

static int
read_stats (const char *path, StoreJob *job)
{
  g_autoptr (GError) error = NULL;
  StoreSql *sql = store_sql_open_to_read (path, &error);
  if (sql != NULL) {
    store_sql_run (sql, job);
    store_sql_close (sql);
    if (job->result == STORE_OK)
      return print (job);
  }
  fprintf (stderr, "gst-call-server: %s%s\n", error != NULL ? error->message : path,
      error != NULL ? "" : ": cannot be read");
  return CLI_CANNOT_RUN;
}

static int
run (Options *options, char **argv, GPtrArray *problems)
{
  StatsPeriod wanted = STATS_WEEK;
  if (problems->len > 0)
    return cli_fail (problems);
  if (user == NULL)
    return cli_fail_usage ("stats needs --user");
  if (period != NULL && !stats_period_from_string (period, &wanted))
    return cli_fail_usage ("--period is day, week, month or year");
  if (format != NULL && !g_str_equal (format, "table") && !g_str_equal (format, "json"))
    return cli_fail_usage ("--format is table or json");
  g_autoptr (GTimeZone) zone = stats_zone_new (tz != NULL ? tz : "UTC");
  if (zone == NULL)
    return cli_fail_usage ("--tz is a time zone, as Europe/Berlin, or an offset, as +05:30");
  StoreJob *job = store_job_new (STORE_STATS, user, NULL, NULL);
  job->stats = stats_new (wanted, zone, job->now_ms);
  int code = read_stats (options->database != NULL ? options->database : "calls.db", job);
  store_job_free (job);
  return code;
}

static const char *const settings[] = {"database", NULL};

static const GOptionEntry entries[] = {
    {"user", 'u', 0, G_OPTION_ARG_STRING, &user, "Of this user", "ID"},
    {"period", 0, 0, G_OPTION_ARG_STRING, &period, "day, week (default), month or year: the one that it is now",
        "PERIOD"},
    {"tz", 0, 0, G_OPTION_ARG_STRING, &tz, "The user's time zone (default UTC)", "ZONE"},
    {"format", 0, 0, G_OPTION_ARG_STRING, &format, "table (default) or json", "FORMAT"},
    {NULL},
};

const Command cli_stats = {
    .name = "stats",
    .summary = "Print a user's statistics",
    .description =
        "Reads the database, also while the server runs. Exit codes: 0 done, 1 cannot be read, 2 wrong usage.",
    .settings = settings,
    .entries = entries,
    .run = run,
};
