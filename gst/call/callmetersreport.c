/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* From the meters to structures. Of a sent track the meter knows what went out, and the peer what came of it: its
 * counts, jitter and scores are the peer's, and are not there before its first report. */

#include "gst/call/callmetersprivate.h"

#define NS_IN_MS 1e6

/* What the meter counts on its own side of the network says nothing of a track that is sent. */
static const char *const local_fields[] = {"expected", "lost", "loss", "missing", "duplicates", "reordered", "late",
    "invalid", "restarts", "payload-changes", "jitter", "jitter-min", "jitter-mean", "jitter-max", "burst-density",
    "burst-duration", "gap-density", "gap-duration", "burst-ratio", "mos-model", "r-factor", "mos-lq", "mos-cq", "mos",
    "video-mos", "network-quality"};

static double
loss_of (const CallMetersCounts *counts)
{
  return counts->expected > 0 ? CLAMP ((double) counts->lost / (double) counts->expected, 0, 1) : 0;
}

/* ---- of sent tracks ---- */

static EmodelBand
find_path (const CallTrackMeter *track, const CallMetersCounts *counts, EmodelPath *path)
{
  const EmodelCodec *codec = emodel_codec_find (track->meter.codec);

  if (codec == NULL)
    codec = emodel_codec_find ("OPUS");
  *path = (EmodelPath){.ie = codec->ie, .bpl = codec->bpl, .loss_percent = 100 * loss_of (counts), .burst_ratio = 1};
  return codec->band;
}

static double
delay_of (const CallTrackMeter *track)
{
  return GST_CLOCK_TIME_IS_VALID (track->round_trip) ? (double) track->round_trip / 2 / NS_IN_MS : 0;
}

static void
add_speech_scores (const CallTrackMeter *track, const CallMetersCounts *counts, GstStructure *structure)
{
  EmodelPath path;
  EmodelScore listening, conversing;
  EmodelBand band = find_path (track, counts, &path);

  emodel_score (band, &path, &listening);
  path.delay_ms = delay_of (track);
  emodel_score (band, &path, &conversing);
  gst_structure_set (structure, "mos-model", G_TYPE_STRING, emodel_band_to_string (band), "r-factor", G_TYPE_DOUBLE,
      conversing.r, "mos-lq", G_TYPE_DOUBLE, listening.mos, "mos", G_TYPE_DOUBLE, conversing.mos, NULL);
  if (GST_CLOCK_TIME_IS_VALID (track->round_trip))
    gst_structure_set (structure, "mos-cq", G_TYPE_DOUBLE, conversing.mos, NULL);
}

/* No report, no grade that moves: RTCP comes less often than an interval is long. */
static void
grade_sent (CallTrackMeter *track, const CallMetersCounts *counts)
{
  NetworkQualityInterval interval = {.expected = counts->expected,
      .lost = counts->lost,
      .packets = (guint64) MAX (counts->expected - counts->lost, 0)};

  interval.band = find_path (track, counts, &interval.path);
  interval.path.delay_ms = delay_of (track);
  network_quality_update (&track->network, &interval);
}

static void
add_remote (const CallTrackMeter *track, const CallMetersCounts *counts, GstStructure *structure)
{
  for (guint i = 0; i < G_N_ELEMENTS (local_fields); i++)
    gst_structure_remove_field (structure, local_fields[i]);
  gst_structure_set (structure, "network-quality", G_TYPE_UINT, (guint) track->network.grade, NULL);
  if (!track->reported || counts->expected <= 0)
    return;
  gst_structure_set (structure, "expected", G_TYPE_INT64, counts->expected, "lost", G_TYPE_INT64, counts->lost, "loss",
      G_TYPE_DOUBLE, 100 * loss_of (counts), "jitter", G_TYPE_DOUBLE, (double) track->remote_jitter / NS_IN_MS, NULL);
  if (!track->name.video)
    add_speech_scores (track, counts, structure);
}

/* ---- of all ---- */

/* Any sent track's: there is one way. */
static GstClockTime
find_round_trip (const CallMeters *self)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    const CallTrackMeter *track = g_ptr_array_index (self->tracks, i);
    if (GST_CLOCK_TIME_IS_VALID (track->round_trip))
      return track->round_trip;
  }
  return GST_CLOCK_TIME_NONE;
}

static GstStructure *
describe (CallTrackMeter *track, GstClockTime round_trip, gboolean whole)
{
  gint64 now = g_get_monotonic_time ();
  CallMeterSpan span = {.duration = (GstClockTime) (now - (whole ? track->begun : track->taken)) * GST_USECOND,
      .silent = (GstClockTime) (now - track->arrival) * GST_USECOND};
  CallMetersCounts counts = track->remote;
  CallMeterSettings settings;
  GstStructure *structure;

  call_meter_settings_init (&settings);
  settings.rtt = round_trip;
  structure = whole ? call_meter_get_total (&track->meter, &settings, &span)
                    : call_meter_take_interval (&track->meter, &settings, &span);
  if (!whole) {
    counts.expected -= track->taken_remote.expected;
    counts.lost -= track->taken_remote.lost;
    track->taken_remote = track->remote;
    track->taken = now;
  }
  if (track->name.sent && !whole && counts.expected > 0)
    grade_sent (track, &counts);
  if (track->name.sent)
    add_remote (track, &counts, structure);
  gst_structure_set (structure, "direction", G_TYPE_STRING, track->name.sent ? "send" : "receive", "track", G_TYPE_UINT,
      track->name.index, "duration", G_TYPE_UINT64, span.duration, "final", G_TYPE_BOOLEAN, whole, NULL);
  return structure;
}

static GPtrArray *
collect (CallMeters *self, gboolean whole)
{
  GPtrArray *structures = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  GstClockTime round_trip;

  g_mutex_lock (&self->lock);
  round_trip = find_round_trip (self);
  for (guint i = 0; i < self->tracks->len; i++) {
    CallTrackMeter *track = g_ptr_array_index (self->tracks, i);
    if (track->named && track->begun != 0)
      g_ptr_array_add (structures, describe (track, round_trip, whole));
  }
  g_mutex_unlock (&self->lock);
  return structures;
}

GPtrArray *
call_meters_take_intervals (CallMeters *self)
{
  return collect (self, FALSE);
}

GPtrArray *
call_meters_get_totals (CallMeters *self)
{
  return collect (self, TRUE);
}
