/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The quality of the call, once a second while there is one, on the worker: what the meters saw becomes messages, and
 * every report-interval a report to the server, which passes it on to the other participant.
 *
 *   leg -- 1 s -- [messages] -- 1 s -- [messages] ... [messages, report] ... end: [messages, report: final] call-end
 */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

#define INTERVAL_MS 1000

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

/* Besides the message, to the pad that the track comes out of. */
static void
tell_pad (GstCallSession *self, const GstStructure *structure)
{
  GstCallMedia media = g_strcmp0 (gst_structure_get_string (structure, "media"), "video") == 0 ? GST_CALL_MEDIA_VIDEO
                                                                                               : GST_CALL_MEDIA_AUDIO;
  g_autoptr (GstElement) element = NULL;
  const GstCallMemberFuncs *funcs = NULL;
  guint index = 0;

  gst_structure_get_uint (structure, "track", &index);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len && element == NULL; i++) {
    const GstCallMember *member = &g_array_index (self->members, GstCallMember, i);
    if (member->funcs->quality != NULL) {
      element = gst_object_ref (member->element);
      funcs = member->funcs;
    }
  }
  g_mutex_unlock (&self->lock);
  if (element != NULL)
    funcs->quality (element, media, index, structure);
}

static void
post (GstCallSession *self, const GstStructure *figures)
{
  gboolean sent = g_strcmp0 (gst_structure_get_string (figures, "direction"), "send") == 0;
  g_autoptr (GstElement) element = session_ref_element (self, sent);
  g_autofree char *call_id = gst_call_session_dup_call_id (self);
  GstStructure *structure;

  if (element == NULL)
    return;
  structure = gst_structure_copy (figures);
  gst_structure_set (
      structure, "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id", G_TYPE_STRING, call_id, NULL);
  set_times (self, element, structure);
  if (!sent)
    tell_pad (self, structure);
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), structure));
}

static void
tell (GstCallSession *self, GPtrArray *structures)
{
  for (guint i = 0; i < structures->len; i++) {
    post (self, g_ptr_array_index (structures, i));
    call_report_add (self->report, g_ptr_array_index (structures, i));
  }
}

static gint64
report_interval_us (GstCallSession *self)
{
  return (gint64) (gst_call_settings_get_uint64 (&self->settings, GST_CALL_PROP_REPORT_INTERVAL) / GST_USECOND);
}

static void
send_report (GstCallSession *self, gboolean final)
{
  g_autofree char *json = call_report_take (self->report, final);

  self->report_time = g_get_monotonic_time () + report_interval_us (self);
  if (json != NULL && report_interval_us (self) > 0)
    session_send_report (self, json);
}

static gboolean
on_interval (gpointer user_data)
{
  GstCallSession *self = user_data;
  g_autoptr (GPtrArray) intervals = call_meters_take_intervals (self->meters);

  tell (self, intervals);
  if (g_get_monotonic_time () >= self->report_time)
    send_report (self, FALSE);
  return G_SOURCE_CONTINUE;
}

CallMeters *
session_start_quality (GstCallSession *self)
{
  if (self->meters == NULL) {
    self->meters = call_meters_new ();
    self->report = call_report_new ();
    self->report_time = g_get_monotonic_time () + report_interval_us (self);
  }
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
  g_free (call_report_take (self->report, FALSE)); /* the totals have it all */
  tell (self, totals);
  send_report (self, TRUE);
  g_clear_pointer (&self->report, call_report_free);
}

void
session_take_report (GstCallSession *self, const CallMessage *message)
{
  GstStructure *structure;

  if (message->quality == NULL)
    return;
  structure = call_report_read (message->quality);
  gst_structure_set (structure, "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id", G_TYPE_STRING,
      message->call_id, "peer", G_TYPE_STRING, message->from, "report", G_TYPE_STRING, message->quality, NULL);
  session_post (self, structure);
}
