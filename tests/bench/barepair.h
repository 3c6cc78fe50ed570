/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Two webrtcbins as an application would use them, in one pipeline each with its sources, encoders, decoders and
 * sinks: what the legs are measured against. */

#define BENCH_TONE "audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1"
/* The format is named: without an encoder behind it videotestsrc takes one that costs more than the call does. */
#define BENCH_PICTURE                                                                                                  \
  "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=1280,height=720,framerate=30/1"

typedef struct BarePair BarePair;

BarePair *bare_pair_new (void);
guint bare_pair_frames (gpointer pair); /* that arrived, both ends together */
void bare_pair_free (BarePair *pair);

G_END_DECLS
