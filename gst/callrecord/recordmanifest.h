/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The JSON beside a recorded file: what is in it, when it was, what is missing. docs/elements/callrecordsink-files.md
 * has each field. */

#define RECORD_MANIFEST_MAX_GAPS 1000 /* of a track; more are counted only */
#define RECORD_MANIFEST_MAX_SIZES 1000

typedef struct
{
  guint64 begin, end; /* ns, from the beginning of the file */
} RecordGap;

typedef struct
{
  guint64 time;
  guint width, height;
} RecordSize;

/* One track of one file. */
typedef struct
{
  guint number; /* in the file */
  char *name;   /* audio_0 */
  const char *codec;
  gboolean video;
  guint channels;
  char *peer, *peer_name; /* NULL: not known */
  guint64 begin, end, filled;
  guint64 frames, bytes, dropped;
  GArray *gaps; /* (element-type RecordGap) */
  guint64 n_gaps;
  GArray *sizes;         /* (element-type RecordSize) */
  GstStructure *quality; /* the last call-quality of the track; NULL: none */
} RecordTrackReport;

typedef struct
{
  const char *path, *container, *media_type;
  const char *state;  /* recording, finished, failed */
  const char *reason; /* why it ended; NULL: it has not */
  const char *call_id;
  guint segment;
  gint64 started; /* wall clock of time 0, microseconds since 1970 */
  guint64 duration, bytes;
  const GPtrArray *tracks; /* (element-type RecordTrackReport) */
} RecordManifest;

RecordTrackReport *record_track_report_new (const char *name);
void record_track_report_free (RecordTrackReport *report);
/* A gap; one that begins where the last one ended makes it longer. */
void record_track_report_gap (RecordTrackReport *report, guint64 begin, guint64 end);
void record_track_report_size (RecordTrackReport *report, guint64 time, guint width, guint height);

JsonObject *record_manifest_build (const RecordManifest *manifest);
/* Adds the file's SHA-256 to @object; nothing when it cannot be read. */
void record_manifest_add_checksum (JsonObject *object, const char *path);
/* Whole or not at all. */
gboolean record_manifest_write (JsonObject *object, const char *path, GError **error);

G_END_DECLS
