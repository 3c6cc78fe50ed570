/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A stream of the peer, from webrtcbin's pad to the user's:
 *
 *   webrtcbin.src_%u -> [waits until connected] -> depayloader -> decoder -> CallOutput ==> user's pad
 *
 * The first packet may come before our side has looked at the certificate: it waits in its jitterbuffer's thread, so
 * that the keyframe it may begin is not lost. webrtcbin never asks for a keyframe: we do, at once, when the leg opens,
 * and every 500 ms until one came. */

#include "gst/call/calllegprivate.h"

#include <gst/video/video.h>

#define GST_CAT_DEFAULT call_leg_debug

#define KEY_INTERVAL_MS 500
#define KEY_REQUESTS 120 /* a minute of them */
#define KEY_REQUESTS_RTP 4
#define OPEN_TIMEOUT_US (30 * G_TIME_SPAN_SECOND)

static void
request_key (CallLegStream *stream)
{
  if (g_atomic_int_get (&stream->wants_key) <= 0)
    return;
  g_atomic_int_add (&stream->wants_key, -1);
  gst_pad_send_event (stream->pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

GPtrArray *
call_leg_copy_streams (GstCallLeg *self)
{
  GPtrArray *streams = g_ptr_array_new ();

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len; i++)
    g_ptr_array_add (streams, g_ptr_array_index (self->streams, i));
  g_mutex_unlock (&self->lock);
  return streams;
}

static gboolean
on_key_timer (gpointer data)
{
  GstCallLeg *self = data;
  g_autoptr (GPtrArray) streams = call_leg_copy_streams (self);

  for (guint i = 0; i < streams->len; i++)
    request_key (g_ptr_array_index (streams, i));
  return G_SOURCE_CONTINUE;
}

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  CallLegStream *stream = user_data;

  if (GST_BUFFER_FLAG_IS_SET (GST_PAD_PROBE_INFO_BUFFER (info), GST_BUFFER_FLAG_DELTA_UNIT))
    return GST_PAD_PROBE_OK;
  g_atomic_int_set (&stream->wants_key, 0);
  return GST_PAD_PROBE_REMOVE;
}

static GstPadProbeReturn
wait_until_open (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstCallLeg *self = user_data;
  gint64 deadline = g_get_monotonic_time () + OPEN_TIMEOUT_US;
  gboolean open;

  g_mutex_lock (&self->lock);
  while (!self->open && !self->closed && g_cond_wait_until (&self->changed, &self->lock, deadline))
    ;
  open = self->open && !self->closed;
  g_mutex_unlock (&self->lock);
  return open ? GST_PAD_PROBE_REMOVE : GST_PAD_PROBE_DROP;
}

/* webrtcbin 1.22 gives an SSRC that no description names to the first m-line, whatever that carries: the caps are
 * right, the transceiver may not be. */
static guint
find_index (GstCallLeg *self, GstPad *pad, GstCallMedia media)
{
  GstWebRTCKind wanted = media == GST_CALL_MEDIA_AUDIO ? GST_WEBRTC_KIND_AUDIO : GST_WEBRTC_KIND_VIDEO;
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;
  g_autoptr (GArray) all = NULL;
  GstWebRTCKind kind = GST_WEBRTC_KIND_UNKNOWN;
  guint mline = 0, index = 0;

  g_object_get (pad, "transceiver", &transceiver, NULL);
  if (transceiver != NULL)
    g_object_get (transceiver, "kind", &kind, "mlineindex", &mline, NULL);
  if (kind != wanted)
    return 0;
  g_signal_emit_by_name (self->webrtcbin, "get-transceivers", &all);
  for (guint i = 0; all != NULL && i < all->len; i++) {
    guint other;
    g_object_get (g_array_index (all, GstWebRTCRTPTransceiver *, i), "kind", &kind, "mlineindex", &other, NULL);
    index += kind == wanted && other < mline;
  }
  return index;
}

static GstElement *
make_chain (GstCallLeg *self, CallLegStream *stream, const CallCodec *codec)
{
  g_autoptr (GError) error = NULL;
  GstElement *chain = call_codec_make_receiver (codec, self->output, &error);

  if (chain == NULL) {
    GST_WARNING_OBJECT (self->pipeline, "%s is thrown away: %s", codec->name, error->message);
    return NULL;
  }
  if (stream->media == GST_CALL_MEDIA_VIDEO && self->output != GST_CALL_OUTPUT_RTP) {
    g_autoptr (GstElement) depayloader = gst_bin_get_by_name (GST_BIN (chain), "depayloader");
    g_autoptr (GstPad) src = gst_element_get_static_pad (depayloader, "src");
    gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER, on_frame, stream, NULL);
  }
  return chain;
}

static void
link_stream (GstCallLeg *self, CallLegStream *stream)
{
  GstPad *end = call_output_get_sink (stream->output);
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstPad) src = NULL;

  gst_pad_add_probe (stream->pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, wait_until_open,
      g_object_ref (self), g_object_unref);
  if (stream->chain == NULL) {
    gst_pad_link_full (stream->pad, end, GST_PAD_LINK_CHECK_NOTHING);
    return;
  }
  gst_bin_add (GST_BIN (self->pipeline), stream->chain);
  src = gst_element_get_static_pad (stream->chain, "src");
  sink = gst_element_get_static_pad (stream->chain, "sink");
  gst_pad_link_full (src, end, GST_PAD_LINK_CHECK_NOTHING);
  gst_element_sync_state_with_parent (stream->chain);
  gst_pad_link_full (stream->pad, sink, GST_PAD_LINK_CHECK_NOTHING);
}

static gboolean
add_stream (GstCallLeg *self, CallLegStream *stream)
{
  gboolean added;

  g_mutex_lock (&self->lock);
  added = !self->closed;
  if (added)
    g_ptr_array_add (self->streams, stream);
  g_mutex_unlock (&self->lock);
  if (!added)
    call_leg_stream_free (stream);
  return added;
}

/* In the thread that the stream's first packet came in. */
void
call_leg_receive_pad (GstElement *webrtcbin, GstPad *pad, GstCallLeg *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstStructure *structure = caps ? gst_caps_get_structure (caps, 0) : NULL;
  const char *media = structure ? gst_structure_get_string (structure, "media") : NULL;
  const CallCodec *codec = NULL;
  GstPad *user = NULL;
  CallLegStream *stream;
  CallCodecForm form;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC || media == NULL)
    return;
  stream = g_new0 (CallLegStream, 1);
  stream->pad = gst_object_ref (pad);
  stream->media = g_str_equal (media, "audio") ? GST_CALL_MEDIA_AUDIO : GST_CALL_MEDIA_VIDEO;
  stream->index = find_index (self, pad, stream->media);
  gst_structure_get_uint (structure, "ssrc", &stream->ssrc);
  if (call_codec_from_caps (caps, stream->media, &form, &codec, NULL) && codec != NULL)
    stream->chain = make_chain (self, stream, codec);
  if (self->meters != NULL)
    call_meters_name (self->meters, stream->ssrc, stream->media == GST_CALL_MEDIA_VIDEO, stream->index);
  if (stream->media == GST_CALL_MEDIA_VIDEO)
    stream->wants_key = self->output == GST_CALL_OUTPUT_RTP ? KEY_REQUESTS_RTP : KEY_REQUESTS;
  GST_DEBUG_OBJECT (self->pipeline, "stream of the peer: %s %u, %" GST_PTR_FORMAT, media, stream->index, caps);
  if (stream->chain != NULL && !self->closed)
    user = self->callbacks.output (self, stream->media, stream->index, self->user_data);
  if (user == NULL)
    gst_clear_object (&stream->chain);
  stream->output = call_output_new (user, self->base_time, self->tags);
  if (!add_stream (self, stream))
    return;
  link_stream (self, stream);
  request_key (stream);
}

void
call_leg_receive_open (GstCallLeg *self)
{
  g_mutex_lock (&self->lock);
  self->open = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  on_key_timer (self);
  self->key_timer = g_timeout_source_new (KEY_INTERVAL_MS);
  g_source_set_callback (self->key_timer, on_key_timer, self, NULL);
  g_source_attach (self->key_timer, self->context);
}

void
call_leg_receive_close (GstCallLeg *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_cond_broadcast (&self->changed);
  for (guint i = 0; i < self->streams->len; i++)
    call_output_close (((CallLegStream *) g_ptr_array_index (self->streams, i))->output);
  g_mutex_unlock (&self->lock);
  if (self->key_timer != NULL)
    g_source_destroy (self->key_timer);
  g_clear_pointer (&self->key_timer, g_source_unref);
}

void
call_leg_stream_free (gpointer data)
{
  CallLegStream *stream = data;

  g_clear_pointer (&stream->output, call_output_free);
  gst_clear_object (&stream->pad);
  gst_clear_object (&stream->chain);
  g_free (stream);
}
