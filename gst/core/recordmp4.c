/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Fragmented MP4 (ISO/IEC 14496-12, 8.8). The head is recordmp4head.c's; here are the fragments and what ends a file.
 *
 *   ftyp moov | moof mdat | moof mdat | ... | mfra
 *               mfhd
 *               traf   one for each track that has frames here; its samples lie together in mdat
 *                 tfhd tfdt trun
 *
 * Each sample's decode time is counted from time 0 of the file, never from the one before, so nothing drifts. A
 * sample lasts to the next one; the last of a fragment lasts as long as its frame says until the next fragment shows
 * when the next one really came: then its duration is patched. tfdt alone would do for most players, but GStreamer's
 * qtdemux believes the sum of the durations unless they are more than a second off.
 *
 * ffmpeg refuses a whole file for one moof that is cut off. So a fragment is written as a free box and its mdat, and
 * becomes a moof when all of it is there, by a write of 4 bytes. */

#include "gst/core/isobox.h"
#include "gst/core/recordcontainer.h"
#include "gst/core/recordmp4entry.h"
#include "gst/core/recordmp4head.h"
#include "gst/core/recordmp4run.h"

#define POINTS_OF_SOUND_NS G_GUINT64_CONSTANT (1000000000) /* one each second, where no picture tells */
#define DEFAULT_BASE_IS_MOOF 0x020000
#define UNFINISHED "free" /* which everyone skips */

typedef struct
{
  guint64 time, fragment_at;
  guint traf, sample; /* from 1 */
} Point;

typedef struct
{
  guint number;
  gboolean picture;
  guint scale, pre_skip;
  guint64 duration_at, shown; /* in the head: where it stands, and what it says (ms) */
  GArray *points;             /* (element-type Point) */
  /* The sample written last: when it begins, what its duration says, and where that stands (0: there is none). */
  guint64 last, last_duration, last_duration_at;
} Track;

typedef struct
{
  RecordMp4Head head;
  GArray *tracks; /* (element-type Track) */
  guint64 size;   /* of the file */
  guint32 fragments;
  guint64 duration; /* ms */
} Mp4;

static void
append (Mp4 *mp4, RecordOutput *output, GByteArray *bytes)
{
  mp4->size += bytes->len;
  record_output_append (output, bytes);
}

static gboolean
takes (RecordCodec codec)
{
  return TRUE;
}

static void
track_clear (gpointer data)
{
  Track *track = data;
  g_array_unref (track->points);
}

static gpointer
start (const RecordInfo *info, RecordOutput *output)
{
  Mp4 *mp4 = g_new0 (Mp4, 1);
  mp4->tracks = g_array_new (FALSE, FALSE, sizeof (Track));
  g_array_set_clear_func (mp4->tracks, track_clear);
  append (mp4, output, record_mp4_head_start (&mp4->head, info));
  return mp4;
}

static gboolean
add_track (gpointer self, const RecordTrack *track, RecordOutput *output)
{
  Mp4 *mp4 = self;
  Track added = {.number = track->number, .picture = record_mp4_is_picture (track->codec)};
  if (!record_mp4_head_add (&mp4->head, track, &added.duration_at, output))
    return FALSE;
  added.scale = record_mp4_scale (track->codec);
  added.pre_skip = record_mp4_pre_skip (track);
  added.points = g_array_new (FALSE, FALSE, sizeof (Point));
  g_array_append_val (mp4->tracks, added);
  return TRUE;
}

/* ---- a fragment ---- */

/* All of them need the packets before, as the head's sgpd says. */
static void
pre_roll_group (GByteArray *bytes, guint n_samples)
{
  guint box = iso_open_full (bytes, "sbgp", 0, 0);
  iso_bytes (bytes, "roll", 4);
  iso_u32 (bytes, 1);
  iso_u32 (bytes, n_samples);
  iso_u32 (bytes, 1);
  iso_close (bytes, box);
}

static guint
track_fragment (const Mp4 *mp4, GByteArray *bytes, Track *track, const GArray *samples)
{
  const RecordMp4Sample *first = &g_array_index (samples, RecordMp4Sample, 0);
  const RecordMp4Sample *last = &g_array_index (samples, RecordMp4Sample, samples->len - 1);
  guint last_duration_at = 0;
  guint box = iso_open (bytes, "traf");
  guint header = iso_open_full (bytes, "tfhd", 0, DEFAULT_BASE_IS_MOOF);
  iso_u32 (bytes, track->number);
  iso_close (bytes, header);
  guint time = iso_open_full (bytes, "tfdt", 1, 0);
  iso_u64 (bytes, first->decoding);
  iso_close (bytes, time);
  guint offset_at = record_mp4_run (bytes, samples, track->picture, &last_duration_at);
  track->last = last->decoding;
  track->last_duration = last->duration;
  track->last_duration_at = mp4->size + last_duration_at;
  if (!track->picture)
    pre_roll_group (bytes, samples->len);
  iso_close (bytes, box);
  return offset_at;
}

/* The sample before, in an earlier fragment, lasts until this one begins. */
static void
join (Track *track, const GArray *samples, RecordOutput *output)
{
  guint32 duration = record_mp4_lasting (track->last, g_array_index (samples, RecordMp4Sample, 0).decoding);
  if (track->last_duration_at != 0 && duration != track->last_duration)
    record_output_patch (output, track->last_duration_at, iso_number32 (duration));
}

/* Where a player may begin: at keyframes, and in sound now and then. */
static void
remember_points (const Mp4 *mp4, Track *track, const GArray *samples, guint traf)
{
  guint64 apart = record_mp4_ticks (POINTS_OF_SOUND_NS, track->scale);
  for (guint i = 0; i < samples->len; i++) {
    const RecordMp4Sample *sample = &g_array_index (samples, RecordMp4Sample, i);
    Point point = {.time = sample->time, .fragment_at = mp4->size, .traf = traf, .sample = i + 1};
    guint n = track->points->len;
    gboolean due = n == 0 || sample->time >= g_array_index (track->points, Point, n - 1).time + apart;
    if (track->picture ? sample->frame->keyframe : due)
      g_array_append_val (track->points, point);
  }
}

/* The durations in the head, now that @track ends with its last sample. */
static void
extend_head (Mp4 *mp4, Track *track, RecordOutput *output)
{
  guint64 end = track->last + track->last_duration;
  end = end > track->pre_skip ? end - track->pre_skip : 0;
  guint64 shown = end / track->scale * RECORD_MP4_MOVIE_SCALE
                  + (end % track->scale * RECORD_MP4_MOVIE_SCALE + track->scale - 1) / track->scale;
  if (shown == track->shown)
    return;
  track->shown = shown;
  record_mp4_head_set_track_duration (track->duration_at, shown, output);
  mp4->duration = MAX (mp4->duration, shown);
}

/* What one fragment is made of while it is put together. */
typedef struct
{
  GArray *samples;
  guint offset_at;
} Part;

static void
part_clear (gpointer data)
{
  Part *part = data;
  g_array_unref (part->samples);
}

/* What will be moof, with a part for each of its trafs; what lies in earlier fragments is patched. */
static GByteArray *
movie_fragment (Mp4 *mp4, const RecordFrame *frames, guint n_frames, GArray *parts, RecordOutput *output)
{
  GByteArray *bytes = g_byte_array_new ();
  guint box = iso_open (bytes, UNFINISHED);
  guint header = iso_open_full (bytes, "mfhd", 0, 0);
  iso_u32 (bytes, mp4->fragments + 1);
  iso_close (bytes, header);
  for (guint i = 0; i < mp4->tracks->len; i++) {
    Track *track = &g_array_index (mp4->tracks, Track, i);
    guint64 earliest = track->last_duration_at != 0 ? track->last + 1 : 0;
    Part part = {.samples = record_mp4_samples (frames, n_frames, track->number, track->scale, earliest)};
    if (part.samples->len == 0) {
      g_array_unref (part.samples);
      continue;
    }
    join (track, part.samples, output);
    remember_points (mp4, track, part.samples, parts->len + 1);
    part.offset_at = track_fragment (mp4, bytes, track, part.samples);
    g_array_append_val (parts, part);
  }
  iso_close (bytes, box);
  return bytes;
}

/* Where in mdat each traf's samples are, and mdat's header. Returns the size of the data. */
static guint32
place_data (GByteArray *bytes, const GArray *parts)
{
  guint32 size = 0, data_at = bytes->len + ISO_BOX_HEADER;
  for (guint i = 0; i < parts->len; i++) {
    const Part *part = &g_array_index (parts, Part, i);
    iso_set_u32 (bytes, part->offset_at, data_at + size);
    for (guint j = 0; j < part->samples->len; j++)
      size += (guint32) g_array_index (part->samples, RecordMp4Sample, j).frame->size;
  }
  iso_u32 (bytes, size + ISO_BOX_HEADER);
  iso_bytes (bytes, "mdat", 4);
  return size;
}

static void
append_data (const GArray *parts, RecordOutput *output)
{
  for (guint i = 0; i < parts->len; i++) {
    const GArray *samples = g_array_index (parts, Part, i).samples;
    for (guint j = 0; j < samples->len; j++)
      record_output_append_frame (output, g_array_index (samples, RecordMp4Sample, j).frame);
  }
}

static void
fragment (gpointer self, const RecordFrame *frames, guint n_frames, RecordOutput *output)
{
  Mp4 *mp4 = self;
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (parts, part_clear);
  GByteArray *bytes = movie_fragment (mp4, frames, n_frames, parts, output);
  if (parts->len == 0) {
    g_byte_array_unref (bytes);
    return;
  }
  guint64 name_at = mp4->size + 4;
  guint32 size = place_data (bytes, parts);
  append (mp4, output, bytes);
  append_data (parts, output);
  mp4->size += size;
  record_output_patch (output, name_at, iso_name ("moof"));
  mp4->fragments++;
  for (guint i = 0; i < mp4->tracks->len; i++)
    extend_head (mp4, &g_array_index (mp4->tracks, Track, i), output);
  record_mp4_head_set_duration (&mp4->head, mp4->duration, output);
}

/* ---- the end ---- */

static void
random_access (GByteArray *bytes, const Track *track)
{
  guint box = iso_open_full (bytes, "tfra", 1, 0);
  iso_u32 (bytes, track->number);
  iso_u32 (bytes, 3); /* traf and trun in one byte each, the sample in four */
  iso_u32 (bytes, track->points->len);
  for (guint i = 0; i < track->points->len; i++) {
    const Point *point = &g_array_index (track->points, Point, i);
    iso_u64 (bytes, point->time);
    iso_u64 (bytes, point->fragment_at);
    iso_u8 (bytes, point->traf);
    iso_u8 (bytes, 1);
    iso_u32 (bytes, point->sample);
  }
  iso_close (bytes, box);
}

static gboolean
has_picture (const Mp4 *mp4)
{
  gboolean found = FALSE;
  for (guint i = 0; i < mp4->tracks->len; i++)
    found |= g_array_index (mp4->tracks, Track, i).picture;
  return found;
}

/* Seeking goes by the pictures where there are some. */
static void
finish (gpointer self, RecordOutput *output)
{
  Mp4 *mp4 = self;
  gboolean pictures = has_picture (mp4);
  GByteArray *bytes = g_byte_array_new ();
  guint box = iso_open (bytes, "mfra");
  for (guint i = 0; i < mp4->tracks->len; i++) {
    const Track *track = &g_array_index (mp4->tracks, Track, i);
    if (track->picture == pictures)
      random_access (bytes, track);
  }
  guint whole = iso_open_full (bytes, "mfro", 0, 0);
  iso_u32 (bytes, bytes->len + 4 - box);
  iso_close (bytes, whole);
  iso_close (bytes, box);
  append (mp4, output, bytes);
}

static void
mp4_free (gpointer self)
{
  Mp4 *mp4 = self;
  g_array_unref (mp4->tracks);
  g_free (mp4);
}

const RecordContainer record_container_mp4 = {
    .name = "mp4",
    .media_type = "video/mp4",
    .takes = takes,
    .start = start,
    .add_track = add_track,
    .fragment = fragment,
    .finish = finish,
    .free = mp4_free,
};
