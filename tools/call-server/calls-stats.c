/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/calls.h"

#include "tools/call-server/stats.h"

static void
added_up (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result == STORE_OK)
    asker_reply (asker, stats_to_json (job->stats, job->contacts));
  else
    asker_fail (asker, FAILURE_STORE);
}

void
call_stats (Asker *asker)
{
  const char *period_text = transport_request_query (asker->request, "period");
  const char *zone_text = transport_request_query (asker->request, "tz");
  StatsPeriod period = STATS_WEEK;
  if (period_text != NULL && !stats_period_from_string (period_text, &period)) {
    asker_fail_with (asker, FAILURE_BAD_VALUE, "Bad value of period", NULL);
    return;
  }
  g_autoptr (GTimeZone) zone = stats_zone_new (zone_text != NULL ? zone_text : "UTC");
  if (zone == NULL) {
    asker_fail_with (asker, FAILURE_BAD_VALUE, "Bad value of tz", NULL);
    return;
  }
  StoreJob *job = store_job_new (STORE_STATS, asker->user->id, added_up, asker);
  job->stats = stats_new (period, zone, job->now_ms);
  store_push (asker->server->store, job);
}
