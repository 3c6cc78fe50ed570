/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The timeline of a recorded sound. A player that decodes a file without a look at its times adds up durations; so what
 * is missing is filled with packets of silence, and what comes too fast is left out now and then. */

#define RECORD_SOUND_AHEAD_NS G_GINT64_CONSTANT (15000000)  /* a gap longer than it is filled */
#define RECORD_SOUND_BEHIND_NS G_GINT64_CONSTANT (30000000) /* more sound than time: a packet is left out */

typedef struct
{
  gboolean begun;
  guint64 end;             /* ns: of what was written */
  guint64 filled, dropped; /* ns of silence; packets */
} RecordSound;

typedef enum
{
  RECORD_SOUND_WRITE,
  RECORD_SOUND_DROP /* it lies in what is written already */
} RecordSoundVerdict;

/* A packet is to be written at @time. @fill: how much silence goes before it, from the end on. */
RecordSoundVerdict record_sound_place (RecordSound *sound, guint64 time, guint64 *fill);
/* It was written. */
void record_sound_packet (RecordSound *sound, guint64 duration);
/* Nothing before @time is to come any more: how much silence takes the sound there, in whole packets of 20 ms; 0 unless
 * it is @lag behind. */
guint64 record_sound_catch_up (const RecordSound *sound, guint64 time, guint64 lag);
/* A packet of silence was written. */
void record_sound_silence (RecordSound *sound, guint64 duration);

G_END_DECLS
