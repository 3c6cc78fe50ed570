/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* callrecordsink and media that is out of the ordinary: reordered, empty, broken, without times. */

#include "recordrig.h"

typedef struct
{
  gint64 frames, dropped, filled, begin;
} Sum;

/* What the manifests of all files of the row a, a-2, a-3... say of the track @name. */
static Sum
sum_up (RecordRig *rig, guint n_files, const char *name)
{
  Sum sum = {0};

  for (guint i = 1; i <= n_files; i++) {
    g_autofree char *file = i == 1 ? g_strdup ("a.json") : g_strdup_printf ("a-%u.json", i);
    g_autoptr (JsonParser) parser = NULL;
    JsonObject *manifest = record_rig_read_manifest (rig, file, &parser);
    for (guint t = 0; t < json_array_get_length (json_object_get_array_member (manifest, "tracks")); t++) {
      JsonObject *track = record_rig_get_track (manifest, t);
      if (g_strcmp0 (json_object_get_string_member (track, "name"), name) != 0)
        continue;
      sum.frames += json_object_get_int_member (track, "frames");
      sum.dropped += json_object_get_int_member (track, "dropped");
      sum.filled += json_object_get_int_member_with_default (track, "filledMs", 0);
      sum.begin = MAX (sum.begin, json_object_get_int_member (track, "beginMs"));
    }
  }
  g_test_message ("%s: %" G_GINT64_FORMAT " frames, %" G_GINT64_FORMAT " dropped, %" G_GINT64_FORMAT " ms filled", name,
      sum.frames, sum.dropped, sum.filled);
  return sum;
}

/* How many files there were until the end. */
static guint
run_to_end (RecordRig *rig)
{
  guint finished = 0;
  gboolean ended = FALSE;

  record_rig_play (rig);
  while (!ended) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    const GstStructure *structure = message != NULL ? gst_message_get_structure (message) : NULL;
    g_assert_nonnull (message);
    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
    ended = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
    finished += structure != NULL && g_strcmp0 (gst_structure_get_string (structure, "state"), "finished") == 0;
  }
  return finished;
}

/* A picture is decoded up to 400 ms before it is shown. What is heard meanwhile is neither late nor before the file. */
static void
test_reordered (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstElementFactory) encoder = gst_element_factory_find ("x264enc");
  Sum sound, picture;
  guint files;

  if (encoder == NULL) {
    g_test_skip ("no x264enc");
    return;
  }
  record_rig_make (rig,
      "audiotestsrc num-buffers=500 samplesperbuffer=960 ! audio/x-raw,rate=48000 ! rec.audio_0 "
      "videotestsrc num-buffers=100 ! video/x-raw,width=64,height=48,framerate=10/1 ! "
      "x264enc bframes=3 b-adapt=false key-int-max=20 rc-lookahead=0 ! rec.video_0 "
      "callrecordsink name=rec max-duration=3000000000",
      "a.mkv");
  files = run_to_end (rig);
  sound = sum_up (rig, files, "audio_0");
  picture = sum_up (rig, files, "video_0");
  g_assert_cmpuint (files, ==, 3);
  g_assert_cmpint (picture.frames, ==, 100);
  g_assert_cmpint (sound.frames, >=, 500);
  g_assert_cmpint (sound.dropped, ==, 0);
  g_assert_cmpint (sound.filled, ==, 0);
}

int
main (int argc, char **argv)
{
  static const RecordRigTest tests[] = {
      {"/callrecordodd/reordered", test_reordered},
  };

  return record_rig_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
