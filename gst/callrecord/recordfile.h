/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "gst/core/recordcontainer.h"

G_BEGIN_DECLS

/* One file of a recording: frames are collected into fragments, fragments are written whole. Whatever happens, the file
 * ends with a fragment that is complete. Used by one thread. */

typedef struct RecordFile RecordFile;

typedef struct
{
  guint track; /* the number that record_file_add_track() gave */
  guint64 time, decoding, duration;
  gboolean keyframe;
  GstBuffer *buffer;
} RecordFileFrame;

/* Makes the folders on the way. With @overwrite an existing file is lost, without it is an error
 * (G_FILE_ERROR_EXIST). */
RecordFile *record_file_new (
    const char *path, const RecordContainer *container, const RecordInfo *info, gboolean overwrite, GError **error);
/* What was collected and not flushed is lost; close before. */
void record_file_free (RecordFile *self);

/* The track's number; 0 without @error: the file has no room for another. */
guint record_file_add_track (RecordFile *self, const RecordTrack *track, GError **error);
/* Takes a reference of the buffer. Flushes by itself when a fragment is full. */
gboolean record_file_push (RecordFile *self, const RecordFileFrame *frame, GError **error);
gboolean record_file_flush (RecordFile *self, GError **error);
/* Flushes and finishes. After a failure, of this or another function, what is on the disk plays. */
gboolean record_file_close (RecordFile *self, GError **error);

const char *record_file_get_path (const RecordFile *self);
guint64 record_file_get_bytes (const RecordFile *self);    /* with what is not flushed yet */
guint64 record_file_get_duration (const RecordFile *self); /* ns */

G_END_DECLS
