/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/callrecord/recorder.h"
#include "gst/callrecord/recordfile.h"
#include "gst/callrecord/recordmanifest.h"
#include "gst/core/recordsequence.h"
#include "gst/core/recordsound.h"

G_BEGIN_DECLS

/* What recorder.c, recorderthread.c (queue, order), recordertrack.c (a frame into its file), recorderoutput.c (files)
 * and recordertell.c (what is said of them) share. Everything here belongs to the recorder's thread, but for what is
 * under the lock. */

typedef struct RecorderOutput RecorderOutput;

typedef struct
{
  guint index; /* in the recorder */
  char *name;
  gboolean video;
  RecordTrack format;
  gboolean has_format;
  char *call_id, *peer, *peer_name;
  GstStructure *quality;
  RecorderOutput *output; /* the file it goes into, shared or its own */
  guint number;           /* in the file; 0: not in it */
  gboolean needs_key;     /* nothing can be shown before a keyframe */
  gboolean format_changed;
  gboolean ended;
  gboolean call_over; /* what comes before the next call's tags is its tail */
  RecordSound sound;
  guint64 last;              /* running time of the last frame of a picture */
  RecordTrackReport *report; /* of this file; owned by the output's list */
  gint64 key_asked;          /* monotonic, us */
} RecorderTrack;

/* What is handed in, in the order of each track. */
typedef enum
{
  RECORDER_ITEM_TRACK,
  RECORDER_ITEM_FRAME,
  RECORDER_ITEM_FORMAT,
  RECORDER_ITEM_CALL,
  RECORDER_ITEM_CALL_ENDED,
  RECORDER_ITEM_QUALITY,
  RECORDER_ITEM_END
} RecorderItemKind;

typedef struct
{
  RecorderItemKind kind;
  guint track;
  RecorderTrack *new_track;
  GstBuffer *buffer;
  RecordTrack format;
  char *call_id, *peer, *peer_name;
  GstStructure *quality;
  GstClockTime time; /* of the end */
  RecordSequenceEntry entry;
} RecorderItem;

struct RecorderOutput
{
  RecordFile *file;     /* NULL: none is open */
  guint segment, files; /* of this call; of all */
  char *track_name;     /* with a file for each track; NULL: all are in this one */
  guint64 base;         /* running time of the file's time 0 */
  guint64 first;        /* the same of the call's first file */
  gint64 wall;          /* the same by the wall clock, us since 1970 */
  char *call_id;        /* of the file; NULL: not known */
  GPtrArray *reports;   /* (element-type RecordTrackReport): one for each of its tracks */
  guint64 active;       /* running time of the last thing that is worth recording */
  gint64 flushed;       /* monotonic, us */
  gboolean split_asked;
  gboolean resting; /* until something is loud again */
};

struct Recorder
{
  RecorderSettings settings;
  RecorderCallbacks callbacks;
  gpointer user_data;
  GThread *thread;
  GThreadPool *finisher; /* checksums and manifests */

  GMutex lock;
  GCond changed;
  GQueue inbox;    /* (element-type RecorderItem) */
  gsize queued;    /* bytes in the inbox and in the sequence */
  GArray *waiting; /* (element-type guint): frames of each track that are handed in and not yet written */
  gboolean live, stopping, done, failed, split;
  GstClockTime latency;
  GstClockTime learned; /* by how much more something was late */
  guint64 loud;         /* running time of the last loud sound */
  RecorderFigures figures;
  char *failure; /* what failed first; NULL: nothing */

  /* The thread's own. */
  RecordSequence *sequence;
  GPtrArray *tracks;  /* (element-type RecorderTrack): only grows */
  GPtrArray *outputs; /* (element-type RecorderOutput) */
  GHashTable *paths;  /* of its files, which no other of its files replaces */
};

/* ---- recordertrack.c ---- */
void recorder_track_free (RecorderTrack *track);
/* A frame, its times in the buffer being running times. */
void recorder_track_frame (Recorder *self, RecorderTrack *track, GstBuffer *buffer);
/* No more frames of this call: sound is filled up to @time where that is near. */
void recorder_track_end (Recorder *self, RecorderTrack *track, GstClockTime time);

/* ---- recorderoutput.c ---- */
RecorderOutput *recorder_output_for (Recorder *self, RecorderTrack *track);
void recorder_output_free (RecorderOutput *output);
/* Makes sure that a file is open that takes the track's frame at @time. FALSE: there is none and will be none. */
gboolean recorder_output_prepare (Recorder *self, RecorderTrack *track, guint64 time, gboolean keyframe);
/* FALSE: the last file was finished because it was quiet, and it still is. */
gboolean recorder_output_is_awake (Recorder *self, RecorderOutput *output);
/* Closes it if none of its tracks has a call any more. */
void recorder_output_call_ended (Recorder *self, RecorderOutput *output);
void recorder_output_close (Recorder *self, RecorderOutput *output, const char *reason);
/* Flushes what has waited for a second, and finishes what has been idle. */
void recorder_output_tick (Recorder *self, RecorderOutput *output, guint64 now);
void recorder_output_failed (Recorder *self, RecorderOutput *output, const GError *error);

/* ---- recordertell.c ---- */
void recorder_tell_begun (Recorder *self, const RecorderOutput *output);
void recorder_tell_not_begun (Recorder *self, const RecorderOutput *output, const char *path, const GError *error);
void recorder_tell_joined (const Recorder *self, const RecorderOutput *output); /* a track */
void recorder_tell_figures (Recorder *self, const RecorderOutput *output);
/* Before the tracks leave the file. @state: finished, failed. */
void recorder_tell_ended (Recorder *self, RecorderOutput *output, const char *state, const char *reason);
void recorder_finish_job (gpointer job, gpointer recorder);

/* ---- recorderthread.c ---- */
gpointer recorder_thread (gpointer recorder);

/* ---- recorder.c ---- */
void recorder_item_free (gpointer item);
gboolean recorder_is_done (Recorder *self);
gboolean recorder_is_live (Recorder *self);
/* Running time before which nothing more is to come, but for @patience; 0: not known. */
guint64 recorder_horizon (Recorder *self, GstClockTime patience);
guint64 recorder_order_of (GstBuffer *buffer); /* running time of its decoding */
guint64 recorder_last_sound (Recorder *self);  /* running time of the last loud one */
/* Something came when its time had been given up: it is waited for longer from now on. */
void recorder_learn_latency (Recorder *self, GstClockTime late);
void recorder_set_done (Recorder *self);
/* The same, and tells why. */
void recorder_fail (Recorder *self, const GError *error);
char *recorder_get_failure (Recorder *self); /* (transfer full); NULL: it has not failed */

G_END_DECLS
