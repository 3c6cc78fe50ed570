/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "callpace.h"

void
gst_call_pace_init (GstCallPace *pace)
{
  g_mutex_init (&pace->lock);
  pace->valid = FALSE;
  pace->offset = 0;
}

void
gst_call_pace_clear (GstCallPace *pace)
{
  g_mutex_clear (&pace->lock);
}

void
gst_call_pace_reset (GstCallPace *pace)
{
  g_mutex_lock (&pace->lock);
  pace->valid = FALSE;
  g_mutex_unlock (&pace->lock);
}

GstClockTimeDiff
gst_call_pace_get (GstCallPace *pace, GstClockTime now, GstClockTime running_time)
{
  GstClockTimeDiff offset;

  g_mutex_lock (&pace->lock);
  if (!pace->valid) {
    pace->offset = GST_CLOCK_DIFF (running_time, now);
    pace->valid = TRUE;
  }
  offset = pace->offset;
  g_mutex_unlock (&pace->lock);
  return offset;
}
