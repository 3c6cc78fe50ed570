/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A chain is built from a line of gst-launch text: the table then reads like what one would type, and a codec more
 * is a row more. Real-time settings: no look-ahead, constant bitrate with a rate buffer of about half a second, a
 * keyframe when asked for and otherwise every ten seconds. */

#include "gst/call/callcodec.h"

#include <stdlib.h>
#include <string.h>

#define KEY_UNIT_INTERVAL " min-force-key-unit-interval=300000000 qos=false "
#define VPX_REALTIME                                                                                                   \
  "deadline=1 lag-in-frames=0 end-usage=cbr error-resilient=default keyframe-max-dist=300 undershoot=95 "              \
  "buffer-initial-size=300 buffer-optimal-size=400 buffer-size=600" KEY_UNIT_INTERVAL

static const CallCodec codecs[] = {
    {
        .name = "opus",
        .media = GST_CALL_MEDIA_AUDIO,
        .encoding_name = "OPUS",
        .clock_rate = 48000,
        .rtp_fields = "encoding-params=(string)2",
        .encoded_type = "audio/x-opus",
        .payloader = "rtpopuspay",
        .depayloader = "rtpopusdepay",
        .bitrate = 64000,
        .encoders = {{"opusenc", "gstreamer1.0-plugins-base", ""}},
        .decoders = {{"opusdec", "gstreamer1.0-plugins-base", "plc=true"}},
    },
    {
        .name = "vp8",
        .media = GST_CALL_MEDIA_VIDEO,
        .encoding_name = "VP8",
        .clock_rate = 90000,
        .encoded_type = "video/x-vp8",
        .payloader = "rtpvp8pay picture-id-mode=15-bit",
        .depayloader = "rtpvp8depay request-keyframe=true wait-for-keyframe=true",
        .bitrate = 1500000,
        .encoders = {{"vp8enc", "gstreamer1.0-plugins-good", "cpu-used=8 " VPX_REALTIME}},
        .decoders = {{"vp8dec", "gstreamer1.0-plugins-good", "max-errors=-1 qos=false"}},
    },
    {
        .name = "vp9",
        .media = GST_CALL_MEDIA_VIDEO,
        .encoding_name = "VP9",
        .clock_rate = 90000,
        .encoded_type = "video/x-vp9",
        .payloader = "rtpvp9pay picture-id-mode=15-bit",
        .depayloader = "rtpvp9depay request-keyframe=true wait-for-keyframe=true",
        .bitrate = 1200000,
        .encoders = {{"vp9enc", "gstreamer1.0-plugins-good", "cpu-used=8 row-mt=true tile-columns=2 " VPX_REALTIME}},
        .decoders = {{"vp9dec", "gstreamer1.0-plugins-good", "max-errors=-1 qos=false"}},
    },
    {
        .name = "h264",
        .media = GST_CALL_MEDIA_VIDEO,
        .encoding_name = "H264",
        .clock_rate = 90000,
        .rtp_fields =
            "packetization-mode=(string)1, profile-level-id=(string)42e01f, level-asymmetry-allowed=(string)1",
        .encoded_type = "video/x-h264",
        .parser = "h264parse",
        .form = "capsfilter caps=video/x-h264,stream-format=avc,alignment=au",
        .payloader = "rtph264pay config-interval=-1 aggregate-mode=zero-latency",
        .depayloader = "rtph264depay request-keyframe=true wait-for-keyframe=true",
        .bitrate = 1500000,
        .encoders = {{"x264enc", "gstreamer1.0-plugins-ugly",
                         "tune=zerolatency speed-preset=veryfast key-int-max=300 vbv-buf-capacity=600" KEY_UNIT_INTERVAL
                         "! video/x-h264,profile=constrained-baseline"},
            {"openh264enc", "gstreamer1.0-plugins-bad",
                "rate-control=bitrate complexity=low gop-size=300" KEY_UNIT_INTERVAL
                "! video/x-h264,profile=constrained-baseline"}},
        .decoders = {{"avdec_h264", "gstreamer1.0-libav", "max-errors=-1 qos=false thread-type=slice"},
            {"openh264dec", "gstreamer1.0-plugins-bad", "max-errors=-1 qos=false"}},
    },
};

/* How an encoder is told its bitrate: the property and what one of its units is worth. */
static const struct
{
  const char *factory;
  const char *property;
  guint unit;
} bitrate_properties[] = {
    {"opusenc", "bitrate", 1},
    {"vp8enc", "target-bitrate", 1},
    {"vp9enc", "target-bitrate", 1},
    {"x264enc", "bitrate", 1000},
    {"openh264enc", "bitrate", 1},
};

const CallCodec *
call_codec_by_name (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (codecs); i++) {
    if (g_ascii_strcasecmp (codecs[i].name, name) == 0)
      return &codecs[i];
  }
  return NULL;
}

const CallCodec *
call_codec_nth (GstCallMedia media, guint n)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (codecs[i].media == media && n-- == 0)
      return &codecs[i];
  }
  return NULL;
}

static const CallCodec *
find_codec (GstCallMedia media, const char *encoded_type, const char *encoding_name)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    const CallCodec *codec = &codecs[i];
    if (codec->media == media && (encoded_type == NULL || strcmp (codec->encoded_type, encoded_type) == 0)
        && (encoding_name == NULL || g_ascii_strcasecmp (codec->encoding_name, encoding_name) == 0))
      return codec;
  }
  return NULL;
}

gboolean
call_codec_from_caps (
    const GstCaps *caps, GstCallMedia media, CallCodecForm *form, const CallCodec **codec, GError **error)
{
  const char *raw = media == GST_CALL_MEDIA_AUDIO ? "audio/x-raw" : "video/x-raw";
  const GstStructure *structure =
      caps != NULL && gst_caps_get_size (caps) > 0 ? gst_caps_get_structure (caps, 0) : NULL;
  const char *encoding_name;

  *codec = NULL;
  *form = CALL_CODEC_RAW;
  if (structure == NULL || gst_structure_has_name (structure, raw))
    return TRUE;
  encoding_name = gst_structure_get_string (structure, "encoding-name");
  *form = gst_structure_has_name (structure, "application/x-rtp") ? CALL_CODEC_RTP : CALL_CODEC_ENCODED;
  if (*form == CALL_CODEC_ENCODED)
    *codec = find_codec (media, gst_structure_get_name (structure), NULL);
  else if (encoding_name != NULL)
    *codec = find_codec (media, NULL, encoding_name);
  if (*codec == NULL)
    g_set_error (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA, "a call cannot carry %s%s%s",
        gst_structure_get_name (structure), encoding_name ? " with encoding-name " : "",
        encoding_name ? encoding_name : "");
  return *codec != NULL;
}

/* @text begins with an element's name. */
static gboolean
is_installed (const char *text)
{
  g_autofree char *name = g_strndup (text, strcspn (text, " "));
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

static const CallCodecElement *
find_element (const CallCodecElement *elements)
{
  for (guint i = 0; i < CALL_CODEC_MAX_ELEMENTS && elements[i].factory != NULL; i++) {
    if (is_installed (elements[i].factory))
      return &elements[i];
  }
  return NULL;
}

static gboolean
set_missing (const char *text, const char *package, const char *what, GError **error)
{
  g_autofree char *name = g_strndup (text, strcspn (text, " "));

  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
      "element \"%s\" is missing, which %s needs (Debian package %s)", name, what, package);
  return FALSE;
}

static gboolean
check_elements (
    const CallCodec *codec, const char *rtp_element, const CallCodecElement *elements, gboolean parser, GError **error)
{
  if (!is_installed (rtp_element))
    return set_missing (rtp_element, "gstreamer1.0-plugins-good", codec->name, error);
  if (elements != NULL && find_element (elements) == NULL)
    return set_missing (elements[0].factory, elements[0].package, codec->name, error);
  if (parser && codec->parser != NULL && !is_installed (codec->parser))
    return set_missing (codec->parser, "gstreamer1.0-plugins-bad", codec->name, error);
  return TRUE;
}

gboolean
call_codec_can_send (const CallCodec *codec, CallCodecForm form, GError **error)
{
  if (form == CALL_CODEC_RTP && !is_installed (codec->depayloader))
    return set_missing (codec->depayloader, "gstreamer1.0-plugins-good", codec->name, error);
  return check_elements (
      codec, codec->payloader, form == CALL_CODEC_RAW ? codec->encoders : NULL, form != CALL_CODEC_RTP, error);
}

gboolean
call_codec_can_receive (const CallCodec *codec, GstCallOutput output, GError **error)
{
  if (output == GST_CALL_OUTPUT_RTP)
    return TRUE;
  return check_elements (
      codec, codec->depayloader, output == GST_CALL_OUTPUT_RAW ? codec->decoders : NULL, TRUE, error);
}

void
call_codec_set_bitrate (GstElement *sender, guint bitrate)
{
  g_autoptr (GstElement) encoder = gst_bin_get_by_name (GST_BIN (sender), "encoder");
  const char *factory;

  if (encoder == NULL || bitrate == 0)
    return;
  factory = GST_OBJECT_NAME (gst_element_get_factory (encoder));
  for (guint i = 0; i < G_N_ELEMENTS (bitrate_properties); i++) {
    if (strcmp (factory, bitrate_properties[i].factory) == 0)
      g_object_set (encoder, bitrate_properties[i].property, (int) MAX (bitrate / bitrate_properties[i].unit, 1), NULL);
  }
}

/* libvpx's threads spin for each other within a frame: with as many threads as cores, two encoders of one machine hold
 * each other up for whole scheduler slices (55 ms a frame of 320x240 instead of 2, on two cores). */
static void
set_threads (GstElement *bin, const char *name)
{
  g_autoptr (GstElement) coder = gst_bin_get_by_name (GST_BIN (bin), name);
  const char *factory = coder ? GST_OBJECT_NAME (gst_element_get_factory (coder)) : "";

  if (g_str_has_prefix (factory, "vp"))
    g_object_set (coder, "threads", (int) CLAMP (g_get_num_processors () / 2, 1, 4), NULL);
}

static GstElement *
make_bin (const char *line, GError **error)
{
  GstElement *bin;

  bin = gst_parse_bin_from_description_full (line, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  return bin ? gst_object_ref_sink (bin) : NULL;
}

static char *
encoder_line (const CallCodec *codec)
{
  const CallCodecElement *encoder = find_element (codec->encoders);
  /* name= must stand with the encoder, before what its settings put behind it */
  return g_strdup_printf ("%s ! %s name=encoder %s%s%s",
      codec->media == GST_CALL_MEDIA_AUDIO ? "audioconvert ! audioresample ! audio/x-raw,channels=[1,2]"
                                           : "videoconvert",
      encoder->factory, encoder->settings, codec->parser ? " ! " : "", codec->parser ? codec->parser : "");
}

GstElement *
call_codec_make_sender (const CallCodec *codec, CallCodecForm form, guint bitrate, GError **error)
{
  g_autofree char *head = NULL;
  g_autofree char *line = NULL;
  GstElement *bin;

  if (!call_codec_can_send (codec, form, error))
    return NULL;
  if (form == CALL_CODEC_RAW)
    head = encoder_line (codec);
  else if (form == CALL_CODEC_RTP)
    head = g_strdup (codec->depayloader);
  else
    head = g_strdup (codec->parser);
  line = g_strdup_printf ("%s%s%s name=payloader", head ? head : "", head ? " ! " : "", codec->payloader);
  bin = make_bin (line, error);
  if (bin == NULL || form != CALL_CODEC_RAW)
    return bin;
  call_codec_set_bitrate (bin, bitrate != 0 ? bitrate : codec->bitrate);
  set_threads (bin, "encoder");
  return bin;
}

GstElement *
call_codec_make_receiver (const CallCodec *codec, GstCallOutput output, GError **error)
{
  g_autofree char *line = NULL;
  GstElement *bin;

  if (!call_codec_can_receive (codec, output, error))
    return NULL;
  if (output == GST_CALL_OUTPUT_RTP) {
    line = g_strdup ("identity name=depayloader silent=true");
  } else if (output == GST_CALL_OUTPUT_ENCODED) {
    line = g_strdup_printf ("%s name=depayloader%s%s%s%s", codec->depayloader, codec->parser ? " ! " : "",
        codec->parser ? codec->parser : "", codec->form ? " ! " : "", codec->form ? codec->form : "");
  } else {
    const CallCodecElement *decoder = find_element (codec->decoders);
    line = g_strdup_printf ("%s name=depayloader%s%s ! %s name=decoder %s", codec->depayloader,
        codec->parser ? " ! " : "", codec->parser ? codec->parser : "", decoder->factory, decoder->settings);
  }
  bin = make_bin (line, error);
  if (bin != NULL)
    set_threads (bin, "decoder");
  return bin;
}

static GstStructure *
rtp_structure (const CallCodec *codec, int payload, guint32 ssrc)
{
  GstStructure *structure = gst_structure_new ("application/x-rtp", "media", G_TYPE_STRING,
      codec->media == GST_CALL_MEDIA_AUDIO ? "audio" : "video", "payload", G_TYPE_INT, payload, "clock-rate",
      G_TYPE_INT, codec->clock_rate, "encoding-name", G_TYPE_STRING, codec->encoding_name, NULL);

  if (ssrc != 0)
    gst_structure_set (structure, "ssrc", G_TYPE_UINT, ssrc, NULL);
  return structure;
}

GstCaps *
call_codec_offer_caps (const CallCodec *codec, int payload, guint32 ssrc)
{
  GstStructure *structure = rtp_structure (codec, payload, ssrc);

  if (codec->rtp_fields != NULL) {
    g_autofree char *text = g_strdup_printf ("fields, %s", codec->rtp_fields);
    g_autoptr (GstStructure) fields = gst_structure_from_string (text, NULL);
    for (int i = 0; i < gst_structure_n_fields (fields); i++) {
      const char *name = gst_structure_nth_field_name (fields, i);
      gst_structure_set_value (structure, name, gst_structure_get_value (fields, name));
    }
  }
  return gst_caps_new_full (structure, NULL);
}

/* H.264 comes in several shapes: ours are fragments (packetization-mode 1) and (constrained) baseline, 42xxxx. */
static gboolean
format_fits (const CallCodec *codec, const GstStructure *format)
{
  const char *name = gst_structure_get_string (format, "encoding-name");
  const char *mode = gst_structure_get_string (format, "packetization-mode");
  const char *profile = gst_structure_get_string (format, "profile-level-id");

  if (name == NULL || g_ascii_strcasecmp (name, codec->encoding_name) != 0)
    return FALSE;
  if (strcmp (codec->name, "h264") == 0)
    return g_strcmp0 (mode, "1") == 0 && (profile == NULL || g_str_has_prefix (profile, "42"));
  if (strcmp (codec->name, "vp9") == 0) {
    const char *id = gst_structure_get_string (format, "profile-id");
    return id == NULL || strcmp (id, "0") == 0;
  }
  return TRUE;
}

GstCaps *
call_codec_answer_caps (const CallCodec *codec, const GstSDPMedia *media, guint32 ssrc)
{
  static const char *const kept[] = {"encoding-params", "packetization-mode", "profile-level-id", "profile-id"};

  for (guint i = 0; i < gst_sdp_media_formats_len (media); i++) {
    int payload = atoi (gst_sdp_media_get_format (media, i));
    g_autoptr (GstCaps) caps = gst_sdp_media_get_caps_from_media (media, payload);
    const GstStructure *format = caps ? gst_caps_get_structure (caps, 0) : NULL;
    GstStructure *structure;
    if (format == NULL || !format_fits (codec, format))
      continue;
    structure = rtp_structure (codec, payload, ssrc);
    for (guint k = 0; k < G_N_ELEMENTS (kept); k++) {
      if (gst_structure_has_field (format, kept[k]))
        gst_structure_set_value (structure, kept[k], gst_structure_get_value (format, kept[k]));
    }
    return gst_caps_new_full (structure, NULL);
  }
  return NULL;
}
