/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who of several participants speaks, for a picture that shows that one large. It does not jump: another one has to be
 * clearly louder for a while, and a change stays for two seconds. Silence changes nothing. */

#define RECORD_SPEAKER_NOBODY G_MAXUINT
#define RECORD_SPEAKER_HOLD_NS G_GINT64_CONSTANT (2000000000)
#define RECORD_SPEAKER_TAKE_NS G_GINT64_CONSTANT (300000000) /* for so long the other one has to be louder */
#define RECORD_SPEAKER_MARGIN 4.0                            /* by this factor in power: 6 dB */
#define RECORD_SPEAKER_QUIET 1e-5                            /* -50 dBov: who is under it does not speak */
#define RECORD_SPEAKER_SMOOTH_NS 300000000.0

typedef struct
{
  guint id;
  double power; /* the caller's to keep; 1.0 is full scale */
} RecordVoice;

typedef struct
{
  guint current, candidate;
  gint64 changed, since; /* ns: of current, of candidate */
} RecordSpeaker;

void record_speaker_init (RecordSpeaker *speaker);
/* @duration ns of sound with that mean square. */
void record_voice_add (RecordVoice *voice, double mean_square, gint64 duration);
/* Returns the id of who is to be seen large from @time on. Without voices: nobody. A current one who is not among the
 * voices any more is followed at once. */
guint record_speaker_next (RecordSpeaker *speaker, const RecordVoice *voices, guint n_voices, gint64 time);

G_END_DECLS
