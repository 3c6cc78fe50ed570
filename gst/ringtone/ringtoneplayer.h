/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/tonesynth.h"

G_BEGIN_DECLS

/* What plays, and for a moment what played before: a change is a cross-fade in raised cosines, so that it does not
 * click wherever it falls.
 *
 *    old  ------------\
 *                      \  RINGTONE_FADE_TIME
 *    new               /-------------
 *                     ^ position of the change: the new script begins here, or goes on if it is the same one
 */

#define RINGTONE_FADE_TIME G_GUINT64_CONSTANT (5000000) /* ns */

typedef struct
{
  ToneSynth *synth, *old;     /* NULL: none */
  guint64 anchor, old_anchor; /* the sample at which the script began */
  guint64 fade_start, fade_length;
} RingtonePlayer;

/* From @position on @synth (transfer full) plays. @goes_on: with the same script, which does not begin anew. */
void ringtone_player_change (
    RingtonePlayer *self, ToneSynth *synth, guint64 position, guint64 fade_length, gboolean goes_on);
/* A seek: the script begins at sample 0, and nothing fades. */
void ringtone_player_rewind (RingtonePlayer *self);
/* The first sample that is not there any more, or TONE_FOREVER. */
guint64 ringtone_player_end (const RingtonePlayer *self);
/* @scratch: room for as many samples. */
void ringtone_player_read (RingtonePlayer *self, guint64 position, double *out, double *scratch, gsize n);
void ringtone_player_clear (RingtonePlayer *self);

G_END_DECLS
