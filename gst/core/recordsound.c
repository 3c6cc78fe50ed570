/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordsound.h"

#include "gst/core/opuspacket.h"

#define PACKET_NS G_GUINT64_CONSTANT (20000000)

RecordSoundVerdict
record_sound_place (RecordSound *sound, guint64 time, guint64 *fill)
{
  gint64 ahead;

  *fill = 0;
  if (!sound->begun) {
    sound->begun = TRUE;
    sound->end = time;
  }
  ahead = (gint64) (time - sound->end);
  if (ahead < -RECORD_SOUND_BEHIND_NS) {
    sound->dropped++;
    return RECORD_SOUND_DROP;
  }
  if (ahead > RECORD_SOUND_AHEAD_NS)
    *fill = ahead / OPUS_PACKET_STEP_NS * OPUS_PACKET_STEP_NS;
  return RECORD_SOUND_WRITE;
}

void
record_sound_packet (RecordSound *sound, guint64 duration)
{
  sound->end += duration;
}

guint64
record_sound_catch_up (const RecordSound *sound, guint64 time, guint64 lag)
{
  if (!sound->begun || time < sound->end + lag)
    return 0;
  return (time - sound->end) / PACKET_NS * PACKET_NS;
}

void
record_sound_silence (RecordSound *sound, guint64 duration)
{
  sound->end += duration;
  sound->filled += duration;
}
