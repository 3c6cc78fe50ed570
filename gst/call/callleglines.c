/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Which track goes on which m-line, and with which codec.
 *
 * An offer has the inputs first (audio, then video, by index), then lines that only receive. One codec a line, since
 * webrtcbin 1.22 answers with the first one only and repeats payload types of RTX when there are several; payload
 * types are unique in the bundle. Each sink pad gets its final caps, with the SSRC, before create-offer: a pad
 * without loses its media silently.
 *
 * An answer takes the i-th input of a kind to the i-th line of that kind that lets us send. webrtcbin 1.22 finds the
 * transceiver for a line of the offer by intersecting caps in the order in which transceivers were made: so they are
 * made here in the order of the lines, one for each, with the one format of the offer that is meant. */

#include "gst/call/calllegprivate.h"

#include <stdlib.h>

#define GST_CAT_DEFAULT call_leg_debug

#define FIRST_PAYLOAD 96

static const char *const media_names[] = {"audio", "video"};

static void
set_transceiver (
    GstWebRTCRTPTransceiver *transceiver, GstCallMedia media, GstWebRTCRTPTransceiverDirection direction, GstCaps *caps)
{
  g_object_set (transceiver, "direction", direction, "codec-preferences", caps, NULL);
  /* NACK and with it RTX: for audio a retransmission comes too late more often than not */
  g_object_set (transceiver, "do-nack", media == GST_CALL_MEDIA_VIDEO, NULL);
}

static void
add_receiver (GstCallLeg *self, GstCallMedia media, GstWebRTCRTPTransceiverDirection direction, GstCaps *caps)
{
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

  g_signal_emit_by_name (self->webrtcbin, "add-transceiver", direction, caps, &transceiver);
  if (transceiver != NULL)
    set_transceiver (transceiver, media, direction, caps);
}

/* @name: of the request pad; "sink_%u" or that of an m-line. */
static gboolean
add_sender (GstCallLeg *self, CallInput *input, const char *name, const CallCodec *codec,
    GstWebRTCRTPTransceiverDirection direction, GstCaps *caps, GError **error)
{
  g_autoptr (GstPad) sink = gst_element_request_pad_simple (self->webrtcbin, name);
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

  if (sink == NULL) {
    g_set_error (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA,
        "webrtcbin has no pad to send %s on", codec->name);
    return FALSE;
  }
  g_object_get (sink, "transceiver", &transceiver, NULL);
  set_transceiver (transceiver, input->media, direction, caps);
  call_leg_expect_reports (self, input->ssrc, caps);
  if (self->meters != NULL)
    call_meters_watch_sent (
        self->meters, sink, &(CallMetersTrack){input->media == GST_CALL_MEDIA_VIDEO, TRUE, input->index}, caps);
  return call_input_build (input, codec, GST_BIN (self->pipeline), sink, caps, error);
}

static int
compare_inputs (gconstpointer a, gconstpointer b)
{
  const CallInput *first = *(CallInput *const *) a;
  const CallInput *second = *(CallInput *const *) b;

  return first->media != second->media ? (int) first->media - (int) second->media
                                       : (int) first->index - (int) second->index;
}

gboolean
call_leg_lines_offer (GstCallLeg *self, GError **error)
{
  guint received[2] = {0, 0};
  int payload = FIRST_PAYLOAD;

  g_ptr_array_sort (self->inputs, compare_inputs);
  for (guint i = 0; i < self->inputs->len; i++) {
    CallInput *input = g_ptr_array_index (self->inputs, i);
    g_autoptr (GstCaps) caps = call_codec_offer_caps (input->codec, payload++, input->ssrc);
    gboolean both = received[input->media]++ < self->receive[input->media];
    if (!add_sender (self, input, "sink_%u", input->codec,
            both ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV : GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, caps,
            error))
      return FALSE;
  }
  for (int media = GST_CALL_MEDIA_AUDIO; media <= GST_CALL_MEDIA_VIDEO; media++) {
    const CallCodec *codec = media == GST_CALL_MEDIA_VIDEO ? self->video_codec : call_codec_nth (media, 0);
    for (guint n = received[media]; n < self->receive[media]; n++) {
      g_autoptr (GstCaps) caps = call_codec_offer_caps (codec, payload++, 0);
      add_receiver (self, media, GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps);
    }
  }
  return TRUE;
}

static gboolean
has_attribute (const GstSDPMedia *media, const char *name)
{
  return gst_sdp_media_get_attribute_val (media, name) != NULL;
}

static CallInput *
find_input (GstCallLeg *self, GstCallMedia media, guint nth)
{
  for (guint i = 0; i < self->inputs->len; i++) {
    CallInput *input = g_ptr_array_index (self->inputs, i);
    if (input->media == media && nth-- == 0)
      return input;
  }
  return NULL;
}

static gboolean
is_usable (GstCallLeg *self, const CallCodec *codec, const CallInput *input)
{
  return call_codec_can_receive (codec, self->output, NULL)
         && (input == NULL || call_codec_can_send (codec, input->form, NULL));
}

/* Our codec first, then any that both sides have. Encoded input is what it is. */
static const CallCodec *
choose_codec (GstCallLeg *self, const GstSDPMedia *line, GstCallMedia media, const CallInput *input, GstCaps **caps)
{
  const CallCodec *preferred = media == GST_CALL_MEDIA_VIDEO ? self->video_codec : call_codec_nth (media, 0);
  guint32 ssrc = input ? input->ssrc : 0;

  if (input != NULL)
    preferred = input->codec;
  *caps = call_codec_answer_caps (preferred, line, ssrc);
  if (*caps != NULL || (input != NULL && input->form != CALL_CODEC_RAW))
    return *caps != NULL ? preferred : NULL;
  for (guint n = 0; call_codec_nth (media, n) != NULL; n++) {
    const CallCodec *codec = call_codec_nth (media, n);
    *caps = is_usable (self, codec, input) ? call_codec_answer_caps (codec, line, ssrc) : NULL;
    if (*caps != NULL)
      return codec;
  }
  return NULL;
}

/* A line that we cannot serve still takes a transceiver, or webrtcbin makes one up that receives everything. */
static void
refuse_line (GstCallLeg *self, const GstSDPMedia *line, GstCallMedia media)
{
  int payload = gst_sdp_media_formats_len (line) > 0 ? atoi (gst_sdp_media_get_format (line, 0)) : 0;
  g_autoptr (GstCaps) caps = gst_sdp_media_get_caps_from_media (line, payload);

  if (caps == NULL)
    return;
  caps = gst_caps_make_writable (caps);
  gst_structure_set_name (gst_caps_get_structure (caps, 0), "application/x-rtp");
  add_receiver (self, media, GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_INACTIVE, caps);
}

/* webrtcbin from 1.24 on has made the transceiver when the offer was set. */
static GstWebRTCRTPTransceiver *
find_transceiver (GstCallLeg *self, guint mline)
{
  g_autoptr (GArray) all = NULL;

  g_signal_emit_by_name (self->webrtcbin, "get-transceivers", &all);
  for (guint i = 0; all != NULL && i < all->len; i++) {
    GstWebRTCRTPTransceiver *transceiver = g_array_index (all, GstWebRTCRTPTransceiver *, i);
    guint index;
    g_object_get (transceiver, "mlineindex", &index, NULL);
    if (index == mline)
      return g_object_ref (transceiver);
  }
  return NULL;
}

static gboolean
answer_line (GstCallLeg *self, guint mline, const GstSDPMedia *line, GstCallMedia media, CallInput *input,
    gboolean *served, GError **error)
{
  g_autoptr (GstWebRTCRTPTransceiver) existing = find_transceiver (self, mline);
  g_autoptr (GstCaps) caps = NULL;
  g_autofree char *name = g_strdup_printf ("sink_%u", mline);
  const CallCodec *codec = choose_codec (self, line, media, input, &caps);
  GstWebRTCRTPTransceiverDirection direction = GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY;

  *served = codec != NULL;
  if (codec == NULL && existing == NULL)
    refuse_line (self, line, media);
  if (codec == NULL && existing != NULL)
    g_object_set (existing, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_INACTIVE, NULL);
  if (codec == NULL)
    return TRUE;
  GST_DEBUG_OBJECT (self->pipeline, "m-line %u: %s, %s", mline, codec->name, input ? "sending" : "receiving only");
  if (input != NULL)
    direction = GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV;
  if (existing != NULL)
    set_transceiver (existing, media, direction, caps);
  if (input != NULL)
    return add_sender (self, input, name, codec, direction, caps, error);
  if (existing == NULL)
    add_receiver (self, media, direction, caps);
  return TRUE;
}

gboolean
call_leg_lines_answer (GstCallLeg *self, const GstSDPMessage *offer, GError **error)
{
  guint sent[2] = {0, 0};
  guint lines = 0, served = 0;

  g_ptr_array_sort (self->inputs, compare_inputs);
  for (guint i = 0; i < gst_sdp_message_medias_len (offer); i++) {
    const GstSDPMedia *line = gst_sdp_message_get_media (offer, i);
    const char *kind = gst_sdp_media_get_media (line);
    gboolean lets_send = !has_attribute (line, "sendonly") && !has_attribute (line, "inactive");
    CallInput *input = NULL;
    GstCallMedia media = g_strcmp0 (kind, media_names[0]) == 0 ? GST_CALL_MEDIA_AUDIO : GST_CALL_MEDIA_VIDEO;
    gboolean ok;
    if (g_strcmp0 (kind, media_names[media]) != 0)
      continue;
    lines++;
    if (lets_send)
      input = find_input (self, media, sent[media]);
    if (!answer_line (self, i, line, media, input, &ok, error))
      return FALSE;
    served += ok;
    sent[media] += ok && input != NULL;
  }
  if (served > 0 || lines == 0)
    return TRUE;
  g_set_error_literal (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA,
      "the peer offers no codec that is installed here");
  return FALSE;
}
