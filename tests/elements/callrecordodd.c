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

/* One in ten is empty, another one is not what it should be: more frames than Opus allows. */
static GstPadProbeReturn
break_some (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  static const guint8 no_opus[] = {0xff, 0xff};
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  guint number = (*(guint *) user_data)++ % 10;

  if (number == 4)
    gst_buffer_set_size (buffer, 0);
  else if (number == 5) {
    gst_buffer_set_size (buffer, sizeof no_opus);
    gst_buffer_fill (buffer, 0, no_opus, sizeof no_opus);
  }
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static void
watch_pad (RecordRig *rig, const char *element, const char *name, GstPadProbeCallback callback, gpointer data)
{
  g_autoptr (GstElement) of = gst_bin_get_by_name (GST_BIN (rig->pipeline), element);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (of, name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback, data, NULL);
}

static void
test_broken (RecordRig *rig, gconstpointer data)
{
  guint counts[2] = {0};
  Sum sound, picture;

  record_rig_make (rig,
      "audiotestsrc num-buffers=99 samplesperbuffer=960 ! audio/x-raw,rate=48000 ! opusenc name=a ! rec.audio_0 "
      "videotestsrc num-buffers=60 ! video/x-raw,width=64,height=48,framerate=30/1 ! vp8enc name=v ! rec.video_0 "
      "callrecordsink name=rec",
      "a.mkv");
  watch_pad (rig, "a", "src", break_some, &counts[0]);
  watch_pad (rig, "v", "src", break_some, &counts[1]);
  g_assert_cmpuint (run_to_end (rig), ==, 1);
  sound = sum_up (rig, 1, "audio_0");
  picture = sum_up (rig, 1, "video_0");
  g_assert_cmpuint (counts[0], ==, 100);
  g_assert_cmpint (sound.frames, ==, 80);
  g_assert_cmpint (sound.filled, >=, 390); /* the first packet is a little shorter */
  g_assert_cmpint (sound.filled, <=, 400);
  g_assert_cmpint (picture.frames, ==, 54);
}

static GstPadProbeReturn
take_time (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));

  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

/* Nothing can be recorded, which is said, once. */
static void
test_no_times (RecordRig *rig, gconstpointer data)
{
  guint warnings = 0;
  gboolean ended = FALSE;

  record_rig_make (rig, "audiotestsrc num-buffers=50 ! opusenc name=a ! callrecordsink name=rec", "a.mkv");
  watch_pad (rig, "a", "src", take_time, NULL);
  record_rig_play (rig);
  while (!ended) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        rig->bus, RECORD_RIG_TIMEOUT, GST_MESSAGE_WARNING | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    g_assert_nonnull (message);
    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
    ended = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
    warnings += GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING;
  }
  g_assert_cmpuint (warnings, ==, 1);
}

/* A track that comes later with what was a little earlier: it begins with the file. */
static void
test_straggler (RecordRig *rig, gconstpointer data)
{
  GstElement *late;
  GstPad *pad;
  g_autoptr (GstPad) src = NULL;

  record_rig_make (rig,
      "audiotestsrc is-live=true timestamp-offset=5000000 samplesperbuffer=960 ! audio/x-raw,rate=48000 ! "
      "callrecordsink name=rec",
      "a.mkv");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  late = gst_parse_bin_from_description ("audiotestsrc num-buffers=20 samplesperbuffer=960 ! opusenc", TRUE, NULL);
  gst_bin_add (GST_BIN (rig->pipeline), late);
  pad = gst_element_request_pad_simple (rig->record, "audio_%u");
  src = gst_element_get_static_pad (late, "src");
  g_assert_cmpint (gst_pad_link (src, pad), ==, GST_PAD_LINK_OK);
  gst_object_unref (pad);
  gst_element_sync_state_with_parent (late);
  record_rig_wait_duration (rig, GST_SECOND);
  gst_element_send_event (rig->pipeline, gst_event_new_eos ());
  record_rig_assert_finished (rig, "a.mkv", "eos");
  g_assert_cmpint (sum_up (rig, 1, "audio_1").frames, >, 0);
  g_assert_cmpint (sum_up (rig, 1, "audio_1").begin, ==, 0);
}

/* One may call himself what he likes: it is cut where it has no room, and begins no file after another. */
static void
test_long_name (RecordRig *rig, gconstpointer data)
{
  g_autofree char *name = g_strnfill (9000, 'x');
  g_autofree char *line = g_strconcat ("callrecordsink name=rec audiotestsrc num-buffers=20 ! taginject "
                                       "tags=call-id=one,call-peer=bob,call-peer-name=",
      name, " ! rec.audio_0", NULL);

  record_rig_make (rig, line, "a.mkv");
  g_assert_cmpuint (run_to_end (rig), ==, 1);
}

/* @user_data: how far one buffer is ahead of its time, in h. */
static GstPadProbeReturn
put_off (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstClockTime time = GST_BUFFER_PTS (buffer);

  if (time >= 500 * GST_MSECOND && time < 520 * GST_MSECOND)
    GST_BUFFER_PTS (buffer) += *(guint *) user_data * 3600 * GST_SECOND;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

/* One wrong time of a live track: that packet is lost, and nothing else. */
static void
test_future (RecordRig *rig, gconstpointer data)
{
  guint hours = 10;
  Sum sum;

  record_rig_make (
      rig, SOUND "! opusenc name=a ! rec.audio_0 " PICTURE "! rec.video_0 callrecordsink name=rec", "a.mkv");
  watch_pad (rig, "a", "src", put_off, &hours);
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 2 * GST_SECOND);
  gst_element_send_event (rig->pipeline, gst_event_new_eos ());
  record_rig_assert_finished (rig, "a.mkv", "eos");
  sum = sum_up (rig, 1, "audio_0");
  g_assert_cmpint (sum.frames, >=, 90);
  g_assert_cmpint (sum.filled, <=, 200);
}

/* What is not live may have any time; but a hundred years of silence are not written. */
static void
test_far_future (RecordRig *rig, gconstpointer data)
{
  guint hours = 100 * 365 * 24;

  record_rig_make (rig, "audiotestsrc num-buffers=50 ! opusenc name=a ! callrecordsink name=rec", "a.mkv");
  watch_pad (rig, "a", "src", put_off, &hours);
  g_assert_cmpuint (run_to_end (rig), ==, 1);
  g_assert_cmpint (sum_up (rig, 1, "audio_0").filled, ==, 0);
}

static GstPadProbeReturn
count (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_atomic_int_inc ((gint *) user_data);
  return GST_PAD_PROBE_OK;
}

/* A file goes no faster than what is live beside it: it would all wait in memory. */
static void
test_file_beside (RecordRig *rig, gconstpointer data)
{
  gint frames = 0;

  record_rig_make (rig,
      SOUND "! rec.audio_0 videotestsrc num-buffers=20000 ! video/x-raw,width=64,height=48,framerate=30/1 ! "
            "vp8enc name=v deadline=1 cpu-used=16 ! rec.video_0 callrecordsink name=rec",
      "a.mkv");
  watch_pad (rig, "v", "src", count, &frames);
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 2 * GST_SECOND);
  g_test_message ("%d frames", g_atomic_int_get (&frames));
  g_assert_cmpint (g_atomic_int_get (&frames), <, 500);
}

int
main (int argc, char **argv)
{
  static const RecordRigTest tests[] = {
      {"/callrecordodd/reordered", test_reordered},
      {"/callrecordodd/broken", test_broken},
      {"/callrecordodd/no-times", test_no_times},
      {"/callrecordodd/straggler", test_straggler},
      {"/callrecordodd/long-name", test_long_name},
      {"/callrecordodd/future", test_future},
      {"/callrecordodd/file-beside", test_file_beside},
      {"/callrecordodd/far-future", test_far_future},
  };

  return record_rig_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
