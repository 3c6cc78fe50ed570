/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "entry.h"

#include <math.h>

Entry *
entry_new (const char *file)
{
  const RtpSpread none = {NAN, NAN, NAN};
  Entry *entry = g_new (Entry, 1);
  *entry = (Entry){.file = g_strdup (file),
      .ssrc = ENTRY_UNKNOWN,
      .payload_type = ENTRY_UNKNOWN,
      .clock_rate = ENTRY_UNKNOWN,
      .packets = ENTRY_UNKNOWN,
      .expected = ENTRY_UNKNOWN,
      .lost = ENTRY_UNKNOWN,
      .missing = ENTRY_UNKNOWN,
      .duplicates = ENTRY_UNKNOWN,
      .reordered = ENTRY_UNKNOWN,
      .late = ENTRY_UNKNOWN,
      .bytes = ENTRY_UNKNOWN,
      .first_time = NAN,
      .last_time = NAN,
      .loss = NAN,
      .bitrate = NAN,
      .delta = none,
      .jitter = none,
      .bursts = {NAN, NAN, NAN, NAN, NAN},
      .r_factor = NAN,
      .mos = NAN,
      .fps = NAN,
      .freezes = NAN,
      .freeze_duration = NAN,
      .video_mos = NAN,
      .slots = g_array_new (FALSE, FALSE, sizeof (EntrySlot))};
  return entry;
}

void
entry_free (Entry *entry)
{
  g_free (entry->file);
  g_free (entry->source);
  g_free (entry->destination);
  g_free (entry->element);
  g_free (entry->media);
  g_free (entry->codec);
  g_free (entry->mos_model);
  g_array_unref (entry->slots);
  g_free (entry);
}

double
entry_best_mos (const Entry *entry)
{
  return isnan (entry->mos) ? entry->video_mos : entry->mos;
}
