/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The bin around a composition: pads, participants, states. What is made when is in recordcomposerthread.c.
 *
 *   audio_N ! audioconvert ! audioresample ! capsfilter ! input  \                / appsrc ! audio
 *                                             video_N ! input  -- the thread -- <
 *                                                                                 \ appsrc ! video
 *
 * Not audiomixer and compositor: those are two timelines, each of which ends by itself, and goes on without inputs only
 * when it is live; docs/decisions/0016 says more. */

#include "recordcomposerprivate.h"

GST_DEBUG_CATEGORY (record_composer_debug);
#define GST_CAT_DEFAULT record_composer_debug

#define SOUND_QUEUE (10 * GST_SECOND) /* made, and not taken by the encoder yet */
#define PICTURE_QUEUE (2 * GST_SECOND)
#define KEPT_SIDES 2 /* the first participants are remembered when they are gone */

G_DEFINE_FINAL_TYPE_WITH_CODE (RecordComposer, record_composer, GST_TYPE_BIN,
    GST_DEBUG_CATEGORY_INIT (record_composer_debug, "recordcomposer", 0, "composed recordings"))

/* ---- participants ---- */

static void
free_participant (ComposeParticipant *participant)
{
  g_clear_pointer (&participant->picture, compose_piece_free);
  g_free (participant->name);
  g_free (participant->label);
  g_free (participant);
}

static ComposeParticipant *
find_participant (RecordComposer *self, const char *name)
{
  for (guint i = 0; i < self->participants->len; i++) {
    ComposeParticipant *participant = g_ptr_array_index (self->participants, i);
    if (g_str_equal (participant->name, name))
      return participant;
  }
  return NULL;
}

static void
set_text (char **text, const char *value)
{
  char *old = *text;

  *text = g_strdup (value);
  g_free (old);
}

static ComposeParticipant *
get_participant (RecordComposer *self, const char *name, const char *label)
{
  ComposeParticipant *participant = find_participant (self, name);

  if (participant == NULL) {
    participant = g_new0 (ComposeParticipant, 1);
    participant->name = g_strdup (name);
    participant->label = g_strdup (name);
    participant->number = participant->voice.id = self->numbers++;
    g_ptr_array_add (self->participants, participant);
  }
  if (label != NULL)
    set_text (&participant->label, label);
  return participant;
}

/* ---- source pads ---- */

static gboolean
query_source (GstPad *pad, GstObject *parent, GstQuery *query)
{
  RecordComposer *self = RECORD_COMPOSER (parent);
  GstClockTime frame = gst_util_uint64_scale (GST_SECOND, self->settings.fps_d, self->settings.fps_n);

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  g_mutex_lock (&self->shared.lock);
  gst_query_set_latency (query, self->shared.live,
      self->shared.live ? self->shared.latency + MAX (frame, 2 * 20 * GST_MSECOND) : 0, GST_CLOCK_TIME_NONE);
  g_mutex_unlock (&self->shared.lock);
  return TRUE;
}

static GstAppSrc *
add_source (RecordComposer *self, const char *name, GstCaps *caps, GstClockTime queue)
{
  GstElement *source = gst_element_factory_make ("appsrc", name);
  g_autoptr (GstPad) inner = NULL;
  GstPad *pad;

  if (source == NULL)
    return NULL;
  g_object_set (source, "caps", caps, "format", GST_FORMAT_TIME, "block", TRUE, "max-bytes", (guint64) 0, "max-buffers",
      (guint64) 0, "max-time", queue, NULL);
  gst_bin_add (GST_BIN (self), source);
  inner = gst_element_get_static_pad (source, "src");
  pad = gst_ghost_pad_new (name, inner);
  gst_pad_set_query_function (pad, query_source);
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  gst_element_sync_state_with_parent (source);
  return GST_APP_SRC (source);
}

void
record_composer_want_video (GstElement *composer)
{
  RecordComposer *self = RECORD_COMPOSER (composer);
  g_autoptr (GstCaps) caps = gst_video_info_to_caps (&self->info);
  g_autoptr (GstTagList) tags = NULL;
  gboolean wanted;
  GstAppSrc *source;

  g_mutex_lock (&self->shared.lock);
  wanted = self->wanted;
  self->wanted = TRUE;
  g_mutex_unlock (&self->shared.lock);
  if (wanted)
    return;
  source = add_source (self, "video", caps, PICTURE_QUEUE);
  g_mutex_lock (&self->shared.lock);
  self->picture = source;
  tags = self->tags != NULL ? gst_tag_list_ref (self->tags) : NULL;
  g_cond_broadcast (&self->shared.changed);
  g_mutex_unlock (&self->shared.lock);
  if (tags != NULL)
    gst_element_send_event (GST_ELEMENT (source), gst_event_new_tag (g_steal_pointer (&tags)));
}

/* ---- sink pads ---- */

static GstElement *
make_sound_filter (guint channels)
{
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("audio/x-raw", "format", G_TYPE_STRING, "F32LE", "layout",
      G_TYPE_STRING, "interleaved", "rate", G_TYPE_INT, RECORD_TICKS_RATE, "channels", G_TYPE_INT, channels, NULL);

  g_object_set (filter, "caps", caps, NULL);
  return filter;
}

/* The elements from the sink pad on, linked and in the bin. */
static void
add_chain (RecordComposer *self, ComposeTrack *track)
{
  guint channels = self->settings.stereo ? 1 : 2;

  if (!track->video) {
    track->chain[track->n_chain++] = gst_element_factory_make ("audioconvert", NULL);
    track->chain[track->n_chain++] = gst_element_factory_make ("audioresample", NULL);
    track->chain[track->n_chain++] = make_sound_filter (channels);
  }
  track->input = COMPOSE_INPUT (compose_input_new (&self->shared, track->video ? 0 : channels));
  track->chain[track->n_chain++] = GST_ELEMENT (track->input);
  for (guint i = 0; i < track->n_chain; i++) {
    gst_bin_add (GST_BIN (self), track->chain[i]);
    if (i > 0)
      gst_element_link (track->chain[i - 1], track->chain[i]);
  }
}

/* From the end on, so that each finds the one after it ready. */
static void
start_chain (ComposeTrack *track)
{
  for (guint i = track->n_chain; i > 0; i--)
    gst_element_sync_state_with_parent (track->chain[i - 1]);
}

GstPad *
record_composer_add (GstElement *composer, gboolean video, const char *participant, const char *label)
{
  RecordComposer *self = RECORD_COMPOSER (composer);
  ComposeTrack *track = g_new0 (ComposeTrack, 1);
  g_autoptr (GstPad) inner = NULL;
  g_autofree char *name = NULL;

  if (video)
    record_composer_want_video (composer);
  track->video = video;
  add_chain (self, track);
  inner = gst_element_get_static_pad (track->chain[0], "sink");
  g_mutex_lock (&self->shared.lock);
  name = g_strdup_printf ("%s_%u", video ? "video" : "audio", self->pads++);
  track->pad = gst_ghost_pad_new (name, inner);
  track->participant = get_participant (self, participant, label);
  track->participant->tracks++;
  g_ptr_array_add (self->tracks, track);
  g_cond_broadcast (&self->shared.changed);
  g_mutex_unlock (&self->shared.lock);
  start_chain (track);
  gst_pad_set_active (track->pad, TRUE);
  gst_element_add_pad (composer, track->pad);
  return track->pad;
}

static ComposeTrack *
find_track (RecordComposer *self, GstPad *pad)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    ComposeTrack *track = g_ptr_array_index (self->tracks, i);
    if (track->pad == pad)
      return track;
  }
  return NULL;
}

/* Who has no tracks left is forgotten, but for the first ones, whose sides are kept. */
static void
leave_participant (RecordComposer *self, ComposeTrack *track)
{
  ComposeParticipant *participant = g_steal_pointer (&track->participant);

  if (track->video)
    g_clear_pointer (&participant->picture, compose_piece_free);
  if (--participant->tracks == 0 && participant->number >= KEPT_SIDES)
    g_ptr_array_remove (self->participants, participant);
}

/* Takes the track out of the composition. (transfer full) */
static ComposeTrack *
steal_track (RecordComposer *self, GstPad *pad)
{
  ComposeTrack *track = find_track (self, pad);
  guint index;

  if (track == NULL || !g_ptr_array_find (self->tracks, track, &index))
    return NULL;
  g_ptr_array_steal_index (self->tracks, index);
  if (self->begins == pad)
    self->begins = NULL;
  self->data_end = MAX (self->data_end, compose_input_had (track->input));
  leave_participant (self, track);
  g_cond_broadcast (&self->shared.changed);
  return track;
}

void
record_composer_let_go (GstElement *composer, GstPad *pad)
{
  RecordComposer *self = RECORD_COMPOSER (composer);
  ComposeTrack *track;

  g_mutex_lock (&self->shared.lock);
  track = find_track (self, pad);
  if (track != NULL)
    compose_input_let_go (track->input);
  g_mutex_unlock (&self->shared.lock);
}

void
record_composer_remove (GstElement *composer, GstPad *pad)
{
  RecordComposer *self = RECORD_COMPOSER (composer);
  ComposeTrack *track;

  g_mutex_lock (&self->shared.lock);
  track = steal_track (self, pad);
  g_mutex_unlock (&self->shared.lock);
  g_return_if_fail (track != NULL);
  /* The input first: it lets the thread go that the others wait for. */
  for (guint i = track->n_chain; i > 0; i--) {
    gst_element_set_locked_state (track->chain[i - 1], TRUE);
    gst_element_set_state (track->chain[i - 1], GST_STATE_NULL);
  }
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (composer, pad);
  for (guint i = 0; i < track->n_chain; i++)
    gst_bin_remove (GST_BIN (self), track->chain[i]);
  g_free (track);
}

void
record_composer_set_label (GstElement *composer, const char *participant, const char *label)
{
  RecordComposer *self = RECORD_COMPOSER (composer);

  g_mutex_lock (&self->shared.lock);
  if (find_participant (self, participant) != NULL)
    get_participant (self, participant, label);
  g_mutex_unlock (&self->shared.lock);
}

void
record_composer_set_participant (GstElement *composer, GstPad *pad, const char *name, const char *label)
{
  RecordComposer *self = RECORD_COMPOSER (composer);
  ComposeTrack *track;

  g_mutex_lock (&self->shared.lock);
  track = find_track (self, pad);
  if (track != NULL && !g_str_equal (track->participant->name, name)) {
    if (track->participant->name[0] == '#' && find_participant (self, name) == NULL)
      set_text (&track->participant->name, name);
    else {
      leave_participant (self, track);
      track->participant = get_participant (self, name, NULL);
      track->participant->tracks++;
    }
    set_text (&track->participant->label, name);
  }
  if (track != NULL && label != NULL)
    set_text (&track->participant->label, label);
  g_mutex_unlock (&self->shared.lock);
}

/* ---- the timeline ---- */

void
record_composer_set_live (GstElement *composer, gboolean live)
{
  RecordComposer *self = RECORD_COMPOSER (composer);

  g_mutex_lock (&self->shared.lock);
  self->shared.live = live;
  g_cond_broadcast (&self->shared.changed);
  g_mutex_unlock (&self->shared.lock);
}

void
record_composer_set_tags (GstElement *composer, GstTagList *tags)
{
  RecordComposer *self = RECORD_COMPOSER (composer);
  GstAppSrc *picture;

  g_mutex_lock (&self->shared.lock);
  gst_clear_tag_list (&self->tags);
  self->tags = gst_tag_list_ref (tags);
  picture = self->picture;
  g_mutex_unlock (&self->shared.lock);
  gst_element_send_event (GST_ELEMENT (self->sound), gst_event_new_tag (gst_tag_list_ref (tags)));
  if (picture != NULL)
    gst_element_send_event (GST_ELEMENT (picture), gst_event_new_tag (gst_tag_list_ref (tags)));
}

void
record_composer_hold_for (GstElement *composer, GstPad *pad)
{
  RecordComposer *self = RECORD_COMPOSER (composer);

  g_mutex_lock (&self->shared.lock);
  self->shared.held = pad == NULL || self->shared.held;
  if (pad == NULL || self->begins == NULL)
    self->begins = pad;
  g_cond_broadcast (&self->shared.changed);
  g_mutex_unlock (&self->shared.lock);
}

void
record_composer_finish (GstElement *composer, GstClockTime end)
{
  RecordComposer *self = RECORD_COMPOSER (composer);

  g_mutex_lock (&self->shared.lock);
  self->finish = end;
  self->finishing = TRUE;
  g_cond_broadcast (&self->shared.changed);
  g_mutex_unlock (&self->shared.lock);
}

/* ---- states ---- */

static void
set_running (RecordComposer *self, gboolean running)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.running = running;
  if (running) {
    self->shared.closed = FALSE;
    self->shared.latency = self->told_latency = self->shared.margin;
    self->data_end = 0;
  } else {
    self->finishing = FALSE;
    self->finish = GST_CLOCK_TIME_NONE;
  }
  g_cond_broadcast (&self->shared.changed);
  g_mutex_unlock (&self->shared.lock);
}

static void
set_clock (RecordComposer *self, gboolean playing)
{
  g_mutex_lock (&self->shared.lock);
  gst_clear_object (&self->shared.clock);
  if (playing) {
    self->shared.clock = gst_element_get_clock (GST_ELEMENT (self));
    self->shared.base_time = gst_element_get_base_time (GST_ELEMENT (self));
  }
  g_cond_broadcast (&self->shared.changed);
  g_mutex_unlock (&self->shared.lock);
}

static void
stop_thread (RecordComposer *self)
{
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
  for (guint i = 0; i < self->participants->len; i++) {
    ComposeParticipant *participant = g_ptr_array_index (self->participants, i);
    g_clear_pointer (&participant->picture, compose_piece_free);
  }
}

static GstStateChangeReturn
record_composer_change_state (GstElement *element, GstStateChange change)
{
  RecordComposer *self = RECORD_COMPOSER (element);
  GstStateChangeReturn ret;

  if (change == GST_STATE_CHANGE_READY_TO_PAUSED || change == GST_STATE_CHANGE_PAUSED_TO_READY)
    set_running (self, change == GST_STATE_CHANGE_READY_TO_PAUSED);
  if (change == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    set_clock (self, FALSE);
  ret = GST_ELEMENT_CLASS (record_composer_parent_class)->change_state (element, change);
  if (change == GST_STATE_CHANGE_READY_TO_PAUSED && ret != GST_STATE_CHANGE_FAILURE)
    self->thread = g_thread_new ("recordcomposer", compose_thread_run, self);
  if (change == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    set_clock (self, TRUE);
  if (change == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop_thread (self);
  return ret;
}

/* ---- life ---- */

static void
record_composer_finalize (GObject *object)
{
  RecordComposer *self = RECORD_COMPOSER (object);

  g_ptr_array_unref (self->tracks);
  g_ptr_array_unref (self->participants);
  gst_clear_tag_list (&self->tags);
  gst_clear_object (&self->shared.clock);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.changed);
  G_OBJECT_CLASS (record_composer_parent_class)->finalize (object);
}

static void
record_composer_init (RecordComposer *self)
{
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.changed);
  self->tracks = g_ptr_array_new_with_free_func (g_free);
  self->participants = g_ptr_array_new_with_free_func ((GDestroyNotify) free_participant);
  self->finish = GST_CLOCK_TIME_NONE;
}

static void
record_composer_class_init (RecordComposerClass *klass)
{
  GST_ELEMENT_CLASS (klass)->change_state = record_composer_change_state;
  G_OBJECT_CLASS (klass)->finalize = record_composer_finalize;
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Composer of recordings",
      "Filter/Editor/Compositor", "One sound and one picture out of those of several participants",
      "The GstCall Authors");
}

GstElement *
record_composer_new (const RecordComposerSettings *settings)
{
  RecordComposer *self = g_object_new (RECORD_TYPE_COMPOSER, NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-raw, format=S16LE, layout=interleaved, rate=48000, "
                                                   "channels=2, channel-mask=(bitmask)3");

  self->settings = *settings;
  self->shared.live = settings->live;
  self->shared.margin = settings->latency;
  gst_video_info_set_format (
      &self->info, GST_VIDEO_FORMAT_I420, MAX (settings->width & ~1u, 16), MAX (settings->height & ~1u, 16));
  GST_VIDEO_INFO_FPS_N (&self->info) = settings->fps_n;
  GST_VIDEO_INFO_FPS_D (&self->info) = settings->fps_d;
  self->sound = add_source (self, "audio", caps, SOUND_QUEUE);
  return GST_ELEMENT (self);
}
