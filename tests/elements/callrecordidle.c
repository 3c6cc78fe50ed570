/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* idle-timeout and idle-level of callrecordsink: when a file is finished because nothing comes, and when the next one
 * begins. */

#include "recordrig.h"

static void
test_idle (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstElement) valve = NULL;

  record_rig_make (rig, SOUND "! valve name=valve ! callrecordsink name=rec idle-timeout=700000000", "a.mkv");
  valve = gst_bin_get_by_name (GST_BIN (rig->pipeline), "valve");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 500 * GST_MSECOND);
  g_object_set (valve, "drop", TRUE, NULL);
  record_rig_assert_finished (rig, "a.mkv", "idle");
  g_object_set (valve, "drop", FALSE, NULL);
  record_rig_pass_state (rig, "segment");
}

/* Silence is nothing, and after one file of it the recording is over: a voicemail. */
static void
test_idle_level (RecordRig *rig, gconstpointer data)
{
  g_autoptr (GstElement) source = NULL;

  record_rig_make (rig,
      "audiotestsrc name=source is-live=true ! callrecordsink name=rec idle-timeout=700000000 idle-level=-50 "
      "max-files=1",
      "a.mkv");
  source = gst_bin_get_by_name (GST_BIN (rig->pipeline), "source");
  record_rig_play (rig);
  record_rig_pass_state (rig, "started");
  record_rig_wait_duration (rig, 1500 * GST_MSECOND);
  g_object_set (source, "volume", 0.001, NULL);
  record_rig_assert_finished (rig, "a.mkv", "idle");
  record_rig_wait_eos (rig);
}

int
main (int argc, char **argv)
{
  static const RecordRigTest tests[] = {
      {"/callrecordidle/nothing", test_idle},
      {"/callrecordidle/level", test_idle_level},
  };

  return record_rig_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
