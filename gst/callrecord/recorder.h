/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "gst/core/recordcontainer.h"

G_BEGIN_DECLS

/* A recording: tracks in, files out. Streaming threads hand in; one thread puts in order, decides and writes. */

typedef struct Recorder Recorder;

typedef struct
{
  char *location; /* a template, see recordname.h */
  const RecordContainer *container;
  guint64 max_duration, max_size; /* of a file: ns, bytes; 0: no bound */
  guint max_files;                /* 0: no bound */
  guint64 idle_timeout;           /* ns; 0: never */
  gboolean has_idle_level;        /* quieter sound counts as nothing, see recorder_note_sound() */
  gboolean overwrite, manifest;
  char *call_id, *peer, *peer_name; /* over those that the tracks tell; NULL: those */
} RecorderSettings;

void recorder_settings_copy (RecorderSettings *to, const RecorderSettings *from);
void recorder_settings_clear (RecorderSettings *settings);

/* On the recorder's thread or one that finishes a file; no lock is held. */
typedef struct
{
  void (*message) (GstStructure *structure, gpointer user_data); /* (transfer full) */
  void (*error) (const GError *error, gpointer user_data);       /* there is no more recording */
  void (*ended) (gpointer user_data);                            /* the last file is finished */
  void (*key_unit) (guint track, gpointer user_data);
  GstClockTime (*now) (gpointer user_data); /* running time; GST_CLOCK_TIME_NONE: there is none */
} RecorderCallbacks;

/* @settings are copied. */
Recorder *recorder_new (const RecorderSettings *settings, const RecorderCallbacks *callbacks, gpointer user_data);
/* Finishes all files and waits for that; what comes afterwards is thrown away. */
void recorder_finish (Recorder *self);
void recorder_free (Recorder *self);

/* Media keeps time, and comes this late. Without it, media is as fast as it is taken. */
void recorder_set_live (Recorder *self, GstClockTime latency);

guint recorder_add_track (Recorder *self, const char *name, gboolean video);
/* Before the first frame, and when it changes. */
void recorder_set_format (Recorder *self, guint track, const RecordTrack *format);
/* Which call the frames from here on are of; each may be NULL. */
void recorder_set_call (Recorder *self, guint track, const char *call_id, const char *peer, const char *peer_name);
/* That call is over; nothing more of it is kept. */
void recorder_end_call (Recorder *self, guint track, const char *call_id);
/* (transfer full): a call-quality structure. */
void recorder_set_quality (Recorder *self, guint track, GstStructure *quality);
/* Its PTS, and its DTS if it has one, are running times. (transfer full). May wait unless @live: it keeps time.
 * FLUSHING: recorder_stop() was called; EOS: the recording has ended by itself; ERROR: it failed. */
GstFlowReturn recorder_push (Recorder *self, guint track, GstBuffer *buffer, gboolean live);
/* The sound of this moment is loud enough not to be idle. */
void recorder_note_sound (Recorder *self, GstClockTime time);
void recorder_end_track (Recorder *self, guint track);
/* The next file begins as soon as it can. */
void recorder_split (Recorder *self);
/* Nothing waits any more, and what comes is thrown away. */
void recorder_stop (Recorder *self);

typedef struct
{
  guint64 bytes, files;
  GstClockTime duration; /* of the current file, or the last one */
  char *file;            /* (transfer full): its path, NULL: there was none */
} RecorderFigures;

/* @to: cleared, or not initialised. */
void recorder_figures_copy (RecorderFigures *to, const RecorderFigures *from);
void recorder_figures_clear (RecorderFigures *figures);
void recorder_get_figures (Recorder *self, RecorderFigures *figures);

G_END_DECLS
