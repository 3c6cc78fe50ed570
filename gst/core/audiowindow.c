/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/audiowindow.h"

#include <math.h>

#define NS_IN_S 1e9

void
audio_window_init (AudioWindow *window)
{
  *window = (AudioWindow){0};
}

static double
decibel (double power)
{
  return power > 0 ? MAX (AUDIO_WINDOW_FLOOR, 10 * log10 (power)) : AUDIO_WINDOW_FLOOR;
}

double
audio_counts_level (const AudioCounts *counts)
{
  return counts->values > 0 ? decibel (counts->sum_squares / counts->values) : AUDIO_WINDOW_FLOOR;
}

double
audio_counts_peak (const AudioCounts *counts)
{
  return decibel (counts->peak * counts->peak);
}

static void
add_gap (AudioWindow *window, gint64 duration)
{
  AudioCounts *both[] = {&window->total, &window->interval};
  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    both[i]->gaps++;
    both[i]->gap_ns += duration;
  }
}

/* From where the last block ended to where this one begins. */
static void
follow_time (AudioWindow *window, gint64 time)
{
  gint64 distance = time - window->next;
  if (distance > AUDIO_WINDOW_TOLERANCE_NS)
    add_gap (window, distance);
  else if (distance < -AUDIO_WINDOW_TOLERANCE_NS) {
    window->total.overlaps++;
    window->interval.overlaps++;
  }
}

static void
add_block (AudioCounts *counts, const AudioBlock *block, gint64 duration)
{
  double values = (double) block->frames * block->channels;
  counts->blocks++;
  counts->frames += block->frames;
  counts->values += values;
  counts->sum_squares += block->sum_squares;
  counts->peak = MAX (counts->peak, block->peak);
  counts->clipped += block->clipped;
  counts->duration_ns += duration;
  if (values > 0 && decibel (block->sum_squares / values) <= AUDIO_WINDOW_SILENT)
    counts->silent_ns += duration;
}

void
audio_window_push (AudioWindow *window, const AudioBlock *block)
{
  gint64 duration = block->rate > 0 ? (gint64) ((double) block->frames * NS_IN_S / block->rate) : 0;
  gint64 time = block->time >= 0 ? block->time : window->next;
  if (window->has_next && block->time >= 0)
    follow_time (window, time);
  add_block (&window->total, block, duration);
  add_block (&window->interval, block, duration);
  /* From the block's own time, not added up: rounding does not gather. */
  window->next = time + duration;
  window->has_next = TRUE;
}

void
audio_window_gap (AudioWindow *window, gint64 time, gint64 duration)
{
  if (window->has_next)
    follow_time (window, time);
  add_gap (window, MAX (duration, 0));
  window->next = time + MAX (duration, 0);
  window->has_next = TRUE;
}

void
audio_window_pause (AudioWindow *window)
{
  window->has_next = FALSE;
}

void
audio_window_take_interval (AudioWindow *window, AudioCounts *interval)
{
  *interval = window->interval;
  window->interval = (AudioCounts){0};
}
