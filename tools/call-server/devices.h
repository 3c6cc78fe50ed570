/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/live.h"

G_BEGIN_DECLS

/* Which socket of a user is in a call, and what happens when sockets come and go.
 *
 *   start or accept as an event, a call-signal, or being the user's only socket   --> that socket is the device
 *   start or accept by REST, with the token that one socket came with             --> the same
 *   the device goes, or the last socket of a user whose device was never known    --> grace timer
 *   a socket of that user comes, or one that was there sends a signal             --> it is the device, timer stopped
 *
 * Signals go to the device. While there is none they go to all sockets of the user; while the user is gone, or the
 * call still rings, they wait here, up to a limit. */

#define DEVICES_MAX_SIGNALS 64
#define DEVICES_MAX_SIGNAL_BYTES (256 * 1024)

void devices_came (Server *server, User *user, TransportSocket *socket);
void devices_gone (Server *server, User *user, TransportSocket *socket);

/* @socket speaks for the user in that call, from now on. */
void devices_bind (Seat *seat, TransportSocket *socket);
/* @socket says that it is the one in the call: the one before may be lost without our having noticed. */
void devices_claim (Seat *seat, TransportSocket *socket);
/* @socket asks for its calls: it takes the place of a device that is gone. */
void devices_resume (Seat *seat, TransportSocket *socket);
/* Start or accept came by REST: the only socket, if there is one only. */
void devices_bind_only (Seat *seat);
/* The call became active: whoever has no socket at all is waited for; signals that waited go out. */
void devices_call_active (LiveCall *call);

void devices_ring (LiveCall *call); /* incoming-call to all of the receiver's sockets */
void devices_tell (Seat *seat, const char *event, JsonObject *body); /* the device, or all when it is not known */
void devices_tell_others (Seat *seat, const TransportSocket *device, const char *event, JsonObject *body);

/* FALSE: the queue is full. */
gboolean devices_signal (Seat *to, const char *body);

JsonObject *devices_media (gboolean offer);

G_END_DECLS
