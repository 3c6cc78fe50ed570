/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Input that is not live (a file) waits for the connection and is then paced to the clock. All such inputs of a
 * session are moved by the same offset, so that the sound and the picture of one file stay together. */
typedef struct
{
  GMutex lock;
  gboolean valid;
  GstClockTimeDiff offset;
} GstCallPace;

void gst_call_pace_init (GstCallPace *pace);
void gst_call_pace_clear (GstCallPace *pace);
/* The connection is lost or new: the next input that goes on decides. */
void gst_call_pace_reset (GstCallPace *pace);
/* What to add to a running time of @running_time that goes out at @now. */
GstClockTimeDiff gst_call_pace_get (GstCallPace *pace, GstClockTime now, GstClockTime running_time);

G_END_DECLS
