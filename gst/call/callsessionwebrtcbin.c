/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The user's webrtcbin, which callsignaling names: no leg then, only its negotiation, and no second try when it fails,
 * because webrtcbin 1.22 can neither restart ICE nor be used again. */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

static GstPadProbeReturn
drop_while_unlinked (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return gst_pad_is_linked (pad) ? GST_PAD_PROBE_REMOVE : GST_PAD_PROBE_DROP;
}

/* A launch line that takes nothing from its webrtcbin would end with not-linked at the first packet. */
static void
on_webrtcbin_pad (GstElement *webrtcbin, GstPad *pad, gpointer user_data)
{
  if (GST_PAD_IS_SRC (pad))
    gst_pad_add_probe (
        pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, drop_while_unlinked, NULL, NULL);
}

static void
on_negotiation_signal (GstCallNegotiation *negotiation, const CallMessage *signal, gpointer user_data)
{
  session_send_signal (user_data, signal);
}

static void
on_negotiation_connected (GstCallNegotiation *negotiation, gpointer user_data)
{
  session_apply (user_data, PARTICIPANT_EVENT_LEG_CONNECTED, NULL);
}

static void
on_negotiation_failed (GstCallNegotiation *negotiation, const GError *error, gpointer user_data)
{
  session_leg_failed (user_data, error);
}

static const GstCallNegotiationCallbacks negotiation_callbacks = {
    .signal = on_negotiation_signal,
    .connected = on_negotiation_connected,
    .failed = on_negotiation_failed,
};

void
session_make_negotiation (GstCallSession *self)
{
  g_auto (GStrv) addresses = session_split_addresses (self);
  GstCallIceConfig ice = {0};

  session_fill_ice (self, addresses, &ice);
  if (self->pad_added == 0)
    self->pad_added = g_signal_connect (self->webrtcbin, "pad-added", G_CALLBACK (on_webrtcbin_pad), NULL);
  self->negotiation =
      gst_call_negotiation_new (self->webrtcbin, self->context, &ice, NULL, &negotiation_callbacks, self);
  if (self->caller)
    gst_call_negotiation_offer (self->negotiation);
}
