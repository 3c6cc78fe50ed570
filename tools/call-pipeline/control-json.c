/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include <json-glib/json-glib.h>
#include <signal.h>
#include <sys/wait.h>

#include "control.h"
#include "gst/core/jsontext.h"

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

static void
add_time (JsonBuilder *builder, const char *name, gint64 us)
{
  g_autoptr (GDateTime) time = us != 0 ? g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  add_text (builder, name, text);
}

/* It was checked when it came. */
static void
add_event (JsonBuilder *builder, const char *name, const char *event)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_value (builder, event != NULL ? json_from_string (event, NULL) : json_node_new (JSON_NODE_NULL));
}

static void
add_exit (JsonBuilder *builder, const Job *job)
{
  gboolean over = job->ended != 0;
  g_autofree char *meaning = over ? job_exit_to_text (job->wait_status) : NULL;

  json_builder_set_member_name (builder, "exitStatus");
  if (over && WIFEXITED (job->wait_status))
    json_builder_add_int_value (builder, WEXITSTATUS (job->wait_status));
  else
    json_builder_add_null_value (builder);
  add_text (builder, "exitMeaning", meaning);
}

static void
add_job (JsonBuilder *builder, const Job *job)
{
  const JobOrder *order = job->order;

  json_builder_begin_object (builder);
  add_text (builder, "id", job->id);
  add_text (builder, "state", job_state_to_string (job->state));
  add_text (builder, "recipe", order->recipe);
  add_text (builder, "rule", order->rule);
  add_text (builder, "user", order->user);
  add_text (builder, "peer", order->peer);
  add_text (builder, "callId", order->call_id);
  add_number (builder, "pid", job->pid);
  add_time (builder, "created", job->created);
  add_time (builder, "started", job->started);
  add_time (builder, "ended", job->ended);
  add_exit (builder, job);
  add_text (builder, "message", job->message);
  add_number (builder, "restarts", job->restarts);
  add_number (builder, "attempt", job->attempt);
  json_builder_set_member_name (builder, "takenOver");
  json_builder_add_boolean_value (builder, job->taken_over);
  json_builder_set_member_name (builder, "cpuSeconds");
  json_builder_add_double_value (builder, job->cpu_before + job->use.cpu);
  add_number (builder, "memoryBytes", (gint64) job->use.memory);
  add_number (builder, "memoryPeakBytes", (gint64) job->memory_peak);
  add_event (builder, "lastEvent", job->event);
  add_event (builder, "progress", job->progress);
  json_builder_end_object (builder);
}

static char *
to_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_mend_exponents (json_to_string (root, FALSE));
}

char *
control_job_to_json (const Job *job)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  add_job (builder, job);
  return to_text (builder);
}

char *
control_jobs_to_json (const GQueue *jobs, const JobState *state)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "jobs");
  json_builder_begin_array (builder);
  for (GList *at = jobs->tail; at != NULL; at = at->prev)
    if (state == NULL || ((Job *) at->data)->state == *state)
      add_job (builder, at->data);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return to_text (builder);
}

char *
control_log_to_json (const Job *job, guint lines)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint skip = job->log.lines.length > lines ? job->log.lines.length - lines : 0;

  json_builder_begin_object (builder);
  add_text (builder, "id", job->id);
  json_builder_set_member_name (builder, "lines");
  json_builder_begin_array (builder);
  for (GList *at = g_queue_peek_nth_link ((GQueue *) &job->log.lines, skip); at != NULL; at = at->next)
    json_builder_add_string_value (builder, at->data);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return to_text (builder);
}
