/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/asker.h"

G_BEGIN_DECLS

/* The calls that live, as memory knows them: a copy of the row, the timers, and a seat for each participant. A timer
 * that runs out is an event like any other: it goes to the store, and what core's table makes of it comes back. */

typedef struct LiveCall LiveCall;

typedef struct
{
  LiveCall *call;
  User *user;
  TransportSocket *device; /* the socket that is in the call; NULL: not known yet, or gone */
  Timer *grace;            /* the device is gone */
  gint64 lost_ms;          /* since when */
  GQueue signals;          /* (element-type char) bodies of call-signal that wait for this participant */
  gsize signal_bytes;
  gint64 quality_us;     /* when it last sent a call-quality */
  gint64 final_us;       /* the same, of a final one */
  gint64 others_told_us; /* when its other devices were told that this one answered; 0: not yet */
} Seat;

typedef enum
{
  SEAT_CALLER,
  SEAT_RECEIVER
} SeatRole;

struct LiveCall
{
  Server *server;
  CallRecord *record;
  Seat seats[2];
  Timer *ring;
  Timer *retry; /* of what a timer wanted and the database did not */
  StoreJob *retry_job;
};

void live_call_free (LiveCall *call);
LiveCall *live_find (Server *server, const char *call_id);
Seat *live_seat_of (LiveCall *call, const User *user); /* NULL: no participant */
Seat *live_other_seat (Seat *seat);

/* A call that was just started, or found in the database: its ring timer runs from its start. Takes @record. */
LiveCall *live_add (Server *server, CallRecord *record);
gboolean live_ring_is_over (const LiveCall *call); /* its timer may still have to say so */

/* Carries out what a job made of a call: memory follows the row, and those concerned are told. Takes job->call when
 * the call lives on. @actor: who did it, on @device if that is known; both NULL for a timer. @reason, @message: what
 * a rejecting user says. */
void live_apply (Server *server, StoreJob *job, const User *actor, const TransportSocket *device, const char *reason,
    const char *message);

/* The receiver's devices but @device, which answered, stop to ring. */
void live_tell_answered_elsewhere (LiveCall *call, const TransportSocket *device);

void live_start_grace (Seat *seat, gint64 lost_ms);
void live_stop_grace (Seat *seat);

G_END_DECLS
