/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The end of a track inside a composer.
 *
 * A bound on what is kept: where the composition is faster than the clock, or the input is (a file that comes into a
 * live composition), the one who brings more has to wait. A live input never waits: when the composition cannot keep
 * up, its oldest pieces go. */

#include "composeinputprivate.h"

#include "gst/core/recordticks.h"

#include <gst/audio/audio.h>

GST_DEBUG_CATEGORY_STATIC (composeinput_debug);
#define GST_CAT_DEFAULT composeinput_debug

#define SOUND_SPAN (5 * GST_SECOND)
#define PICTURE_SPAN (1 * GST_SECOND)
#define LIVE_SPAN_FACTOR 3              /* what a live input may keep while the composition is behind */
#define AHEAD (GST_SECOND / 2)          /* of the clock: an input that is further is not live */
#define LATENCY_MAX (1 * GST_SECOND)    /* up to which a late input is waited for the next time */
#define LATENCY_MORE (20 * GST_MSECOND) /* and by this more than it was late */
#define WAIT_SLICE (100 * G_TIME_SPAN_MILLISECOND)
/* Times of sound are rounded, and those of a network jitter: within this distance a block follows the one before. After
 * a discontinuity there is nothing to be kept together. */
#define TOGETHER_SAMPLES 720      /* 15 ms */
#define TOGETHER_AFTER_DISCONT 48 /* 1 ms */

G_DEFINE_FINAL_TYPE_WITH_CODE (ComposeInput, compose_input, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (composeinput_debug, "composeinput", 0, "a track in a composed recording"))

GstClockTime
compose_shared_now (ComposeShared *shared)
{
  GstClockTime now;

  if (shared->clock == NULL)
    return GST_CLOCK_TIME_NONE;
  now = gst_clock_get_time (shared->clock);
  return now > shared->base_time ? now - shared->base_time : 0;
}

static void
clear_pieces (ComposeInput *self)
{
  g_queue_clear_full (&self->pieces, (GDestroyNotify) compose_piece_free);
  self->covered = 0;
  self->next_sample = 0;
  self->any = FALSE;
}

/* ---- what comes ---- */

/* The part of the buffer that lies in the segment; NULL: nothing. (transfer full) both ways. */
static GstBuffer *
clip (ComposeInput *self, GstBuffer *buffer)
{
  guint64 start, stop;

  if (self->channels > 0)
    return gst_audio_buffer_clip (buffer, &self->segment, RECORD_TICKS_RATE, self->channels * (guint) sizeof (float));
  start = GST_BUFFER_PTS (buffer);
  stop = GST_BUFFER_DURATION_IS_VALID (buffer) ? start + GST_BUFFER_DURATION (buffer) : start;
  if (gst_segment_clip (&self->segment, GST_FORMAT_TIME, start, stop, NULL, NULL))
    return buffer;
  gst_buffer_unref (buffer);
  return NULL;
}

/* How long a picture without a duration is shown: as its caps tell, or nothing. */
static GstClockTime
picture_duration (const ComposeInput *self, GstBuffer *buffer)
{
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    return GST_BUFFER_DURATION (buffer);
  if (self->info.fps_n > 0)
    return gst_util_uint64_scale (GST_SECOND, self->info.fps_d, self->info.fps_n);
  return 0;
}

static ComposePiece *
make_piece (ComposeInput *self, GstBuffer *buffer)
{
  ComposePiece *piece;
  GstClockTime time;

  buffer = GST_BUFFER_PTS_IS_VALID (buffer) ? clip (self, buffer) : (gst_buffer_unref (buffer), NULL);
  if (buffer == NULL)
    return NULL;
  /* A picture may begin before the segment does, and be shown in it. */
  time =
      gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, MAX (GST_BUFFER_PTS (buffer), self->segment.start));
  if (!GST_CLOCK_TIME_IS_VALID (time)) {
    gst_buffer_unref (buffer);
    return NULL;
  }
  piece = g_new0 (ComposePiece, 1);
  piece->buffer = buffer;
  piece->time = time;
  piece->info = self->info;
  if (self->channels > 0) {
    piece->frames = (guint) (gst_buffer_get_size (buffer) / (self->channels * sizeof (float)));
    piece->sample = record_ticks_sample (time);
  }
  piece->end = time
               + (self->channels == 0 ? picture_duration (self, buffer)
                                      : gst_util_uint64_scale_round (piece->frames, GST_SECOND, RECORD_TICKS_RATE));
  return piece;
}

/* Puts a block where it belongs behind the one before. FALSE: all of it was there already. */
static gboolean
place_sound (ComposeInput *self, ComposePiece *piece)
{
  gint64 distance = (gint64) (piece->sample - self->next_sample);
  gint64 together = GST_BUFFER_IS_DISCONT (piece->buffer) ? TOGETHER_AFTER_DISCONT : TOGETHER_SAMPLES;

  if (self->next_sample > 0 && ABS (distance) <= together)
    piece->sample = self->next_sample;
  else if (self->next_sample > 0 && distance < 0) {
    if (-distance >= piece->frames)
      return FALSE;
    piece->skip = (guint) -distance;
    piece->frames -= piece->skip;
    piece->sample += piece->skip;
  }
  self->next_sample = piece->sample + piece->frames;
  return TRUE;
}

static gboolean
is_full (const ComposeInput *self)
{
  const ComposePiece *first = self->pieces.head != NULL ? self->pieces.head->data : NULL;

  return first != NULL && self->covered > first->time + (self->channels > 0 ? SOUND_SPAN : PICTURE_SPAN);
}

static gboolean
has_to_wait (ComposeInput *self, const ComposePiece *piece)
{
  GstClockTime now = compose_shared_now (self->shared);

  if (self->flushing || self->shared->closed || !is_full (self))
    return FALSE;
  return !self->shared->live || !GST_CLOCK_TIME_IS_VALID (now) || piece->time > now + AHEAD;
}

/* A live composition that is behind: the oldest go. */
static void
drop_surplus (ComposeInput *self)
{
  GstClockTime span = LIVE_SPAN_FACTOR * (self->channels > 0 ? SOUND_SPAN : PICTURE_SPAN);
  ComposePiece *first;

  while ((first = g_queue_peek_head (&self->pieces)) != NULL && self->covered > first->time + span) {
    if (!self->shared->held)
      GST_WARNING_OBJECT (
          self, "composing is too slow: what came at %" GST_TIME_FORMAT " is dropped", GST_TIME_ARGS (first->time));
    compose_piece_free (g_queue_pop_head (&self->pieces));
  }
}

/* An input that comes later than it said is waited for the next time, within bounds. */
static void
learn_latency (ComposeInput *self, const ComposePiece *piece)
{
  GstClockTime now = compose_shared_now (self->shared);

  if (!self->shared->live || !GST_CLOCK_TIME_IS_VALID (now) || now < piece->time + self->shared->latency)
    return;
  self->shared->latency =
      MAX (self->shared->latency, MIN (now - piece->time + LATENCY_MORE, MAX (LATENCY_MAX, self->latency)));
  GST_DEBUG_OBJECT (self, "%" GST_TIME_FORMAT " came at %" GST_TIME_FORMAT ", latency is now %" GST_TIME_FORMAT,
      GST_TIME_ARGS (piece->time), GST_TIME_ARGS (now), GST_TIME_ARGS (self->shared->latency));
}

static void
cover (ComposeInput *self, GstClockTime until)
{
  self->covered = MAX (self->covered, until);
  self->stalled = FALSE;
  self->any = TRUE;
  self->shared->arrived = g_get_monotonic_time () * GST_USECOND;
  g_cond_broadcast (&self->shared->changed);
}

static GstFlowReturn
keep (ComposeInput *self, ComposePiece *piece)
{
  while (self->shared->running && has_to_wait (self, piece)) {
    self->blocked = TRUE;
    g_cond_broadcast (&self->shared->changed);
    g_cond_wait_until (&self->shared->changed, &self->shared->lock, g_get_monotonic_time () + WAIT_SLICE);
  }
  self->blocked = FALSE;
  if (self->flushing || !self->shared->running || self->shared->closed) {
    compose_piece_free (piece);
    return self->shared->closed && !self->flushing ? GST_FLOW_OK : GST_FLOW_FLUSHING;
  }
  learn_latency (self, piece);
  cover (self, piece->end);
  if (self->channels == 0 || place_sound (self, piece))
    g_queue_push_tail (&self->pieces, piece);
  else
    compose_piece_free (piece);
  drop_surplus (self);
  return GST_FLOW_OK;
}

/* What upstream says that it takes; asked once, by the thread that brings the first buffer. */
static void
ask_latency (ComposeInput *self)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime min = 0;
  gboolean live = FALSE;

  self->latency_known = TRUE;
  if (!gst_pad_peer_query (self->pad, query))
    return;
  gst_query_parse_latency (query, &live, &min, NULL);
  g_mutex_lock (&self->shared->lock);
  self->latency = live && GST_CLOCK_TIME_IS_VALID (min) ? min : 0;
  self->shared->latency = MAX (self->shared->latency, self->shared->margin + self->latency);
  g_mutex_unlock (&self->shared->lock);
}

static GstFlowReturn
compose_input_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  ComposeInput *self = COMPOSE_INPUT (parent);
  GstFlowReturn ret = GST_FLOW_OK;
  ComposePiece *piece;

  if (self->channels == 0 && !self->has_info) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  if (!self->latency_known)
    ask_latency (self);
  piece = make_piece (self, buffer);
  if (piece == NULL)
    return GST_FLOW_OK;
  g_mutex_lock (&self->shared->lock);
  ret = keep (self, piece);
  g_mutex_unlock (&self->shared->lock);
  return ret;
}

static void
take_gap (ComposeInput *self, GstEvent *event)
{
  GstClockTime time, duration;

  gst_event_parse_gap (event, &time, &duration);
  time += GST_CLOCK_TIME_IS_VALID (duration) ? duration : 0;
  time = gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, time);
  if (GST_CLOCK_TIME_IS_VALID (time))
    cover (self, time);
}

static void
set_flushing (ComposeInput *self, gboolean flushing)
{
  self->flushing = flushing;
  if (!flushing) {
    clear_pieces (self);
    self->ended = FALSE;
    gst_segment_init (&self->segment, GST_FORMAT_TIME);
  }
  g_cond_broadcast (&self->shared->changed);
}

static void
set_ended (ComposeInput *self, gboolean ended)
{
  self->ended = ended;
  g_cond_broadcast (&self->shared->changed);
}

static gboolean
compose_input_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  ComposeInput *self = COMPOSE_INPUT (parent);
  const GstSegment *segment;
  gboolean ok = TRUE;
  GstCaps *caps;

  g_mutex_lock (&self->shared->lock);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      set_ended (self, FALSE);
      break;
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      if (self->channels == 0)
        ok = self->has_info = gst_video_info_from_caps (&self->info, caps);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_parse_segment (event, &segment);
      ok = segment->format == GST_FORMAT_TIME;
      if (ok)
        gst_segment_copy_into (segment, &self->segment);
      break;
    case GST_EVENT_GAP:
      take_gap (self, event);
      break;
    case GST_EVENT_FLUSH_START:
      set_flushing (self, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      set_flushing (self, FALSE);
      break;
    case GST_EVENT_EOS:
      set_ended (self, TRUE);
      break;
    default:
      break;
  }
  g_mutex_unlock (&self->shared->lock);
  gst_event_unref (event);
  return ok;
}

static gboolean
compose_input_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return gst_pad_query_default (pad, parent, query);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

/* ---- life ---- */

static GstStateChangeReturn
compose_input_change_state (GstElement *element, GstStateChange change)
{
  ComposeInput *self = COMPOSE_INPUT (element);

  /* Before the pad is deactivated, which waits for the thread that may be waiting here. */
  if (change == GST_STATE_CHANGE_READY_TO_PAUSED || change == GST_STATE_CHANGE_PAUSED_TO_READY) {
    g_mutex_lock (&self->shared->lock);
    set_flushing (self, change == GST_STATE_CHANGE_PAUSED_TO_READY);
    self->latency_known = self->latency_known && change == GST_STATE_CHANGE_PAUSED_TO_READY;
    g_mutex_unlock (&self->shared->lock);
  }
  return GST_ELEMENT_CLASS (compose_input_parent_class)->change_state (element, change);
}

static void
compose_input_finalize (GObject *object)
{
  ComposeInput *self = COMPOSE_INPUT (object);

  clear_pieces (self);
  G_OBJECT_CLASS (compose_input_parent_class)->finalize (object);
}

static void
compose_input_init (ComposeInput *self)
{
  g_queue_init (&self->pieces);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
}

static void
compose_input_class_init (ComposeInputClass *klass)
{
  GST_ELEMENT_CLASS (klass)->change_state = compose_input_change_state;
  G_OBJECT_CLASS (klass)->finalize = compose_input_finalize;
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Composer's input", "Sink",
      "Keeps a track of a composed recording until it is composed", "The GstCall Authors");
}

static GstPadTemplate *
make_template (guint channels)
{
  g_autoptr (GstCaps) caps =
      channels == 0 ? gst_caps_from_string ("video/x-raw, format=" GST_VIDEO_FORMATS_ALL)
                    : gst_caps_new_simple ("audio/x-raw", "format", G_TYPE_STRING, "F32LE", "layout", G_TYPE_STRING,
                        "interleaved", "rate", G_TYPE_INT, RECORD_TICKS_RATE, "channels", G_TYPE_INT, channels, NULL);

  return gst_pad_template_new ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps);
}

GstElement *
compose_input_new (ComposeShared *shared, guint channels)
{
  ComposeInput *self = g_object_new (COMPOSE_TYPE_INPUT, NULL);
  g_autoptr (GstPadTemplate) pad_template = gst_object_ref_sink (make_template (channels));

  self->shared = shared;
  self->channels = channels;
  self->pad = gst_pad_new_from_template (pad_template, "sink");
  gst_pad_set_chain_function (self->pad, compose_input_chain);
  gst_pad_set_event_function (self->pad, compose_input_event);
  gst_pad_set_query_function (self->pad, compose_input_query);
  gst_element_add_pad (GST_ELEMENT (self), self->pad);
  return GST_ELEMENT (self);
}
