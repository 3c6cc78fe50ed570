/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/callrecord/recordcomposer.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* A composer in a pipeline: media of known content go in, and what comes out is kept. */

typedef struct
{
  guint8 y, u, v;
} RigColour;

extern const RigColour rig_red, rig_blue, rig_green, rig_white, rig_black, rig_tile;

typedef struct
{
  GstElement *pipeline, *composer;
  GMutex lock;
  GCond changed;
  GPtrArray *pictures; /* (element-type GstBuffer) */
  GArray *sound;       /* (element-type gint16) left, right, left, ... */
  GstClockTime sound_begin, sound_end;
  guint width, height;
  guint sound_gaps; /* blocks that did not begin where the one before ended */
  guint ended;      /* streams with EOS */
} ComposerRig;

ComposerRig *composer_rig_new (const RecordComposerSettings *settings);
/* With the state change to NULL that every test ends with. */
void composer_rig_free (ComposerRig *rig);
void composer_rig_play (ComposerRig *rig);
/* Until so many streams have ended, or pictures, or samples of sound, came. Fails after a minute, and on an error. */
void composer_rig_wait_end (ComposerRig *rig, guint streams);
void composer_rig_wait_pictures (ComposerRig *rig, guint pictures);
void composer_rig_wait_sound (ComposerRig *rig, guint samples);

/* An appsrc that is linked to a new pad of the composer. (transfer none) */
typedef struct
{
  GstElement *source;
  GstPad *pad;
  GstClockTime next;
} RigInput;

RigInput rig_input_new (ComposerRig *rig, gboolean video, const char *participant);
/* Sound is F32, stereo, 44100 Hz, in blocks of 10 ms; a sine that begins with phase 0 at time 0. */
void rig_input_tone (RigInput *input, GstClockTime duration, double frequency, double amplitude);
/* Pictures in I420, 30 a second. */
void rig_input_colour (RigInput *input, guint pictures, guint width, guint height, RigColour colour);
void rig_input_end (RigInput *input);
/* A live source as a gst-launch line. (transfer none) */
GstElement *rig_input_launch (
    ComposerRig *rig, gboolean video, const char *participant, const char *launch, GstPad **pad);
/* Takes a source and its pad out of the running pipeline. */
void rig_input_remove (ComposerRig *rig, GstElement *source, GstPad *pad);

RigColour rig_colour_at (ComposerRig *rig, guint picture, guint x, guint y);
/* Fails unless the colour is there, but for 12 in each component, which scaling does at edges. */
void rig_assert_colour (ComposerRig *rig, guint picture, guint x, guint y, RigColour wanted);
/* How many points in the rectangle are brighter. */
guint rig_count_bright (ComposerRig *rig, guint picture, guint x, guint y, guint width, guint height, guint8 luma);
/* @channel as doubles in -1..1, from sample @from on. (transfer full) */
double *rig_sound (ComposerRig *rig, guint channel, gsize from, gsize n);

G_END_DECLS
