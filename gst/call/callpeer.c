/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/callpeer.h"

#include <gst/webrtc/webrtc.h>

static CallPeer
verify_transport (GObject *transport, const SdpSummary *summary)
{
  GstWebRTCDTLSTransportState state;
  g_autofree char *pem = NULL;
  g_autoptr (GBytes) der = NULL;

  g_object_get (transport, "state", &state, "remote-certificate", &pem, NULL);
  if (state != GST_WEBRTC_DTLS_TRANSPORT_STATE_CONNECTED)
    return CALL_PEER_UNKNOWN;
  der = pem != NULL ? sdp_certificate_from_pem (pem) : NULL;
  if (der == NULL || !sdp_fingerprint_matches (summary, g_bytes_get_data (der, NULL), g_bytes_get_size (der)))
    return CALL_PEER_IMPOSTOR;
  return CALL_PEER_VERIFIED;
}

/* The m-lines of a bundle share one transport; a rejected one has none. */
static GPtrArray *
list_transports (GstElement *webrtcbin)
{
  GPtrArray *transports = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GArray) transceivers = NULL;
  g_autoptr (GObject) sctp = NULL;
  GObject *transport = NULL;

  g_signal_emit_by_name (webrtcbin, "get-transceivers", &transceivers);
  for (guint i = 0; transceivers != NULL && i < transceivers->len; i++) {
    g_autoptr (GObject) sender = NULL;
    g_object_get (g_array_index (transceivers, GstWebRTCRTPTransceiver *, i), "sender", &sender, NULL);
    if (sender != NULL)
      g_object_get (sender, "transport", &transport, NULL);
    if (transport != NULL && !g_ptr_array_find (transports, transport, NULL))
      g_ptr_array_add (transports, g_object_ref (transport));
    g_clear_object (&transport);
  }
  g_object_get (webrtcbin, "sctp-transport", &sctp, NULL);
  if (sctp != NULL && transports->len == 0)
    g_object_get (sctp, "transport", &transport, NULL);
  if (transport != NULL)
    g_ptr_array_add (transports, transport);
  return transports;
}

CallPeer
call_peer_verify (GstElement *webrtcbin, const SdpSummary *summary)
{
  g_autoptr (GPtrArray) transports = list_transports (webrtcbin);
  CallPeer result = CALL_PEER_UNKNOWN;

  for (guint i = 0; i < transports->len; i++) {
    CallPeer peer = verify_transport (g_ptr_array_index (transports, i), summary);
    if (peer == CALL_PEER_IMPOSTOR)
      return peer;
    if (peer == CALL_PEER_VERIFIED)
      result = peer;
  }
  return result;
}
