/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Runs one launch line.
 *
 *   PLAYING ---- EOS message ------------------------------------> end: eos
 *      |-------- ERROR message ----------------------------------> end: error
 *      |-- time is up ---- EOS event --> EOS message, or 10 s ---> end: timeout
 *      |-- SIGINT, SIGTERM: EOS event --> EOS message -----------> end: eos (files are finished)
 *                                 |-----> 10 s ------------------> failed (no file to finish: 3 s, end: eos)
 *                                 |-----> a second signal -------> interrupted
 *
 * Everything happens on the main thread's loop. What the recipe expects decides whether an end is a success. */

#include "runner.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "events.h"

#define FINISH_TIME_S 10 /* for an EOS to pass through, and again for the pipeline to stop */
#define FINISH_TIME_NO_FILE_S 3
#define EOS_TRY_MS 20
#define EOS_TRIES 100

typedef enum
{
  END_NONE,
  END_EOS,
  END_TIMEOUT,
  END_ERROR,
  END_STUCK,
  END_INTERRUPTED
} End;

typedef struct
{
  const Recipe *recipe;
  const RunnerOptions *options;
  GstElement *pipeline;
  GMainLoop *loop;
  End end;
  gint64 started;       /* wall clock, seconds: files older than it are not this run's */
  gboolean timed_out;   /* the EOS that is on its way is the timeout's */
  guint eos_tries;      /* left */
  GThread *eos_thread;  /* NULL: no EOS was sent */
  gboolean interrupted; /* the EOS that is on its way is a signal's */
} Runner;

/* Which Debian package has an element, by the beginning of its name; the first match counts. */
static const struct
{
  const char *prefix;
  const char *package;
} packages[] = {
    {"callquality", "GstCall's plugin callquality"},
    {"callrecord", "GstCall's plugin callrecord"},
    {"call", "GstCall's plugin call: is GST_PLUGIN_PATH set?"},
    {"ringtone", "GstCall's plugin ringtone"},
    {"nice", "gstreamer1.0-nice"},
    {"av", "gstreamer1.0-libav"},
    {"x264", "gstreamer1.0-plugins-ugly"},
    {"webrtc", "gstreamer1.0-plugins-bad"},
    {"dtls", "gstreamer1.0-plugins-bad"},
    {"srtp", "gstreamer1.0-plugins-bad"},
    {"openh264", "gstreamer1.0-plugins-bad"},
    {"opus", "gstreamer1.0-plugins-base"},
    {"audio", "gstreamer1.0-plugins-base"},
    {"video", "gstreamer1.0-plugins-base"},
    {"decodebin", "gstreamer1.0-plugins-base"},
    {"uridecodebin", "gstreamer1.0-plugins-base"},
    {"vp", "gstreamer1.0-plugins-good"},
    {"rtp", "gstreamer1.0-plugins-good"},
    {"wav", "gstreamer1.0-plugins-good"},
    {"matroska", "gstreamer1.0-plugins-good"},
};

static char *
missing_text (const char *element)
{
  for (guint i = 0; i < G_N_ELEMENTS (packages); i++) {
    if (g_str_has_prefix (element, packages[i].prefix))
      return g_strdup_printf ("%s (%s)", element, packages[i].package);
  }
  return g_strdup (element);
}

GPtrArray *
runner_missing_elements (const Recipe *recipe)
{
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < recipe->needs->len; i++) {
    const char *element = g_ptr_array_index (recipe->needs, i);
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);
    if (factory == NULL)
      g_ptr_array_add (missing, g_strdup (element));
  }
  return missing;
}

/* Progress goes to stdout, line by line; with --json one object a line. */
static void
say (const Runner *self, const char *event, const char *field, const char *text)
{
  if (self->options->json) {
    g_autoptr (GstStructure) structure = gst_structure_new (event, field, G_TYPE_STRING, text, NULL);
    g_autofree char *json = events_to_json (structure);
    g_print ("%s\n", json);
  } else {
    g_print ("%s: %s\n", event, text);
  }
}

static void
complain (const Runner *self, const char *text)
{
  g_printerr ("%s: %s\n", self->recipe->name, text);
}

static void
finish (Runner *self, End end)
{
  if (self->end == END_NONE)
    self->end = end;
  g_main_loop_quit (self->loop);
}

/* Some sinks (webrtcbin's) never say that they have seen the end. That matters where a file is to be complete. */
static gboolean
on_stuck (gpointer user_data)
{
  Runner *self = user_data;

  if (!self->timed_out && self->recipe->expect_file == NULL) {
    finish (self, END_EOS);
    return G_SOURCE_REMOVE;
  }
  complain (self, "the end of stream did not pass through in time");
  finish (self, self->timed_out ? END_TIMEOUT : END_STUCK);
  return G_SOURCE_REMOVE;
}

static gpointer
push_eos (gpointer pipeline)
{
  gst_element_send_event (pipeline, gst_event_new_eos ());
  return NULL;
}

/* An event takes the pipeline's state lock and the source's stream lock. While the pipeline is still on its way to
 * PLAYING that is a deadlock: a sink keeps the stream and waits for a state that needs the first lock. So this waits
 * for the change to be through, but not for ever: a sink that never got any of a call's media never is. And it is done
 * on a thread, since a source that waits for a call keeps its stream lock, too. */
static gboolean
on_try_eos (gpointer user_data)
{
  Runner *self = user_data;

  if (gst_element_get_state (self->pipeline, NULL, NULL, 0) == GST_STATE_CHANGE_ASYNC && --self->eos_tries > 0)
    return G_SOURCE_CONTINUE;
  self->eos_thread = g_thread_new ("eos", push_eos, self->pipeline);
  return G_SOURCE_REMOVE;
}

static void
send_eos (Runner *self)
{
  self->eos_tries = EOS_TRIES;
  if (on_try_eos (self))
    g_timeout_add (EOS_TRY_MS, on_try_eos, self);
  g_timeout_add_seconds (self->recipe->expect_file != NULL ? FINISH_TIME_S : FINISH_TIME_NO_FILE_S, on_stuck, self);
}

static gboolean
on_time_up (gpointer user_data)
{
  Runner *self = user_data;

  if (!self->interrupted) {
    self->timed_out = TRUE;
    say (self, "timeout", "after", "the time is up");
    send_eos (self);
  }
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer user_data)
{
  Runner *self = user_data;

  if (self->interrupted) {
    finish (self, END_INTERRUPTED);
    return G_SOURCE_CONTINUE;
  }
  self->interrupted = TRUE;
  say (self, "interrupted", "action", "ending the stream (once more to give up on it)");
  if (!self->timed_out)
    send_eos (self);
  return G_SOURCE_CONTINUE;
}

static void
handle_call_message (Runner *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  g_autofree char *text = NULL;

  if (!events_is_call (structure))
    return;
  text = self->options->json ? events_to_json (structure) : events_call_to_text (structure);
  g_print ("%s\n", text);
}

static void
handle_caps (GstMessage *message)
{
  g_autofree char *text = events_caps_to_text (message);

  if (text != NULL)
    g_print ("%s\n", text);
}

static void
handle_error (Runner *self, GstMessage *message)
{
  g_autofree char *text = events_error_to_text (message);

  complain (self, text);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    finish (self, END_ERROR);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Runner *self = user_data;
  GstState state;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_WARNING:
      handle_error (self, message);
      break;
    case GST_MESSAGE_EOS:
      finish (self, self->timed_out ? END_TIMEOUT : END_EOS);
      break;
    case GST_MESSAGE_ELEMENT:
      handle_call_message (self, message);
      break;
    case GST_MESSAGE_PROPERTY_NOTIFY:
      handle_caps (message);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (self->pipeline));
      break;
    case GST_MESSAGE_CLOCK_LOST:
      gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
      gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
      break;
    case GST_MESSAGE_REQUEST_STATE:
      gst_message_parse_request_state (message, &state);
      gst_element_set_state (self->pipeline, state);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

/* The last wait: a pipeline that does not come to NULL takes the process with it. */
static void
on_alarm (int number)
{
  static const char text[] = "gst-call-pipeline: the pipeline did not stop\n";

  if (write (STDERR_FILENO, text, sizeof text - 1) < 0)
    _exit (RUNNER_FAILED);
  _exit (RUNNER_FAILED);
}

static void
stop (Runner *self)
{
  signal (SIGALRM, on_alarm);
  alarm (FINISH_TIME_S);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_pointer (&self->eos_thread, g_thread_join);
  alarm (0);
}

static gboolean
file_has_content (const Runner *self, const char *file)
{
  GStatBuf status;

  if (file == NULL || (g_stat (file, &status) == 0 && status.st_size > 0 && status.st_mtime >= self->started))
    return TRUE;
  g_printerr ("%s: %s was not written by this run, or is empty\n", self->recipe->name, file);
  return FALSE;
}

/* Holds the end against what the recipe expects. */
static int
judge (const Runner *self, const char *file)
{
  static const struct
  {
    End end;
    RecipeEnd expected;
    int otherwise;
  } ends[] = {
      {END_EOS, RECIPE_END_EOS, RUNNER_FAILED},
      {END_TIMEOUT, RECIPE_END_TIMEOUT, RUNNER_TIMEOUT},
      {END_ERROR, RECIPE_END_ERROR, RUNNER_FAILED},
  };

  if (self->end == END_INTERRUPTED)
    return RUNNER_INTERRUPTED;
  if (self->interrupted && self->end == END_EOS) /* the user's wish comes before the recipe's */
    return RUNNER_OK;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    if (self->end != ends[i].end)
      continue;
    if (ends[i].expected == self->recipe->expect)
      return file_has_content (self, file) ? RUNNER_OK : RUNNER_FAILED;
    g_printerr ("%s: ended by %s, expected: %s\n", self->recipe->name, recipe_end_to_string (ends[i].expected),
        recipe_end_to_string (self->recipe->expect));
    return ends[i].otherwise;
  }
  return RUNNER_FAILED;
}

/* A line of one element is no pipeline yet. (transfer full) */
static GstElement *
in_pipeline (GstElement *element)
{
  GstElement *pipeline;

  if (GST_IS_PIPELINE (element))
    return gst_object_ref_sink (element);
  pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_bin_add (GST_BIN (pipeline), element);
  return pipeline;
}

static void
print_to_stderr (const char *text)
{
  fputs (text, stderr);
}

/* A line that writes media to standard output has it for itself. And a reader that goes away is to be an error of the
 * element that writes, which ends the call, not the death of the process. */
static void
give_up_stdout (const Recipe *recipe)
{
  if (recipe->stdout_media)
    g_set_print_handler (print_to_stderr);
  signal (SIGPIPE, SIG_IGN);
}

/* Parses the line; NULL with @status when that fails. */
static GstElement *
make_pipeline (const Recipe *recipe, const char *line, int *status)
{
  g_autoptr (GstParseContext) context = gst_parse_context_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) missing = runner_missing_elements (recipe);
  GstElement *pipeline;

  *status = RUNNER_MISSING;
  for (guint i = 0; i < missing->len; i++) {
    g_autofree char *text = missing_text (g_ptr_array_index (missing, i));
    g_printerr ("%s: missing element: %s\n", recipe->name, text);
  }
  if (missing->len > 0)
    return NULL;
  pipeline = gst_parse_launch_full (line, context, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (pipeline != NULL)
    return in_pipeline (pipeline);
  if (g_error_matches (error, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT)) {
    g_auto (GStrv) names = gst_parse_context_get_missing_elements (context);
    g_autofree char *text = names != NULL ? missing_text (names[0]) : g_strdup (error->message);
    g_printerr ("%s: missing element: %s\n", recipe->name, text);
    return NULL;
  }
  g_printerr ("%s: %s\n", recipe->name, error->message);
  *status = RUNNER_FAILED;
  return NULL;
}

static void
loop_until_end (Runner *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  gst_bus_add_watch (bus, on_message, self);
  g_unix_signal_add (SIGINT, on_signal, self);
  g_unix_signal_add (SIGTERM, on_signal, self);
  if (self->recipe->timeout_s > 0)
    g_timeout_add_seconds (self->recipe->timeout_s, on_time_up, self);
  /* A failed change leaves its reason on the bus; without one the finish time ends it. "started" does not wait for
   * PLAYING: a sink that waits for a call's media keeps the pipeline from saying that. */
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    g_timeout_add_seconds (FINISH_TIME_S, on_stuck, self);
  else
    say (self, "started", "recipe", self->recipe->name);
  g_main_loop_run (self->loop);
  gst_bus_remove_watch (bus);
}

int
runner_run (const Recipe *recipe, const char *line, const char *file, const RunnerOptions *options)
{
  int status = RUNNER_OK;
  Runner self = {.recipe = recipe, .options = options, .started = g_get_real_time () / G_USEC_PER_SEC};

  give_up_stdout (recipe);
  self.pipeline = make_pipeline (recipe, line, &status);
  if (self.pipeline == NULL)
    return status;
  if (options->verbose)
    gst_element_add_property_deep_notify_watch (self.pipeline, "caps", TRUE);
  self.loop = g_main_loop_new (NULL, FALSE);
  loop_until_end (&self);
  stop (&self);
  status = judge (&self, file);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  return status;
}
