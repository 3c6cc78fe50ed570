/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/recordcontainer.h"

G_BEGIN_DECLS

/* The samples of one track in one fragment: frames with times in the track's ticks, and the box that lists them. */

typedef struct
{
  guint64 decoding, time; /* ticks */
  guint32 duration;       /* ticks; the last one's is what its frame says */
  const RecordFrame *frame;
} RecordMp4Sample;

/* To the nearest tick. */
guint64 record_mp4_ticks (guint64 ns, guint scale);

/* At least 1. */
guint32 record_mp4_lasting (guint64 from, guint64 to);

/* Those of @frames that belong to @track. Each is decoded later than the one before and not before @earliest, whatever
 * the frames say. (transfer full) (element-type RecordMp4Sample) */
GArray *record_mp4_samples (const RecordFrame *frames, guint n_frames, guint track, guint scale, guint64 earliest);

/* Appends the trun. Returned: where the offset of the data stands, for iso_set_u32(), and the last one's duration. */
guint record_mp4_run (GByteArray *bytes, const GArray *samples, gboolean picture, guint *last_duration_at);

G_END_DECLS
