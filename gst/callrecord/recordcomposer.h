/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/recordlayout.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* One sound and one picture out of the tracks of several participants: a bin with the source pads "audio" (48 kHz,
 * stereo, S16LE) and, once it is wanted, "video" (I420).
 *
 *   tracks    pads come and go at any time, up to 1.22's and 1.26's PLAYING and back. Raw media of any form; sizes,
 *             rates and formats may change in the stream
 *   timeline  from the first thing that comes to the end, whatever comes: silence,
 *             a participant's last picture, after tile_after a plain tile with the name, black without participants.
 *             Sound and picture are made by one thread on one timeline, picture n at n / fps. Times are running times
 *   live      what has not come `latency` after its time is left out (sound) or shown late (picture). It follows the
 *             clock; nobody is waited for. An input that runs ahead of the clock (a file) is held back
 *   not live  it goes as fast as the inputs bring. Each is waited for, as by any muxer, so that the result is exact;
 *             one that brings nothing for five seconds while another cannot go on is left behind until it is back
 *   rest      rest_after: a live composition that has nothing to show stops, with a gap in its times
 *   end       when all pads that are there have got EOS, or by record_composer_finish()
 *   states    the bin never says NO_PREROLL, also when it is live, and its sources send nothing in PAUSED then: it does
 *             not make a pipeline live that was not. What comes after it must not wait for preroll (async=false)
 *   latency   a query at a source pad is answered with the inputs' and our own; it grows when an input comes later than
 *             it said, to a second at most, and a message says so
 *   sound     all inputs added, and turned down by a limiter where that would be too much */

typedef struct
{
  RecordLayout layout;
  guint width, height; /* of the picture, made even */
  int fps_n, fps_d;
  gboolean names;  /* without textoverlay (Debian: gstreamer1.0-x) none are drawn, and a warning says so */
  gboolean stereo; /* the first participant left, the second right, others in the middle */
  gboolean live;
  GstClockTime latency;    /* of our own, beyond that of the inputs */
  GstClockTime tile_after; /* for so long a participant who sends nothing keeps the last picture */
  GstClockTime rest_after; /* live, and nothing from anybody for so long: it rests until something comes; 0: never */
} RecordComposerSettings;

#define RECORD_COMPOSER_DEFAULTS                                                                                       \
  {                                                                                                                    \
    .layout = RECORD_LAYOUT_SIDE_BY_SIDE, .width = 1280, .height = 720, .fps_n = 30, .fps_d = 1, .names = TRUE,        \
    .stereo = FALSE, .live = TRUE, .latency = 200 * GST_MSECOND, .tile_after = 5 * GST_SECOND                          \
  }

/* (transfer floating) */
GstElement *record_composer_new (const RecordComposerSettings *settings);
/* From now on there is a picture; the pad "video" comes with it. Link it in "pad-added", or before PAUSED. The first
 * video track does the same. A file's writer that has to know early calls this before anything comes, or never. */
void record_composer_want_video (GstElement *composer);
/* The timeline begins with what comes on @pad from now on; with NULL not before this is called again, whatever comes.
 * NULL before PAUSED only. */
void record_composer_hold_for (GstElement *composer, GstPad *pad);
/* Ends it: at @end, or for GST_CLOCK_TIME_NONE where the inputs' data end. EOS follows at the source pads. */
void record_composer_finish (GstElement *composer, GstClockTime end);

/* A sink pad of @participant, whose sound and picture share a cell. @label: what is drawn; NULL: @participant.
 * (transfer none) */
GstPad *record_composer_add (GstElement *composer, gboolean video, const char *participant, const char *label);
/* Whoever waits for @pad's turn returns with FLUSHING: the pad can be deactivated, and then removed. */
void record_composer_let_go (GstElement *composer, GstPad *pad);
/* Not from the pad's own streaming thread. Who has no pads left has no cell; who comes back has the same channel. */
void record_composer_remove (GstElement *composer, GstPad *pad);
void record_composer_set_label (GstElement *composer, const char *participant, const char *label);
/* Whose pad it is became known. Who was known as @pad's participant only by a name that begins with "#", a stand-in, is
 * renamed, with all pads; otherwise this pad moves. */
void record_composer_set_participant (GstElement *composer, GstPad *pad, const char *participant, const char *label);
/* Best before anything comes. */
void record_composer_set_live (GstElement *composer, gboolean live);
/* In both streams, before what comes next. */
void record_composer_set_tags (GstElement *composer, GstTagList *tags);

G_END_DECLS
