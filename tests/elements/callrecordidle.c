/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* idle-timeout and idle-level of callrecordsink: when a file is finished because nothing comes, and when the next one
 * begins. */

#include "recordrig.h"

static void
assert_no_word (RecordRig *rig)
{
  GstMessage *message;

  while (
      (message = gst_bus_pop_filtered (rig->bus, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR)) != NULL) {
    g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ELEMENT);
    if (gst_message_has_name (message, "call-recording")) {
      g_autofree char *text = gst_structure_to_string (gst_message_get_structure (message));
      g_error ("%s", text);
    }
    gst_message_unref (message);
  }
}

static void
test_idle (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstElement) valve = NULL;

  record_rig_make (rig, SOUND "! valve name=valve ! callrecordsink name=rec idle-timeout=700000000", "a.mkv");
  valve = gst_bin_get_by_name (GST_BIN (rig->pipeline), "valve");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 500 * GST_MSECOND);
  g_object_set (valve, "drop", TRUE, NULL);
  record_rig_assert_finished (rig, "a.mkv", "idle");
  g_signal_emit_by_name (rig->record, "split"); /* there is no file: nothing is split */
  g_object_set (valve, "drop", FALSE, NULL);
  record_rig_pass_state (rig, "segment");
  record_rig_wait_duration (rig, 500 * GST_MSECOND);
  assert_no_word (rig);
}

/* Silence is nothing, and after one file of it the recording is over: a voicemail. */
static void
test_idle_level (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstElement) source = NULL;

  record_rig_make (rig,
      "audiotestsrc name=source is-live=true ! callrecordsink name=rec idle-timeout=700000000 idle-level=-50 "
      "max-files=1",
      "a.mkv");
  source = gst_bin_get_by_name (GST_BIN (rig->pipeline), "source");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 1500 * GST_MSECOND);
  g_object_set (source, "volume", 0.001, NULL);
  record_rig_assert_finished (rig, "a.mkv", "idle");
  record_rig_wait_eos (rig);
}

/* Counts what passes, and takes its time from the first: as an application's source may do. */
static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  if (g_atomic_int_add ((gint *) user_data, 1) == 0) {
    GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
    GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
    GST_PAD_PROBE_INFO_DATA (info) = buffer;
  }
  return GST_PAD_PROBE_OK;
}

static void
watch_source (RecordRig *rig, gint *passed)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (rig->pipeline), "source");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, passed, NULL);
}

static void
wait_passed (gint *passed, gint count)
{
  gint64 until = g_get_monotonic_time () + RECORD_RIG_TIMEOUT / 1000;

  for (count += g_atomic_int_get (passed); g_atomic_int_get (passed) < count;) {
    g_assert_cmpint (g_get_monotonic_time (), <, until);
    g_usleep (10000); /* a step of the poll */
  }
}

static void
set_volume (RecordRig *rig, double volume)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (rig->pipeline), "source");

  g_object_set (source, "volume", volume, NULL);
}

/* Silence that goes on begins no file; the next word does. A buffer without a time says nothing of either. */
static void
check_quiet (RecordRig *rig, const char *mode)
{
  g_autofree char *line = g_strconcat ("audiotestsrc name=source is-live=true samplesperbuffer=960 ! "
                                       "audio/x-raw,rate=48000 ! callrecordsink name=rec idle-timeout=700000000 "
                                       "idle-level=-50 ",
      mode, NULL);
  gint passed = 0;

  record_rig_make (rig, line, "a.mkv");
  watch_source (rig, &passed);
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 2 * GST_SECOND);
  assert_no_word (rig);
  set_volume (rig, 0.001);
  record_rig_assert_finished (rig, "a.mkv", "idle");
  wait_passed (&passed, 100);
  assert_no_word (rig);
  set_volume (rig, 0.8);
  record_rig_pass_state (rig, "segment");
  record_rig_wait_duration (rig, GST_SECOND);
  gst_element_send_event (rig->pipeline, gst_event_new_eos ());
  record_rig_assert_finished (rig, "a-2.mkv", "eos");
}

static void
test_quiet (RecordRig *rig, gconstpointer data)
{
  check_quiet (rig, "");
}

static void
test_quiet_composed (RecordRig *rig, gconstpointer data)
{
  check_quiet (rig, "mode=composed");
}

/* What is encoded is not measured: it is sound as long as it comes. */
static void
test_level_encoded (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstElement) valve = NULL;

  record_rig_make (rig,
      SOUND "! opusenc ! valve name=valve ! rec.audio_0 " PICTURE "! rec.video_0 "
            "callrecordsink name=rec idle-timeout=700000000 idle-level=-50",
      "a.mkv");
  valve = gst_bin_get_by_name (GST_BIN (rig->pipeline), "valve");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 2 * GST_SECOND);
  assert_no_word (rig);
  g_object_set (valve, "drop", TRUE, NULL);
  record_rig_assert_finished (rig, "a.mkv", "idle");
}

/* The picture that begins the next file stands alone, whatever was sent in between. */
static void
test_picture (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstElement) valve = NULL;
  g_autoptr (JsonParser) parser = NULL;
  JsonArray *sizes;

  record_rig_make (rig,
      PICTURE "! vp8enc deadline=1 keyframe-max-dist=10000 ! valve name=valve ! callrecordsink name=rec "
              "idle-timeout=700000000",
      "a.mkv");
  valve = gst_bin_get_by_name (GST_BIN (rig->pipeline), "valve");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 500 * GST_MSECOND);
  g_object_set (valve, "drop", TRUE, NULL);
  record_rig_assert_finished (rig, "a.mkv", "idle");
  g_object_set (valve, "drop", FALSE, NULL);
  record_rig_pass_state (rig, "segment");
  record_rig_wait_duration (rig, 500 * GST_MSECOND);
  gst_element_send_event (rig->pipeline, gst_event_new_eos ());
  record_rig_assert_finished (rig, "a-2.mkv", "eos");
  sizes = json_object_get_array_member (
      record_rig_get_track (record_rig_read_manifest (rig, "a-2.json", &parser), 0), "sizes");
  g_assert_cmpuint (json_array_get_length (sizes), ==, 1);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (sizes, 0), "timeMs"), ==, 0);
}

/* The largest numbers there are mean that it never comes to that. */
static void
test_never (RecordRig *rig, gconstpointer data)
{
  record_rig_make (rig,
      SOUND "! callrecordsink name=rec idle-timeout=18446744073709551615 max-duration=18446744073709551615 "
            "max-size=18446744073709551615",
      "a.mkv");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, GST_SECOND);
  assert_no_word (rig);
}

int
main (int argc, char **argv)
{
  static const RecordRigTest tests[] = {
      {"/callrecordidle/nothing", test_idle},
      {"/callrecordidle/level", test_idle_level},
      {"/callrecordidle/quiet", test_quiet},
      {"/callrecordidle/quiet-composed", test_quiet_composed},
      {"/callrecordidle/level-encoded", test_level_encoded},
      {"/callrecordidle/picture", test_picture},
      {"/callrecordidle/never", test_never},
  };

  return record_rig_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
