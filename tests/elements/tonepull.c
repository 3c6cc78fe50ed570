/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tonepull.h"

#include <string.h>

#define TIMEOUT (60 * GST_SECOND)

typedef struct
{
  const TonePull *pull;
  double *samples;
  gsize got;
  GstElement *pipeline;
  guint64 next; /* the sample that the next buffer begins with */
} Collector;

typedef struct
{
  char format[8];
  gint width, channels, rate;
  gboolean planar;
} Shape;

static Shape
shape_of (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  Shape shape = {0};

  g_strlcpy (shape.format, gst_structure_get_string (structure, "format"), sizeof shape.format);
  shape.width = shape.format[1] == '1' ? 2 : shape.format[1] == '3' ? 4 : 8;
  shape.planar = g_strcmp0 (gst_structure_get_string (structure, "layout"), "non-interleaved") == 0;
  gst_structure_get_int (structure, "channels", &shape.channels);
  gst_structure_get_int (structure, "rate", &shape.rate);
  return shape;
}

static double
sample_of (const Shape *shape, const guint8 *at)
{
  if (g_str_has_prefix (shape->format, "S16"))
    return *(const gint16 *) at / 32768.0;
  if (g_str_has_prefix (shape->format, "S32"))
    return *(const gint32 *) at / 2147483648.0;
  return g_str_has_prefix (shape->format, "F32") ? *(const gfloat *) at : *(const gdouble *) at;
}

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Collector *self = user_data;
  guint64 end = self->pull->from + self->pull->n, start;
  Shape shape = shape_of (pad);
  gsize frame = (gsize) (shape.width * shape.channels), n = gst_buffer_get_size (buffer) / frame;
  GstMapInfo map;

  start = gst_util_uint64_scale_round (GST_BUFFER_PTS (buffer), (guint64) shape.rate, GST_SECOND);
  if (start + n <= self->pull->from || start >= end || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  for (gsize i = 0; i < n; i++) {
    if (start + i < self->pull->from || start + i >= end)
      continue;
    self->samples[start + i - self->pull->from] =
        sample_of (&shape, map.data + i * (shape.planar ? (gsize) shape.width : frame));
    self->got++;
  }
  gst_buffer_unmap (buffer, &map);
  if (start + n >= end)
    gst_element_post_message (
        self->pipeline, gst_message_new_application (GST_OBJECT (self->pipeline), gst_structure_new_empty ("enough")));
}

static void
set_state (GstElement *element, GstState state)
{
  GstStateChangeReturn ret = gst_element_set_state (element, state);

  if (ret == GST_STATE_CHANGE_ASYNC)
    ret = gst_element_get_state (element, NULL, NULL, TIMEOUT);
  g_assert_cmpint (ret, ==, GST_STATE_CHANGE_SUCCESS);
}

double *
tone_pull (const TonePull *pull, gsize *got)
{
  g_autofree char *line =
      g_strdup_printf ("%s ! %s ! fakesink name=sink signal-handoffs=true", pull->launch, pull->caps);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  Collector self = {.pull = pull, .samples = g_new0 (double, pull->n), .pipeline = pipeline};

  if (pull->seek > 0) {
    set_state (pipeline, GST_STATE_PAUSED);
    g_assert_true (
        gst_element_seek_simple (pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE, pull->seek));
    g_assert_cmpint (gst_element_get_state (pipeline, NULL, NULL, TIMEOUT), ==, GST_STATE_CHANGE_SUCCESS);
  }
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), &self);
  set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_APPLICATION);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
  set_state (pipeline, GST_STATE_NULL);
  *got = self.got;
  return self.samples;
}
