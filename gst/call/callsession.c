/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Members, the worker thread and its end. What happens on the worker is in callsessioncall.c and callsessionleg.c.
 *
 * Rules of the house: the lock guards plain data and is never held while a signal, a message or a pad function runs;
 * everything that talks to the signaller or builds a leg runs on the worker, one at a time. */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

/* How long the end of a call may take: the server's answer to call-end, the signaller's goodbye, the leg's threads. */
#define STOP_TIMEOUT_MS 2000
#define REPORT_TIMEOUT_MS 500
#define LEAVE_TIMEOUT_S 15

typedef struct
{
  GstCallSession *session;
  SessionFunc func;
  char *first;
  char *second;
} Invocation;

GST_DEBUG_CATEGORY (callsession_debug);

G_DEFINE_FINAL_TYPE_WITH_CODE (GstCallSession, gst_call_session, GST_TYPE_OBJECT,
    GST_DEBUG_CATEGORY_INIT (callsession_debug, "callsession", 0, "one participant of a call"))

static void
invocation_free (gpointer data)
{
  Invocation *invocation = data;

  gst_object_unref (invocation->session);
  g_free (invocation->first);
  g_free (invocation->second);
  g_free (invocation);
}

static gboolean
on_invocation (gpointer data)
{
  Invocation *invocation = data;

  invocation->func (invocation->session, invocation->first, invocation->second);
  return G_SOURCE_REMOVE;
}

static Invocation *
invocation_new (GstCallSession *self, SessionFunc func, const char *first, const char *second)
{
  Invocation *invocation = g_new0 (Invocation, 1);

  invocation->session = gst_object_ref (self);
  invocation->func = func;
  invocation->first = g_strdup (first);
  invocation->second = g_strdup (second);
  return invocation;
}

static void
attach (GstCallSession *self, GSourceFunc func, gpointer data, GDestroyNotify free_data, gboolean last)
{
  /* Not g_main_context_invoke(): always later and always in order, also from the worker. */
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, free_data);
  g_mutex_lock (&self->lock);
  /* Nobody would come for it any more, and it would keep the session alive. */
  if (!self->over || last)
    g_source_attach (source, self->context);
  g_mutex_unlock (&self->lock);
}

void
session_attach (GstCallSession *self, GSourceFunc func, gpointer data, GDestroyNotify free_data)
{
  attach (self, func, data, free_data, FALSE);
}

void
session_invoke (GstCallSession *self, SessionFunc func, const char *first, const char *second)
{
  session_attach (self, on_invocation, invocation_new (self, func, first, second), invocation_free);
}

void
session_start_timer (GstCallSession *self, SessionTimer timer, guint64 ms, GSourceFunc func)
{
  session_stop_timer (self, timer);
  self->timers[timer] = g_timeout_source_new (MIN (ms, G_MAXUINT));
  g_source_set_callback (self->timers[timer], func, self, NULL);
  g_source_attach (self->timers[timer], self->context);
}

void
session_stop_timer (GstCallSession *self, SessionTimer timer)
{
  if (self->timers[timer] == NULL)
    return;
  g_source_destroy (self->timers[timer]);
  g_clear_pointer (&self->timers[timer], g_source_unref);
}

GstElement *
session_ref_speaker (GstCallSession *self)
{
  GstElement *element = NULL;

  g_mutex_lock (&self->lock);
  if (self->members->len > 0)
    element = gst_object_ref (g_array_index (self->members, GstCallMember, 0).element);
  g_mutex_unlock (&self->lock);
  return element;
}

GstElement *
session_ref_element (GstCallSession *self, gboolean sent)
{
  GstElement *element = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len; i++) {
    const GstCallMember *member = &g_array_index (self->members, GstCallMember, i);
    if (sent ? member->funcs->sends : member->funcs->output != NULL)
      gst_object_replace ((GstObject **) &element, GST_OBJECT (member->element));
  }
  g_mutex_unlock (&self->lock);
  return element != NULL ? element : session_ref_speaker (self);
}

void
session_post (GstCallSession *self, GstStructure *structure)
{
  g_autoptr (GstElement) element = session_ref_speaker (self);

  if (element == NULL) {
    gst_structure_free (structure);
    return;
  }
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), structure));
}

void
session_foreach_member (GstCallSession *self, SessionMemberFunc func)
{
  g_autoptr (GArray) members = NULL;

  g_mutex_lock (&self->lock);
  members = g_array_copy (self->members);
  for (guint i = 0; i < members->len; i++)
    gst_object_ref (g_array_index (members, GstCallMember, i).element);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < members->len; i++) {
    GstCallMember *member = &g_array_index (members, GstCallMember, i);
    func (self, member->element, member->funcs);
    gst_object_unref (member->element);
  }
}

static void
notify_state (GstCallSession *self, GstElement *element, const GstCallMemberFuncs *funcs)
{
  g_object_notify (G_OBJECT (element), "state");
}

void
session_notify_state (GstCallSession *self)
{
  session_foreach_member (self, notify_state);
}

/* Takes its time (see the leg), while the call has yet to be dialed or to ring. */
static gpointer
make_certificate (gpointer data)
{
  gst_call_leg_warm_up ();
  return NULL;
}

static gpointer
run_worker (gpointer data)
{
  GstCallSession *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  /* What was asked before the end and what ends with it (cancelled requests) holds references: let go of them. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static void
on_signaller_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GstCallSession) self = user_data;

  self->signaller_stopped = TRUE;
  session_check_stopped (self);
}

void
session_check_stopped (GstCallSession *self)
{
  if (!self->stopping || self->pending_ends > 0 || self->pending_reports > 0)
    return;
  if (self->signaller != NULL) {
    g_autoptr (GstCallSignaller) signaller = g_steal_pointer (&self->signaller);
    g_signal_handlers_disconnect_by_data (signaller, self);
    gst_call_signaller_stop_async (signaller, on_signaller_stopped, gst_object_ref (self));
    return;
  }
  if (self->signaller_stopped && self->closing_legs == 0)
    g_main_loop_quit (self->loop);
}

static gboolean
on_stop_timeout (gpointer user_data)
{
  GstCallSession *self = user_data;

  GST_WARNING_OBJECT (self, "the server did not answer call-end in %d ms", STOP_TIMEOUT_MS);
  self->pending_ends = 0;
  session_check_stopped (self);
  return G_SOURCE_REMOVE;
}

/* For a report alone nobody waits long. */
static gboolean
on_report_timeout (gpointer user_data)
{
  GstCallSession *self = user_data;

  self->pending_reports = 0;
  session_check_stopped (self);
  return G_SOURCE_REMOVE;
}

static void
do_stop (GstCallSession *self, const char *first, const char *second)
{
  if (self->stopping)
    return;
  session_apply (self, PARTICIPANT_EVENT_HANG_UP, "hangup");
  self->stopping = TRUE;
  g_cancellable_cancel (self->cancellable);
  session_stop_timer (self, SESSION_TIMER_RING);
  session_stop_timer (self, SESSION_TIMER_GIVE_UP);
  session_stop_timer (self, SESSION_TIMER_RETRY);
  session_stop_timer (self, SESSION_TIMER_CAPS);
  session_stop_timer (self, SESSION_TIMER_WARM);
  session_stop_timer (self, SESSION_TIMER_QUALITY);
  session_start_timer (self, SESSION_TIMER_REPORT, REPORT_TIMEOUT_MS, on_report_timeout);
  session_start_timer (self, SESSION_TIMER_STOP, STOP_TIMEOUT_MS, on_stop_timeout);
  if (self->signaller == NULL)
    self->signaller_stopped = TRUE;
  session_check_stopped (self);
}

static void
do_proceed (GstCallSession *self, const char *first, const char *second)
{
  if (self->stopping)
    return;
  if (self->signaller == NULL && !self->failed)
    session_start_signaller (self);
  session_proceed (self);
}

static gboolean
check_member (GstCallSession *self, const GstCallMemberFuncs *funcs, GError **error)
{
  for (guint i = 0; i < self->members->len; i++)
    if (g_array_index (self->members, GstCallMember, i).funcs == funcs) {
      g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
          "Session \"%s\" has an element of this kind already: give this one another session, or one more pad to that",
          GST_OBJECT_NAME (self));
      return FALSE;
    }
  return TRUE;
}

gboolean
gst_call_session_join (GstCallSession *self, GstElement *element, const GstCallMemberFuncs *funcs,
    const GstCallSettings *settings, GError **error)
{
  GstCallMember member = {element, funcs};
  const char *differs;

  g_mutex_lock (&self->lock);
  if (!check_member (self, funcs, error)) {
    g_mutex_unlock (&self->lock);
    return FALSE;
  }
  differs = gst_call_settings_merge (&self->settings, settings);
  if (differs == NULL) {
    g_array_append_val (self->members, member);
    self->has_source |= funcs->output != NULL;
  }
  g_mutex_unlock (&self->lock);
  if (differs != NULL)
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "The elements of session \"%s\" have two values for \"%s\": set it on one of them, or the same on both",
        GST_OBJECT_NAME (self), differs);
  return differs == NULL;
}

void
gst_call_session_play (GstCallSession *self, GstElement *element)
{
  GstClock *clock = gst_element_get_clock (element);

  g_mutex_lock (&self->lock);
  gst_object_replace ((GstObject **) &self->clock, (GstObject *) clock);
  self->base_time = gst_element_get_base_time (element);
  if (self->play_time == 0)
    self->play_time = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  gst_clear_object (&clock);
  session_invoke (self, do_proceed, NULL, NULL);
}

/* The worker ends by itself (every step of its end is bounded): we only wait, and say so if it takes long. */
static void
end_worker (GstCallSession *self)
{
  gint64 start = g_get_monotonic_time ();

  attach (self, on_invocation, invocation_new (self, do_stop, NULL, NULL), invocation_free, TRUE);
  g_thread_join (g_steal_pointer (&self->thread));
  g_thread_join (g_steal_pointer (&self->certificate_thread));
  if (g_get_monotonic_time () - start > LEAVE_TIMEOUT_S * G_USEC_PER_SEC)
    GST_WARNING_OBJECT (self, "ending the session took longer than %d s", LEAVE_TIMEOUT_S);
}

void
gst_call_session_leave (GstCallSession *self, GstElement *element)
{
  gboolean last;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len; i++)
    if (g_array_index (self->members, GstCallMember, i).element == element) {
      g_array_remove_index (self->members, i);
      break;
    }
  last = self->members->len == 0 && !self->over;
  self->over |= last;
  g_mutex_unlock (&self->lock);
  if (last)
    end_worker (self);
}

gboolean
gst_call_session_is_over (GstCallSession *self)
{
  gboolean over;

  g_mutex_lock (&self->lock);
  over = self->over;
  g_mutex_unlock (&self->lock);
  return over;
}

void
gst_call_session_set_output (GstCallSession *self, GstCallOutput output)
{
  g_mutex_lock (&self->lock);
  self->output = output;
  g_mutex_unlock (&self->lock);
}

void
gst_call_session_set_codec (GstCallSession *self, const char *video_codec)
{
  g_mutex_lock (&self->lock);
  self->video_codec = video_codec;
  g_mutex_unlock (&self->lock);
}

void
gst_call_session_add_input (GstCallSession *self, GstCallTrackSink *input)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->inputs, gst_object_ref (input));
  g_mutex_unlock (&self->lock);
  gst_call_track_sink_set_pace (input, &self->pace);
}

void
gst_call_session_remove_input (GstCallSession *self, GstCallTrackSink *input)
{
  gst_call_track_sink_set_pace (input, NULL);
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->inputs, input);
  g_mutex_unlock (&self->lock);
}

void
gst_call_session_set_webrtcbin (GstCallSession *self, GstElement *webrtcbin)
{
  g_mutex_lock (&self->lock);
  gst_object_replace ((GstObject **) &self->webrtcbin, (GstObject *) webrtcbin);
  g_mutex_unlock (&self->lock);
}

ParticipantState
gst_call_session_get_state (GstCallSession *self)
{
  ParticipantState state;

  g_mutex_lock (&self->lock);
  state = self->state;
  g_mutex_unlock (&self->lock);
  return state;
}

char *
gst_call_session_dup_call_id (GstCallSession *self)
{
  char *call_id;

  g_mutex_lock (&self->lock);
  call_id = g_strdup (self->call_id);
  g_mutex_unlock (&self->lock);
  return call_id;
}

static void
gst_call_session_finalize (GObject *object)
{
  GstCallSession *self = GST_CALL_SESSION (object);

  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->timers); i++)
    session_stop_timer (self, i);
  g_array_unref (self->members);
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->early);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_pointer (&self->meters, call_meters_unref);
  g_clear_pointer (&self->report, call_report_free);
  gst_call_settings_clear (&self->settings);
  gst_clear_object (&self->clock);
  gst_clear_object (&self->webrtcbin);
  g_clear_object (&self->cancellable);
  gst_call_pace_clear (&self->pace);
  g_mutex_clear (&self->lock);
  g_free (self->call_id);
  g_free (self->peer);
  g_free (self->peer_name);
  g_free (self->user);
  g_free (self->call_type);
  g_free (self->dial_type);
  g_free (self->end_reason);
  G_OBJECT_CLASS (gst_call_session_parent_class)->finalize (object);
}

static void
gst_call_session_init (GstCallSession *self)
{
  g_mutex_init (&self->lock);
  gst_call_pace_init (&self->pace);
  self->members = g_array_new (FALSE, FALSE, sizeof (GstCallMember));
  self->inputs = g_ptr_array_new_with_free_func (gst_object_unref);
  self->early = g_ptr_array_new_with_free_func ((GDestroyNotify) call_message_free);
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
}

static void
gst_call_session_class_init (GstCallSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_call_session_finalize;
}

GstCallSession *
gst_call_session_new (const char *name)
{
  GstCallSession *self = g_object_new (GST_TYPE_CALL_SESSION, "name", name, NULL);

  gst_object_ref_sink (self);
  self->certificate_thread = g_thread_new ("call-certificate", make_certificate, NULL);
  self->thread = g_thread_new ("call-session", run_worker, self);
  return self;
}
