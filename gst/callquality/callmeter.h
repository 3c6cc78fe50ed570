/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/audiowindow.h"
#include "gst/core/framewindow.h"
#include "gst/core/networkquality.h"
#include "gst/core/rtpwindow.h"

#include <gst/audio/audio.h>
#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* What callqualitymeter knows of one stream, and what a leg knows of each of its tracks: buffers go into core's
 * windows, structures with the fields of docs/protocol/quality.md come out. It has no lock, no clock and no thread, and
 * allocates nothing for a buffer: the owner brings them. */

typedef enum
{
  CALL_METER_NONE, /* no caps yet, or caps that are not measured */
  CALL_METER_RTP,
  CALL_METER_AUDIO,
  CALL_METER_VIDEO,
  CALL_METER_ENCODED_AUDIO,
  CALL_METER_ENCODED_VIDEO
} CallMeterKind;

typedef enum
{
  CALL_METER_MODEL_AUTO = -1, /* the codec's */
  CALL_METER_MODEL_NARROWBAND = EMODEL_NARROWBAND,
  CALL_METER_MODEL_WIDEBAND = EMODEL_WIDEBAND,
  CALL_METER_MODEL_FULLBAND = EMODEL_FULLBAND
} CallMeterModel;

typedef struct
{
  CallMeterModel model;
  const char *codec;        /* NULL: the caps'; valid as long as it is set */
  double ie, bpl;           /* below 0: the codec's */
  GstClockTime rtt;         /* GST_CLOCK_TIME_NONE: not known */
  double expected_fps;      /* 0: none in particular */
  guint64 expected_bitrate; /* bit/s; 0: none in particular */
  GstClockTime timeout;     /* media is expected, and none came for that long: down. 0: never */
} CallMeterSettings;

typedef struct
{
  CallMeterKind kind;
  gboolean video;
  char codec[24]; /* an RTP encoding name, upper case; "" unknown */
  guint clock_rate;
  gboolean behind_jitterbuffer;
  GstAudioInfo audio_info;
  GstVideoInfo video_info;
  guint width, height; /* of encoded video, when its caps tell */

  RtpWindow rtp;
  AudioWindow audio;
  FrameWindow frames;
  NetworkQuality network;
  guint32 frame_timestamp; /* RTP: of the frame that goes on */
  gboolean frame_begun;
  guint64 buffers, bytes, keyframes, bad; /* all; bad: RTP that is none */
  guint64 buffers_before, bytes_before, keyframes_before, bad_before;
  gboolean media_expected;
} CallMeter;

/* The time that a structure is about. */
typedef struct
{
  GstClockTime duration; /* of the interval, or of the whole */
  GstClockTime silent;   /* since the last buffer, by the clock; 0 when one has just come */
} CallMeterSpan;

void call_meter_settings_init (CallMeterSettings *settings);
void call_meter_init (CallMeter *meter);
/* FALSE: caps that are not measured. What was counted stays. */
gboolean call_meter_set_caps (CallMeter *meter, const GstCaps *caps);
/* @arrival: when the buffer came, in any clock that goes on; for RTP. */
void call_meter_push (CallMeter *meter, GstBuffer *buffer, GstClockTime arrival);
void call_meter_gap (CallMeter *meter, GstClockTime time, GstClockTime duration);
/* After it, time begins anew: segment, flush. */
void call_meter_pause (CallMeter *meter);

/* Of what came since the last call; moves network-quality on. */
GstStructure *call_meter_take_interval (
    CallMeter *meter, const CallMeterSettings *settings, const CallMeterSpan *span); /* callmeterreport.c */
/* Of all. */
GstStructure *call_meter_get_total (
    const CallMeter *meter, const CallMeterSettings *settings, const CallMeterSpan *span);

/* callmetersamples.c */
void call_meter_sum_samples (const GstAudioInfo *info, const guint8 *data, gsize size, AudioBlock *block);
int call_meter_mean_luma (const GstVideoInfo *info, GstBuffer *buffer); /* -1: not a format that has it */

G_END_DECLS
