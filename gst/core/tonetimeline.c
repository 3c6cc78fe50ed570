/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonetimeline.h"

#define SECOND G_GUINT64_CONSTANT (1000000000)

/* One way through the list: its elements, and when each begins; the last offset is where the pass ends. */
typedef struct
{
  guint n;
  guint *elements;
  guint64 *offsets; /* n + 1, in ns */
} Pass;

struct ToneTimeline
{
  guint rate;
  guint64 passes; /* 0: no end */
  Pass first, loop;
};

/* @ns x rate / s, to the nearest, without a product that overflows. */
static guint64
to_samples (const ToneTimeline *self, guint64 ns)
{
  if (ns == TONE_FOREVER)
    return TONE_FOREVER;
  return ns / SECOND * self->rate + (ns % SECOND * self->rate + SECOND / 2) / SECOND;
}

static guint64
to_time (const ToneTimeline *self, guint64 samples)
{
  return samples / self->rate * SECOND + samples % self->rate * SECOND / self->rate;
}

static void
pass_init (Pass *self, const ToneScript *script, gboolean with_once)
{
  self->elements = g_new (guint, script->n_elements);
  self->offsets = g_new0 (guint64, script->n_elements + 1);
  for (guint i = 0; i < script->n_elements; i++) {
    const ToneElement *element = &script->elements[i];
    if (element->once && !with_once)
      continue;
    self->elements[self->n] = i;
    self->offsets[self->n + 1] =
        element->duration == TONE_FOREVER ? TONE_FOREVER : self->offsets[self->n] + element->duration;
    self->n++;
  }
}

static void
pass_clear (Pass *self)
{
  g_free (self->elements);
  g_free (self->offsets);
}

static guint64
pass_length (const Pass *self)
{
  return self->offsets[self->n];
}

ToneTimeline *
tone_timeline_new (const ToneScript *script, guint rate, guint64 passes)
{
  g_return_val_if_fail (rate >= 8000 && script->n_elements > 0, NULL);

  ToneTimeline *self = g_new0 (ToneTimeline, 1);
  self->rate = rate;
  self->passes = passes;
  pass_init (&self->first, script, TRUE);
  pass_init (&self->loop, script, FALSE);
  if (self->loop.n == 0)
    self->passes = 1;
  return self;
}

void
tone_timeline_free (ToneTimeline *self)
{
  pass_clear (&self->first);
  pass_clear (&self->loop);
  g_free (self);
}

static const Pass *
pass_of (const ToneTimeline *self, guint64 pass)
{
  return pass == 0 ? &self->first : &self->loop;
}

/* When a pass begins. */
static guint64
time_of_pass (const ToneTimeline *self, guint64 pass)
{
  return pass == 0 ? 0 : pass_length (&self->first) + (pass - 1) * pass_length (&self->loop);
}

static void
fill (const ToneTimeline *self, ToneSpan *span, guint64 pass, guint slot)
{
  const Pass *list = pass_of (self, pass);
  guint64 time = time_of_pass (self, pass);
  guint64 end = list->offsets[slot + 1];

  span->pass = pass;
  span->slot = slot;
  span->element = list->elements[slot];
  span->start = to_samples (self, time + list->offsets[slot]);
  span->end = end == TONE_FOREVER ? TONE_FOREVER : to_samples (self, time + end);
}

guint64
tone_timeline_length (const ToneTimeline *self)
{
  if (self->passes == 0 || pass_length (&self->first) == TONE_FOREVER)
    return TONE_FOREVER;
  return to_samples (self, time_of_pass (self, self->passes));
}

gboolean
tone_timeline_next (const ToneTimeline *self, const ToneSpan *span, ToneSpan *next)
{
  guint64 pass = span->pass;
  guint slot = span->slot + 1;

  if (span->end == TONE_FOREVER)
    return FALSE;
  if (slot == pass_of (self, pass)->n) {
    pass++;
    slot = 0;
  }
  if (self->passes != 0 && pass >= self->passes)
    return FALSE;
  fill (self, next, pass, slot);
  return TRUE;
}

gboolean
tone_timeline_previous (const ToneTimeline *self, const ToneSpan *span, ToneSpan *previous)
{
  if (span->slot > 0)
    fill (self, previous, span->pass, span->slot - 1);
  else if (span->pass > 0)
    fill (self, previous, span->pass - 1, pass_of (self, span->pass - 1)->n - 1);
  else
    return FALSE;
  return TRUE;
}

static guint
slot_at (const Pass *list, guint64 time)
{
  guint low = 0, high = list->n;

  while (high - low > 1) {
    guint middle = (low + high) / 2;
    if (list->offsets[middle] <= time)
      low = middle;
    else
      high = middle;
  }
  return low;
}

gboolean
tone_timeline_find (const ToneTimeline *self, guint64 position, ToneSpan *span)
{
  guint64 time, pass = 0;

  if (position >= tone_timeline_length (self) || position / self->rate >= G_MAXINT64 / SECOND)
    return FALSE;
  time = to_time (self, position);
  if (time >= pass_length (&self->first))
    pass = 1 + (time - pass_length (&self->first)) / pass_length (&self->loop);
  fill (self, span, pass, slot_at (pass_of (self, pass), time - time_of_pass (self, pass)));
  /* The sample's time may lie on the other side of an edge that was rounded. */
  while (position < span->start && tone_timeline_previous (self, span, span))
    ;
  while (position >= span->end && tone_timeline_next (self, span, span))
    ;
  return TRUE;
}

guint
tone_timeline_loop_size (const ToneTimeline *self)
{
  return self->loop.n;
}

guint
tone_timeline_loop_element (const ToneTimeline *self, guint slot)
{
  return self->loop.elements[slot];
}

/* 0 + 1 + ... + (n - 1), modulo 2^64 */
static guint64
triangle (guint64 n)
{
  return n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n;
}

/* The sum of floor ((a i + b) / m) over i from 0 to n - 1, modulo 2^64: lattice points under a line, counted with the
 * steps of Euclid's algorithm. */
static guint64
floor_sum (guint64 n, guint64 m, guint64 a, guint64 b)
{
  guint64 sum = 0;

  for (;;) {
    sum += triangle (n) * (a / m) + n * (b / m);
    a %= m;
    b %= m;
    guint64 top = a * n + b;
    if (top < m)
      return sum;
    n = top / m;
    b = top % m;
    guint64 swap = m;
    m = a;
    a = swap;
  }
}

/* The same for an @n above @m, of which a x n would overflow: every m terms grow by a x m. */
static guint64
floor_sum_long (guint64 n, guint64 m, guint64 a, guint64 b)
{
  guint64 blocks = n / m, rest = n % m;

  return blocks * floor_sum (m, m, a, b) + triangle (blocks) * a * m + floor_sum (rest, m, a, b) + blocks * a * rest;
}

/* The sum of an edge's samples over the passes: to_samples (c + i x loop's length), i from 0 to n - 1. */
static guint64
sum_of_edges (const ToneTimeline *self, guint64 c, guint64 n)
{
  guint64 length = pass_length (&self->loop);
  guint64 whole = triangle (n) * (length / SECOND) + n * (c / SECOND);

  return whole * self->rate
         + floor_sum_long (n, 2 * SECOND, 2 * (length % SECOND) * self->rate, 2 * (c % SECOND) * self->rate + SECOND);
}

guint64
tone_timeline_samples_of (const ToneTimeline *self, guint slot, guint64 passes)
{
  guint64 time = time_of_pass (self, 1);

  return sum_of_edges (self, time + self->loop.offsets[slot + 1], passes)
         - sum_of_edges (self, time + self->loop.offsets[slot], passes);
}
