/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/stats.h"

#include "tools/call-server/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAX_ZONE 64

/* ---- what a query says ---- */

gboolean
stats_period_from_string (const char *text, StatsPeriod *period)
{
  static const char *const names[] = {"day", "week", "month", "year"};
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_strcmp0 (text, names[i]) == 0) {
      *period = (StatsPeriod) i;
      return TRUE;
    }
  }
  return FALSE;
}

static GTimeZone *
zone_of_offset (const char *text)
{
  int hours = g_ascii_digit_value (text[1]) * 10 + g_ascii_digit_value (text[2]);
  int minutes = g_ascii_digit_value (text[4]) * 10 + g_ascii_digit_value (text[5]);
  if (hours * 60 + minutes > 14 * 60 || minutes > 59)
    return NULL;
  return g_time_zone_new_offset ((text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60));
}

static gboolean
is_offset (const char *text)
{
  return strlen (text) == 6 && strchr ("+- ", text[0]) != NULL && g_ascii_isdigit (text[1]) && g_ascii_isdigit (text[2])
         && text[3] == ':' && g_ascii_isdigit (text[4]) && g_ascii_isdigit (text[5]);
}

/* The folder holds files that are no time zones, too, and GLib complains of those. */
static gboolean
is_zone_file (const char *name)
{
  const char *folder = g_getenv ("TZDIR");
  g_autofree char *path = g_build_filename (folder != NULL ? folder : "/usr/share/zoneinfo", name, NULL);
  char magic[4];
  FILE *file = g_file_test (path, G_FILE_TEST_IS_REGULAR) ? fopen (path, "rbe") : NULL;
  if (file == NULL)
    return FALSE;
  gboolean good = fread (magic, 1, sizeof magic, file) == sizeof magic && memcmp (magic, "TZif", sizeof magic) == 0;
  fclose (file);
  return good;
}

GTimeZone *
stats_zone_new (const char *text)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-";
  if (is_offset (text))
    return zone_of_offset (text);
  if (g_str_equal (text, "UTC") || g_str_equal (text, "Z"))
    return g_time_zone_new_utc ();
  gsize length = strlen (text);
  if (length == 0 || length > MAX_ZONE || !g_ascii_isalpha (text[0]) || strspn (text, letters) != length)
    return NULL;
  return is_zone_file (text) ? g_time_zone_new_identifier (text) : NULL;
}

/* ---- the calendar ---- */

static gboolean
same_date (GDateTime *a, GDateTime *b)
{
  return g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b)
         && g_date_time_get_year (a) == g_date_time_get_year (b);
}

/* When clocks go forward at midnight GLib gives the first time there is; when they go back to midnight it gives the
 * second one, and the day began with the first. */
static GDateTime *
day_start (GTimeZone *zone, int year, int month, int day)
{
  GDateTime *start = g_date_time_new (zone, year, month, day, 0, 0, 0);
  g_autoptr (GDateTime) earlier = g_date_time_add_hours (start, -1);
  if (!same_date (start, earlier))
    return start;
  g_date_time_unref (start);
  return g_steal_pointer (&earlier);
}

static void
first_date (StatsPeriod period, GDateTime *now, GDate *date)
{
  int year, month, day;
  g_date_time_get_ymd (now, &year, &month, &day);
  g_date_clear (date, 1);
  g_date_set_dmy (date, (GDateDay) (period < STATS_MONTH ? day : 1), period == STATS_YEAR ? 1 : (GDateMonth) month,
      (GDateYear) year);
  if (period == STATS_WEEK)
    g_date_subtract_days (date, (guint) g_date_time_get_day_of_week (now) - 1);
}

static gint64
add_day (Stats *stats, const GDate *date)
{
  StatsDay day = {0};
  g_autoptr (GDateTime) start =
      day_start (stats->zone, g_date_get_year (date), g_date_get_month (date), g_date_get_day (date));
  day.start_ms = g_date_time_to_unix (start) * 1000;
  g_snprintf (day.date, sizeof day.date, "%04d-%02d-%02d", g_date_get_year (date), g_date_get_month (date),
      g_date_get_day (date));
  g_array_append_val (stats->days, day);
  return day.start_ms;
}

/* ---- adding up ---- */

static void
contact_free (gpointer data)
{
  StatsContact *contact = data;
  user_record_clear (&contact->user);
  g_free (contact);
}

Stats *
stats_new (StatsPeriod period, GTimeZone *zone, gint64 now_ms)
{
  Stats *stats = g_new0 (Stats, 1);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autoptr (GDateTime) now = g_date_time_to_timezone (utc, zone);
  GDate date, today;
  stats->zone = g_time_zone_ref (zone);
  stats->days = g_array_new (FALSE, FALSE, sizeof (StatsDay));
  stats->contacts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, contact_free);
  first_date (STATS_DAY, now, &today);
  first_date (period, now, &date);
  stats->from_ms = add_day (stats, &date);
  for (g_date_add_days (&date, 1); g_date_compare (&date, &today) <= 0; g_date_add_days (&date, 1))
    add_day (stats, &date);
  stats->to_ms = add_day (stats, &date); /* tomorrow: later than now nothing is over */
  g_array_set_size (stats->days, stats->days->len - 1);
  return stats;
}

void
stats_free (Stats *stats)
{
  g_time_zone_unref (stats->zone);
  g_array_unref (stats->days);
  g_hash_table_unref (stats->contacts);
  g_free (stats);
}

void
stats_clear (Stats *stats)
{
  const Stats clear = {stats->zone, stats->from_ms, stats->to_ms, stats->days, 0, stats->contacts};
  for (guint i = 0; i < stats->days->len; i++) {
    StatsDay *day = &g_array_index (stats->days, StatsDay, i);
    day->calls = day->duration = 0;
  }
  g_hash_table_remove_all (stats->contacts);
  *stats = clear;
}

static void
add_to_contact (Stats *stats, const StatsCall *call)
{
  StatsContact *contact = g_hash_table_lookup (stats->contacts, call->peer_id);
  if (contact == NULL) {
    contact = g_new0 (StatsContact, 1);
    contact->user.id = g_strdup (call->peer_id);
    g_hash_table_insert (stats->contacts, g_strdup (call->peer_id), contact);
  }
  contact->calls++;
  contact->duration += call->duration;
}

static void
add_to_days (Stats *stats, const StatsCall *call)
{
  gint64 seconds = call->start_ms / 1000;
  int interval = g_time_zone_find_interval (stats->zone, G_TIME_TYPE_UNIVERSAL, seconds);
  gint64 local = seconds + g_time_zone_get_offset (stats->zone, interval);
  stats->hours[local / 3600 % 24]++;
  while (stats->day + 1 < stats->days->len
         && g_array_index (stats->days, StatsDay, stats->day + 1).start_ms <= call->start_ms)
    stats->day++;
  StatsDay *day = &g_array_index (stats->days, StatsDay, stats->day);
  day->calls++;
  day->duration += call->duration;
}

void
stats_add (Stats *stats, const StatsCall *call)
{
  stats->total++;
  stats->video += call->video;
  stats->missed += call->state == CALL_STATE_MISSED;
  stats->rejected += call->state == CALL_STATE_REJECTED;
  stats->duration += call->duration;
  if (call->state == CALL_STATE_ENDED) {
    stats->completed++;
    stats->completed_duration += call->duration;
  }
  if (!isnan (call->mos)) {
    stats->mos += call->mos;
    stats->with_mos++;
  }
  stats->ratings += call->rating;
  stats->with_rating += call->rating != 0;
  add_to_contact (stats, call);
  add_to_days (stats, call);
}

/* ---- the answer ---- */

static int
compare_contacts (gconstpointer one, gconstpointer other)
{
  const StatsContact *a = *(StatsContact *const *) one, *b = *(StatsContact *const *) other;
  if (a->calls != b->calls)
    return a->calls > b->calls ? -1 : 1;
  if (a->duration != b->duration)
    return a->duration > b->duration ? -1 : 1;
  return strcmp (a->user.id, b->user.id);
}

GPtrArray *
stats_frequent (Stats *stats, guint max)
{
  GPtrArray *contacts = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer contact;
  g_hash_table_iter_init (&iter, stats->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &contact))
    g_ptr_array_add (contacts, contact);
  g_ptr_array_sort (contacts, compare_contacts);
  g_ptr_array_set_size (contacts, (int) MIN (contacts->len, max));
  return contacts;
}

static JsonArray *
contacts_to_json (GPtrArray *contacts)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < contacts->len; i++) {
    const StatsContact *contact = g_ptr_array_index (contacts, i);
    JsonObject *object = json_object_new ();
    json_object_set_object_member (object, "user", user_record_to_json (&contact->user));
    json_object_set_int_member (object, "calls", contact->calls);
    json_object_set_int_member (object, "duration", contact->duration);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
days_to_json (const GArray *days)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < days->len; i++) {
    const StatsDay *day = &g_array_index (days, StatsDay, i);
    JsonObject *object = json_object_new ();
    json_object_set_string_member (object, "date", day->date);
    json_object_set_int_member (object, "calls", day->calls);
    json_object_set_int_member (object, "duration", day->duration);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
hours_to_json (const gint64 *hours)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < 24; i++)
    json_array_add_int_element (array, hours[i]);
  return array;
}

static double
ratio (double sum, gint64 n, double none)
{
  return n > 0 ? sum / (double) n : none;
}

JsonObject *
stats_to_json (Stats *stats, GPtrArray *frequent)
{
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "totalCalls", stats->total);
  json_object_set_int_member (object, "completedCalls", stats->completed);
  json_object_set_int_member (object, "totalDuration", stats->duration);
  json_object_set_int_member (object, "videoCalls", stats->video);
  json_object_set_int_member (object, "audioCalls", stats->total - stats->video);
  json_object_set_int_member (object, "missedCalls", stats->missed);
  json_object_set_int_member (object, "rejectedCalls", stats->rejected);
  json_object_set_rounded (object, "averageDuration", ratio ((double) stats->completed_duration, stats->completed, 0));
  json_object_set_rounded (object, "successRate", ratio (100.0 * (double) stats->completed, stats->total, 0));
  json_object_set_array_member (object, "frequentContacts", contacts_to_json (frequent));
  json_object_set_array_member (object, "peakHours", hours_to_json (stats->hours));
  json_object_set_rounded (object, "averageMos", ratio (stats->mos, stats->with_mos, NAN));
  json_object_set_rounded (object, "averageRating", ratio (stats->ratings, stats->with_rating, NAN));
  json_object_set_array_member (object, "perDay", days_to_json (stats->days));
  return object;
}
