/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What a bot says with `run --json`, one object a line, and what of it the worker has to know. */

#include "job.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "gst/core/jsoncheck.h"

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static void
replace (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static void
take_call_state (Job *job, JsonObject *object)
{
  const char *call_id = get_text (object, "call-id");
  const char *state = get_text (object, "state");
  const char *reason = get_text (object, "reason");

  /* A bridge has a second call of its own. */
  if (job->order->call_id != NULL && g_strcmp0 (call_id, job->order->call_id) != 0)
    return;
  if (g_strcmp0 (state, "connecting") == 0 || g_strcmp0 (state, "connected") == 0)
    job->answered = TRUE;
  if (g_strcmp0 (state, "ended") != 0)
    return;
  job->call_ended = TRUE;
  if (g_strcmp0 (reason, "answered-elsewhere") == 0)
    replace (&job->gone, reason);
}

static void
take_object (Job *job, JsonObject *object, const char *line)
{
  const char *event = get_text (object, "event");

  if (event == NULL)
    return;
  replace (&job->event, line);
  if (g_str_equal (event, "progress"))
    replace (&job->progress, line);
  else if (g_str_equal (event, "call-state"))
    take_call_state (job, object);
  else if (g_str_equal (event, "call-error"))
    replace (&job->message, get_text (object, "message"));
  else if (g_str_equal (event, "call-gone") && job->gone == NULL)
    replace (&job->gone, get_text (object, "reason"));
  if (g_str_equal (event, "started") && job->state == JOB_STARTING)
    job->state = JOB_RUNNING;
}

void
job_take_event (Job *job, const char *line)
{
  g_autofree char *text = job_log_redact (line, job->log.secret);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (text[0] != '{' || !json_check (text, strlen (text), JSON_CHECK_MAX_DEPTH, NULL)
      || !json_parser_load_from_data (parser, text, -1, NULL))
    return;
  root = json_parser_get_root (parser);
  if (JSON_NODE_HOLDS_OBJECT (root))
    take_object (job, json_node_get_object (root), text);
}
