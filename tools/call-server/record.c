/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/record.h"

#include "tools/call-server/json.h"

#include <string.h>

void
user_record_clear (UserRecord *user)
{
  g_clear_pointer (&user->id, g_free);
  g_clear_pointer (&user->username, g_free);
  g_clear_pointer (&user->full_name, g_free);
  g_clear_pointer (&user->avatar, g_free);
}

void
user_record_free (UserRecord *user)
{
  user_record_clear (user);
  g_free (user);
}

void
call_record_free (CallRecord *call)
{
  if (call == NULL)
    return;
  g_free (call->id);
  g_free (call->channel);
  g_free (call->type);
  user_record_clear (&call->caller);
  user_record_clear (&call->receiver);
  g_free (call);
}

static void
user_record_dup (UserRecord *user)
{
  user->id = g_strdup (user->id);
  user->username = g_strdup (user->username);
  user->full_name = g_strdup (user->full_name);
  user->avatar = g_strdup (user->avatar);
}

CallRecord *
call_record_copy (const CallRecord *call)
{
  CallRecord *copy = g_memdup2 (call, sizeof *call);
  copy->id = g_strdup (call->id);
  copy->channel = g_strdup (call->channel);
  copy->type = g_strdup (call->type);
  user_record_dup (&copy->caller);
  user_record_dup (&copy->receiver);
  return copy;
}

void
quality_report_free (QualityReport *report)
{
  g_free (report->text);
  g_free (report);
}

gboolean
call_record_has (const CallRecord *call, const char *user_id)
{
  return g_str_equal (call->caller.id, user_id) || g_str_equal (call->receiver.id, user_id);
}

gint64
call_record_duration (const CallRecord *call, gint64 now_ms)
{
  if (call->accept_ms == 0)
    return 0;
  gint64 end_ms = call->end_ms != 0 ? call->end_ms : now_ms;
  return MAX (end_ms - call->accept_ms, 0) / 1000;
}

char *
time_to_text (gint64 ms)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (ms / 1000);
  g_autofree char *text = g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf ("%s.%03dZ", text, (int) (ms % 1000));
}

static void
set_time (JsonObject *object, const char *name, gint64 ms)
{
  g_autofree char *text = ms != 0 ? time_to_text (ms) : NULL;
  if (text != NULL)
    json_object_set_string_member (object, name, text);
  else
    json_object_set_null_member (object, name);
}

gboolean
time_from_text (const char *text, gint64 day_ms, gint64 *ms)
{
  gboolean day = strchr (text, 'T') == NULL;
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *full = day ? g_strconcat (text, "T00:00:00", NULL) : g_strdup (text);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (full, utc);
  if (time == NULL)
    return FALSE;
  *ms = g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000 + (day ? day_ms : 0);
  return TRUE;
}

JsonObject *
user_record_to_json (const UserRecord *user)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "_id", user->id);
  json_object_set_string_member (object, "username", user->username != NULL ? user->username : user->id);
  json_object_set_string_member (object, "fullName", user->full_name != NULL ? user->full_name : user->id);
  json_object_set_string_member (object, "avatar", user->avatar != NULL ? user->avatar : "");
  return object;
}

static void
set_rating (JsonObject *object, const char *name, int rating)
{
  if (rating != 0)
    json_object_set_int_member (object, name, rating);
  else
    json_object_set_null_member (object, name);
}

static JsonObject *
network_stats (const CallQuality *quality)
{
  static const char *const names[] = {"avgBitrate", "packetLoss", "latency", "jitter", "mos"};
  G_STATIC_ASSERT (G_N_ELEMENTS (names) == QUALITY_FIGURES);
  JsonObject *stats = json_object_new ();
  for (guint i = 0; i < QUALITY_FIGURES; i++)
    json_object_set_rounded (stats, names[i], quality->figures[i]);
  return stats;
}

static JsonObject *
quality_to_json (const CallRecord *call)
{
  JsonObject *quality = json_object_new (), *stats = json_object_new ();
  set_rating (quality, "callerRating", call->caller_quality.rating);
  set_rating (quality, "receiverRating", call->receiver_quality.rating);
  json_object_set_object_member (stats, "callerStats", network_stats (&call->caller_quality));
  json_object_set_object_member (stats, "receiverStats", network_stats (&call->receiver_quality));
  json_object_set_object_member (quality, "networkStats", stats);
  return quality;
}

JsonObject *
call_record_to_json (const CallRecord *call, const char *viewer, gint64 now_ms)
{
  const char *reason = call_end_reason_to_string (call->reason);
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "_id", call->id);
  json_object_set_string_member (object, "callId", call->id);
  json_object_set_object_member (object, "caller", user_record_to_json (&call->caller));
  json_object_set_object_member (object, "receiver", user_record_to_json (&call->receiver));
  json_object_set_string_member (object, "channelName", call->channel);
  json_object_set_string_member (object, "callType", call->type);
  json_object_set_string_member (object, "status", call_state_to_string (call->state));
  if (reason != NULL)
    json_object_set_string_member (object, "endReason", reason);
  else
    json_object_set_null_member (object, "endReason");
  set_time (object, "startTime", call->start_ms);
  set_time (object, "acceptTime", call->accept_ms);
  set_time (object, "endTime", call->end_ms);
  json_object_set_int_member (object, "duration", call_record_duration (call, now_ms));
  json_object_set_string_member (object, "direction", g_str_equal (call->caller.id, viewer) ? "outgoing" : "incoming");
  json_object_set_object_member (object, "quality", quality_to_json (call));
  return object;
}
