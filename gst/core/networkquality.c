/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/networkquality.h"

#include <math.h>

#define RISE_AFTER 2 /* intervals */

void
network_quality_init (NetworkQuality *quality)
{
  *quality = (NetworkQuality){.grade = NETWORK_QUALITY_UNKNOWN};
}

NetworkQualityGrade
network_quality_of_rx (double rx)
{
  static const double least[] = {80, 70, 60, 50};
  for (guint i = 0; i < G_N_ELEMENTS (least); i++) {
    if (rx >= least[i])
      return NETWORK_QUALITY_EXCELLENT + i;
  }
  return NETWORK_QUALITY_VERY_BAD;
}

static void
remember (NetworkQuality *quality, const NetworkQualityInterval *interval)
{
  quality->expected[quality->next] = MAX (interval->expected, 0);
  quality->lost[quality->next] = CLAMP (interval->lost, 0, quality->expected[quality->next]);
  quality->next = (quality->next + 1) % NETWORK_QUALITY_LONG;
  quality->packets += interval->packets;
}

/* @deviations: how many standard deviations of the count of losses are taken off it. */
static NetworkQualityGrade
grade_of_last (
    const NetworkQuality *quality, const NetworkQualityInterval *interval, guint intervals, double deviations)
{
  double expected = 0, lost = 0;
  EmodelPath path = interval->path;
  EmodelScore score;
  for (guint i = 1; i <= intervals; i++) {
    guint at = (quality->next + NETWORK_QUALITY_LONG - i) % NETWORK_QUALITY_LONG;
    expected += (double) quality->expected[at];
    lost += (double) quality->lost[at];
  }
  lost = MAX (lost - deviations * sqrt (lost), 0);
  path.loss_percent = expected > 0 ? 100 * lost / expected : 0;
  emodel_score (interval->band, &path, &score);
  return network_quality_of_rx (score.rx);
}

static void
follow (NetworkQuality *quality, NetworkQualityGrade now, NetworkQualityGrade surely, NetworkQualityGrade lately)
{
  gboolean believed = lately > quality->grade || surely > quality->grade || now - quality->grade >= 2;
  if (now > quality->grade && believed)
    quality->grade = now;
  quality->better = lately < quality->grade && now < quality->grade ? quality->better + 1 : 0;
  if (quality->better >= RISE_AFTER) {
    quality->grade--;
    quality->better = 0;
  }
}

NetworkQualityGrade
network_quality_update (NetworkQuality *quality, const NetworkQualityInterval *interval)
{
  remember (quality, interval);
  if (interval->media_expected && interval->timeout_ns > 0 && interval->silent_ns >= interval->timeout_ns) {
    quality->grade = NETWORK_QUALITY_DOWN;
    return quality->grade;
  }
  if (interval->packets == 0 || quality->packets < NETWORK_QUALITY_MIN_PACKETS)
    return quality->grade;
  NetworkQualityGrade now = grade_of_last (quality, interval, NETWORK_QUALITY_SHORT, 0);
  NetworkQualityGrade surely = grade_of_last (quality, interval, NETWORK_QUALITY_SHORT, 1);
  NetworkQualityGrade lately = grade_of_last (quality, interval, NETWORK_QUALITY_LONG, 0);
  if (quality->grade == NETWORK_QUALITY_UNKNOWN)
    quality->grade = now;
  else if (quality->grade == NETWORK_QUALITY_DOWN)
    quality->grade = NETWORK_QUALITY_VERY_BAD;
  else
    follow (quality, now, surely, lately);
  return quality->grade;
}
