/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/calls.h"

#include "tools/call-server/calls-arguments.h"

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
  g_autoptr (GError) error = NULL;
  g_autoptr (GTimeZone) zone = NULL;
  StatsPeriod period;
  if (!arguments_read_stats (transport_request_arguments (asker->request), &period, &zone, &error)) {
    asker_fail_error (asker, error);
    return;
  }
  StoreJob *job = store_job_new (STORE_STATS, asker->user->id, added_up, asker);
  job->stats = stats_new (period, zone, job->now_ms);
  store_push (asker->server->store, job);
}
