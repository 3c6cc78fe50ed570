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

struct CallProgress
{
  GstElement *element;
  const ToneZone *zone;

  GMutex lock; /* for the rest */
  GThread *thread;
  GstClockID wait;
  gboolean stopped, closed;

  /* of the thread that runs */
  GstPad *pad;
  ToneSynth *synth;
  GstClockTime limit;
  GstTagList *tags; /* NULL: none */
};

CallProgress *
call_progress_new (GstElement *element, const ToneZone *zone)
{
  CallProgress *self = g_atomic_rc_box_new0 (CallProgress);

  self->element = element;
  self->zone = zone;
  self->stopped = TRUE;
  g_mutex_init (&self->lock);
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
make_buffer (CallProgress *self, guint64 position, GstClockTime time)
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
push_head (CallProgress *self)
{
  g_autofree char *id = gst_pad_create_stream_id (self->pad, self->element, "progress");
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
wait_until (CallProgress *self, GstClock *clock, GstClockTime time)
{
  gboolean going;
  GstClockID id = NULL;

  g_mutex_lock (&self->lock);
  going = !self->stopped;
  if (going)
    self->wait = id = gst_clock_new_single_shot_id (clock, time);
  g_mutex_unlock (&self->lock);
  if (!going)
    return FALSE;
  gst_clock_id_wait (id, NULL);
  g_mutex_lock (&self->lock);
  self->wait = NULL;
  going = !self->stopped;
  g_mutex_unlock (&self->lock);
  gst_clock_id_unref (id);
  return going;
}

static gpointer
run (gpointer data)
{
  CallProgress *self = data;
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);
  GstClockTime base = gst_element_get_base_time (self->element), start;
  GstFlowReturn flow = GST_FLOW_OK;

  if (clock == NULL)
    return NULL;
  start = gst_clock_get_time (clock) - base;
  push_head (self);
  for (guint64 n = 0; flow == GST_FLOW_OK && n * BUFFER_TIME < self->limit; n++) {
    if (!wait_until (self, clock, base + start + n * BUFFER_TIME))
      break;
    flow = gst_pad_push (self->pad, make_buffer (self, n * BUFFER_SAMPLES, start + n * BUFFER_TIME));
  }
  return NULL;
}

void
call_progress_stop (CallProgress *self)
{
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  if (self->wait != NULL)
    gst_clock_id_unschedule (self->wait);
  g_mutex_unlock (&self->lock);
}

static void
join (CallProgress *self)
{
  GThread *thread;

  g_mutex_lock (&self->lock);
  thread = g_steal_pointer (&self->thread);
  g_mutex_unlock (&self->lock);
  if (thread == NULL)
    return;
  g_thread_join (thread);
  g_clear_pointer (&self->synth, tone_synth_free);
  gst_clear_object (&self->pad);
  gst_clear_tag_list (&self->tags);
}

void
call_progress_finish (CallProgress *self)
{
  if (self->limit == GST_CLOCK_TIME_NONE)
    call_progress_stop (self);
  join (self);
}

void
call_progress_play (CallProgress *self, GstPad *pad, ToneKind kind, GstClockTime limit, GstTagList *tags)
{
  const ZoneTone *tone = &self->zone->tones[kind];
  g_autoptr (ToneScript) script = tone_script_parse (tone->script, NULL);
  ToneSynthSettings settings = {.rate = RATE, .level = tone->level, .edge = EDGE_TIME};

  call_progress_stop (self);
  join (self);
  self->synth = tone_synth_new (script, &settings, NULL);
  self->pad = pad;
  self->limit = limit;
  self->tags = tags != NULL ? gst_tag_list_ref (tags) : NULL;
  g_mutex_lock (&self->lock);
  self->stopped = self->closed;
  self->thread = g_thread_new ("call-progress", run, self);
  g_mutex_unlock (&self->lock);
}

void
call_progress_close (CallProgress *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_mutex_unlock (&self->lock);
  call_progress_stop (self);
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
  join (self);
  g_mutex_clear (&self->lock);
}

void
call_progress_unref (CallProgress *self)
{
  g_atomic_rc_box_release_full (self, clear);
}
