/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/metrics-private.h"

#define MAX_SERIES 500 /* of a family */
#define MAX_ROUTES 100

static const double REQUEST_BOUNDS[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 0};
static const double RING_BOUNDS[] = {1, 2, 3, 5, 7.5, 10, 15, 20, 30, 45, 60, 0};
static const double CALL_BOUNDS[] = {5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 0};

Metrics *
metrics_new (void)
{
  Metrics *metrics = g_new0 (Metrics, 1);

  metrics->started = (double) g_get_real_time () / G_USEC_PER_SEC;
  metrics->requests = counter_set_new (MAX_SERIES, "route=\"other\",method=\"other\",status=\"other\"");
  metrics->durations = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  metrics->received = counter_set_new (MAX_SERIES, "event=\"other\"");
  metrics->sent = counter_set_new (MAX_SERIES, "event=\"other\"");
  metrics->limited = counter_set_new (MAX_SERIES, "limit=\"other\"");
  metrics->bad_tokens = counter_set_new (MAX_SERIES, "code=\"other\"");
  metrics->calls_ended = counter_set_new (MAX_SERIES, "status=\"other\",reason=\"other\"");
  metrics->ring.bounds = RING_BOUNDS;
  metrics->call.bounds = CALL_BOUNDS;
  return metrics;
}

void
metrics_free (Metrics *metrics)
{
  CounterSet *const sets[] = {
      metrics->requests, metrics->received, metrics->sent, metrics->limited, metrics->bad_tokens, metrics->calls_ended};

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    counter_set_free (sets[i]);
  g_hash_table_unref (metrics->durations);
  g_free (metrics);
}

static Histogram *
duration_of (Metrics *metrics, const char *route)
{
  Histogram *histogram = g_hash_table_lookup (metrics->durations, route);

  if (histogram == NULL && g_hash_table_size (metrics->durations) < MAX_ROUTES) {
    histogram = g_new0 (Histogram, 1);
    histogram->bounds = REQUEST_BOUNDS;
    g_hash_table_insert (metrics->durations, (gpointer) route, histogram);
  }
  return histogram;
}

void
metrics_count_request (Metrics *metrics, TransportRequest *request, guint status)
{
  const char *label = transport_request_get_route (request);
  const char *route = label != NULL ? label : transport_request_is_engine (request) ? "/socket.io/" : "other";
  Histogram *histogram = duration_of (metrics, route);
  const char *named = transport_request_method (request), *method = *named != 0 ? named : "other";
  char class[] = "0xx";
  g_autofree char *labels = NULL;

  class[0] = (char) ('0' + MIN (status / 100, 9));
  labels = metrics_labels ("route", route, "method", method, "status", (const char *) class, NULL);
  counter_set_add (metrics->requests, labels);
  if (histogram != NULL)
    histogram_add (histogram, transport_request_age (request));
}

static void
count (CounterSet *set, const char *name, const char *value)
{
  g_autofree char *labels = metrics_labels (name, value != NULL ? value : "other", NULL);

  counter_set_add (set, labels);
}

void
metrics_count_event_received (Metrics *metrics, const char *name)
{
  count (metrics->received, "event", name);
}

void
metrics_count_event_sent (Metrics *metrics, const char *name)
{
  count (metrics->sent, "event", name);
}

void
metrics_count_limited (Metrics *metrics, const char *which)
{
  count (metrics->limited, "limit", which);
}

void
metrics_count_bad_token (Metrics *metrics, const char *code)
{
  count (metrics->bad_tokens, "code", code);
}

void
metrics_call_started (Metrics *metrics)
{
  metrics->calls_started++;
}

void
metrics_call_changed (Metrics *metrics, CallState before, const CallRecord *record)
{
  const char *reason = call_end_reason_to_string (record->reason);
  g_autofree char *labels = NULL;

  if (before == CALL_STATE_CALLING && record->state == CALL_STATE_ACTIVE)
    histogram_add (&metrics->ring, (double) (record->accept_ms - record->start_ms) / 1000);
  if (call_state_is_live (record->state) || !call_state_is_live (before))
    return;
  labels =
      metrics_labels ("status", call_state_to_string (record->state), "reason", reason != NULL ? reason : "none", NULL);
  counter_set_add (metrics->calls_ended, labels);
  if (record->accept_ms > 0)
    histogram_add (&metrics->call, (double) (record->end_ms - record->accept_ms) / 1000);
}
