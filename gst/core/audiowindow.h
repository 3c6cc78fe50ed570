/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How raw audio goes: level, clipping, silence, gaps. Levels are dBov: 0 is the RMS of a full-scale square wave, so a
 * full-scale sine has -3.01. */

#define AUDIO_WINDOW_FLOOR -127.0         /* dBov: digital silence, and below which nothing is told (RFC 6464) */
#define AUDIO_WINDOW_SILENT -60.0         /* dBov: up to which a block is silent */
#define AUDIO_WINDOW_TOLERANCE_NS 2000000 /* timestamps may be off by that much */

/* One buffer. Samples are -1..1. */
typedef struct
{
  gint64 time; /* ns of its first sample; -1: not known, it follows the one before */
  guint64 frames;
  guint rate, channels;
  double sum_squares, peak; /* over all channels */
  guint64 clipped;          /* samples at full scale that stand beside another such */
} AudioBlock;

typedef struct
{
  guint64 blocks, frames;
  double values, sum_squares; /* for the level */
  double peak;
  guint64 clipped;
  gint64 duration_ns, silent_ns, gap_ns;
  guint64 gaps;     /* time went on without samples */
  guint64 overlaps; /* time went back */
} AudioCounts;

typedef struct
{
  AudioCounts total, interval;
  gint64 next; /* ns: where the next block is expected; only with has_next */
  gboolean has_next;
} AudioWindow;

void audio_window_init (AudioWindow *window);
void audio_window_push (AudioWindow *window, const AudioBlock *block);
/* Said to be empty by whoever makes the stream (a gap event): a gap all the same. */
void audio_window_gap (AudioWindow *window, gint64 time, gint64 duration);
/* What comes next is not measured against what came before. */
void audio_window_pause (AudioWindow *window);

void audio_window_take_interval (AudioWindow *window, AudioCounts *interval);
double audio_counts_level (const AudioCounts *counts); /* dBov, RMS */
double audio_counts_peak (const AudioCounts *counts);  /* dB of full scale */

G_END_DECLS
