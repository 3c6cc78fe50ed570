/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/calls-arguments.h"

#include "gst/core/callmessage.h"
#include "tools/call-server/agora-token.h"
#include "tools/call-server/failure.h"
#include "tools/call-server/json.h"

#include <math.h>
#include <string.h>

#define DAY_MS (G_GINT64_CONSTANT (86400) * 1000)

static gboolean
bad_value (GError **error, const char *message)
{
  g_set_error_literal (error, FAILURE_ERROR, FAILURE_BAD_VALUE, message);
  return FALSE;
}

/* ---- start, reject, rating ---- */

gboolean
arguments_read_start (JsonObject *body, char **target, const char **type, GError **error)
{
  g_autofree char *id = json_object_id (body, "targetUserId");
  *type = json_object_has (body, "callType") ? json_object_text (body, "callType") : "audio";
  if (id == NULL || *id == '\0')
    return failure_set (error, FAILURE_TARGET_REQUIRED);
  if (g_strcmp0 (*type, "audio") != 0 && g_strcmp0 (*type, "video") != 0)
    return failure_set (error, FAILURE_BAD_CALL_TYPE);
  *target = g_steal_pointer (&id);
  return TRUE;
}

/* An absent text is fine, one of another type or too long is not. */
static gboolean
optional_text (JsonObject *body, const char *name, const char **text)
{
  *text = json_object_text (body, name);
  if (*text == NULL)
    return !json_object_has (body, name);
  return strlen (*text) <= CALL_MESSAGE_MAX_TEXT;
}

gboolean
arguments_read_rejection (JsonObject *body, const char **reason, const char **message, GError **error)
{
  return (optional_text (body, "reason", reason) && optional_text (body, "message", message))
         || failure_set (error, FAILURE_BAD_VALUE);
}

gboolean
arguments_read_rating (JsonObject *body, int *rating, GError **error)
{
  double number;
  if (!json_object_number (body, "rating", &number) || number != floor (number) || number < 1 || number > 5)
    return bad_value (error, "Rating must be a whole number from 1 to 5");
  *rating = (int) number;
  return TRUE;
}

/* ---- agora ---- */

static gboolean
is_account (const char *text)
{
  return text != NULL && *text != '\0' && strlen (text) <= AGORA_MAX_UID && g_utf8_validate (text, -1, NULL);
}

/* A number is its digits, and 0 nothing at all; the account "0" is an account. NULL: neither. */
static char *
read_uid (JsonObject *body)
{
  g_autofree char *id = json_object_id (body, "uid");
  guint64 number = 0;
  if (!is_account (id))
    return NULL;
  if (json_object_text (body, "uid") != NULL)
    return g_steal_pointer (&id);
  if (!g_ascii_string_to_unsigned (id, 10, 0, G_MAXUINT32, &number, NULL))
    return NULL;
  return g_strdup (number != 0 ? id : "");
}

static gboolean
read_role (JsonObject *body, gboolean *publisher)
{
  const char *role = json_object_has (body, "role") ? json_object_text (body, "role") : "publisher";
  *publisher = g_strcmp0 (role, "publisher") == 0;
  return *publisher || g_strcmp0 (role, "subscriber") == 0;
}

gboolean
arguments_read_agora (JsonObject *body, const char **channel, char **uid, gboolean *publisher, GError **error)
{
  g_autofree char *id = read_uid (body);
  *channel = json_object_text (body, "channelName");
  if (*channel == NULL || **channel == '\0' || id == NULL)
    return bad_value (error, "Channel name and UID are required");
  if (!read_role (body, publisher))
    return bad_value (error, "Role must be publisher or subscriber");
  *uid = g_steal_pointer (&id);
  return TRUE;
}

/* ---- queries ---- */

/* FALSE: there, and not a number in the range. */
static gboolean
query_number (GHashTable *query, const char *name, guint max, guint *value)
{
  const char *text = g_hash_table_lookup (query, name);
  guint64 number;
  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 1, max, &number, NULL))
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

/* Of a date alone it is the whole day, when it is the last. */
static gboolean
query_time (GHashTable *query, const char *name, gint64 day_ms, gint64 *ms)
{
  const char *text = g_hash_table_lookup (query, name);
  return text == NULL || time_from_text (text, day_ms, ms);
}

static gboolean
query_word (GHashTable *query, const char *name, const char *const *words, int *index)
{
  const char *text = g_hash_table_lookup (query, name);
  if (text == NULL)
    return TRUE;
  for (int i = 0; words[i] != NULL; i++) {
    if (g_str_equal (words[i], text)) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* The name of the parameter that is wrong, or NULL. */
static const char *
read_filter (GHashTable *query, StoreFilter *filter)
{
  static const char *const types[] = {"audio", "video", NULL};
  static const char *const directions[] = {"incoming", "outgoing", NULL};
  const char *status = g_hash_table_lookup (query, "status");
  const char *search = g_hash_table_lookup (query, "search");
  int type = -1;
  CallState state;
  if (!query_number (query, "page", ARGUMENTS_MAX_PAGE, &filter->page))
    return "page";
  if (!query_number (query, "limit", ARGUMENTS_MAX_LIMIT, &filter->limit))
    return "limit";
  if (!query_word (query, "type", types, &type))
    return "type";
  if (!query_word (query, "direction", directions, &filter->outgoing))
    return "direction";
  if (status != NULL && !call_state_from_string (status, &state))
    return "status";
  if (!query_time (query, "from", 0, &filter->from_ms))
    return "from";
  if (!query_time (query, "to", DAY_MS, &filter->to_ms))
    return "to";
  if (g_hash_table_contains (query, "to"))
    filter->to_ms = MAX (filter->to_ms, 1); /* 0 is none: before 1970 there is nothing */
  if (search != NULL && strlen (search) > ARGUMENTS_MAX_SEARCH)
    return "search";
  filter->type = type >= 0 ? g_strdup (types[type]) : NULL;
  filter->state = status != NULL ? (int) state : -1;
  filter->search = g_strdup (search);
  return NULL;
}

gboolean
arguments_read_filter (GHashTable *query, StoreFilter *filter, GError **error)
{
  const char *wrong = read_filter (query, filter);
  if (wrong != NULL)
    g_set_error (error, FAILURE_ERROR, FAILURE_BAD_VALUE, "Bad value of %s", wrong);
  return wrong == NULL;
}

gboolean
arguments_read_stats (GHashTable *query, StatsPeriod *period, GTimeZone **zone, GError **error)
{
  const char *period_text = g_hash_table_lookup (query, "period");
  const char *zone_text = g_hash_table_lookup (query, "tz");
  *period = STATS_WEEK;
  if (period_text != NULL && !stats_period_from_string (period_text, period))
    return bad_value (error, "Bad value of period");
  *zone = stats_zone_new (zone_text != NULL ? zone_text : "UTC");
  return *zone != NULL || bad_value (error, "Bad value of tz");
}

gboolean
arguments_read_search (GHashTable *query, const char **search, GError **error)
{
  *search = g_hash_table_lookup (query, "search");
  return *search == NULL || strlen (*search) <= ARGUMENTS_MAX_SEARCH || failure_set (error, FAILURE_BAD_VALUE);
}
