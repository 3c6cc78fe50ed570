/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* webrtcbin answers from threads of its own: promises, candidates, state changes. Each becomes a source on @context
 * (post), so that all state below is of one thread. Both ways through the states:
 *
 *   offerer                              answerer
 *   NEW       offer()                    NEW        handle(offer): sdp_check
 *   OFFERING  create-offer                TAKING     set-remote, prepare_answer, create-answer
 *             `signal` offer, set-local             `signal` answer, set-local
 *   WAITING   handle(answer): sdp_check
 *   TAKING    set-remote
 *   CONNECTING                           CONNECTING
 *       ICE and DTLS up, the certificate is the one of the description -> `connected`
 *   CONNECTED                            CONNECTED   silence of the peer is watched from here on
 *
 * Candidates of the peer wait until its description is set. FAILED and CLOSED are silent. */

#include "gst/call/callnegotiation.h"

#include "gst/call/callcandidates.h"
#include "gst/call/callice.h"
#include "gst/call/callpeer.h"
#include "gst/call/callpost.h"
#include "gst/call/callready.h"
#include "gst/call/callsdp.h"
#include "gst/call/callwatch.h"
#include "gst/core/sdpcheck.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (call_negotiation_debug);
#define GST_CAT_DEFAULT call_negotiation_debug

#define WATCH_INTERVAL_MS 500

typedef enum
{
  STATE_NEW,
  STATE_OFFERING,
  STATE_WAITING,
  STATE_TAKING,
  STATE_CONNECTING,
  STATE_CONNECTED,
  STATE_FAILED,
  STATE_CLOSED
} State;

struct _GstCallNegotiation
{
  GObject parent;

  GstElement *webrtcbin;
  GMainContext *context;
  GstCallNegotiationCallbacks callbacks;
  gpointer user_data;

  State state;
  SdpSummary local;
  SdpSummary remote;
  CallSdpKeys *keys;
  CallCandidates *candidates;
  GPtrArray *promises; /* all that were made: a negotiation has four at most */
  gulong handlers[3];
  GSource *timeout;
  GSource *watch_source;
  CallWatch *watch;
  CallReady *ready;
};

G_DEFINE_FINAL_TYPE (GstCallNegotiation, gst_call_negotiation, G_TYPE_OBJECT)

GQuark
gst_call_negotiation_error_quark (void)
{
  return g_quark_from_static_string ("gst-call-negotiation-error-quark");
}

static GSource *
attach (GstCallNegotiation *self, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

static void
clear_source (GSource **source)
{
  if (*source != NULL) {
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
  }
}

static void
stop_timers (GstCallNegotiation *self)
{
  clear_source (&self->timeout);
  clear_source (&self->watch_source);
  g_clear_pointer (&self->watch, call_watch_free);
  g_clear_pointer (&self->ready, call_ready_free);
}

static void
tell_failed (gpointer object, gpointer data)
{
  GstCallNegotiation *self = object;

  if (self->state != STATE_CLOSED && self->callbacks.failed != NULL)
    self->callbacks.failed (self, data, self->user_data);
}

/* The callback comes from the main loop, so that a call of ours never calls back into its caller. */
static void
fail (GstCallNegotiation *self, GError *error)
{
  if (self->state >= STATE_FAILED) {
    g_error_free (error);
    return;
  }
  GST_INFO_OBJECT (self->webrtcbin, "negotiation failed: %s", error->message);
  self->state = STATE_FAILED;
  stop_timers (self);
  call_post (self->context, self, tell_failed, error, (GDestroyNotify) g_error_free);
}

static void
fail_with (GstCallNegotiation *self, GstCallNegotiationError code, const char *message)
{
  fail (self, g_error_new_literal (GST_CALL_NEGOTIATION_ERROR, code, message));
}

static void
fail_sdp (GstCallNegotiation *self, const char *what, const GError *reason)
{
  fail (self, g_error_new (GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_SDP, "%s: %s", what,
                  reason ? reason->message : "no reason given"));
}

static GstPromise *
make_promise (GstCallNegotiation *self, CallPostFunc func)
{
  GstPromise *promise = call_post_promise (self->context, self, func);

  g_ptr_array_add (self->promises, gst_promise_ref (promise));
  return promise;
}

/* FALSE: it failed, and so did the negotiation. */
static gboolean
check_reply (GstCallNegotiation *self, GstPromise *promise, const char *what, const GstStructure **reply)
{
  g_autoptr (GError) error = NULL;
  gboolean kept = call_promise_check (promise, reply, &error);

  if (self->state >= STATE_FAILED)
    return FALSE;
  if (!kept)
    fail_sdp (self, what, error);
  return kept;
}

static void
set_description (
    GstCallNegotiation *self, const char *signal, GstWebRTCSessionDescription *description, CallPostFunc done)
{
  g_autoptr (GstPromise) promise = make_promise (self, done);

  g_signal_emit_by_name (self->webrtcbin, signal, description, promise);
}

static void
emit_candidate (gpointer object, gpointer data)
{
  GstCallNegotiation *self = object;
  g_autoptr (CallMessage) message = call_candidate_to_message (data, &self->local);

  if (self->state >= STATE_FAILED)
    return;
  self->callbacks.signal (self, message, self->user_data);
}

static void
on_ice_candidate (GstElement *webrtcbin, guint mline, const char *text, GstCallNegotiation *self)
{
  if (text != NULL && *text != '\0')
    call_post (
        self->context, self, emit_candidate, call_candidate_new (mline, text), (GDestroyNotify) call_candidate_free);
}

static gboolean
on_watch (gpointer data)
{
  GstCallNegotiation *self = data;

  if (call_watch_is_silent (self->watch))
    fail_with (self, GST_CALL_NEGOTIATION_ERROR_ICE, "nothing has come from the peer for seconds");
  return self->watch != NULL;
}

static void
set_connected (GstCallNegotiation *self)
{
  GST_INFO_OBJECT (self->webrtcbin, "connected, the peer's certificate is verified");
  self->state = STATE_CONNECTED;
  clear_source (&self->timeout);
  self->watch = call_watch_new (self->webrtcbin);
  self->watch_source = attach (self, g_timeout_source_new (WATCH_INTERVAL_MS), on_watch);
  if (self->callbacks.connected != NULL)
    self->callbacks.connected (self, self->user_data);
}

static void
check_connection (gpointer object, gpointer unused)
{
  GstCallNegotiation *self = object;
  GstWebRTCPeerConnectionState connection;
  GstWebRTCICEConnectionState ice;

  if (self->state >= STATE_FAILED)
    return;
  g_object_get (self->webrtcbin, "connection-state", &connection, "ice-connection-state", &ice, NULL);
  GST_DEBUG_OBJECT (self->webrtcbin, "connection state %d, ICE %d", connection, ice);
  if (ice == GST_WEBRTC_ICE_CONNECTION_STATE_FAILED) {
    fail_with (self, GST_CALL_NEGOTIATION_ERROR_ICE, "ICE found no way to the peer, or lost it");
  } else if (connection == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED) {
    fail_with (self, GST_CALL_NEGOTIATION_ERROR_ICE, "the DTLS connection to the peer failed");
  } else if (self->state == STATE_CONNECTING && connection == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED) {
    CallPeer peer = call_peer_verify (self->webrtcbin, &self->remote);
    if (peer == CALL_PEER_VERIFIED)
      set_connected (self);
    else if (peer == CALL_PEER_IMPOSTOR)
      fail_with (self, GST_CALL_NEGOTIATION_ERROR_CERTIFICATE,
          "the peer's DTLS certificate does not match the fingerprint of its description");
  }
}

static void
on_state_changed (GstElement *webrtcbin, GParamSpec *pspec, GstCallNegotiation *self)
{
  call_post (self->context, self, check_connection, NULL, NULL);
}

static gboolean
on_timeout (gpointer data)
{
  fail_with (data, GST_CALL_NEGOTIATION_ERROR_TIMEOUT, "not connected in time");
  return G_SOURCE_REMOVE;
}

static void
emit_description (GstCallNegotiation *self, const char *type, const char *sdp)
{
  g_autoptr (CallMessage) message = call_message_new (CALL_MESSAGE_CALL_SIGNAL);

  message->signal.kind = CALL_SIGNAL_DESCRIPTION;
  message->signal.sdp_type = g_strdup (type);
  message->signal.sdp = g_strdup (sdp);
  self->callbacks.signal (self, message, self->user_data);
}

static void
start_connecting (gpointer object, gpointer promise)
{
  GstCallNegotiation *self = object;

  if (!check_reply (self, promise, "webrtcbin refused a description", NULL))
    return;
  self->state = STATE_CONNECTING;
  call_candidates_release (self->candidates);
  check_connection (self, NULL);
}

static void
local_offer_is_set (gpointer object, gpointer promise)
{
  check_reply (object, promise, "webrtcbin refused its own offer", NULL);
}

/* Ours is ready: clean it, set it, send it. */
static void
take_local (GstCallNegotiation *self, GstPromise *promise, const char *type, CallPostFunc done)
{
  g_autoptr (GstWebRTCSessionDescription) description = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sdp = NULL;
  const GstStructure *reply;

  if (!check_reply (self, promise, "webrtcbin could not make a description", &reply))
    return;
  if (reply != NULL)
    gst_structure_get (reply, type, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  if (description == NULL || gst_sdp_message_medias_len (description->sdp) == 0) {
    fail_with (self, GST_CALL_NEGOTIATION_ERROR_MEDIA, "there is nothing to offer");
    return;
  }
  call_sdp_clean_local (description->sdp);
  sdp = call_sdp_print_local (description->sdp, self->keys, strcmp (type, "answer") == 0);
  if (!sdp_check (sdp, strlen (sdp), CALL_MESSAGE_MAX_SDP, &self->local, &error)) {
    fail_sdp (self, "our own description is not usable", error);
    return;
  }
  call_watch_make_audible (self->webrtcbin);
  if (self->state == STATE_OFFERING)
    self->state = STATE_WAITING;
  set_description (self, "set-local-description", description, done);
  emit_description (self, type, sdp);
}

static void
on_offer_created (gpointer object, gpointer promise)
{
  take_local (object, promise, "offer", local_offer_is_set);
}

static void
on_answer_created (gpointer object, gpointer promise)
{
  take_local (object, promise, "answer", start_connecting);
}

static void
remote_offer_is_set (gpointer object, gpointer promise)
{
  GstCallNegotiation *self = object;
  g_autoptr (GstWebRTCSessionDescription) offer = NULL;
  g_autoptr (GstPromise) answer = NULL;
  g_autoptr (GError) error = NULL;

  if (!check_reply (self, promise, "webrtcbin refused the peer's offer", NULL))
    return;
  g_object_get (self->webrtcbin, "remote-description", &offer, NULL);
  if (offer == NULL) {
    fail_sdp (self, "the peer's offer is gone", NULL);
    return;
  }
  if (self->callbacks.prepare_answer != NULL
      && !self->callbacks.prepare_answer (self, offer->sdp, self->user_data, &error)) {
    fail (self, g_steal_pointer (&error));
    return;
  }
  answer = make_promise (self, on_answer_created);
  g_signal_emit_by_name (self->webrtcbin, "create-answer", NULL, answer);
}

static void
take_remote (GstCallNegotiation *self, const char *sdp, GstWebRTCSDPType type, CallPostFunc done)
{
  g_autoptr (GstWebRTCSessionDescription) description = NULL;
  g_autoptr (GError) error = NULL;
  GstSDPMessage *message = call_sdp_parse_remote (sdp, CALL_MESSAGE_MAX_SDP, &self->remote, &error);

  if (message == NULL) {
    fail_sdp (self, "the peer's description is not usable", error);
    return;
  }
  call_sdp_take_events (message, self->keys);
  description = gst_webrtc_session_description_new (type, message);
  set_description (self, "set-remote-description", description, done);
}

static void
handle_description (GstCallNegotiation *self, const CallSignal *signal)
{
  if (signal->sdp == NULL || signal->sdp_type == NULL) {
    fail_sdp (self, "the peer sent a description without text", NULL);
  } else if (self->state == STATE_NEW && strcmp (signal->sdp_type, "offer") == 0) {
    self->state = STATE_TAKING;
    take_remote (self, signal->sdp, GST_WEBRTC_SDP_TYPE_OFFER, remote_offer_is_set);
  } else if (self->state == STATE_WAITING && strcmp (signal->sdp_type, "answer") == 0) {
    self->state = STATE_TAKING;
    take_remote (self, signal->sdp, GST_WEBRTC_SDP_TYPE_ANSWER, start_connecting);
  } else {
    GST_WARNING_OBJECT (self->webrtcbin, "a description of the peer comes out of turn, ignored");
  }
}

static void
create_offer (gpointer user_data, const char *missing)
{
  GstCallNegotiation *self = user_data;
  g_autoptr (GstPromise) promise = NULL;

  if (missing != NULL) {
    fail (self, g_error_new (GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA,
                    "nothing comes into pad %s of webrtcbin", missing));
    return;
  }
  promise = make_promise (self, on_offer_created);
  g_signal_emit_by_name (self->webrtcbin, "create-offer", NULL, promise);
}

void
gst_call_negotiation_offer (GstCallNegotiation *self)
{
  if (self->state != STATE_NEW)
    return;
  self->state = STATE_OFFERING;
  self->ready = call_ready_wait (self->webrtcbin, self->context, create_offer, self);
}

void
gst_call_negotiation_handle (GstCallNegotiation *self, const CallSignal *signal)
{
  if (self->state >= STATE_FAILED)
    return;
  if (signal->kind == CALL_SIGNAL_DESCRIPTION)
    handle_description (self, signal);
  else if (signal->kind == CALL_SIGNAL_CANDIDATE)
    call_candidates_add (self->candidates, signal, &self->remote);
}

void
gst_call_negotiation_silence (GstCallNegotiation *self)
{
  self->state = STATE_CLOSED;
  stop_timers (self);
  for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    g_clear_signal_handler (&self->handlers[i], self->webrtcbin);
}

void
gst_call_negotiation_settle (GstCallNegotiation *self)
{
  call_promises_wait (self->promises);
}

void
gst_call_negotiation_close (GstCallNegotiation *self)
{
  if (self->state != STATE_CLOSED)
    gst_call_negotiation_silence (self);
  /* webrtcbin throws away the tasks that it has not come to, without a word to their promises. */
  call_promises_interrupt (self->promises);
}

static void
unref_closure (gpointer data, GClosure *closure)
{
  g_object_unref (data);
}

static gulong
connect_signal (GstCallNegotiation *self, const char *name, GCallback callback)
{
  return g_signal_connect_data (self->webrtcbin, name, callback, g_object_ref (self), unref_closure, 0);
}

GstCallNegotiation *
gst_call_negotiation_new (GstElement *webrtcbin, GMainContext *context, const GstCallIceConfig *ice, CallSdpKeys *keys,
    const GstCallNegotiationCallbacks *callbacks, gpointer user_data)
{
  GstCallNegotiation *self = g_object_new (GST_TYPE_CALL_NEGOTIATION, NULL);

  self->webrtcbin = gst_object_ref (webrtcbin);
  self->candidates = call_candidates_new (webrtcbin);
  self->context = context ? g_main_context_ref (context) : NULL;
  self->keys = keys;
  self->callbacks = *callbacks;
  self->user_data = user_data;
  if (ice != NULL) {
    call_ice_configure (webrtcbin, ice);
    if (ice->connect_timeout_ms > 0)
      self->timeout = attach (self, g_timeout_source_new (ice->connect_timeout_ms), on_timeout);
  }
  self->handlers[0] = connect_signal (self, "on-ice-candidate", G_CALLBACK (on_ice_candidate));
  self->handlers[1] = connect_signal (self, "notify::connection-state", G_CALLBACK (on_state_changed));
  self->handlers[2] = connect_signal (self, "notify::ice-connection-state", G_CALLBACK (on_state_changed));
  return self;
}

static void
gst_call_negotiation_finalize (GObject *object)
{
  GstCallNegotiation *self = GST_CALL_NEGOTIATION (object);

  stop_timers (self);
  call_candidates_free (self->candidates);
  g_ptr_array_unref (self->promises);
  g_clear_pointer (&self->context, g_main_context_unref);
  gst_object_unref (self->webrtcbin);
  G_OBJECT_CLASS (gst_call_negotiation_parent_class)->finalize (object);
}

static void
gst_call_negotiation_init (GstCallNegotiation *self)
{
  self->promises = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_promise_unref);
}

static void
gst_call_negotiation_class_init (GstCallNegotiationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_call_negotiation_finalize;
  GST_DEBUG_CATEGORY_INIT (call_negotiation_debug, "callnegotiation", 0, "offers and answers of calls");
}
