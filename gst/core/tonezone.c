/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezone.h"

#include "gst/core/tonezones.h"

static const ToneZone *const tables[] = {tone_zones_america, tone_zones_europe, tone_zones_north, tone_zones_east,
    tone_zones_asia, tone_zones_south, tone_zones_west};

static const char *const kind_names[TONE_KIND_COUNT] = {
    [TONE_DIAL] = "dial",
    [TONE_RINGBACK] = "ringback",
    [TONE_BUSY] = "busy",
    [TONE_CONGESTION] = "congestion",
    [TONE_CALL_WAITING] = "call-waiting",
    [TONE_RECORD] = "record",
    [TONE_INFO] = "info",
    [TONE_STUTTER] = "stutter",
    [TONE_RECALL] = "recall",
    [TONE_UNOBTAINABLE] = "unobtainable",
    [TONE_INTRUSION] = "intrusion",
    [TONE_HOLDING] = "holding",
    [TONE_CONFIRMATION] = "confirmation",
    [TONE_HOWLER] = "howler",
};

const ToneZone *
tone_zone_nth (guint index)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    for (const ToneZone *zone = tables[i]; zone->code != NULL; zone++) {
      if (index-- == 0)
        return zone;
    }
  }
  return NULL;
}

guint
tone_zone_count (void)
{
  guint count = 0;

  while (tone_zone_nth (count) != NULL)
    count++;
  return count;
}

const ToneZone *
tone_zone_find (const char *code)
{
  const ToneZone *zone;

  for (guint i = 0; (zone = tone_zone_nth (i)) != NULL; i++) {
    if (code != NULL && g_ascii_strcasecmp (zone->code, code) == 0)
      return zone;
  }
  return NULL;
}

const char *
tone_kind_to_string (ToneKind kind)
{
  return (guint) kind < TONE_KIND_COUNT ? kind_names[kind] : NULL;
}

gboolean
tone_kind_from_string (const char *text, ToneKind *kind)
{
  for (guint i = 0; i < TONE_KIND_COUNT; i++) {
    if (g_strcmp0 (kind_names[i], text) == 0) {
      *kind = (ToneKind) i;
      return TRUE;
    }
  }
  return FALSE;
}
