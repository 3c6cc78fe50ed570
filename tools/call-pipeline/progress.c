/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A session is in one call after the other:
 *
 *   idle --dialing, ringing, connecting--> in a call --connected--> counts as connected --ended--> idle again
 *                                              |-----------ended--> counts as failed
 */

#include "progress.h"

#include <string.h>

typedef struct
{
  guint64 bitrate;
  guint quality;
  double mos;
  gboolean receives;
} Track;

typedef struct
{
  char *state;
  gint64 since;        /* when the call began */
  gint64 connected_at; /* 0: not yet */
  GHashTable *tracks;  /* (element-type utf8 Track), "receive audio 0" and so on */
} Session;

struct _Progress
{
  gint64 started;
  GHashTable *sessions; /* (element-type utf8 Session) */
  guint calls;          /* that began */
  GArray *setups;       /* (element-type double), s: of those that were connected */
  double mos_min;       /* of calls that are over */
};

/* The order in which a call goes through them. */
static const char *const states[] = {"idle", "ended", "dialing", "ringing", "connecting", "reconnecting", "connected"};
#define FIRST_OF_CALL 2

static guint
state_rank (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    if (g_str_equal (states[i], state))
      return i;
  }
  return 0;
}

static double
seconds (gint64 from, gint64 to)
{
  return MAX (to - from, 0) / (double) G_USEC_PER_SEC;
}

static double
least (double a, double b)
{
  return a > 0 && (b <= 0 || a < b) ? a : b;
}

static double
session_mos (const Session *self)
{
  GHashTableIter iter;
  gpointer track;
  double mos = 0;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, &track)) {
    if (((Track *) track)->receives)
      mos = least (((Track *) track)->mos, mos);
  }
  return mos;
}

static void
session_free (gpointer data)
{
  Session *self = data;

  g_free (self->state);
  g_hash_table_unref (self->tracks);
  g_free (self);
}

static Session *
get_session (Progress *self, const char *name)
{
  Session *session = g_hash_table_lookup (self->sessions, name);

  if (session == NULL) {
    session = g_new0 (Session, 1);
    session->state = g_strdup ("idle");
    session->tracks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert (self->sessions, g_strdup (name), session);
  }
  return session;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

Progress *
progress_new (gint64 now)
{
  Progress *self = g_new0 (Progress, 1);

  self->started = now;
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, session_free);
  self->setups = g_array_new (FALSE, FALSE, sizeof (double));
  return self;
}

void
progress_free (Progress *self)
{
  g_hash_table_unref (self->sessions);
  g_array_unref (self->setups);
  g_free (self);
}

void
progress_add_state (Progress *self, const char *name, const char *state, gint64 now)
{
  Session *session = get_session (self, name);
  gboolean was_in_call = state_rank (session->state) >= FIRST_OF_CALL;
  gboolean is_in_call = state_rank (state) >= FIRST_OF_CALL;

  if (is_in_call && !was_in_call) {
    self->calls++;
    session->since = now;
  }
  if (g_str_equal (state, "connected") && session->connected_at == 0) {
    double setup = seconds (session->since, now);
    session->connected_at = now;
    g_array_append_val (self->setups, setup);
  }
  if (!is_in_call) {
    self->mos_min = least (session_mos (session), self->mos_min);
    session->connected_at = 0;
    g_hash_table_remove_all (session->tracks);
  }
  g_free (session->state);
  session->state = g_strdup (state);
}

void
progress_add_quality (Progress *self, const char *name, const char *direction, const char *track_name, guint64 bitrate,
    guint quality, double mos)
{
  Session *session = get_session (self, name);
  char *key = g_strdup_printf ("%s %s", direction, track_name);
  Track *track = g_new0 (Track, 1);

  track->bitrate = bitrate;
  track->quality = quality;
  track->mos = mos;
  track->receives = g_str_equal (direction, "receive");
  g_hash_table_replace (session->tracks, key, track);
}

static void
add_tracks (const Session *session, ProgressReport *report)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, session->tracks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Track *track = value;
    if (!track->receives) {
      report->bitrate_send += track->bitrate;
      continue;
    }
    report->bitrate_receive += track->bitrate;
    report->quality = MAX (report->quality, track->quality);
    report->mos = least (track->mos, report->mos);
  }
}

void
progress_report (const Progress *self, gint64 now, ProgressReport *report)
{
  GHashTableIter iter;
  gpointer value;
  guint furthest = 0;
  gint64 first = 0;

  memset (report, 0, sizeof *report);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Session *session = value;
    guint rank = state_rank (session->state);
    furthest = MAX (furthest, rank);
    report->calls += rank >= FIRST_OF_CALL;
    report->connected += g_str_equal (session->state, "connected");
    if (session->connected_at > 0 && (first == 0 || session->connected_at < first))
      first = session->connected_at;
    add_tracks (session, report);
  }
  report->state = g_hash_table_size (self->sessions) > 0 ? states[furthest] : "running";
  if (g_hash_table_size (self->sessions) == 0)
    report->duration = seconds (self->started, now);
  else if (first > 0)
    report->duration = seconds (first, now);
}

void
progress_summary (const Progress *self, ProgressSummary *summary)
{
  g_autoptr (GArray) setups = g_array_copy (self->setups);
  GHashTableIter iter;
  gpointer session;

  memset (summary, 0, sizeof *summary);
  summary->calls = self->calls;
  summary->connected = setups->len;
  summary->failed = self->calls - setups->len;
  summary->mos_min = self->mos_min;
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    summary->mos_min = least (session_mos (session), summary->mos_min);
  if (setups->len == 0)
    return;
  g_array_sort (setups, compare_doubles);
  summary->setup_min = g_array_index (setups, double, 0);
  summary->setup_median = g_array_index (setups, double, setups->len / 2);
  summary->setup_max = g_array_index (setups, double, setups->len - 1);
}

const char *
progress_quality_to_string (guint quality)
{
  static const char *const grades[] = {"unknown", "excellent", "good", "poor", "bad", "very bad", "down"};

  return quality < G_N_ELEMENTS (grades) ? grades[quality] : grades[0];
}
