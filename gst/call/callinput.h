/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/callcodec.h"
#include "gst/call/callleg.h"

G_BEGIN_DECLS

/* The beginning of a leg's sending chain: a src pad without an element, which the user's thread pushes into, and
 * behind it the encoder and payloader, once the codec is agreed. */

/* None begins after call_input_close(). One that is under way by then, in the thread that pushes, holds @owner. */
typedef void (*CallInputKeyUnit) (gpointer owner, gpointer input_data, GstEvent *event);

/* In a g_atomic_rc_box: the probe on its pad has one, too. */
typedef struct
{
  GstCallMedia media;
  guint index;
  CallCodecForm form;
  const CallCodec *codec; /* wanted; for encoded and RTP input the only one */
  guint32 ssrc;
  GstPad *pad;       /* the user's thread pushes into it */
  GstElement *chain; /* NULL until it is built */
  guint bitrate;
  gpointer user_data;
  gpointer owner; /* a GObject, not owned */
  CallInputKeyUnit key_unit;
  GstCaps *caps; /* of what comes in; NULL: any raw */
  gulong probe;
  gint open;            /* atomic; changed under the pad's lock */
  gint64 last_key_unit; /* monotonic us; under the pad's lock */
  gint key_unit_due;    /* atomic: asked for too soon after the last one */
} CallInput;

CallInput *call_input_new (const GstCallLegInput *settings, CallInputKeyUnit key_unit, gpointer owner, GError **error);
/* Encoder (if there is one) and payloader, in @pipeline and linked to @sink, a pad of webrtcbin. @rtp_caps: final,
 * with payload and ssrc; webrtcbin is told them here and now, not when the first packet comes. */
gboolean call_input_build (
    CallInput *self, const CallCodec *codec, GstBin *pipeline, GstPad *sink, GstCaps *rtp_caps, GError **error);
void call_input_open (CallInput *self);
void call_input_close (CallInput *self);
void call_input_free (CallInput *self); /* when the leg's pipeline is in state NULL */

G_END_DECLS
