/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The quality of the call, once a second while there is one, on the worker: what the meters saw becomes messages.
 *
 *   connected -- 1 s -- [intervals] -- 1 s -- [intervals] ... end: [totals, final]
 */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

#define INTERVAL_MS 1000

/* callsrc speaks of what is received, callsink of what is sent; where there is none, whoever speaks for the session. */
static GstElement *
ref_element (GstCallSession *self, gboolean sent)
{
  GstElement *element = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len; i++) {
    const GstCallMember *member = &g_array_index (self->members, GstCallMember, i);
    if (sent ? member->funcs->sends : member->funcs->output != NULL)
      element = gst_object_ref (member->element);
  }
  g_mutex_unlock (&self->lock);
  return element != NULL ? element : session_ref_speaker (self);
}

/* Running times, as the buffers of callsrc have them. */
static void
set_times (GstCallSession *self, GstElement *element, GstStructure *structure)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  GstClockTime duration = 0, now, begin;

  if (clock == NULL)
    return;
  gst_structure_get_uint64 (structure, "duration", &duration);
  now = gst_clock_get_time (clock);
  begin = now > self->base_time + duration ? now - self->base_time - duration : 0;
  gst_structure_set (structure, "timestamp", G_TYPE_UINT64, begin, "stream-time", G_TYPE_UINT64, begin, "running-time",
      G_TYPE_UINT64, begin, NULL);
}

static void
post (GstCallSession *self, const GstStructure *figures)
{
  gboolean sent = g_strcmp0 (gst_structure_get_string (figures, "direction"), "send") == 0;
  g_autoptr (GstElement) element = ref_element (self, sent);
  g_autofree char *call_id = gst_call_session_dup_call_id (self);
  GstStructure *structure;

  if (element == NULL)
    return;
  structure = gst_structure_copy (figures);
  gst_structure_set (
      structure, "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id", G_TYPE_STRING, call_id, NULL);
  set_times (self, element, structure);
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), structure));
}

static void
post_all (GstCallSession *self, GPtrArray *structures)
{
  for (guint i = 0; i < structures->len; i++)
    post (self, g_ptr_array_index (structures, i));
}

static gboolean
on_interval (gpointer user_data)
{
  GstCallSession *self = user_data;
  g_autoptr (GPtrArray) intervals = call_meters_take_intervals (self->meters);

  post_all (self, intervals);
  return G_SOURCE_CONTINUE;
}

CallMeters *
session_start_quality (GstCallSession *self)
{
  if (self->meters == NULL)
    self->meters = call_meters_new ();
  if (self->timers[SESSION_TIMER_QUALITY] == NULL)
    session_start_timer (self, SESSION_TIMER_QUALITY, INTERVAL_MS, on_interval);
  return self->meters;
}

void
session_end_quality (GstCallSession *self)
{
  g_autoptr (CallMeters) meters = g_steal_pointer (&self->meters);
  g_autoptr (GPtrArray) totals = NULL;

  session_stop_timer (self, SESSION_TIMER_QUALITY);
  if (meters == NULL)
    return;
  totals = call_meters_get_totals (meters);
  post_all (self, totals);
}
