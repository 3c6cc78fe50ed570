/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The recorder's thread and what is handed to it.
 *
 *   streaming threads        recorder's thread                             finisher's thread
 *        |  frame, format,        |                                              |
 *        |  call, end  ---------->| inbox                                        |
 *        |                        | sequence: order by time                      |
 *        |                        |   recordertrack.c: silence, keyframes        |
 *        |                        |   recorderoutput.c: which file               |
 *        |                        |   recordfile.c: fragments ---> disk          |
 *        |                        |-- file closed ------------------------------>| checksum, manifest, message
 *
 * Live media is never held up: when the disk does not take it, QUEUE_MAX bytes wait, and then the recording fails. What
 * is not live waits for the disk, and each track for the others.
 *
 * A frame waits for those of other tracks that may be earlier: live, until the running time has left it behind by the
 * pipeline's latency and PATIENCE; otherwise for PATIENCE_IDLE. */

#include "gst/callrecord/recorderprivate.h"

#define PATIENCE (400 * GST_MSECOND)
#define PATIENCE_IDLE (3 * GST_SECOND)
#define TICK_US (100 * 1000)

static void
take_format (RecorderTrack *track, RecorderItem *item)
{
  track->needs_key |= track->video && track->has_format && track->format.codec != item->format.codec;
  track->format_changed |= track->has_format
                           && (track->format.codec != item->format.codec
                               || (!track->video && track->format.channels != item->format.channels));
  g_clear_pointer (&track->format.private_data, g_bytes_unref);
  track->format = item->format;
  item->format.private_data = NULL;
  track->has_format = TRUE;
}

/* The first frame of another call that is a picture has to be one that stands alone. */
static void
take_call (RecorderTrack *track, RecorderItem *item)
{
  if (g_strcmp0 (track->call_id, item->call_id) == 0)
    return;
  track->needs_key = track->video;
  track->call_over = FALSE;
  track->output->resting = FALSE;
  g_free (track->call_id);
  g_free (track->peer);
  g_free (track->peer_name);
  track->call_id = g_steal_pointer (&item->call_id);
  track->peer = g_steal_pointer (&item->peer);
  track->peer_name = g_steal_pointer (&item->peer_name);
}

static void
end_call (Recorder *self, RecorderTrack *track, const RecorderItem *item)
{
  if (g_strcmp0 (track->call_id, item->call_id) != 0)
    return;
  recorder_track_end (self, track, item->time);
  track->call_over = TRUE;
  recorder_output_call_ended (self, track->output);
}

static void
process (Recorder *self, RecorderItem *item)
{
  RecorderTrack *track = g_ptr_array_index (self->tracks, item->track);

  switch (item->kind) {
    case RECORDER_ITEM_TRACK: /* taken in at once */
      break;
    case RECORDER_ITEM_FRAME:
      if (!recorder_is_done (self))
        recorder_track_frame (self, track, item->buffer);
      break;
    case RECORDER_ITEM_FORMAT:
      take_format (track, item);
      break;
    case RECORDER_ITEM_CALL:
      take_call (track, item);
      break;
    case RECORDER_ITEM_CALL_ENDED:
      end_call (self, track, item);
      break;
    case RECORDER_ITEM_QUALITY:
      g_clear_pointer (&track->quality, gst_structure_free);
      track->quality = g_steal_pointer (&item->quality);
      break;
    case RECORDER_ITEM_END:
      record_sequence_end_track (self->sequence, item->track);
      recorder_track_end (self, track, item->time);
      track->ended = TRUE;
      break;
  }
}

/* What was handed in since the last time. */
static void
take_inbox (Recorder *self, GQueue *taken)
{
  gint64 until = g_get_monotonic_time () + TICK_US;

  g_mutex_lock (&self->lock);
  while (g_queue_is_empty (&self->inbox) && !self->stopping)
    if (!g_cond_wait_until (&self->changed, &self->lock, until))
      break;
  *taken = self->inbox;
  g_queue_init (&self->inbox);
  g_mutex_unlock (&self->lock);
}

static void
written (Recorder *self, const RecorderItem *item)
{
  g_mutex_lock (&self->lock);
  self->queued -= item->entry.size;
  g_array_index (self->waiting, guint, item->track) -= item->kind == RECORDER_ITEM_FRAME;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
pop_all (Recorder *self, gboolean flush)
{
  guint64 now = (guint64) g_get_monotonic_time () * 1000;
  RecordSequenceLimits limits = {.horizon = recorder_horizon (self, PATIENCE), .flush = flush};
  RecordSequenceEntry entry;
  guint track;

  if (limits.horizon == 0)
    limits.arrived_before = now - PATIENCE_IDLE;
  while (record_sequence_pop (self->sequence, &limits, &track, &entry)) {
    process (self, entry.item);
    written (self, entry.item);
    recorder_item_free (entry.item);
  }
}

/* "split" is asked from another thread. */
static void
pass_split_on (Recorder *self)
{
  gboolean split;

  g_mutex_lock (&self->lock);
  split = self->split;
  self->split = FALSE;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; split && i < self->outputs->len; i++)
    ((RecorderOutput *) g_ptr_array_index (self->outputs, i))->split_asked = TRUE;
}

static gboolean
all_ended (const Recorder *self)
{
  for (guint i = 0; i < self->tracks->len; i++)
    if (!((RecorderTrack *) g_ptr_array_index (self->tracks, i))->ended)
      return FALSE;
  return self->tracks->len > 0;
}

static void
close_all (Recorder *self, const char *reason)
{
  for (guint i = 0; i < self->outputs->len; i++)
    recorder_output_close (self, g_ptr_array_index (self->outputs, i), reason);
}

/* The last words about files come before the end is told. */
static void
wait_for_finisher (Recorder *self)
{
  g_thread_pool_free (self->finisher, FALSE, TRUE);
  self->finisher = g_thread_pool_new (recorder_finish_job, self, 1, FALSE, NULL);
}

static gboolean
is_stopping (Recorder *self)
{
  gboolean stopping;

  g_mutex_lock (&self->lock);
  stopping = self->stopping;
  g_mutex_unlock (&self->lock);
  return stopping;
}

static void
take_track (Recorder *self, RecorderTrack *track)
{
  record_sequence_add_track (self->sequence);
  g_ptr_array_add (self->tracks, track);
  track->output = recorder_output_for (self, track);
}

static void
sort_in (Recorder *self, GQueue *taken)
{
  RecorderItem *item;

  while ((item = g_queue_pop_head (taken)) != NULL) {
    if (item->kind == RECORDER_ITEM_TRACK) {
      take_track (self, g_steal_pointer (&item->new_track));
      recorder_item_free (item);
      continue;
    }
    item->entry.item = item;
    record_sequence_push (self->sequence, item->track, &item->entry);
  }
}

static void
tick (Recorder *self)
{
  guint64 now = recorder_horizon (self, 0);

  for (guint i = 0; i < self->outputs->len; i++)
    recorder_output_tick (self, g_ptr_array_index (self->outputs, i), now);
}

/* The end is told once; a track that comes afterwards begins anew. */
static gboolean
tell_end (Recorder *self, gboolean told)
{
  gboolean done = recorder_is_done (self), failed;

  if (!done && !all_ended (self))
    return FALSE;
  if (told)
    return TRUE;
  close_all (self, done ? "limit" : "eos");
  wait_for_finisher (self);
  g_mutex_lock (&self->lock);
  failed = self->failed;
  g_mutex_unlock (&self->lock);
  if (!failed)
    self->callbacks.ended (self->user_data);
  return TRUE;
}

gpointer
recorder_thread (gpointer data)
{
  Recorder *self = data;
  gboolean told = FALSE, stopping;

  do {
    GQueue taken;
    take_inbox (self, &taken);
    stopping = is_stopping (self);
    pass_split_on (self);
    sort_in (self, &taken);
    pop_all (self, stopping);
    tick (self);
    if (!stopping)
      told = tell_end (self, told);
  } while (!stopping);
  close_all (self, "stop");
  return NULL;
}
