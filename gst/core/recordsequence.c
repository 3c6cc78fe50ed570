/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A track that others waited for in vain is waited for no more until it has something again: a picture that is switched
 * off must not hold up the sound each time anew. */

#include "gst/core/recordsequence.h"

typedef struct
{
  GQueue entries; /* (element-type RecordSequenceEntry) */
  guint64 last;   /* time of the last one that was pushed */
  gboolean ended, quiet;
} Track;

struct RecordSequence
{
  GPtrArray *tracks; /* (element-type Track) */
  GDestroyNotify free_item;
  gsize size;
};

static void
track_free (gpointer data)
{
  g_free (data);
}

RecordSequence *
record_sequence_new (GDestroyNotify free_item)
{
  RecordSequence *self = g_new0 (RecordSequence, 1);

  self->tracks = g_ptr_array_new_with_free_func (track_free);
  self->free_item = free_item;
  return self;
}

void
record_sequence_free (RecordSequence *self)
{
  const RecordSequenceLimits all = {.flush = TRUE};
  RecordSequenceEntry entry;
  guint track;

  while (record_sequence_pop (self, &all, &track, &entry))
    self->free_item (entry.item);
  g_ptr_array_unref (self->tracks);
  g_free (self);
}

guint
record_sequence_add_track (RecordSequence *self)
{
  g_ptr_array_add (self->tracks, g_new0 (Track, 1));
  return self->tracks->len - 1;
}

void
record_sequence_end_track (RecordSequence *self, guint track)
{
  Track *ended = g_ptr_array_index (self->tracks, track);

  ended->ended = TRUE;
}

void
record_sequence_push (RecordSequence *self, guint track, const RecordSequenceEntry *entry)
{
  Track *into = g_ptr_array_index (self->tracks, track);
  RecordSequenceEntry *copy = g_memdup2 (entry, sizeof *entry);

  copy->time = into->last = MAX (into->last, entry->time);
  into->quiet = FALSE;
  self->size += copy->size;
  g_queue_push_tail (&into->entries, copy);
}

static gboolean
is_due (const RecordSequenceLimits *limits, const RecordSequenceEntry *entry)
{
  return limits->flush || entry->time < limits->horizon || entry->arrived < limits->arrived_before;
}

/* The track whose turn it is; NULL: none has anything. @others: each other one has something, too, or need not. */
static Track *
find_first (const RecordSequence *self, guint *number, gboolean *others)
{
  Track *first = NULL;

  *others = TRUE;
  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);
    const RecordSequenceEntry *head = g_queue_peek_head (&track->entries);
    if (head == NULL) {
      *others &= track->ended || track->quiet;
    } else if (first == NULL || head->time < ((RecordSequenceEntry *) g_queue_peek_head (&first->entries))->time) {
      first = track;
      *number = i;
    }
  }
  return first;
}

static void
note_quiet (RecordSequence *self)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);
    track->quiet |= g_queue_is_empty (&track->entries);
  }
}

gboolean
record_sequence_pop (RecordSequence *self, const RecordSequenceLimits *limits, guint *track, RecordSequenceEntry *entry)
{
  g_autofree RecordSequenceEntry *popped = NULL;
  gboolean others;
  Track *first = find_first (self, track, &others);

  if (first == NULL)
    return FALSE;
  if (!others) {
    if (!is_due (limits, g_queue_peek_head (&first->entries)))
      return FALSE;
    /* In time that has run out there may be a frame again at any moment; one that is waited for is not. */
    if (limits->horizon == 0)
      note_quiet (self);
  }
  popped = g_queue_pop_head (&first->entries);
  self->size -= popped->size;
  *entry = *popped;
  return TRUE;
}

gsize
record_sequence_get_size (const RecordSequence *self)
{
  return self->size;
}

guint64
record_sequence_get_span (const RecordSequence *self, guint track)
{
  Track *of = g_ptr_array_index (self->tracks, track);
  const RecordSequenceEntry *head = g_queue_peek_head (&of->entries);

  return head == NULL ? 0 : of->last - head->time;
}
