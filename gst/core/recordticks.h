/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a composed recording makes next: blocks of sound and pictures, on one timeline from its origin on. Neither adds
 * up: the time of each is computed from its number, so that an hour is an hour. */

#define RECORD_TICKS_RATE 48000
#define RECORD_TICKS_BLOCK 960 /* samples: 20 ms */

typedef enum
{
  RECORD_TICK_SOUND,
  RECORD_TICK_PICTURE,
  RECORD_TICK_END
} RecordTickKind;

typedef struct
{
  RecordTickKind kind;
  guint64 time, duration; /* ns */
  guint64 needs;          /* ns: what is before this has to have come */
  guint64 sample;         /* of sound: the first one, counted from time 0, not from the origin */
  guint frames;           /* of sound: samples in each channel */
} RecordTick;

typedef struct
{
  guint64 origin; /* ns */
  guint fps_n, fps_d;
  guint64 samples, pictures; /* made so far */
  gboolean picture;          /* pictures are made at all */
} RecordTicks;

guint64 record_ticks_sample (guint64 time); /* the sample that is nearest to a time */
void record_ticks_init (RecordTicks *ticks, guint64 origin, guint fps_n, guint fps_d);
/* From now on there are pictures, too; those of the time that has passed are not made up for. */
void record_ticks_want_pictures (RecordTicks *ticks);
/* @end: ns, where it all ends. Call record_ticks_done() after it was made, or left out. */
RecordTick record_ticks_next (const RecordTicks *ticks, guint64 end);
void record_ticks_done (RecordTicks *ticks, const RecordTick *tick);

G_END_DECLS
