/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A pipeline under test: a launch line, its bus read by the test itself, and counters of what its sinks got. Every wait
 * has a watchdog and says what it waited for. */

#define CALL_TEST_TIMEOUT (20 * GST_SECOND)

typedef struct
{
  GstElement *pipeline;
  GstBus *bus;
  GError *error; /* of the last GST_MESSAGE_ERROR that was met */
  char *state;   /* of the last call-state */
  char *call_id;
  guint states;     /* how many call-states came */
  guint reconnects; /* how often the state was reconnecting */
  gboolean eos;
  guint left_playing; /* how often the pipeline went below PLAYING while it was watched */
} CallPipeline;

CallPipeline *call_pipeline_new (const char *line);
/* To PLAYING. */
CallPipeline *call_pipeline_start (const char *line);
void call_pipeline_free (CallPipeline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallPipeline, call_pipeline_free)

/* FALSE when an error or the watchdog came first. */
gboolean call_pipeline_wait_state (CallPipeline *self, const char *state);
gboolean call_pipeline_wait_message (CallPipeline *self, const char *name);
/* Until an element message @name comes for which @match says TRUE; it sees each of them once. */
typedef gboolean (*CallPipelineMatch) (GstMessage *message, gpointer user_data);
gboolean call_pipeline_wait_match (CallPipeline *self, const char *name, CallPipelineMatch match, gpointer user_data);
gboolean call_pipeline_wait_eos (CallPipeline *self);
gboolean call_pipeline_wait_error (CallPipeline *self);
/* Buffers that arrived at the sink pad of element @name since the start. */
guint call_pipeline_buffers (CallPipeline *self, const char *name);
/* Waits until @name has got @n buffers. */
gboolean call_pipeline_wait_buffers (CallPipeline *self, const char *name, guint n);
void call_pipeline_emit (CallPipeline *self, const char *element, const char *signal);

/* Of this process. */
guint call_test_count_fds (void);
guint call_test_count_threads (void);
gsize call_test_rss (void);

G_END_DECLS
