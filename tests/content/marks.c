/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The frame number: 16 squares, least significant bit first, then the same inverted one row below, so that a picture
 * without a number, or a smeared one, is not taken for one. */

#include "marks.h"

#include <math.h>
#include <string.h>

#define BITS 16
#define BLACK 16
#define WHITE 235
#define BEEP_HZ 1000
#define BEEP_LENGTH (100 * GST_MSECOND)

typedef GstPadProbeReturn (*Probe) (GstPad *pad, GstPadProbeInfo *info, gpointer user_data);

static void
add_probe (GstElement *pipeline, const char *name, Probe probe, gpointer data)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstPad) pad = NULL;

  g_assert_nonnull (element);
  pad = gst_element_get_static_pad (element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, probe, data, g_free);
}

static gboolean
map_frame (GstPad *pad, GstPadProbeInfo *info, GstVideoFrame *frame)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstVideoInfo video;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return caps != NULL && gst_video_info_from_caps (&video, caps)
         && gst_video_frame_map (frame, &video, buffer, GST_MAP_READWRITE);
}

static guint8 *
luma_at (GstVideoFrame *frame, gint x, gint y)
{
  return (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (frame, 0) + y * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0) + x;
}

static void
fill_square (GstVideoFrame *frame, gint column, gint row, guint8 value)
{
  gint size = GST_VIDEO_FRAME_WIDTH (frame) / BITS;

  for (gint y = 0; y < size; y++)
    memset (luma_at (frame, column * size, row * size + y), value, size);
}

/* The mean of the square's middle. */
static double
read_square (GstVideoFrame *frame, gint column, gint row)
{
  gint size = GST_VIDEO_FRAME_WIDTH (frame) / BITS, margin = size / 4, n = 0;
  double sum = 0;

  for (gint y = margin; y < size - margin; y++)
    for (gint x = margin; x < size - margin; x++, n++)
      sum += *luma_at (frame, column * size + x, row * size + y);
  return sum / n;
}

static GstPadProbeReturn
write_number (GstPad *pad, GstPadProbeInfo *info, gpointer number)
{
  GstVideoFrame frame;
  guint n = (*(guint *) number)++;

  if (!map_frame (pad, info, &frame))
    return GST_PAD_PROBE_OK;
  for (gint i = 0; i < BITS; i++) {
    gboolean bit = (n >> i) & 1;
    fill_square (&frame, i, 0, bit ? WHITE : BLACK);
    fill_square (&frame, i, 1, bit ? BLACK : WHITE);
  }
  gst_video_frame_unmap (&frame);
  return GST_PAD_PROBE_OK;
}

void
mark_frames (GstElement *pipeline, const char *element)
{
  add_probe (pipeline, element, write_number, g_new0 (guint, 1));
}

int
mark_read (GstVideoFrame *frame)
{
  int number = 0;

  for (gint i = 0; i < BITS; i++) {
    double difference = read_square (frame, i, 0) - read_square (frame, i, 1);
    if (fabs (difference) < (WHITE - BLACK) / 2)
      return -1;
    if (difference > 0)
      number |= 1 << i;
  }
  return number;
}

double
mark_luma (GstVideoFrame *frame)
{
  gint width = GST_VIDEO_FRAME_WIDTH (frame), height = GST_VIDEO_FRAME_HEIGHT (frame);
  guint64 sum = 0;

  for (gint y = 0; y < height; y++)
    for (gint x = 0; x < width; x++)
      sum += *luma_at (frame, x, y);
  return (double) sum / (width * height);
}

static GstPadProbeReturn
write_flash (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  GstClockTime in_second = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)) % GST_SECOND;
  GstClockTime length = GST_BUFFER_DURATION (GST_PAD_PROBE_INFO_BUFFER (info));
  GstVideoFrame frame;

  if (!map_frame (pad, info, &frame))
    return GST_PAD_PROBE_OK;
  for (gint y = 0; y < GST_VIDEO_FRAME_HEIGHT (&frame); y++)
    memset (luma_at (&frame, 0, y), in_second < length ? WHITE : BLACK, GST_VIDEO_FRAME_WIDTH (&frame));
  gst_video_frame_unmap (&frame);
  return GST_PAD_PROBE_OK;
}

void
mark_flashes (GstElement *pipeline, const char *element)
{
  add_probe (pipeline, element, write_flash, NULL);
}

static GstPadProbeReturn
write_beep (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;
  gint rate = 0;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "rate", &rate);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < map.size / 2; i++) {
    GstClockTime time = GST_BUFFER_PTS (buffer) + gst_util_uint64_scale (i, GST_SECOND, rate);
    GstClockTime in_second = time % GST_SECOND;
    double phase = 2 * G_PI * BEEP_HZ * in_second / GST_SECOND;
    ((gint16 *) map.data)[i] = in_second < BEEP_LENGTH ? (gint16) (16000 * sin (phase)) : 0;
  }
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

void
mark_beeps (GstElement *pipeline, const char *element)
{
  add_probe (pipeline, element, write_beep, NULL);
}
