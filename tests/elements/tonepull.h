/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Samples of a source, as numbers of which 1 is full scale: the first channel of what `launch ! caps` gives. */

typedef struct
{
  const char *launch; /* "ringtonesrc zone=us" */
  const char *caps;   /* "audio/x-raw, rate=8000, ..." */
  GstClockTime seek;  /* ns; 0: none, plays from the beginning */
  guint64 from;       /* the first sample that is kept, counted from the stream's beginning */
  gsize n;            /* how many are kept */
} TonePull;

/* All @n of them; fewer, and the rest zeros, when the stream ends before: @got says how many. */
double *tone_pull (const TonePull *pull, gsize *got);

G_END_DECLS
