/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "elements.h"

#include "runner.h"

/* Which Debian package has an element, by the beginning of its name; the first match counts. */
static const struct
{
  const char *prefix;
  const char *package;
} packages[] = {
    {"callquality", "GstCall's plugin callquality"},
    {"callrecord", "GstCall's plugin callrecord"},
    {"call", "GstCall's plugin call: is GST_PLUGIN_PATH set?"},
    {"ringtone", "GstCall's plugin ringtone"},
    {"nice", "gstreamer1.0-nice"},
    {"alsa", "gstreamer1.0-alsa"},
    {"dtmfdetect", "gstreamer1.0-plugins-bad"},
    {"dtmf", "gstreamer1.0-plugins-good"},
    {"av", "gstreamer1.0-libav"},
    {"x264", "gstreamer1.0-plugins-ugly"},
    {"webrtc", "gstreamer1.0-plugins-bad"},
    {"dtls", "gstreamer1.0-plugins-bad"},
    {"srtp", "gstreamer1.0-plugins-bad"},
    {"openh264", "gstreamer1.0-plugins-bad"},
    {"opus", "gstreamer1.0-plugins-base"},
    {"level", "gstreamer1.0-plugins-good"},
    {"multifile", "gstreamer1.0-plugins-good"},
    {"audio", "gstreamer1.0-plugins-base"},
    {"compositor", "gstreamer1.0-plugins-base"},
    {"volume", "gstreamer1.0-plugins-base"},
    {"video", "gstreamer1.0-plugins-base"},
    {"decodebin", "gstreamer1.0-plugins-base"},
    {"uridecodebin", "gstreamer1.0-plugins-base"},
    {"tcp", "gstreamer1.0-plugins-base"},
    {"vp", "gstreamer1.0-plugins-good"},
    {"flv", "gstreamer1.0-plugins-good"},
    {"aacparse", "gstreamer1.0-plugins-good"},
    {"ximagesrc", "gstreamer1.0-plugins-good"},
    {"hlssink", "gstreamer1.0-plugins-bad"},
    {"mpegts", "gstreamer1.0-plugins-bad"},
    {"rtmp", "gstreamer1.0-plugins-bad"},
    {"h264parse", "gstreamer1.0-plugins-bad"},
    {"wavescope", "gstreamer1.0-plugins-bad"},
    {"rtp", "gstreamer1.0-plugins-good"},
    {"wav", "gstreamer1.0-plugins-good"},
    {"matroska", "gstreamer1.0-plugins-good"},
};

static char *
missing_text (const char *element)
{
  for (guint i = 0; i < G_N_ELEMENTS (packages); i++) {
    if (g_str_has_prefix (element, packages[i].prefix))
      return g_strdup_printf ("%s (%s)", element, packages[i].package);
  }
  return g_strdup (element);
}

GPtrArray *
elements_missing (const Recipe *recipe)
{
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < recipe->needs->len; i++) {
    const char *element = g_ptr_array_index (recipe->needs, i);
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);
    if (factory == NULL)
      g_ptr_array_add (missing, g_strdup (element));
  }
  return missing;
}

/* A line of one element is no pipeline yet. (transfer full) */
static GstElement *
in_pipeline (GstElement *element)
{
  GstElement *pipeline;

  if (GST_IS_PIPELINE (element))
    return gst_object_ref_sink (element);
  pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_bin_add (GST_BIN (pipeline), element);
  return pipeline;
}

GstElement *
elements_make_pipeline (const Recipe *recipe, const char *line, int *status)
{
  g_autoptr (GstParseContext) context = gst_parse_context_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) missing = elements_missing (recipe);
  GstElement *pipeline;

  *status = RUNNER_MISSING;
  for (guint i = 0; i < missing->len; i++) {
    g_autofree char *text = missing_text (g_ptr_array_index (missing, i));
    g_printerr ("%s: missing element: %s\n", recipe->name, text);
  }
  if (missing->len > 0)
    return NULL;
  pipeline = gst_parse_launch_full (line, context, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (pipeline != NULL)
    return in_pipeline (pipeline);
  if (g_error_matches (error, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT)) {
    g_auto (GStrv) names = gst_parse_context_get_missing_elements (context);
    g_autofree char *text = names != NULL ? missing_text (names[0]) : g_strdup (error->message);
    g_printerr ("%s: missing element: %s\n", recipe->name, text);
    return NULL;
  }
  g_printerr ("%s: %s\n", recipe->name, error->message);
  *status = RUNNER_FAILED;
  return NULL;
}
