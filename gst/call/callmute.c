/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "callmute.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

static GstBuffer *
silent_audio (GstBuffer *buffer, const GstAudioInfo *info)
{
  GstBuffer *silent = gst_buffer_new_allocate (NULL, gst_buffer_get_size (buffer), NULL);
  GstMapInfo map;

  gst_buffer_copy_into (
      silent, buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META, 0, -1);
  if (gst_buffer_map (silent, &map, GST_MAP_WRITE)) {
    gst_audio_format_info_fill_silence (info->finfo, map.data, map.size);
    gst_buffer_unmap (silent, &map);
  }
  return silent;
}

/* One line of black in the format that pack_func takes: (A)YUV or (A)RGB, 8 or 16 bits a component. */
static gpointer
black_line (const GstVideoFormatInfo *format, guint width)
{
  gboolean wide = GST_VIDEO_FORMAT_INFO_BITS (gst_video_format_get_info (format->unpack_format)) > 8;
  gboolean yuv = GST_VIDEO_FORMAT_INFO_IS_YUV (gst_video_format_get_info (format->unpack_format));
  const guint8 pixel[4] = {0xff, yuv ? 16 : 0, yuv ? 128 : 0, yuv ? 128 : 0};
  guint8 *line = g_malloc ((gsize) width * (wide ? 8 : 4));

  for (gsize i = 0; i < (gsize) width * 4; i++) {
    if (wide)
      ((guint16 *) line)[i] = pixel[i % 4] << 8;
    else
      line[i] = pixel[i % 4];
  }
  return line;
}

static GstBuffer *
black_video (GstBuffer *buffer, GstVideoInfo *info)
{
  const GstVideoFormatInfo *format = info->finfo;
  GstBuffer *black = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);
  g_autofree gpointer line = black_line (format, GST_VIDEO_INFO_WIDTH (info));
  GstVideoFrame frame;

  gst_buffer_copy_into (black, buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  if (!gst_video_frame_map (&frame, info, black, GST_MAP_WRITE)) {
    gst_buffer_unref (black);
    return NULL;
  }
  for (gint y = 0; y < GST_VIDEO_INFO_HEIGHT (info); y += MAX (format->pack_lines, 1))
    format->pack_func (format, GST_VIDEO_PACK_FLAG_NONE, line, 0, frame.data, info->stride,
        GST_VIDEO_CHROMA_SITE_UNKNOWN, y, GST_VIDEO_INFO_WIDTH (info));
  gst_video_frame_unmap (&frame);
  return black;
}

GstBuffer *
gst_call_mute_buffer (GstBuffer *buffer, GstCaps *caps)
{
  const char *name = caps != NULL ? gst_structure_get_name (gst_caps_get_structure (caps, 0)) : NULL;
  GstAudioInfo audio;
  GstVideoInfo video;

  if (g_strcmp0 (name, "audio/x-raw") == 0 && gst_audio_info_from_caps (&audio, caps))
    return silent_audio (buffer, &audio);
  if (g_strcmp0 (name, "video/x-raw") == 0 && gst_video_info_from_caps (&video, caps) && video.finfo->pack_func != NULL)
    return black_video (buffer, &video);
  return NULL;
}
