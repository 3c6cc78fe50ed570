/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "recordcomposer.h"

#include "composecanvas.h"
#include "composeinput.h"

#include "gst/core/recordlimiter.h"
#include "gst/core/recordspeaker.h"
#include "gst/core/recordticks.h"

#include <gst/app/app.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* Someone with tracks; or one of the first two, gone, whose side is kept. */
typedef struct
{
  char *name, *label;
  guint number; /* in the order of coming */
  guint tracks;
  RecordVoice voice;
  /* the composer's thread */
  ComposePiece *picture; /* what is seen; NULL: a tile */
  GstClockTime picture_end;
} ComposeParticipant;

typedef struct
{
  GstPad *pad;          /* the bin's */
  GstElement *chain[4]; /* from the pad on; the last one is the input */
  guint n_chain;
  ComposeInput *input;
  gboolean video;
  ComposeParticipant *participant;
} ComposeTrack;

#define RECORD_TYPE_COMPOSER (record_composer_get_type ())
G_DECLARE_FINAL_TYPE (RecordComposer, record_composer, RECORD, COMPOSER, GstBin)

struct _RecordComposer
{
  GstBin parent;

  RecordComposerSettings settings;
  GstVideoInfo info;
  GstAppSrc *sound, *picture; /* children of the bin; picture: NULL until it is wanted */
  GThread *thread;
  guint numbers, pads; /* given so far */

  /* All of this under shared.lock. */
  ComposeShared shared;
  GPtrArray *tracks;       /* (element-type ComposeTrack) */
  GPtrArray *participants; /* (element-type ComposeParticipant) in the order of coming */
  GstClockTime finish, data_end;
  GstPad *begins; /* with shared.held: whose data the timeline begins with, not a reference; NULL: nobody's */
  gboolean finishing, wanted;
  GstTagList *tags; /* NULL: none yet */
  RecordTicks ticks;

  /* the thread */
  ComposeCanvas *canvas;
  RecordSpeaker speaker;
  RecordLimiter limiter;
  struct
  {
    float *samples;
    RecordTick tick;
    float peak;
  } pending; /* the block that waits for the peak of the next */
  GstClockTime told_latency;
  guint64 dropped;
};

/* ---- recordcomposerthread.c ---- */

gpointer compose_thread_run (gpointer composer);

G_END_DECLS
