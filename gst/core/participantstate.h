/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What one participant (the session that callsrc, callsink and callsignaling share) is doing. The same manner as
 * callstate: one const table [state][event] -> next state, actions. The state names are those of the property
 * `state`. */

typedef enum
{
  PARTICIPANT_STATE_IDLE,
  PARTICIPANT_STATE_DIALING,      /* start was asked, the server has not answered */
  PARTICIPANT_STATE_RINGING,      /* ours rings there, or theirs rings here */
  PARTICIPANT_STATE_CONNECTING,   /* accepted; the leg is on its way up */
  PARTICIPANT_STATE_CONNECTED,    /* the leg carries media */
  PARTICIPANT_STATE_RECONNECTING, /* the leg failed; a new one is built on the same call id */
  PARTICIPANT_STATE_ENDED,
  PARTICIPANT_STATE_COUNT
} ParticipantState;

typedef enum
{
  PARTICIPANT_EVENT_DIAL,          /* dial() or the property peer */
  PARTICIPANT_EVENT_STARTED,       /* the server answered start */
  PARTICIPANT_EVENT_INCOMING,      /* incoming-call */
  PARTICIPANT_EVENT_ANSWER,        /* answer() or auto-answer; accept is asked */
  PARTICIPANT_EVENT_ACCEPTED,      /* call-accepted (caller), or the server took our accept (callee) */
  PARTICIPANT_EVENT_RESUMED,       /* a call found running at the server is taken up again by a new process */
  PARTICIPANT_EVENT_LEG_CONNECTED, /* ICE and DTLS are up and the certificate is the peer's */
  PARTICIPANT_EVENT_LEG_FAILED,    /* ICE or DTLS failed, consent lost */
  PARTICIPANT_EVENT_RENEGOTIATE,   /* the peer asks for a new leg, or its new offer is there */
  PARTICIPANT_EVENT_GIVE_UP,       /* no leg within the reconnect time */
  PARTICIPANT_EVENT_HANG_UP,       /* hang-up(), reject(), EOS, or the pipeline stops */
  PARTICIPANT_EVENT_REMOTE_END,    /* call-ended, call-rejected, user-busy */
  PARTICIPANT_EVENT_REFUSED,       /* the server refused start or accept */
  PARTICIPANT_EVENT_RESET,         /* on-end=wait: ready for the next call */
  PARTICIPANT_EVENT_COUNT
} ParticipantEvent;

typedef enum
{
  PARTICIPANT_ACTION_NONE = 0,
  PARTICIPANT_ACTION_SEND_START = 1 << 0,
  PARTICIPANT_ACTION_SEND_ACCEPT = 1 << 1,
  PARTICIPANT_ACTION_SEND_END = 1 << 2,  /* also a reject, where the shell knows it is one */
  PARTICIPANT_ACTION_BUILD_LEG = 1 << 3, /* (re)build; the caller offers, the callee waits for the offer */
  PARTICIPANT_ACTION_DROP_LEG = 1 << 4,
  PARTICIPANT_ACTION_ASK_RENEGOTIATE = 1 << 5, /* a callee asks the caller for a new offer */
  PARTICIPANT_ACTION_FINISH = 1 << 6           /* on-end: EOS, or RESET */
} ParticipantActions;

typedef struct
{
  ParticipantState state;
  ParticipantActions actions;
} ParticipantTransition;

/* @caller: this participant started the call and so offers. FALSE: the event means nothing in that state. */
gboolean participant_state_next (
    ParticipantState state, ParticipantEvent event, gboolean caller, ParticipantTransition *transition);
const char *participant_state_to_string (ParticipantState state); /* "idle", "dialing", ... */
const char *participant_event_to_string (ParticipantEvent event);

G_END_DECLS
