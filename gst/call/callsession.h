/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "gst/call/calltracksink.h"
#include "gst/call/callleg.h"
#include "gst/call/callsettings.h"
#include "gst/core/participantstate.h"

G_BEGIN_DECLS

/* One participant: what the callsignaling, callsrc and callsink of one pipeline and one session name share. It owns a
 * worker thread, and on it the signaller and the leg; elements only tell it things and are told things.
 *
 *   element (any thread)            worker thread                      leg's and user's streaming threads
 *   join, play, leave  -------->    signaller: messages in and out
 *   dial, answer, hang_up ----->    participant_state_next() -> actions
 *                         <------   messages on the bus, notify::state
 *                                   builds and closes legs  -------->  inputs opened and closed, outputs pushed into
 */

#define GST_TYPE_CALL_SESSION (gst_call_session_get_type ())
G_DECLARE_FINAL_TYPE (GstCallSession, gst_call_session, GST, CALL_SESSION, GstObject)

/* What a session asks of an element. All may be NULL; all may come from any thread, none under a lock. */
typedef struct
{
  gboolean sends; /* callsink: messages about what is sent come from it, those about what is received from `output`'s */
  GstPad *(*output) (GstElement *element, GstCallMedia media, guint index); /* transfer full */
  /* Connected: how many tracks of each kind the peer's description promises, by GstCallMedia. */
  void (*tracks) (GstElement *element, const guint n_tracks[2]);
  void (*end_of_call) (GstElement *element); /* on-end=eos: end the streams */
  /* Of a call that we made. */
  void (*progress) (GstElement *element, ParticipantState previous, ParticipantState state, const char *reason,
      GstTagList *tags); /* of the call; NULL */
  void (*quality) (GstElement *element, GstCallMedia media, guint index, const GstStructure *figures); /* received */
  void (*call_ended) (GstElement *element, const GstStructure *call); /* `call-ended` with its `call-id` */
} GstCallMemberFuncs;

GstCallSession *gst_call_session_new (const char *name);
gboolean gst_call_session_is_over (GstCallSession *self); /* the last member left: it cannot be used again */

/* READY -> PAUSED. FALSE with @error: a property that says something else than another element of the session, or a
 * second callsrc or callsink. */
gboolean gst_call_session_join (GstCallSession *self, GstElement *element, const GstCallMemberFuncs *funcs,
    const GstCallSettings *settings, GError **error);
/* PAUSED -> PLAYING: opens the socket; from now on it dials and answers. */
void gst_call_session_play (GstCallSession *self, GstElement *element);
/* PAUSED -> READY. The last one hangs up and waits until nothing of the session is left (bounded). */
void gst_call_session_leave (GstCallSession *self, GstElement *element);

void gst_call_session_set_output (GstCallSession *self, GstCallOutput output);   /* of callsrc */
void gst_call_session_set_codec (GstCallSession *self, const char *video_codec); /* of callsink; static */
void gst_call_session_set_bitrate (GstCallSession *self, GstCallMedia media, guint bitrate);
void gst_call_session_add_input (GstCallSession *self, GstCallTrackSink *input);
void gst_call_session_remove_input (GstCallSession *self, GstCallTrackSink *input);
void gst_call_session_set_webrtcbin (GstCallSession *self, GstElement *webrtcbin); /* of callsignaling */
void gst_call_session_set_listen (GstCallSession *self, gboolean listen);          /* likewise */

/* Any thread; done on the worker, results are states and messages. */
void gst_call_session_dial (GstCallSession *self, const char *peer, const char *call_type);
void gst_call_session_answer (GstCallSession *self, const char *call_id);
void gst_call_session_reject (GstCallSession *self, const char *call_id, const char *reason);
void gst_call_session_hang_up (GstCallSession *self);
/* 0: the usual. What goes wrong is a call-error and does not end anything. */
void gst_call_session_send_dtmf (GstCallSession *self, const char *digits, guint duration_ms, guint gap_ms);
/* Hangs up, and then ends the streams of what is received, whatever on-end says. */
void gst_call_session_finish (GstCallSession *self);

ParticipantState gst_call_session_get_state (GstCallSession *self);
char *gst_call_session_dup_call_id (GstCallSession *self);
GstStructure *gst_call_session_dup_stats (GstCallSession *self);

G_END_DECLS
