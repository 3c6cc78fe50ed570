/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "recordrig.h"

#include <glib/gstdio.h>

static void
set_up (RecordRig *rig, gconstpointer data)
{
  rig->folder = g_dir_make_tmp ("callrecordsink-XXXXXX", NULL);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      remove_folder (path);
    else
      g_unlink (path);
  }
  g_rmdir (folder);
}

static void
tear_down (RecordRig *rig, gconstpointer data)
{
  if (rig->pipeline != NULL)
    gst_element_set_state (rig->pipeline, GST_STATE_NULL);
  g_clear_object (&rig->record);
  g_clear_object (&rig->bus);
  g_clear_object (&rig->pipeline);
  remove_folder (rig->folder);
  g_free (rig->folder);
}

void
record_rig_make (RecordRig *rig, const char *line, const char *location)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = location != NULL ? g_build_filename (rig->folder, location, NULL) : NULL;

  rig->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  gst_object_ref_sink (rig->pipeline);
  rig->record = gst_bin_get_by_name (GST_BIN (rig->pipeline), "rec");
  rig->bus = gst_element_get_bus (rig->pipeline);
  if (path != NULL)
    g_object_set (rig->record, "location", path, NULL);
}

void
record_rig_play (RecordRig *rig)
{
  g_assert_cmpint (gst_element_set_state (rig->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
}

GstMessage *
record_rig_wait_state (RecordRig *rig, const char *state)
{
  GstMessage *message;

  while ((message = gst_bus_timed_pop_filtered (
              rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR))
         != NULL) {
    const GstStructure *structure = gst_message_get_structure (message);
    if (structure != NULL && gst_structure_has_name (structure, "call-recording")) {
      g_assert_cmpstr (gst_structure_get_string (structure, "state"), ==, state);
      return message;
    }
    g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ELEMENT);
    gst_message_unref (message);
  }
  g_error ("no call-recording with state=%s", state);
}

void
record_rig_pass_state (RecordRig *rig, const char *state)
{
  gst_message_unref (record_rig_wait_state (rig, state));
}

void
record_rig_assert_finished (RecordRig *rig, const char *name, const char *reason)
{
  g_autoptr (GstMessage) message = record_rig_wait_state (rig, "finished");
  const GstStructure *structure = gst_message_get_structure (message);
  g_autofree char *path = g_build_filename (rig->folder, name, NULL);

  g_assert_cmpstr (gst_structure_get_string (structure, "file"), ==, path);
  g_assert_cmpstr (gst_structure_get_string (structure, "reason"), ==, reason);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

void
record_rig_wait_eos (RecordRig *rig)
{
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
}

void
record_rig_wait_duration (RecordRig *rig, GstClockTime duration)
{
  gint64 until = g_get_monotonic_time () + RECORD_RIG_TIMEOUT / 1000;
  GstClockTime now = 0;

  while (now < duration) {
    g_autoptr (GstStructure) stats = NULL;
    g_assert_cmpint (g_get_monotonic_time (), <, until);
    g_object_get (rig->record, "stats", &stats, NULL);
    gst_structure_get_uint64 (stats, "duration", &now);
    g_usleep (10000); /* a step of the poll */
  }
}

JsonObject *
record_rig_read_manifest (RecordRig *rig, const char *name, JsonParser **parser)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (rig->folder, name, NULL);

  *parser = json_parser_new ();
  json_parser_load_from_file (*parser, path, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (*parser));
}

JsonObject *
record_rig_get_track (JsonObject *manifest, guint number)
{
  return json_array_get_object_element (json_object_get_array_member (manifest, "tracks"), number);
}

int
record_rig_run (int argc, char **argv, const RecordRigTest *tests, guint n_tests)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < n_tests; i++)
    g_test_add (tests[i].path, RecordRig, NULL, set_up, tests[i].test, tear_down);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
