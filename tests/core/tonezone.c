/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonescript.h"
#include "gst/core/tonezone.h"

#include <string.h>

/* A code of two small letters, found by itself, named once, with its source and the document's year. */
static void
test_zones (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const ToneZone *zone;

  for (guint i = 0; (zone = tone_zone_nth (i)) != NULL; i++) {
    g_assert_cmpuint (strlen (zone->code), ==, 2);
    g_assert_true (g_ascii_islower (zone->code[0]) && g_ascii_islower (zone->code[1]));
    g_assert_true (g_hash_table_add (seen, (gpointer) zone->code));
    g_assert_true (tone_zone_find (zone->code) == zone);
    g_assert_true (zone->name != NULL && *zone->name != '\0');
    if (!g_regex_match_simple ("\\((19|20)\\d\\d\\)", zone->source, 0, 0))
      g_error ("%s: its source has no year: %s", zone->code, zone->source);
  }
  g_assert_cmpuint (tone_zone_count (), ==, g_hash_table_size (seen));
  g_assert_true (tone_zone_find ("US") == tone_zone_find ("us"));
  g_assert_null (tone_zone_find ("xx"));
  g_assert_null (tone_zone_find (NULL));
}

static void
check_tone (const ToneZone *zone, ToneKind kind)
{
  const ZoneTone *tone = &zone->tones[kind];
  g_autoptr (GError) error = NULL;
  g_autoptr (ToneScript) script = tone_script_parse (tone->script, &error);

  if (script == NULL)
    g_error ("%s %s: %s", zone->code, tone_kind_to_string (kind), error->message);
  g_autofree char *printed = tone_script_print (script);
  g_assert_cmpstr (printed, ==, tone->script);
  /* What a telephone passes, at a level that one hears. */
  for (guint i = 0; i < script->n_elements; i++) {
    for (guint j = 0; j < script->elements[i].n_parts; j++) {
      double hertz = tone_pitch_hertz (&script->elements[i].parts[j].carrier);
      if (hertz < 16 || hertz > 3400)
        g_error ("%s %s: %g Hz", zone->code, tone_kind_to_string (kind), hertz);
    }
  }
  if (tone->level < -40 || tone->level > 0)
    g_error ("%s %s: %g dBm0", zone->code, tone_kind_to_string (kind), tone->level);
}

static void
test_tones (void)
{
  const ToneZone *zone;

  for (guint i = 0; (zone = tone_zone_nth (i)) != NULL; i++) {
    for (guint kind = 0; kind < TONE_KIND_COUNT; kind++) {
      if (zone->tones[kind].script != NULL)
        check_tone (zone, kind);
      else if (kind <= TONE_CONGESTION)
        g_error ("%s has no %s tone", zone->code, tone_kind_to_string (kind));
    }
  }
}

static void
test_kinds (void)
{
  ToneKind kind;

  for (guint i = 0; i < TONE_KIND_COUNT; i++) {
    g_assert_nonnull (tone_kind_to_string (i));
    g_assert_true (tone_kind_from_string (tone_kind_to_string (i), &kind));
    g_assert_cmpuint (kind, ==, i);
  }
  g_assert_null (tone_kind_to_string (TONE_KIND_COUNT));
  g_assert_false (tone_kind_from_string ("ring", &kind));
  g_assert_false (tone_kind_from_string (NULL, &kind));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tonezone/zones", test_zones);
  g_test_add_func ("/tonezone/tones", test_tones);
  g_test_add_func ("/tonezone/kinds", test_kinds);
  return g_test_run ();
}
