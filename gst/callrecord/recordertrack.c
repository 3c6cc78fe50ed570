/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One frame on its way into a file.
 *
 * All times are running times, until they are written: then they count from the file's first frame. Frames come here in
 * the order of their times (recordsequence.c), so when one is written, whatever another track lacks before it will not
 * come any more: that is when its silence is written, too, and a killed process loses no more silence than sound. */

#include "gst/callrecord/recorderprivate.h"
#include "gst/core/keyframe.h"
#include "gst/core/opuspacket.h"

#define PICTURE_GAP (1 * GST_SECOND)
#define SOUND_GAP (100 * GST_MSECOND)
#define SILENCE_LAG (200 * GST_MSECOND) /* jitter is not silence */
#define FILL_MAX (24 * 3600 * GST_SECOND)
#define END_FILL_MAX (30 * GST_SECOND)
#define KEY_UNIT_INTERVAL_US (500 * 1000)
#define SILENCE_NS (20 * GST_MSECOND)

void
recorder_track_free (RecorderTrack *track)
{
  g_clear_pointer (&track->format.private_data, g_bytes_unref);
  g_clear_pointer (&track->quality, gst_structure_free);
  g_free (track->name);
  g_free (track->call_id);
  g_free (track->peer);
  g_free (track->peer_name);
  g_free (track);
}

static void
ask_key_unit (Recorder *self, RecorderTrack *track)
{
  gint64 now = g_get_monotonic_time ();

  if (now - track->key_asked < KEY_UNIT_INTERVAL_US)
    return;
  track->key_asked = now;
  self->callbacks.key_unit (track->index, self->user_data);
}

/* ---- sound ---- */

static gboolean
push_frame (Recorder *self, RecorderTrack *track, const RecordFileFrame *frame)
{
  g_autoptr (GError) error = NULL;

  if (record_file_push (track->output->file, frame, &error))
    return TRUE;
  recorder_output_failed (self, track->output, error);
  return FALSE;
}

/* One packet of silence, of at most @length; FALSE: there is none so short, or the file is gone. */
static gboolean
push_silence (Recorder *self, RecorderTrack *track, guint64 length)
{
  g_autofree guint8 *packet = g_malloc (OPUS_SILENCE_SIZE);
  guint64 duration = opus_packet_silence (track->format.channels, length, packet);
  guint64 time = track->sound.end - track->output->base;
  g_autoptr (GstBuffer) buffer = NULL;
  RecordFileFrame frame = {
      .track = track->number, .time = time, .decoding = time, .duration = duration, .keyframe = TRUE};

  if (duration == 0)
    return FALSE;
  buffer = gst_buffer_new_wrapped (g_steal_pointer (&packet), OPUS_SILENCE_SIZE);
  frame.buffer = buffer;
  record_sound_silence (&track->sound, duration);
  track->report->filled += duration;
  return push_frame (self, track, &frame);
}

/* A day of silence and more is not written: its packets alone would take minutes, and the time of what comes then says
 * enough. */
static gboolean
fill (Recorder *self, RecorderTrack *track, guint64 length)
{
  guint64 begin = track->sound.end;

  if (length >= SOUND_GAP)
    record_track_report_gap (track->report, begin - track->output->base, begin + length - track->output->base);
  if (length > FILL_MAX)
    track->sound.end += length;
  while (track->output->file != NULL && track->sound.end < begin + length
         && push_silence (self, track, begin + length - track->sound.end)) {
  }
  return track->output->file != NULL;
}

/* What others have in this file and @track is too late for is silent. */
static void
catch_up_others (Recorder *self, RecorderTrack *track, guint64 time)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    RecorderTrack *other = g_ptr_array_index (self->tracks, i);
    guint64 lacks;
    if (other == track || other->video || other->ended || other->call_over || other->number == 0
        || other->output != track->output)
      continue;
    lacks = record_sound_catch_up (&other->sound, time, SILENCE_LAG);
    if (lacks > 0 && !fill (self, other, lacks))
      return;
  }
}

/* ---- frames ---- */

static gboolean
is_keyframe (const RecorderTrack *track, GstBuffer *buffer)
{
  return !track->video || !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
}

static guint64
duration_of (const RecorderTrack *track, GstBuffer *buffer)
{
  GstMapInfo map;
  guint64 duration;

  if (track->video || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return 0;
  duration = opus_packet_duration (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  return duration;
}

/* A player that comes upon an empty frame, or upon one that is no Opus, may stop there. */
static gboolean
is_broken (const RecorderTrack *track, GstBuffer *buffer)
{
  return gst_buffer_get_size (buffer) == 0 || (!track->video && duration_of (track, buffer) == 0);
}

/* Caps often do not tell the size of an encoded picture, and it may change without them. */
static void
note_size (RecorderTrack *track, GstBuffer *buffer)
{
  guint width = track->format.width, height = track->format.height;
  GstMapInfo map;

  if (!track->video || !is_keyframe (track, buffer) || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  if (track->format.codec == RECORD_CODEC_VP8)
    keyframe_vp8_size (map.data, map.size, &width, &height);
  else if (track->format.codec == RECORD_CODEC_VP9)
    keyframe_vp9_size (map.data, map.size, &width, &height);
  gst_buffer_unmap (buffer, &map);
  track->format.width = width;
  track->format.height = height;
}

static void
report_frame (RecorderTrack *track, GstBuffer *buffer, guint64 time, guint64 end)
{
  RecordTrackReport *report = track->report;
  guint64 base = track->output->base;
  const RecordSize *size =
      report->sizes->len > 0 ? &g_array_index (report->sizes, RecordSize, report->sizes->len - 1) : NULL;

  if (report->frames == 0)
    report->begin = time - base;
  else if (track->video && time > track->last + PICTURE_GAP)
    record_track_report_gap (report, track->last - base, time - base);
  report->frames++;
  report->bytes += gst_buffer_get_size (buffer);
  report->end = MAX (report->end, end - base);
  if (track->video && is_keyframe (track, buffer)
      && (size == NULL || size->width != track->format.width || size->height != track->format.height))
    record_track_report_size (report, time - base, track->format.width, track->format.height);
}

/* TRUE: the packet goes into the file, behind the silence that belongs before it. */
static gboolean
place_sound (Recorder *self, RecorderTrack *track, guint64 time, guint64 duration)
{
  guint64 silence;

  if (record_sound_place (&track->sound, time, &silence) == RECORD_SOUND_DROP) {
    track->report->dropped++;
    recorder_learn_latency (self, track->sound.end - time);
    return FALSE;
  }
  if (silence > 0 && !fill (self, track, silence))
    return FALSE;
  record_sound_packet (&track->sound, duration);
  return TRUE;
}

static gboolean
is_wanted (Recorder *self, RecorderTrack *track, GstBuffer *buffer)
{
  if (!track->has_format || track->call_over || !GST_BUFFER_PTS_IS_VALID (buffer) || is_broken (track, buffer)
      || !recorder_output_is_awake (self, track->output))
    return FALSE;
  if (track->needs_key && !is_keyframe (track, buffer)) {
    ask_key_unit (self, track);
    return FALSE;
  }
  return TRUE;
}

static void
note_activity (Recorder *self, RecorderTrack *track, guint64 time)
{
  guint64 active = self->settings.has_idle_level ? recorder_last_sound (self) : time;

  track->output->active = MAX (track->output->active, active);
}

/* Files and other tracks go by the time of decoding, which is the order here: what is heard before a picture is shown
 * may still be on its way. */
void
recorder_track_frame (Recorder *self, RecorderTrack *track, GstBuffer *buffer)
{
  guint64 time = GST_BUFFER_PTS (buffer), decoding = recorder_order_of (buffer);
  guint64 duration = duration_of (track, buffer);
  RecordFileFrame frame = {.duration = duration, .keyframe = is_keyframe (track, buffer), .buffer = buffer};

  if (!is_wanted (self, track, buffer))
    return;
  note_size (track, buffer);
  if (!recorder_output_prepare (self, track, decoding, frame.keyframe))
    return;
  track->needs_key = FALSE;
  note_activity (self, track, time);
  catch_up_others (self, track, decoding);
  time = MAX (time, track->output->base); /* it may be a straggler */
  if (track->output->file == NULL || (!track->video && !place_sound (self, track, time, duration)))
    return;
  report_frame (track, buffer, time, time + duration);
  track->last = time;
  frame.track = track->number;
  frame.time = time - track->output->base;
  frame.decoding = decoding > track->output->base ? decoding - track->output->base : 0;
  push_frame (self, track, &frame);
}

void
recorder_track_end (Recorder *self, RecorderTrack *track, GstClockTime time)
{
  if (track->video || track->number == 0 || !GST_CLOCK_TIME_IS_VALID (time))
    return;
  if (time > track->sound.end + SILENCE_NS && time < track->sound.end + END_FILL_MAX)
    fill (self, track, (time - track->sound.end) / SILENCE_NS * SILENCE_NS);
}
