/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/calldirectroom.h"
#include "gst/core/callstate.h"

G_BEGIN_DECLS

/* A call of a room, for calldirectroom.c only, under its lock. */

typedef enum
{
  CALL_DIRECT_CALLER,
  CALL_DIRECT_RECEIVER,
  CALL_DIRECT_SIDES
} CallDirectSide;

typedef struct
{
  char *id;
  GPtrArray *devices; /* (element-type CallDirectDevice), not owned */
} CallDirectUser;

struct CallDirectDevice
{
  struct CallDirectRoom *room;
  CallDirectUser *user;
  CallDirectDeliver deliver;
  gpointer user_data;
};

typedef struct
{
  char *id;
  char *channel_name;
  char *call_type;
  CallState state;
  CallEndReason reason;
  CallDirectUser *users[CALL_DIRECT_SIDES];
  CallDirectDevice *devices[CALL_DIRECT_SIDES]; /* the one that carries the call; the receiver's is set by accept */
  GQueue waiting[CALL_DIRECT_SIDES];            /* (element-type CallMessage) signals for a side without a device */
  gint64 accept_time;
  gint64 end_time;
} CallDirectCall;

CallDirectCall *call_direct_call_new (CallDirectDevice *caller, CallDirectUser *receiver, const char *call_type);
void call_direct_call_free (CallDirectCall *call);

gboolean call_direct_call_get_side (const CallDirectCall *call, const CallDirectUser *user, CallDirectSide *side);
/* What answers, incoming-call, call-accepted and the rows of call-active have in common. */
CallMessage *call_direct_call_describe (const CallDirectCall *call, CallMessageType type, CallDirectSide reader);

/* Takes @answer and makes it ok. */
void call_direct_answer (CallDirectDevice *device, CallMessage *answer, gpointer tag);

/* After the answer to start: tells the receiver's devices, or the caller that there are none. */
void call_direct_call_ring (CallDirectCall *call);
/* Takes the state on, answers @by and tells the others. @by, @request, @tag: NULL for an event that nobody asked for.
 * FALSE: the event means nothing in this state, nothing was done. */
gboolean call_direct_call_apply (
    CallDirectCall *call, CallEvent event, CallDirectDevice *by, const CallMessage *request, gpointer tag);
/* @device carries the call on its side now, and gets the signals that waited for it. */
void call_direct_call_bind (CallDirectCall *call, CallDirectSide side, CallDirectDevice *device);
/* To the other side. FALSE: too many wait there already. */
gboolean call_direct_call_relay (CallDirectCall *call, CallDirectSide from, const CallMessage *message);
/* A device came to its user, or goes (it is not in the user's list any more). */
void call_direct_call_device_came (CallDirectCall *call, CallDirectDevice *device);
void call_direct_call_device_gone (CallDirectCall *call, const CallDirectDevice *device);

G_END_DECLS
