/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The gate: until the leg is connected the pad has no peer. Its sticky events wait on it and go down with the first
 * buffer after the link; buffers are dropped by a probe. So the chain behind sees nothing before the codec and the
 * peer are certain, and the first thing an encoder sees becomes a keyframe that the peer gets. EOS and flushes of the
 * user's pipeline stay here. */

#include "gst/call/callinput.h"

#include <gst/video/video.h>

static GstStaticCaps any_rtp = GST_STATIC_CAPS ("application/x-rtp");

#define KEY_UNIT_INTERVAL_US (300 * G_TIME_SPAN_MILLISECOND)

/* The peer asks for a keyframe; an encoder of ours would have taken the event on its way here. One that comes too soon
 * is not lost: it goes out with the first buffer after the interval. The user's own thread may be in here while the leg
 * closes and for as long as it likes: so it holds what it uses. */
static void
ask_key_unit (CallInput *self, GstPad *pad, GstEvent *event)
{
  g_autoptr (GObject) owner = NULL;
  gint64 now = g_get_monotonic_time ();
  gboolean now_is_fine;

  GST_OBJECT_LOCK (pad);
  now_is_fine = now - self->last_key_unit >= KEY_UNIT_INTERVAL_US;
  if (now_is_fine && g_atomic_int_get (&self->open)) {
    self->last_key_unit = now;
    owner = g_object_ref (self->owner);
  }
  GST_OBJECT_UNLOCK (pad);
  g_atomic_int_set (&self->key_unit_due, !now_is_fine);
  if (owner != NULL)
    self->key_unit (owner, self->user_data, event);
}

static void
ask_own_key_unit (CallInput *self, GstPad *pad)
{
  g_autoptr (GstEvent) event = gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0);

  ask_key_unit (self, pad, event);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  CallInput *self = user_data;

  if (!(GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_EVENT_BOTH)) {
    if (g_atomic_int_get (&self->key_unit_due))
      ask_own_key_unit (self, pad);
    return g_atomic_int_get (&self->open) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
  }
  switch (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))) {
    case GST_EVENT_EOS:
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
      return GST_PAD_PROBE_DROP;
    default:
      return GST_PAD_PROBE_OK;
  }
}

static gboolean
input_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  CallInput *self = pad->eventdata;

  if (gst_video_event_is_force_key_unit (event) && g_atomic_int_get (&self->open))
    ask_key_unit (self, pad, event);
  gst_event_unref (event);
  return TRUE;
}

static gboolean
input_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  CallInput *self = pad->querydata;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS: {
      g_autoptr (GstCaps) caps = self->caps ? gst_caps_ref (self->caps) : gst_caps_new_any ();
      GstCaps *filter;
      gst_query_parse_caps (query, &filter);
      if (filter != NULL) {
        GstCaps *both = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
        gst_caps_unref (caps);
        caps = both;
      }
      gst_query_set_caps_result (query, caps);
      return TRUE;
    }
    case GST_QUERY_LATENCY:
      gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
      return TRUE;
    default:
      return FALSE;
  }
}

static void
input_release (gpointer self)
{
  g_atomic_rc_box_release (self);
}

static void
make_pad (CallInput *self)
{
  self->pad = gst_object_ref_sink (gst_pad_new ("input", GST_PAD_SRC));
  gst_pad_set_event_function_full (self->pad, input_event, self, NULL);
  gst_pad_set_query_function_full (self->pad, input_query, self, NULL);
  self->probe = gst_pad_add_probe (self->pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
          | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_data, g_atomic_rc_box_acquire (self), input_release);
  gst_pad_set_active (self->pad, TRUE);
}

CallInput *
call_input_new (const GstCallLegInput *settings, CallInputKeyUnit key_unit, gpointer owner, GError **error)
{
  const CallCodec *codec = NULL;
  CallCodecForm form;
  CallInput *self;

  if (!call_codec_from_caps (settings->caps, settings->media, &form, &codec, error))
    return NULL;
  if (codec == NULL)
    codec = settings->codec ? call_codec_by_name (settings->codec) : call_codec_nth (settings->media, 0);
  if (codec == NULL || codec->media != settings->media) {
    g_set_error (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA, "\"%s\" is no %s codec of a call",
        settings->codec, settings->media == GST_CALL_MEDIA_AUDIO ? "audio" : "video");
    return NULL;
  }
  if (!call_codec_can_send (codec, form, error))
    return NULL;
  self = g_atomic_rc_box_new0 (CallInput);
  self->media = settings->media;
  self->index = settings->index;
  self->form = form;
  self->codec = codec;
  self->bitrate = settings->bitrate;
  self->user_data = settings->user_data;
  self->owner = owner;
  self->key_unit = key_unit;
  self->caps = settings->caps ? gst_caps_ref (settings->caps) : NULL;
  self->ssrc = MAX (g_random_int (), 1);
  make_pad (self);
  return self;
}

/* Between payloader and webrtcbin: the caps that were announced are the ones that stay. The payloader is not shown
 * webrtcbin's wishes (rtph264pay would take the profile-level-id of the description for a demand on the stream and
 * refuse a lower level), and its own finer caps do not get through (a change of caps after the negotiation). */
static GstPadProbeReturn
hold_caps (GstPad *pad, GstPadProbeInfo *info, gpointer caps)
{
  g_autoptr (GstCaps) any = NULL;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
    if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
      info->data = gst_event_new_caps (caps);
      gst_event_unref (event);
    }
    return GST_PAD_PROBE_OK;
  }
  if (GST_QUERY_TYPE (GST_PAD_PROBE_INFO_QUERY (info)) != GST_QUERY_CAPS)
    return GST_PAD_PROBE_OK;
  any = gst_static_caps_get (&any_rtp);
  gst_query_set_caps_result (GST_PAD_PROBE_INFO_QUERY (info), any);
  return GST_PAD_PROBE_HANDLED;
}

static void
announce (GstPad *sink, CallInput *self, GstCaps *rtp_caps)
{
  g_autofree char *id =
      g_strdup_printf ("call-%s-%u", self->media == GST_CALL_MEDIA_AUDIO ? "audio" : "video", self->index);

  gst_pad_send_event (sink, gst_event_new_stream_start (id));
  gst_pad_send_event (sink, gst_event_new_caps (rtp_caps));
}

gboolean
call_input_build (
    CallInput *self, const CallCodec *codec, GstBin *pipeline, GstPad *sink, GstCaps *rtp_caps, GError **error)
{
  g_autoptr (GstElement) payloader = NULL;
  g_autoptr (GstPad) inner = NULL;
  g_autoptr (GstPad) src = NULL;
  int payload = 96;

  self->chain = call_codec_make_sender (codec, self->form, self->bitrate, error);
  if (self->chain == NULL)
    return FALSE;
  gst_structure_get_int (gst_caps_get_structure (rtp_caps, 0), "payload", &payload);
  payloader = gst_bin_get_by_name (GST_BIN (self->chain), "payloader");
  g_object_set (payloader, "pt", payload, "ssrc", self->ssrc, NULL);
  announce (sink, self, rtp_caps);
  gst_bin_add (pipeline, self->chain);
  src = gst_element_get_static_pad (self->chain, "src");
  inner = gst_element_get_static_pad (payloader, "src");
  gst_pad_add_probe (inner, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, hold_caps,
      gst_caps_ref (rtp_caps), (GDestroyNotify) gst_caps_unref);
  if (gst_pad_link (src, sink) != GST_PAD_LINK_OK || !gst_element_sync_state_with_parent (self->chain)) {
    g_set_error (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_PIPELINE,
        "the chain that sends %s does not start", codec->name);
    return FALSE;
  }
  return TRUE;
}

void
call_input_open (CallInput *self)
{
  g_autoptr (GstPad) sink = NULL;

  if (self->chain == NULL || g_atomic_int_get (&self->open))
    return;
  sink = gst_element_get_static_pad (self->chain, "sink");
  if (gst_pad_link_full (self->pad, sink, GST_PAD_LINK_CHECK_NOTHING) != GST_PAD_LINK_OK)
    return;
  g_atomic_int_set (&self->open, TRUE);
  if (self->form != CALL_CODEC_RAW && self->media == GST_CALL_MEDIA_VIDEO)
    ask_own_key_unit (self, self->pad);
}

void
call_input_close (CallInput *self)
{
  g_autoptr (GstPad) sink = gst_pad_get_peer (self->pad);

  GST_OBJECT_LOCK (self->pad);
  g_atomic_int_set (&self->open, FALSE);
  GST_OBJECT_UNLOCK (self->pad);
  if (sink != NULL)
    gst_pad_unlink (self->pad, sink);
}

void
call_input_free (CallInput *self)
{
  call_input_close (self);
  gst_pad_set_active (self->pad, FALSE);
  gst_pad_remove_probe (self->pad, self->probe);
  gst_clear_object (&self->pad);
  gst_clear_object (&self->chain);
  gst_clear_caps (&self->caps);
  g_atomic_rc_box_release (self);
}
