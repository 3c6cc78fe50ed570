/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordmp4run.h"

#include "gst/core/isobox.h"

#define NS_PER_SECOND G_GUINT64_CONSTANT (1000000000)

#define TRUN_DATA_OFFSET 0x000001
#define TRUN_DURATION 0x000100
#define TRUN_SIZE 0x000200
#define TRUN_FLAGS 0x000400
#define TRUN_COMPOSITION 0x000800
#define SAMPLE_IS_SYNC 0x02000000    /* depends on no other */
#define SAMPLE_IS_NO_SYNC 0x01010000 /* depends on others, and is no sync sample */

guint64
record_mp4_ticks (guint64 ns, guint scale)
{
  return ns / NS_PER_SECOND * scale + (ns % NS_PER_SECOND * scale + NS_PER_SECOND / 2) / NS_PER_SECOND;
}

guint32
record_mp4_lasting (guint64 from, guint64 to)
{
  return to <= from ? 1 : (guint32) MIN (to - from, G_MAXUINT32);
}

static void
measure (GArray *samples, guint scale)
{
  for (guint i = 0; i < samples->len; i++) {
    RecordMp4Sample *sample = &g_array_index (samples, RecordMp4Sample, i);
    const RecordFrame *frame = sample->frame;
    guint64 until = i + 1 < samples->len ? g_array_index (samples, RecordMp4Sample, i + 1).decoding
                                         : record_mp4_ticks (frame->decoding + frame->duration, scale);
    sample->duration = record_mp4_lasting (sample->decoding, until);
  }
}

GArray *
record_mp4_samples (const RecordFrame *frames, guint n_frames, guint track, guint scale, guint64 earliest)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (RecordMp4Sample));
  for (guint i = 0; i < n_frames; i++) {
    if (frames[i].track != track)
      continue;
    RecordMp4Sample sample = {.frame = &frames[i], .time = record_mp4_ticks (frames[i].time, scale)};
    sample.decoding = MAX (record_mp4_ticks (frames[i].decoding, scale), earliest);
    earliest = sample.decoding + 1;
    g_array_append_val (samples, sample);
  }
  measure (samples, scale);
  return samples;
}

/* Which is 0 but where frames are reordered. */
static gint32
composition (const RecordMp4Sample *sample)
{
  gint64 offset = (gint64) (sample->time - sample->decoding);
  return (gint32) CLAMP (offset, G_MININT32, G_MAXINT32);
}

static guint32
fields_of (const GArray *samples, gboolean picture)
{
  guint32 fields = TRUN_DATA_OFFSET | TRUN_DURATION | TRUN_SIZE | (picture ? TRUN_FLAGS : 0);
  for (guint i = 0; i < samples->len; i++) {
    if (composition (&g_array_index (samples, RecordMp4Sample, i)) != 0)
      return fields | TRUN_COMPOSITION;
  }
  return fields;
}

guint
record_mp4_run (GByteArray *bytes, const GArray *samples, gboolean picture, guint *last_duration_at)
{
  guint32 fields = fields_of (samples, picture);
  guint box = iso_open_full (bytes, "trun", 1, fields);
  iso_u32 (bytes, samples->len);
  guint offset_at = bytes->len;
  iso_u32 (bytes, 0);
  for (guint i = 0; i < samples->len; i++) {
    const RecordMp4Sample *sample = &g_array_index (samples, RecordMp4Sample, i);
    *last_duration_at = bytes->len;
    iso_u32 (bytes, sample->duration);
    iso_u32 (bytes, (guint32) sample->frame->size);
    if (fields & TRUN_FLAGS)
      iso_u32 (bytes, sample->frame->keyframe ? SAMPLE_IS_SYNC : SAMPLE_IS_NO_SYNC);
    if (fields & TRUN_COMPOSITION)
      iso_u32 (bytes, (guint32) composition (sample));
  }
  iso_close (bytes, box);
  return offset_at;
}
