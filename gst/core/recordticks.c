/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordticks.h"

#define NS_IN_S G_GUINT64_CONSTANT (1000000000)

/* value * num / denom, rounded; without the overflow that an hour of nanoseconds would be. */
static guint64
scale (guint64 value, guint64 num, guint64 denom)
{
  return value / denom * num + (value % denom * num + denom / 2) / denom;
}

guint64
record_ticks_sample (guint64 time)
{
  return scale (time, RECORD_TICKS_RATE, NS_IN_S);
}

void
record_ticks_init (RecordTicks *ticks, guint64 origin, guint fps_n, guint fps_d)
{
  *ticks = (RecordTicks){.origin = origin, .fps_n = fps_n, .fps_d = fps_d};
}

static guint64
picture_time (const RecordTicks *ticks, guint64 number)
{
  return ticks->origin + scale (number * ticks->fps_d, NS_IN_S, ticks->fps_n);
}

static guint64
sound_time (const RecordTicks *ticks, guint64 samples)
{
  return ticks->origin + scale (samples, NS_IN_S, RECORD_TICKS_RATE);
}

void
record_ticks_want_pictures (RecordTicks *ticks)
{
  guint64 passed = sound_time (ticks, ticks->samples);

  if (ticks->picture)
    return;
  ticks->picture = TRUE;
  ticks->pictures = scale (passed - ticks->origin, ticks->fps_n, (guint64) ticks->fps_d * NS_IN_S);
  while (picture_time (ticks, ticks->pictures) < passed)
    ticks->pictures++;
}

static RecordTick
next_sound (const RecordTicks *ticks, guint64 end)
{
  guint64 all = end > ticks->origin ? scale (end - ticks->origin, RECORD_TICKS_RATE, NS_IN_S) : 0;
  RecordTick tick = {.kind = RECORD_TICK_SOUND, .time = sound_time (ticks, ticks->samples)};

  if (all <= ticks->samples)
    return (RecordTick){.kind = RECORD_TICK_END, .needs = G_MAXUINT64};
  tick.frames = (guint) MIN (RECORD_TICKS_BLOCK, all - ticks->samples);
  tick.sample = record_ticks_sample (ticks->origin) + ticks->samples;
  tick.needs = sound_time (ticks, ticks->samples + tick.frames);
  tick.duration = tick.needs - tick.time;
  return tick;
}

/* A picture shows what is newest half a frame later: the times of a camera with the same rate then lie in the middle
 * between two, where their jitter doubles and loses none. */
static RecordTick
next_picture (const RecordTicks *ticks, guint64 end)
{
  RecordTick tick = {.kind = RECORD_TICK_PICTURE, .time = picture_time (ticks, ticks->pictures)};

  tick.duration = picture_time (ticks, ticks->pictures + 1) - tick.time;
  tick.needs = tick.time + tick.duration / 2;
  /* The last one of an input is not followed by one more because its end was rounded up. */
  if (!ticks->picture || tick.time >= end || (ticks->pictures > 0 && tick.needs > end))
    return (RecordTick){.kind = RECORD_TICK_END, .needs = G_MAXUINT64};
  return tick;
}

RecordTick
record_ticks_next (const RecordTicks *ticks, guint64 end)
{
  RecordTick sound = next_sound (ticks, end), picture = next_picture (ticks, end);

  return picture.needs < sound.needs ? picture : sound;
}

void
record_ticks_done (RecordTicks *ticks, const RecordTick *tick)
{
  if (tick->kind == RECORD_TICK_PICTURE)
    ticks->pictures++;
  else
    ticks->samples += tick->frames;
}
