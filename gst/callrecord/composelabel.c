/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Names are drawn by textoverlay, which brings Pango along, but not in the stream: a plate is drawn once and copied
 * into each picture. The element stands between two pads of ours, without a pipeline or a thread: what is pushed in at
 * one end comes out at the other before the push returns. */

#include "composelabel.h"

#include <gst/video/video.h>

#include <string.h>

#define PLATE_LUMA 32
#define LIT_LUMA 96      /* a point of a letter, not of its rim */
#define TEXT_PART 0.62   /* of the height */
#define PADDING_PART 0.3 /* likewise, at the left and at the right */

struct ComposeLabel
{
  GstElement *overlay;
  GstPad *in, *out;
  GstBuffer *drawn; /* what came out last */
  guint height;
};

static GstFlowReturn
take_drawn (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  ComposeLabel *self = gst_pad_get_element_private (pad);

  gst_clear_buffer (&self->drawn);
  self->drawn = buffer;
  return GST_FLOW_OK;
}

static GstPad *
connect_pad (ComposeLabel *self, GstPadDirection direction, const char *peer_name)
{
  g_autoptr (GstPad) peer = gst_element_get_static_pad (self->overlay, peer_name);
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw, format=I420");
  g_autoptr (GstPadTemplate) pad_template =
      gst_object_ref_sink (gst_pad_template_new (peer_name, direction, GST_PAD_ALWAYS, caps));
  GstPad *pad = gst_object_ref_sink (gst_pad_new_from_template (pad_template, peer_name));

  gst_pad_set_element_private (pad, self);
  if (direction == GST_PAD_SINK)
    gst_pad_set_chain_function (pad, take_drawn);
  gst_pad_set_active (pad, TRUE);
  if (direction == GST_PAD_SRC)
    gst_pad_link (pad, peer);
  else
    gst_pad_link (peer, pad);
  return pad;
}

ComposeLabel *
compose_label_new (guint height)
{
  GstElement *overlay = gst_element_factory_make ("textoverlay", NULL);
  g_autofree char *font = g_strdup_printf ("Sans %upx", MAX (6, (guint) (height * TEXT_PART)));
  ComposeLabel *self;

  if (overlay == NULL)
    return NULL;
  self = g_new0 (ComposeLabel, 1);
  self->height = height;
  self->overlay = gst_object_ref_sink (overlay);
  g_object_set (overlay, "auto-resize", FALSE, "font-desc", font, "draw-shadow", FALSE, "draw-outline", FALSE, "xpad",
      (gint) (height * PADDING_PART), "ypad", 0, NULL);
  gst_util_set_object_arg (G_OBJECT (overlay), "halignment", "left");
  gst_util_set_object_arg (G_OBJECT (overlay), "valignment", "center");
  gst_util_set_object_arg (G_OBJECT (overlay), "wrap-mode", "none");
  self->in = connect_pad (self, GST_PAD_SRC, "video_sink");
  self->out = connect_pad (self, GST_PAD_SINK, "src");
  gst_element_set_state (overlay, GST_STATE_PLAYING);
  gst_pad_push_event (self->in, gst_event_new_stream_start ("plates"));
  return self;
}

void
compose_label_free (ComposeLabel *self)
{
  gst_element_set_state (self->overlay, GST_STATE_NULL);
  gst_pad_set_active (self->in, FALSE);
  gst_pad_set_active (self->out, FALSE);
  gst_clear_object (&self->in);
  gst_clear_object (&self->out);
  gst_clear_object (&self->overlay);
  gst_clear_buffer (&self->drawn);
  g_free (self);
}

/* One line; the text is taken as it is, not as markup. */
static char *
make_markup (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_strdelimit (valid, "\r\n\t\v\f", ' ');
  return g_markup_escape_text (valid, -1);
}

static GstBuffer *
make_empty (const GstVideoInfo *info)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);

  gst_buffer_memset (buffer, 0, PLATE_LUMA, GST_VIDEO_INFO_PLANE_OFFSET (info, 1));
  gst_buffer_memset (buffer, GST_VIDEO_INFO_PLANE_OFFSET (info, 1), 128, GST_VIDEO_INFO_SIZE (info));
  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DURATION (buffer) = GST_SECOND;
  return buffer;
}

static void
push_empty (ComposeLabel *self, const GstVideoInfo *info)
{
  g_autoptr (GstCaps) caps = gst_video_info_to_caps ((GstVideoInfo *) info);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->in, gst_event_new_caps (caps));
  gst_pad_push_event (self->in, gst_event_new_segment (&segment));
  gst_pad_push (self->in, make_empty (info));
}

/* The column behind the last one with a letter in it. */
static guint
find_width (const GstVideoFrame *frame)
{
  guint width = 0;

  for (gint y = 0; y < GST_VIDEO_FRAME_HEIGHT (frame); y++) {
    const guint8 *line = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (frame, 0) + y * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
    for (guint x = GST_VIDEO_FRAME_WIDTH (frame); x > width; x--)
      if (line[x - 1] >= LIT_LUMA)
        width = x;
  }
  return width;
}

static void
copy_plate (GstVideoFrame *frame, guint width, guint height, ComposePlate *plate)
{
  gsize size = (gsize) width * height * 3 / 2;
  guint8 *out = g_malloc (size), *at = out;

  for (guint plane = 0; plane < 3; plane++) {
    const guint8 *in = GST_VIDEO_FRAME_PLANE_DATA (frame, plane);
    guint part = plane == 0 ? 1 : 2;
    for (guint y = 0; y < height / part; y++, at += width / part)
      memcpy (at, in + y * GST_VIDEO_FRAME_PLANE_STRIDE (frame, plane), width / part);
  }
  *plate = (ComposePlate){gst_buffer_new_wrapped (out, size), width, height};
}

void
compose_label_draw (ComposeLabel *self, const char *text, guint width, ComposePlate *plate)
{
  g_autofree char *markup = make_markup (text);
  GstVideoInfo info;
  GstVideoFrame frame;
  guint used;

  *plate = (ComposePlate){0};
  if (*markup == '\0' || width < self->height)
    return;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, width, self->height);
  GST_VIDEO_INFO_FPS_N (&info) = 1;
  g_object_set (self->overlay, "text", markup, NULL);
  push_empty (self, &info);
  if (self->drawn == NULL || !gst_video_frame_map (&frame, &info, self->drawn, GST_MAP_READ))
    return;
  used = find_width (&frame);
  if (used > 0)
    copy_plate (&frame, MIN (width, (guint) (used + self->height * PADDING_PART + 1) & ~1u), self->height, plate);
  gst_video_frame_unmap (&frame);
  gst_clear_buffer (&self->drawn);
}
