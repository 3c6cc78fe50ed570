/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/emodel.h"

G_BEGIN_DECLS

/* The network as a messenger draws it, one grade from interval to interval. Grades are bands of the E-model's R on a
 * scale of 0..100 (Rx), the bands of ITU-T G.109.
 *
 * It falls fast and rises slowly. Loss is seen over a short window (2 intervals) and a long one (8):
 *   - falls to the short window's grade when the long window is worse than the grade, too, or the short one is without
 *     one standard deviation of its losses (so many that it is no accident), or the fall is of two grades
 *   - rises by one grade when the long window has been better for two intervals
 *   - is down at once when media is expected and none came for the timeout; what comes after that begins as very bad */

typedef enum
{
  NETWORK_QUALITY_UNKNOWN,   /* before the first interval, or 20 packets */
  NETWORK_QUALITY_EXCELLENT, /* Rx >= 80 */
  NETWORK_QUALITY_GOOD,      /* >= 70 */
  NETWORK_QUALITY_POOR,      /* >= 60 */
  NETWORK_QUALITY_BAD,       /* >= 50 */
  NETWORK_QUALITY_VERY_BAD,
  NETWORK_QUALITY_DOWN
} NetworkQualityGrade;

#define NETWORK_QUALITY_LONG 8  /* intervals */
#define NETWORK_QUALITY_SHORT 2 /* intervals */
#define NETWORK_QUALITY_MIN_PACKETS 20

typedef struct
{
  gint64 expected, lost; /* packets of the interval; lost below 0 (duplicates) is none */
  guint64 packets;
  EmodelBand band;
  EmodelPath path;         /* its loss is not read */
  gboolean media_expected; /* somebody is to send */
  gint64 silent_ns;        /* since the last packet */
  gint64 timeout_ns;
} NetworkQualityInterval;

typedef struct
{
  NetworkQualityGrade grade;
  gint64 expected[NETWORK_QUALITY_LONG], lost[NETWORK_QUALITY_LONG];
  guint next, better; /* better: intervals in a row that would let it rise */
  guint64 packets;
} NetworkQuality;

void network_quality_init (NetworkQuality *quality);
NetworkQualityGrade network_quality_update (NetworkQuality *quality, const NetworkQualityInterval *interval);
NetworkQualityGrade network_quality_of_rx (double rx);

G_END_DECLS
