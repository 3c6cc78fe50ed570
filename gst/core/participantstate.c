/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/participantstate.h"

/* One participant, from its dial or its ring to its end. The caller offers, always: so it builds a leg on its own, and
 * the callee builds one when it is to answer an offer.
 *
 *    idle --dial--> dialing --started--> ringing --accepted--> connecting --leg-connected--> connected
 *      |                                  ^   |                ^   |                           |  ^
 *      +--incoming------------------------+   +--answer--------+   | leg-failed, renegotiate   |  |
 *      |                                                       |   v                           v  |
 *      +--resumed----------------------------------------------+   +---> reconnecting <--------+  |
 *                                                                           +----leg-connected----+
 *
 * A leg is never mended, only built anew on the same call id: a callee whose leg failed asks for it, the caller (told
 * by renegotiate) drops its own, builds and offers, and the offer is the callee's renegotiate. Lost requests need no
 * memory of their own: the new leg does not connect, leg-failed comes again, and the same actions are done again until
 * give-up. */

typedef struct
{
  gboolean valid;
  ParticipantTransition transition;
} Step;

typedef struct
{
  Step caller;
  Step callee;
} Cell;

#define STEP(next, what)                                                                                               \
  {                                                                                                                    \
    TRUE,                                                                                                              \
    {                                                                                                                  \
      PARTICIPANT_STATE_##next, (ParticipantActions) (what)                                                            \
    }                                                                                                                  \
  }
#define BOTH(next, what)                                                                                               \
  {                                                                                                                    \
    STEP (next, what), STEP (next, what)                                                                               \
  }
#define EACH(next, of_caller, of_callee)                                                                               \
  {                                                                                                                    \
    STEP (next, of_caller), STEP (next, of_callee)                                                                     \
  }
#define CALLER(next, what)                                                                                             \
  {                                                                                                                    \
    .caller = STEP (next, what)                                                                                        \
  }
#define CALLEE(next, what)                                                                                             \
  {                                                                                                                    \
    .callee = STEP (next, what)                                                                                        \
  }

#define NOTHING PARTICIPANT_ACTION_NONE
#define START PARTICIPANT_ACTION_SEND_START
#define ACCEPT PARTICIPANT_ACTION_SEND_ACCEPT
#define BUILD PARTICIPANT_ACTION_BUILD_LEG
#define ASK PARTICIPANT_ACTION_ASK_RENEGOTIATE
#define FINISH PARTICIPANT_ACTION_FINISH
#define REBUILD (PARTICIPANT_ACTION_DROP_LEG | PARTICIPANT_ACTION_BUILD_LEG)
#define REASK (PARTICIPANT_ACTION_DROP_LEG | PARTICIPANT_ACTION_ASK_RENEGOTIATE)
#define LEAVE (PARTICIPANT_ACTION_DROP_LEG | PARTICIPANT_ACTION_FINISH)
#define END (LEAVE | PARTICIPANT_ACTION_SEND_END)

static const Cell table[PARTICIPANT_STATE_COUNT][PARTICIPANT_EVENT_COUNT] = {
    [PARTICIPANT_STATE_IDLE] =
        {
            [PARTICIPANT_EVENT_DIAL] = BOTH (DIALING, START),
            [PARTICIPANT_EVENT_INCOMING] = BOTH (RINGING, NOTHING),
            [PARTICIPANT_EVENT_RESUMED] = EACH (CONNECTING, BUILD, ASK),
        },
    [PARTICIPANT_STATE_DIALING] =
        {
            [PARTICIPANT_EVENT_STARTED] = BOTH (RINGING, NOTHING),
            /* Both dialed each other: the server made one call of it, and the later one finds it accepted. */
            [PARTICIPANT_EVENT_ACCEPTED] = BOTH (CONNECTING, BUILD),
            [PARTICIPANT_EVENT_HANG_UP] = BOTH (ENDED, END),
            [PARTICIPANT_EVENT_REMOTE_END] = BOTH (ENDED, LEAVE),
            [PARTICIPANT_EVENT_REFUSED] = BOTH (ENDED, FINISH),
        },
    [PARTICIPANT_STATE_RINGING] =
        {
            [PARTICIPANT_EVENT_ANSWER] = CALLEE (CONNECTING, ACCEPT),
            [PARTICIPANT_EVENT_ACCEPTED] = CALLER (CONNECTING, BUILD),
            [PARTICIPANT_EVENT_HANG_UP] = BOTH (ENDED, END),
            [PARTICIPANT_EVENT_REMOTE_END] = BOTH (ENDED, LEAVE),
        },
    [PARTICIPANT_STATE_CONNECTING] =
        {
            [PARTICIPANT_EVENT_ACCEPTED] = CALLEE (CONNECTING, BUILD),
            [PARTICIPANT_EVENT_LEG_CONNECTED] = BOTH (CONNECTED, NOTHING),
            [PARTICIPANT_EVENT_LEG_FAILED] = EACH (RECONNECTING, REBUILD, REASK),
            [PARTICIPANT_EVENT_RENEGOTIATE] = BOTH (CONNECTING, REBUILD),
            [PARTICIPANT_EVENT_GIVE_UP] = BOTH (ENDED, END),
            [PARTICIPANT_EVENT_HANG_UP] = BOTH (ENDED, END),
            [PARTICIPANT_EVENT_REMOTE_END] = BOTH (ENDED, LEAVE),
            [PARTICIPANT_EVENT_REFUSED] = BOTH (ENDED, FINISH),
        },
    [PARTICIPANT_STATE_CONNECTED] =
        {
            [PARTICIPANT_EVENT_LEG_FAILED] = EACH (RECONNECTING, REBUILD, REASK),
            [PARTICIPANT_EVENT_RENEGOTIATE] = BOTH (RECONNECTING, REBUILD),
            [PARTICIPANT_EVENT_HANG_UP] = BOTH (ENDED, END),
            [PARTICIPANT_EVENT_REMOTE_END] = BOTH (ENDED, LEAVE),
        },
    [PARTICIPANT_STATE_RECONNECTING] =
        {
            [PARTICIPANT_EVENT_LEG_CONNECTED] = BOTH (CONNECTED, NOTHING),
            [PARTICIPANT_EVENT_LEG_FAILED] = EACH (RECONNECTING, REBUILD, REASK),
            [PARTICIPANT_EVENT_RENEGOTIATE] = BOTH (RECONNECTING, REBUILD),
            [PARTICIPANT_EVENT_GIVE_UP] = BOTH (ENDED, END),
            [PARTICIPANT_EVENT_HANG_UP] = BOTH (ENDED, END),
            [PARTICIPANT_EVENT_REMOTE_END] = BOTH (ENDED, LEAVE),
        },
    [PARTICIPANT_STATE_ENDED] =
        {
            [PARTICIPANT_EVENT_RESET] = BOTH (IDLE, NOTHING),
        },
};

static const char *const state_names[PARTICIPANT_STATE_COUNT] = {
    [PARTICIPANT_STATE_IDLE] = "idle",
    [PARTICIPANT_STATE_DIALING] = "dialing",
    [PARTICIPANT_STATE_RINGING] = "ringing",
    [PARTICIPANT_STATE_CONNECTING] = "connecting",
    [PARTICIPANT_STATE_CONNECTED] = "connected",
    [PARTICIPANT_STATE_RECONNECTING] = "reconnecting",
    [PARTICIPANT_STATE_ENDED] = "ended",
};

static const char *const event_names[PARTICIPANT_EVENT_COUNT] = {
    [PARTICIPANT_EVENT_DIAL] = "dial",
    [PARTICIPANT_EVENT_STARTED] = "started",
    [PARTICIPANT_EVENT_INCOMING] = "incoming",
    [PARTICIPANT_EVENT_ANSWER] = "answer",
    [PARTICIPANT_EVENT_ACCEPTED] = "accepted",
    [PARTICIPANT_EVENT_RESUMED] = "resumed",
    [PARTICIPANT_EVENT_LEG_CONNECTED] = "leg-connected",
    [PARTICIPANT_EVENT_LEG_FAILED] = "leg-failed",
    [PARTICIPANT_EVENT_RENEGOTIATE] = "renegotiate",
    [PARTICIPANT_EVENT_GIVE_UP] = "give-up",
    [PARTICIPANT_EVENT_HANG_UP] = "hang-up",
    [PARTICIPANT_EVENT_REMOTE_END] = "remote-end",
    [PARTICIPANT_EVENT_REFUSED] = "refused",
    [PARTICIPANT_EVENT_RESET] = "reset",
};

gboolean
participant_state_next (
    ParticipantState state, ParticipantEvent event, gboolean caller, ParticipantTransition *transition)
{
  g_return_val_if_fail ((guint) state < PARTICIPANT_STATE_COUNT && (guint) event < PARTICIPANT_EVENT_COUNT, FALSE);

  const Cell *cell = &table[state][event];
  const Step *step = caller ? &cell->caller : &cell->callee;
  if (step->valid && transition != NULL)
    *transition = step->transition;
  return step->valid;
}

const char *
participant_state_to_string (ParticipantState state)
{
  return (guint) state < PARTICIPANT_STATE_COUNT ? state_names[state] : NULL;
}

const char *
participant_event_to_string (ParticipantEvent event)
{
  return (guint) event < PARTICIPANT_EVENT_COUNT ? event_names[event] : NULL;
}
