/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/lossbursts.h"
#include "gst/core/rtptiming.h"

G_BEGIN_DECLS

/* One stream of a report, measured from packets or told by messages. What is not known is NAN, NULL or
 * ENTRY_UNKNOWN. */

#define ENTRY_UNKNOWN G_MININT64

/* One second. */
typedef struct
{
  double time;    /* s since the entry's begin, of its end */
  double loss;    /* percent */
  double jitter;  /* ms */
  double bitrate; /* bit/s */
  double mos;
} EntrySlot;

typedef struct
{
  char *file;
  char *source, *destination; /* address and port */
  char *element;              /* that posted the messages */
  char *media, *codec, *mos_model;
  const char *clock_source; /* "sdp", "static", "assumed" */
  gint64 ssrc, payload_type, clock_rate;
  gint64 packets, expected, lost, missing, duplicates, reordered, late, bytes;
  double first_time, last_time; /* s: of the epoch from packets, of the running time from messages */
  double loss;                  /* percent */
  double bitrate;               /* bit/s */
  RtpSpread delta, jitter;      /* NAN: none */
  LossBurstMetrics bursts;      /* NAN: none */
  double r_factor, mos;
  double fps, freezes, freeze_duration, video_mos;
  GArray *slots; /* of EntrySlot */
} Entry;

Entry *entry_new (const char *file);
void entry_free (Entry *entry);
/* The score that fits the medium. */
double entry_best_mos (const Entry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_free)

G_END_DECLS
