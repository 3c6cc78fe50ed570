/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "callsession.h"
#include "callreport.h"
#include "callsignaller.h"
#include "gst/core/sdpcheck.h"

G_BEGIN_DECLS

/* Shared by callsession.c (members, worker thread), callsessioncall.c (states, messages), callsessionrequest.c (what is
 * asked of the server), callsessionevents.c (what it says), callsessionleg.c (leg, inputs, outputs),
 * callsessionice.c, callsessionlisten.c, callsessionwebrtcbin.c (the user's webrtcbin), callsessionquality.c and
 * callsessionstats.c. */

typedef struct
{
  GstElement *element; /* not owned: it leaves before it goes */
  const GstCallMemberFuncs *funcs;
} GstCallMember;

typedef enum
{
  SESSION_TIMER_RING,    /* own call not answered */
  SESSION_TIMER_GIVE_UP, /* no connection within reconnect-timeout */
  SESSION_TIMER_RETRY,   /* ask for a new offer again */
  SESSION_TIMER_CAPS,    /* look again whether a leg can be built: inputs have caps, earlier legs are gone */
  SESSION_TIMER_WARM,    /* look again whether a leg can be made at once */
  SESSION_TIMER_QUALITY, /* look at the meters */
  SESSION_TIMER_STOP,    /* stopping takes too long */
  SESSION_TIMER_REPORT,  /* stopping, the last report takes too long */
  SESSION_TIMER_COUNT
} SessionTimer;

/* An input and the pad of the leg that it goes into. */
typedef struct
{
  GstCallTrackSink *input;
  GstPad *pad;
} GstCallLegTrack;

struct _GstCallSession
{
  GstObject parent;

  GMutex lock;       /* for this part */
  GArray *members;   /* (element-type GstCallMember) */
  GPtrArray *inputs; /* (element-type GstCallTrackSink) */
  GstCallSettings settings;
  GstCallOutput output;
  gboolean has_source;     /* somebody takes what comes in */
  const char *video_codec; /* static: the worker looks at it while callsink's properties are set */
  guint bitrate[2];        /* by GstCallMedia */
  GstElement *webrtcbin;
  gboolean listens; /* has no call, but says which come */
  GstClock *clock;
  GstClockTime base_time;
  gint64 play_time; /* monotonic; 0 before PLAYING */
  gboolean over;    /* the last member has left */
  ParticipantState state;
  char *call_id;
  char *peer;
  char *peer_name; /* NULL: not told */

  GstCallPace pace;
  GThread *thread;
  GThread *certificate_thread;
  GMainContext *context;
  GMainLoop *loop;

  /* the rest belongs to the worker thread */
  GstCallSignaller *signaller;
  GCancellable *cancellable;
  char *user;      /* our own id, as the server knows us */
  gboolean ready;  /* the socket is up and running calls were asked for */
  gboolean failed; /* an error was posted: nothing more to end */
  gboolean dialed;
  gboolean gone; /* the one call that we are for */
  gboolean stopping;
  guint pending_ends;    /* call-end requests without an answer */
  guint pending_reports; /* call-quality requests likewise */
  guint closing_legs;
  gboolean signaller_stopped;

  gboolean caller; /* of the current call: we offer */
  char *call_type;
  char *dial_type;
  char *end_reason;
  GPtrArray *ice_servers;
  GstCallLeg *leg;
  gint64 leg_time;                 /* monotonic, when it was built */
  CallMeters *meters;              /* of the call, over all of its legs */
  CallReport *report;              /* the one that is growing */
  gint64 report_time;              /* monotonic us: when it is due */
  GstCallNegotiation *negotiation; /* on the user's webrtcbin */
  guint peer_tracks[2];            /* that the peer's description says it sends, by GstCallMedia */
  gboolean got_offer;              /* the leg has been given its offer */
  GPtrArray *early;                /* (element-type CallMessage): signals that came before the leg */
  GPtrArray *tracks;               /* of the leg (element-type GstCallLegTrack) */
  gulong pad_added;
  GSource *timers[SESSION_TIMER_COUNT];
};

/* callsession.c */
/* From any thread: @func on the worker, after those that were given before; not when the session is over. */
void session_attach (GstCallSession *self, GSourceFunc func, gpointer data, GDestroyNotify free_data);
/* Likewise, for @func. */
typedef void (*SessionFunc) (GstCallSession *self, const char *first, const char *second);
void session_invoke (GstCallSession *self, SessionFunc func, const char *first, const char *second);
/* The element that speaks for the session, the one that joined first; NULL when all have left. */
GstElement *session_ref_speaker (GstCallSession *self);
/* callsrc speaks of what is received, callsink of what is sent; where there is none, the speaker. */
GstElement *session_ref_element (GstCallSession *self, gboolean sent);
void session_post (GstCallSession *self, GstStructure *structure);
/* Calls @func for each member, without the lock. */
typedef void (*SessionMemberFunc) (GstCallSession *self, GstElement *element, const GstCallMemberFuncs *funcs);
void session_foreach_member (GstCallSession *self, SessionMemberFunc func);
void session_notify_state (GstCallSession *self);
void session_start_timer (GstCallSession *self, SessionTimer timer, guint64 ms, GSourceFunc func);
void session_stop_timer (GstCallSession *self, SessionTimer timer);
/* The last step: ends the worker when nothing is under way any more. */
void session_check_stopped (GstCallSession *self);

/* callsessioncall.c */
void session_apply (GstCallSession *self, ParticipantEvent event, const char *reason);
void session_set_state (GstCallSession *self, ParticipantState state, const char *reason);
void session_set_call (GstCallSession *self, const char *call_id, const char *peer);
void session_set_peer_name (GstCallSession *self, const char *name); /* after session_set_call () */
GstTagList *session_dup_tags (GstCallSession *self);                 /* of what is received; NULL */
void session_update_timers (GstCallSession *self, ParticipantState state);
void session_tell_error (GstCallSession *self, const GError *error); /* a call-error */
/* Ends with a GST_ELEMENT_ERROR (on-end=wait: a call-error message, and the session goes on unless @fatal). */
void session_fail (GstCallSession *self, const GError *error, gboolean fatal);
void session_proceed (GstCallSession *self); /* dials or answers what waits for PLAYING */

/* callsessionrequest.c */
void session_request (
    GstCallSession *self, const CallMessage *message, GCancellable *cancellable, GAsyncReadyCallback callback);
void session_send_start (GstCallSession *self);
void session_send_accept (GstCallSession *self);
void session_send_end (GstCallSession *self, const char *reason, gboolean reject);
/* @message ends a call or declines one: stopping waits for the answer. */
void session_send_final (GstCallSession *self, const CallMessage *message);
void session_send_report (GstCallSession *self, const char *json);
void session_send_signal (GstCallSession *self, const CallMessage *signal);
void session_ask_renegotiate (GstCallSession *self);

/* callsessionevents.c */
void session_start_signaller (GstCallSession *self);
/* What the server tells about the media with start, accept, incoming-call and call-accepted. */
void session_take_terms (GstCallSession *self, const CallMessage *message, gboolean caller);

/* The environment's GST_CALL_ID, of a session that would answer any call: the one that it is for. NULL: none. */
const char *session_given_call (GstCallSession *self);

/* callsessionlisten.c */
void session_post_incoming (GstCallSession *self, const CallMessage *message);
void session_post_gone (GstCallSession *self, const char *call_id, const char *reason);
void session_listen_connected (GstCallSession *self, const char *user);
void session_listen_disconnected (GstCallSession *self, const GError *error);
void session_listen_message (GstCallSession *self, const CallMessage *message);
void session_listen_reject (GstCallSession *self, const char *call_id, const char *reason);

/* callsessionice.c; @addresses outlives @ice */
char **session_split_addresses (GstCallSession *self);
void session_fill_ice (GstCallSession *self, char **addresses, GstCallIceConfig *ice);

/* callsessionquality.c */
CallMeters *session_start_quality (GstCallSession *self);                    /* with each leg */
void session_end_quality (GstCallSession *self);                             /* with the call */
void session_take_report (GstCallSession *self, const CallMessage *message); /* the other participant's */

/* callsessiondtmf.c */
void session_take_dtmf (GstCallSession *self, const TelephoneKeyChange *change);

/* callsessionwebrtcbin.c */
void session_make_negotiation (GstCallSession *self);

/* callsessionleg.c */
void session_leg_failed (GstCallSession *self, const GError *error);
void session_build_leg (GstCallSession *self);
void session_drop_leg (GstCallSession *self);
void session_handle_signal (GstCallSession *self, const CallMessage *message);
void session_finish_streams (GstCallSession *self);
const char *session_call_type (GstCallSession *self);

G_END_DECLS
