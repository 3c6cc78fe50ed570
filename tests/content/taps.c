/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "taps.h"

#include <gst/video/video.h>

#include "marks.h"

static void
take_sound (Tap *self, GstBuffer *buffer)
{
  TapBlock block = {GST_BUFFER_PTS (buffer), self->samples->len};
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  g_array_append_val (self->blocks, block);
  g_array_append_vals (self->samples, map.data, map.size / sizeof (float));
  gst_buffer_unmap (buffer, &map);
}

static void
take_picture (Tap *self, GstBuffer *buffer, GstCaps *caps)
{
  TapFrame entry = {GST_BUFFER_PTS (buffer), g_get_monotonic_time (), -1, 0, 0, 0};
  GstVideoFrame frame;
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, caps) || !gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ))
    return;
  entry.number = mark_read (&frame);
  entry.luma = mark_luma (&frame);
  entry.width = GST_VIDEO_INFO_WIDTH (&info);
  entry.height = GST_VIDEO_INFO_HEIGHT (&info);
  gst_video_frame_unmap (&frame);
  g_array_append_val (self->frames, entry);
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Tap *self = user_data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  g_mutex_lock (&self->lock);
  if (gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw"))
    take_picture (self, GST_PAD_PROBE_INFO_BUFFER (info), caps);
  else
    take_sound (self, GST_PAD_PROBE_INFO_BUFFER (info));
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
clear (gpointer data)
{
  Tap *self = data;

  g_mutex_clear (&self->lock);
  g_array_unref (self->samples);
  g_array_unref (self->blocks);
  g_array_unref (self->frames);
}

/* The test holds one reference, the probe the other. */
void
tap_free (Tap *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

Tap *
tap_new (GstElement *pipeline, const char *name)
{
  Tap *self = g_atomic_rc_box_new0 (Tap);
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstPad) pad = NULL;

  g_assert_nonnull (element);
  g_mutex_init (&self->lock);
  self->samples = g_array_new (FALSE, FALSE, sizeof (float));
  self->blocks = g_array_new (FALSE, FALSE, sizeof (TapBlock));
  self->frames = g_array_new (FALSE, FALSE, sizeof (TapFrame));
  pad = gst_element_get_static_pad (element, "sink");
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, g_atomic_rc_box_acquire (self), (GDestroyNotify) tap_free);
  return self;
}

static GArray *
copy (Tap *self, GArray *array)
{
  GArray *result;

  g_mutex_lock (&self->lock);
  result = g_array_copy (array);
  g_mutex_unlock (&self->lock);
  return result;
}

GArray *
tap_copy_samples (Tap *self)
{
  return copy (self, self->samples);
}

GArray *
tap_copy_frames (Tap *self)
{
  return copy (self, self->frames);
}

GArray *
tap_copy_blocks (Tap *self)
{
  return copy (self, self->blocks);
}

void
tap_clear (Tap *self)
{
  g_mutex_lock (&self->lock);
  g_array_set_size (self->samples, 0);
  g_array_set_size (self->blocks, 0);
  g_array_set_size (self->frames, 0);
  g_mutex_unlock (&self->lock);
}
