/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "gst/call/callmeters.h"
#include "gst/call/callnegotiation.h"
#include "gst/core/telephoneevent.h"

G_BEGIN_DECLS

/* One participant's WebRTC connection, in a pipeline of its own (on the user's clock and base time):
 *
 *   user's thread                     leg pipeline                                   leg's thread (jitterbuffer's)
 *   callsink ==push==> [src pad] -> convert -> encoder -> payloader -> webrtcbin
 *                                      webrtcbin -> depayloader -> decoder -> [sink pad] ==push==> callsrc
 *
 * The hand-over at both ends is a gst_pad_push() in the same thread: no queue, no copy, no thread of its own.
 * Encoders and decoders live in the leg, so that a rebuilt leg begins with a keyframe and whatever codec was agreed.
 *
 * All functions but the pads' data flow are called on @context's thread; all callbacks but `output` and `key_unit` come
 * there. Those two may be under way in another thread when close() returns, none begins afterwards: @user_data must
 * stay valid until `done`; for a `key_unit` in the thread that pushes into that input until it has come back.
 *
 * The user's src pad: its parent's base time is looked at for timestamps, and while its parent is not PLAYING buffers
 * are dropped, as live sources do. A keyframe request that goes up through it reaches the peer. EOS does not pass from
 * one side to the other, nor do flushes. */

#define GST_TYPE_CALL_LEG (gst_call_leg_get_type ())
G_DECLARE_FINAL_TYPE (GstCallLeg, gst_call_leg, GST, CALL_LEG, GObject)

typedef enum
{
  GST_CALL_MEDIA_AUDIO,
  GST_CALL_MEDIA_VIDEO
} GstCallMedia;

typedef enum
{
  GST_CALL_OUTPUT_RAW,
  GST_CALL_OUTPUT_ENCODED,
  GST_CALL_OUTPUT_RTP
} GstCallOutput;

typedef struct
{
  GstCallMedia media;
  guint index;        /* of its kind: audio_0, audio_1, video_0 ... */
  GstCaps *caps;      /* of what will be pushed: raw (may be NULL then), encoded, or application/x-rtp */
  const char *codec;  /* preferred: "opus", "vp8", "vp9", "h264"; encoded and RTP input has its own */
  guint bitrate;      /* bit/s; 0: the encoder's default */
  gpointer user_data; /* of the callback key_unit */
} GstCallLegInput;

typedef struct
{
  /* As of the negotiation. */
  void (*signal) (GstCallLeg *leg, const CallMessage *signal, gpointer user_data);
  void (*connected) (GstCallLeg *leg, gpointer user_data);
  void (*failed) (GstCallLeg *leg, const GError *error, gpointer user_data);
  /* Any thread: a stream of the peer is there. Returns the user's src pad (transfer full) to push into, or NULL to
   * throw it away. Stream-start, caps and segment are pushed by the leg where the pad does not have them yet. */
  GstPad *(*output) (GstCallLeg *leg, GstCallMedia media, guint index, gpointer user_data);
  /* Any thread: the peer wants a keyframe of an encoded input (raw ones are served by the leg's encoder). */
  void (*key_unit) (GstCallLeg *leg, gpointer input_data, GstEvent *event, gpointer user_data);
  /* A key of the peer's telephone was pressed or released; each release follows its press. */
  void (*dtmf) (GstCallLeg *leg, const TelephoneKeyChange *change, gpointer user_data);
} GstCallLegCallbacks;

typedef struct
{
  const char *name; /* of the pipeline, for logs */
  GstClock *clock;  /* the user's */
  GstClockTime base_time;
  guint latency_ms; /* of the jitterbuffers */
  GstCallOutput output;
  /* How many tracks to ask for in an offer, at least; sent tracks are sendrecv if these cover them. */
  guint receive_audio;
  guint receive_video;
  const char *video_codec; /* to receive, when nothing is sent: "vp8" */
  GstCallIceConfig ice;
  CallMeters *meters; /* NULL: nothing is measured */
  GstTagList *tags;   /* of what is received; NULL */
} GstCallLegConfig;

/* Makes the key of the process's DTLS certificate, once: RSA takes webrtcbin 1.22 from a tenth of a second to some
 * seconds, which are better spent before a call than in it. Blocks; any thread, any number of times. */
void gst_call_leg_warm_up (void);
gboolean gst_call_leg_is_warm (void);
/* NULL with @error when an element is missing (the message names the Debian package). */
GstCallLeg *gst_call_leg_new (const GstCallLegConfig *config, GMainContext *context,
    const GstCallLegCallbacks *callbacks, gpointer user_data, GError **error);
/* Before start. The src pad of the leg that the user's thread pushes into: stream-start, caps, segment, buffers with
 * running times of the user's pipeline. It takes data once the leg is connected and returns GST_FLOW_OK for what it
 * drops before that. (transfer full) */
GstPad *gst_call_leg_add_input (GstCallLeg *self, const GstCallLegInput *input, GError **error);
/* @offer: makes the offer (the caller); else waits for the peer's. */
gboolean gst_call_leg_start (GstCallLeg *self, gboolean offer, GError **error);
void gst_call_leg_handle (GstCallLeg *self, const CallSignal *signal);
void gst_call_leg_set_bitrate (GstCallLeg *self, GstCallMedia media, guint index, guint bitrate);
/* Once connected. Presses @digits one after the other, in the place of the sound of the first audio input (RFC 4733).
 * They wait for each other, and for that input when it gives nothing. @digits: at most TELEPHONE_SENDER_MAX keys. */
gboolean gst_call_leg_send_dtmf (GstCallLeg *self, const char *digits, guint duration_ms, guint gap_ms, GError **error);
/* A GstStructure "call-stats" with a structure for each track that has had packets, named "send-audio-0",
 * "receive-video-0", ...: ssrc (uint), packets, bytes, bitrate (uint64), lost (int), jitter, round-trip (uint64, ns;
 * round-trip of sent tracks only). What a sent track lost, and its jitter, are the peer's words. (transfer full) */
GstStructure *gst_call_leg_get_stats (GstCallLeg *self);
/* No callback after it returns. The pipeline is stopped on a thread of its own; @done comes on @context when nothing
 * of it is left. */
void gst_call_leg_close (GstCallLeg *self, GDestroyNotify done, gpointer user_data);

G_END_DECLS
