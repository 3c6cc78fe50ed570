/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "barepair.h"

#include "gst/call/callcodec.h"

#include <gst/webrtc/webrtc.h>

typedef struct
{
  GstElement *pipeline;
  GstElement *webrtcbin;
} Side;

struct BarePair
{
  Side sides[2];
  guint frames; /* atomic */
};

static GstPadProbeReturn
count_frame (GstPad *pad, GstPadProbeInfo *info, gpointer frames)
{
  g_atomic_int_inc ((guint *) frames);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *webrtcbin, GstPad *pad, BarePair *pair)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstObject) pipeline = gst_object_get_parent (GST_OBJECT (webrtcbin));
  const CallCodec *codec = NULL;
  CallCodecForm form;
  GstElement *chain, *sink;
  gboolean video;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  video = g_strcmp0 (gst_structure_get_string (gst_caps_get_structure (caps, 0), "media"), "video") == 0;
  call_codec_from_caps (caps, video ? GST_CALL_MEDIA_VIDEO : GST_CALL_MEDIA_AUDIO, &form, &codec, NULL);
  chain = call_codec_make_receiver (codec, GST_CALL_OUTPUT_RAW, NULL);
  sink = gst_element_factory_make ("fakesink", NULL);
  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), chain, sink, NULL);
  gst_object_unref (chain); /* the bin has it */
  gst_element_link (chain, sink);
  if (video) {
    g_autoptr (GstPad) end = gst_element_get_static_pad (sink, "sink");
    gst_pad_add_probe (end, GST_PAD_PROBE_TYPE_BUFFER, count_frame, &pair->frames, NULL);
  }
  gst_element_sync_state_with_parent (sink);
  gst_element_sync_state_with_parent (chain);
  {
    g_autoptr (GstPad) start = gst_element_get_static_pad (chain, "sink");
    gst_pad_link (pad, start);
  }
}

static void
on_ice_candidate (GstElement *webrtcbin, guint mline, const char *candidate, GstElement *peer)
{
  g_signal_emit_by_name (peer, "add-ice-candidate", mline, candidate);
}

static void
add_track (Side *side, const char *name, const char *source, int payload)
{
  g_autoptr (GError) error = NULL;
  const CallCodec *codec = call_codec_by_name (name);
  g_autofree char *line = g_strdup_printf ("%s ! identity silent=true", source); /* caps cannot end a bin */
  GstElement *bin = gst_parse_bin_from_description (line, TRUE, &error);
  GstElement *chain = call_codec_make_sender (codec, CALL_CODEC_RAW, 0, &error);
  g_autoptr (GstElement) payloader = gst_bin_get_by_name (GST_BIN (chain), "payloader");
  g_autoptr (GstCaps) caps = call_codec_offer_caps (codec, payload, 0);
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);

  g_assert_no_error (error);
  g_object_set (payloader, "pt", payload, NULL);
  g_object_set (filter, "caps", caps, NULL);
  gst_bin_add_many (GST_BIN (side->pipeline), bin, chain, filter, NULL);
  gst_object_unref (chain);
  g_assert_true (gst_element_link_many (bin, chain, filter, side->webrtcbin, NULL));
}

static void
make_side (BarePair *pair, Side *side)
{
  g_autoptr (GObject) ice = NULL;
  gboolean added;

  side->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  side->webrtcbin = gst_element_factory_make ("webrtcbin", NULL);
  gst_util_set_object_arg (G_OBJECT (side->webrtcbin), "bundle-policy", "max-bundle");
  g_object_set (side->webrtcbin, "latency", 100, NULL);
  g_object_get (side->webrtcbin, "ice-agent", &ice, NULL);
  g_signal_emit_by_name (ice, "add-local-ip-address", "127.0.0.1", &added);
  gst_bin_add (GST_BIN (side->pipeline), side->webrtcbin);
  g_signal_connect (side->webrtcbin, "pad-added", G_CALLBACK (on_pad_added), pair);
  add_track (side, "opus", BENCH_TONE, 96);
  add_track (side, "vp8", BENCH_PICTURE, 97);
}

static gboolean
pads_have_caps (GstElement *webrtcbin)
{
  gboolean all = TRUE;

  GST_OBJECT_LOCK (webrtcbin);
  for (GList *item = webrtcbin->sinkpads; item != NULL; item = item->next)
    all = all && gst_pad_has_current_caps (item->data);
  GST_OBJECT_UNLOCK (webrtcbin);
  return all;
}

static void
set_description (GstElement *webrtcbin, const char *signal, GstWebRTCSessionDescription *description)
{
  g_autoptr (GstPromise) promise = gst_promise_new ();

  g_signal_emit_by_name (webrtcbin, signal, description, promise);
  gst_promise_wait (promise);
}

static GstWebRTCSessionDescription *
create (GstElement *webrtcbin, const char *signal, const char *field)
{
  g_autoptr (GstPromise) promise = gst_promise_new ();
  GstWebRTCSessionDescription *description = NULL;

  g_signal_emit_by_name (webrtcbin, signal, NULL, promise);
  gst_promise_wait (promise);
  gst_structure_get (gst_promise_get_reply (promise), field, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  return description;
}

BarePair *
bare_pair_new (void)
{
  BarePair *pair = g_new0 (BarePair, 1);
  g_autoptr (GstWebRTCSessionDescription) offer = NULL;
  g_autoptr (GstWebRTCSessionDescription) answer = NULL;
  GstElement *caller, *callee;

  for (guint i = 0; i < 2; i++)
    make_side (pair, &pair->sides[i]);
  caller = pair->sides[0].webrtcbin;
  callee = pair->sides[1].webrtcbin;
  g_signal_connect (caller, "on-ice-candidate", G_CALLBACK (on_ice_candidate), callee);
  g_signal_connect (callee, "on-ice-candidate", G_CALLBACK (on_ice_candidate), caller);
  for (guint i = 0; i < 2; i++)
    gst_element_set_state (pair->sides[i].pipeline, GST_STATE_PLAYING);
  while (!pads_have_caps (caller) || !pads_have_caps (callee))
    g_usleep (10000);
  offer = create (caller, "create-offer", "offer");
  set_description (caller, "set-local-description", offer);
  set_description (callee, "set-remote-description", offer);
  answer = create (callee, "create-answer", "answer");
  set_description (callee, "set-local-description", answer);
  set_description (caller, "set-remote-description", answer);
  return pair;
}

guint
bare_pair_frames (gpointer pair)
{
  return g_atomic_int_get (&((BarePair *) pair)->frames);
}

void
bare_pair_free (BarePair *pair)
{
  for (guint i = 0; i < 2; i++) {
    gst_element_set_state (pair->sides[i].pipeline, GST_STATE_NULL);
    gst_object_unref (pair->sides[i].pipeline);
  }
  g_free (pair);
}
