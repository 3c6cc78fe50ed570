/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a video goes: frames, freezes, size, black. A freeze is as webrtc-stats has it: a frame that comes later than
 * max (3 x average, average + 150 ms) after the one before, the average being that of the last 30 distances that were
 * no freezes themselves; it counts when the frame has come. */

#define FRAME_WINDOW_AVERAGE 30 /* distances in the average */
#define FRAME_WINDOW_MIN 3      /* distances before a freeze can be told */
#define FRAME_WINDOW_BLACK 20   /* mean luma (0..255) up to which a frame is black: 16 is video black */

typedef struct
{
  guint64 frames, freezes, size_changes, black_frames;
  gint64 freeze_ns;   /* sum of the distances that were freezes */
  gint64 longest_ns;  /* the longest of them; of the total only */
  gint64 measured_ns; /* sum of all distances, pauses left out */
  guint64 distances;  /* how many */
} FrameCounts;

typedef struct
{
  FrameCounts total, before;
  guint width, height;
  gint64 last; /* ns; only with has_last */
  gboolean has_last;
  gint64 recent[FRAME_WINDOW_AVERAGE], recent_sum;
  guint n_recent, next_recent;
} FrameWindow;

void frame_window_init (FrameWindow *window);
/* @time: ns. @luma: mean of the frame, 0..255, or -1: not known. A time that stands still or goes back is a frame, and
 * no distance. */
void frame_window_push (FrameWindow *window, gint64 time, guint width, guint height, int luma);
/* What comes next is not measured against what came before: mute, seek, another segment. */
void frame_window_pause (FrameWindow *window);
gboolean frame_window_is_frozen (const FrameWindow *window, gint64 now);

void frame_window_take_interval (FrameWindow *window, FrameCounts *interval);
/* Frames a second over what was measured; 0: nothing was. */
double frame_counts_fps (const FrameCounts *counts);

G_END_DECLS
