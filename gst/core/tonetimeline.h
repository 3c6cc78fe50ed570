/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/tonescript.h"

G_BEGIN_DECLS

/* Where the elements of a script begin and end, in samples of a rate.
 *
 *    script !a,!b,c,d      a    b    c      d  | c      d  | c      d  | ...
 *    pass                  0                   | 1         | 2         | ...
 *
 * An edge at the time T of the list, added up from its very beginning, is the sample round(T x rate): nothing adds up
 * but nanoseconds, so that no edge is ever more than half a sample from its time, after however many passes. */

typedef struct
{
  guint64 pass;
  guint slot;         /* of the pass: in the later ones those with a `!` are missing */
  guint element;      /* of the script */
  guint64 start, end; /* samples; @end is the next one's @start, or TONE_FOREVER */
} ToneSpan;

typedef struct ToneTimeline ToneTimeline;

/* @passes: how often the list is gone through, 0 for as long as its script says. @rate: at least 8000. */
ToneTimeline *tone_timeline_new (const ToneScript *script, guint rate, guint64 passes);
void tone_timeline_free (ToneTimeline *self);

/* In samples, or TONE_FOREVER. */
guint64 tone_timeline_length (const ToneTimeline *self);
/* FALSE: there is nothing any more, or not yet. */
gboolean tone_timeline_find (const ToneTimeline *self, guint64 position, ToneSpan *span);
gboolean tone_timeline_next (const ToneTimeline *self, const ToneSpan *span, ToneSpan *next);
gboolean tone_timeline_previous (const ToneTimeline *self, const ToneSpan *span, ToneSpan *previous);

/* How many samples the element in @slot has had in the passes 1 to @passes together, modulo 2^64. */
guint64 tone_timeline_samples_of (const ToneTimeline *self, guint slot, guint64 passes);
/* The slots of the passes after the first one, and their elements. */
guint tone_timeline_loop_size (const ToneTimeline *self);
guint tone_timeline_loop_element (const ToneTimeline *self, guint slot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToneTimeline, tone_timeline_free)

G_END_DECLS
