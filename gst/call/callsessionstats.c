/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The property `stats`, which the application reads on a thread of its own while the leg belongs to the worker: the
 * worker fills it in, the reader waits for that, but not for long. */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

#define STATS_TIMEOUT_US (500 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  gint ref_count;
  GMutex lock;
  GCond cond;
  GstCallSession *session;
  GstStructure *stats;
  gboolean done;
} StatsQuery;

static void
stats_query_unref (gpointer data)
{
  StatsQuery *query = data;

  if (!g_atomic_int_dec_and_test (&query->ref_count))
    return;
  g_clear_pointer (&query->stats, gst_structure_free);
  gst_object_unref (query->session);
  g_mutex_clear (&query->lock);
  g_cond_clear (&query->cond);
  g_free (query);
}

static GstStructure *
collect (GstCallSession *self)
{
  GstStructure *stats = self->leg != NULL ? gst_call_leg_get_stats (self->leg) : gst_structure_new_empty ("call-stats");
  g_autofree char *call_id = gst_call_session_dup_call_id (self);

  gst_structure_set (stats, "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id", G_TYPE_STRING, call_id,
      "state", G_TYPE_STRING, participant_state_to_string (gst_call_session_get_state (self)), NULL);
  return stats;
}

static gboolean
on_query (gpointer data)
{
  StatsQuery *query = data;
  GstStructure *stats = collect (query->session);

  g_mutex_lock (&query->lock);
  query->stats = stats;
  query->done = TRUE;
  g_cond_signal (&query->cond);
  g_mutex_unlock (&query->lock);
  return G_SOURCE_REMOVE;
}

static StatsQuery *
stats_query_new (GstCallSession *session)
{
  StatsQuery *query = g_new0 (StatsQuery, 1);

  query->ref_count = 2; /* the reader's and the source's */
  query->session = gst_object_ref (session);
  g_mutex_init (&query->lock);
  g_cond_init (&query->cond);
  return query;
}

GstStructure *
gst_call_session_dup_stats (GstCallSession *self)
{
  StatsQuery *query;
  GstStructure *stats;
  gint64 until = g_get_monotonic_time () + STATS_TIMEOUT_US;

  if (g_main_context_is_owner (self->context))
    return collect (self);
  if (gst_call_session_is_over (self))
    return gst_structure_new_empty ("call-stats");
  query = stats_query_new (self);
  session_attach (self, on_query, query, stats_query_unref);
  g_mutex_lock (&query->lock);
  while (!query->done && g_cond_wait_until (&query->cond, &query->lock, until))
    ;
  stats = g_steal_pointer (&query->stats);
  g_mutex_unlock (&query->lock);
  stats_query_unref (query);
  return stats != NULL ? stats : gst_structure_new_empty ("call-stats");
}
