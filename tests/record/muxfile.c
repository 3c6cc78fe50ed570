/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* muxfile CONTAINER PREFIX PIPELINE: what real encoders make, through a container of gst/core.
 *
 * Each appsink of the pipeline is a track, in the order of their names. PREFIX.media is the file; PREFIX.writes each
 * single write that made it ("u64 offset, u64 size, bytes", of this machine's order; offset of all ones: appended;
 * size of all ones: a fragment is complete here), so that every state in which a killed process could have left the
 * file can be made again; PREFIX.frames one line for each frame that went in: track, time, decoding, duration,
 * keyframe, size, SHA-256, fragment.
 *
 * A track is added before the first fragment that has a frame of it. Options before CONTAINER:
 *   --shift=NAME:MS       what NAME sends comes so much later
 *   --drop=NAME:MS-MS     what it sends in that time is lost */

#include "gst/core/recordcontainer.h"

#include <gst/app/gstappsink.h>
#include <gst/audio/audio.h>
#include <gst/gst.h>

#include <stdio.h>
#include <string.h>

#define PULL_TIMEOUT (60 * GST_SECOND)
#define FRAGMENT (500 * GST_MSECOND)
#define GUESSED_DURATION (33 * GST_MSECOND)
#define MARK G_MAXUINT64

typedef struct
{
  GstElement *sink;
  RecordTrack track;
  gint64 shift;
  guint64 drop_from, drop_to;
  gboolean added;
} Source;

typedef struct
{
  RecordFrame frame;
  gint64 time, decoding; /* may lie before 0 until all are known */
  GstSample *sample;
  GstMapInfo map;
} Frame;

static char **shifts, **drops;

static const GOptionEntry OPTIONS[] = {{"shift", 0, 0, G_OPTION_ARG_STRING_ARRAY, &shifts, NULL, "NAME:MS"},
    {"drop", 0, 0, G_OPTION_ARG_STRING_ARRAY, &drops, NULL, "NAME:MS-MS"}, {NULL}};

static void
frame_clear (gpointer data)
{
  Frame *frame = data;
  gst_buffer_unmap (gst_sample_get_buffer (frame->sample), &frame->map);
  gst_sample_unref (frame->sample);
}

static void
source_clear (gpointer data)
{
  Source *source = data;
  gst_object_unref (source->sink);
  g_clear_pointer (&source->track.private_data, g_bytes_unref);
}

/* ---- tracks ---- */

static const char *
option_of (char **values, const char *name)
{
  for (; values != NULL && *values != NULL; values++) {
    if (g_str_has_prefix (*values, name) && (*values)[strlen (name)] == ':')
      return *values + strlen (name) + 1;
  }
  return NULL;
}

static void
read_options (Source *source, const char *name)
{
  const char *shift = option_of (shifts, name), *drop = option_of (drops, name);
  if (shift != NULL)
    source->shift = g_ascii_strtoll (shift, NULL, 10) * (gint64) GST_MSECOND;
  if (drop != NULL) {
    char *rest;
    source->drop_from = g_ascii_strtoull (drop, &rest, 10) * GST_MSECOND;
    source->drop_to = g_ascii_strtoull (rest + 1, NULL, 10) * GST_MSECOND;
  }
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (GST_OBJECT_NAME (((const Source *) a)->sink), GST_OBJECT_NAME (((const Source *) b)->sink));
}

static GArray *
find_sources (GstElement *pipeline)
{
  GArray *sources = g_array_new (FALSE, TRUE, sizeof (Source));
  GstIterator *all = gst_bin_iterate_all_by_element_factory_name (GST_BIN (pipeline), "appsink");
  g_auto (GValue) value = G_VALUE_INIT;
  while (gst_iterator_next (all, &value) == GST_ITERATOR_OK) {
    Source source = {.sink = g_value_dup_object (&value)};
    g_object_set (source.sink, "sync", FALSE, "max-buffers", 0, NULL);
    read_options (&source, GST_OBJECT_NAME (source.sink));
    g_array_append_val (sources, source);
    g_value_reset (&value);
  }
  gst_iterator_free (all);
  g_array_sort (sources, by_name);
  g_array_set_clear_func (sources, source_clear);
  return sources;
}

static GBytes *
buffer_bytes (GstBuffer *buffer)
{
  gpointer data;
  gsize size;
  gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
  return g_bytes_new_take (data, size);
}

static void
describe_opus (RecordTrack *track, const GstStructure *caps)
{
  const GValue *headers = gst_structure_get_value (caps, "streamheader");
  gint channels = 2;
  gst_structure_get_int (caps, "channels", &channels);
  track->codec = RECORD_CODEC_OPUS;
  track->channels = channels;
  if (headers == NULL)
    return;
  track->private_data = buffer_bytes (gst_value_get_buffer (gst_value_array_get_value (headers, 0)));
  const guint8 *head = g_bytes_get_data (track->private_data, NULL);
  track->codec_delay = gst_util_uint64_scale (head[10] | head[11] << 8, GST_SECOND, 48000);
}

static void
describe_picture (RecordTrack *track, const GstStructure *caps)
{
  const GValue *data = gst_structure_get_value (caps, "codec_data");
  gint width = 0, height = 0;
  gst_structure_get_int (caps, "width", &width);
  gst_structure_get_int (caps, "height", &height);
  track->codec = gst_structure_has_name (caps, "video/x-vp8")   ? RECORD_CODEC_VP8
                 : gst_structure_has_name (caps, "video/x-vp9") ? RECORD_CODEC_VP9
                                                                : RECORD_CODEC_H264;
  track->width = width;
  track->height = height;
  if (data != NULL)
    track->private_data = buffer_bytes (gst_value_get_buffer (data));
}

static void
describe (Source *source, GstSample *sample)
{
  const GstStructure *caps = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  source->track.name = GST_OBJECT_NAME (source->sink);
  if (gst_structure_has_name (caps, "audio/x-opus"))
    describe_opus (&source->track, caps);
  else
    describe_picture (&source->track, caps);
}

/* ---- frames ---- */

static gint64
running_time (const GstSegment *segment, guint64 time)
{
  guint64 running;
  gint sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time, &running);
  return sign < 0 ? -(gint64) running : (gint64) running;
}

/* GStreamer's PTS says when the first sample sounds that is not thrown away; a container wants the packet's own first
 * one, pre-skip and all. */
static gint64
skipped (const Source *source, GstBuffer *buffer)
{
  const GstAudioClippingMeta *clipping = gst_buffer_get_audio_clipping_meta (buffer);
  guint64 start = clipping != NULL ? gst_util_uint64_scale (clipping->start, GST_SECOND, 48000) : 0;
  return (gint64) source->track.codec_delay - (gint64) start;
}

static void
take (const Source *source, GstSample *sample, GArray *frames)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  const GstSegment *segment = gst_sample_get_segment (sample);
  Frame frame = {.sample = sample, .frame.track = source->track.number};
  frame.time = running_time (segment, GST_BUFFER_PTS (buffer)) + source->shift + skipped (source, buffer);
  frame.decoding = GST_BUFFER_DTS_IS_VALID (buffer) && source->track.codec != RECORD_CODEC_OPUS
                       ? running_time (segment, GST_BUFFER_DTS (buffer)) + source->shift
                       : frame.time;
  frame.frame.duration = GST_BUFFER_DURATION_IS_VALID (buffer) ? GST_BUFFER_DURATION (buffer) : GUESSED_DURATION;
  frame.frame.keyframe = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (frame.time >= (gint64) source->drop_from && frame.time < (gint64) source->drop_to) {
    gst_sample_unref (sample);
    return;
  }
  gst_buffer_map (buffer, &frame.map, GST_MAP_READ);
  frame.frame.data = frame.map.data;
  frame.frame.size = frame.map.size;
  g_array_append_val (frames, frame);
}

static gboolean
collect (Source *source, GArray *frames)
{
  GstAppSink *sink = GST_APP_SINK (source->sink);
  GstSample *sample;
  gboolean any = FALSE;
  while ((sample = gst_app_sink_try_pull_sample (sink, PULL_TIMEOUT)) != NULL) {
    if (!any)
      describe (source, sample);
    any = TRUE;
    take (source, sample, frames);
  }
  return any && gst_app_sink_is_eos (sink);
}

static gint
by_decoding (gconstpointer a, gconstpointer b)
{
  const Frame *one = a, *other = b;
  if (one->frame.track == other->frame.track && one->decoding == other->decoding)
    return one->time < other->time ? -1 : one->time > other->time;
  return one->decoding < other->decoding ? -1 : one->decoding > other->decoding;
}

/* From 0 on, in order. x264 decodes before it shows, so all of them move when one would begin before 0. */
static void
set_times (GArray *frames)
{
  gint64 first = 0;
  g_array_sort (frames, by_decoding);
  for (guint i = 0; i < frames->len; i++)
    first = MIN (first, g_array_index (frames, Frame, i).decoding);
  for (guint i = 0; i < frames->len; i++) {
    Frame *frame = &g_array_index (frames, Frame, i);
    frame->frame.time = frame->time - first;
    frame->frame.decoding = frame->decoding - first;
  }
}

/* ---- the file ---- */

typedef struct
{
  GByteArray *media;
  FILE *writes, *frames;
} Files;

static void
log_write (FILE *file, guint64 offset, guint64 size, gconstpointer data)
{
  fwrite (&offset, sizeof offset, 1, file);
  fwrite (&size, sizeof size, 1, file);
  if (data != NULL)
    fwrite (data, 1, size, file);
}

static void
carry_out (Files *files, RecordOutput *output)
{
  for (guint i = 0; i < output->pieces->len; i++) {
    const RecordPiece *piece = &g_array_index (output->pieces, RecordPiece, i);
    log_write (files->writes, piece->offset, piece->size, piece->data);
    if (piece->offset == RECORD_APPEND)
      g_byte_array_append (files->media, piece->data, piece->size);
    else
      memcpy (files->media->data + piece->offset, piece->data, piece->size);
  }
  record_output_clear (output);
}

static void
log_frame (FILE *file, const RecordFrame *frame, guint fragment)
{
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, frame->data, frame->size);
  fprintf (file, "%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %d %" G_GSIZE_FORMAT " %s %u\n",
      frame->track, frame->time, frame->decoding, frame->duration, frame->keyframe, frame->size, sum, fragment);
}

static void
write_fragments (const RecordContainer *container, gpointer self, GArray *sources, GArray *frames, Files *files,
    RecordOutput *output)
{
  g_autoptr (GArray) part = g_array_new (FALSE, FALSE, sizeof (RecordFrame));
  for (guint i = 0, fragment = 0; i < frames->len; fragment++) {
    guint64 end = g_array_index (frames, Frame, i).frame.decoding + FRAGMENT;
    g_array_set_size (part, 0);
    for (; i < frames->len && g_array_index (frames, Frame, i).frame.decoding < end; i++) {
      RecordFrame *frame = &g_array_index (frames, Frame, i).frame;
      Source *source = &g_array_index (sources, Source, frame->track - 1);
      if (!source->added && !container->add_track (self, &source->track, output))
        g_error ("no room for track %u", frame->track);
      source->added = TRUE;
      log_frame (files->frames, frame, fragment);
      g_array_append_val (part, *frame);
    }
    container->fragment (self, (const RecordFrame *) part->data, part->len, output);
    carry_out (files, output);
    log_write (files->writes, 0, MARK, NULL);
  }
}

static FILE *
open_beside (const char *prefix, const char *suffix)
{
  g_autofree char *path = g_strconcat (prefix, suffix, NULL);
  FILE *file = fopen (path, "wb");
  if (file == NULL)
    g_error ("%s: %s", path, g_strerror (errno));
  return file;
}

static gboolean
write_all (const RecordContainer *container, const char *prefix, GArray *sources, GArray *frames)
{
  g_autofree char *path = g_strconcat (prefix, ".media", NULL);
  RecordInfo info = {.started = g_get_real_time (), .title = "muxfile", .application = "GstCall"};
  RecordOutput output;
  Files files = {.media = g_byte_array_new (), .writes = open_beside (prefix, ".writes")};
  files.frames = open_beside (prefix, ".frames");
  record_output_init (&output);
  gpointer self = container->start (&info, &output);
  carry_out (&files, &output);
  write_fragments (container, self, sources, frames, &files, &output);
  container->finish (self, &output);
  carry_out (&files, &output);
  container->free (self);
  record_output_free (&output);
  gboolean written = g_file_set_contents (path, (const char *) files.media->data, files.media->len, NULL);
  g_byte_array_unref (files.media);
  return fclose (files.writes) == 0 && fclose (files.frames) == 0 && written;
}

static gboolean
run (const RecordContainer *container, const char *prefix, GstElement *pipeline)
{
  g_autoptr (GArray) sources = find_sources (pipeline);
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  gboolean whole = sources->len > 0;
  g_array_set_clear_func (frames, frame_clear);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; whole && i < sources->len; i++) {
    Source *source = &g_array_index (sources, Source, i);
    source->track.number = i + 1;
    whole = collect (source, frames);
  }
  if (whole) {
    set_times (frames);
    whole = write_all (container, prefix, sources, frames);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return whole;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("CONTAINER PREFIX PIPELINE");
  g_option_context_add_main_entries (context, OPTIONS, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 4) {
    g_printerr ("muxfile: %s\n", error != NULL ? error->message : "wants a container, a prefix and a pipeline");
    return 2;
  }
  const RecordContainer *container = record_container_find (argv[1]);
  if (container == NULL)
    return 77;
  g_autoptr (GstElement) pipeline = gst_parse_launch (argv[3], &error);
  if (error != NULL) {
    g_printerr ("muxfile: %s\n", error->message);
    return 2;
  }
  return run (container, argv[2], pipeline) ? 0 : 1;
}
