/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/callrecord/recordformat.h"

#include <string.h>

#define OPUS_HEAD_MIN 19
/* Of an encoder that is not asked: libopus looks 6.5 ms ahead, and so did that of a browser. */
#define OPUS_PRE_SKIP 312

static gboolean
take_opus_head (const GstStructure *structure, RecordTrack *format, guint *pre_skip)
{
  const GValue *headers = gst_structure_get_value (structure, "streamheader");
  GstBuffer *head;
  guint8 bytes[OPUS_HEAD_MIN];

  if (headers == NULL || !GST_VALUE_HOLDS_ARRAY (headers) || gst_value_array_get_size (headers) == 0)
    return FALSE;
  head = gst_value_get_buffer (gst_value_array_get_value (headers, 0));
  if (head == NULL || gst_buffer_extract (head, 0, bytes, sizeof bytes) != sizeof bytes
      || memcmp (bytes, "OpusHead", 8) != 0)
    return FALSE;
  format->channels = bytes[9];
  *pre_skip = bytes[10] | bytes[11] << 8;
  return TRUE;
}

static gboolean
take_sound_caps (const GstStructure *structure, RecordTrack *format)
{
  guint pre_skip = OPUS_PRE_SKIP;
  gint channels = 2;

  gst_structure_get_int (structure, "channels", &channels);
  format->channels = channels;
  take_opus_head (structure, format, &pre_skip);
  if (format->channels < 1 || format->channels > 2)
    return FALSE;
  format->codec = RECORD_CODEC_OPUS;
  format->codec_delay = gst_util_uint64_scale (pre_skip, GST_SECOND, 48000);
  format->private_data = record_opus_head (format->channels, pre_skip);
  return TRUE;
}

static gboolean
take_picture_caps (const GstStructure *structure, RecordTrack *format)
{
  const GValue *codec_data = gst_structure_get_value (structure, "codec_data");
  GstBuffer *buffer = codec_data != NULL ? gst_value_get_buffer (codec_data) : NULL;
  gint width = 0, height = 0;
  GstMapInfo map;

  if (gst_structure_has_name (structure, "video/x-h264"))
    format->codec = RECORD_CODEC_H264;
  else
    format->codec = gst_structure_has_name (structure, "video/x-vp9") ? RECORD_CODEC_VP9 : RECORD_CODEC_VP8;
  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  format->width = width;
  format->height = height;
  if (format->codec == RECORD_CODEC_H264 && buffer == NULL)
    return FALSE;
  if (buffer != NULL && format->codec == RECORD_CODEC_H264 && gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    format->private_data = g_bytes_new (map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  return TRUE;
}

gboolean
record_format_from_caps (const GstCaps *caps, gboolean video, RecordTrack *format)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  return video ? take_picture_caps (structure, format) : take_sound_caps (structure, format);
}
