/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* What all inputs of a composer and its thread share. */
typedef struct
{
  GMutex lock;
  GCond changed; /* anything below, or in an input */
  gboolean live;
  gboolean running; /* FALSE: what comes is let go, who waits returns */
  gboolean held;    /* the composition has not begun: what is too much goes without a word */
  gboolean closed;  /* the composition has ended: what comes is dropped */
  GstClock *clock;  /* NULL: not in PLAYING */
  GstClockTime base_time;
  GstClockTime latency; /* of a live composition: how long after its time something may arrive */
  GstClockTime margin;  /* what of it is beyond what upstream says */
  GstClockTime arrived; /* monotonic: when something came last */
} ComposeShared;

/* ns of the pipeline's running time; GST_CLOCK_TIME_NONE when it does not run. */
GstClockTime compose_shared_now (ComposeShared *shared);

/* A picture, or a block of sound. */
typedef struct
{
  GstBuffer *buffer;
  GstClockTime time, end; /* running time */
  GstVideoInfo info;      /* of a picture */
  guint64 sample;         /* of sound: the first one that counts, from time 0 on */
  guint skip, frames;     /* of sound: those before it in the buffer that don't count; those that do */
} ComposePiece;

/* The end of a track inside a composer: it keeps what has come until the composer's thread takes it. */
#define COMPOSE_TYPE_INPUT (compose_input_get_type ())
G_DECLARE_FINAL_TYPE (ComposeInput, compose_input, COMPOSE, INPUT, GstElement)

/* @channels: of sound, interleaved F32LE at 48 kHz; 0: pictures, of any raw format. (transfer floating) */
GstElement *compose_input_new (ComposeShared *shared, guint channels);

/* ---- with the lock held ---- */

/* When the first one begins that has not been taken; NONE: there is none. */
GstClockTime compose_input_first (const ComposeInput *self);
/* Up to where it is known what the input has; what it had, if it has ended. */
GstClockTime compose_input_covered (const ComposeInput *self);
/* The same, whether it is waited for or not. */
GstClockTime compose_input_had (const ComposeInput *self);
gboolean compose_input_is_ended (const ComposeInput *self);
gboolean compose_input_is_blocked (const ComposeInput *self);
/* The thread that waits for its turn here returns, and whatever comes is refused: it is about to be taken away. */
void compose_input_let_go (ComposeInput *self);
/* Nobody waits for it until it has something again. */
void compose_input_set_stalled (ComposeInput *self);

/* Takes the newest picture up to @time, and drops those before it. (transfer full); NULL: no news. */
ComposePiece *compose_input_take_picture (ComposeInput *self, GstClockTime time);
/* Adds what it has of @frames samples from @sample on to @mix (stereo) and drops what lies before their end. Returns
 * the mean square of what was added, before the gains. */
double compose_input_take_sound (
    ComposeInput *self, guint64 sample, guint frames, float *mix, float gain_left, float gain_right);
void compose_piece_free (ComposePiece *piece);

G_END_DECLS
