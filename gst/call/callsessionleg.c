/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The leg of a session: built when the table says so, closed on a thread of its own, never more than one at a time in
 * use. With the property webrtcbin of callsignaling there is no leg: the negotiation works on the user's element. */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

#define CAPS_POLL_MS 20
#define CAPS_WAIT_US (1 * G_USEC_PER_SEC)
/* A peer's wish for a new offer that comes while one is under way is answered by that. */
#define YOUNG_LEG_US (2 * G_USEC_PER_SEC)
/* A peer that sends offer upon offer costs us no more than this, and the leg in use. */
#define MAX_CLOSING_LEGS 4
#define MAX_EARLY 256

static void
track_free (gpointer data)
{
  GstCallLegTrack *track = data;

  gst_object_unref (track->input);
  gst_object_unref (track->pad);
  g_free (track);
}

const char *
session_call_type (GstCallSession *self)
{
  const char *type = gst_call_settings_get_string (&self->settings, GST_CALL_PROP_CALL_TYPE);
  gboolean video = FALSE;

  if (type != NULL)
    return type;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->inputs->len; i++)
    video |= gst_call_track_sink_get_media (g_ptr_array_index (self->inputs, i)) == GST_CALL_MEDIA_VIDEO;
  g_mutex_unlock (&self->lock);
  return video ? "video" : "audio";
}

/* ---- what the leg says ---- */

static void
tell_tracks (GstCallSession *self, GstElement *element, const GstCallMemberFuncs *funcs)
{
  if (funcs->tracks != NULL)
    funcs->tracks (element, self->peer_tracks);
}

static void
on_leg_signal (GstCallLeg *leg, const CallMessage *signal, gpointer user_data)
{
  session_send_signal (user_data, signal);
}

static void
on_leg_connected (GstCallLeg *leg, gpointer user_data)
{
  GstCallSession *self = user_data;

  GST_INFO_OBJECT (self, "connected %" G_GINT64_FORMAT " ms after the leg was made",
      (g_get_monotonic_time () - self->leg_time) / 1000);
  for (guint i = 0; self->tracks != NULL && i < self->tracks->len; i++) {
    GstCallLegTrack *track = g_ptr_array_index (self->tracks, i);
    gst_call_track_sink_open (track->input, track->pad);
  }
  session_apply (self, PARTICIPANT_EVENT_LEG_CONNECTED, NULL);
  session_foreach_member (self, tell_tracks);
}

static gboolean
is_worth_a_retry (const GError *error)
{
  return g_error_matches (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_ICE)
         || g_error_matches (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_TIMEOUT);
}

void
session_leg_failed (GstCallSession *self, const GError *error)
{
  if (is_worth_a_retry (error) && self->webrtcbin == NULL) {
    GST_WARNING_OBJECT (self, "%s: a new leg on the same call", error->message);
    session_apply (self, PARTICIPANT_EVENT_LEG_FAILED, error->message);
    return;
  }
  session_fail (self, error, FALSE);
  session_apply (self, PARTICIPANT_EVENT_GIVE_UP, "network");
}

static void
on_leg_failed (GstCallLeg *leg, const GError *error, gpointer user_data)
{
  session_leg_failed (user_data, error);
}

static GstPad *
on_leg_output (GstCallLeg *leg, GstCallMedia media, guint index, gpointer user_data)
{
  GstCallSession *self = user_data;
  g_autoptr (GstElement) element = NULL;
  const GstCallMemberFuncs *funcs = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len; i++) {
    GstCallMember *member = &g_array_index (self->members, GstCallMember, i);
    if (member->funcs->output != NULL) {
      element = gst_object_ref (member->element);
      funcs = member->funcs;
    }
  }
  g_mutex_unlock (&self->lock);
  return funcs != NULL ? funcs->output (element, media, index) : NULL;
}

static void
on_leg_key_unit (GstCallLeg *leg, gpointer input_data, GstEvent *event, gpointer user_data)
{
  gst_call_track_sink_key_unit (input_data, event);
}

static void
on_leg_dtmf (GstCallLeg *leg, const TelephoneKeyChange *change, gpointer user_data)
{
  session_take_dtmf (user_data, change);
}

static const GstCallLegCallbacks leg_callbacks = {
    .signal = on_leg_signal,
    .connected = on_leg_connected,
    .failed = on_leg_failed,
    .output = on_leg_output,
    .key_unit = on_leg_key_unit,
    .dtmf = on_leg_dtmf,
};

/* ---- building ---- */

/* TRUE when every input says what it carries, or has had its time to. */
static gboolean
inputs_are_known (GstCallSession *self)
{
  gboolean known = TRUE;

  g_mutex_lock (&self->lock);
  if (g_get_monotonic_time () - self->play_time < CAPS_WAIT_US)
    for (guint i = 0; i < self->inputs->len; i++) {
      g_autoptr (GstCaps) caps = gst_call_track_sink_dup_caps (g_ptr_array_index (self->inputs, i));
      known = known && caps != NULL;
    }
  g_mutex_unlock (&self->lock);
  return known;
}

static GPtrArray *
copy_inputs (GstCallSession *self)
{
  GPtrArray *inputs;

  g_mutex_lock (&self->lock);
  inputs = g_ptr_array_copy (self->inputs, (GCopyFunc) gst_object_ref, NULL);
  g_mutex_unlock (&self->lock);
  return inputs;
}

static gboolean
add_input (GstCallSession *self, GstCallTrackSink *input, GError **error)
{
  g_autoptr (GstCaps) caps = gst_call_track_sink_dup_caps (input);
  GstCallMedia media = gst_call_track_sink_get_media (input);
  GstCallLegInput description = {
      .media = media,
      .index = gst_call_track_sink_get_index (input),
      .caps = caps,
      .codec = media == GST_CALL_MEDIA_AUDIO ? "opus" : self->video_codec,
      .bitrate = self->bitrate[media],
      .user_data = input,
  };
  GstPad *pad = gst_call_leg_add_input (self->leg, &description, error);
  GstCallLegTrack *track;

  if (pad == NULL)
    return FALSE;
  track = g_new0 (GstCallLegTrack, 1);
  track->input = gst_object_ref (input);
  track->pad = pad;
  g_ptr_array_add (self->tracks, track);
  return TRUE;
}

/* In an audio call of ours a picture is not offered; in a call of the peer's the offer decides. */
static gboolean
is_wanted (GstCallSession *self, GstCallTrackSink *input)
{
  return gst_call_track_sink_get_media (input) == GST_CALL_MEDIA_AUDIO || !self->caller
         || g_strcmp0 (self->call_type, "video") == 0;
}

static gboolean
add_inputs (GstCallSession *self, GPtrArray *inputs, GError **error)
{
  for (guint i = 0; i < inputs->len; i++) {
    GstCallTrackSink *input = g_ptr_array_index (inputs, i);
    if (is_wanted (self, input) && !add_input (self, input, error))
      return FALSE;
  }
  return TRUE;
}

static guint
count_inputs (GPtrArray *inputs, GstCallMedia media)
{
  guint n = 0;

  for (guint i = 0; i < inputs->len; i++)
    n += gst_call_track_sink_get_media (g_ptr_array_index (inputs, i)) == media;
  return n;
}

/* An element that goes to PLAYING again may bring another. */
static GstClock *
ref_clock (GstCallSession *self, GstClockTime *base_time)
{
  GstClock *clock;

  g_mutex_lock (&self->lock);
  clock = self->clock != NULL ? gst_object_ref (self->clock) : NULL;
  *base_time = self->base_time;
  g_mutex_unlock (&self->lock);
  return clock;
}

static gboolean
make_leg (GstCallSession *self, GError **error)
{
  g_autoptr (GPtrArray) inputs = copy_inputs (self);
  g_auto (GStrv) addresses = session_split_addresses (self);
  g_autoptr (GstTagList) tags = session_dup_tags (self);
  GstClockTime base_time;
  g_autoptr (GstClock) clock = ref_clock (self, &base_time);
  gboolean video = !self->caller || g_strcmp0 (self->call_type, "video") == 0;
  GstCallLegConfig config = {
      .name = GST_OBJECT_NAME (self),
      .clock = clock,
      .base_time = base_time,
      .latency_ms = gst_call_settings_get_uint (&self->settings, GST_CALL_PROP_LATENCY),
      .output = self->output,
      .receive_audio = self->has_source ? MAX (1, count_inputs (inputs, GST_CALL_MEDIA_AUDIO)) : 0,
      .receive_video = self->has_source && video ? MAX (1, count_inputs (inputs, GST_CALL_MEDIA_VIDEO)) : 0,
      .video_codec = self->video_codec,
      .meters = session_start_quality (self),
      .tags = tags,
  };

  session_fill_ice (self, addresses, &config.ice);
  self->leg = gst_call_leg_new (&config, self->context, &leg_callbacks, self, error);
  if (self->leg == NULL)
    return FALSE;
  self->tracks = g_ptr_array_new_with_free_func (track_free);
  return add_inputs (self, inputs, error) && gst_call_leg_start (self->leg, self->caller, error);
}

static void
replay_early (GstCallSession *self)
{
  g_autoptr (GPtrArray) early = g_steal_pointer (&self->early);

  self->early = g_ptr_array_new_with_free_func ((GDestroyNotify) call_message_free);
  for (guint i = 0; i < early->len; i++)
    session_handle_signal (self, g_ptr_array_index (early, i));
}

static gboolean
on_caps_timer (gpointer user_data)
{
  GstCallSession *self = user_data;

  session_stop_timer (self, SESSION_TIMER_CAPS);
  session_build_leg (self);
  return G_SOURCE_REMOVE;
}

void
session_build_leg (GstCallSession *self)
{
  ParticipantState state = gst_call_session_get_state (self);
  g_autoptr (GError) error = NULL;

  if (self->leg != NULL || self->negotiation != NULL || self->stopping
      || (state != PARTICIPANT_STATE_CONNECTING && state != PARTICIPANT_STATE_RECONNECTING))
    return;
  if (self->webrtcbin == NULL && (self->closing_legs >= MAX_CLOSING_LEGS || !inputs_are_known (self))) {
    session_start_timer (self, SESSION_TIMER_CAPS, CAPS_POLL_MS, on_caps_timer);
    return;
  }
  self->got_offer = FALSE;
  self->leg_time = g_get_monotonic_time ();
  if (self->webrtcbin != NULL)
    session_make_negotiation (self);
  else if (!make_leg (self, &error)) {
    session_fail (self, error, FALSE);
    session_apply (self, PARTICIPANT_EVENT_GIVE_UP, "network");
    return;
  }
  replay_early (self);
}

typedef struct
{
  GstCallSession *session;
  GPtrArray *tracks;
} ClosingLeg;

static void
on_leg_closed (gpointer user_data)
{
  ClosingLeg *closing = user_data;
  GstCallSession *self = closing->session;

  self->closing_legs--;
  session_check_stopped (self);
  g_clear_pointer (&closing->tracks, g_ptr_array_unref);
  gst_object_unref (self);
  g_free (closing);
}

void
session_drop_leg (GstCallSession *self)
{
  g_autoptr (GstCallLeg) leg = g_steal_pointer (&self->leg);
  ClosingLeg *closing;

  session_stop_timer (self, SESSION_TIMER_CAPS);
  if (self->negotiation != NULL) {
    gst_call_negotiation_close (self->negotiation);
    g_clear_object (&self->negotiation);
  }
  if (leg == NULL)
    return;
  closing = g_new0 (ClosingLeg, 1);
  closing->session = gst_object_ref (self);
  closing->tracks = g_steal_pointer (&self->tracks);
  for (guint i = 0; i < closing->tracks->len; i++)
    gst_call_track_sink_close (((GstCallLegTrack *) g_ptr_array_index (closing->tracks, i))->input);
  gst_call_pace_reset (&self->pace);
  self->closing_legs++;
  gst_call_leg_close (leg, on_leg_closed, closing);
}

/* A description that cannot be read counts nothing here; the negotiation says what is wrong with it. */
static void
count_peer_tracks (GstCallSession *self, const CallSignal *signal)
{
  SdpSummary summary;

  memset (self->peer_tracks, 0, sizeof self->peer_tracks);
  if (!sdp_check (signal->sdp, strlen (signal->sdp), CALL_MESSAGE_MAX_SDP, &summary, NULL))
    return;
  for (guint i = 0; i < summary.n_media; i++) {
    const SdpMedia *media = &summary.media[i];
    if (media->rejected || media->direction == SDP_DIRECTION_RECVONLY || media->direction == SDP_DIRECTION_INACTIVE)
      continue;
    self->peer_tracks[GST_CALL_MEDIA_AUDIO] += g_str_equal (media->kind, "audio");
    self->peer_tracks[GST_CALL_MEDIA_VIDEO] += g_str_equal (media->kind, "video");
  }
}

static void
deliver (GstCallSession *self, const CallSignal *signal)
{
  if (self->leg != NULL)
    gst_call_leg_handle (self->leg, signal);
  else
    gst_call_negotiation_handle (self->negotiation, signal);
}

void
session_handle_signal (GstCallSession *self, const CallMessage *message)
{
  const CallSignal *signal = &message->signal;
  gboolean offer = signal->kind == CALL_SIGNAL_DESCRIPTION && g_strcmp0 (signal->sdp_type, "offer") == 0;

  if (signal->kind == CALL_SIGNAL_RENEGOTIATE) {
    if (self->caller
        && ((self->leg == NULL && self->negotiation == NULL)
            || g_get_monotonic_time () - self->leg_time > YOUNG_LEG_US))
      session_apply (self, PARTICIPANT_EVENT_RENEGOTIATE, "peer");
    return;
  }
  if (offer && self->caller) {
    GST_WARNING_OBJECT (self, "the callee made an offer: the caller does that here; ignored");
    return;
  }
  /* A second offer is a new leg of the caller's: what we have is of no use any more. */
  if (offer && (self->got_offer || (self->leg == NULL && self->negotiation == NULL)))
    session_apply (self, PARTICIPANT_EVENT_RENEGOTIATE, "new offer");
  if (self->leg == NULL && self->negotiation == NULL) {
    if (offer) /* what came before it was for the leg that the peer has no more */
      g_ptr_array_set_size (self->early, 0);
    if (self->early->len < MAX_EARLY)
      g_ptr_array_add (self->early, call_message_copy (message));
    return;
  }
  if (offer) {
    self->got_offer = TRUE;
    /* What was asked for is here: from now on the new leg's own time limit tells whether to ask again. */
    session_stop_timer (self, SESSION_TIMER_RETRY);
  }
  if (signal->kind == CALL_SIGNAL_DESCRIPTION)
    count_peer_tracks (self, signal);
  deliver (self, signal);
}

static void
end_member (GstCallSession *self, GstElement *element, const GstCallMemberFuncs *funcs)
{
  if (funcs->end_of_call != NULL)
    funcs->end_of_call (element);
}

void
session_finish_streams (GstCallSession *self)
{
  g_autoptr (GPtrArray) inputs = copy_inputs (self);

  for (guint i = 0; i < inputs->len; i++)
    gst_call_track_sink_end (g_ptr_array_index (inputs, i));
  session_foreach_member (self, end_member);
}

static void
update_bitrates (GstCallSession *self, const char *first, const char *second)
{
  for (guint i = 0; self->tracks != NULL && i < self->tracks->len; i++) {
    GstCallTrackSink *input = ((GstCallLegTrack *) g_ptr_array_index (self->tracks, i))->input;
    GstCallMedia media = gst_call_track_sink_get_media (input);
    gst_call_leg_set_bitrate (self->leg, media, gst_call_track_sink_get_index (input), self->bitrate[media]);
  }
}

void
gst_call_session_set_bitrate (GstCallSession *self, GstCallMedia media, guint bitrate)
{
  g_mutex_lock (&self->lock);
  self->bitrate[media] = bitrate;
  g_mutex_unlock (&self->lock);
  session_invoke (self, update_bitrates, NULL, NULL);
}
