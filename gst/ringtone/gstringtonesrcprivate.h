/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gstringtonesrc.h"

#include "ringtoneplayer.h"
#include "ringtonesettings.h"

#include <gst/audio/audio.h>

G_BEGIN_DECLS

struct _GstRingtoneSrc
{
  GstBaseSrc parent;

  /* Under the object's lock. */
  RingtoneSettings settings;
  guint samples_per_buffer;
  gboolean changed; /* the settings, since the streaming thread took them */

  /* The streaming thread's, or under the stream lock. */
  GstAudioInfo info;
  RingtonePlayer player;
  ToneScript *script; /* what the player plays */
  guint64 position;   /* the sample that comes next; with a negative rate, the one behind it */
  GstClockTime time;  /* the position's, which outlives a change of the rate */
  double *scratch;
  gsize scratch_size;
};

/* gstringtonesrcproperties.c */
void gst_ringtone_src_install_properties (GObjectClass *klass);
void gst_ringtone_src_uri_handler_init (gpointer iface, gpointer data);

G_END_DECLS
