/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Whose calls count in which period: both edges of each, where clocks change, and what comes of the figures. */

#include "tools/call-server/stats.h"

#include <math.h>

static gint64
ms_of (const char *text)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);
  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000;
}

static Stats *
stats_at (StatsPeriod period, const char *zone_name, const char *now)
{
  g_autoptr (GTimeZone) zone = stats_zone_new (zone_name);
  g_assert_nonnull (zone);
  return stats_new (period, zone, ms_of (now));
}

typedef struct
{
  StatsPeriod period;
  const char *zone, *now;
  const char *from, *to; /* the first ms that is in it, the first that is not */
  guint days;
  const char *first, *last;
} Case;

static const Case cases[] = {
    {STATS_DAY, "UTC", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", 1, "2026-11-22",
        "2026-11-22"},
    {STATS_DAY, "UTC", "2026-11-22T23:59:59.999Z", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", 1, "2026-11-22",
        "2026-11-22"},
    /* 23 and 25 hours */
    {STATS_DAY, "Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 1,
        "2026-03-29", "2026-03-29"},
    {STATS_DAY, "Europe/Berlin", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 1,
        "2026-10-25", "2026-10-25"},
    /* a day without a midnight, and one with two */
    {STATS_DAY, "Africa/Cairo", "2026-04-24T10:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z", 1, "2026-04-24",
        "2026-04-24"},
    {STATS_DAY, "America/Havana", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 1,
        "2026-11-01", "2026-11-01"},
    {STATS_DAY, "+05:30", "2026-11-22T18:29:59Z", "2026-11-21T18:30:00Z", "2026-11-22T18:30:00Z", 1, "2026-11-22",
        "2026-11-22"},
    {STATS_DAY, "-03:30", "2026-11-22T03:29:59Z", "2026-11-21T03:30:00Z", "2026-11-22T03:30:00Z", 1, "2026-11-21",
        "2026-11-21"},
    {STATS_DAY, "Pacific/Kiritimati", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z", 1,
        "2026-11-23", "2026-11-23"},
    /* weeks begin on Monday; Sunday is their last day, and a year's end is none of theirs */
    {STATS_WEEK, "UTC", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", 1, "2026-11-23",
        "2026-11-23"},
    {STATS_WEEK, "UTC", "2026-11-22T23:59:59Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z", 7, "2026-11-16",
        "2026-11-22"},
    {STATS_WEEK, "America/New_York", "2027-01-01T12:00:00Z", "2026-12-28T05:00:00Z", "2027-01-02T05:00:00Z", 5,
        "2026-12-28", "2027-01-01"},
    {STATS_WEEK, "Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z", 7,
        "2026-03-23", "2026-03-29"},
    {STATS_MONTH, "UTC", "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", 29, "2028-02-01",
        "2028-02-29"},
    {STATS_MONTH, "UTC", "2100-02-28T23:59:59Z", "2100-02-01T00:00:00Z", "2100-03-01T00:00:00Z", 28, "2100-02-01",
        "2100-02-28"},
    {STATS_MONTH, "Asia/Tokyo", "2026-11-30T15:00:00Z", "2026-11-30T15:00:00Z", "2026-12-01T15:00:00Z", 1, "2026-12-01",
        "2026-12-01"},
    {STATS_YEAR, "UTC", "2028-12-31T23:00:00Z", "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z", 366, "2028-01-01",
        "2028-12-31"},
    {STATS_YEAR, "Europe/Berlin", "2026-12-31T22:59:59Z", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z", 365,
        "2026-01-01", "2026-12-31"},
};

static void
test_edges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *expected = &cases[i];
    g_autoptr (Stats) stats = stats_at (expected->period, expected->zone, expected->now);
    g_test_message ("%s %s", expected->zone, expected->now);
    g_assert_cmpint (stats->from_ms, ==, ms_of (expected->from));
    g_assert_cmpint (stats->to_ms, ==, ms_of (expected->to));
    g_assert_cmpuint (stats->days->len, ==, expected->days);
    g_assert_cmpstr (g_array_index (stats->days, StatsDay, 0).date, ==, expected->first);
    g_assert_cmpstr (g_array_index (stats->days, StatsDay, expected->days - 1).date, ==, expected->last);
  }
}

static void
add (Stats *stats, const char *when, CallState state, gint64 duration, const char *peer)
{
  const StatsCall call = {ms_of (when), duration, state, FALSE, peer, NAN, 0};
  stats_add (stats, &call);
}

/* The hour that comes twice counts twice as much, the one that is left out not at all. */
static void
test_hours (void)
{
  g_autoptr (Stats) autumn = stats_at (STATS_DAY, "Europe/Berlin", "2026-10-25T20:00:00Z");
  g_autoptr (Stats) spring = stats_at (STATS_DAY, "Europe/Berlin", "2026-03-29T20:00:00Z");
  add (autumn, "2026-10-24T22:00:00Z", CALL_STATE_ENDED, 1, "b");
  add (autumn, "2026-10-25T00:59:59Z", CALL_STATE_ENDED, 1, "b");
  add (autumn, "2026-10-25T01:59:59Z", CALL_STATE_ENDED, 1, "b");
  add (autumn, "2026-10-25T22:59:59Z", CALL_STATE_ENDED, 1, "b");
  g_assert_cmpint (autumn->hours[0], ==, 1);
  g_assert_cmpint (autumn->hours[2], ==, 2);
  g_assert_cmpint (autumn->hours[23], ==, 1);
  add (spring, "2026-03-29T00:59:59Z", CALL_STATE_ENDED, 1, "b");
  add (spring, "2026-03-29T01:00:00Z", CALL_STATE_ENDED, 1, "b");
  g_assert_cmpint (spring->hours[1], ==, 1);
  g_assert_cmpint (spring->hours[2], ==, 0);
  g_assert_cmpint (spring->hours[3], ==, 1);
}

static void
test_days (void)
{
  g_autoptr (Stats) stats = stats_at (STATS_WEEK, "Europe/Berlin", "2026-03-29T20:00:00Z");
  static const gint64 calls[] = {1, 0, 0, 0, 0, 2, 1};
  add (stats, "2026-03-22T23:00:00Z", CALL_STATE_ENDED, 10, "b");
  add (stats, "2026-03-27T23:00:00Z", CALL_STATE_ENDED, 20, "b");
  add (stats, "2026-03-28T22:59:59.999Z", CALL_STATE_MISSED, 0, "b");
  add (stats, "2026-03-28T23:00:00Z", CALL_STATE_ENDED, 40, "c");
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    g_assert_cmpint (g_array_index (stats->days, StatsDay, i).calls, ==, calls[i]);
  g_assert_cmpint (g_array_index (stats->days, StatsDay, 5).duration, ==, 20);
}

static void
test_figures (void)
{
  g_autoptr (Stats) stats = stats_at (STATS_DAY, "UTC", "2026-11-22T20:00:00Z");
  const gint64 at = ms_of ("2026-11-22T10:00:00Z");
  const StatsCall calls[] = {
      {at, 60, CALL_STATE_ENDED, TRUE, "b", 4.0, 5},
      {at, 30, CALL_STATE_ENDED, FALSE, "c", 3.0, 0},
      {at, 0, CALL_STATE_MISSED, FALSE, "b", NAN, 0},
      {at, 0, CALL_STATE_REJECTED, FALSE, "d", NAN, 2},
      {at, 5, CALL_STATE_FAILED, TRUE, "c", NAN, 0},
      {at, 0, CALL_STATE_MISSED, FALSE, "d", NAN, 0},
  };
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    stats_add (stats, &calls[i]);
  g_autoptr (GPtrArray) frequent = stats_frequent (stats, 2);
  g_autoptr (JsonObject) json = stats_to_json (stats, frequent);
  g_assert_cmpint (json_object_get_int_member (json, "totalCalls"), ==, 6);
  g_assert_cmpint (json_object_get_int_member (json, "completedCalls"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (json, "totalDuration"), ==, 95);
  g_assert_cmpint (json_object_get_int_member (json, "videoCalls"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (json, "audioCalls"), ==, 4);
  g_assert_cmpint (json_object_get_int_member (json, "missedCalls"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (json, "rejectedCalls"), ==, 1);
  g_assert_cmpfloat (json_object_get_double_member (json, "averageDuration"), ==, 45);
  g_assert_cmpfloat (json_object_get_double_member (json, "successRate"), ==, 33.333);
  g_assert_cmpfloat (json_object_get_double_member (json, "averageMos"), ==, 3.5);
  g_assert_cmpfloat (json_object_get_double_member (json, "averageRating"), ==, 3.5);
  g_assert_cmpuint (frequent->len, ==, 2);
  const StatsContact *first = g_ptr_array_index (frequent, 0), *second = g_ptr_array_index (frequent, 1);
  g_assert_cmpstr (first->user.id, ==, "b"); /* as many calls as the others, more seconds */
  g_assert_cmpstr (second->user.id, ==, "c");
  g_assert_cmpint (second->duration, ==, 35);
}

static void
test_zones (void)
{
  static const char *const good[] = {"UTC", "Z", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5",
      "+00:00", "-12:00", "+14:00", " 05:45"};
  static const char *const bad[] = {"", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "leapseconds",
      "tzdata.zi", "+14:01", "+5:30", "+05:60", "+0530", "05:30", "EST5EDT,M3.2.0", "Europe/Berlin/",
      "Europe/../../etc/passwd", "A", "\xc3\xa4"};
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GTimeZone) zone = stats_zone_new (good[i]);
    g_test_message ("%s", good[i]);
    g_assert_nonnull (zone);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    g_assert_null (stats_zone_new (bad[i]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!g_file_test ("/usr/share/zoneinfo/Europe/Berlin", G_FILE_TEST_EXISTS)) {
    g_print ("1..0 # SKIP tzdata is not installed\n");
    return 77;
  }
  g_test_add_func ("/stats/edges", test_edges);
  g_test_add_func ("/stats/hours", test_hours);
  g_test_add_func ("/stats/days", test_days);
  g_test_add_func ("/stats/figures", test_figures);
  g_test_add_func ("/stats/zones", test_zones);
  return g_test_run ();
}
