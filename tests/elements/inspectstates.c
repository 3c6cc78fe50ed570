/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Every element of our plugins, whatever it is, through its states: often to READY, alone to PLAYING without a setting
 * (an error, never a hang), and to PLAYING with a server that is always there. */

#include <gst/gst.h>
#include <string.h>

#define READY_ROUNDS 1000
#define PLAYING_ROUNDS 10
#define FILE_ROUNDS 50
#define TIMEOUT (10 * GST_SECOND)

static const char *const plugins[] = {"call"};

static void
set_state (GstElement *element, GstState state)
{
  GstStateChangeReturn ret = gst_element_set_state (element, state);

  if (ret == GST_STATE_CHANGE_ASYNC)
    ret = gst_element_get_state (element, NULL, NULL, TIMEOUT);
  g_assert_cmpint (ret, !=, GST_STATE_CHANGE_ASYNC);
  g_assert_cmpint (ret, !=, GST_STATE_CHANGE_FAILURE);
}

static void
test_ready (gconstpointer name)
{
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_element_factory_make (name, NULL));

  for (guint i = 0; i < READY_ROUNDS; i++) {
    set_state (element, GST_STATE_READY);
    set_state (element, GST_STATE_NULL);
  }
}

/* With request pads where it has some. */
static GstElement *
make_pipeline (const char *name)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *element = gst_element_factory_make (name, "element");
  const GList *templates = gst_element_factory_get_static_pad_templates (gst_element_get_factory (element));

  gst_bin_add (GST_BIN (pipeline), element);
  for (; templates != NULL; templates = templates->next) {
    const GstStaticPadTemplate *template = templates->data;
    g_autoptr (GstPad) pad = NULL;
    if (template->presence != GST_PAD_REQUEST)
      continue;
    pad = gst_element_request_pad_simple (element, template->name_template);
    g_assert_nonnull (pad);
  }
  return pipeline;
}

/* Returns the text of the error message, NULL for none within @timeout. */
static char *
wait_error (GstElement *pipeline, GstClockTime timeout)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, timeout, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  if (message == NULL)
    return NULL;
  gst_message_parse_error (message, &error, NULL);
  return g_strdup (error->message);
}

static void
test_without_settings (gconstpointer name)
{
  g_autoptr (GstElement) pipeline = make_pipeline (name);
  g_autofree char *error = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  error = wait_error (pipeline, TIMEOUT);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error, "server"));
}

static void
test_playing (gconstpointer name)
{
  g_autoptr (GstElement) pipeline = make_pipeline (name);
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), "element");

  g_object_set (element, "server", "direct://states", "token", "alice", NULL);
  for (guint i = 0; i < PLAYING_ROUNDS; i++) {
    g_autofree char *error = NULL;
    set_state (pipeline, GST_STATE_PLAYING);
    set_state (pipeline, GST_STATE_NULL);
    error = wait_error (pipeline, 0);
    g_assert_cmpstr (error, ==, NULL);
  }
}

/* A state from which nothing was waited for: the change down meets the change up. */
static void
test_paused (gconstpointer name)
{
  g_autoptr (GstElement) pipeline = make_pipeline (name);
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), "element");

  g_object_set (element, "server", "direct://states", "token", "alice", "peer", "bob", NULL);
  for (guint i = 0; i < PLAYING_ROUNDS; i++) {
    gst_element_set_state (pipeline, GST_STATE_PAUSED);
    gst_element_set_state (pipeline, i % 2 ? GST_STATE_READY : GST_STATE_PLAYING);
  }
  set_state (pipeline, GST_STATE_NULL);
}

typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean passed;
} Passage;

static void
on_handoff (GstElement *identity, GstBuffer *buffer, gpointer user_data)
{
  Passage *passage = user_data;

  g_mutex_lock (&passage->lock);
  passage->passed = TRUE;
  g_cond_signal (&passage->cond);
  g_mutex_unlock (&passage->lock);
}

/* A file's first buffer is at callsink's door, where it waits for a call, when the pipeline goes on to PLAYING. */
static void
test_file (void)
{
  Passage passage = {0};
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_parse_launch (
      "audiotestsrc ! identity name=door signal-handoffs=true ! callsink server=direct://states token=alice", NULL));
  g_autoptr (GstElement) door = gst_bin_get_by_name (GST_BIN (pipeline), "door");

  g_signal_connect (door, "handoff", G_CALLBACK (on_handoff), &passage);
  for (guint i = 0; i < FILE_ROUNDS; i++) {
    gint64 until = g_get_monotonic_time () + TIMEOUT / 1000;
    gst_element_set_state (pipeline, GST_STATE_PAUSED);
    g_mutex_lock (&passage.lock);
    while (!passage.passed)
      g_assert_true (g_cond_wait_until (&passage.cond, &passage.lock, until));
    passage.passed = FALSE;
    g_mutex_unlock (&passage.lock);
    g_usleep (i * 20); /* from right before callsink to well inside it */
    set_state (pipeline, GST_STATE_PLAYING);
    set_state (pipeline, GST_STATE_NULL);
  }
}

static void
add (const char *what, const char *name, void (*test) (gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/states/%s/%s", name, what);

  g_test_add_data_func (path, g_intern_string (name), test);
}

static void
add_plugin (const char *name)
{
  GList *features = gst_registry_get_feature_list_by_plugin (gst_registry_get (), name);

  g_assert_nonnull (features);
  for (GList *l = features; l != NULL; l = l->next) {
    const char *element = gst_plugin_feature_get_name (l->data);
    if (!GST_IS_ELEMENT_FACTORY (l->data))
      continue;
    add ("ready", element, test_ready);
    add ("without-settings", element, test_without_settings);
    add ("playing", element, test_playing);
    add ("paused", element, test_paused);
  }
  gst_plugin_feature_list_free (features);
}

int
main (int argc, char **argv)
{
  int result;

  g_unsetenv ("GST_CALL_TOKEN");
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (plugins); i++)
    add_plugin (plugins[i]);
  g_test_add_func ("/states/callsink/file", test_file);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
