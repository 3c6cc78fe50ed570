/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "callmeter.h"

#include <string.h>

void
call_meter_settings_init (CallMeterSettings *settings)
{
  *settings = (CallMeterSettings){
      .model = CALL_METER_MODEL_AUTO, .ie = -1, .bpl = -1, .rtt = GST_CLOCK_TIME_NONE, .timeout = 2 * GST_SECOND};
}

void
call_meter_init (CallMeter *meter)
{
  memset (meter, 0, sizeof *meter);
  rtp_window_init (&meter->rtp);
  audio_window_init (&meter->audio);
  frame_window_init (&meter->frames);
  network_quality_init (&meter->network);
}

/* ---- caps ---- */

static void
set_codec (CallMeter *meter, const char *codec)
{
  g_strlcpy (meter->codec, codec != NULL ? codec : "", sizeof meter->codec);
  for (char *c = meter->codec; *c != '\0'; c++)
    *c = g_ascii_toupper (*c);
}

static gboolean
set_rtp_caps (CallMeter *meter, const GstStructure *structure)
{
  gint clock_rate = 0, payload = -1;
  gst_structure_get_int (structure, "clock-rate", &clock_rate);
  gst_structure_get_int (structure, "payload", &payload);
  set_codec (meter, gst_structure_get_string (structure, "encoding-name"));
  meter->video = g_strcmp0 (gst_structure_get_string (structure, "media"), "video") == 0;
  meter->clock_rate = (guint) MAX (clock_rate, 0);
  const RtpStaticPayload *known = payload >= 0 ? rtp_static_payload_find ((guint) payload) : NULL;
  if (known != NULL && meter->clock_rate == 0)
    meter->clock_rate = known->clock_rate;
  if (known != NULL && meter->codec[0] == '\0') {
    set_codec (meter, known->codec);
    meter->video = known->video;
  }
  return TRUE;
}

static gboolean
set_video_size (CallMeter *meter, const GstStructure *structure)
{
  gint width = 0, height = 0;
  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  meter->width = (guint) MAX (width, 0);
  meter->height = (guint) MAX (height, 0);
  meter->video = TRUE;
  return TRUE;
}

static CallMeterKind
kind_of (const GstStructure *structure)
{
  static const struct
  {
    const char *name, *codec;
    CallMeterKind kind;
  } kinds[] = {{"application/x-rtp", NULL, CALL_METER_RTP}, {"audio/x-raw", NULL, CALL_METER_AUDIO},
      {"video/x-raw", NULL, CALL_METER_VIDEO}, {"audio/x-opus", "OPUS", CALL_METER_ENCODED_AUDIO},
      {"video/x-vp8", "VP8", CALL_METER_ENCODED_VIDEO}, {"video/x-vp9", "VP9", CALL_METER_ENCODED_VIDEO},
      {"video/x-h264", "H264", CALL_METER_ENCODED_VIDEO}};
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (gst_structure_has_name (structure, kinds[i].name))
      return kinds[i].kind;
  }
  return CALL_METER_NONE;
}

gboolean
call_meter_set_caps (CallMeter *meter, const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  meter->kind = kind_of (structure);
  meter->video = FALSE;
  switch (meter->kind) {
    case CALL_METER_RTP:
      return set_rtp_caps (meter, structure);
    case CALL_METER_AUDIO:
      return gst_audio_info_from_caps (&meter->audio_info, caps);
    case CALL_METER_VIDEO:
      meter->video = TRUE;
      return gst_video_info_from_caps (&meter->video_info, caps);
    case CALL_METER_ENCODED_AUDIO:
      set_codec (meter, "OPUS");
      return TRUE;
    case CALL_METER_ENCODED_VIDEO:
      set_codec (meter, gst_structure_get_name (structure) + strlen ("video/x-"));
      return set_video_size (meter, structure);
    case CALL_METER_NONE:
    default:
      return FALSE;
  }
}

/* ---- buffers ---- */

/* A frame begins with another timestamp; what belongs to it, or comes late, does not count again. */
static void
follow_frames (CallMeter *meter, const RtpPacket *packet)
{
  if (meter->frame_begun && (gint32) (packet->timestamp - meter->frame_timestamp) <= 0)
    return;
  meter->frame_begun = TRUE;
  meter->frame_timestamp = packet->timestamp;
  frame_window_push (&meter->frames, packet->arrival, 0, 0, -1);
}

static void
push_rtp (CallMeter *meter, GstBuffer *buffer, GstClockTime arrival)
{
  guint8 header[RTP_PACKET_HEADER];
  RtpPacket packet = {
      .arrival = (gint64) arrival, .size = (guint) gst_buffer_get_size (buffer), .clock_rate = meter->clock_rate};
  if (!rtp_packet_parse (&packet, header, gst_buffer_extract (buffer, 0, header, sizeof header))) {
    meter->bad++;
    return;
  }
  rtp_window_push (&meter->rtp, &packet);
  if (meter->video)
    follow_frames (meter, &packet);
}

static void
push_audio (CallMeter *meter, GstBuffer *buffer)
{
  GstMapInfo map;
  AudioBlock block = {.time = GST_BUFFER_PTS_IS_VALID (buffer) ? (gint64) GST_BUFFER_PTS (buffer) : -1,
      .rate = (guint) meter->audio_info.rate,
      .channels = (guint) meter->audio_info.channels};
  if (meter->audio_info.bpf <= 0 || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  block.frames = map.size / (gsize) meter->audio_info.bpf;
  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP))
    call_meter_sum_samples (&meter->audio_info, map.data, map.size, &block);
  gst_buffer_unmap (buffer, &map);
  audio_window_push (&meter->audio, &block);
}

static gint64
time_of (GstBuffer *buffer, GstClockTime arrival)
{
  return (gint64) (GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer) : arrival);
}

static void
push_frame (CallMeter *meter, GstBuffer *buffer, GstClockTime arrival)
{
  gboolean raw = meter->kind == CALL_METER_VIDEO;
  guint width = raw ? (guint) GST_VIDEO_INFO_WIDTH (&meter->video_info) : meter->width;
  guint height = raw ? (guint) GST_VIDEO_INFO_HEIGHT (&meter->video_info) : meter->height;
  int luma = raw ? call_meter_mean_luma (&meter->video_info, buffer) : -1;
  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    meter->keyframes++;
  frame_window_push (&meter->frames, time_of (buffer, arrival), width, height, luma);
}

static void
push_encoded_audio (CallMeter *meter, GstBuffer *buffer)
{
  const guint rate = 48000;
  GstClockTime duration = GST_BUFFER_DURATION_IS_VALID (buffer) ? GST_BUFFER_DURATION (buffer) : 0;
  AudioBlock block = {.time = GST_BUFFER_PTS_IS_VALID (buffer) ? (gint64) GST_BUFFER_PTS (buffer) : -1,
      .rate = rate,
      .frames = gst_util_uint64_scale_round (duration, rate, GST_SECOND)};
  audio_window_push (&meter->audio, &block);
}

void
call_meter_push (CallMeter *meter, GstBuffer *buffer, GstClockTime arrival)
{
  if (meter->kind == CALL_METER_NONE)
    return;
  meter->buffers++;
  meter->bytes += gst_buffer_get_size (buffer);
  meter->media_expected = TRUE;
  if (meter->kind == CALL_METER_RTP)
    push_rtp (meter, buffer, arrival);
  else if (meter->kind == CALL_METER_AUDIO)
    push_audio (meter, buffer);
  else if (meter->kind == CALL_METER_ENCODED_AUDIO)
    push_encoded_audio (meter, buffer);
  else
    push_frame (meter, buffer, arrival);
}

/* Who says that there is nothing is not expected to send. */
void
call_meter_gap (CallMeter *meter, GstClockTime time, GstClockTime duration)
{
  meter->media_expected = FALSE;
  if (!GST_CLOCK_TIME_IS_VALID (time))
    return;
  if (meter->kind == CALL_METER_AUDIO || meter->kind == CALL_METER_ENCODED_AUDIO)
    audio_window_gap (&meter->audio, (gint64) time, GST_CLOCK_TIME_IS_VALID (duration) ? (gint64) duration : 0);
  else
    frame_window_pause (&meter->frames);
}

void
call_meter_pause (CallMeter *meter)
{
  audio_window_pause (&meter->audio);
  frame_window_pause (&meter->frames);
  meter->frame_begun = FALSE;
}
