/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "content.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

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

static double
own_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. */
ContentLoad
content_load_now (void)
{
  ContentLoad load = {own_time (), 0, 0};
  gulong t[8] = {0};
  g_autofree char *text = NULL;
  double tick = sysconf (_SC_CLK_TCK);

  if (!g_file_get_contents ("/proc/stat", &text, NULL, NULL)
      || sscanf (text, "cpu %lu %lu %lu %lu %lu %lu %lu %lu", t, t + 1, t + 2, t + 3, t + 4, t + 5, t + 6, t + 7) != 8)
    return load;
  load.idle = (t[3] + t[4]) / tick;
  for (guint i = 0; i < G_N_ELEMENTS (t); i++)
    load.total += t[i] / tick;
  return load;
}

double
content_load_of_others (const ContentLoad *before)
{
  ContentLoad now = content_load_now ();
  double total = now.total - before->total;
  double ours = now.own - before->own + now.idle - before->idle;

  return total > 0 ? CLAMP (1 - ours / total, 0, 1) : 0;
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
