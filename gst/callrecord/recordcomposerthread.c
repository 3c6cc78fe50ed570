/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The thread of a composer: what is next, when it may be made, and making it.
 *
 *   live        |--block--|            made when the clock says: its end + latency
 *   not live    |--block--|            made when all inputs cover its end
 *
 * With the lock held it takes what the inputs have; it lets go of it to draw and to push. */

#include "recordcomposerprivate.h"

#include <math.h>
#include <string.h>

GST_DEBUG_CATEGORY_EXTERN (record_composer_debug);
#define GST_CAT_DEFAULT record_composer_debug

#define WAIT_MAX (500 * GST_MSECOND)    /* then it looks again */
#define STALL_AFTER (5 * GST_SECOND)    /* of nothing from anybody, while somebody is blocked */
#define LATE_ORIGIN (2 * GST_SECOND)    /* a timeline does not begin further in the past */
#define PICTURES_AHEAD (1 * GST_SECOND) /* of the encoder, in a live composition; then pictures are left out */
#define MIDDLE_GAIN 0.70710678f

/* ---- when ---- */

static void
wait_change (RecordComposer *self, GstClockTime at_most)
{
  g_cond_wait_until (&self->shared.changed, &self->shared.lock,
      g_get_monotonic_time () + (gint64) (MIN (at_most, WAIT_MAX) / GST_USECOND) + 1);
}

/* Up to where somebody has sent something. */
static GstClockTime
find_data_end (RecordComposer *self)
{
  GstClockTime data = self->data_end;

  for (guint i = 0; i < self->tracks->len; i++)
    data = MAX (data, compose_input_had (((ComposeTrack *) g_ptr_array_index (self->tracks, i))->input));
  return data;
}

/* Where all ends; NONE: not known yet. */
static GstClockTime
find_end (RecordComposer *self)
{
  gboolean ended = self->tracks->len > 0;

  for (guint i = 0; i < self->tracks->len; i++)
    ended = ended && compose_input_is_ended (((ComposeTrack *) g_ptr_array_index (self->tracks, i))->input);
  if (self->finishing && GST_CLOCK_TIME_IS_VALID (self->finish))
    return self->finish;
  return ended || self->finishing ? find_data_end (self) : GST_CLOCK_TIME_NONE;
}

static gboolean
all_cover (RecordComposer *self, GstClockTime time)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    ComposeTrack *track = g_ptr_array_index (self->tracks, i);
    if (!compose_input_is_ended (track->input) && compose_input_covered (track->input) < time)
      return FALSE;
  }
  return self->tracks->len > 0;
}

/* Leaves those behind that bring nothing while others are blocked. */
static void
leave_stalled (RecordComposer *self, GstClockTime time)
{
  GstClockTime now = g_get_monotonic_time () * GST_USECOND;
  gboolean blocked = FALSE;

  for (guint i = 0; i < self->tracks->len; i++)
    blocked = blocked || compose_input_is_blocked (((ComposeTrack *) g_ptr_array_index (self->tracks, i))->input);
  if (!blocked || now < self->shared.arrived + STALL_AFTER)
    return;
  for (guint i = 0; i < self->tracks->len; i++) {
    ComposeTrack *track = g_ptr_array_index (self->tracks, i);
    if (compose_input_is_ended (track->input) || compose_input_covered (track->input) >= time)
      continue;
    GST_WARNING_OBJECT (self, "%s brings nothing while others wait: it is left behind", GST_PAD_NAME (track->pad));
    compose_input_set_stalled (track->input);
  }
}

/* FALSE: stopped. */
static gboolean
wait_until (RecordComposer *self, GstClockTime time)
{
  ComposeShared *shared = &self->shared;

  while (shared->running && find_end (self) == GST_CLOCK_TIME_NONE) {
    GstClockTime now = compose_shared_now (shared), due = time + shared->latency;
    if (!shared->live) {
      if (all_cover (self, time))
        break;
      leave_stalled (self, time);
      wait_change (self, WAIT_MAX);
    } else if (!GST_CLOCK_TIME_IS_VALID (now))
      wait_change (self, WAIT_MAX);
    else if (now < due)
      wait_change (self, due - now);
    else
      break;
  }
  return shared->running;
}

static GstClockTime
find_first (RecordComposer *self)
{
  GstClockTime first = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < self->tracks->len; i++) {
    ComposeTrack *track = g_ptr_array_index (self->tracks, i);
    if (!self->shared.held || self->begins == track->pad)
      first = MIN (first, compose_input_first (track->input));
  }
  return first;
}

static gboolean
has_nothing_yet (RecordComposer *self)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    ComposeInput *input = ((ComposeTrack *) g_ptr_array_index (self->tracks, i))->input;
    if (compose_input_covered (input) == 0 && !compose_input_is_ended (input))
      return TRUE;
  }
  return FALSE;
}

/* The first thing that came is not the earliest: another may be on its way, in a live composition for as long as the
 * latency tells, else until all have brought something. */
static gboolean
wait_origin (RecordComposer *self, GstClockTime *origin)
{
  ComposeShared *shared = &self->shared;
  GstClockTime now;

  while (shared->running && !GST_CLOCK_TIME_IS_VALID (find_first (self)) && find_end (self) == GST_CLOCK_TIME_NONE)
    wait_change (self, WAIT_MAX);
  while (shared->running && !shared->live && has_nothing_yet (self) && !self->finishing) {
    leave_stalled (self, 1);
    wait_change (self, WAIT_MAX);
  }
  if (shared->live && shared->running)
    wait_until (self, find_first (self));
  now = compose_shared_now (shared);
  *origin = find_first (self);
  if (shared->live && GST_CLOCK_TIME_IS_VALID (now) && now > LATE_ORIGIN && *origin < now - LATE_ORIGIN)
    *origin = now - LATE_ORIGIN;
  if (!GST_CLOCK_TIME_IS_VALID (*origin)) /* it ended, and there was nothing */
    *origin = find_end (self);
  return shared->running;
}

/* ---- sound ---- */

static void
find_gains (RecordComposer *self, const ComposeParticipant *participant, float gains[2])
{
  gains[0] = gains[1] = 1;
  if (self->settings.stereo && participant->number >= 2)
    gains[0] = gains[1] = MIDDLE_GAIN;
  else if (self->settings.stereo)
    gains[1 - participant->number] = 0;
}

/* Adds up what all have. Under the lock. */
static float *
mix_block (RecordComposer *self, const RecordTick *tick)
{
  float *mix = g_new0 (float, 2 * (gsize) tick->frames);

  for (guint i = 0; i < self->tracks->len; i++) {
    ComposeTrack *track = g_ptr_array_index (self->tracks, i);
    float gains[2];
    double power;
    if (track->video)
      continue;
    find_gains (self, track->participant, gains);
    power = compose_input_take_sound (track->input, tick->sample, tick->frames, mix, gains[0], gains[1]);
    record_voice_add (&track->participant->voice, power, (gint64) tick->duration);
  }
  return mix;
}

static GstBuffer *
make_sound (const float *samples, const RecordTick *tick)
{
  gsize n = 2 * (gsize) tick->frames;
  gint16 *out = g_new (gint16, n);
  GstBuffer *buffer;

  for (gsize i = 0; i < n; i++)
    out[i] = (gint16) GINT16_TO_LE ((gint16) CLAMP (lrintf (samples[i] * 32768), G_MININT16, G_MAXINT16));
  buffer = gst_buffer_new_wrapped (out, n * sizeof (gint16));
  GST_BUFFER_PTS (buffer) = tick->time;
  GST_BUFFER_DURATION (buffer) = tick->duration;
  return buffer;
}

static void
push_pending (RecordComposer *self, float next_peak)
{
  float *samples = g_steal_pointer (&self->pending.samples);

  if (samples == NULL)
    return;
  record_limiter_apply (&self->limiter, samples, self->pending.tick.frames, 2, self->pending.peak, next_peak);
  gst_app_src_push_buffer (self->sound, make_sound (samples, &self->pending.tick));
  g_free (samples);
}

static void
do_sound (RecordComposer *self, const RecordTick *tick)
{
  float *mix = mix_block (self, tick);
  float peak = record_limiter_peak (mix, 2 * (gsize) tick->frames);
  gboolean latency_changed = self->shared.latency != self->told_latency;

  self->told_latency = self->shared.latency;
  g_mutex_unlock (&self->shared.lock);
  if (latency_changed)
    gst_element_post_message (GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
  push_pending (self, peak);
  self->pending.samples = mix;
  self->pending.tick = *tick;
  self->pending.peak = peak;
  g_mutex_lock (&self->shared.lock);
}

/* ---- picture ---- */

/* The newest picture of each participant. Under the lock. */
static void
take_pictures (RecordComposer *self, const RecordTick *tick)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    ComposeTrack *track = g_ptr_array_index (self->tracks, i);
    ComposePiece *piece = track->video ? compose_input_take_picture (track->input, tick->needs) : NULL;
    if (piece == NULL)
      continue;
    g_clear_pointer (&track->participant->picture, compose_piece_free);
    track->participant->picture = piece;
    track->participant->picture_end = MAX (piece->end, tick->time);
  }
}

/* Who is in the picture. Returns how many. */
static guint
make_tiles (RecordComposer *self, const RecordTick *tick, ComposeTile *tiles, RecordVoice *voices)
{
  guint n = 0;

  for (guint i = 0; i < self->participants->len && n < RECORD_LAYOUT_CELLS; i++) {
    ComposeParticipant *participant = g_ptr_array_index (self->participants, i);
    if (participant->tracks == 0)
      continue;
    if (participant->picture != NULL && participant->picture_end + self->settings.tile_after <= tick->time)
      g_clear_pointer (&participant->picture, compose_piece_free);
    tiles[n] = (ComposeTile){.participant = participant->number,
        .label = compose_canvas_has_names (self->canvas) ? g_strdup (participant->label) : NULL};
    if (participant->picture != NULL) {
      tiles[n].picture = gst_buffer_ref (participant->picture->buffer);
      tiles[n].info = participant->picture->info;
    }
    voices[n++] = participant->voice;
  }
  return n;
}

static guint
find_speaker (RecordComposer *self, const RecordVoice *voices, guint n, GstClockTime time)
{
  guint id = record_speaker_next (&self->speaker, voices, n, (gint64) time);

  for (guint i = 0; i < n; i++)
    if (voices[i].id == id)
      return i;
  return 0;
}

/* An encoder that cannot keep up with the clock gets fewer pictures, at their own times. */
static gboolean
is_encoder_behind (RecordComposer *self)
{
  if (!self->shared.live || gst_app_src_get_current_level_time (self->picture) < PICTURES_AHEAD)
    return FALSE;
  if (self->dropped++ % 100 == 0)
    GST_WARNING_OBJECT (self, "the encoder is too slow: %" G_GUINT64_FORMAT " pictures left out", self->dropped);
  return TRUE;
}

static void
do_picture (RecordComposer *self, const RecordTick *tick)
{
  ComposeTile tiles[RECORD_LAYOUT_CELLS];
  RecordVoice voices[RECORD_LAYOUT_CELLS];
  guint n, speaker;
  GstBuffer *buffer;

  take_pictures (self, tick);
  n = make_tiles (self, tick, tiles, voices);
  speaker = self->settings.layout == RECORD_LAYOUT_SPEAKER ? find_speaker (self, voices, n, tick->time) : 0;
  g_mutex_unlock (&self->shared.lock);
  if (is_encoder_behind (self)) {
    for (guint i = 0; i < n; i++)
      compose_tile_clear (&tiles[i]);
  } else {
    buffer = compose_canvas_draw (self->canvas, tiles, n, speaker);
    GST_BUFFER_PTS (buffer) = tick->time;
    GST_BUFFER_DURATION (buffer) = tick->duration;
    gst_app_src_push_buffer (self->picture, buffer);
  }
  g_mutex_lock (&self->shared.lock);
}

/* ---- one after the other ---- */

/* Nothing came for a while: the next thing that comes is where it goes on. FALSE: stopped. Under the lock. */
static gboolean
rest (RecordComposer *self, const RecordTick *tick)
{
  GstClockTime origin, data = MIN (find_data_end (self), tick->time);

  if (!self->shared.live || self->settings.rest_after == 0 || tick->time - data < self->settings.rest_after
      || find_end (self) != GST_CLOCK_TIME_NONE)
    return TRUE;
  GST_INFO_OBJECT (self, "nothing came for a while: resting from %" GST_TIME_FORMAT, GST_TIME_ARGS (tick->time));
  g_mutex_unlock (&self->shared.lock);
  push_pending (self, 0);
  g_mutex_lock (&self->shared.lock);
  if (!wait_origin (self, &origin))
    return FALSE;
  GST_INFO_OBJECT (self, "it goes on at %" GST_TIME_FORMAT, GST_TIME_ARGS (origin));
  record_ticks_init (&self->ticks, MAX (origin, tick->time), self->settings.fps_n, self->settings.fps_d);
  return TRUE;
}

/* FALSE: it is over. Under the lock. */
static gboolean
do_next (RecordComposer *self)
{
  RecordTick tick;

  if (self->picture != NULL)
    record_ticks_want_pictures (&self->ticks);
  tick = record_ticks_next (&self->ticks, find_end (self));
  if (tick.kind == RECORD_TICK_END)
    return FALSE;
  if (!wait_until (self, tick.needs) || !rest (self, &tick))
    return FALSE;
  /* What was waited for may have brought an end with it, or pictures. */
  if (self->picture != NULL)
    record_ticks_want_pictures (&self->ticks);
  tick = record_ticks_next (&self->ticks, find_end (self));
  if (tick.kind == RECORD_TICK_END)
    return FALSE;
  record_ticks_done (&self->ticks, &tick);
  if (tick.kind == RECORD_TICK_SOUND)
    do_sound (self, &tick);
  else
    do_picture (self, &tick);
  return TRUE;
}

static void
end_streams (RecordComposer *self)
{
  self->shared.closed = TRUE;
  g_cond_broadcast (&self->shared.changed);
  g_mutex_unlock (&self->shared.lock);
  push_pending (self, 0);
  gst_app_src_end_of_stream (self->sound);
  if (self->picture != NULL)
    gst_app_src_end_of_stream (self->picture);
  g_mutex_lock (&self->shared.lock);
}

gpointer
compose_thread_run (gpointer composer)
{
  RecordComposer *self = composer;
  GstClockTime origin;

  record_limiter_init (&self->limiter);
  record_speaker_init (&self->speaker);
  self->canvas = compose_canvas_new (&self->info, self->settings.layout, self->settings.names);
  if (self->settings.names && !compose_canvas_has_names (self->canvas))
    GST_ELEMENT_WARNING (
        self, LIBRARY, INIT, ("names are not drawn: install textoverlay (Debian: gstreamer1.0-x)"), (NULL));
  g_mutex_lock (&self->shared.lock);
  if (wait_origin (self, &origin)) {
    GST_INFO_OBJECT (self, "the timeline begins at %" GST_TIME_FORMAT, GST_TIME_ARGS (origin));
    record_ticks_init (&self->ticks, origin, self->settings.fps_n, self->settings.fps_d);
    self->shared.held = FALSE;
    while (do_next (self))
      ;
    if (self->shared.running)
      end_streams (self);
  }
  g_mutex_unlock (&self->shared.lock);
  g_clear_pointer (&self->pending.samples, g_free);
  g_clear_pointer (&self->canvas, compose_canvas_free);
  return NULL;
}
