/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "ringtoneplayer.h"

#include <math.h>

void
ringtone_player_change (RingtonePlayer *self, ToneSynth *synth, guint64 position, guint64 fade_length, gboolean goes_on)
{
  g_clear_pointer (&self->old, tone_synth_free);
  self->old = self->synth;
  self->old_anchor = self->anchor;
  self->synth = synth;
  if (!goes_on && self->old != NULL)
    self->anchor = position;
  self->fade_start = position;
  self->fade_length = fade_length;
}

void
ringtone_player_rewind (RingtonePlayer *self)
{
  g_clear_pointer (&self->old, tone_synth_free);
  self->anchor = 0;
}

guint64
ringtone_player_end (const RingtonePlayer *self)
{
  guint64 length = tone_synth_length (self->synth);

  return length == TONE_FOREVER ? TONE_FOREVER : self->anchor + length;
}

/* Zeros before the script's beginning, for a read that goes backwards. */
static void
read_synth (ToneSynth *synth, guint64 anchor, guint64 position, double *out, gsize n)
{
  for (; n > 0 && position < anchor; position++, n--)
    *out++ = 0;
  tone_synth_read (synth, position - anchor, out, n);
}

static void
fade (RingtonePlayer *self, guint64 position, double *out, const double *old, gsize n)
{
  for (gsize i = 0; i < n && position + i < self->fade_start + self->fade_length; i++) {
    double share = 0.5 - 0.5 * cos (G_PI * (position + i - self->fade_start + 0.5) / self->fade_length);
    out[i] = share * out[i] + (1 - share) * old[i];
  }
}

void
ringtone_player_read (RingtonePlayer *self, guint64 position, double *out, double *scratch, gsize n)
{
  read_synth (self->synth, self->anchor, position, out, n);
  if (self->old == NULL)
    return;
  if (position >= self->fade_start && position < self->fade_start + self->fade_length) {
    read_synth (self->old, self->old_anchor, position, scratch, n);
    fade (self, position, out, scratch, n);
  }
  if (position + n >= self->fade_start + self->fade_length)
    g_clear_pointer (&self->old, tone_synth_free);
}

void
ringtone_player_clear (RingtonePlayer *self)
{
  g_clear_pointer (&self->old, tone_synth_free);
  g_clear_pointer (&self->synth, tone_synth_free);
  self->anchor = 0;
}
