/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Where packets come from. A received stream begins without a name, for its first packets come before webrtcbin has a
 * pad for it. After a reconnection its packets go on in the track that had the name before: to core's window another
 * SSRC is a restart of the sender, not loss. */

#include "gst/call/callmetersprivate.h"

#include <gst/rtp/rtp.h>

static CallTrackMeter *
track_new (CallMeters *self, const CallMetersTrack *name)
{
  CallTrackMeter *track = g_new0 (CallTrackMeter, 1);

  if (name != NULL)
    track->name = *name;
  track->named = name != NULL;
  call_meter_init (&track->meter);
  network_quality_init (&track->network);
  track->round_trip = GST_CLOCK_TIME_NONE;
  g_ptr_array_add (self->tracks, track);
  return track;
}

static CallTrackMeter *
find_track (CallMeters *self, const CallMetersTrack *name)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    CallTrackMeter *track = g_ptr_array_index (self->tracks, i);
    if (track->named && track->name.video == name->video && track->name.sent == name->sent
        && track->name.index == name->index)
      return track;
  }
  return NULL;
}

static CallMetersStream *
find_stream (CallMeters *self, guint32 ssrc)
{
  for (guint i = 0; i < self->streams->len; i++) {
    CallMetersStream *stream = g_ptr_array_index (self->streams, i);
    if (stream->ssrc == ssrc)
      return stream;
  }
  return NULL;
}

CallMeters *
call_meters_new (void)
{
  CallMeters *self = g_new0 (CallMeters, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->lock);
  self->tracks = g_ptr_array_new_with_free_func (g_free);
  self->streams = g_ptr_array_new ();
  return self;
}

CallMeters *
call_meters_ref (CallMeters *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
call_meters_unref (CallMeters *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->streams);
  g_ptr_array_unref (self->tracks);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* ---- packets ---- */

static GstCaps *
find_caps (GstPad *pad, const CallMetersStream *stream, GstBuffer *buffer)
{
  g_autoptr (GstElement) jitterbuffer = gst_pad_get_parent_element (pad);
  guint8 header[RTP_PACKET_HEADER];
  RtpPacket packet = {0};
  GstCaps *caps = NULL;

  if (stream->caps != NULL)
    return gst_caps_ref (stream->caps);
  if (jitterbuffer != NULL && rtp_packet_parse (&packet, header, gst_buffer_extract (buffer, 0, header, sizeof header)))
    g_signal_emit_by_name (jitterbuffer, "request-pt-map", (guint) packet.payload_type, &caps);
  return caps;
}

static void
begin (GstPad *pad, CallMetersStream *stream, GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = find_caps (pad, stream, buffer);

  g_mutex_lock (&stream->meters->lock);
  if (caps != NULL)
    call_meter_set_caps (&stream->track->meter, caps);
  g_atomic_int_set (&stream->begun, TRUE);
  g_mutex_unlock (&stream->meters->lock);
}

static void
push (GstPad *pad, CallMetersStream *stream, GstBuffer *buffer)
{
  gint64 now = g_get_monotonic_time ();
  gboolean first = !g_atomic_int_get (&stream->begun);
  CallTrackMeter *track;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_RTP_BUFFER_FLAG_RETRANSMISSION)
      || GST_BUFFER_FLAG_IS_SET (buffer, GST_RTP_BUFFER_FLAG_REDUNDANT))
    return;
  if (first)
    begin (pad, stream, buffer);
  g_mutex_lock (&stream->meters->lock);
  track = stream->track;
  call_meter_push (&track->meter, buffer, (GstClockTime) now * GST_USECOND);
  track->arrival = now;
  if (track->begun == 0)
    track->begun = track->taken = now;
  if (first) {
    track->ssrc = stream->ssrc;
    track->first = track->meter.rtp.highest;
    track->last = (CallMetersCounts){0, 0};
  }
  g_mutex_unlock (&stream->meters->lock);
}

static GstPadProbeReturn
on_packets (GstPad *pad, GstPadProbeInfo *info, gpointer stream)
{
  GstBufferList *list;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    push (pad, stream, GST_PAD_PROBE_INFO_BUFFER (info));
    return GST_PAD_PROBE_OK;
  }
  list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    push (pad, stream, gst_buffer_list_get (list, i));
  return GST_PAD_PROBE_OK;
}

/* With its pad. A stream that never got a name takes its track along. */
static void
stream_free (gpointer data)
{
  CallMetersStream *stream = data;
  g_autoptr (CallMeters) meters = stream->meters;

  g_mutex_lock (&meters->lock);
  g_ptr_array_remove_fast (meters->streams, stream);
  if (!stream->track->named)
    g_ptr_array_remove_fast (meters->tracks, stream->track);
  g_mutex_unlock (&meters->lock);
  gst_clear_caps (&stream->caps);
  g_free (stream);
}

/* @name: NULL for one without a name yet. The probe is added without the lock, for a pad may free it under its own. */
static void
add_stream (CallMeters *self, GstPad *pad, const CallMetersTrack *name, guint32 ssrc, GstCaps *caps)
{
  CallMetersStream *stream = g_new0 (CallMetersStream, 1);

  stream->meters = call_meters_ref (self);
  stream->ssrc = ssrc;
  stream->caps = caps != NULL ? gst_caps_ref (caps) : NULL;
  g_mutex_lock (&self->lock);
  stream->track = name != NULL ? find_track (self, name) : NULL;
  if (stream->track == NULL)
    stream->track = track_new (self, name);
  g_ptr_array_add (self->streams, stream);
  g_mutex_unlock (&self->lock);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets, stream, stream_free);
}

/* ---- which packets ---- */

static void
on_new_jitterbuffer (GstElement *rtpbin, GstElement *jitterbuffer, guint session, guint ssrc, gpointer user_data)
{
  CallMeters *self = user_data;
  g_autoptr (GstPad) sink = gst_element_get_static_pad (jitterbuffer, "sink");

  add_stream (self, sink, NULL, ssrc, NULL);
}

static void
drop_reference (gpointer self, GClosure *closure)
{
  call_meters_unref (self);
}

void
call_meters_watch (CallMeters *self, GstElement *rtpbin)
{
  g_signal_connect_data (
      rtpbin, "new-jitterbuffer", G_CALLBACK (on_new_jitterbuffer), call_meters_ref (self), drop_reference, 0);
}

/* The track of that name, which goes on; else the stream's own gets it. A stream that has a name already and is given
 * another (the peer changed what it sends in it) leaves its track alone: others may count into that. */
void
call_meters_name (CallMeters *self, guint32 ssrc, gboolean video, guint index)
{
  CallMetersTrack name = {video, FALSE, index};
  CallMetersStream *stream;
  CallTrackMeter *track, *before;

  g_mutex_lock (&self->lock);
  stream = find_stream (self, ssrc);
  track = find_track (self, &name);
  before = stream != NULL ? stream->track : NULL;
  if (before != NULL && before != track && (track != NULL || before->named)) {
    stream->track = track != NULL ? track : track_new (self, &name);
    g_atomic_int_set (&stream->begun, FALSE); /* the other meter has yet to hear of the caps */
    if (!before->named)
      g_ptr_array_remove_fast (self->tracks, before);
  } else if (before != NULL) {
    before->name = name;
    before->named = TRUE;
  }
  g_mutex_unlock (&self->lock);
}

void
call_meters_watch_sent (CallMeters *self, GstPad *pad, const CallMetersTrack *name, GstCaps *caps)
{
  guint ssrc = 0;

  gst_structure_get_uint (gst_caps_get_structure (caps, 0), "ssrc", &ssrc);
  add_stream (self, pad, name, ssrc, caps);
}

/* ---- what the peer says ---- */

void
call_meters_set_remote (CallMeters *self, guint32 ssrc, const CallMetersRemote *remote)
{
  CallMetersStream *stream;

  g_mutex_lock (&self->lock);
  stream = find_stream (self, ssrc);
  if (stream != NULL && g_atomic_int_get (&stream->begun) && stream->track->ssrc == ssrc) {
    CallTrackMeter *track = stream->track;
    CallMetersCounts now = {(gint64) remote->highest - track->first + 1, remote->lost};
    track->remote.expected += now.expected - track->last.expected;
    track->remote.lost += now.lost - track->last.lost;
    track->last = now;
    track->remote_jitter = remote->jitter;
    track->round_trip = remote->round_trip;
    track->reported = TRUE;
  }
  g_mutex_unlock (&self->lock);
}
