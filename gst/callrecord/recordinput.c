/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/callrecord/recordinput.h"

#include <math.h>

#include "gst/callrecord/recordwriter.h"
#include "gst/core/opuspacket.h"

GST_DEBUG_CATEGORY_EXTERN (callrecord_debug);
#define GST_CAT_DEFAULT callrecord_debug

#define FULL_SCALE 32768.0

struct RecordInput
{
  GstBin *bin;
  GstPad *ghost;
  GstElement *writer;
  GstPad *writer_pad;
  GstElement *chain; /* NULL: the pad goes straight to the writer */
  GQuark media;      /* name of the caps that it was made for; 0: not yet */
  gulong watch;      /* a probe of writer_pad; 0: none */
};

/* The chain for each kind of caps; "" for none. ${...} is filled in by make_chain(). */
#define OPUS "audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=[1,2] ! opusenc name=encoder"
/* Live: the encoder takes what time there is, and a keyframe comes at least every 4 s, so that players can seek. */
#define VP8                                                                                                            \
  "videoconvert ! vp8enc name=encoder deadline=1 cpu-used=8 threads=2 end-usage=cbr keyframe-max-dist=120 "            \
  "buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600 resize-allowed=false"
#define H264_FORMAT "h264parse config-interval=-1 ! capsfilter caps=video/x-h264,stream-format=avc,alignment=au"
#define X264                                                                                                           \
  "videoconvert ! video/x-raw,format=I420 ! x264enc name=encoder tune=zerolatency speed-preset=veryfast "              \
  "key-int-max=120 bframes=0 ! " H264_FORMAT
#define OPENH264                                                                                                       \
  "videoconvert ! video/x-raw,format=I420 ! openh264enc name=encoder complexity=low gop-size=120 ! " H264_FORMAT

static gboolean
have_element (const char *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

static const char *
find_description (const char *media, const RecordInputSettings *settings)
{
  if (g_str_equal (media, "audio/x-raw"))
    return OPUS;
  if (g_str_equal (media, "video/x-h264"))
    return H264_FORMAT;
  if (!g_str_equal (media, "video/x-raw"))
    return "";
  if (settings->h264 && have_element ("x264enc"))
    return X264;
  return settings->h264 && have_element ("openh264enc") ? OPENH264 : VP8;
}

static void
set_keyframes (GstElement *encoder, guint distance)
{
  static const char *const names[] = {"keyframe-max-dist", "key-int-max", "gop-size"};

  for (guint i = 0; distance > 0 && i < G_N_ELEMENTS (names); i++)
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), names[i]) != NULL)
      g_object_set (encoder, names[i], distance, NULL);
}

static void
set_encoder (GstElement *chain, const RecordInputSettings *settings)
{
  g_autoptr (GstElement) encoder = gst_bin_get_by_name (GST_BIN (chain), "encoder");
  GObjectClass *encoder_class = encoder != NULL ? G_OBJECT_GET_CLASS (encoder) : NULL;
  g_autofree char *factory = NULL;

  if (encoder == NULL)
    return;
  set_keyframes (encoder, settings->keyframe_distance);
  factory = g_strdup (GST_OBJECT_NAME (gst_element_get_factory (encoder)));
  if (g_str_equal (factory, "opusenc"))
    g_object_set (encoder, "bitrate", (gint) settings->audio_bitrate, NULL);
  else if (g_object_class_find_property (encoder_class, "target-bitrate") != NULL)
    g_object_set (encoder, "target-bitrate", (gint) settings->video_bitrate, NULL);
  else if (g_str_equal (factory, "x264enc"))
    g_object_set (encoder, "bitrate", settings->video_bitrate / 1000, NULL); /* kbit/s */
  else
    g_object_set (encoder, "bitrate", settings->video_bitrate, NULL);
}

/* ---- how loud sound is ---- */

typedef struct
{
  GstElement *writer;
  gboolean encoded;
  double idle_power; /* of a sample, 0..1 */
} Watch;

static gboolean
has_power (const Watch *watch, GstBuffer *buffer)
{
  GstMapInfo map;
  double power = 0;
  gsize count;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return FALSE;
  count = map.size / sizeof (gint16);
  for (gsize i = 0; i < count; i++) {
    double sample = ((const gint16 *) map.data)[i] / FULL_SCALE;
    power += sample * sample;
  }
  gst_buffer_unmap (buffer, &map);
  return count > 0 && power / count > watch->idle_power;
}

/* Nothing is decoded to be measured: a packet is sound, unless its sender says that there is none. */
static gboolean
is_loud (const Watch *watch, GstBuffer *buffer)
{
  return watch->encoded ? !opus_packet_is_silent (NULL, gst_buffer_get_size (buffer)) : has_power (watch, buffer);
}

static GstPadProbeReturn
on_sound (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  const Watch *watch = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  g_autoptr (GstEvent) event = NULL;
  const GstSegment *segment;
  GstClockTime time;

  if (!GST_BUFFER_PTS_IS_VALID (buffer) || !is_loud (watch, buffer))
    return GST_PAD_PROBE_OK;
  event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  if (event == NULL)
    return GST_PAD_PROBE_OK;
  gst_event_parse_segment (event, &segment);
  time = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (GST_CLOCK_TIME_IS_VALID (time))
    gst_call_record_writer_note_sound (watch->writer, time);
  return GST_PAD_PROBE_OK;
}

static gulong
watch_pad (GstPad *pad, GstElement *writer, gboolean encoded, const RecordInputSettings *settings)
{
  Watch *watch = g_new (Watch, 1);

  *watch = (Watch){.writer = writer, .encoded = encoded, .idle_power = pow (10, settings->idle_level / 10)};
  return gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_sound, watch, g_free);
}

/* ---- public ---- */

void
record_input_watch_encoder (GstElement *chain, GstElement *writer, const RecordInputSettings *settings)
{
  g_autoptr (GstElement) encoder = gst_bin_get_by_name (GST_BIN (chain), "encoder");
  g_autoptr (GstPad) pad = NULL;

  if (settings->idle_level <= RECORD_INPUT_LEVEL_OFF)
    return;
  pad = gst_element_get_static_pad (encoder, "sink");
  watch_pad (pad, writer, FALSE, settings);
}

GstElement *
record_input_make_encoder (GstBin *bin, const char *media, const RecordInputSettings *settings)
{
  g_autoptr (GError) error = NULL;
  GstElement *chain = gst_parse_bin_from_description_full (
      find_description (media, settings), TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);

  if (chain == NULL)
    GST_ELEMENT_ERROR (bin, CORE, MISSING_PLUGIN, ("An encoder for the recording is missing: %s.", error->message),
        ("Install gstreamer1.0-plugins-base, -good and, for H.264, -bad and -ugly."));
  else
    set_encoder (chain, settings);
  return chain;
}

RecordInput *
record_input_new (GstBin *bin, GstPad *ghost, GstElement *writer, GstPad *writer_pad)
{
  RecordInput *self = g_new0 (RecordInput, 1);

  self->bin = bin;
  self->ghost = ghost;
  self->writer = writer;
  self->writer_pad = writer_pad;
  return self;
}

static gboolean
make_chain (RecordInput *self, const char *media, const RecordInputSettings *settings)
{
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstPad) src = NULL;

  self->chain = record_input_make_encoder (self->bin, media, settings);
  if (self->chain == NULL)
    return FALSE;
  gst_bin_add (self->bin, self->chain);
  sink = gst_element_get_static_pad (self->chain, "sink");
  src = gst_element_get_static_pad (self->chain, "src");
  if (gst_pad_link (src, self->writer_pad) != GST_PAD_LINK_OK)
    return FALSE;
  gst_element_sync_state_with_parent (self->chain);
  return gst_ghost_pad_set_target (GST_GHOST_PAD (self->ghost), sink);
}

gboolean
record_input_configure (RecordInput *self, GstCaps *caps, const RecordInputSettings *settings)
{
  const char *media = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  const char *description;

  if (self->media != 0)
    return self->media == g_quark_from_string (media); /* raw may become larger, but not encoded */
  description = find_description (media, settings);
  self->media = g_quark_from_string (media);
  if (settings->idle_level > RECORD_INPUT_LEVEL_OFF && g_str_equal (media, "audio/x-opus"))
    self->watch = watch_pad (self->writer_pad, self->writer, TRUE, settings);
  if (description[0] == '\0')
    return gst_ghost_pad_set_target (GST_GHOST_PAD (self->ghost), self->writer_pad);
  if (!make_chain (self, media, settings))
    return FALSE;
  if (g_str_equal (media, "audio/x-raw"))
    record_input_watch_encoder (self->chain, self->writer, settings);
  return TRUE;
}

void
record_input_remove_element (GstBin *bin, GstElement *element)
{
  gst_element_set_locked_state (element, TRUE);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_bin_remove (bin, element);
}

void
record_input_reset (RecordInput *self)
{
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->ghost), NULL);
  if (self->chain != NULL)
    record_input_remove_element (self->bin, g_steal_pointer (&self->chain));
  if (self->watch != 0)
    gst_pad_remove_probe (self->writer_pad, self->watch);
  self->watch = 0;
  self->media = 0;
}

void
record_input_free (RecordInput *self)
{
  record_input_reset (self);
  gst_element_release_request_pad (self->writer, self->writer_pad);
  g_free (self);
}
