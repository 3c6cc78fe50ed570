/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/callstate.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Users and calls as the store keeps them, and their JSON as clients see it. Times are ms since 1970, 0 for none. */

typedef struct
{
  char *id;
  char *username;  /* never NULL out of the store: the id when nothing is known */
  char *full_name; /* the same */
  char *avatar;    /* "" */
  gint64 last_seen_ms;
} UserRecord;

/* What is kept of measurements, a mean for each participant of a call. */
typedef enum
{
  QUALITY_BITRATE, /* bit/s */
  QUALITY_LOSS,    /* percent */
  QUALITY_LATENCY, /* ms, there and back */
  QUALITY_JITTER,  /* ms */
  QUALITY_MOS,
  QUALITY_FIGURES
} QualityFigure;

typedef struct
{
  double figures[QUALITY_FIGURES]; /* NAN: not said */
  gboolean final;                  /* of the whole call */
  char *text;                      /* JSON, as it came */
} QualityReport;

typedef struct
{
  int rating;                      /* 1 to 5; 0: none */
  double figures[QUALITY_FIGURES]; /* NAN: never measured */
} CallQuality;

typedef struct
{
  gint64 seq; /* the row's */
  char *id;
  char *channel;
  char *type; /* "audio", "video" */
  CallState state;
  CallEndReason reason;
  gint64 start_ms, accept_ms, end_ms;
  UserRecord caller, receiver;
  gboolean receiver_seen; /* it had a socket while it rang */
  CallQuality caller_quality, receiver_quality;
} CallRecord;

void user_record_clear (UserRecord *user);
void user_record_free (UserRecord *user);
void call_record_free (CallRecord *call);
CallRecord *call_record_copy (const CallRecord *call);
void quality_report_free (QualityReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UserRecord, user_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallRecord, call_record_free)

gboolean call_record_has (const CallRecord *call, const char *user_id); /* is a participant */
gint64 call_record_duration (const CallRecord *call, gint64 now_ms);    /* whole seconds since accept */

char *time_to_text (gint64 ms); /* ISO 8601 UTC with ms */
/* A date and time, without a zone in UTC; of a date alone its start, and @day_ms on top. */
gboolean time_from_text (const char *text, gint64 day_ms, gint64 *ms);
JsonObject *user_record_to_json (const UserRecord *user);
/* As @viewer sees it: direction is the viewer's. */
JsonObject *call_record_to_json (const CallRecord *call, const char *viewer, gint64 now_ms);

G_END_DECLS
