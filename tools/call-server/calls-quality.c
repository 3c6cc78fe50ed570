/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What a participant measured and how it liked the call. docs/protocol/quality-reports.md is the contract.
 *
 *   alice                       server                      bob
 *     | report, at most 1/s --->| stored: sums, the last     |
 *     |                         | call-quality, from alice ->|   while the call lives
 *     | final report ---------->| the whole call's figures   |   up to an hour after the end
 *     | rating ---------------->| one a participant          |
 */

#include "tools/call-server/calls.h"

#include "tools/call-server/calls-arguments.h"
#include "tools/call-server/devices.h"
#include "tools/call-server/json.h"
#include "tools/call-server/quality-report.h"

#define INTERVAL_US (G_USEC_PER_SEC - 50000) /* a client's second may be a little short */

/* ---- reports ---- */

static void
fail_change (Asker *asker, const StoreJob *job, Failure unchanged)
{
  if (job->result == STORE_NOT_FOUND)
    asker_fail (asker, FAILURE_NO_CALL);
  else if (job->result == STORE_FORBIDDEN)
    asker_fail (asker, FAILURE_NOT_YOURS);
  else if (job->result == STORE_UNCHANGED)
    asker_fail (asker, unchanged);
  else
    asker_fail (asker, FAILURE_STORE);
}

static void
reported (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result != STORE_OK) {
    fail_change (asker, job, FAILURE_NOT_LIVE);
    return;
  }
  JsonObject *body = json_object_new ();
  json_object_set_string_member (body, "callId", job->call_id);
  asker_reply_status (asker, 202, body);
}

static void
push_report (Asker *asker, const char *call_id, QualityReport *report)
{
  StoreJob *job = store_job_new (STORE_REPORT_QUALITY, asker->user->id, reported, asker);
  job->call_id = g_strdup (call_id);
  job->report = report;
  store_push (asker->server->store, job);
}

/* FALSE: it is the second one within a second. What is final passes by those that are not. */
static gboolean
is_due (Seat *seat, gboolean final)
{
  gint64 now = g_get_monotonic_time (), *last = final ? &seat->final_us : &seat->quality_us;
  if (*last != 0 && now - *last < INTERVAL_US)
    return FALSE;
  *last = now;
  return TRUE;
}

static void
report_live (Asker *asker, LiveCall *call, JsonObject *body, QualityReport *report)
{
  g_autofree char *call_id = g_strdup (call->record->id);
  Seat *seat = live_seat_of (call, asker->user);
  Failure failure = seat == NULL ? FAILURE_NOT_YOURS : FAILURE_NOT_ACCEPTED;
  if (seat == NULL || call->record->state != CALL_STATE_ACTIVE) {
    quality_report_free (report);
    asker_fail (asker, failure);
  } else if (!is_due (seat, report->final)) {
    JsonObject *answer = json_object_new ();
    json_object_set_string_member (answer, "callId", call_id);
    quality_report_free (report);
    asker_reply_status (asker, 202, answer);
  } else {
    json_object_set_string_member (body, "from", seat->user->id);
    devices_tell (live_other_seat (seat), "call-quality", body);
    push_report (asker, call_id, report);
  }
}

void
call_quality (Asker *asker, const char *call_id, JsonObject *body)
{
  g_autoptr (JsonObject) report_body = body != NULL ? json_object_ref (body) : json_object_new ();
  if (call_id != NULL)
    json_object_set_string_member (report_body, "callId", call_id);
  g_autoptr (GError) error = NULL;
  QualityReport *report = quality_report_read (report_body, &error);
  if (report == NULL) {
    asker_fail_error (asker, error);
    return;
  }
  const char *id = json_object_text (report_body, "callId");
  LiveCall *call = live_find (asker->server, id);
  if (call != NULL)
    report_live (asker, call, report_body, report);
  else
    push_report (asker, id, report);
}

/* ---- ratings ---- */

static void
rated (StoreJob *job)
{
  Asker *asker = job->data;
  if (job->result != STORE_OK) {
    fail_change (asker, job, FAILURE_NOT_ACCEPTED);
    return;
  }
  JsonObject *body = json_object_new ();
  json_object_set_boolean_member (body, "success", TRUE);
  json_object_set_string_member (body, "callId", job->call_id);
  json_object_set_int_member (body, "rating", job->rating);
  asker_reply (asker, body);
}

void
call_rate (Asker *asker, const char *call_id, JsonObject *body)
{
  g_autoptr (GError) error = NULL;
  int rating;
  if (!arguments_read_rating (body, &rating, &error)) {
    asker_fail_error (asker, error);
    return;
  }
  StoreJob *job = store_job_new (STORE_RATE_CALL, asker->user->id, rated, asker);
  job->call_id = g_strdup (call_id);
  job->rating = rating;
  store_push (asker->server->store, job);
}
