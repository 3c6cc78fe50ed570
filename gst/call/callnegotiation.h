/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

#include "gst/call/callsdpevents.h"
#include "gst/core/callmessage.h"

G_BEGIN_DECLS

/* Offers, answers, candidates and the state of one webrtcbin: our own in a leg, or the user's beside callsignaling.
 * It does what webrtcbin 1.22 leaves to the application: remote candidates wait for the remote description, .local
 * candidates are dropped, the peer's DTLS certificate is held against its fingerprint before `connected` is said,
 * UPnP is off, consent is watched.
 *
 * All functions are called on @context's thread, all callbacks come there. */

#define GST_TYPE_CALL_NEGOTIATION (gst_call_negotiation_get_type ())
G_DECLARE_FINAL_TYPE (GstCallNegotiation, gst_call_negotiation, GST, CALL_NEGOTIATION, GObject)

typedef enum
{
  GST_CALL_NEGOTIATION_ERROR_SDP,         /* no SDP, or one that cannot be used */
  GST_CALL_NEGOTIATION_ERROR_CERTIFICATE, /* the DTLS certificate is not the one of the description */
  GST_CALL_NEGOTIATION_ERROR_ICE,         /* ICE failed, or consent was lost */
  GST_CALL_NEGOTIATION_ERROR_TIMEOUT,     /* not connected within the time */
  GST_CALL_NEGOTIATION_ERROR_MEDIA,       /* nothing in common */
  GST_CALL_NEGOTIATION_ERROR_PIPELINE     /* an element of the leg failed */
} GstCallNegotiationError;

#define GST_CALL_NEGOTIATION_ERROR (gst_call_negotiation_error_quark ())
GQuark gst_call_negotiation_error_quark (void);

typedef struct
{
  /* To be sent to the peer: CALL_MESSAGE_CALL_SIGNAL with description or candidate, call_id not filled in. */
  void (*signal) (GstCallNegotiation *self, const CallMessage *signal, gpointer user_data);
  /* The peer's offer is set; make the pads and codec preferences for the answer. May be NULL. */
  gboolean (*prepare_answer) (GstCallNegotiation *self, const GstSDPMessage *offer, gpointer user_data, GError **error);
  void (*connected) (GstCallNegotiation *self, gpointer user_data); /* once: ICE, DTLS and certificate */
  void (*failed) (GstCallNegotiation *self, const GError *error, gpointer user_data); /* at most once, then silent */
} GstCallNegotiationCallbacks;

typedef struct
{
  const char *stun_server;      /* stun://host:port; NULL */
  const char *turn_server;      /* turn(s)://user:password@host:port; NULL */
  GPtrArray *ice_servers;       /* the server's (CallIceServer); NULL */
  const char *transport_policy; /* "all", "relay" */
  const char *const *addresses; /* local addresses to use; NULL: all but loopback */
  guint connect_timeout_ms;     /* 0: none */
} GstCallIceConfig;

/* @keys: is filled in with each description, outlives it; NULL when nobody takes their packets out of the streams. */
GstCallNegotiation *gst_call_negotiation_new (GstElement *webrtcbin, GMainContext *context, const GstCallIceConfig *ice,
    CallSdpKeys *keys, const GstCallNegotiationCallbacks *callbacks, gpointer user_data);
void gst_call_negotiation_offer (GstCallNegotiation *self);
/* A description or candidate of the peer. Bad ones: candidates are ignored with a log line, descriptions fail. */
void gst_call_negotiation_handle (GstCallNegotiation *self, const CallSignal *signal);
/* No callback after it returns. webrtcbin may still be busy with what it was asked for. */
void gst_call_negotiation_silence (GstCallNegotiation *self);
/* Waits until it is not, on any thread that may wait; only after silence(). */
void gst_call_negotiation_settle (GstCallNegotiation *self);
/* silence(), and gives up what webrtcbin was asked for. */
void gst_call_negotiation_close (GstCallNegotiation *self);

G_END_DECLS
