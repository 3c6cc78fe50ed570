/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/tonescript.h"

G_BEGIN_DECLS

/* The samples of a script. The sample at a position depends on the position alone, not on what was read before or in
 * which pieces: seeking and running give the same bits.
 *
 * Phases are counted in 2^-64 turns and wrap by themselves, so that they are as exact after a year as after a second.
 * A part begins at phase 0 where the element before it had none in its place, else it goes on from that one's phase. */

/* A sine of full scale, as G.711 has it. */
#define TONE_FULL_SCALE_DBM0 3.14

typedef struct ToneSynth ToneSynth;

typedef struct
{
  guint rate;      /* samples a second, at least 8000 */
  double level;    /* dBm0 of each frequency */
  guint64 edge;    /* ns that a part takes to come, and to go; a raised cosine inside of its time */
  guint64 repeats; /* ways through the script; 0: as long as it says */
} ToneSynthSettings;

/* NULL: a frequency that the rate cannot carry. The script is copied. */
ToneSynth *tone_synth_new (const ToneScript *script, const ToneSynthSettings *settings, GError **error);
void tone_synth_free (ToneSynth *self);

/* In samples, or TONE_FOREVER. */
guint64 tone_synth_length (const ToneSynth *self);
/* The largest amplitude that may come out; above 1 it does not fit integer samples. */
double tone_synth_peak (const ToneSynth *self);
/* Zeros behind the end. */
void tone_synth_read (ToneSynth *self, guint64 position, double *out, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToneSynth, tone_synth_free)

G_END_DECLS
