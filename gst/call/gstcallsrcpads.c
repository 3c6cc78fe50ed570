/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The pads of callsrc: made when the leg has the first buffer of a track, kept over reconnections and calls, ended with
 * the call. The leg's threads push into them; nothing here takes part in that. */

#include "gstcallsrcprivate.h"

#include "callpadevents.h"

GST_DEBUG_CATEGORY_EXTERN (callsrc_debug);
#define GST_CAT_DEFAULT callsrc_debug

/* What decoding may add to the jitterbuffer's latency. */
#define DECODE_LATENCY (20 * GST_MSECOND)
/* How long a track that the peer promised may take to send something before no-more-pads is said without it. */
#define QUIET_TRACK_TIME (2 * GST_SECOND)
/* What stands for a track that is not there, as silent_caps() has it. */
#define SILENT_TIME (20 * GST_MSECOND)
#define SILENT_SOUND (960 * 2 * sizeof (gint16))
#define SILENT_LUMA (320 * 240)

static gboolean
answer_latency (GstCallSrc *self, GstQuery *query)
{
  GValue latency = G_VALUE_INIT;

  g_value_init (&latency, G_TYPE_UINT);
  gst_call_participant_get_property (&self->participant, GST_CALL_PROP_LATENCY, &latency);
  gst_query_set_latency (query, TRUE, g_value_get_uint (&latency) * GST_MSECOND + DECODE_LATENCY, GST_CLOCK_TIME_NONE);
  g_value_unset (&latency);
  return TRUE;
}

static gboolean
on_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY && parent != NULL)
    return answer_latency (GST_CALL_SRC (parent), query);
  return gst_pad_query_default (pad, parent, query);
}

/* Keyframe requests and the like go to the leg that pushes into this pad at the moment; it looks for them with a
 * probe. Whatever comes this far has nobody to go to. */
static gboolean
on_pad_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return FALSE;
}

static GstPad *
make_pad (GstCallSrc *self, GstCallMedia media, const char *name)
{
  GstPadTemplate *template = gst_element_class_get_pad_template (
      GST_ELEMENT_GET_CLASS (self), media == GST_CALL_MEDIA_AUDIO ? "audio_%u" : "video_%u");
  GstPad *pad = gst_pad_new_from_template (template, name);

  gst_pad_set_query_function (pad, on_pad_query);
  gst_pad_set_event_function (pad, on_pad_event);
  gst_pad_use_fixed_caps (pad);
  gst_pad_set_active (pad, TRUE);
  return pad;
}

/* playbin and its like show nothing before they hear that there are no more pads. A pad counts as soon as it is added,
 * and its pad-added may still be on its way to those who link: gst-launch's delayed links free on the one signal what
 * they look at on the other. So this one, too, waits for its turn. */
static void
say_no_more_pads (GstCallSrc *self, gboolean all_there)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->expose_lock);
  gboolean say;

  GST_OBJECT_LOCK (self);
  say = !self->closed && !self->no_more_pads
        && (all_there || (self->n_expected > 0 && GST_ELEMENT (self)->numpads >= self->n_expected));
  self->no_more_pads |= say;
  GST_OBJECT_UNLOCK (self);
  if (say)
    gst_element_no_more_pads (GST_ELEMENT (self));
}

static void
tracks_are_known (GstElement *element, gpointer user_data)
{
  say_no_more_pads (GST_CALL_SRC (element), FALSE);
}

static void
quiet_time_is_over (GstElement *element, gpointer user_data)
{
  say_no_more_pads (GST_CALL_SRC (element), TRUE);
}

static gboolean
on_quiet_timer (GstClock *clock, GstClockTime time, GstClockID id, gpointer user_data)
{
  gst_element_call_async (user_data, quiet_time_is_over, NULL, NULL); /* not on the clock's thread */
  return TRUE;
}

static void
start_quiet_timer (GstCallSrc *self)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  GstClockID timer = gst_clock_new_single_shot_id (clock, gst_clock_get_time (clock) + QUIET_TRACK_TIME);
  gboolean wanted;

  GST_OBJECT_LOCK (self);
  wanted = !self->closed && self->quiet_timer == NULL;
  if (wanted)
    self->quiet_timer = gst_clock_id_ref (timer);
  GST_OBJECT_UNLOCK (self);
  if (wanted)
    gst_clock_id_wait_async (timer, on_quiet_timer, gst_object_ref (self), gst_object_unref);
  gst_clock_id_unref (timer);
}

static void
stop_timer (GstClockID timer)
{
  if (timer == NULL)
    return;
  gst_clock_id_unschedule (timer);
  gst_clock_id_unref (timer);
}

/* Not one that was given out before they were removed, and not twice: two streams of the peer may begin in one pad. */
static gboolean
is_to_be_shown (GstCallSrc *self, GstPad *pad)
{
  gboolean ours;

  GST_OBJECT_LOCK (self);
  ours = g_ptr_array_find (self->pads, pad, NULL);
  GST_OBJECT_UNLOCK (self);
  return ours && GST_OBJECT_PARENT (pad) == NULL;
}

/* The pad is shown with its caps on it, so that autopluggers see at once what it carries: that is when the segment,
 * the last of its sticky events, passes. */
static GstPadProbeReturn
expose_pad (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstCallSrc *self = user_data;
  gboolean shown;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;
  GST_INFO_OBJECT (self, "the peer's %s is there", GST_PAD_NAME (pad));
  /* Sound and picture come on two threads. Those who link on pad-added (gst-launch's delayed links) try each link they
   * wait for at each pad and take their handler back once: they must not do so twice at a time. The lock orders the
   * emissions of this signal and of no-more-pads and guards nothing else, so a handler may call whatever it likes. */
  g_rec_mutex_lock (&self->expose_lock);
  shown = is_to_be_shown (self, pad);
  if (shown)
    gst_element_add_pad (GST_ELEMENT (self), pad);
  g_rec_mutex_unlock (&self->expose_lock);
  if (!shown)
    return GST_PAD_PROBE_REMOVE;
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
  say_no_more_pads (self, FALSE);
  return GST_PAD_PROBE_REMOVE;
}

static char *
pad_name (GstCallMedia media, guint index)
{
  return g_strdup_printf ("%s_%u", media == GST_CALL_MEDIA_AUDIO ? "audio" : "video", index);
}

static GstPad *
find_pad (GstCallSrc *self, const char *name)
{
  for (guint i = 0; i < self->pads->len; i++) {
    GstPad *pad = g_ptr_array_index (self->pads, i);
    if (g_strcmp0 (GST_PAD_NAME (pad), name) == 0)
      return pad;
  }
  return NULL;
}

GstPad *
gst_call_src_output (GstElement *element, GstCallMedia media, guint index)
{
  GstCallSrc *self = GST_CALL_SRC (element);
  g_autofree char *name = pad_name (media, index);
  GstPad *pad;

  GST_OBJECT_LOCK (self);
  pad = find_pad (self, name);
  if (pad == NULL && !self->closed) {
    pad = gst_object_ref_sink (make_pad (self, media, name));
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, expose_pad, self, NULL);
    g_ptr_array_add (self->pads, pad);
  }
  if (pad != NULL)
    gst_object_ref (pad);
  GST_OBJECT_UNLOCK (self);
  return pad;
}

static GPtrArray *
copy_pads (GstCallSrc *self)
{
  GPtrArray *pads;

  GST_OBJECT_LOCK (self);
  pads = g_ptr_array_copy (self->pads, (GCopyFunc) gst_object_ref, NULL);
  GST_OBJECT_UNLOCK (self);
  g_ptr_array_set_free_func (pads, gst_object_unref);
  return pads;
}

/* ---- the end of the call ---- */

static GstCaps *
silent_caps (GstCallSrc *self, GstCallMedia media)
{
  static const char *const caps[2][3] = {
      {"audio/x-raw, format=S16LE, layout=interleaved, rate=48000, channels=2",
          "audio/x-opus, rate=48000, channels=2, "
          "channel-mapping-family=0",
          "application/x-rtp, media=audio, encoding-name=OPUS, clock-rate=48000, payload=97"},
      {"video/x-raw, format=I420, width=320, height=240, framerate=30/1", "video/x-vp8",
          "application/x-rtp, media=video, encoding-name=VP8, clock-rate=90000, payload=96"}};

  return gst_caps_from_string (caps[media][self->output]);
}

static GstBuffer *
silent_buffer (GstCallSrc *self, GstCallMedia media)
{
  gsize size = media == GST_CALL_MEDIA_AUDIO ? SILENT_SOUND : SILENT_LUMA * 3 / 2;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));

  gst_buffer_memset (buffer, 0, media == GST_CALL_MEDIA_AUDIO ? 0 : 16, size);
  if (media == GST_CALL_MEDIA_VIDEO)
    gst_buffer_memset (buffer, SILENT_LUMA, 128, SILENT_LUMA / 2);
  GST_BUFFER_PTS (buffer) =
      clock != NULL ? gst_clock_get_time (clock) - gst_element_get_base_time (GST_ELEMENT (self)) : 0;
  GST_BUFFER_DURATION (buffer) = SILENT_TIME;
  return buffer;
}

/* Somebody waits for a pad that the call does not have (gst-launch's `in.video_0 !` in a call without a picture): it is
 * shown, has a moment of silence or black if it is raw, and is ended, so that a muxer behind it does not wait for ever
 * and the pipeline can end. Not inside uridecodebin and the like, which wait for nothing in particular. */
static gboolean
is_awaited (GstCallSrc *self)
{
  g_autoptr (GstObject) parent = gst_object_get_parent (GST_OBJECT (self));

  return GST_IS_PIPELINE (parent)
         && g_signal_has_handler_pending (self, g_signal_lookup ("pad-added", GST_TYPE_ELEMENT), 0, FALSE);
}

static void
show_missing_pad (GstCallSrc *self, GstCallMedia media)
{
  g_autoptr (GstPad) pad = gst_call_src_output (GST_ELEMENT (self), media, 0);
  g_autoptr (GstCaps) caps = silent_caps (self, media);
  GstSegment segment;

  if (pad == NULL || gst_pad_has_current_caps (pad))
    return;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_stream_start (GST_PAD_NAME (pad)));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  /* An encoder tells its caps when it has something to encode, and 1.26's matroskamux waits for them for ever. */
  if (self->output == GST_CALL_OUTPUT_RAW)
    call_pad_events_push_buffer (GST_ELEMENT (self), pad, silent_buffer (self, media));
}

static void
end_missing_pad (GstElement *element, gpointer media)
{
  GstCallSrc *self = GST_CALL_SRC (element);
  g_autoptr (GstPad) pad = gst_call_src_output (element, GPOINTER_TO_INT (media), 0);

  if (pad == NULL)
    return;
  show_missing_pad (self, GPOINTER_TO_INT (media));
  call_pad_events_push (element, pad, gst_event_new_eos ());
}

void
gst_call_src_tracks (GstElement *element, const guint n_tracks[2])
{
  GstCallSrc *self = GST_CALL_SRC (element);
  GValue on_end = G_VALUE_INIT;
  guint n_expected = 0;
  gboolean fill, closed;

  g_value_init (&on_end, gst_call_on_end_get_type ());
  g_object_get_property (G_OBJECT (self), "on-end", &on_end);
  /* With on-end=wait the next call may have what this one has not. */
  fill = g_value_get_enum (&on_end) == GST_CALL_ON_END_EOS && is_awaited (self);
  g_value_unset (&on_end);
  GST_OBJECT_LOCK (self);
  /* What is filled in is a pad, too: without counting it "no more pads" would come before the peer's own track. */
  for (gint media = 0; media < 2; media++)
    n_expected += fill ? MAX (1, n_tracks[media]) : n_tracks[media];
  self->n_expected = n_expected;
  closed = self->closed;
  GST_OBJECT_UNLOCK (self);
  if (closed)
    return;
  gst_element_call_async (element, tracks_are_known, NULL, NULL); /* the worker waits for no signal handler */
  start_quiet_timer (self);
  for (gint media = 0; fill && media < 2; media++)
    if (n_tracks[media] == 0)
      gst_element_call_async (element, end_missing_pad, GINT_TO_POINTER (media), NULL);
}

static CallProgress *
ref_progress (GstCallSrc *self)
{
  CallProgress *progress;

  GST_OBJECT_LOCK (self);
  progress = self->progress != NULL ? call_progress_ref (self->progress) : NULL;
  GST_OBJECT_UNLOCK (self);
  return progress;
}

static void
end_streams (GstElement *element, gpointer user_data)
{
  GstCallSrc *self = GST_CALL_SRC (element);
  g_autoptr (CallProgress) progress = ref_progress (self);
  g_autoptr (GPtrArray) pads = NULL;

  if (progress != NULL)
    call_progress_finish (progress);
  if (is_awaited (self)) {
    show_missing_pad (self, GST_CALL_MEDIA_AUDIO);
    show_missing_pad (self, GST_CALL_MEDIA_VIDEO);
  }
  say_no_more_pads (self, TRUE);
  pads = copy_pads (self);
  /* Each on a thread of its own: a muxer may hold the one stream back until it hears of the other's end. */
  for (guint i = 0; i < pads->len; i++)
    call_pad_events_push (element, g_ptr_array_index (pads, i), gst_event_new_eos ());
}

void
gst_call_src_progress (
    GstElement *element, ParticipantState previous, ParticipantState state, const char *reason, GstTagList *tags)
{
  g_autoptr (CallProgress) progress = ref_progress (GST_CALL_SRC (element));
  GstPad *pad;
  ToneKind kind;

  if (progress == NULL || state == PARTICIPANT_STATE_IDLE) /* the end's tone goes on */
    return;
  if (!call_progress_tone_of (previous, state, reason, &kind)) {
    call_progress_stop (progress);
    return;
  }
  pad = gst_call_src_output (element, GST_CALL_MEDIA_AUDIO, 0);
  if (pad != NULL)
    call_progress_play (
        progress, pad, kind, kind == TONE_RINGBACK ? GST_CLOCK_TIME_NONE : CALL_PROGRESS_END_TIME, tags);
}

void
gst_call_src_quality (GstElement *element, GstCallMedia media, guint index, const GstStructure *figures)
{
  GstCallSrc *self = GST_CALL_SRC (element);
  g_autofree char *name = pad_name (media, index);
  g_autoptr (GstPad) pad = NULL;

  GST_OBJECT_LOCK (self);
  pad = find_pad (self, name);
  if (pad != NULL)
    gst_object_ref (pad);
  GST_OBJECT_UNLOCK (self);
  if (pad != NULL)
    call_pad_events_push (
        element, pad, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, gst_structure_copy (figures)));
}

/* With on-end=wait there is no EOS that would tell a recorder that a call is over. */
void
gst_call_src_call_ended (GstElement *element, const GstStructure *call)
{
  g_autoptr (GPtrArray) pads = copy_pads (GST_CALL_SRC (element));

  for (guint i = 0; i < pads->len; i++)
    call_pad_events_push (element, g_ptr_array_index (pads, i),
        gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, gst_structure_copy (call)));
}

void
gst_call_src_end_of_call (GstElement *element)
{
  gst_element_call_async (element, end_streams, NULL, NULL);
}

void
gst_call_src_open_pads (GstCallSrc *self)
{
  GST_OBJECT_LOCK (self);
  self->closed = FALSE;
  GST_OBJECT_UNLOCK (self);
}

static GPtrArray *
take_pads (GstCallSrc *self)
{
  GPtrArray *pads;
  GstClockID timer;

  GST_OBJECT_LOCK (self);
  self->closed = TRUE;
  pads = self->pads;
  self->pads = g_ptr_array_new_with_free_func (gst_object_unref);
  self->n_expected = 0;
  self->no_more_pads = FALSE;
  timer = g_steal_pointer (&self->quiet_timer);
  GST_OBJECT_UNLOCK (self);
  stop_timer (timer);
  return pads;
}

void
gst_call_src_remove_pads (GstCallSrc *self)
{
  g_autoptr (GPtrArray) pads = take_pads (self);

  /* Whoever is showing one has shown it by now. */
  g_rec_mutex_lock (&self->expose_lock);
  g_rec_mutex_unlock (&self->expose_lock);
  for (guint i = 0; i < pads->len; i++) {
    GstPad *pad = g_ptr_array_index (pads, i);
    gst_pad_set_active (pad, FALSE);
    if (GST_OBJECT_PARENT (pad) == GST_OBJECT (self))
      gst_element_remove_pad (GST_ELEMENT (self), pad);
  }
}
