/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/callrecord/recordtime.h"

GstClockTime
record_time_shown (const GstSegment *segment, GstClockTime time)
{
  if (!GST_CLOCK_TIME_IS_VALID (time) || segment->format != GST_FORMAT_TIME)
    return GST_CLOCK_TIME_NONE;
  return gst_segment_to_running_time (segment, GST_FORMAT_TIME, time);
}

GstClockTime
record_time_decoded (const GstSegment *segment, GstClockTime time)
{
  guint64 running;
  int sign;

  if (!GST_CLOCK_TIME_IS_VALID (time) || segment->format != GST_FORMAT_TIME)
    return GST_CLOCK_TIME_NONE;
  sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time, &running);
  return sign == 0 ? GST_CLOCK_TIME_NONE : sign < 0 ? 0 : running;
}
