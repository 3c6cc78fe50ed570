/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>
#include <gst/sdp/sdp.h>

#include "gst/call/callleg.h"

G_BEGIN_DECLS

/* The codecs that a leg can send and receive: one const table of what their RTP looks like and of the elements that
 * do the work. All else in the leg is codec-blind. */

typedef struct
{
  const char *factory;
  const char *package;  /* the Debian package that has it, for the error message */
  const char *settings; /* properties, and elements after it, as of gst-launch */
} CallCodecElement;

#define CALL_CODEC_MAX_ELEMENTS 3

typedef struct
{
  const char *name; /* as in properties: "opus" */
  GstCallMedia media;
  const char *encoding_name; /* as in RTP caps */
  int clock_rate;
  const char *rtp_fields;   /* further fields of the RTP caps of an offer; NULL */
  const char *encoded_type; /* the name of encoded caps */
  const char *parser;       /* in front of the payloader for encoded input, after the depayloader for output; NULL */
  const char *form; /* element that keeps encoded output in one form, whatever the user's pipeline prefers; NULL */
  const char *payloader;
  const char *depayloader;
  guint bitrate;                                      /* of the encoder when nobody says one */
  CallCodecElement encoders[CALL_CODEC_MAX_ELEMENTS]; /* the first one that is installed */
  CallCodecElement decoders[CALL_CODEC_MAX_ELEMENTS];
} CallCodec;

typedef enum
{
  CALL_CODEC_RAW,
  CALL_CODEC_ENCODED,
  CALL_CODEC_RTP
} CallCodecForm;

const CallCodec *call_codec_by_name (const char *name);
/* The @n-th of its kind in order of preference; NULL when there is no more. */
const CallCodec *call_codec_nth (GstCallMedia media, guint n);
/* What input caps carry. NULL codec for raw; FALSE with @error when it is nothing that a leg can send. */
gboolean call_codec_from_caps (
    const GstCaps *caps, GstCallMedia media, CallCodecForm *form, const CallCodec **codec, GError **error);

gboolean call_codec_can_send (const CallCodec *codec, CallCodecForm form, GError **error);
gboolean call_codec_can_receive (const CallCodec *codec, GstCallOutput output, GError **error);

/* Bins with pads "sink" and "src": anything of @form -> RTP, and RTP -> anything of @output. The first has elements
 * named "payloader" and, for raw input, "encoder"; the second one named "depayloader". */
GstElement *call_codec_make_sender (const CallCodec *codec, CallCodecForm form, guint bitrate, GError **error);
GstElement *call_codec_make_receiver (const CallCodec *codec, GstCallOutput output, GError **error);
void call_codec_set_bitrate (GstElement *sender, guint bitrate);

/* RTP caps of an offer. @ssrc 0: none (we only receive). */
GstCaps *call_codec_offer_caps (const CallCodec *codec, int payload, guint32 ssrc);
/* The RTP caps for the answer: of the first format of @media that is @codec and fits; NULL when there is none. */
GstCaps *call_codec_answer_caps (const CallCodec *codec, const GstSDPMedia *media, guint32 ssrc);

G_END_DECLS
