/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Matroska (RFC 9559), and WebM, which is a part of it.
 *
 *   EBML header
 *   Segment, of unknown size until the end
 *     SeekHead  + room for one more entry     Info and Tracks; at the end Cues, too
 *     Info                                    its Duration is patched with each cluster
 *     Tracks    + room for more               written anew in place when a track is added
 *     Cluster ... Cluster                     each complete, its size known
 *     Cues                                    at the end
 *
 * A reader finds all of it whenever the process ends: clusters say how long they are, an unknown segment ends with the
 * file, and the duration is that of the last cluster. Without Cues it seeks by looking.
 *
 * Block times are those of the encoder, as the packets bear them; CodecDelay is what a player takes off. So the sound
 * of an Opus packet, which is late by its pre-skip, is in its place. */

#include "gst/core/ebml.h"
#include "gst/core/recordcontainer.h"

#include <string.h>

#define MATROSKA_TIME_SCALE 1000000 /* ns: 1 ms, as WebM asks */
#define SEEK_ROOM 128
#define TRACKS_ROOM 8192
#define MAX_RELATIVE 32000       /* ms; blocks have 16 bits for it */
#define SEEK_PRE_ROLL 80000000   /* ns, RFC 7845 */
#define SOUND_CUE_INTERVAL 5000  /* ms */
#define PICTURE_CUE_INTERVAL 500 /* ms */

enum
{
  ID_EBML = 0x1a45dfa3,
  ID_EBML_VERSION = 0x4286,
  ID_EBML_READ_VERSION = 0x42f7,
  ID_EBML_MAX_ID = 0x42f2,
  ID_EBML_MAX_SIZE = 0x42f3,
  ID_DOC_TYPE = 0x4282,
  ID_DOC_TYPE_VERSION = 0x4287,
  ID_DOC_TYPE_READ_VERSION = 0x4285,
  ID_SEGMENT = 0x18538067,
  ID_SEEK_HEAD = 0x114d9b74,
  ID_SEEK = 0x4dbb,
  ID_SEEK_ID = 0x53ab,
  ID_SEEK_POSITION = 0x53ac,
  ID_INFO = 0x1549a966,
  ID_TIMESTAMP_SCALE = 0x2ad7b1,
  ID_DURATION = 0x4489,
  ID_DATE = 0x4461,
  ID_TITLE = 0x7ba9,
  ID_MUXING_APP = 0x4d80,
  ID_WRITING_APP = 0x5741,
  ID_TRACKS = 0x1654ae6b,
  ID_TRACK_ENTRY = 0xae,
  ID_TRACK_NUMBER = 0xd7,
  ID_TRACK_UID = 0x73c5,
  ID_TRACK_TYPE = 0x83,
  ID_FLAG_LACING = 0x9c,
  ID_NAME = 0x536e,
  ID_LANGUAGE = 0x22b59c,
  ID_CODEC_ID = 0x86,
  ID_CODEC_PRIVATE = 0x63a2,
  ID_CODEC_DELAY = 0x56aa,
  ID_SEEK_PRE_ROLL = 0x56bb,
  ID_VIDEO = 0xe0,
  ID_PIXEL_WIDTH = 0xb0,
  ID_PIXEL_HEIGHT = 0xba,
  ID_AUDIO = 0xe1,
  ID_SAMPLING_FREQUENCY = 0xb5,
  ID_CHANNELS = 0x9f,
  ID_CLUSTER = 0x1f43b675,
  ID_TIMESTAMP = 0xe7,
  ID_SIMPLE_BLOCK = 0xa3,
  ID_CUES = 0x1c53bb6b,
  ID_CUE_POINT = 0xbb,
  ID_CUE_TIME = 0xb3,
  ID_CUE_TRACK_POSITIONS = 0xb7,
  ID_CUE_TRACK = 0xf7,
  ID_CUE_CLUSTER_POSITION = 0xf1,
};

typedef struct
{
  guint64 time; /* ms */
  guint track;
  guint64 cluster; /* from the segment's beginning */
} Cue;

typedef struct
{
  guint64 position;           /* size of the file */
  guint64 segment;            /* where its content begins */
  guint64 seek, info, tracks; /* where they are */
  guint64 duration_at;
  double duration;     /* ms */
  GByteArray *entries; /* of Tracks */
  guint cue_track;     /* the first picture, else the first sound */
  gboolean cue_picture;
  GArray *cues; /* (element-type Cue) */
} Matroska;

static void
append (Matroska *self, RecordOutput *output, GByteArray *bytes)
{
  self->position += bytes->len;
  record_output_append (output, bytes);
}

/* ---- the head ---- */

static GByteArray *
make_ebml_header (const char *doc_type)
{
  GByteArray *out = g_byte_array_new ();
  GByteArray *content = g_byte_array_new ();

  ebml_put_uint (content, ID_EBML_VERSION, 1);
  ebml_put_uint (content, ID_EBML_READ_VERSION, 1);
  ebml_put_uint (content, ID_EBML_MAX_ID, 4);
  ebml_put_uint (content, ID_EBML_MAX_SIZE, 8);
  ebml_put_string (content, ID_DOC_TYPE, doc_type);
  ebml_put_uint (content, ID_DOC_TYPE_VERSION, 4);
  ebml_put_uint (content, ID_DOC_TYPE_READ_VERSION, 2);
  ebml_put_master (out, ID_EBML, content);
  return out;
}

static void
put_seek (GByteArray *out, guint32 id, guint64 position)
{
  GByteArray *content = g_byte_array_new ();
  g_autoptr (GByteArray) name = g_byte_array_new ();

  ebml_put_id (name, id);
  ebml_put_binary (content, ID_SEEK_ID, name->data, name->len);
  ebml_put_uint (content, ID_SEEK_POSITION, position);
  ebml_put_master (out, ID_SEEK, content);
}

/* @cues: 0: there are none. */
static GByteArray *
make_seek_head (const Matroska *self, guint64 cues)
{
  GByteArray *out = g_byte_array_new ();
  GByteArray *content = g_byte_array_new ();

  put_seek (content, ID_INFO, self->info - self->segment);
  put_seek (content, ID_TRACKS, self->tracks - self->segment);
  if (cues > 0)
    put_seek (content, ID_CUES, cues - self->segment);
  ebml_put_master (out, ID_SEEK_HEAD, content);
  ebml_put_void (out, SEEK_ROOM - out->len);
  return out;
}

/* The duration is the last of its elements, so that it is found from its end. */
static GByteArray *
make_info (const RecordInfo *info)
{
  GByteArray *out = g_byte_array_new ();
  GByteArray *content = g_byte_array_new ();

  ebml_put_uint (content, ID_TIMESTAMP_SCALE, MATROSKA_TIME_SCALE);
  ebml_put_date (content, ID_DATE, info->started);
  ebml_put_string (content, ID_TITLE, info->title);
  ebml_put_string (content, ID_MUXING_APP, info->application);
  ebml_put_string (content, ID_WRITING_APP, info->application);
  ebml_put_float (content, ID_DURATION, 0);
  ebml_put_master (out, ID_INFO, content);
  return out;
}

/* NULL: more than there is room for. */
static GByteArray *
make_tracks (const GByteArray *entries)
{
  GByteArray *out = g_byte_array_new ();

  if (entries->len > 0)
    ebml_put_binary (out, ID_TRACKS, entries->data, entries->len);
  if (out->len > TRACKS_ROOM - 2) {
    g_byte_array_unref (out);
    return NULL;
  }
  ebml_put_void (out, TRACKS_ROOM - out->len);
  return out;
}

static gpointer
start (const char *doc_type, const RecordInfo *info, RecordOutput *output)
{
  Matroska *self = g_new0 (Matroska, 1);
  GByteArray *segment = g_byte_array_new ();
  GByteArray *information = make_info (info);

  self->entries = g_byte_array_new ();
  self->cues = g_array_new (FALSE, FALSE, sizeof (Cue));
  append (self, output, make_ebml_header (doc_type));
  ebml_put_id (segment, ID_SEGMENT);
  ebml_put_size (segment, EBML_SIZE_UNKNOWN, 8);
  append (self, output, segment);
  self->segment = self->seek = self->position;
  self->info = self->seek + SEEK_ROOM;
  self->tracks = self->info + information->len;
  self->duration_at = self->tracks - 8;
  append (self, output, make_seek_head (self, 0));
  append (self, output, information);
  append (self, output, make_tracks (self->entries));
  return self;
}

static gpointer
matroska_start (const RecordInfo *info, RecordOutput *output)
{
  return start ("matroska", info, output);
}

static gpointer
webm_start (const RecordInfo *info, RecordOutput *output)
{
  return start ("webm", info, output);
}

/* ---- tracks ---- */

static gboolean
is_picture (const RecordTrack *track)
{
  return track->codec != RECORD_CODEC_OPUS;
}

static void
put_media (GByteArray *entry, const RecordTrack *track)
{
  GByteArray *media = g_byte_array_new ();

  if (is_picture (track)) {
    ebml_put_uint (media, ID_PIXEL_WIDTH, track->width);
    ebml_put_uint (media, ID_PIXEL_HEIGHT, track->height);
  } else {
    ebml_put_float (media, ID_SAMPLING_FREQUENCY, 48000);
    ebml_put_uint (media, ID_CHANNELS, track->channels);
  }
  ebml_put_master (entry, is_picture (track) ? ID_VIDEO : ID_AUDIO, media);
}

static void
put_private_data (GByteArray *entry, const RecordTrack *track)
{
  g_autoptr (GBytes) data = NULL;
  gconstpointer bytes;
  gsize size;

  if (track->private_data != NULL)
    data = g_bytes_ref (track->private_data);
  else if (track->codec == RECORD_CODEC_OPUS)
    data = record_opus_head (track->channels, track->codec_delay * 48 / 1000000);
  else
    return;
  bytes = g_bytes_get_data (data, &size);
  ebml_put_binary (entry, ID_CODEC_PRIVATE, bytes, size);
}

static GByteArray *
make_entry (const RecordTrack *track)
{
  static const char *const codecs[] = {
      [RECORD_CODEC_OPUS] = "A_OPUS",
      [RECORD_CODEC_VP8] = "V_VP8",
      [RECORD_CODEC_VP9] = "V_VP9",
      [RECORD_CODEC_H264] = "V_MPEG4/ISO/AVC",
  };
  g_autofree char *name = track->name != NULL ? record_text_cut (track->name, RECORD_NAME_BYTES) : NULL;
  GByteArray *entry = g_byte_array_new ();

  ebml_put_uint (entry, ID_TRACK_NUMBER, track->number);
  ebml_put_uint (entry, ID_TRACK_UID, track->number);
  ebml_put_uint (entry, ID_TRACK_TYPE, is_picture (track) ? 1 : 2);
  ebml_put_uint (entry, ID_FLAG_LACING, 0);
  ebml_put_string (entry, ID_NAME, name);
  ebml_put_string (entry, ID_LANGUAGE, "und"); /* left out it would be English */
  ebml_put_string (entry, ID_CODEC_ID, codecs[track->codec]);
  put_private_data (entry, track);
  if (!is_picture (track)) {
    ebml_put_uint (entry, ID_CODEC_DELAY, track->codec_delay);
    ebml_put_uint (entry, ID_SEEK_PRE_ROLL, SEEK_PRE_ROLL);
  }
  put_media (entry, track);
  return entry;
}

static gboolean
add_track (gpointer matroska, const RecordTrack *track, RecordOutput *output)
{
  Matroska *self = matroska;
  guint before = self->entries->len;
  GByteArray *tracks;

  ebml_put_master (self->entries, ID_TRACK_ENTRY, make_entry (track));
  tracks = make_tracks (self->entries);
  if (tracks == NULL) {
    g_byte_array_set_size (self->entries, before);
    return FALSE;
  }
  record_output_patch (output, self->tracks, tracks);
  if (self->cue_track == 0 || (is_picture (track) && !self->cue_picture)) {
    self->cue_track = track->number;
    self->cue_picture = is_picture (track);
  }
  return TRUE;
}

/* ---- clusters ---- */

static guint64
to_ms (guint64 time)
{
  return (time + MATROSKA_TIME_SCALE / 2) / MATROSKA_TIME_SCALE;
}

static GByteArray *
make_block_header (const RecordFrame *frame, gint relative)
{
  GByteArray *out = g_byte_array_sized_new (16);
  GByteArray *number = g_byte_array_sized_new (2);
  guint8 rest[3] = {(guint16) relative >> 8, (guint16) relative & 0xff, frame->keyframe ? 0x80 : 0};

  ebml_put_size (number, frame->track, 0);
  g_byte_array_append (number, rest, sizeof rest);
  ebml_put_id (out, ID_SIMPLE_BLOCK);
  ebml_put_size (out, number->len + frame->size, 0);
  g_byte_array_append (out, number->data, number->len);
  g_byte_array_unref (number);
  return out;
}

static void
remember_cue (Matroska *self, const RecordFrame *frame)
{
  guint64 time = to_ms (frame->time);
  const Cue *last = self->cues->len > 0 ? &g_array_index (self->cues, Cue, self->cues->len - 1) : NULL;
  Cue cue = {.time = time, .track = frame->track, .cluster = self->position - self->segment};

  if (frame->track != self->cue_track || !frame->keyframe)
    return;
  if (last == NULL || time >= last->time + (self->cue_picture ? PICTURE_CUE_INTERVAL : SOUND_CUE_INTERVAL))
    g_array_append_val (self->cues, cue);
}

/* How many of the frames a cluster that begins at @base can tell the times of. */
static guint
count_near (const RecordFrame *frames, guint n_frames, guint64 *base)
{
  guint64 first = to_ms (frames[0].time), last = first;
  guint count = 1;

  for (; count < n_frames; count++) {
    guint64 time = to_ms (frames[count].time);
    if (MAX (last, time) - MIN (first, time) > MAX_RELATIVE)
      break;
    first = MIN (first, time);
    last = MAX (last, time);
  }
  *base = first;
  return count;
}

static void
write_cluster (Matroska *self, const RecordFrame *frames, guint n_frames, guint64 base, RecordOutput *output)
{
  g_autofree GByteArray **headers = g_new (GByteArray *, n_frames);
  g_autoptr (GByteArray) time = g_byte_array_new ();
  GByteArray *head = g_byte_array_new ();
  guint64 size;

  ebml_put_uint (time, ID_TIMESTAMP, base);
  size = time->len;
  for (guint i = 0; i < n_frames; i++) {
    headers[i] = make_block_header (&frames[i], (gint) (to_ms (frames[i].time) - base));
    size += headers[i]->len + frames[i].size;
    remember_cue (self, &frames[i]);
    self->duration = MAX (self->duration, (frames[i].time + frames[i].duration) / (double) MATROSKA_TIME_SCALE);
  }
  ebml_put_id (head, ID_CLUSTER);
  ebml_put_size (head, size, 0);
  g_byte_array_append (head, time->data, time->len);
  append (self, output, head);
  for (guint i = 0; i < n_frames; i++) {
    append (self, output, headers[i]);
    record_output_append_frame (output, &frames[i]);
    self->position += frames[i].size;
  }
}

static GByteArray *
make_double (double value)
{
  GByteArray *out = g_byte_array_new ();

  ebml_put_float (out, ID_DURATION, value);
  g_byte_array_remove_range (out, 0, out->len - sizeof value);
  return out;
}

static void
fragment (gpointer matroska, const RecordFrame *frames, guint n_frames, RecordOutput *output)
{
  Matroska *self = matroska;

  while (n_frames > 0) {
    guint64 base;
    guint count = count_near (frames, n_frames, &base);
    write_cluster (self, frames, count, base, output);
    frames += count;
    n_frames -= count;
  }
  record_output_patch (output, self->duration_at, make_double (self->duration));
}

/* ---- the end ---- */

static void
put_cue (GByteArray *out, const Cue *cue)
{
  GByteArray *point = g_byte_array_new ();
  GByteArray *positions = g_byte_array_new ();

  ebml_put_uint (positions, ID_CUE_TRACK, cue->track);
  ebml_put_uint (positions, ID_CUE_CLUSTER_POSITION, cue->cluster);
  ebml_put_uint (point, ID_CUE_TIME, cue->time);
  ebml_put_master (point, ID_CUE_TRACK_POSITIONS, positions);
  ebml_put_master (out, ID_CUE_POINT, point);
}

static void
finish (gpointer matroska, RecordOutput *output)
{
  Matroska *self = matroska;
  GByteArray *size = g_byte_array_new ();
  guint64 cues_at = self->position;

  if (self->cues->len > 0) {
    GByteArray *cues = g_byte_array_new ();
    GByteArray *content = g_byte_array_new ();
    for (guint i = 0; i < self->cues->len; i++)
      put_cue (content, &g_array_index (self->cues, Cue, i));
    ebml_put_master (cues, ID_CUES, content);
    append (self, output, cues);
    record_output_patch (output, self->seek, make_seek_head (self, cues_at));
  }
  ebml_put_size (size, self->position - self->segment, 8);
  record_output_patch (output, self->segment - 8, size);
}

static void
matroska_free (gpointer matroska)
{
  Matroska *self = matroska;

  g_byte_array_unref (self->entries);
  g_array_unref (self->cues);
  g_free (self);
}

static gboolean
matroska_takes (RecordCodec codec)
{
  return TRUE;
}

static gboolean
webm_takes (RecordCodec codec)
{
  return codec != RECORD_CODEC_H264;
}

const RecordContainer record_container_matroska = {
    "matroska", "video/x-matroska", matroska_takes, matroska_start, add_track, fragment, finish, matroska_free};
const RecordContainer record_container_webm = {
    "webm", "video/webm", webm_takes, webm_start, add_track, fragment, finish, matroska_free};
