/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What callrecordsink does with pads, states, limits and names, told by its messages and manifests. What is in the
 * files is the matter of tests/record. */

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define TIMEOUT (30 * GST_SECOND)
#define SOUND "audiotestsrc is-live=true samplesperbuffer=960 ! audio/x-raw,rate=48000 "
#define PICTURE "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 "

typedef struct
{
  char *folder;
  GstElement *pipeline, *record;
  GstBus *bus;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("callrecordsink-XXXXXX", NULL);
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
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->pipeline != NULL)
    gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  g_clear_object (&fixture->record);
  g_clear_object (&fixture->bus);
  g_clear_object (&fixture->pipeline);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
}

/* @line with an element named rec. */
static void
make (Fixture *fixture, const char *line, const char *location)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = location != NULL ? g_build_filename (fixture->folder, location, NULL) : NULL;

  fixture->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  gst_object_ref_sink (fixture->pipeline);
  fixture->record = gst_bin_get_by_name (GST_BIN (fixture->pipeline), "rec");
  fixture->bus = gst_element_get_bus (fixture->pipeline);
  if (path != NULL)
    g_object_set (fixture->record, "location", path, NULL);
}

static void
play (Fixture *fixture)
{
  g_assert_cmpint (gst_element_set_state (fixture->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
}

/* The next call-recording, which must be of @state; whatever else comes before the end of the stream or an error is
 * passed over. */
static GstMessage *
wait_state (Fixture *fixture, const char *state)
{
  GstMessage *message;

  while ((message = gst_bus_timed_pop_filtered (
              fixture->bus, TIMEOUT, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR))
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

static void
pass_state (Fixture *fixture, const char *state)
{
  gst_message_unref (wait_state (fixture, state));
}

static void
assert_finished (Fixture *fixture, const char *name, const char *reason)
{
  g_autoptr (GstMessage) message = wait_state (fixture, "finished");
  const GstStructure *structure = gst_message_get_structure (message);
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_cmpstr (gst_structure_get_string (structure, "file"), ==, path);
  g_assert_cmpstr (gst_structure_get_string (structure, "reason"), ==, reason);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static void
wait_eos (Fixture *fixture)
{
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (fixture->bus, TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
}

static void
wait_duration (Fixture *fixture, GstClockTime duration)
{
  gint64 until = g_get_monotonic_time () + TIMEOUT / 1000;
  GstClockTime now = 0;

  while (now < duration) {
    g_autoptr (GstStructure) stats = NULL;
    g_assert_cmpint (g_get_monotonic_time (), <, until);
    g_object_get (fixture->record, "stats", &stats, NULL);
    gst_structure_get_uint64 (stats, "duration", &now);
    g_usleep (10000); /* a step of the poll */
  }
}

static JsonObject *
read_manifest (Fixture *fixture, const char *name, JsonParser **parser)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  *parser = json_parser_new ();
  json_parser_load_from_file (*parser, path, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (*parser));
}

static JsonObject *
get_track (JsonObject *manifest, guint number)
{
  return json_array_get_object_element (json_object_get_array_member (manifest, "tracks"), number);
}

/* ---- errors ---- */

static void
assert_error (Fixture *fixture, GQuark domain, int code, const char *part)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_state (fixture->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (fixture->bus, TIMEOUT, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_no_location (Fixture *fixture, gconstpointer data)
{
  make (fixture, SOUND "! callrecordsink name=rec", NULL);
  assert_error (fixture, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "location");
}

static void
test_unknown_field (Fixture *fixture, gconstpointer data)
{
  make (fixture, SOUND "! callrecordsink name=rec", "{call-id}-{colour}.mkv");
  assert_error (fixture, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "{colour}");
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  make (fixture, SOUND "! callrecordsink name=rec location=/dev/null/a/b.mkv", NULL);
  assert_error (fixture, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE, "/dev/null");
}

static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  make (fixture, SOUND "! callrecordsink name=rec location=/dev/full overwrite=true manifest=false", NULL);
  assert_error (fixture, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT, "/dev/full");
}

static void
test_wrong_codec (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElementFactory) encoder = gst_element_factory_find ("x264enc");

  if (encoder == NULL) {
    g_test_skip ("no x264enc");
    return;
  }
  make (fixture, PICTURE "! x264enc tune=zerolatency ! callrecordsink name=rec container=webm", "a.webm");
  assert_error (fixture, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "webm cannot hold video/x-h264");
}

/* ---- files ---- */

static void
test_eos (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *manifest;

  make (fixture,
      "audiotestsrc num-buffers=100 samplesperbuffer=960 ! audio/x-raw,rate=48000 ! rec.audio_0 "
      "videotestsrc num-buffers=60 ! video/x-raw,width=64,height=48,framerate=30/1 ! rec.video_7 "
      "callrecordsink name=rec",
      "new/folder/a.mkv");
  play (fixture);
  pass_state (fixture, "started");
  assert_finished (fixture, "new/folder/a.mkv", "eos");
  wait_eos (fixture);
  manifest = read_manifest (fixture, "new/folder/a.json", &parser);
  g_assert_cmpint (json_object_get_int_member (get_track (manifest, 1), "frames"), ==, 60);
  g_assert_cmpstr (json_object_get_string_member (get_track (manifest, 1), "name"), ==, "video_7");
  g_assert_cmpstr (json_object_get_string_member (manifest, "state"), ==, "finished");
}

/* What is there is not lost. */
static void
test_name_taken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.mkv", NULL);
  g_autofree char *content = NULL;

  g_assert_true (g_file_set_contents (path, "dear", -1, NULL));
  make (fixture, "audiotestsrc num-buffers=10 ! callrecordsink name=rec", "a.mkv");
  play (fixture);
  pass_state (fixture, "started");
  assert_finished (fixture, "a-2.mkv", "eos");
  wait_eos (fixture);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "dear");
}

/* To NULL without a word of EOS: the file is finished all the same. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonParser) parser = NULL;

  make (fixture, SOUND "! callrecordsink name=rec", "a.mkv");
  play (fixture);
  pass_state (fixture, "started");
  wait_duration (fixture, GST_SECOND);
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  g_assert_cmpstr (json_object_get_string_member (read_manifest (fixture, "a.json", &parser), "reason"), ==, "stop");
}

static void
test_max_files (Fixture *fixture, gconstpointer data)
{
  make (fixture, SOUND "! callrecordsink name=rec max-duration=500000000 max-files=2", "a.mkv");
  play (fixture);
  pass_state (fixture, "started");
  /* A message of a file's end comes from another thread than that of the next one's beginning. */
  for (guint finished = 0; finished < 2;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (fixture->bus, TIMEOUT, GST_MESSAGE_ELEMENT);
    const char *state;
    g_assert_nonnull (message);
    state = gst_structure_get_string (gst_message_get_structure (message), "state");
    finished += g_strcmp0 (state, "finished") == 0;
  }
  wait_eos (fixture);
}

static void
test_split (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonParser) first = NULL;
  g_autoptr (JsonParser) second = NULL;
  JsonObject *manifest;
  gint64 frames;

  make (fixture, PICTURE "! vp8enc deadline=1 keyframe-max-dist=10000 ! rec.video_0 callrecordsink name=rec", "a.mkv");
  play (fixture);
  pass_state (fixture, "started");
  wait_duration (fixture, 700 * GST_MSECOND);
  g_signal_emit_by_name (fixture->record, "split");
  for (guint heard = 0; heard < 2; heard++) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (fixture->bus, TIMEOUT, GST_MESSAGE_ELEMENT);
    g_assert_nonnull (message);
  }
  wait_duration (fixture, 500 * GST_MSECOND);
  gst_element_send_event (fixture->pipeline, gst_event_new_eos ());
  assert_finished (fixture, "a-2.mkv", "eos");
  wait_eos (fixture);
  frames = json_object_get_int_member (get_track (read_manifest (fixture, "a.json", &first), 0), "frames");
  g_assert_cmpint (frames, >=, 20);
  manifest = read_manifest (fixture, "a-2.json", &second);
  g_assert_cmpint (json_object_get_int_member (get_track (manifest, 0), "frames"), >=, 14);
  g_assert_cmpint (json_object_get_int_member (get_track (manifest, 0), "beginMs"), ==, 0);
}

/* ---- idle ---- */

static void
test_idle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) valve = NULL;

  make (fixture, SOUND "! valve name=valve ! callrecordsink name=rec idle-timeout=700000000", "a.mkv");
  valve = gst_bin_get_by_name (GST_BIN (fixture->pipeline), "valve");
  play (fixture);
  pass_state (fixture, "started");
  wait_duration (fixture, 500 * GST_MSECOND);
  g_object_set (valve, "drop", TRUE, NULL);
  assert_finished (fixture, "a.mkv", "idle");
  g_object_set (valve, "drop", FALSE, NULL);
  pass_state (fixture, "segment");
}

/* Silence is nothing, and after one file of it the recording is over: a voicemail. */
static void
test_idle_level (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) source = NULL;

  make (fixture,
      "audiotestsrc name=source is-live=true ! callrecordsink name=rec idle-timeout=700000000 idle-level=-50 "
      "max-files=1",
      "a.mkv");
  source = gst_bin_get_by_name (GST_BIN (fixture->pipeline), "source");
  play (fixture);
  pass_state (fixture, "started");
  wait_duration (fixture, 1500 * GST_MSECOND);
  g_object_set (source, "volume", 0.001, NULL);
  assert_finished (fixture, "a.mkv", "idle");
  wait_eos (fixture);
}

/* ---- pads ---- */

static void
add_picture (Fixture *fixture, GstElement **bin, GstPad **pad)
{
  g_autoptr (GstPad) src = NULL;

  *bin = gst_parse_bin_from_description (PICTURE "! identity", TRUE, NULL);
  gst_bin_add (GST_BIN (fixture->pipeline), *bin);
  *pad = gst_element_request_pad_simple (fixture->record, "video_%u");
  src = gst_element_get_static_pad (*bin, "src");
  g_assert_cmpint (gst_pad_link (src, *pad), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (*bin);
}

/* A picture comes, goes, and another one comes: one file, three tracks, one timeline. */
static void
test_late (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *manifest;
  gint64 begins[3];

  make (fixture, SOUND "! callrecordsink name=rec", "a.mkv");
  play (fixture);
  pass_state (fixture, "started");
  for (guint i = 0; i < 2; i++) {
    GstElement *bin;
    GstPad *pad;
    wait_duration (fixture, (2 * i + 1) * GST_SECOND);
    add_picture (fixture, &bin, &pad);
    wait_duration (fixture, (2 * i + 2) * GST_SECOND);
    gst_element_set_state (bin, GST_STATE_NULL);
    gst_bin_remove (GST_BIN (fixture->pipeline), bin);
    gst_element_release_request_pad (fixture->record, pad);
    gst_object_unref (pad);
  }
  gst_element_send_event (fixture->pipeline, gst_event_new_eos ());
  assert_finished (fixture, "a.mkv", "eos");
  wait_eos (fixture);
  manifest = read_manifest (fixture, "a.json", &parser);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (manifest, "tracks")), ==, 3);
  for (guint i = 0; i < 3; i++)
    begins[i] = json_object_get_int_member (get_track (manifest, i), "beginMs");
  g_assert_cmpint (begins[0], ==, 0);
  g_assert_cmpint (begins[1], >=, 900);
  g_assert_cmpint (begins[2], >=, begins[1] + 1000);
  g_assert_cmpint (json_object_get_int_member (get_track (manifest, 0), "gapCount"), ==, 0);
}

static void
test_states (Fixture *fixture, gconstpointer data)
{
  make (fixture, SOUND "! rec.audio_0 " PICTURE "! rec.video_0 callrecordsink name=rec overwrite=true", "a.mkv");
  for (guint i = 0; i < 20; i++) {
    static const GstState states[] = {GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_PLAYING, GST_STATE_NULL};
    gst_element_set_state (fixture->pipeline, states[i % G_N_ELEMENTS (states)]);
  }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"/callrecordsink/error/no-location", test_no_location},
      {"/callrecordsink/error/unknown-field", test_unknown_field},
      {"/callrecordsink/error/no-folder", test_no_folder},
      {"/callrecordsink/error/full-disk", test_full_disk},
      {"/callrecordsink/error/wrong-codec", test_wrong_codec},
      {"/callrecordsink/file/eos", test_eos},
      {"/callrecordsink/file/name-taken", test_name_taken},
      {"/callrecordsink/file/stop", test_stop},
      {"/callrecordsink/file/max-files", test_max_files},
      {"/callrecordsink/file/split", test_split},
      {"/callrecordsink/idle/nothing", test_idle},
      {"/callrecordsink/idle/level", test_idle_level},
      {"/callrecordsink/pads/late", test_late},
      {"/callrecordsink/states", test_states},
  };
  int result;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
