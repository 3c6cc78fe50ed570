/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* callrecordsink mode=composed: what comes raw or encoded is in the file, decoded, placed and encoded again. What a
 * composition is like is measured in recordcomposer.c. */

#include <gst/gst.h>
#include <gst/video/video.h>

#include <glib/gstdio.h>
#include <string.h>

#define LIMIT (60 * GST_SECOND)
#define RED                                                                                                            \
  "videotestsrc num-buffers=60 pattern=solid-color foreground-color=0xffff0000 ! "                                     \
  "video/x-raw,format=I420,width=320,height=180,framerate=30/1 ! "
#define BLUE                                                                                                           \
  "videotestsrc num-buffers=60 pattern=solid-color foreground-color=0xff0000ff ! "                                     \
  "video/x-raw,format=I420,width=320,height=180,framerate=30/1 ! "
#define TONE "audiotestsrc num-buffers=100 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=1 ! "
#define SINK "callrecordsink name=rec mode=composed width=320 height=180 names=false overwrite=true "

typedef struct
{
  guint pictures, samples;
  guint8 left[3], right[3]; /* Y, U, V of the last picture */
} Film;

static char *folder;

static void
run_to_end (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, LIMIT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    gst_message_parse_error (message, &error, NULL);
    g_error ("%s: %s", GST_MESSAGE_SRC_NAME (message), error->message);
  }
  gst_element_set_state (pipeline, GST_STATE_READY);
}

static GstElement *
launch (const char *line)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  return pipeline;
}

static void
on_picture (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Film *film = user_data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;

  g_assert_true (gst_video_info_from_caps (&info, caps));
  g_assert_cmpint (GST_VIDEO_INFO_WIDTH (&info), ==, 320);
  film->pictures++;
  for (guint plane = 0; plane < 3; plane++) {
    guint by = plane == 0 ? 1 : 2;
    gsize line = GST_VIDEO_INFO_PLANE_OFFSET (&info, plane) + 90 / by * GST_VIDEO_INFO_PLANE_STRIDE (&info, plane);
    gst_buffer_extract (buffer, line + 80 / by, &film->left[plane], 1);
    gst_buffer_extract (buffer, line + 240 / by, &film->right[plane], 1);
  }
}

static void
on_sound (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  ((Film *) user_data)->samples += gst_buffer_get_size (buffer) / 4;
}

/* What is in a file, decoded. */
static Film
watch (const char *path)
{
  Film film = {0};
  g_autofree char *line = g_strdup_printf (
      "filesrc location=%s ! decodebin name=d d. ! video/x-raw ! videoconvert ! video/x-raw,format=I420 ! queue ! "
      "fakesink name=picture signal-handoffs=true async=false d. ! audio/x-raw ! audioconvert ! audioresample ! "
      "audio/x-raw,format=S16LE,rate=48000,channels=2 ! queue ! fakesink name=sound signal-handoffs=true async=false",
      path);
  g_autoptr (GstElement) pipeline = launch (line);
  g_autoptr (GstElement) picture = gst_bin_get_by_name (GST_BIN (pipeline), "picture");
  g_autoptr (GstElement) sound = gst_bin_get_by_name (GST_BIN (pipeline), "sound");

  g_signal_connect (picture, "handoff", G_CALLBACK (on_picture), &film);
  g_signal_connect (sound, "handoff", G_CALLBACK (on_sound), &film);
  run_to_end (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return film;
}

static void
assert_film (const Film *film)
{
  g_test_message ("%u pictures, %u samples; left %u %u %u, right %u %u %u", film->pictures, film->samples,
      film->left[0], film->left[1], film->left[2], film->right[0], film->right[1], film->right[2]);
  g_assert_cmpuint (film->pictures, ==, 60);
  g_assert_cmpfloat_with_epsilon (film->samples, 96000, 2000); /* Opus comes in whole packets */
  g_assert_cmpuint (film->left[2], >, 200);                    /* red */
  g_assert_cmpuint (film->left[1], <, 120);
  g_assert_cmpuint (film->right[1], >, 200); /* blue */
  g_assert_cmpuint (film->right[2], <, 140);
}

/* The file that @line, with %s for its location, makes; made twice in one pipeline, which has to be the same. */
static void
check_line (const char *line, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_auto (GStrv) parts = g_strsplit (line, "LOCATION", 2);
  g_autofree char *whole = g_strconcat (parts[0], path, parts[1], NULL);
  g_autoptr (GstElement) pipeline = launch (whole);

  for (guint i = 0; i < 2; i++) {
    Film film;
    run_to_end (pipeline);
    film = watch (path);
    assert_film (&film);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
test_raw (void)
{
  check_line (SINK "location=LOCATION " RED "rec.video_0 " TONE "rec.audio_0 " BLUE "rec.video_1", "raw.mkv");
}

static void
test_encoded (void)
{
  check_line (SINK "location=LOCATION " RED "vp8enc deadline=1 ! queue ! rec.video_0 " TONE
                   "opusenc ! queue ! rec.audio_0 " BLUE "vp9enc deadline=1 cpu-used=8 ! queue ! rec.video_1",
      "encoded.mkv");
}

/* Told by its manifest: 1.22's qtdemux leaks the caps of Opus. */
static void
check_mp4 (void)
{
  g_autofree char *path = g_build_filename (folder, "h264.mp4", NULL);
  g_autofree char *line = g_strconcat (SINK "container=mp4 location=", path, " " RED "rec.video_0 ", NULL);
  g_autofree char *manifest = g_build_filename (folder, "h264.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GstElement) pipeline = launch (line);

  run_to_end (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_true (g_file_get_contents (manifest, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"h264\""));
  g_assert_nonnull (strstr (text, "\"frames\" : 60"));
}

static void
test_h264 (void)
{
  g_autoptr (GstElementFactory) encoder = gst_element_factory_find ("x264enc");
  g_autoptr (GstElementFactory) decoder = gst_element_factory_find ("avdec_h264");

  if (encoder == NULL || decoder == NULL) {
    g_test_skip ("no x264enc, or no avdec_h264");
    return;
  }
  check_line (SINK "location=LOCATION " RED
                   "x264enc tune=zerolatency speed-preset=ultrafast ! queue ! rec.video_0 " TONE "rec.audio_0 " BLUE
                   "rec.video_1",
      "h264.mkv");
  check_mp4 ();
}

/* No picture was asked for: there is none in the file, and no encoder for one. */
static void
test_sound_only (void)
{
  g_autofree char *path = g_build_filename (folder, "sound.mkv", NULL);
  g_autofree char *line = g_strconcat (SINK "location=", path, " " TONE "rec.audio_0 " TONE "rec.audio_1", NULL);
  g_autoptr (GstElement) pipeline = launch (line);
  g_autofree char *manifest = g_build_filename (folder, "sound.json", NULL);
  g_autofree char *text = NULL;

  run_to_end (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_true (g_file_get_contents (manifest, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"audio_0\""));
  g_assert_null (strstr (text, "\"video_0\""));
  g_assert_null (strstr (text, "audio_1"));
}

/* An input that brings nothing blocks the other; its pad is given back, and the recording ends by itself. */
static void
test_release (void)
{
  g_autofree char *path = g_build_filename (folder, "release.mkv", NULL);
  g_autofree char *line = g_strconcat (SINK "location=", path, " " RED "rec.video_0", NULL);
  g_autoptr (GstElement) pipeline = launch (line);
  g_autoptr (GstElement) rec = gst_bin_get_by_name (GST_BIN (pipeline), "rec");
  GstPad *pad = gst_element_request_pad_simple (rec, "video_1");

  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
  gst_element_release_request_pad (rec, pad);
  gst_object_unref (pad);
  run_to_end (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean asked, released;
} Meeting;

/* Holds up the thread that brings the caps while the pad is given back, for as long as that may take. */
static GstPadProbeReturn
on_latency (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Meeting *meeting = user_data;
  gint64 until = g_get_monotonic_time () + G_USEC_PER_SEC;

  if (GST_QUERY_TYPE (GST_PAD_PROBE_INFO_QUERY (info)) != GST_QUERY_LATENCY)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&meeting->lock);
  meeting->asked = TRUE;
  g_cond_broadcast (&meeting->changed);
  while (!meeting->released && g_cond_wait_until (&meeting->changed, &meeting->lock, until))
    ;
  g_mutex_unlock (&meeting->lock);
  return GST_PAD_PROBE_OK;
}

static void
wait_asked (Meeting *meeting)
{
  gint64 until = g_get_monotonic_time () + LIMIT / 1000;

  g_mutex_lock (&meeting->lock);
  while (!meeting->asked)
    g_assert_true (g_cond_wait_until (&meeting->changed, &meeting->lock, until));
  g_mutex_unlock (&meeting->lock);
}

/* A pad is given back in the moment in which its caps come. */
static void
test_release_early (void)
{
  g_autofree char *path = g_build_filename (folder, "early.mkv", NULL);
  g_autofree char *line = g_strconcat (SINK "location=", path, " " RED "rec.video_0", NULL);
  g_autoptr (GstElement) pipeline = launch (line);
  g_autoptr (GstElement) rec = gst_bin_get_by_name (GST_BIN (pipeline), "rec");
  GstElement *source = gst_parse_bin_from_description (TONE "opusenc", TRUE, NULL);
  g_autoptr (GstPad) src = NULL;
  GstPad *pad = gst_element_request_pad_simple (rec, "audio_0");
  Meeting meeting = {0};

  gst_bin_add (GST_BIN (pipeline), source);
  src = gst_element_get_static_pad (source, "src");
  g_assert_cmpint (gst_pad_link (src, pad), ==, GST_PAD_LINK_OK);
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM, on_latency, &meeting, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  wait_asked (&meeting);
  gst_element_release_request_pad (rec, pad);
  gst_object_unref (pad);
  g_mutex_lock (&meeting.lock);
  meeting.released = TRUE;
  g_cond_broadcast (&meeting.changed);
  g_mutex_unlock (&meeting.lock);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_mutex_clear (&meeting.lock);
  g_cond_clear (&meeting.changed);
}

static void
remove_folder (void)
{
  const char *name;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  int failed;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("callrecordcomposed-XXXXXX", NULL);
  g_test_add_func ("/callrecordcomposed/raw", test_raw);
  g_test_add_func ("/callrecordcomposed/encoded", test_encoded);
  g_test_add_func ("/callrecordcomposed/h264", test_h264);
  g_test_add_func ("/callrecordcomposed/sound-only", test_sound_only);
  g_test_add_func ("/callrecordcomposed/release", test_release);
  g_test_add_func ("/callrecordcomposed/release-early", test_release_early);
  failed = g_test_run ();
  remove_folder ();
  gst_deinit ();
  return failed;
}
