/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "content.h"

ContentCall
content_call_new (const char *bob, const char *alice)
{
  return (ContentCall){call_pipeline_new (bob), call_pipeline_new (alice)};
}

void
content_call_start (ContentCall *call)
{
  gst_element_set_state (call->bob->pipeline, GST_STATE_PLAYING);
  g_assert_true (call_pipeline_wait_message (call->bob, "call-ready"));
  gst_element_set_state (call->alice->pipeline, GST_STATE_PLAYING);
  g_assert_true (call_pipeline_wait_state (call->alice, "connected"));
  g_assert_true (call_pipeline_wait_state (call->bob, "connected"));
}

void
content_call_clear (ContentCall *call)
{
  g_clear_pointer (&call->alice, call_pipeline_free);
  g_clear_pointer (&call->bob, call_pipeline_free);
}

void
content_init (int *argc, char ***argv)
{
  g_unsetenv ("GST_CALL_TOKEN");
  g_test_init (argc, argv, NULL);
  gst_init (argc, argv);
}

int
content_run (void)
{
  int result = g_test_run ();

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
