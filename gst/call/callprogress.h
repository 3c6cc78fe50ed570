/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "gst/core/participantstate.h"
#include "gst/core/tonezone.h"

G_BEGIN_DECLS

/* What a caller hears before and after the call: a zone's tones, pushed into a pad of callsrc where there would be
 * silence.
 *
 *    state   dialing   ringing          connecting   connected           ended
 *    pad     -         ringback, live   -            what the leg has    busy or congestion, 4 s, then EOS
 *
 * One thread pushes, at the pipeline's time; it is started by play() and ends by stop() or by itself. */

#define CALL_PROGRESS_END_TIME (4 * GST_SECOND)

typedef struct CallProgress CallProgress;

/* @element: whose clock and base time count, not owned. */
CallProgress *call_progress_new (GstElement *element, const ToneZone *zone);
/* On @pad (transfer full), until stop() or for @limit. In place of what it played before. Does not wait. */
void call_progress_play (CallProgress *self, GstPad *pad, ToneKind kind, GstClockTime limit, GstTagList *tags);
/* Does not wait: nothing new is pushed. */
void call_progress_stop (CallProgress *self);
/* Waits until the limit has come (bounded); what has none stops. */
void call_progress_finish (CallProgress *self);
/* Stops for good: play() does nothing any more. */
void call_progress_close (CallProgress *self);
CallProgress *call_progress_ref (CallProgress *self);
void call_progress_unref (CallProgress *self);

/* The tone of a state that a caller's call came to; FALSE: silence. */
gboolean call_progress_tone_of (ParticipantState previous, ParticipantState state, const char *reason, ToneKind *kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallProgress, call_progress_unref)

G_END_DECLS
