/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What the composer's thread asks of an input, and takes from it; all with the lock held. */

#include "composeinputprivate.h"

void
compose_piece_free (ComposePiece *piece)
{
  gst_clear_buffer (&piece->buffer);
  g_free (piece);
}

GstClockTime
compose_input_first (const ComposeInput *self)
{
  const ComposePiece *first = self->pieces.head != NULL ? self->pieces.head->data : NULL;

  return first != NULL ? first->time : GST_CLOCK_TIME_NONE;
}

GstClockTime
compose_input_covered (const ComposeInput *self)
{
  return self->stalled ? GST_CLOCK_TIME_NONE : self->covered;
}

GstClockTime
compose_input_had (const ComposeInput *self)
{
  return self->covered;
}

gboolean
compose_input_is_ended (const ComposeInput *self)
{
  return self->ended;
}

gboolean
compose_input_is_blocked (const ComposeInput *self)
{
  return self->blocked;
}

void
compose_input_set_stalled (ComposeInput *self)
{
  self->stalled = TRUE;
}

void
compose_input_let_go (ComposeInput *self)
{
  self->flushing = TRUE;
  g_cond_broadcast (&self->shared->changed);
}

ComposePiece *
compose_input_take_picture (ComposeInput *self, GstClockTime time)
{
  ComposePiece *taken = NULL, *first;

  while ((first = g_queue_peek_head (&self->pieces)) != NULL && first->time <= time) {
    g_clear_pointer (&taken, compose_piece_free);
    taken = g_queue_pop_head (&self->pieces);
  }
  if (taken != NULL)
    g_cond_broadcast (&self->shared->changed);
  return taken;
}

/* Full scale at most, and a number: one wild sample of one input must not make the limiter turn all of them down. */
static float
sane (float sample)
{
  return sample > 1 ? 1 : sample < -1 ? -1 : sample == sample ? sample : 0;
}

static double
add_block (const float *in, guint channels, guint frames, float *mix, float left, float right)
{
  double sum = 0;

  for (guint i = 0; i < frames; i++) {
    float l = sane (in[i * channels]), r = sane (in[i * channels + channels - 1]);
    mix[2 * i] += left * l;
    mix[2 * i + 1] += right * r;
    sum += (double) (l * l + r * r) / 2;
  }
  return sum;
}

/* The part of @piece in [sample, sample + frames). */
static double
add_piece (
    const ComposeInput *self, const ComposePiece *piece, guint64 sample, guint frames, float *mix, const float gains[2])
{
  guint64 begin = MAX (sample, piece->sample), end = MIN (sample + frames, piece->sample + piece->frames);
  GstMapInfo map;
  double sum;

  if (begin >= end || !gst_buffer_map (piece->buffer, &map, GST_MAP_READ))
    return 0;
  sum = add_block ((const float *) map.data + (piece->skip + (begin - piece->sample)) * self->channels, self->channels,
      (guint) (end - begin), mix + 2 * (begin - sample), gains[0], gains[1]);
  gst_buffer_unmap (piece->buffer, &map);
  return sum;
}

double
compose_input_take_sound (
    ComposeInput *self, guint64 sample, guint frames, float *mix, float gain_left, float gain_right)
{
  const float gains[2] = {gain_left, gain_right};
  ComposePiece *first;
  double sum = 0;

  while ((first = g_queue_peek_head (&self->pieces)) != NULL && first->sample < sample + frames) {
    sum += add_piece (self, first, sample, frames, mix, gains);
    if (first->sample + first->frames > sample + frames)
      break;
    compose_piece_free (g_queue_pop_head (&self->pieces));
    g_cond_broadcast (&self->shared->changed);
  }
  return sum / frames;
}
