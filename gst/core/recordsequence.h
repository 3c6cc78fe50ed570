/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The frames of several tracks in the order of their times. A frame comes out when no other track can have an earlier
 * one: each has one that is later, or has ended; or the time for earlier ones has run out. */

typedef struct RecordSequence RecordSequence;

typedef struct
{
  guint64 time;    /* ns; of decoding. Of each track in ascending order; an earlier one is taken for the one before */
  guint64 arrived; /* ns, by whatever clock the caller has */
  gsize size;
  gpointer item; /* the caller's */
} RecordSequenceEntry;

typedef struct
{
  guint64 horizon;        /* what is up to here in time need not wait; 0: everything waits */
  guint64 arrived_before; /* what has arrived before this need not wait; 0: everything waits */
  gboolean flush;         /* nothing waits */
} RecordSequenceLimits;

RecordSequence *record_sequence_new (GDestroyNotify free_item);
void record_sequence_free (RecordSequence *self);
guint record_sequence_add_track (RecordSequence *self); /* 0, 1, ... */
/* Waited for no more; what it has still comes out. */
void record_sequence_end_track (RecordSequence *self, guint track);
void record_sequence_push (RecordSequence *self, guint track, const RecordSequenceEntry *entry);
/* FALSE: nothing yet. */
gboolean record_sequence_pop (
    RecordSequence *self, const RecordSequenceLimits *limits, guint *track, RecordSequenceEntry *entry);
gsize record_sequence_get_size (const RecordSequence *self); /* bytes in all of its entries */
/* From the first to the last entry of a track, ns. */
guint64 record_sequence_get_span (const RecordSequence *self, guint track);

G_END_DECLS
