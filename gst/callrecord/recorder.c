/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What is handed to the recorder's thread (recorderthread.c), and when those who hand in wait. */

#include "gst/callrecord/recorderprivate.h"

#define QUEUE_MAX (64 * 1024 * 1024)
#define LEARN_MORE (100 * GST_MSECOND)
#define LEARN_MAX (2 * GST_SECOND)
#define WAITING_MAX 250        /* frames of a track that is not live */
#define WAIT_US G_USEC_PER_SEC /* each wait is bounded, the loop around it looks again */

void
recorder_item_free (gpointer data)
{
  RecorderItem *item = data;

  g_clear_pointer (&item->new_track, recorder_track_free);
  gst_clear_buffer (&item->buffer);
  g_clear_pointer (&item->format.private_data, g_bytes_unref);
  g_clear_pointer (&item->quality, gst_structure_free);
  g_free (item->call_id);
  g_free (item->peer);
  g_free (item->peer_name);
  g_free (item);
}

void
recorder_settings_clear (RecorderSettings *settings)
{
  g_clear_pointer (&settings->location, g_free);
  g_clear_pointer (&settings->call_id, g_free);
  g_clear_pointer (&settings->peer, g_free);
  g_clear_pointer (&settings->peer_name, g_free);
}

void
recorder_settings_copy (RecorderSettings *to, const RecorderSettings *from)
{
  *to = *from;
  to->location = g_strdup (from->location);
  to->call_id = g_strdup (from->call_id);
  to->peer = g_strdup (from->peer);
  to->peer_name = g_strdup (from->peer_name);
}

void
recorder_figures_clear (RecorderFigures *figures)
{
  g_free (figures->file);
  *figures = (RecorderFigures){0};
}

void
recorder_figures_copy (RecorderFigures *to, const RecorderFigures *from)
{
  *to = *from;
  to->file = g_strdup (from->file);
}

gboolean
recorder_is_done (Recorder *self)
{
  gboolean done;

  g_mutex_lock (&self->lock);
  done = self->done;
  g_mutex_unlock (&self->lock);
  return done;
}

gboolean
recorder_is_live (Recorder *self)
{
  gboolean live;

  g_mutex_lock (&self->lock);
  live = self->live;
  g_mutex_unlock (&self->lock);
  return live;
}

guint64
recorder_last_sound (Recorder *self)
{
  guint64 loud;

  g_mutex_lock (&self->lock);
  loud = self->loud;
  g_mutex_unlock (&self->lock);
  return loud;
}

guint64
recorder_horizon (Recorder *self, GstClockTime patience)
{
  GstClockTime now = self->callbacks.now (self->user_data);
  GstClockTime late;
  gboolean live;

  g_mutex_lock (&self->lock);
  live = self->live;
  late = self->latency + self->learned + patience;
  g_mutex_unlock (&self->lock);
  return live && GST_CLOCK_TIME_IS_VALID (now) && now > late ? now - late : 0;
}

guint64
recorder_order_of (GstBuffer *buffer)
{
  return MIN (GST_BUFFER_DTS (buffer), GST_BUFFER_PTS (buffer)); /* GST_CLOCK_TIME_NONE is more than any time */
}

void
recorder_learn_latency (Recorder *self, GstClockTime late)
{
  g_mutex_lock (&self->lock);
  self->learned = MIN (MAX (self->learned, late + LEARN_MORE), LEARN_MAX);
  g_mutex_unlock (&self->lock);
}

void
recorder_set_done (Recorder *self)
{
  g_mutex_lock (&self->lock);
  self->done = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
recorder_fail (Recorder *self, const GError *error)
{
  g_mutex_lock (&self->lock);
  self->done = self->failed = TRUE;
  if (self->failure == NULL)
    self->failure = g_strdup (error->message);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  self->callbacks.error (error, self->user_data);
}

char *
recorder_get_failure (Recorder *self)
{
  char *failure;

  g_mutex_lock (&self->lock);
  failure = g_strdup (self->failure);
  g_mutex_unlock (&self->lock);
  return failure;
}

Recorder *
recorder_new (const RecorderSettings *settings, const RecorderCallbacks *callbacks, gpointer user_data)
{
  Recorder *self = g_new0 (Recorder, 1);

  recorder_settings_copy (&self->settings, settings);
  self->callbacks = *callbacks;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) recorder_track_free);
  self->waiting = g_array_new (FALSE, TRUE, sizeof (guint));
  self->outputs = g_ptr_array_new_with_free_func ((GDestroyNotify) recorder_output_free);
  self->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sequence = record_sequence_new (recorder_item_free);
  self->finisher = g_thread_pool_new (recorder_finish_job, self, 1, FALSE, NULL);
  self->thread = g_thread_new ("callrecord", recorder_thread, self);
  return self;
}

void
recorder_finish (Recorder *self)
{
  recorder_stop (self);
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
  if (self->finisher != NULL)
    g_thread_pool_free (g_steal_pointer (&self->finisher), FALSE, TRUE);
}

void
recorder_free (Recorder *self)
{
  recorder_finish (self);
  g_queue_clear_full (&self->inbox, recorder_item_free);
  record_sequence_free (self->sequence);
  g_ptr_array_unref (self->outputs);
  g_ptr_array_unref (self->tracks);
  g_array_unref (self->waiting);
  g_hash_table_unref (self->paths);
  g_free (self->failure);
  recorder_settings_clear (&self->settings);
  recorder_figures_clear (&self->figures);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

void
recorder_set_live (Recorder *self, GstClockTime latency)
{
  g_mutex_lock (&self->lock);
  self->live = TRUE;
  self->latency = MAX (self->latency, latency);
  g_mutex_unlock (&self->lock);
}

static void
hand_in (Recorder *self, RecorderItem *item)
{
  item->entry.arrived = (guint64) g_get_monotonic_time () * 1000;
  self->queued += item->entry.size;
  g_queue_push_tail (&self->inbox, item);
  g_cond_broadcast (&self->changed);
}

static RecorderItem *
new_item (RecorderItemKind kind, guint track)
{
  RecorderItem *item = g_new0 (RecorderItem, 1);

  item->kind = kind;
  item->track = track;
  return item;
}

/* Anything that is not a frame goes where the last frame of its track was. */
static void
hand_in_word (Recorder *self, RecorderItem *item)
{
  g_mutex_lock (&self->lock);
  hand_in (self, item);
  g_mutex_unlock (&self->lock);
}

/* ---- frames ---- */

/* With the lock held. What there is no room for waits; live media does not. A file beside it waits for it. */
static GstFlowReturn
wait_for_room (Recorder *self, guint track, gboolean live)
{
  while (!self->stopping && !self->done && !live
         && (g_array_index (self->waiting, guint, track) >= WAITING_MAX || self->queued >= QUEUE_MAX))
    g_cond_wait_until (&self->changed, &self->lock, g_get_monotonic_time () + WAIT_US);
  if (self->stopping)
    return GST_FLOW_FLUSHING;
  if (self->failed)
    return GST_FLOW_ERROR;
  return self->done ? GST_FLOW_EOS : GST_FLOW_OK;
}

static GstFlowReturn
complain_of_disk (Recorder *self)
{
  g_autoptr (GError) error = g_error_new_literal (
      GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, "the disk does not take what is recorded: 64 MiB are waiting");

  recorder_fail (self, error);
  return GST_FLOW_ERROR;
}

GstFlowReturn
recorder_push (Recorder *self, guint track, GstBuffer *buffer, gboolean live)
{
  RecorderItem *item = new_item (RECORDER_ITEM_FRAME, track);
  gboolean full = FALSE;
  GstFlowReturn flow;

  item->buffer = buffer;
  item->entry.size = gst_buffer_get_size (buffer);
  item->entry.time = recorder_order_of (buffer);
  g_mutex_lock (&self->lock);
  flow = wait_for_room (self, track, live);
  full = flow == GST_FLOW_OK && self->queued >= QUEUE_MAX;
  if (flow == GST_FLOW_OK && !full) {
    g_array_index (self->waiting, guint, track)++;
    hand_in (self, item);
  } else {
    recorder_item_free (item);
  }
  g_mutex_unlock (&self->lock);
  return full ? complain_of_disk (self) : flow;
}

/* ---- words ---- */

guint
recorder_add_track (Recorder *self, const char *name, gboolean video)
{
  static const guint none = 0;
  RecorderTrack *track = g_new0 (RecorderTrack, 1);
  RecorderItem *item = new_item (RECORDER_ITEM_TRACK, 0);
  guint index;

  track->name = g_strdup (name);
  track->video = track->needs_key = video;
  item->new_track = track;
  g_mutex_lock (&self->lock);
  item->track = track->index = index = self->waiting->len;
  g_array_append_val (self->waiting, none);
  hand_in (self, item);
  g_mutex_unlock (&self->lock);
  return index;
}

void
recorder_set_format (Recorder *self, guint track, const RecordTrack *format)
{
  RecorderItem *item = new_item (RECORDER_ITEM_FORMAT, track);

  item->format = *format;
  item->format.name = NULL;
  if (format->private_data != NULL)
    g_bytes_ref (format->private_data);
  hand_in_word (self, item);
}

void
recorder_set_call (Recorder *self, guint track, const char *call_id, const char *peer, const char *peer_name)
{
  RecorderItem *item = new_item (RECORDER_ITEM_CALL, track);

  item->call_id = g_strdup (call_id);
  item->peer = g_strdup (peer);
  item->peer_name = g_strdup (peer_name);
  hand_in_word (self, item);
}

void
recorder_set_quality (Recorder *self, guint track, GstStructure *quality)
{
  RecorderItem *item = new_item (RECORDER_ITEM_QUALITY, track);

  item->quality = quality;
  hand_in_word (self, item);
}

void
recorder_note_sound (Recorder *self, GstClockTime time)
{
  g_mutex_lock (&self->lock);
  self->loud = MAX (self->loud, time);
  g_mutex_unlock (&self->lock);
}

/* It happens now: of live media what is from here on is silent. */
static void
hand_in_end (Recorder *self, RecorderItem *item)
{
  GstClockTime now = self->callbacks.now (self->user_data);

  g_mutex_lock (&self->lock);
  item->time =
      self->live && GST_CLOCK_TIME_IS_VALID (now) && now > self->latency ? now - self->latency : GST_CLOCK_TIME_NONE;
  hand_in (self, item);
  g_mutex_unlock (&self->lock);
}

void
recorder_end_track (Recorder *self, guint track)
{
  hand_in_end (self, new_item (RECORDER_ITEM_END, track));
}

void
recorder_end_call (Recorder *self, guint track, const char *call_id)
{
  RecorderItem *item = new_item (RECORDER_ITEM_CALL_ENDED, track);

  item->call_id = g_strdup (call_id);
  hand_in_end (self, item);
}

void
recorder_split (Recorder *self)
{
  g_mutex_lock (&self->lock);
  self->split = TRUE;
  g_mutex_unlock (&self->lock);
}

void
recorder_stop (Recorder *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
recorder_get_figures (Recorder *self, RecorderFigures *figures)
{
  g_mutex_lock (&self->lock);
  recorder_figures_copy (figures, &self->figures);
  g_mutex_unlock (&self->lock);
}
