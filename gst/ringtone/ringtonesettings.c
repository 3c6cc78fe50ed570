/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "ringtonesettings.h"

#include "gst/core/dtmf.h"
#include "gst/core/rtttl.h"

#include <gst/gst.h>

static char *
list_tones (const ToneZone *zone)
{
  GString *out = g_string_new (NULL);

  for (guint kind = 0; kind < TONE_KIND_COUNT; kind++) {
    if (zone->tones[kind].script != NULL)
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", tone_kind_to_string (kind));
  }
  return g_string_free (out, FALSE);
}

static ToneScript *
choose_zone (const RingtoneSettings *self, double *level, GError **error)
{
  const ToneZone *zone = tone_zone_nth (self->zone);
  const ZoneTone *tone = &zone->tones[self->tone];

  *level = tone->level;
  if (tone->script != NULL)
    return tone_script_parse (tone->script, error);
  g_autofree char *there = list_tones (zone);
  g_set_error (error, TONE_SCRIPT_ERROR, TONE_SCRIPT_ERROR_RANGE, "zone %s has no tone %s; it has %s", zone->code,
      tone_kind_to_string (self->tone), there);
  return NULL;
}

static ToneScript *
choose (const RingtoneSettings *self, double *level, const char **property, GError **error)
{
  *level = RINGTONE_SCRIPT_LEVEL;
  if (self->script != NULL) {
    *property = "script";
    return tone_script_parse (self->script, error);
  }
  if (self->rtttl != NULL) {
    *property = "rtttl";
    return rtttl_parse (self->rtttl, error);
  }
  if (self->dtmf != NULL) {
    *property = "dtmf";
    *level = RINGTONE_DTMF_LEVEL;
    return dtmf_parse (self->dtmf, error);
  }
  *property = "tone";
  return choose_zone (self, level, error);
}

/* Melodies and digits once, the others as long as they are written to last. */
static guint64
repeats (const RingtoneSettings *self)
{
  gboolean once = self->script == NULL && (self->rtttl != NULL || self->dtmf != NULL);

  if (self->repeat > 0)
    return (guint64) self->repeat;
  return once && self->repeat == 0 ? 1 : 0;
}

ToneScript *
ringtone_settings_choose (const RingtoneSettings *self, ToneSynthSettings *synth, GError **error)
{
  const char *property;
  ToneScript *script = choose (self, &synth->level, &property, error);

  if (script == NULL) {
    g_prefix_error (error, "Property %s: ", property);
    return NULL;
  }
  if (self->level > RINGTONE_OWN_LEVEL)
    synth->level = self->level;
  synth->edge = self->edge_time;
  synth->repeats = repeats (self);
  return script;
}

void
ringtone_settings_clear (RingtoneSettings *self)
{
  g_clear_pointer (&self->script, g_free);
  g_clear_pointer (&self->rtttl, g_free);
  g_clear_pointer (&self->dtmf, g_free);
}

gboolean
ringtone_settings_set_uri (RingtoneSettings *self, const char *uri, GError **error)
{
  g_autofree char *host = NULL, *path = NULL, *query = NULL, *scheme = NULL;
  ToneKind tone;

  if (!g_uri_split (uri, G_URI_FLAGS_NONE, &scheme, NULL, &host, NULL, &path, &query, NULL, NULL)
      || g_ascii_strcasecmp (scheme, "ringtone") != 0 || tone_zone_find (host) == NULL || query != NULL
      || !tone_kind_from_string (*path == '/' ? path + 1 : path, &tone)) {
    g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
        "%s is no ringtone://ZONE/TONE, such as ringtone://us/busy, of a zone and a tone that there are", uri);
    return FALSE;
  }
  for (guint i = 0; i < tone_zone_count (); i++) {
    if (tone_zone_nth (i) == tone_zone_find (host))
      self->zone = i;
  }
  self->tone = tone;
  ringtone_settings_clear (self);
  return TRUE;
}

char *
ringtone_settings_get_uri (const RingtoneSettings *self)
{
  return g_strdup_printf ("ringtone://%s/%s", tone_zone_nth (self->zone)->code, tone_kind_to_string (self->tone));
}
