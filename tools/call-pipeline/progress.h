/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a run's calls are doing, from the messages of its elements. Pure: the time is an argument, in microseconds of any
 * clock that does not jump. */

typedef struct _Progress Progress;

typedef struct
{
  const char *state;       /* of the call that is furthest; "running" without calls */
  guint calls;             /* sessions that are in a call */
  guint connected;         /* of those, the connected ones */
  double duration;         /* s, since the first of them was connected; without calls, since the start */
  guint64 bitrate_receive; /* bit/s, all tracks of all calls */
  guint64 bitrate_send;
  guint quality; /* 0 unknown, 1 excellent to 6 down: the worst that is received */
  double mos;    /* of the same; 0: unknown */
} ProgressReport;

typedef struct
{
  guint calls, connected, failed;            /* failed: never connected */
  double setup_min, setup_median, setup_max; /* s, from dialing or ringing to connected */
  double mos_min;                            /* of what each call last said of received sound; 0: unknown */
} ProgressSummary;

Progress *progress_new (gint64 now);
void progress_free (Progress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Progress, progress_free)

void progress_add_state (Progress *self, const char *session, const char *state, gint64 now);
/* @direction: receive or send; @track: tells streams of a direction apart; @quality, @mos: 0 when not known. */
void progress_add_quality (Progress *self, const char *session, const char *direction, const char *track,
    guint64 bitrate, guint quality, double mos);
void progress_report (const Progress *self, gint64 now, ProgressReport *report);
void progress_summary (const Progress *self, ProgressSummary *summary);
/* 1: excellent ... 6: down. */
const char *progress_quality_to_string (guint quality);

G_END_DECLS
