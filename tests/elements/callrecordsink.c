/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What callrecordsink does with pads, states, limits and names, told by its messages and manifests. What is in the
 * files is the matter of tests/record. */

#include "recordrig.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- errors ---- */

static void
assert_error (RecordRig *rig, GQuark domain, int code, const char *part)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_state (rig->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_no_location (RecordRig *rig, gconstpointer data)
{
  record_rig_make (rig, SOUND "! callrecordsink name=rec", NULL);
  assert_error (rig, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "location");
}

static void
test_unknown_field (RecordRig *rig, gconstpointer data)
{
  record_rig_make (rig, SOUND "! callrecordsink name=rec", "{call-id}-{colour}.mkv");
  assert_error (rig, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "{colour}");
}

static void
test_no_folder (RecordRig *rig, gconstpointer data)
{
  record_rig_make (rig, SOUND "! callrecordsink name=rec location=/dev/null/a/b.mkv", NULL);
  assert_error (rig, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE, "/dev/null");
}

static void
test_full_disk (RecordRig *rig, gconstpointer data)
{
  record_rig_make (rig, SOUND "! callrecordsink name=rec location=/dev/full overwrite=true manifest=false", NULL);
  assert_error (rig, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT, "/dev/full");
}

static void
test_wrong_codec (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstElementFactory) encoder = gst_element_factory_find ("x264enc");

  if (encoder == NULL) {
    g_test_skip ("no x264enc");
    return;
  }
  record_rig_make (rig, PICTURE "! x264enc tune=zerolatency ! callrecordsink name=rec container=webm", "a.webm");
  assert_error (rig, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "webm cannot hold video/x-h264");
}

/* ---- files ---- */

static void
test_eos (RecordRig *rig, gconstpointer data)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *manifest;

  record_rig_make (rig,
      "audiotestsrc num-buffers=100 samplesperbuffer=960 ! audio/x-raw,rate=48000 ! rec.audio_0 "
      "videotestsrc num-buffers=60 ! video/x-raw,width=64,height=48,framerate=30/1 ! rec.video_7 "
      "callrecordsink name=rec",
      "new/folder/a.mkv");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_assert_finished (rig, "new/folder/a.mkv", "eos");
  record_rig_wait_eos (rig);
  manifest = record_rig_read_manifest (rig, "new/folder/a.json", &parser);
  g_assert_cmpint (json_object_get_int_member (record_rig_get_track (manifest, 1), "frames"), ==, 60);
  g_assert_cmpstr (json_object_get_string_member (record_rig_get_track (manifest, 1), "name"), ==, "video_7");
  g_assert_cmpstr (json_object_get_string_member (manifest, "state"), ==, "finished");
}

/* @taken is there already: @line, told to record to @location, records to @file and leaves it alone. */
static void
check_taken (RecordRig *rig, const char *taken, const char *line, const char *location, const char *file)
{
  g_autofree char *path = g_build_filename (rig->folder, taken, NULL);
  g_autofree char *content = NULL;

  g_assert_true (g_file_set_contents (path, "dear", -1, NULL));
  record_rig_make (rig, line, location);
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_assert_finished (rig, file, "eos");
  record_rig_wait_eos (rig);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "dear");
}

static void
test_name_taken (RecordRig *rig, gconstpointer data)
{
  check_taken (rig, "a.mkv", "audiotestsrc num-buffers=10 ! callrecordsink name=rec", "a.mkv", "a-2.mkv");
}

/* call.mkv has call.json, which call.webm wants. */
static void
test_manifest_taken (RecordRig *rig, gconstpointer data)
{
  check_taken (
      rig, "a.json", "audiotestsrc num-buffers=10 ! callrecordsink name=rec container=webm", "a.webm", "a-2.webm");
}

/* overwrite=true is meant for what was there before: the second call of a bot is not recorded over its first one. */
static void
test_own_file (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstPad) pad = NULL;

  record_rig_make (
      rig, "callrecordsink name=rec overwrite=true " SOUND "! taginject tags=call-id=one ! rec.audio_0", "a.mkv");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 500 * GST_MSECOND);
  pad = gst_element_get_static_pad (rig->record, "audio_0");
  g_assert_true (gst_pad_send_event (pad, gst_event_new_tag (gst_tag_list_new ("call-id", "two", NULL))));
  for (guint heard = 0; heard < 2; heard++) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    g_assert_nonnull (message);
    g_assert_true (gst_message_has_name (message, "call-recording"));
  }
  gst_element_send_event (rig->pipeline, gst_event_new_eos ());
  record_rig_assert_finished (rig, "a-2.mkv", "eos");
}

/* The recording of the other track, if it has begun by then, ends with it and does not say that all was well. */
static void
test_one_fails (RecordRig *rig, gconstpointer data)
{
  g_autofree char *taken = g_build_filename (rig->folder, "video_0.mkv", NULL);
  guint begun = 1, failed = 0;
  gboolean error = FALSE;

  g_assert_cmpint (g_mkdir (taken, 0777), ==, 0);
  record_rig_make (
      rig, SOUND "! rec.audio_0 " PICTURE "! rec.video_0 callrecordsink name=rec overwrite=true", "{track}.mkv");
  record_rig_play (rig);
  while (!error || failed < begun) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    const GstStructure *structure;
    g_assert_nonnull (message);
    structure = gst_message_get_structure (message);
    error |= GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      continue;
    if (g_strcmp0 (gst_structure_get_string (structure, "state"), "started") == 0) {
      begun++;
      continue;
    }
    g_assert_cmpstr (gst_structure_get_string (structure, "state"), ==, "failed");
    g_assert_nonnull (strstr (gst_structure_get_string (structure, "reason"), "video_0.mkv"));
    failed++;
  }
}

/* To NULL without a word of EOS: the file is finished all the same. */
static void
test_stop (RecordRig *rig, gconstpointer data)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GstStructure) stats = NULL;
  JsonObject *manifest;
  guint64 bytes = 0;

  record_rig_make (rig, SOUND "! callrecordsink name=rec", "a.mkv");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, GST_SECOND);
  gst_element_set_state (rig->pipeline, GST_STATE_NULL);
  manifest = record_rig_read_manifest (rig, "a.json", &parser);
  g_assert_cmpstr (json_object_get_string_member (manifest, "reason"), ==, "stop");
  g_object_get (rig->record, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "bytes", &bytes));
  g_assert_cmpint (json_object_get_int_member (manifest, "bytes"), ==, bytes);
}

static void
test_max_files (RecordRig *rig, gconstpointer data)
{
  record_rig_make (rig, SOUND "! callrecordsink name=rec max-duration=500000000 max-files=2", "a.mkv");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  /* A message of a file's end comes from another thread than that of the next one's beginning. */
  for (guint finished = 0; finished < 2;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_ELEMENT);
    const char *state;
    g_assert_nonnull (message);
    state = gst_structure_get_string (gst_message_get_structure (message), "state");
    finished += g_strcmp0 (state, "finished") == 0;
  }
  record_rig_wait_eos (rig);
}

static void
test_split (RecordRig *rig, gconstpointer data)
{
  g_autoptr (JsonParser) first = NULL;
  g_autoptr (JsonParser) second = NULL;
  JsonObject *manifest;
  gint64 frames;

  record_rig_make (
      rig, PICTURE "! vp8enc deadline=1 keyframe-max-dist=10000 ! rec.video_0 callrecordsink name=rec", "a.mkv");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 700 * GST_MSECOND);
  g_signal_emit_by_name (rig->record, "split");
  for (guint heard = 0; heard < 2; heard++) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_ELEMENT);
    g_assert_nonnull (message);
  }
  record_rig_wait_duration (rig, 500 * GST_MSECOND);
  gst_element_send_event (rig->pipeline, gst_event_new_eos ());
  record_rig_assert_finished (rig, "a-2.mkv", "eos");
  record_rig_wait_eos (rig);
  frames =
      json_object_get_int_member (record_rig_get_track (record_rig_read_manifest (rig, "a.json", &first), 0), "frames");
  g_assert_cmpint (frames, >=, 20);
  manifest = record_rig_read_manifest (rig, "a-2.json", &second);
  g_assert_cmpint (json_object_get_int_member (record_rig_get_track (manifest, 0), "frames"), >=, 14);
  g_assert_cmpint (json_object_get_int_member (record_rig_get_track (manifest, 0), "beginMs"), ==, 0);
}

/* No keyframe is to be had of a camera that is off. When it is on again it begins with one. */
static void
test_split_dark (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstElement) valve = NULL;
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *track;
  JsonArray *sizes;

  record_rig_make (rig,
      PICTURE "! vp8enc deadline=1 keyframe-max-dist=10000 ! valve name=valve ! rec.video_0 " SOUND
              "! rec.audio_0 callrecordsink name=rec max-duration=1000000000 max-files=2",
      "a.mkv");
  valve = gst_bin_get_by_name (GST_BIN (rig->pipeline), "valve");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 500 * GST_MSECOND);
  g_object_set (valve, "drop", TRUE, NULL);
  for (guint heard = 0; heard < 2; heard++) { /* the end of one, the beginning of the other */
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    g_assert_nonnull (message);
    g_assert_true (gst_message_has_name (message, "call-recording"));
  }
  g_object_set (valve, "drop", FALSE, NULL);
  record_rig_assert_finished (rig, "a-2.mkv", "max-duration");
  track = record_rig_get_track (record_rig_read_manifest (rig, "a-2.json", &parser), 1);
  sizes = json_object_get_array_member (track, "sizes");
  g_assert_cmpuint (json_array_get_length (sizes), ==, 1);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (sizes, 0), "timeMs"), ==,
      json_object_get_int_member (track, "beginMs"));
}

/* ---- pads ---- */

static void
add_picture (RecordRig *rig, GstElement **bin, GstPad **pad)
{
  g_autoptr (GstPad) src = NULL;

  *bin = gst_parse_bin_from_description (PICTURE "! identity", TRUE, NULL);
  gst_bin_add (GST_BIN (rig->pipeline), *bin);
  *pad = gst_element_request_pad_simple (rig->record, "video_%u");
  src = gst_element_get_static_pad (*bin, "src");
  g_assert_cmpint (gst_pad_link (src, *pad), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (*bin);
}

/* A picture comes, goes, and another one comes: one file, three tracks, one timeline. */
static void
test_late (RecordRig *rig, gconstpointer data)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *manifest;
  gint64 begins[3];

  record_rig_make (rig, SOUND "! callrecordsink name=rec", "a.mkv");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  for (guint i = 0; i < 2; i++) {
    GstElement *bin;
    GstPad *pad;
    record_rig_wait_duration (rig, (2 * i + 1) * GST_SECOND);
    add_picture (rig, &bin, &pad);
    record_rig_wait_duration (rig, (2 * i + 2) * GST_SECOND);
    gst_element_set_state (bin, GST_STATE_NULL);
    gst_bin_remove (GST_BIN (rig->pipeline), bin);
    gst_element_release_request_pad (rig->record, pad);
    gst_object_unref (pad);
  }
  gst_element_send_event (rig->pipeline, gst_event_new_eos ());
  record_rig_assert_finished (rig, "a.mkv", "eos");
  record_rig_wait_eos (rig);
  manifest = record_rig_read_manifest (rig, "a.json", &parser);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (manifest, "tracks")), ==, 3);
  for (guint i = 0; i < 3; i++)
    begins[i] = json_object_get_int_member (record_rig_get_track (manifest, i), "beginMs");
  g_assert_cmpint (begins[0], ==, 0);
  g_assert_cmpint (begins[1], >=, 900);
  g_assert_cmpint (begins[2], >=, begins[1] + 1000);
  g_assert_cmpint (json_object_get_int_member (record_rig_get_track (manifest, 0), "gapCount"), ==, 0);
}

static void
test_states (RecordRig *rig, gconstpointer data)
{
  record_rig_make (rig, SOUND "! rec.audio_0 " PICTURE "! rec.video_0 callrecordsink name=rec overwrite=true", "a.mkv");
  for (guint i = 0; i < 20; i++) {
    static const GstState states[] = {GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_PLAYING, GST_STATE_NULL};
    gst_element_set_state (rig->pipeline, states[i % G_N_ELEMENTS (states)]);
  }
}

/* Who looks at a recording, or splits it, does not know when it ends. */
static gpointer
watch (gpointer user_data)
{
  RecordRig *rig = user_data;

  while (!g_atomic_int_get (&rig->stop)) {
    g_autoptr (GstStructure) stats = NULL;
    g_object_get (rig->record, "stats", &stats, NULL);
    g_signal_emit_by_name (rig->record, "split");
  }
  return NULL;
}

static void
test_watched (RecordRig *rig, gconstpointer data)
{
  GThread *thread;

  record_rig_make (rig,
      "audiotestsrc samplesperbuffer=480 ! callrecordsink name=rec overwrite=true idle-level=-50 manifest=false",
      "a.mkv");
  thread = g_thread_new ("watch", watch, rig);
  for (guint i = 0; i < 100; i++) {
    gst_element_set_state (rig->pipeline, GST_STATE_PLAYING);
    record_rig_pass_state (rig, "started");
    gst_element_set_state (rig->pipeline, GST_STATE_READY);
    gst_bus_set_flushing (rig->bus, TRUE);
    gst_bus_set_flushing (rig->bus, FALSE);
  }
  g_atomic_int_set (&rig->stop, TRUE);
  g_thread_join (thread);
}

/* What may be changed in READY has changed when it goes on. */
static void
test_other_settings (RecordRig *rig, gconstpointer data)
{
  record_rig_make (rig, SOUND "! callrecordsink name=rec overwrite=true", "a.mkv");
  for (gint bitrate = 48000; bitrate > 20000; bitrate -= 16000) {
    g_autoptr (GstElement) encoder = NULL;
    gint is = 0;
    g_object_set (rig->record, "audio-bitrate", bitrate, NULL);
    record_rig_play (rig);
    record_rig_pass_state (rig, "started");
    encoder = gst_bin_get_by_name (GST_BIN (rig->record), "encoder");
    g_object_get (encoder, "bitrate", &is, NULL);
    g_assert_cmpint (is, ==, bitrate);
    gst_element_set_state (rig->pipeline, GST_STATE_READY);
    record_rig_assert_finished (rig, "a.mkv", "stop");
  }
}

int
main (int argc, char **argv)
{
  static const RecordRigTest tests[] = {
      {"/callrecordsink/error/no-location", test_no_location},
      {"/callrecordsink/error/unknown-field", test_unknown_field},
      {"/callrecordsink/error/no-folder", test_no_folder},
      {"/callrecordsink/error/full-disk", test_full_disk},
      {"/callrecordsink/error/wrong-codec", test_wrong_codec},
      {"/callrecordsink/file/eos", test_eos},
      {"/callrecordsink/file/name-taken", test_name_taken},
      {"/callrecordsink/file/manifest-taken", test_manifest_taken},
      {"/callrecordsink/file/own", test_own_file},
      {"/callrecordsink/file/one-fails", test_one_fails},
      {"/callrecordsink/file/stop", test_stop},
      {"/callrecordsink/file/max-files", test_max_files},
      {"/callrecordsink/file/split", test_split},
      {"/callrecordsink/file/split-dark", test_split_dark},
      {"/callrecordsink/pads/late", test_late},
      {"/callrecordsink/states/quick", test_states},
      {"/callrecordsink/states/watched", test_watched},
      {"/callrecordsink/states/other-settings", test_other_settings},
  };

  return record_rig_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
