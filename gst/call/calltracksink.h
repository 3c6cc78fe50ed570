/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/base/gstbasesink.h>

#include "gst/call/callleg.h"
#include "gst/call/callpace.h"

G_BEGIN_DECLS

/* The end of one track inside callsink: hands each buffer to the leg, in the user's thread, while there is one.
 *
 *   live input       is thrown away while the call is not connected
 *   non-live input   waits for the connection, and is paced to the clock from there
 *   on-end=eos       the call's end is the end of the stream: GST_FLOW_EOS to the source, EOS on the bus
 */

#define GST_TYPE_CALL_TRACK_SINK (gst_call_track_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstCallTrackSink, gst_call_track_sink, GST, CALL_TRACK_SINK, GstBaseSink)

/* @name: "audio_0", "video_1" */
GstCallTrackSink *gst_call_track_sink_new (GstCallMedia media, guint index, const char *name);
GstCallMedia gst_call_track_sink_get_media (GstCallTrackSink *self);
guint gst_call_track_sink_get_index (GstCallTrackSink *self);
/* The caps that came, else NULL. */
GstCaps *gst_call_track_sink_dup_caps (GstCallTrackSink *self);
/* @pace is shared by the tracks of a session and outlives its membership; NULL takes it away. */
void gst_call_track_sink_set_pace (GstCallTrackSink *self, GstCallPace *pace);

/* Any thread. @pad: of a leg that is connected. */
void gst_call_track_sink_open (GstCallTrackSink *self, GstPad *pad);
void gst_call_track_sink_close (GstCallTrackSink *self);
void gst_call_track_sink_end (GstCallTrackSink *self);
void gst_call_track_sink_set_mute (GstCallTrackSink *self, gboolean mute);
/* The peer wants a keyframe: sent upstream. @event stays the caller's. */
void gst_call_track_sink_key_unit (GstCallTrackSink *self, GstEvent *event);

G_END_DECLS
