/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "callprogress.h"

#include "gst/core/tonesynth.h"

#include <gst/audio/audio.h>

/* As the leg gives what it decodes. */
#define RATE 48000
#define CHANNELS 2
#define CAPS "audio/x-raw, format=" GST_AUDIO_NE (S16) ", layout=interleaved, rate=48000, channels=2"
#define BUFFER_SAMPLES 960
#define BUFFER_TIME (20 * GST_MSECOND)
#define EDGE_TIME (5 * GST_MSECOND)
/* A tone that downstream holds up is not waited for any longer. */
#define FINISH_TIMEOUT_US ((gint64) (CALL_PROGRESS_END_TIME + GST_SECOND) / 1000)

/* One tone on one pad, which its thread owns. That may stand in a push for as long as downstream likes (the pipeline is
 * paused), and the worker must not: so the thread of the next tone waits for it. */
typedef struct
{
  CallProgress *progress; /* outlives it */
  GThread *before;        /* NULL: none */
  GstPad *pad;
  ToneSynth *synth;
  GstClockTime limit;
  GstTagList *tags; /* NULL: none */

  GstClockID wait; /* under the lock of the progress, as is what follows */
  gboolean stopped;
} Run;

struct CallProgress
{
  GstElement *element;
  const ToneZone *zone;

  GMutex lock; /* for the rest */
  GCond over;  /* a run is */
  GThread *thread;
  Run *run; /* the latest; NULL when it is over */
  gboolean closed;
};

CallProgress *
call_progress_new (GstElement *element, const ToneZone *zone)
{
  CallProgress *self = g_atomic_rc_box_new0 (CallProgress);

  self->element = element;
  self->zone = zone;
  g_mutex_init (&self->lock);
  g_cond_init (&self->over);
  return self;
}

gboolean
call_progress_tone_of (ParticipantState previous, ParticipantState state, const char *reason, ToneKind *kind)
{
  if (state == PARTICIPANT_STATE_RINGING) {
    *kind = TONE_RINGBACK;
    return TRUE;
  }
  if (state != PARTICIPANT_STATE_ENDED
      || (previous != PARTICIPANT_STATE_DIALING && previous != PARTICIPANT_STATE_RINGING)
      || g_strcmp0 (reason, "cancelled") == 0 || g_strcmp0 (reason, "hangup") == 0)
    return FALSE;
  *kind = g_strcmp0 (reason, "busy") == 0 || g_strcmp0 (reason, "declined") == 0 ? TONE_BUSY : TONE_CONGESTION;
  return TRUE;
}

static GstBuffer *
make_buffer (Run *self, guint64 position, GstClockTime time)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, BUFFER_SAMPLES * CHANNELS * sizeof (gint16), NULL);
  double samples[BUFFER_SAMPLES];
  GstMapInfo map;

  tone_synth_read (self->synth, position, samples, BUFFER_SAMPLES);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (guint i = 0; i < BUFFER_SAMPLES * CHANNELS; i++)
    ((gint16 *) map.data)[i] =
        (gint16) ((gint32) (CLAMP (samples[i / CHANNELS] * 32768, -32768, 32767) + 32768.5) - 32768);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DURATION (buffer) = BUFFER_TIME;
  if (position == 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  return buffer;
}

static void
push_head (Run *self)
{
  g_autofree char *id = gst_pad_create_stream_id (self->pad, self->progress->element, "progress");
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->pad, gst_event_new_stream_start (id));
  gst_pad_push_event (self->pad, gst_event_new_caps (caps));
  gst_pad_push_event (self->pad, gst_event_new_segment (&segment));
  if (self->tags != NULL)
    gst_pad_push_event (self->pad, gst_event_new_tag (gst_tag_list_ref (self->tags)));
}

/* FALSE: stopped meanwhile. */
static gboolean
wait_until (Run *self, GstClock *clock, GstClockTime time)
{
  GMutex *lock = &self->progress->lock;
  gboolean going;
  GstClockID id = NULL;

  g_mutex_lock (lock);
  going = !self->stopped;
  if (going)
    self->wait = id = gst_clock_new_single_shot_id (clock, time);
  g_mutex_unlock (lock);
  if (!going)
    return FALSE;
  gst_clock_id_wait (id, NULL);
  g_mutex_lock (lock);
  self->wait = NULL;
  going = !self->stopped;
  g_mutex_unlock (lock);
  gst_clock_id_unref (id);
  return going;
}

static void
push_tone (Run *self)
{
  GstElement *element = self->progress->element;
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  GstClockTime base = gst_element_get_base_time (element), start;
  GstFlowReturn flow = GST_FLOW_OK;

  if (clock == NULL)
    return;
  start = gst_clock_get_time (clock) - base;
  if (!wait_until (self, clock, base + start))
    return;
  push_head (self);
  for (guint64 n = 0; flow == GST_FLOW_OK && n * BUFFER_TIME < self->limit; n++) {
    if (!wait_until (self, clock, base + start + n * BUFFER_TIME))
      break;
    flow = gst_pad_push (self->pad, make_buffer (self, n * BUFFER_SAMPLES, start + n * BUFFER_TIME));
  }
}

static void
run_free (Run *self)
{
  tone_synth_free (self->synth);
  gst_object_unref (self->pad);
  gst_clear_tag_list (&self->tags);
  g_free (self);
}

static gpointer
run (gpointer data)
{
  Run *self = data;
  CallProgress *progress = self->progress;

  if (self->before != NULL)
    g_thread_join (self->before);
  push_tone (self);
  g_mutex_lock (&progress->lock);
  if (progress->run == self)
    progress->run = NULL;
  g_cond_broadcast (&progress->over);
  g_mutex_unlock (&progress->lock);
  run_free (self);
  return NULL;
}

/* With the lock. */
static void
stop (CallProgress *self)
{
  if (self->run == NULL)
    return;
  self->run->stopped = TRUE;
  if (self->run->wait != NULL)
    gst_clock_id_unschedule (self->run->wait);
}

void
call_progress_stop (CallProgress *self)
{
  g_mutex_lock (&self->lock);
  stop (self);
  g_mutex_unlock (&self->lock);
}

void
call_progress_finish (CallProgress *self)
{
  gint64 deadline = g_get_monotonic_time () + FINISH_TIMEOUT_US;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->run != NULL && self->run->limit == GST_CLOCK_TIME_NONE)
    stop (self);
  while (self->run != NULL && g_cond_wait_until (&self->over, &self->lock, deadline))
    ;
}

static Run *
run_new (CallProgress *self, GstPad *pad, ToneKind kind, GstClockTime limit, GstTagList *tags)
{
  const ZoneTone *tone = &self->zone->tones[kind];
  g_autoptr (ToneScript) script = tone_script_parse (tone->script, NULL);
  ToneSynthSettings settings = {.rate = RATE, .level = tone->level, .edge = EDGE_TIME};
  Run *run = g_new0 (Run, 1);

  run->progress = self;
  run->pad = pad;
  run->synth = tone_synth_new (script, &settings, NULL);
  run->limit = limit;
  run->tags = tags != NULL ? gst_tag_list_ref (tags) : NULL;
  return run;
}

void
call_progress_play (CallProgress *self, GstPad *pad, ToneKind kind, GstClockTime limit, GstTagList *tags)
{
  Run *next = run_new (self, pad, kind, limit, tags);

  g_mutex_lock (&self->lock);
  stop (self);
  next->stopped = self->closed;
  next->before = g_steal_pointer (&self->thread);
  self->run = next;
  self->thread = g_thread_new ("call-progress", run, next);
  g_mutex_unlock (&self->lock);
}

void
call_progress_close (CallProgress *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  stop (self);
  g_mutex_unlock (&self->lock);
}

CallProgress *
call_progress_ref (CallProgress *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  CallProgress *self = data;

  call_progress_stop (self);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->over);
}

void
call_progress_unref (CallProgress *self)
{
  g_atomic_rc_box_release_full (self, clear);
}
