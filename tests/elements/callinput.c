/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The pad that the user's thread pushes into goes while that thread is in it. */

#include "gst/call/callinput.h"

#define WAIT (20 * G_TIME_SPAN_SECOND)

typedef struct
{
  GObject *owner;
  GstPad *pad;
  GMutex lock;
  GCond changed;
  gboolean entered, freed, owner_alive;
} Held;

static Held held;

static void
wait_for (const gboolean *condition)
{
  gint64 until = g_get_monotonic_time () + WAIT;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&held.lock);

  while (!*condition)
    g_assert_true (g_cond_wait_until (&held.changed, &held.lock, until));
}

static void
say (gboolean *condition)
{
  g_mutex_lock (&held.lock);
  *condition = TRUE;
  g_cond_broadcast (&held.changed);
  g_mutex_unlock (&held.lock);
}

/* Whoever encodes for the user takes his time over a keyframe. */
static void
on_key_unit (gpointer owner, gpointer input_data, GstEvent *event)
{
  say (&held.entered);
  wait_for (&held.freed);
  held.owner_alive = held.owner != NULL;
}

static gpointer
push (gpointer unused)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (held.pad, gst_event_new_stream_start ("stream"));
  gst_pad_push_event (held.pad, gst_event_new_segment (&segment));
  return GINT_TO_POINTER (gst_pad_push (held.pad, gst_buffer_new ()));
}

static void
test_free_while_pushing (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-vp8");
  g_autoptr (GError) error = NULL;
  GstCallLegInput settings = {.media = GST_CALL_MEDIA_VIDEO, .caps = caps};
  CallInput *input;
  GThread *pusher;

  held.owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_add_weak_pointer (held.owner, (gpointer *) &held.owner);
  input = call_input_new (&settings, on_key_unit, held.owner, &error);
  g_assert_no_error (error);
  held.pad = gst_object_ref (input->pad);
  g_atomic_int_set (&input->open, TRUE);
  g_atomic_int_set (&input->key_unit_due, TRUE);
  pusher = g_thread_new ("pusher", push, NULL);
  wait_for (&held.entered);
  call_input_free (input);
  g_object_unref (held.owner);
  say (&held.freed);
  /* Thrown away, as all that comes for a leg that is closed. */
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (pusher)), ==, GST_FLOW_OK);
  g_assert_true (held.owner_alive);
  g_assert_null (held.owner);
  gst_clear_object (&held.pad);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/call-input/free-while-pushing", test_free_while_pushing);
  return g_test_run ();
}
