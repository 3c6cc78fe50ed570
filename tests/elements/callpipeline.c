/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "callpipeline.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer count)
{
  g_atomic_int_inc ((gint *) count);
  return GST_PAD_PROBE_OK;
}

/* Counts what each element whose name begins with "count" gets. */
static void
watch_sinks (CallPipeline *self)
{
  g_autoptr (GstIterator) it = gst_bin_iterate_elements (GST_BIN (self->pipeline));
  GValue item = G_VALUE_INIT;

  while (gst_iterator_next (it, &item) == GST_ITERATOR_OK) {
    GstElement *element = g_value_get_object (&item);
    g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");
    if (pad != NULL && g_str_has_prefix (GST_OBJECT_NAME (element), "count")) {
      gint *count = g_new0 (gint, 1);
      g_object_set_data_full (G_OBJECT (element), "buffers", count, g_free);
      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, count, NULL);
    }
    g_value_reset (&item);
  }
  g_value_unset (&item);
}

CallPipeline *
call_pipeline_new (const char *line)
{
  CallPipeline *self = g_new0 (CallPipeline, 1);
  g_autoptr (GError) error = NULL;

  self->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  if (!GST_IS_PIPELINE (self->pipeline)) { /* a line of one element */
    GstElement *pipeline = gst_pipeline_new (NULL);
    gst_bin_add (GST_BIN (pipeline), self->pipeline);
    self->pipeline = pipeline;
  }
  self->bus = gst_element_get_bus (self->pipeline);
  watch_sinks (self);
  return self;
}

CallPipeline *
call_pipeline_start (const char *line)
{
  CallPipeline *self = call_pipeline_new (line);

  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return self;
}

void
call_pipeline_free (CallPipeline *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->bus);
  gst_object_unref (self->pipeline);
  g_clear_error (&self->error);
  g_free (self->state);
  g_free (self->call_id);
  g_free (self);
}

static void
take_state_change (CallPipeline *self, GstMessage *message)
{
  GstState old, now;

  if (GST_MESSAGE_SRC (message) != GST_OBJECT (self->pipeline))
    return;
  gst_message_parse_state_changed (message, &old, &now, NULL);
  if (old == GST_STATE_PLAYING && now < GST_STATE_PLAYING)
    self->left_playing++;
}

static void
take_call_state (CallPipeline *self, const GstStructure *structure)
{
  if (!gst_structure_has_name (structure, "call-state"))
    return;
  self->states++;
  g_free (self->state);
  g_free (self->call_id);
  self->state = g_strdup (gst_structure_get_string (structure, "state"));
  self->call_id = g_strdup (gst_structure_get_string (structure, "call-id"));
  self->reconnects += g_strcmp0 (self->state, "reconnecting") == 0;
}

static void
take (CallPipeline *self, GstMessage *message)
{
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      g_clear_error (&self->error);
      gst_message_parse_error (message, &self->error, NULL);
      g_test_message ("%s: %s", GST_OBJECT_NAME (message->src), self->error->message);
      break;
    case GST_MESSAGE_EOS:
      self->eos = TRUE;
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (self->pipeline));
      break;
    case GST_MESSAGE_STATE_CHANGED:
      take_state_change (self, message);
      break;
    case GST_MESSAGE_ELEMENT:
      take_call_state (self, gst_message_get_structure (message));
      break;
    default:
      break;
  }
}

typedef gboolean (*Condition) (CallPipeline *self, GstMessage *message, gconstpointer data);

static gboolean
wait_for (CallPipeline *self, Condition condition, gconstpointer data, gboolean errors_end_it, const char *what)
{
  GstClockTime until = gst_util_get_timestamp () + CALL_TEST_TIMEOUT;

  if (condition (self, NULL, data))
    return TRUE;
  while (gst_util_get_timestamp () < until) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop (self->bus, 20 * GST_MSECOND);
    if (message != NULL)
      take (self, message);
    if (condition (self, message, data))
      return TRUE;
    if (errors_end_it && self->error != NULL) {
      g_test_message ("waiting for %s: error %s", what, self->error->message);
      return FALSE;
    }
  }
  g_test_message ("waited too long for %s (state %s)", what, self->state);
  return FALSE;
}

static gboolean
state_is (CallPipeline *self, GstMessage *message, gconstpointer state)
{
  return g_strcmp0 (self->state, state) == 0;
}

gboolean
call_pipeline_wait_state (CallPipeline *self, const char *state)
{
  return wait_for (self, state_is, state, TRUE, state);
}

static gboolean
message_is (CallPipeline *self, GstMessage *message, gconstpointer name)
{
  return message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
         && gst_structure_has_name (gst_message_get_structure (message), name);
}

gboolean
call_pipeline_wait_message (CallPipeline *self, const char *name)
{
  return wait_for (self, message_is, name, TRUE, name);
}

typedef struct
{
  const char *name;
  CallPipelineMatch match;
  gpointer user_data;
} Match;

static gboolean
does_match (CallPipeline *self, GstMessage *message, gconstpointer data)
{
  const Match *match = data;

  return message_is (self, message, match->name) && match->match (message, match->user_data);
}

gboolean
call_pipeline_wait_match (CallPipeline *self, const char *name, CallPipelineMatch match, gpointer user_data)
{
  Match wanted = {name, match, user_data};

  return wait_for (self, does_match, &wanted, TRUE, name);
}

static gboolean
is_eos (CallPipeline *self, GstMessage *message, gconstpointer data)
{
  return self->eos;
}

gboolean
call_pipeline_wait_eos (CallPipeline *self)
{
  return wait_for (self, is_eos, NULL, TRUE, "eos");
}

static gboolean
has_error (CallPipeline *self, GstMessage *message, gconstpointer data)
{
  return self->error != NULL;
}

gboolean
call_pipeline_wait_error (CallPipeline *self)
{
  return wait_for (self, has_error, NULL, FALSE, "an error");
}

guint
call_pipeline_buffers (CallPipeline *self, const char *name)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (self->pipeline), name);

  g_assert_nonnull (element);
  return g_atomic_int_get ((gint *) g_object_get_data (G_OBJECT (element), "buffers"));
}

typedef struct
{
  const char *name;
  guint n;
} Target;

static gboolean
has_buffers (CallPipeline *self, GstMessage *message, gconstpointer data)
{
  const Target *target = data;

  return call_pipeline_buffers (self, target->name) >= target->n;
}

gboolean
call_pipeline_wait_buffers (CallPipeline *self, const char *name, guint n)
{
  Target target = {name, n};

  return wait_for (self, has_buffers, &target, TRUE, name);
}

void
call_pipeline_emit (CallPipeline *self, const char *name, const char *signal)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (self->pipeline), name);

  g_assert_nonnull (element);
  g_signal_emit_by_name (element, signal);
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

guint
call_test_count_fds (void)
{
  return count_entries ("/proc/self/fd");
}

guint
call_test_count_threads (void)
{
  return count_entries ("/proc/self/task");
}

gsize
call_test_rss (void)
{
  g_autofree char *text = NULL;
  gulong size = 0, resident = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) && sscanf (text, "%lu %lu", &size, &resident) == 2)
    return (gsize) resident * sysconf (_SC_PAGESIZE);
  return 0;
}
