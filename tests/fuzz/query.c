/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "tools/call-server/calls-arguments.h"
#include "tools/call-server/failure.h"
#include "tools/call-server/query.h"

#include <string.h>

/* The input as the query of the history, the statistics and the contacts. */

#define NOW_MS G_GINT64_CONSTANT (1800000000000)

/* What libwebsockets does before query_add(). */
static GHashTable *
read_query (const char *text)
{
  GHashTable *query = query_new ();
  g_auto (GStrv) arguments = g_strsplit (text, "&", -1);
  for (guint i = 0; arguments[i] != NULL; i++) {
    g_autoptr (GBytes) bytes = g_uri_unescape_bytes (arguments[i], -1, NULL, NULL);
    if (bytes != NULL)
      query_add (query, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  }
  return query;
}

static void
check_refusal (gboolean taken, GError *error)
{
  FUZZ_ASSERT (taken == (error == NULL));
  FUZZ_ASSERT (taken || (error->domain == FAILURE_ERROR && error->code == FAILURE_BAD_VALUE));
  g_clear_error (&error);
}

static void
check_filter (GHashTable *query)
{
  GError *error = NULL;
  StoreFilter filter = {.state = -1, .outgoing = -1, .page = 1, .limit = 20};
  gboolean taken = arguments_read_filter (query, &filter, &error);
  check_refusal (taken, error);
  FUZZ_ASSERT (filter.page >= 1 && filter.page <= ARGUMENTS_MAX_PAGE);
  FUZZ_ASSERT (filter.limit >= 1 && filter.limit <= ARGUMENTS_MAX_LIMIT);
  FUZZ_ASSERT (filter.outgoing >= -1 && filter.outgoing <= 1);
  FUZZ_ASSERT (filter.state == -1 || call_state_to_string ((CallState) filter.state) != NULL);
  FUZZ_ASSERT (filter.type == NULL || g_str_equal (filter.type, "audio") || g_str_equal (filter.type, "video"));
  FUZZ_ASSERT (filter.search == NULL || strlen (filter.search) <= ARGUMENTS_MAX_SEARCH);
  FUZZ_ASSERT (!taken || !g_hash_table_contains (query, "to") || filter.to_ms > 0);
  g_free (filter.type);
  g_free (filter.search);
}

/* A time of ours, from 1970 on, that is read is written as a text that reads as the same. */
static void
check_time (GHashTable *query)
{
  const char *text = g_hash_table_lookup (query, "from");
  gint64 ms, again = 0;
  if (text == NULL || !time_from_text (text, 0, &ms) || ms < 0)
    return;
  g_autofree char *written = time_to_text (ms);
  FUZZ_ASSERT (time_from_text (written, 0, &again) && again == ms);
}

/* Every zone that there is has a today, and days that follow each other. */
static void
check_stats (GHashTable *query)
{
  GError *error = NULL;
  g_autoptr (GTimeZone) zone = NULL;
  StatsPeriod period;
  gboolean taken = arguments_read_stats (query, &period, &zone, &error);
  check_refusal (taken, error);
  FUZZ_ASSERT (taken == (zone != NULL));
  if (!taken)
    return;
  g_autoptr (Stats) stats = stats_new (period, zone, NOW_MS);
  FUZZ_ASSERT (stats->from_ms <= NOW_MS && stats->to_ms > NOW_MS && stats->days->len >= 1 && stats->days->len <= 366);
  for (guint i = 1; i < stats->days->len; i++)
    FUZZ_ASSERT (
        g_array_index (stats->days, StatsDay, i - 1).start_ms < g_array_index (stats->days, StatsDay, i).start_ms);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GError *error = NULL;
  const char *search = NULL;
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GHashTable) query = read_query (text);
  check_filter (query);
  check_time (query);
  check_stats (query);
  gboolean taken = arguments_read_search (query, &search, &error);
  check_refusal (taken, error);
  FUZZ_ASSERT (!taken || search == NULL || strlen (search) <= ARGUMENTS_MAX_SEARCH);
  return 0;
}
