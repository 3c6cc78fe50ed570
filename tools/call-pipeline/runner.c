/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Runs one launch line.
 *
 *   PLAYING ---- EOS message ------------------------------------> end: eos
 *      |-------- ERROR message ----------------------------------> end: error
 *      |-- time is up ---- EOS event --> EOS message, or 10 s ---> end: timeout
 *      |-- SIGINT, SIGTERM, SIGHUP: EOS event -> EOS message ---> end: eos (files are finished)
 *                                 |-----> 10 s ------------------> failed (no file to finish: 3 s, end: eos)
 *                                 |-----> a second signal -------> interrupted
 *
 * Everything happens on the main thread's loop, but for two calls that may block in an element: the change to PLAYING
 * (a server that does not answer) and the EOS event. What the recipe expects decides whether an end is a success. */

#include "runner.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "elements.h"
#include "events.h"
#include "monitor.h"
#include "reactor.h"

#define FINISH_TIME_S 10 /* for an EOS to pass through, and again for the pipeline to stop */
#define FINISH_TIME_NO_FILE_S 3
#define START_GRACE_S 1 /* for an element that failed to say why; for one that still starts to be through */
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
  const RunnerJob *job;
  const Recipe *recipe;
  Console console;
  Monitor *monitor;
  Reactor *reactor;
  GstElement *pipeline;
  GMainLoop *loop;
  End end;
  gint64 started;     /* wall clock, seconds: files older than it are not this run's */
  gboolean timed_out; /* the EOS that is on its way is the timeout's */
  GThread *start_thread;
  gint starting;        /* atomic: it is not through yet */
  guint eos_tries;      /* left */
  GThread *eos_thread;  /* NULL: no EOS was sent */
  gboolean interrupted; /* the EOS that is on its way is a signal's */
  gboolean ending;      /* ... is a reaction's */
} Runner;

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
  console_complain (&self->console, self->recipe->name, "the end of stream did not pass through in time");
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
  reactor_wind_down (self->reactor);
  self->eos_tries = EOS_TRIES;
  if (on_try_eos (self))
    g_timeout_add (EOS_TRY_MS, on_try_eos, self);
  g_timeout_add_seconds (self->recipe->expect_file != NULL ? FINISH_TIME_S : FINISH_TIME_NO_FILE_S, on_stuck, self);
}

static gboolean
on_time_up (gpointer user_data)
{
  Runner *self = user_data;

  if (!self->interrupted && !self->ending) {
    self->timed_out = TRUE;
    console_say (&self->console, "timeout", "after", "the time is up");
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
  console_say (&self->console, "interrupted", "action", "ending the stream (once more to give up on it)");
  if (!self->timed_out && !self->ending)
    send_eos (self);
  return G_SOURCE_CONTINUE;
}

static void
handle_caps (Runner *self, GstMessage *message)
{
  g_autofree char *text = events_caps_to_text (message);

  if (text != NULL)
    console_line (&self->console, text);
}

/* A branch that was taken out may still complain that it has nowhere to push to. */
static gboolean
is_gone (Runner *self, GstObject *source)
{
  return source != GST_OBJECT (self->pipeline) && !gst_object_has_as_ancestor (source, GST_OBJECT (self->pipeline));
}

static void
handle_error (Runner *self, GstMessage *message)
{
  g_autofree char *text = NULL;

  if (is_gone (self, GST_MESSAGE_SRC (message)))
    return;
  text = events_error_to_text (message);
  console_complain (&self->console, self->recipe->name, text);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    finish (self, END_ERROR);
}

/* The state changes that elements ask for. */
static void
handle_request (Runner *self, GstMessage *message)
{
  GstState state;

  gst_message_parse_request_state (message, &state);
  gst_element_set_state (self->pipeline, state);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Runner *self = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_WARNING:
      handle_error (self, message);
      break;
    case GST_MESSAGE_EOS:
      finish (self, self->timed_out ? END_TIMEOUT : END_EOS);
      break;
    case GST_MESSAGE_ELEMENT:
      monitor_handle_message (self->monitor, message);
      break;
    case GST_MESSAGE_PROPERTY_NOTIFY:
      handle_caps (self, message);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (self->pipeline));
      break;
    case GST_MESSAGE_CLOCK_LOST:
      gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
      gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
      break;
    case GST_MESSAGE_REQUEST_STATE:
      handle_request (self, message);
      break;
    default:
      break;
  }
  reactor_handle_message (self->reactor, message);
  return G_SOURCE_CONTINUE;
}

/* A reaction wants the end, or could not be carried out. */
static void
on_reaction_ends (const GError *error, gpointer user_data)
{
  Runner *self = user_data;

  if (error != NULL) {
    console_complain (&self->console, self->recipe->name, error->message);
    finish (self, END_ERROR);
  } else if (!self->ending && !self->interrupted && !self->timed_out) {
    self->ending = TRUE;
    console_say (&self->console, "ending", "action", "a reaction ends the stream");
    send_eos (self);
  }
}

/* Nobody said why. */
static gboolean
on_not_started (gpointer user_data)
{
  Runner *self = user_data;

  console_complain (&self->console, self->recipe->name, "the pipeline could not be started (GST_DEBUG=3 says more)");
  finish (self, END_ERROR);
  return G_SOURCE_REMOVE;
}

/* "started" does not wait for PLAYING: a sink that waits for a call's media keeps the pipeline from saying that. */
static gpointer
start (gpointer user_data)
{
  Runner *self = user_data;
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    g_timeout_add_seconds (START_GRACE_S, on_not_started, self);
  else
    gst_bus_post (bus, gst_message_new_application (GST_OBJECT (self->pipeline),
                           gst_structure_new ("started", "recipe", G_TYPE_STRING, self->recipe->name, NULL)));
  g_atomic_int_set (&self->starting, FALSE);
  return NULL;
}

/* The last wait: a pipeline that does not come to NULL takes the process with it. */
static int alarm_status = RUNNER_FAILED;

static void
on_alarm (int number)
{
  static const char text[] = "gst-call-pipeline: the pipeline did not stop\n";

  if (write (STDERR_FILENO, text, sizeof text - 1) < 0)
    _exit (RUNNER_FAILED);
  _exit (alarm_status);
}

static void
stop (Runner *self)
{
  if (self->end == END_INTERRUPTED || self->end == END_TIMEOUT)
    alarm_status = self->end == END_TIMEOUT ? RUNNER_TIMEOUT : RUNNER_INTERRUPTED;
  signal (SIGALRM, on_alarm);
  alarm (g_atomic_int_get (&self->starting) ? START_GRACE_S : FINISH_TIME_S);
  g_clear_pointer (&self->start_thread, g_thread_join);
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

/* A line where nothing was said yet: an error was. */
static int
complain_of_end (Runner *self, RecipeEnd end, int status)
{
  g_autofree char *text = g_strdup_printf (
      "ended by %s, expected: %s", recipe_end_to_string (end), recipe_end_to_string (self->recipe->expect));

  if (self->end != END_ERROR)
    console_complain (&self->console, self->recipe->name, text);
  return status;
}

static gboolean
has_connected (Runner *self, const ProgressSummary *summary)
{
  g_autofree char *text = NULL;

  if (!self->recipe->expect_connected || (summary->failed == 0 && summary->connected >= MAX (self->job->instances, 1)))
    return TRUE;
  text = g_strdup_printf ("%u calls were connected, %u were not, expected: %u", summary->connected, summary->failed,
      MAX (self->job->instances, 1));
  console_complain (&self->console, self->recipe->name, text);
  return FALSE;
}

/* Holds the end against what the recipe expects. */
static int
judge (Runner *self, const ProgressSummary *summary)
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
    if (ends[i].expected != self->recipe->expect)
      return complain_of_end (self, ends[i].expected, ends[i].otherwise);
    return file_has_content (self, self->job->file) && has_connected (self, summary) ? RUNNER_OK : RUNNER_FAILED;
  }
  return RUNNER_FAILED;
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

/* An element finds out when it opens its file, which with the media of a call is in the middle of it. */
static gboolean
can_write (const RunnerJob *job)
{
  const char *file = job->file;
  g_autofree char *folder = file != NULL ? g_path_get_dirname (file) : NULL;
  gboolean exists = file != NULL && g_access (file, F_OK) == 0;

  if (file == NULL || g_access (exists ? file : folder, exists ? W_OK : W_OK | X_OK) == 0)
    return TRUE;
  g_printerr ("%s: cannot write %s: %s\n", job->recipe->name, file, g_strerror (errno));
  return FALSE;
}

/* SIGHUP is a terminal's that was closed; nohup ignores it, and then so do we. */
static void
watch_signals (Runner *self)
{
  struct sigaction before;

  g_unix_signal_add (SIGINT, on_signal, self);
  g_unix_signal_add (SIGTERM, on_signal, self);
  if (sigaction (SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
    g_unix_signal_add (SIGHUP, on_signal, self);
}

static void
loop_until_end (Runner *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  gst_bus_add_watch (bus, on_message, self);
  watch_signals (self);
  if (self->job->timeout_s > 0)
    g_timeout_add_seconds (self->job->timeout_s, on_time_up, self);
  self->starting = TRUE;
  self->start_thread = g_thread_new ("start", start, self);
  g_main_loop_run (self->loop);
  gst_bus_remove_watch (bus);
}

static int
run (Runner *self)
{
  const RunnerJob *job = self->job;
  ProgressSummary summary;

  /* What a branch's sinks say of their end. */
  if (job->branches->len > 0)
    g_object_set (self->pipeline, "message-forward", TRUE, NULL);
  if (job->verbose)
    gst_element_add_property_deep_notify_watch (self->pipeline, "caps", TRUE);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->monitor = monitor_new (&self->console);
  self->reactor =
      reactor_new (GST_BIN (self->pipeline), job->branches, job->reactions, &self->console, on_reaction_ends, self);
  loop_until_end (self);
  reactor_wind_down (self->reactor);
  stop (self);
  monitor_finish (self->monitor, &summary);
  reactor_free (self->reactor);
  monitor_free (self->monitor);
  g_main_loop_unref (self->loop);
  return judge (self, &summary);
}

gboolean
runner_job_init (RunnerJob *job, const Recipe *recipe, GHashTable *values, GError **error)
{
  job->recipe = recipe;
  job->line = recipe_expand (recipe, values, error);
  if (job->line == NULL || !recipe_expand_timeout (recipe, values, &job->timeout_s, error)
      || !recipe_expand_instances (recipe, values, &job->instances, error))
    return FALSE;
  job->file = recipe_expand_file (recipe, values, NULL);
  job->branches = recipe_expand_branches (recipe, values, error);
  job->reactions = job->branches != NULL ? recipe_expand_reactions (recipe, values, error) : NULL;
  return job->reactions != NULL;
}

void
runner_job_clear (RunnerJob *job)
{
  g_free (job->line);
  g_free (job->file);
  g_clear_pointer (&job->branches, g_ptr_array_unref);
  g_clear_pointer (&job->reactions, g_ptr_array_unref);
}

int
runner_run (const RunnerJob *job)
{
  int status = RUNNER_OK;
  Runner self = {.job = job, .recipe = job->recipe, .started = g_get_real_time () / G_USEC_PER_SEC};

  if (!can_write (job))
    return RUNNER_FAILED;
  give_up_stdout (job->recipe);
  console_init (&self.console, job->json, !job->recipe->stdout_media);
  self.pipeline = elements_make_pipeline (job->recipe, job->line, &status);
  if (self.pipeline == NULL)
    return status;
  status = run (&self);
  gst_object_unref (self.pipeline);
  return status;
}
