/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A process's first call: nobody is called, and nobody answered, before there is a key for the connection. The elements
 * are registered here, so that the test can look at what only the plugin knows. */

#include "gst/call/callleg.h"

#define WAIT (60 * GST_SECOND)

GST_ELEMENT_REGISTER_DECLARE (callsink)

/* In the thread that posts: later it would always be warm. */
static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer was_warm)
{
  const GstStructure *structure = gst_message_get_structure (message);

  if (gst_message_has_name (message, "call-state")
      && g_strcmp0 (gst_structure_get_string (structure, "state"), "dialing") == 0) {
    *(gboolean *) was_warm = gst_call_leg_is_warm ();
    return GST_BUS_PASS;
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
test_dial (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline =
      gst_parse_launch ("audiotestsrc is-live=true ! callsink server=direct://warm token=alice peer=bob", &error);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) dialing = NULL;
  gboolean was_warm = FALSE;

  g_assert_no_error (error);
  g_assert_false (gst_call_leg_is_warm ());
  gst_bus_set_sync_handler (bus, on_message, &was_warm, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  dialing = gst_bus_timed_pop (bus, WAIT);
  g_assert_nonnull (dialing);
  g_assert_true (was_warm);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  GST_ELEMENT_REGISTER (callsink, NULL);
  g_test_add_func ("/call-warm/dial", test_dial);
  return g_test_run ();
}
