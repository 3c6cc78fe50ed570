/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/framewindow.h"

#define FREEZE_FACTOR 3
#define FREEZE_MORE (150 * G_GINT64_CONSTANT (1000000))

void
frame_window_init (FrameWindow *window)
{
  *window = (FrameWindow){0};
}

static gboolean
is_freeze (const FrameWindow *window, gint64 distance)
{
  if (window->n_recent < FRAME_WINDOW_MIN)
    return FALSE;
  gint64 average = window->recent_sum / window->n_recent;
  return distance > MAX (FREEZE_FACTOR * average, average + FREEZE_MORE);
}

static void
remember (FrameWindow *window, gint64 distance)
{
  gint64 *slot = &window->recent[window->next_recent];
  if (window->n_recent == FRAME_WINDOW_AVERAGE)
    window->recent_sum -= *slot;
  else
    window->n_recent++;
  *slot = distance;
  window->recent_sum += distance;
  window->next_recent = (window->next_recent + 1) % FRAME_WINDOW_AVERAGE;
}

static void
measure (FrameWindow *window, gint64 distance)
{
  FrameCounts *total = &window->total;
  total->measured_ns += distance;
  total->distances++;
  if (is_freeze (window, distance)) {
    total->freezes++;
    total->freeze_ns += distance;
    total->longest_ns = MAX (total->longest_ns, distance);
  } else
    remember (window, distance);
}

void
frame_window_push (FrameWindow *window, gint64 time, guint width, guint height, int luma)
{
  FrameCounts *total = &window->total;
  if (total->frames > 0 && (width != window->width || height != window->height))
    total->size_changes++;
  window->width = width;
  window->height = height;
  total->frames++;
  if (luma >= 0 && luma <= FRAME_WINDOW_BLACK)
    total->black_frames++;
  if (window->has_last && time > window->last)
    measure (window, time - window->last);
  window->last = window->has_last ? MAX (time, window->last) : time;
  window->has_last = TRUE;
}

void
frame_window_pause (FrameWindow *window)
{
  window->has_last = FALSE;
}

gboolean
frame_window_is_frozen (const FrameWindow *window, gint64 now)
{
  return window->has_last && is_freeze (window, now - window->last);
}

void
frame_window_take_interval (FrameWindow *window, FrameCounts *interval)
{
  const FrameCounts *now = &window->total, *then = &window->before;
  *interval = (FrameCounts){.frames = now->frames - then->frames,
      .freezes = now->freezes - then->freezes,
      .size_changes = now->size_changes - then->size_changes,
      .black_frames = now->black_frames - then->black_frames,
      .freeze_ns = now->freeze_ns - then->freeze_ns,
      .measured_ns = now->measured_ns - then->measured_ns,
      .distances = now->distances - then->distances};
  window->before = *now;
}

double
frame_counts_fps (const FrameCounts *counts)
{
  return counts->measured_ns > 0 ? (double) counts->distances * 1e9 / (double) counts->measured_ns : 0;
}
