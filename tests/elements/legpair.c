/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "legpair.h"

#include <gst/video/video.h>

static const char *const addresses[] = {"127.0.0.1", NULL};

/* ---- from the user's pipeline into the leg ---- */

static gboolean
forward_sticky (GstPad *pad, GstEvent **event, gpointer input)
{
  gst_pad_push_event (input, gst_event_ref (*event));
  return TRUE;
}

/* The sources may have been playing before the leg was there: what is sticky is told first. */
static void
tell_sticky (GstPad *pad, GstPad *input)
{
  g_autoptr (GstEvent) start = gst_pad_get_sticky_event (input, GST_EVENT_STREAM_START, 0);

  if (start == NULL)
    gst_pad_sticky_events_foreach (pad, forward_sticky, input);
}

static GstPadProbeReturn
push_into_leg (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstPad *input = user_data;

  tell_sticky (pad, input);
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    gst_pad_push (input, gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info)));
  else if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    gst_pad_push_list (input, gst_buffer_list_ref (GST_PAD_PROBE_INFO_BUFFER_LIST (info)));
  else
    gst_pad_push_event (input, gst_event_ref (GST_PAD_PROBE_INFO_EVENT (info)));
  return GST_PAD_PROBE_OK;
}

static GstElement *
make_user_pipeline (const LegSpec *spec)
{
  g_autoptr (GString) line = g_string_new ("");
  g_autoptr (GError) error = NULL;
  GstElement *pipeline;

  for (guint i = 0; i < LEG_MAX_TRACKS && spec->tracks[i].source != NULL; i++)
    g_string_append_printf (line, " %s ! fakesink name=end%u sync=false async=false", spec->tracks[i].source, i);
  if (line->len == 0)
    g_string_append (line, "audiotestsrc is-live=true ! fakesink sync=false async=false");
  pipeline = gst_parse_launch (line->str, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  g_assert_cmpint (gst_element_get_state (pipeline, NULL, NULL, 5 * GST_SECOND), !=, GST_STATE_CHANGE_FAILURE);
  return pipeline;
}

static void
add_inputs (LegSide *side, const LegSpec *spec)
{
  guint counts[2] = {0, 0};

  for (guint i = 0; i < LEG_MAX_TRACKS && spec->tracks[i].source != NULL; i++) {
    const LegTrack *track = &spec->tracks[i];
    g_autofree char *name = g_strdup_printf ("end%u", i);
    g_autoptr (GstElement) end = gst_bin_get_by_name (GST_BIN (side->user), name);
    g_autoptr (GstPad) sink = gst_element_get_static_pad (end, "sink");
    g_autoptr (GstCaps) caps = track->caps ? gst_caps_from_string (track->caps) : NULL;
    g_autoptr (GError) error = NULL;
    GstCallLegInput input = {track->media, counts[track->media]++, caps, track->codec, 0, sink};
    GstPad *pad = gst_call_leg_add_input (side->leg, &input, &error);
    g_assert_no_error (error);
    g_ptr_array_add (side->pads, pad);
    side->n_inputs++;
  }
}

static void
start_pushing (LegSide *side)
{
  for (guint i = 0; i < side->n_inputs; i++) {
    g_autofree char *name = g_strdup_printf ("end%u", i);
    g_autoptr (GstElement) end = gst_bin_get_by_name (GST_BIN (side->user), name);
    g_autoptr (GstPad) sink = gst_element_get_static_pad (end, "sink");
    GstPad *input = g_ptr_array_index (side->pads, i);
    gst_pad_add_probe (
        sink, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, push_into_leg, gst_object_ref (input), gst_object_unref);
  }
}

/* ---- from the leg into the user's pad ---- */

static void
note_buffer (LegSide *side, LegReceived *received, GstBuffer *buffer)
{
  g_mutex_lock (&side->lock);
  if (received->buffers++ == 0) {
    received->first_pts = GST_BUFFER_PTS (buffer);
    received->first_time = g_get_monotonic_time ();
  } else if (GST_BUFFER_PTS (buffer) < received->last_pts) {
    received->backwards++;
  }
  received->last_pts = GST_BUFFER_PTS (buffer);
  received->bytes += gst_buffer_get_size (buffer);
  received->keyframes += !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  received->discont += GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  g_mutex_unlock (&side->lock);
}

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  LegSide *side = pad->chaindata;
  LegReceived *received = gst_pad_get_element_private (pad);

  g_mutex_lock (&side->lock);
  side->stuck++;
  while (side->blocked)
    g_cond_wait (&side->unblocked, &side->lock);
  side->stuck--;
  g_mutex_unlock (&side->lock);
  note_buffer (side, received, buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  LegSide *side = pad->eventdata;
  LegReceived *received = gst_pad_get_element_private (pad);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    GstCaps *caps;
    gst_event_parse_caps (event, &caps);
    g_mutex_lock (&side->lock);
    gst_caps_replace (&received->caps, caps);
    g_mutex_unlock (&side->lock);
  }
  gst_event_unref (event);
  return TRUE;
}

static void
make_output (LegSide *side, GstCallMedia media, guint index)
{
  GstPad *src = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  GstPad *sink = gst_object_ref_sink (gst_pad_new ("sink", GST_PAD_SINK));

  gst_pad_set_element_private (sink, &side->received[media][index]);
  gst_pad_set_chain_function_full (sink, sink_chain, side, NULL);
  gst_pad_set_event_function_full (sink, sink_event, side, NULL);
  gst_pad_set_active (sink, TRUE);
  gst_pad_set_active (src, TRUE);
  gst_pad_link (src, sink);
  side->outputs[media][index] = src;
  side->sinks[media][index] = sink;
}

static GstPad *
on_output (GstCallLeg *leg, GstCallMedia media, guint index, gpointer user_data)
{
  LegSide *side = user_data;

  if (side->refuse_output || index >= LEG_MAX_TRACKS)
    return NULL;
  return gst_object_ref (side->outputs[media][index]);
}

/* ---- signals ---- */

typedef struct
{
  LegSide *to;
  CallMessage *message;
} Delivery;

static gboolean
deliver (gpointer data)
{
  Delivery *delivery = data;

  if (delivery->to->leg != NULL && !delivery->to->closed)
    gst_call_leg_handle (delivery->to->leg, &delivery->message->signal);
  call_message_free (delivery->message);
  g_free (delivery);
  return G_SOURCE_REMOVE;
}

void
leg_side_deliver (LegSide *side, guint signal)
{
  Delivery *delivery = g_new0 (Delivery, 1);

  delivery->to = side->peer;
  delivery->message = call_message_copy (g_ptr_array_index (side->signals, signal));
  g_idle_add (deliver, delivery);
}

static void
on_signal (GstCallLeg *leg, const CallMessage *signal, gpointer user_data)
{
  LegSide *side = user_data;
  CallMessage *copy = call_message_copy (signal);

  g_assert_false (side->closed);
  if (side->tamper != NULL)
    side->tamper (copy);
  g_ptr_array_add (side->signals, copy);
  if (!side->hold)
    leg_side_deliver (side, side->signals->len - 1);
}

static void
on_connected (GstCallLeg *leg, gpointer user_data)
{
  LegSide *side = user_data;

  g_assert_false (side->closed);
  g_assert_false (side->connected);
  side->connected = TRUE;
  side->connected_time = g_get_monotonic_time ();
}

static void
on_failed (GstCallLeg *leg, const GError *error, gpointer user_data)
{
  LegSide *side = user_data;

  g_assert_false (side->closed);
  if (side->error == NULL)
    side->error = g_error_copy (error);
}

static void
on_key_unit (GstCallLeg *leg, gpointer input_data, GstEvent *event, gpointer user_data)
{
  LegSide *side = user_data;

  g_atomic_int_inc (&side->key_units);
  gst_pad_push_event (GST_PAD (input_data), gst_event_ref (event));
}

static const GstCallLegCallbacks callbacks = {
    .signal = on_signal,
    .connected = on_connected,
    .failed = on_failed,
    .output = on_output,
    .key_unit = on_key_unit,
};

/* ---- pairs ---- */

static void
make_leg (LegSide *side, const LegSpec *spec, const char *name)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (side->user);
  g_autoptr (GError) error = NULL;
  GstCallLegConfig config = {
      .name = name,
      .clock = clock,
      .base_time = gst_element_get_base_time (side->user),
      .latency_ms = 100,
      .output = spec->output,
      .receive_audio = spec->receive_audio,
      .receive_video = spec->receive_video,
      .video_codec = spec->video_codec,
      .ice = {.addresses = addresses, .connect_timeout_ms = spec->timeout_ms ? spec->timeout_ms : 10000},
  };

  side->leg = gst_call_leg_new (&config, NULL, &callbacks, side, &error);
  g_assert_no_error (error);
}

static void
init_side (LegPair *pair, LegSide *side, LegSide *peer, const LegSpec *spec, const char *name)
{
  side->pair = pair;
  side->peer = peer;
  side->pads = g_ptr_array_new_with_free_func (gst_object_unref);
  side->signals = g_ptr_array_new_with_free_func ((GDestroyNotify) call_message_free);
  g_mutex_init (&side->lock);
  g_cond_init (&side->unblocked);
  for (guint media = 0; media < 2; media++) {
    for (guint i = 0; i < LEG_MAX_TRACKS; i++)
      make_output (side, media, i);
  }
  side->user = make_user_pipeline (spec);
  make_leg (side, spec, name);
  add_inputs (side, spec);
}

LegPair *
leg_pair_new (const LegSpec *caller, const LegSpec *callee)
{
  LegPair *pair = g_new0 (LegPair, 1);

  init_side (pair, &pair->caller, &pair->callee, caller, "caller");
  init_side (pair, &pair->callee, &pair->caller, callee, "callee");
  return pair;
}

static void
renew_side (LegSide *side, const LegSpec *spec, const char *name)
{
  g_assert_null (side->leg);
  g_ptr_array_set_size (side->pads, 0);
  g_ptr_array_set_size (side->signals, 0);
  g_clear_error (&side->error);
  side->n_inputs = 0;
  side->connected = side->closed = FALSE;
  make_leg (side, spec, name);
  add_inputs (side, spec);
}

void
leg_pair_renew (LegPair *pair, const LegSpec *caller, const LegSpec *callee)
{
  renew_side (&pair->caller, caller, "caller2");
  renew_side (&pair->callee, callee, "callee2");
}

void
leg_pair_start (LegPair *pair)
{
  g_autoptr (GError) error = NULL;

  pair->start_time = g_get_monotonic_time ();
  start_pushing (&pair->caller);
  start_pushing (&pair->callee);
  gst_call_leg_start (pair->callee.leg, FALSE, &error);
  g_assert_no_error (error);
  gst_call_leg_start (pair->caller.leg, TRUE, &error);
  g_assert_no_error (error);
}

static gboolean
on_tick (gpointer ticks)
{
  ++*(guint *) ticks;
  return G_SOURCE_CONTINUE;
}

gboolean
leg_pair_wait (LegPair *pair, LegCondition condition, guint seconds)
{
  guint ticks = 0;
  guint tick = g_timeout_add (20, on_tick, &ticks);
  gboolean holds;

  while (!(holds = condition (pair)) && ticks < seconds * 50)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  return holds;
}

typedef struct
{
  GObject *leg;
  guint done;
} Closing;

/* Nothing is left of the closing: only the owner's own reference. */
static void
on_done (gpointer user_data)
{
  Closing *closing = user_data;

  closing->done++;
  g_assert_cmpint (g_atomic_int_get (&closing->leg->ref_count), ==, 1);
}

void
leg_side_close (LegSide *side)
{
  Closing closing = {.leg = G_OBJECT (side->leg)};
  guint ticks = 0;
  guint tick;

  if (side->leg == NULL)
    return;
  tick = g_timeout_add (20, on_tick, &ticks);
  gst_call_leg_close (side->leg, on_done, &closing);
  side->closed = TRUE;
  while (closing.done == 0 && ticks < 50 * 20)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_assert_cmpuint (closing.done, ==, 1);
  g_clear_object (&side->leg);
}

static void
clear_side (LegSide *side)
{
  leg_side_close (side);
  gst_element_set_state (side->user, GST_STATE_NULL);
  gst_clear_object (&side->user);
  g_ptr_array_unref (side->pads);
  g_ptr_array_unref (side->signals);
  g_clear_error (&side->error);
  for (guint media = 0; media < 2; media++) {
    for (guint i = 0; i < LEG_MAX_TRACKS; i++) {
      gst_pad_set_active (side->outputs[media][i], FALSE);
      gst_pad_set_active (side->sinks[media][i], FALSE);
      gst_clear_object (&side->outputs[media][i]);
      gst_clear_object (&side->sinks[media][i]);
      gst_clear_caps (&side->received[media][i].caps);
    }
  }
  g_mutex_clear (&side->lock);
  g_cond_clear (&side->unblocked);
}

void
leg_pair_free (LegPair *pair)
{
  leg_side_close (&pair->caller);
  leg_side_close (&pair->callee);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  clear_side (&pair->caller);
  clear_side (&pair->callee);
  g_free (pair);
}

LegReceived
leg_side_received (LegSide *side, GstCallMedia media, guint index)
{
  LegReceived received;

  g_mutex_lock (&side->lock);
  received = side->received[media][index];
  g_mutex_unlock (&side->lock);
  return received;
}

void
leg_side_block (LegSide *side, gboolean blocked)
{
  g_mutex_lock (&side->lock);
  side->blocked = blocked;
  g_cond_broadcast (&side->unblocked);
  g_mutex_unlock (&side->lock);
}

guint
leg_side_stuck (LegSide *side)
{
  guint stuck;

  g_mutex_lock (&side->lock);
  stuck = side->blocked ? side->stuck : 0;
  g_mutex_unlock (&side->lock);
  return stuck;
}
