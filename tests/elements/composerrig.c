/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "composerrig.h"

#include <gst/app/app.h>
#include <gst/video/video.h>

#include <math.h>
#include <string.h>

#define WATCHDOG (60 * G_TIME_SPAN_SECOND)
#define RATE 44100
#define BLOCK 441

const RigColour rig_red = {81, 90, 240}, rig_blue = {41, 240, 110}, rig_green = {145, 54, 34},
                rig_white = {235, 128, 128}, rig_black = {16, 128, 128}, rig_tile = {48, 128, 128};

/* ---- what comes out ---- */

static void
keep_sound (ComposerRig *rig, GstBuffer *buffer)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  if (rig->sound->len == 0)
    rig->sound_begin = rig->sound_end = GST_BUFFER_PTS (buffer);
  rig->sound_gaps += GST_BUFFER_PTS (buffer) != rig->sound_end;
  rig->sound_end = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
  g_array_append_vals (rig->sound, map.data, (guint) (map.size / sizeof (gint16)));
  gst_buffer_unmap (buffer, &map);
}

static GstPadProbeReturn
on_output (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  ComposerRig *rig = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  g_mutex_lock (&rig->lock);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) == 0)
    rig->ended += GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  else if (g_str_has_prefix (GST_PAD_NAME (pad), "audio"))
    keep_sound (rig, GST_PAD_PROBE_INFO_BUFFER (info));
  else
    g_ptr_array_add (rig->pictures, gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info)));
  g_cond_broadcast (&rig->changed);
  g_mutex_unlock (&rig->lock);
  return GST_PAD_PROBE_OK;
}

static void
link_output (ComposerRig *rig, GstPad *pad)
{
  GstElement *sink;
  g_autoptr (GstPad) sink_pad = NULL;

  if (GST_PAD_IS_SINK (pad))
    return;
  sink = gst_element_factory_make ("fakesink", NULL);
  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (rig->pipeline), sink);
  sink_pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_output, rig, NULL);
  g_assert_cmpint (gst_pad_link (pad, sink_pad), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (sink);
}

static void
on_pad_added (GstElement *composer, GstPad *pad, gpointer rig)
{
  link_output (rig, pad);
}

ComposerRig *
composer_rig_new (const RecordComposerSettings *settings)
{
  ComposerRig *rig = g_new0 (ComposerRig, 1);
  g_autoptr (GstPad) sound = NULL;

  g_mutex_init (&rig->lock);
  g_cond_init (&rig->changed);
  rig->pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  rig->sound = g_array_new (FALSE, FALSE, sizeof (gint16));
  rig->width = settings->width;
  rig->height = settings->height;
  rig->pipeline = gst_pipeline_new (NULL);
  rig->composer = record_composer_new (settings);
  gst_bin_add (GST_BIN (rig->pipeline), rig->composer);
  sound = gst_element_get_static_pad (rig->composer, "audio");
  link_output (rig, sound);
  g_signal_connect (rig->composer, "pad-added", G_CALLBACK (on_pad_added), rig);
  return rig;
}

void
composer_rig_free (ComposerRig *rig)
{
  g_assert_cmpint (gst_element_set_state (rig->pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (rig->pipeline);
  g_ptr_array_unref (rig->pictures);
  g_array_unref (rig->sound);
  g_mutex_clear (&rig->lock);
  g_cond_clear (&rig->changed);
  g_free (rig);
}

void
composer_rig_play (ComposerRig *rig)
{
  g_assert_cmpint (gst_element_set_state (rig->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
}

static void
check_bus (ComposerRig *rig)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (rig->pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  if (message != NULL) {
    g_autoptr (GError) error = NULL;
    gst_message_parse_error (message, &error, NULL);
    g_error ("%s: %s", GST_MESSAGE_SRC_NAME (message), error->message);
  }
}

static void
wait_counts (ComposerRig *rig, guint streams, guint pictures, guint samples)
{
  gint64 limit = g_get_monotonic_time () + WATCHDOG;

  g_mutex_lock (&rig->lock);
  while (rig->ended < streams || rig->pictures->len < pictures || rig->sound->len / 2 < samples) {
    check_bus (rig);
    if (!g_cond_wait_until (&rig->changed, &rig->lock, MIN (limit, g_get_monotonic_time () + G_TIME_SPAN_SECOND))
        && g_get_monotonic_time () >= limit)
      g_error ("waited for %u ends, %u pictures, %u samples; there are %u, %u, %u", streams, pictures, samples,
          rig->ended, rig->pictures->len, rig->sound->len / 2);
  }
  g_mutex_unlock (&rig->lock);
}

void
composer_rig_wait_end (ComposerRig *rig, guint streams)
{
  wait_counts (rig, streams, 0, 0);
}

void
composer_rig_wait_pictures (ComposerRig *rig, guint pictures)
{
  wait_counts (rig, 0, pictures, 0);
}

void
composer_rig_wait_sound (ComposerRig *rig, guint samples)
{
  wait_counts (rig, 0, 0, samples);
}

/* ---- what goes in ---- */

RigInput
rig_input_new (ComposerRig *rig, gboolean video, const char *participant)
{
  RigInput input = {gst_element_factory_make ("appsrc", NULL), NULL, 0};
  g_autoptr (GstPad) source_pad = gst_element_get_static_pad (input.source, "src");

  g_object_set (input.source, "format", GST_FORMAT_TIME, "max-bytes", (guint64) 0, NULL);
  gst_bin_add (GST_BIN (rig->pipeline), input.source);
  input.pad = record_composer_add (rig->composer, video, participant, NULL);
  g_assert_cmpint (gst_pad_link (source_pad, input.pad), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (input.source);
  return input;
}

static void
push (RigInput *input, GstCaps *caps, gpointer data, gsize size, GstClockTime duration)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped (data, size);
  g_autoptr (GstSample) sample = gst_sample_new (buffer, caps, NULL, NULL);

  GST_BUFFER_PTS (buffer) = input->next;
  GST_BUFFER_DURATION (buffer) = duration;
  input->next += duration;
  gst_app_src_push_sample (GST_APP_SRC (input->source), sample);
}

void
rig_input_tone (RigInput *input, GstClockTime duration, double frequency, double amplitude)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "audio/x-raw, format=F32LE, layout=interleaved, rate=44100, channels=2, channel-mask=(bitmask)3");

  for (GstClockTime end = input->next + duration; input->next < end;) {
    guint64 first = gst_util_uint64_scale_round (input->next, RATE, GST_SECOND);
    float *samples = g_new (float, 2 * BLOCK);
    for (guint i = 0; i < BLOCK; i++)
      samples[2 * i] = samples[2 * i + 1] =
          (float) (amplitude * sin (2 * G_PI * fmod (frequency * (double) (first + i) / RATE, 1)));
    push (input, caps, samples, 2 * BLOCK * sizeof (float), 10 * GST_MSECOND);
  }
}

void
rig_input_colour (RigInput *input, guint pictures, guint width, guint height, RigColour colour)
{
  GstVideoInfo info;
  g_autoptr (GstCaps) caps = NULL;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, width, height);
  GST_VIDEO_INFO_FPS_N (&info) = 30;
  GST_VIDEO_INFO_COLORIMETRY (&info) = (GstVideoColorimetry){GST_VIDEO_COLOR_RANGE_16_235, GST_VIDEO_COLOR_MATRIX_BT601,
      GST_VIDEO_TRANSFER_BT601, GST_VIDEO_COLOR_PRIMARIES_SMPTE170M};
  caps = gst_video_info_to_caps (&info);
  for (guint i = 0; i < pictures; i++) {
    guint8 *data = g_malloc (GST_VIDEO_INFO_SIZE (&info));
    guint64 number = gst_util_uint64_scale_round (input->next, 30, GST_SECOND);
    memset (data, colour.y, GST_VIDEO_INFO_PLANE_OFFSET (&info, 1));
    memset (data + GST_VIDEO_INFO_PLANE_OFFSET (&info, 1), colour.u,
        GST_VIDEO_INFO_PLANE_OFFSET (&info, 2) - GST_VIDEO_INFO_PLANE_OFFSET (&info, 1));
    memset (data + GST_VIDEO_INFO_PLANE_OFFSET (&info, 2), colour.v,
        GST_VIDEO_INFO_SIZE (&info) - GST_VIDEO_INFO_PLANE_OFFSET (&info, 2));
    push (input, caps, data, GST_VIDEO_INFO_SIZE (&info),
        gst_util_uint64_scale_round (number + 1, GST_SECOND, 30) - input->next);
  }
}

void
rig_input_end (RigInput *input)
{
  gst_app_src_end_of_stream (GST_APP_SRC (input->source));
}

GstElement *
rig_input_launch (ComposerRig *rig, gboolean video, const char *participant, const char *launch, GstPad **pad)
{
  GstElement *source = gst_parse_bin_from_description (launch, TRUE, NULL);
  g_autoptr (GstPad) source_pad = gst_element_get_static_pad (source, "src");

  gst_bin_add (GST_BIN (rig->pipeline), source);
  *pad = record_composer_add (rig->composer, video, participant, NULL);
  g_assert_cmpint (gst_pad_link (source_pad, *pad), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (source);
  return source;
}

static GstPadProbeReturn
drop (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_DROP;
}

/* What still comes goes nowhere, or the source would complain that nobody takes it. */
void
rig_input_remove (ComposerRig *rig, GstElement *source, GstPad *pad)
{
  g_autoptr (GstPad) source_pad = gst_pad_get_peer (pad);

  gst_element_set_locked_state (source, TRUE);
  gst_pad_add_probe (source_pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, drop, NULL, NULL);
  record_composer_remove (rig->composer, pad);
  gst_element_set_state (source, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (rig->pipeline), source);
}

/* ---- what it is like ---- */

static guint8
plane_at (ComposerRig *rig, guint picture, guint plane, guint x, guint y)
{
  GstVideoInfo info;
  guint by = plane == 0 ? 1 : 2;
  guint8 value = 0;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, rig->width, rig->height);
  g_mutex_lock (&rig->lock);
  g_assert_cmpuint (picture, <, rig->pictures->len);
  gst_buffer_extract (g_ptr_array_index (rig->pictures, picture),
      GST_VIDEO_INFO_PLANE_OFFSET (&info, plane) + y / by * GST_VIDEO_INFO_PLANE_STRIDE (&info, plane) + x / by, &value,
      1);
  g_mutex_unlock (&rig->lock);
  return value;
}

RigColour
rig_colour_at (ComposerRig *rig, guint picture, guint x, guint y)
{
  return (RigColour){
      plane_at (rig, picture, 0, x, y), plane_at (rig, picture, 1, x, y), plane_at (rig, picture, 2, x, y)};
}

void
rig_assert_colour (ComposerRig *rig, guint picture, guint x, guint y, RigColour wanted)
{
  RigColour is = rig_colour_at (rig, picture, x, y);

  if (ABS (is.y - wanted.y) > 12 || ABS (is.u - wanted.u) > 12 || ABS (is.v - wanted.v) > 12)
    g_error ("picture %u at %u,%u: %u %u %u, wanted %u %u %u", picture, x, y, is.y, is.u, is.v, wanted.y, wanted.u,
        wanted.v);
}

guint
rig_count_bright (ComposerRig *rig, guint picture, guint x, guint y, guint width, guint height, guint8 luma)
{
  guint bright = 0;

  for (guint i = 0; i < width * height; i++)
    bright += plane_at (rig, picture, 0, x + i % width, y + i / width) > luma;
  return bright;
}

double *
rig_sound (ComposerRig *rig, guint channel, gsize from, gsize n)
{
  double *samples = g_new (double, n);

  g_mutex_lock (&rig->lock);
  g_assert_cmpuint (from + n, <=, rig->sound->len / 2);
  for (gsize i = 0; i < n; i++)
    samples[i] = g_array_index (rig->sound, gint16, 2 * (from + i) + channel) / 32768.0;
  g_mutex_unlock (&rig->lock);
  return samples;
}
