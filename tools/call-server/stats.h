/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/record.h"

G_BEGIN_DECLS

/* A user's statistics over a period of its own calendar: the day, week (from Monday), month or year that it is now
 * where the user is. Days are local, so that one has 23 or 25 hours when clocks change. The time is an argument. */

typedef enum
{
  STATS_DAY,
  STATS_WEEK,
  STATS_MONTH,
  STATS_YEAR
} StatsPeriod;

gboolean stats_period_from_string (const char *text, StatsPeriod *period);
/* An IANA name ("Europe/Berlin"), or an offset ("+05:30"; a blank for the plus, as it is when not escaped). NULL: it is
 * neither. */
GTimeZone *stats_zone_new (const char *text);

typedef struct
{
  gint64 start_ms; /* local midnight, or what comes first of that day */
  char date[16];
  gint64 calls, duration;
} StatsDay;

typedef struct
{
  UserRecord user;
  gint64 calls, duration;
} StatsContact;

typedef struct
{
  GTimeZone *zone;
  gint64 from_ms, to_ms; /* of the period: to is not in it */
  GArray *days;          /* (element-type StatsDay) from the period's first to today */
  guint day;             /* of the call that was added last */
  GHashTable *contacts;  /* id -> StatsContact */
  gint64 total, completed, video, missed, rejected, duration, completed_duration;
  gint64 hours[24];
  double mos, ratings; /* sums */
  gint64 with_mos, with_rating;
} Stats;

/* One call of the user that is over. */
typedef struct
{
  gint64 start_ms, duration; /* whole seconds */
  CallState state;
  gboolean video;
  const char *peer_id;
  double mos; /* NAN: not measured */
  int rating; /* 0: none */
} StatsCall;

Stats *stats_new (StatsPeriod period, GTimeZone *zone, gint64 now_ms);
void stats_free (Stats *stats);
void stats_clear (Stats *stats); /* as it was before the first call was added */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stats, stats_free)
void stats_add (Stats *stats, const StatsCall *call); /* in the order of time, from from_ms to to_ms */
/* (transfer container): those with most calls, then most seconds, at most @max. Their names are for the caller to
 * fill. */
GPtrArray *stats_frequent (Stats *stats, guint max);
JsonObject *stats_to_json (Stats *stats, GPtrArray *frequent);

G_END_DECLS
