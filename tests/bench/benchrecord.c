/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* benchrecord [MINUTES]: first 20 recordings of live sound in one process: how late their buffers are. Then what
 * callrecordsink costs, and what `matroskamux ! filesink` does, on the same encoded media out of memory, turn by turn
 * in one process: CPU time of the process, less that of the same pipeline into fakesinks. With and without a manifest,
 * whose checksum reads the file again. */

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 7
#define SECONDS 10 /* of media that goes round */
#define FPS 30
#define SOUND_STEP (20 * GST_MSECOND)
#define TIMEOUT (600 * GST_SECOND)

typedef struct
{
  GPtrArray *buffers; /* (element-type GstBuffer): SECONDS of them */
  GstCaps *caps;
} Media;

static GstPadProbeReturn
keep_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Media *media = user_data;

  g_ptr_array_add (media->buffers, gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

static void
run_to_end (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (message == NULL || GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    g_error ("the pipeline did not come to its end");
}

static Media
make_media (const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_parse_launch (line, &error));
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  Media media = {.buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref)};

  g_assert_no_error (error);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, keep_buffer, &media, NULL);
  run_to_end (pipeline);
  media.caps = gst_pad_get_current_caps (pad);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return media;
}

/* ---- one run ---- */

typedef struct
{
  const Media *media;
  GstElement *source;
  GstClockTime step;
  guint count, next;
} Feed;

/* A thread for each stream, as a call has it: one pad's wait must not be the other's. */
static gpointer
feed_thread (gpointer data)
{
  Feed *feed = data;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (feed->source, "sink");
  GstFlowReturn flow;

  for (; feed->next < feed->count; feed->next++) {
    GstBuffer *from = g_ptr_array_index (feed->media->buffers, feed->next % feed->media->buffers->len);
    GstBuffer *buffer = gst_buffer_copy (from);
    GST_BUFFER_PTS (buffer) = feed->next * feed->step;
    GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_DURATION (buffer) = feed->step;
    flow = gst_pad_chain (pad, buffer);
    if (flow != GST_FLOW_OK)
      g_error ("buffer %u of %s was refused: %s", feed->next, GST_OBJECT_NAME (feed->source), gst_flow_get_name (flow));
  }
  gst_pad_send_event (pad, gst_event_new_eos ());
  return NULL;
}

static void
begin (const Feed *feed)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (feed->source, "sink");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (pad, gst_event_new_stream_start (GST_OBJECT_NAME (feed->source)));
  gst_pad_send_event (pad, gst_event_new_caps (feed->media->caps));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
}

static double
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* @line: with two identity elements, sound and picture. Returns CPU seconds. */
static double
run (const char *line, const Media *media, guint minutes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_parse_launch (line, &error));
  Feed feeds[2] = {{&media[0], gst_bin_get_by_name (GST_BIN (pipeline), "sound"), SOUND_STEP, minutes * 60 * 50, 0},
      {&media[1], gst_bin_get_by_name (GST_BIN (pipeline), "picture"), GST_SECOND / FPS, minutes * 60 * FPS, 0}};
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  GThread *threads[2];
  double before;

  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  before = cpu_seconds ();
  for (guint i = 0; i < 2; i++) {
    begin (&feeds[i]);
    threads[i] = g_thread_new ("feed", feed_thread, &feeds[i]);
  }
  message = gst_bus_timed_pop_filtered (bus, TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (message == NULL || GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    g_error ("%s: no end", line);
  for (guint i = 0; i < 2; i++) {
    g_thread_join (threads[i]);
    gst_object_unref (feeds[i].source);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return cpu_seconds () - before;
}

/* ---- many at once ---- */

#define RECORDINGS 20
#define LIVE_SECONDS 20
#define LATE (20 * GST_MSECOND)

typedef struct
{
  gint buffers, late; /* atomic */
  GstClockTime worst;
  GMutex lock;
} Lateness;

/* A source hands a buffer out when its last sample is due. */
static GstPadProbeReturn
note_lateness (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Lateness *self = user_data;
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  const GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstClockTimeDiff late;

  if (clock == NULL)
    return GST_PAD_PROBE_OK;
  late = GST_CLOCK_DIFF (gst_element_get_base_time (element) + GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer),
      gst_clock_get_time (clock));
  g_atomic_int_inc (&self->buffers);
  if (late > (GstClockTimeDiff) LATE)
    g_atomic_int_inc (&self->late);
  g_mutex_lock (&self->lock);
  self->worst = MAX (self->worst, (GstClockTime) MAX (late, 0));
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
record_many (const char *folder)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GstElement) pipeline = NULL;
  Lateness lateness = {0};
  double before = cpu_seconds ();

  for (guint i = 0; i < RECORDINGS; i++)
    g_string_append_printf (line,
        "audiotestsrc is-live=true samplesperbuffer=960 num-buffers=%u ! audio/x-raw,rate=48000 ! identity name=i%u ! "
        "callrecordsink overwrite=true manifest=false location=%s/%u.mkv ",
        LIVE_SECONDS * 50, i, folder, i);
  pipeline = gst_object_ref_sink (gst_parse_launch (line->str, NULL));
  for (guint i = 0; i < RECORDINGS; i++) {
    g_autofree char *name = g_strdup_printf ("i%u", i);
    g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
    g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_lateness, &lateness, NULL);
  }
  run_to_end (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_print ("%u recordings of live sound for %u s: %.0f %% of a core, %d of %d buffers more than %u ms late, the worst "
           "%.1f ms\n",
      RECORDINGS, LIVE_SECONDS, (cpu_seconds () - before) / LIVE_SECONDS * 100, lateness.late, lateness.buffers,
      (guint) (LATE / GST_MSECOND), lateness.worst / 1e6);
  for (guint i = 0; i < RECORDINGS; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%u.mkv", folder, i);
    g_unlink (path);
  }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const double *) a < *(const double *) b ? -1 : 1;
}

static double
median (double *values)
{
  qsort (values, ROUNDS, sizeof *values, compare);
  return values[ROUNDS / 2];
}

int
main (int argc, char **argv)
{
  static const char *const lines[] = {
      "identity name=sound ! fakesink async=false identity name=picture ! fakesink async=false",
      "identity name=sound ! queue ! m.audio_0 identity name=picture ! queue ! m.video_0 matroskamux name=m ! filesink "
      "location=%s "
      "async=false",
      "identity name=sound ! r.audio_0 identity name=picture ! r.video_0 callrecordsink name=r overwrite=true "
      "manifest=false "
      "location=%s",
      "identity name=sound ! r.audio_0 identity name=picture ! r.video_0 callrecordsink name=r overwrite=true "
      "location=%s",
  };
  static const char *const names[] = {
      "nothing", "matroskamux ! filesink", "callrecordsink manifest=false", "callrecordsink"};
  double times[G_N_ELEMENTS (lines)][ROUNDS], medians[G_N_ELEMENTS (lines)];
  guint minutes = argc > 1 ? atoi (argv[1]) : 10;
  g_autofree char *folder = g_dir_make_tmp ("benchrecord-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.mkv", NULL);
  g_autofree char *manifest = g_build_filename (folder, "a.json", NULL);
  Media media[2];

  gst_init (&argc, &argv);
  record_many (folder);
  media[0] = make_media ("audiotestsrc wave=pink-noise samplesperbuffer=960 num-buffers=500 ! audio/x-raw,rate=48000 "
                         "! opusenc ! fakesink name=sink");
  media[1] = make_media ("videotestsrc pattern=ball num-buffers=300 ! video/x-raw,width=640,height=360,framerate=30/1 "
                         "! vp8enc deadline=1 cpu-used=8 target-bitrate=2000000 end-usage=cbr ! fakesink name=sink");
  for (guint round = 0; round < ROUNDS; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
      g_auto (GStrv) parts = g_strsplit (lines[i], "%s", -1);
      g_autofree char *line = g_strjoinv (path, parts);
      times[i][round] = run (line, media, minutes);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    medians[i] = median (times[i]);
  for (guint i = 1; i < G_N_ELEMENTS (lines); i++)
    g_print ("%-32s %7.1f ms of CPU for %u minutes, %5.2f of matroskamux ! filesink\n", names[i],
        (medians[i] - medians[0]) * 1000, minutes, (medians[i] - medians[0]) / (medians[1] - medians[0]));
  g_unlink (path);
  g_unlink (manifest);
  g_rmdir (folder);
  return 0;
}
