/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callstate.h"

/* The table below is the whole of the call model: everything that is not in it changes nothing. A final state has an
 * empty row, so that an end after an end, a reject after an accept or a late timer meet FALSE.
 *
 *                 accept                     end, grace time
 *    calling ---------------> active -----------------------------> ended
 *       |                        |
 *       | reject, receiver-end   | server-lost
 *       +------------> rejected  +--------------> failed <---+
 *       | caller-end, timeouts, busy                         |
 *       +------------> missed                                |
 *       | server-lost                                        |
 *       +----------------------------------------------------+
 *
 * A receiver's devices all ring. Whichever answer one of them gives, the others stop by answered-elsewhere. */

typedef struct
{
  gboolean valid;
  CallTransition transition;
} Cell;

#define GO(next, why, what)                                                                                            \
  {                                                                                                                    \
    TRUE,                                                                                                              \
    {                                                                                                                  \
      CALL_STATE_##next, CALL_END_REASON_##why, (CallActions) (what)                                                   \
    }                                                                                                                  \
  }

#define CLOSE (CALL_ACTION_SET_END_TIME | CALL_ACTION_STOP_GRACE_TIMERS)
#define CLOSE_RINGING (CLOSE | CALL_ACTION_STOP_RING_TIMER)
#define ACCEPTED                                                                                                       \
  (CALL_ACTION_STOP_RING_TIMER | CALL_ACTION_SET_ACCEPT_TIME | CALL_ACTION_SEND_ACCEPTED                               \
      | CALL_ACTION_SEND_ANSWERED_ELSEWHERE)
#define DECLINED (CLOSE_RINGING | CALL_ACTION_SEND_REJECTED | CALL_ACTION_SEND_ANSWERED_ELSEWHERE)
#define UNANSWERED (CLOSE_RINGING | CALL_ACTION_SEND_ENDED)
#define OVER (CLOSE | CALL_ACTION_SEND_ENDED)

static const Cell table[CALL_STATE_COUNT][CALL_EVENT_COUNT] = {
    [CALL_STATE_CALLING] =
        {
            [CALL_EVENT_ACCEPT] = GO (ACTIVE, NONE, ACCEPTED),
            [CALL_EVENT_REJECT] = GO (REJECTED, DECLINED, DECLINED),
            [CALL_EVENT_CALLER_END] = GO (MISSED, CANCELLED, UNANSWERED),
            [CALL_EVENT_RECEIVER_END] = GO (REJECTED, DECLINED, DECLINED),
            [CALL_EVENT_RING_TIMEOUT] = GO (MISSED, TIMEOUT, UNANSWERED),
            [CALL_EVENT_RING_TIMEOUT_OFFLINE] = GO (MISSED, OFFLINE, UNANSWERED),
            /* The receiver was never rung and the answer to start tells the caller: nobody is sent call-ended. */
            [CALL_EVENT_BUSY] = GO (MISSED, BUSY, CLOSE_RINGING),
            /* Only a caller can vanish while it rings: a receiver without a socket is offline, not gone. */
            [CALL_EVENT_GRACE_TIMEOUT] = GO (MISSED, CANCELLED, UNANSWERED),
            [CALL_EVENT_SERVER_LOST] = GO (FAILED, SERVER, UNANSWERED),
        },
    [CALL_STATE_ACTIVE] =
        {
            [CALL_EVENT_CALLER_END] = GO (ENDED, HANGUP, OVER),
            [CALL_EVENT_RECEIVER_END] = GO (ENDED, HANGUP, OVER),
            [CALL_EVENT_GRACE_TIMEOUT] = GO (ENDED, NETWORK, OVER),
            [CALL_EVENT_SERVER_LOST] = GO (FAILED, SERVER, OVER),
        },
};

static const char *const state_names[CALL_STATE_COUNT] = {
    [CALL_STATE_CALLING] = "calling",
    [CALL_STATE_ACTIVE] = "active",
    [CALL_STATE_ENDED] = "ended",
    [CALL_STATE_REJECTED] = "rejected",
    [CALL_STATE_MISSED] = "missed",
    [CALL_STATE_FAILED] = "failed",
};

static const char *const event_names[CALL_EVENT_COUNT] = {
    [CALL_EVENT_ACCEPT] = "accept",
    [CALL_EVENT_REJECT] = "reject",
    [CALL_EVENT_CALLER_END] = "caller-end",
    [CALL_EVENT_RECEIVER_END] = "receiver-end",
    [CALL_EVENT_RING_TIMEOUT] = "ring-timeout",
    [CALL_EVENT_RING_TIMEOUT_OFFLINE] = "ring-timeout-offline",
    [CALL_EVENT_BUSY] = "busy",
    [CALL_EVENT_GRACE_TIMEOUT] = "grace-timeout",
    [CALL_EVENT_SERVER_LOST] = "server-lost",
};

static const char *const reason_names[CALL_END_REASON_COUNT] = {
    [CALL_END_REASON_HANGUP] = "hangup",
    [CALL_END_REASON_DECLINED] = "declined",
    [CALL_END_REASON_CANCELLED] = "cancelled",
    [CALL_END_REASON_TIMEOUT] = "timeout",
    [CALL_END_REASON_BUSY] = "busy",
    [CALL_END_REASON_OFFLINE] = "offline",
    [CALL_END_REASON_NETWORK] = "network",
    [CALL_END_REASON_SERVER] = "server",
};

static const char *
name_of (const char *const *names, guint count, guint value)
{
  return value < count ? names[value] : NULL;
}

static gboolean
value_of (const char *const *names, guint count, const char *text, guint *value)
{
  for (guint i = 0; text != NULL && i < count; i++) {
    if (g_strcmp0 (names[i], text) == 0) {
      *value = i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
call_state_next (CallState state, CallEvent event, CallTransition *transition)
{
  g_return_val_if_fail ((guint) state < CALL_STATE_COUNT && (guint) event < CALL_EVENT_COUNT, FALSE);

  const Cell *cell = &table[state][event];
  if (cell->valid && transition != NULL)
    *transition = cell->transition;
  return cell->valid;
}

gboolean
call_state_is_live (CallState state)
{
  return state == CALL_STATE_CALLING || state == CALL_STATE_ACTIVE;
}

const char *
call_state_to_string (CallState state)
{
  return name_of (state_names, CALL_STATE_COUNT, state);
}

gboolean
call_state_from_string (const char *text, CallState *state)
{
  guint value = 0;
  gboolean found = value_of (state_names, CALL_STATE_COUNT, text, &value);
  if (found)
    *state = (CallState) value;
  return found;
}

const char *
call_event_to_string (CallEvent event)
{
  return name_of (event_names, CALL_EVENT_COUNT, event);
}

const char *
call_end_reason_to_string (CallEndReason reason)
{
  return name_of (reason_names, CALL_END_REASON_COUNT, reason);
}

gboolean
call_end_reason_from_string (const char *text, CallEndReason *reason)
{
  guint value = 0;
  gboolean found = value_of (reason_names, CALL_END_REASON_COUNT, text, &value);
  if (found)
    *reason = (CallEndReason) value;
  return found;
}
