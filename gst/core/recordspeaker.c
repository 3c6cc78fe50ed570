/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordspeaker.h"

#include <math.h>

void
record_speaker_init (RecordSpeaker *speaker)
{
  *speaker = (RecordSpeaker){.current = RECORD_SPEAKER_NOBODY, .candidate = RECORD_SPEAKER_NOBODY};
}

void
record_voice_add (RecordVoice *voice, double mean_square, gint64 duration)
{
  voice->power += (mean_square - voice->power) * (1 - exp (-duration / RECORD_SPEAKER_SMOOTH_NS));
}

static const RecordVoice *
find (const RecordVoice *voices, guint n_voices, guint id)
{
  for (guint i = 0; i < n_voices; i++)
    if (voices[i].id == id)
      return &voices[i];
  return NULL;
}

/* The first of those that are equally loud. */
static const RecordVoice *
find_loudest (const RecordVoice *voices, guint n_voices)
{
  const RecordVoice *loudest = &voices[0];

  for (guint i = 1; i < n_voices; i++)
    if (voices[i].power > loudest->power)
      loudest = &voices[i];
  return loudest;
}

static void
change (RecordSpeaker *speaker, guint id, gint64 time)
{
  *speaker = (RecordSpeaker){.current = id, .candidate = RECORD_SPEAKER_NOBODY, .changed = time};
}

guint
record_speaker_next (RecordSpeaker *speaker, const RecordVoice *voices, guint n_voices, gint64 time)
{
  const RecordVoice *current = find (voices, n_voices, speaker->current), *loudest;

  if (n_voices == 0) {
    record_speaker_init (speaker);
    return RECORD_SPEAKER_NOBODY;
  }
  loudest = find_loudest (voices, n_voices);
  if (current == NULL)
    change (speaker, loudest->id, time);
  else if (loudest->power < RECORD_SPEAKER_QUIET || loudest->power < current->power * RECORD_SPEAKER_MARGIN)
    speaker->candidate = RECORD_SPEAKER_NOBODY;
  else if (speaker->candidate != loudest->id) {
    speaker->candidate = loudest->id;
    speaker->since = time;
  } else if (time - speaker->since >= RECORD_SPEAKER_TAKE_NS && time - speaker->changed >= RECORD_SPEAKER_HOLD_NS)
    change (speaker, loudest->id, time);
  return speaker->current;
}
