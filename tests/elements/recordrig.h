/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A pipeline with a callrecordsink named rec, a folder for its files, and what the tests ask of both. */

#define RECORD_RIG_TIMEOUT (30 * GST_SECOND)
#define SOUND "audiotestsrc is-live=true samplesperbuffer=960 ! audio/x-raw,rate=48000 "
#define PICTURE "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 "

typedef struct
{
  char *folder;
  GstElement *pipeline, *record;
  GstBus *bus;
  gint stop; /* atomic: of threads of a test */
} RecordRig;

typedef struct
{
  const char *path;
  void (*test) (RecordRig *rig, gconstpointer data);
} RecordRigTest;

/* What main() returns. */
int record_rig_run (int argc, char **argv, const RecordRigTest *tests, guint n_tests);

/* @line with an element named rec. */
void record_rig_make (RecordRig *rig, const char *line, const char *location);
void record_rig_play (RecordRig *rig);
/* The next call-recording, which must be of @state; whatever else comes before the end of the stream or an error is
 * passed over. */
GstMessage *record_rig_wait_state (RecordRig *rig, const char *state);
void record_rig_pass_state (RecordRig *rig, const char *state);
void record_rig_assert_finished (RecordRig *rig, const char *name, const char *reason);
void record_rig_wait_eos (RecordRig *rig);
/* Until the current file is so long. */
void record_rig_wait_duration (RecordRig *rig, GstClockTime duration);
/* (transfer none): of @parser, which is (transfer full). */
JsonObject *record_rig_read_manifest (RecordRig *rig, const char *name, JsonParser **parser);
JsonObject *record_rig_get_track (JsonObject *manifest, guint number);

G_END_DECLS
