/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a viewer has of a video, on the scale of a MOS. No standard scores a picture that is not looked at: this is an
 * estimate of ours from what breaks it, the product of
 *
 *   frames    sqrt (fps / expected fps): half the rate costs less than half
 *   freezes   1 - share of the time that was frozen
 *   loss      1 / (1 + loss / 5 %): a lost packet spoils the frames until the next refresh
 *   bitrate   (bitrate / expected bitrate)^(1/4)
 *
 * each in 0..1, times 3.5, plus 1. What is expected of 0 is not asked for. */
typedef struct
{
  double fps, expected_fps;
  double frozen;                    /* share of the time, 0..1 */
  double loss;                      /* share of the packets, 0..1 */
  double bitrate, expected_bitrate; /* bit/s */
} VideoScore;

double video_score_mos (const VideoScore *score); /* 1..4.5, whatever comes in */

G_END_DECLS
