/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Times of a buffer to running times; GST_CLOCK_TIME_NONE for what has none. */

/* NONE, too, for what is outside of @segment. */
GstClockTime record_time_shown (const GstSegment *segment, GstClockTime time);
/* The first of reordered pictures are decoded before @segment begins: that is 0. */
GstClockTime record_time_decoded (const GstSegment *segment, GstClockTime time);

G_END_DECLS
