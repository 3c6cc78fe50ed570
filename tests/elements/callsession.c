/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What a session holds back, looked at from inside: steps are run on its worker, where nothing comes in between. */

#include "gst/call/callsessionprivate.h"
#include "gst/call/gstcallsrcprivate.h"

#define WAIT (20 * G_TIME_SPAN_SECOND)

typedef struct
{
  GstElement *pipeline;
  GstCallSession *session;
} Rig;

static Rig
rig_start (const char *callsrc)
{
  g_autoptr (GError) error = NULL;
  GstElement *src = gst_parse_launch (callsrc, &error);
  Rig rig = {gst_pipeline_new (NULL)};

  g_assert_no_error (error);
  gst_bin_add (GST_BIN (rig.pipeline), src);
  gst_element_set_state (rig.pipeline, GST_STATE_PLAYING);
  rig.session = gst_call_participant_ref_session (&GST_CALL_SRC (src)->participant);
  g_assert_nonnull (rig.session);
  return rig;
}

static void
rig_stop (Rig *rig)
{
  gst_element_set_state (rig->pipeline, GST_STATE_NULL);
  g_assert_true (gst_call_session_is_over (rig->session));
  g_clear_object (&rig->pipeline);
  g_clear_object (&rig->session);
}

/* ---- steps on the worker ---- */

static GMutex lock;
static GCond stepped;
static SessionFunc step;
static gboolean done;

static void
run_step (GstCallSession *session, const char *first, const char *second)
{
  step (session, first, second);
  g_mutex_lock (&lock);
  done = TRUE;
  g_cond_signal (&stepped);
  g_mutex_unlock (&lock);
}

static void
on_worker (Rig *rig, SessionFunc func)
{
  gint64 until = g_get_monotonic_time () + WAIT;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  step = func;
  done = FALSE;
  session_invoke (rig->session, run_step, NULL, NULL);
  while (!done)
    g_assert_true (g_cond_wait_until (&stepped, &lock, until));
}

/* ---- offer upon offer ---- */

#define OFFERS 30

static void
flood (GstCallSession *self, const char *first, const char *second)
{
  g_autoptr (CallMessage) message = call_message_new (CALL_MESSAGE_CALL_SIGNAL);
  guint most = 0;

  message->signal.kind = CALL_SIGNAL_DESCRIPTION;
  message->signal.sdp_type = g_strdup ("offer");
  message->signal.sdp = g_strdup ("v=0\r\n");
  self->caller = FALSE;
  session_set_state (self, PARTICIPANT_STATE_CONNECTING, NULL);
  for (guint i = 0; i < OFFERS; i++) {
    session_handle_signal (self, message);
    most = MAX (most, self->closing_legs);
  }
  g_assert_cmpuint (most, >, 0);
  g_assert_cmpuint (most, <=, 4);
  /* Only the last one is worth an answer. */
  g_assert_null (self->leg);
  g_assert_cmpuint (self->early->len, ==, 1);
}

/* Each offer is a new leg and the end of the one before, with all its threads and sockets. */
static void
test_offers (void)
{
  Rig rig = rig_start ("callsrc server=direct://offers ice-address=127.0.0.1 token=alice");

  on_worker (&rig, flood);
  rig_stop (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  GST_ELEMENT_REGISTER (callsrc, NULL);
  gst_call_leg_warm_up ();
  g_test_add_func ("/call-session/offers", test_offers);
  return g_test_run ();
}
