/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* From counts to the structure `call-quality`. What is not known is not in it. */

#include "callmeter.h"

#include "gst/core/videoscore.h"

#include <math.h>

#define NS_IN_MS 1e6

/* What a report is made of, be it of an interval or of all. */
typedef struct
{
  const CallMeter *meter;
  const CallMeterSettings *settings;
  const CallMeterSpan *span;
  RtpCounts rtp;
  AudioCounts audio;
  FrameCounts frames;
  guint64 buffers, bytes, keyframes, bad;
  gboolean whole;
} Report;

static guint64
bitrate_of (const Report *report, guint64 bytes)
{
  return report->span->duration > 0 ? gst_util_uint64_scale (bytes, 8 * GST_SECOND, report->span->duration) : 0;
}

/* ---- scores ---- */

static const char *
codec_of (const Report *report)
{
  return report->settings->codec != NULL ? report->settings->codec : report->meter->codec;
}

/* The settings' numbers, else the codec's, else those of a codec that is taken to be Opus. */
static EmodelBand
find_path (const Report *report, EmodelPath *path)
{
  const CallMeterSettings *settings = report->settings;
  const EmodelCodec *codec = emodel_codec_find (codec_of (report));
  if (codec == NULL)
    codec = emodel_codec_find ("OPUS");
  path->ie = settings->ie >= 0 ? settings->ie : codec->ie;
  path->bpl = settings->bpl >= 0 ? settings->bpl : codec->bpl;
  path->burst_ratio = 1;
  path->loss_percent = 100 * rtp_counts_loss (&report->rtp);
  path->delay_ms = 0;
  return settings->model == CALL_METER_MODEL_AUTO ? codec->band : (EmodelBand) settings->model;
}

/* One way is half of there and back. */
static double
delay_of (const Report *report)
{
  return GST_CLOCK_TIME_IS_VALID (report->settings->rtt) ? (double) report->settings->rtt / 2 / NS_IN_MS : 0;
}

/* Listening knows no delay; conversation does, when a round trip is known. */
static void
add_speech_scores (const Report *report, GstStructure *structure)
{
  EmodelPath path;
  EmodelScore listening, conversing;
  EmodelBand band = find_path (report, &path);
  if (report->whole && band == EMODEL_NARROWBAND) {
    LossBurstMetrics bursts;
    rtp_window_get_bursts (&report->meter->rtp, &bursts);
    path.burst_ratio = bursts.burst_ratio;
  }
  emodel_score (band, &path, &listening);
  path.delay_ms = delay_of (report);
  emodel_score (band, &path, &conversing);
  gst_structure_set (structure, "mos-model", G_TYPE_STRING, emodel_band_to_string (band), "r-factor", G_TYPE_DOUBLE,
      conversing.r, "mos-lq", G_TYPE_DOUBLE, listening.mos, "mos", G_TYPE_DOUBLE, conversing.mos, NULL);
  if (GST_CLOCK_TIME_IS_VALID (report->settings->rtt))
    gst_structure_set (structure, "mos-cq", G_TYPE_DOUBLE, conversing.mos, NULL);
}

static void
add_video_score (const Report *report, GstStructure *structure)
{
  gboolean rtp = report->meter->kind == CALL_METER_RTP;
  double measured = (double) report->frames.measured_ns;
  VideoScore score = {.fps = frame_counts_fps (&report->frames),
      .expected_fps = report->settings->expected_fps,
      .frozen = measured > 0 ? (double) report->frames.freeze_ns / measured : 0,
      .loss = rtp ? rtp_counts_loss (&report->rtp) : 0,
      .bitrate = (double) bitrate_of (report, report->bytes),
      .expected_bitrate = report->meter->kind == CALL_METER_VIDEO ? 0 : (double) report->settings->expected_bitrate};
  gst_structure_set (structure, "video-mos", G_TYPE_DOUBLE, video_score_mos (&score), NULL);
}

/* ---- fields ---- */

static void
add_rtp (const Report *report, GstStructure *structure)
{
  const RtpCounts *counts = &report->rtp;
  const RtpWindow *window = &report->meter->rtp;
  gst_structure_set (structure, "ssrc", G_TYPE_UINT, window->ssrc, "payload-type", G_TYPE_UINT,
      (guint) window->payload_type, "clock-rate", G_TYPE_UINT, report->meter->clock_rate, "packets", G_TYPE_UINT64,
      counts->packets, "bytes", G_TYPE_UINT64, counts->bytes, "expected", G_TYPE_INT64, counts->expected, "lost",
      G_TYPE_INT64, counts->lost, "loss", G_TYPE_DOUBLE, 100 * rtp_counts_loss (counts), "duplicates", G_TYPE_UINT64,
      counts->duplicates, "reordered", G_TYPE_UINT64, counts->reordered, "late", G_TYPE_UINT64, counts->late, "invalid",
      G_TYPE_UINT64, counts->invalid + report->bad, "restarts", G_TYPE_UINT64, counts->restarts, "payload-changes",
      G_TYPE_UINT64, counts->payload_changes, NULL);
  /* Behind a jitterbuffer there is none to be seen. */
  if (!report->meter->behind_jitterbuffer && window->timing.has_jitter)
    gst_structure_set (structure, "jitter", G_TYPE_DOUBLE, window->timing.last_jitter, NULL);
}

static void
add_rtp_whole (const Report *report, GstStructure *structure)
{
  const RtpTiming *timing = &report->meter->rtp.timing;
  LossBurstMetrics bursts;
  rtp_window_get_bursts (&report->meter->rtp, &bursts);
  gst_structure_set (structure, "missing", G_TYPE_UINT64, report->rtp.missing, "burst-density", G_TYPE_DOUBLE,
      bursts.burst_density, "burst-duration", G_TYPE_DOUBLE, bursts.burst_ms, "gap-density", G_TYPE_DOUBLE,
      bursts.gap_density, "gap-duration", G_TYPE_DOUBLE, bursts.gap_ms, "burst-ratio", G_TYPE_DOUBLE,
      bursts.burst_ratio, NULL);
  if (timing->has_delta)
    gst_structure_set (structure, "delta-min", G_TYPE_DOUBLE, timing->delta.min, "delta-mean", G_TYPE_DOUBLE,
        timing->delta.mean, "delta-max", G_TYPE_DOUBLE, timing->delta.max, NULL);
  if (timing->has_jitter)
    gst_structure_set (structure, "jitter-min", G_TYPE_DOUBLE, timing->jitter.min, "jitter-mean", G_TYPE_DOUBLE,
        timing->jitter.mean, "jitter-max", G_TYPE_DOUBLE, timing->jitter.max, NULL);
}

static double
share_of (gint64 part, gint64 whole)
{
  return whole > 0 ? (double) part / (double) whole : 0;
}

static void
add_audio (const Report *report, GstStructure *structure)
{
  const AudioCounts *counts = &report->audio;
  gst_structure_set (structure, "gaps", G_TYPE_UINT64, counts->gaps, "gaps-duration", G_TYPE_DOUBLE,
      (double) counts->gap_ns / NS_IN_MS, "discontinuities", G_TYPE_UINT64, counts->gaps + counts->overlaps, NULL);
  if (report->meter->kind == CALL_METER_AUDIO)
    gst_structure_set (structure, "samples", G_TYPE_UINT64, counts->frames, "level", G_TYPE_DOUBLE,
        audio_counts_level (counts), "peak", G_TYPE_DOUBLE, audio_counts_peak (counts), "clipped", G_TYPE_UINT64,
        counts->clipped, "silence", G_TYPE_DOUBLE, share_of (counts->silent_ns, counts->duration_ns), NULL);
}

static void
add_frames (const Report *report, GstStructure *structure)
{
  const FrameCounts *counts = &report->frames;
  gst_structure_set (structure, "frames", G_TYPE_UINT64, counts->frames, "fps", G_TYPE_DOUBLE,
      frame_counts_fps (counts), "freezes", G_TYPE_UINT64, counts->freezes, "freeze-duration", G_TYPE_DOUBLE,
      (double) counts->freeze_ns / NS_IN_MS, NULL);
  if (report->meter->kind == CALL_METER_RTP)
    return;
  gst_structure_set (structure, "width", G_TYPE_UINT, report->meter->frames.width, "height", G_TYPE_UINT,
      report->meter->frames.height, "size-changes", G_TYPE_UINT64, counts->size_changes, NULL);
  if (report->meter->kind == CALL_METER_VIDEO)
    gst_structure_set (
        structure, "black", G_TYPE_DOUBLE, share_of ((gint64) counts->black_frames, (gint64) counts->frames), NULL);
  else
    gst_structure_set (structure, "keyframes", G_TYPE_UINT64, report->keyframes, NULL);
}

static GstStructure *
make_structure (const Report *report)
{
  static const char *const kinds[] = {[CALL_METER_NONE] = "none",
      [CALL_METER_RTP] = "rtp",
      [CALL_METER_AUDIO] = "raw",
      [CALL_METER_VIDEO] = "raw",
      [CALL_METER_ENCODED_AUDIO] = "encoded",
      [CALL_METER_ENCODED_VIDEO] = "encoded"};
  const CallMeter *meter = report->meter;
  gboolean rtp = meter->kind == CALL_METER_RTP;
  gboolean raw = meter->kind == CALL_METER_AUDIO || meter->kind == CALL_METER_VIDEO;
  GstStructure *structure = gst_structure_new ("call-quality", "kind", G_TYPE_STRING, kinds[meter->kind], "media",
      G_TYPE_STRING, meter->video ? "video" : "audio", "buffers", G_TYPE_UINT64, report->buffers, NULL);
  if (codec_of (report)[0] != '\0' && !raw)
    gst_structure_set (structure, "codec", G_TYPE_STRING, codec_of (report), NULL);
  if (!raw)
    gst_structure_set (structure, "bitrate", G_TYPE_UINT64, bitrate_of (report, report->bytes), NULL);
  if (GST_CLOCK_TIME_IS_VALID (report->settings->rtt))
    gst_structure_set (structure, "rtt", G_TYPE_DOUBLE, (double) report->settings->rtt / NS_IN_MS, NULL);
  if (rtp)
    add_rtp (report, structure);
  if (rtp && report->whole)
    add_rtp_whole (report, structure);
  if (meter->video)
    add_frames (report, structure);
  else if (!rtp)
    add_audio (report, structure);
  if (meter->video)
    add_video_score (report, structure);
  else if (rtp && report->rtp.expected > 0)
    add_speech_scores (report, structure);
  return structure;
}

/* ---- reports ---- */

static void
take_counts (CallMeter *meter, Report *report)
{
  rtp_window_take_interval (&meter->rtp, &report->rtp);
  audio_window_take_interval (&meter->audio, &report->audio);
  frame_window_take_interval (&meter->frames, &report->frames);
  report->buffers = meter->buffers - meter->buffers_before;
  report->bytes = meter->bytes - meter->bytes_before;
  report->keyframes = meter->keyframes - meter->keyframes_before;
  report->bad = meter->bad - meter->bad_before;
  meter->buffers_before = meter->buffers;
  meter->bytes_before = meter->bytes;
  meter->keyframes_before = meter->keyframes;
  meter->bad_before = meter->bad;
}

static void
grade_network (CallMeter *meter, const Report *report)
{
  NetworkQualityInterval interval = {.expected = report->rtp.expected,
      .lost = report->rtp.lost,
      .packets = report->rtp.packets,
      .media_expected = meter->media_expected,
      .silent_ns = (gint64) report->span->silent,
      .timeout_ns = (gint64) report->settings->timeout};
  interval.band = find_path (report, &interval.path);
  interval.path.delay_ms = delay_of (report);
  network_quality_update (&meter->network, &interval);
}

GstStructure *
call_meter_take_interval (CallMeter *meter, const CallMeterSettings *settings, const CallMeterSpan *span)
{
  Report report = {.meter = meter, .settings = settings, .span = span};
  take_counts (meter, &report);
  if (meter->kind == CALL_METER_RTP)
    grade_network (meter, &report);
  GstStructure *structure = make_structure (&report);
  if (meter->kind == CALL_METER_RTP)
    gst_structure_set (structure, "network-quality", G_TYPE_UINT, (guint) meter->network.grade, NULL);
  return structure;
}

GstStructure *
call_meter_get_total (const CallMeter *meter, const CallMeterSettings *settings, const CallMeterSpan *span)
{
  Report report = {.meter = meter,
      .settings = settings,
      .span = span,
      .audio = meter->audio.total,
      .frames = meter->frames.total,
      .buffers = meter->buffers,
      .bytes = meter->bytes,
      .keyframes = meter->keyframes,
      .bad = meter->bad,
      .whole = TRUE};
  rtp_window_get_total (&meter->rtp, &report.rtp);
  GstStructure *structure = make_structure (&report);
  if (meter->kind == CALL_METER_RTP)
    gst_structure_set (structure, "network-quality", G_TYPE_UINT, (guint) meter->network.grade, NULL);
  return structure;
}
