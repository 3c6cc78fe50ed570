/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tracks and frames to the bytes of a recording, so that a process that is killed leaves a file that plays, and a track
 * may come at any time. Containers are tables of functions: recordmatroska.c, recordmp4.c.
 *
 *   start        the head, with room for tracks to come
 *   add_track    before the first fragment, or between any two: the head is patched in place
 *   fragment     half a second or so of frames: a cluster, a moof and its mdat. Complete in itself; the head's duration
 *                is patched with it
 *   finish       what makes seeking quick. A file without it plays all the same
 *
 * A container writes nothing: it appends pieces to a RecordOutput, whose owner carries them out in order. */

typedef enum
{
  RECORD_CODEC_OPUS,
  RECORD_CODEC_VP8,
  RECORD_CODEC_VP9,
  RECORD_CODEC_H264, /* access units, NAL units with a length of 4 bytes before each */
} RecordCodec;

typedef struct
{
  guint number; /* 1, 2, ... in the order of adding */
  RecordCodec codec;
  guint width, height;  /* of a picture: the first frame's */
  guint channels;       /* of sound, which has 48000 samples a second */
  guint64 codec_delay;  /* ns; what a decoder throws away at the beginning (Opus: pre-skip) */
  GBytes *private_data; /* OpusHead (made from the rest when NULL), avcC; NULL: none */
  const char *name;     /* for a player's menu; NULL: none */
} RecordTrack;

typedef struct
{
  guint track;
  guint64 time;     /* ns from the beginning of the file; when it is shown, and of sound codec_delay later */
  guint64 decoding; /* ns; equals time but where frames are reordered (H.264 with B-frames) */
  guint64 duration; /* ns; of a picture the distance to the next one of its track, or what it probably is */
  gboolean keyframe;
  gconstpointer data; /* valid until the pieces have been carried out */
  gsize size;
} RecordFrame;

/* ---- what is to be done with the file ---- */

#define RECORD_APPEND G_MAXUINT64

typedef struct
{
  guint64 offset; /* from the beginning of the file, within what is there; RECORD_APPEND: behind everything */
  GBytes *owned;  /* NULL: data is a frame's */
  gconstpointer data;
  gsize size;
} RecordPiece;

typedef struct
{
  GArray *pieces; /* (element-type RecordPiece) */
} RecordOutput;

void record_output_init (RecordOutput *output);
void record_output_clear (RecordOutput *output);                     /* takes the pieces out */
void record_output_free (RecordOutput *output);                      /* what init took */
void record_output_append (RecordOutput *output, GByteArray *bytes); /* (transfer full) */
void record_output_append_frame (RecordOutput *output, const RecordFrame *frame);
void record_output_patch (RecordOutput *output, guint64 offset, GByteArray *bytes); /* (transfer full) */
gsize record_output_appended (const RecordOutput *output);                          /* by how much the file grows */

/* ---- containers ---- */

typedef struct
{
  gint64 started;          /* wall clock of time 0, microseconds since 1970 */
  const char *title;       /* NULL: none */
  const char *application; /* what wrote it */
} RecordInfo;

typedef struct
{
  const char *name, *media_type;
  gboolean (*takes) (RecordCodec codec);
  gpointer (*start) (const RecordInfo *info, RecordOutput *output);
  /* FALSE: the head has no room left; nothing was put into @output. The track's data is copied. */
  gboolean (*add_track) (gpointer self, const RecordTrack *track, RecordOutput *output);
  /* @frames: at least one, in the order of decoding of each track, tracks interleaved by time. */
  void (*fragment) (gpointer self, const RecordFrame *frames, guint n_frames, RecordOutput *output);
  void (*finish) (gpointer self, RecordOutput *output);
  void (*free) (gpointer self);
} RecordContainer;

extern const RecordContainer record_container_matroska, record_container_webm;
extern const RecordContainer record_container_mp4;

/* "matroska", "webm", "mp4"; NULL: none of them. */
const RecordContainer *record_container_find (const char *name);

/* Of a track's name: it may be what a participant calls himself, and the head has so much room. */
#define RECORD_NAME_BYTES 120
/* As much of @text as fits @bytes, without a broken letter at its end. (transfer full) */
char *record_text_cut (const char *text, gsize bytes);

/* The 19 bytes of an OpusHead (RFC 7845) for @channels, 1 or 2. @pre_skip: samples. (transfer full) */
GBytes *record_opus_head (guint channels, guint pre_skip);

G_END_DECLS
