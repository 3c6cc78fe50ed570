/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/tonesynth.h"
#include "gst/core/tonezone.h"

G_BEGIN_DECLS

/* What the properties ask for, and the script that it comes to. The first of script, rtttl, dtmf that is set plays;
 * without any of them the tone of the zone. */

#define RINGTONE_OWN_LEVEL -97.0    /* of the property level: what the tone's plan says */
#define RINGTONE_SCRIPT_LEVEL -10.0 /* of scripts and melodies: what ITU-T E.180 recommends for tones */
#define RINGTONE_DTMF_LEVEL -8.0    /* of the low frequency; the high one has 2 dB more */

typedef struct
{
  guint zone; /* index */
  ToneKind tone;
  char *script, *rtttl, *dtmf; /* NULL: not set */
  double level;
  gint repeat;
  guint64 edge_time;
} RingtoneSettings;

/* NULL with @error. @synth gets all but the rate. */
ToneScript *ringtone_settings_choose (const RingtoneSettings *self, ToneSynthSettings *synth, GError **error);
void ringtone_settings_clear (RingtoneSettings *self);

/* ringtone://us/busy */
gboolean ringtone_settings_set_uri (RingtoneSettings *self, const char *uri, GError **error);
char *ringtone_settings_get_uri (const RingtoneSettings *self);

G_END_DECLS
