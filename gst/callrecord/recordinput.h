/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What stands between a pad of callrecordsink and its writer: nothing for what is encoded, an encoder for what is raw,
 * a parser for H.264. Made when the pad's caps come. */

typedef struct RecordInput RecordInput;

typedef struct
{
  guint audio_bitrate, video_bitrate; /* bit/s */
  gboolean h264;                      /* what a raw picture becomes; otherwise VP8 */
  guint keyframe_distance;            /* frames; 0: as it is */
  double idle_level;                  /* dBFS; sound above it is told to the writer. RECORD_INPUT_LEVEL_OFF: none is */
} RecordInputSettings;

#define RECORD_INPUT_LEVEL_OFF (-120.0)

#define RECORD_INPUT_AUDIO_CAPS                                                                                        \
  "audio/x-raw, layout=(string)interleaved; audio/x-opus, channel-mapping-family=(int)0; audio/x-opus"
#define RECORD_INPUT_VIDEO_CAPS "video/x-raw; video/x-vp8; video/x-vp9; video/x-h264"

/* The encoder that a raw track has in front of the writer. @media: audio/x-raw, video/x-raw. (transfer floating); NULL
 * with an error posted by @bin. */
GstElement *record_input_make_encoder (GstBin *bin, const char *media, const RecordInputSettings *settings);

/* Tells @writer of what the encoder of sound @chain gets and is louder than the idle level of @settings, if they have
 * one. */
void record_input_watch_encoder (GstElement *chain, GstElement *writer, const RecordInputSettings *settings);

/* Takes a running @element out of a running @bin. On a thread of the application. */
void record_input_remove_element (GstBin *bin, GstElement *element);

/* @ghost: the bin's pad, without a target. @writer_pad: (transfer none). */
RecordInput *record_input_new (GstBin *bin, GstPad *ghost, GstElement *writer, GstPad *writer_pad);
/* The pad's caps have come. FALSE with an element error posted or @caps not taken. On the streaming thread. */
gboolean record_input_configure (RecordInput *self, GstCaps *caps, const RecordInputSettings *settings);
/* Takes what it made out of the bin: other caps and settings may come. On a thread of the application, like this: */
void record_input_reset (RecordInput *self);
/* The same, and gives its pad of the writer back. */
void record_input_free (RecordInput *self);

G_END_DECLS
