/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The life of a call record: one const table [state][event] -> next state, reason, actions. */

typedef enum
{
  CALL_STATE_CALLING,
  CALL_STATE_ACTIVE,
  CALL_STATE_ENDED,
  CALL_STATE_REJECTED,
  CALL_STATE_MISSED,
  CALL_STATE_FAILED,
  CALL_STATE_COUNT
} CallState;

typedef enum
{
  CALL_EVENT_ACCEPT,               /* the receiver accepted */
  CALL_EVENT_REJECT,               /* the receiver rejected */
  CALL_EVENT_CALLER_END,           /* the caller ended (gave up while ringing, hung up when active) */
  CALL_EVENT_RECEIVER_END,         /* the receiver ended (declines while ringing) */
  CALL_EVENT_RING_TIMEOUT,         /* nobody answered within the ring time */
  CALL_EVENT_RING_TIMEOUT_OFFLINE, /* the same, and the receiver never had a socket */
  CALL_EVENT_BUSY,                 /* the receiver was in another call */
  CALL_EVENT_GRACE_TIMEOUT,        /* a participant stayed unreachable past the grace time */
  CALL_EVENT_SERVER_LOST,          /* the server cannot carry the call on */
  CALL_EVENT_COUNT
} CallEvent;

typedef enum
{
  CALL_END_REASON_NONE,
  CALL_END_REASON_HANGUP,
  CALL_END_REASON_DECLINED,
  CALL_END_REASON_CANCELLED,
  CALL_END_REASON_TIMEOUT,
  CALL_END_REASON_BUSY,
  CALL_END_REASON_OFFLINE,
  CALL_END_REASON_NETWORK,
  CALL_END_REASON_SERVER,
  CALL_END_REASON_COUNT
} CallEndReason;

/* What the shell carries out after it has stored the new state. */
typedef enum
{
  CALL_ACTION_NONE = 0,
  CALL_ACTION_STOP_RING_TIMER = 1 << 0,
  CALL_ACTION_SET_ACCEPT_TIME = 1 << 1,
  CALL_ACTION_SET_END_TIME = 1 << 2,
  CALL_ACTION_SEND_ACCEPTED = 1 << 3,           /* call-accepted to the caller */
  CALL_ACTION_SEND_REJECTED = 1 << 4,           /* call-rejected to the caller */
  CALL_ACTION_SEND_ENDED = 1 << 5,              /* call-ended to the participants but the one who did it */
  CALL_ACTION_SEND_ANSWERED_ELSEWHERE = 1 << 6, /* call-ended/answered-elsewhere to the receiver's other devices */
  CALL_ACTION_STOP_GRACE_TIMERS = 1 << 7,
} CallActions;

typedef struct
{
  CallState state;
  CallEndReason reason; /* CALL_END_REASON_NONE unless the call came to its end */
  CallActions actions;
} CallTransition;

/* FALSE: the event changes nothing in that state (an end after an end, a reject after an accept). */
gboolean call_state_next (CallState state, CallEvent event, CallTransition *transition);
gboolean call_state_is_live (CallState state); /* calling or active */

const char *call_state_to_string (CallState state); /* "calling", ... */
gboolean call_state_from_string (const char *text, CallState *state);
const char *call_event_to_string (CallEvent event);           /* "accept", "caller-end", ... */
const char *call_end_reason_to_string (CallEndReason reason); /* "hangup", ...; NULL for NONE */
gboolean call_end_reason_from_string (const char *text, CallEndReason *reason);

G_END_DECLS
