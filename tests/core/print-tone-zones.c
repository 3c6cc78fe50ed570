/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezone.h"

#include <stdio.h>

/* Prints docs/elements/ringtonesrc-zones.md from the tables; the test `tone-zones-doc` compares the two. To bring the
 * page up to date: build/tests/core/print-tone-zones > docs/elements/ringtonesrc-zones.md */

static void
print_zone (const ToneZone *zone)
{
  printf ("\n## %s: %s\n\n%s.\n\n| tone | script | dBm0 |\n|---|---|---|\n", zone->code, zone->name, zone->source);
  for (guint kind = 0; kind < TONE_KIND_COUNT; kind++) {
    const ZoneTone *tone = &zone->tones[kind];
    if (tone->script != NULL)
      printf ("| %s | `%s` | %g |\n", tone_kind_to_string (kind), tone->script, tone->level);
  }
}

int
main (void)
{
  const ToneZone *zone;

  printf ("# Zones of ringtonesrc\n\n"
          "The tones by zone, as the tables of `gst/core/tonezones*.c` have them: the script, and the level of each "
          "frequency\n"
          "in it. [ringtonesrc](ringtonesrc.md) has the scripts' grammar. Printed by `tests/core/print-tone-zones`.\n");
  for (guint i = 0; (zone = tone_zone_nth (i)) != NULL; i++)
    print_zone (zone);
  return 0;
}
