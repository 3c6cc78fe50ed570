/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "callmeter.h"
#include "gstcallqualitymeter.h"

G_BEGIN_DECLS

#define GST_CALL_QUALITY_METER_INTERVAL GST_SECOND /* unless set */

struct _GstCallQualityMeter
{
  GstElement parent;
  GstPad *sinkpad, *srcpad;

  /* Of the meter and all below. Nothing is posted, notified or pushed under it. */
  GMutex lock;
  CallMeter meter;
  CallMeterSettings settings; /* its codec is owned */
  GstSegment segment;
  GstClockTime interval;
  GstClockTime begun;    /* where the interval began, in the buffers' time */
  GstClockTime measured; /* sum of the intervals before */
  gint64 arrival_us;     /* of the last buffer, monotonic; 0: none */
  gboolean post_messages;
  GstStructure *stats;
  double mos;
  guint network_quality;
  GstClockID check; /* for the timeout, while PLAYING */
};

/* gstcallqualitymetersettings.c: all properties, and the functions that set and get them. */
void gst_call_quality_meter_install_properties (GObjectClass *object_class);

G_END_DECLS
