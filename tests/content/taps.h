/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What arrives at a sink of a line under test, kept for a look at it afterwards. Begin the sink's name with "count" so
 * that a test can wait for its buffers. */

typedef struct
{
  GstClockTime pts;
  gint64 arrival; /* monotonic time in us */
  int number;     /* of marks.h; -1 for none */
  double luma;
  gint width, height;
} TapFrame;

typedef struct
{
  GMutex lock;
  GArray *samples; /* float, one channel */
  GArray *blocks;  /* TapBlock: one per buffer */
  GArray *frames;  /* TapFrame */
} Tap;

typedef struct
{
  GstClockTime pts;
  gsize first; /* index into samples */
} TapBlock;

/* Put in front of the sink what the tap reads. */
#define TAP_SOUND "audioconvert ! audioresample ! audio/x-raw,format=F32LE,channels=1,rate=48000 ! fakesink "
#define TAP_PICTURE "videoconvert ! video/x-raw,format=I420 ! fakesink "
#define TAP_RATE 48000

/* Taps sink @element of @pipeline, which must live as long as the tap. */
Tap *tap_new (GstElement *pipeline, const char *element);
void tap_free (Tap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tap, tap_free)

/* From the tap's start until now. */
GArray *tap_copy_samples (Tap *self);
GArray *tap_copy_frames (Tap *self);
GArray *tap_copy_blocks (Tap *self);
/* What was there until now is forgotten. */
void tap_clear (Tap *self);

G_END_DECLS
