/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Files: when one begins, when the next one does, which tracks are in it. What is said about it: recordertell.c.
 *
 *   frame of a track that no file is open for ----> open: name, head, manifest "recording", message "started"
 *   another call; a codec that a track cannot change to; max-size, max-duration, split at a keyframe
 *       -------> close, and open the next: message "segment"
 *   idle, EOS, the end of the element -----------> close
 *   close: last fragment, index, message "finished" */

#include "gst/callrecord/recorderprivate.h"
#include "gst/core/recordname.h"

#define FLUSH_INTERVAL_US G_USEC_PER_SEC
#define MAX_NUMBER 9999 /* of a name that is taken */
#define NOT_BEFORE_NS (10 * GST_MSECOND)
#define OFF_AFTER (5 * GST_SECOND) /* of a picture */

/* ---- the end of a file ---- */

/* @goes_on: the next file begins with the frame after the last one of this; else with pictures that stand alone. */
static void
leave_file (Recorder *self, RecorderOutput *output, gboolean goes_on)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    RecorderTrack *track = g_ptr_array_index (self->tracks, i);
    if (track->output == output) {
      track->number = 0;
      track->report = NULL;
      track->needs_key |= track->video && !goes_on;
    }
  }
  g_clear_pointer (&output->file, record_file_free);
  g_clear_pointer (&output->call_id, g_free);
  g_ptr_array_set_size (output->reports, 0);
  output->split_asked = FALSE;
}

void
recorder_output_failed (Recorder *self, RecorderOutput *output, const GError *error)
{
  recorder_tell_ended (self, output, "failed", error->message);
  leave_file (self, output, FALSE);
  recorder_fail (self, error);
}

static void
close_file (Recorder *self, RecorderOutput *output, const char *reason, gboolean goes_on)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *failure = NULL;

  if (output->file == NULL)
    return;
  if (!record_file_close (output->file, &error)) {
    recorder_output_failed (self, output, error);
    return;
  }
  failure = recorder_get_failure (self); /* of another file */
  recorder_tell_ended (self, output, failure != NULL ? "failed" : "finished", failure != NULL ? failure : reason);
  leave_file (self, output, goes_on);
}

void
recorder_output_close (Recorder *self, RecorderOutput *output, const char *reason)
{
  close_file (self, output, reason, FALSE);
}

/* The next call has a first file of its own. */
static void
close_call (Recorder *self, RecorderOutput *output, const char *reason)
{
  recorder_output_close (self, output, reason);
  output->segment = 0;
}

void
recorder_output_call_ended (Recorder *self, RecorderOutput *output)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    const RecorderTrack *track = g_ptr_array_index (self->tracks, i);
    if (track->output == output && track->number > 0 && !track->call_over && !track->ended)
      return;
  }
  close_call (self, output, "call-ended");
}

/* ---- the beginning of a file ---- */

static char *
make_path (const Recorder *self, const RecorderOutput *output, const RecorderTrack *track)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (output->wall / G_USEC_PER_SEC);
  const RecorderSettings *settings = &self->settings;
  RecordNameValues values = {
      .call_id = settings->call_id != NULL ? settings->call_id : track->call_id,
      .peer = settings->peer != NULL ? settings->peer : track->peer,
      .peer_name = settings->peer_name != NULL ? settings->peer_name : track->peer_name,
      .track = output->track_name,
      .segment = output->segment,
      .started = output->wall,
      .utc_offset = local != NULL ? (gint) (g_date_time_get_utc_offset (local) / G_USEC_PER_SEC) : 0,
  };

  return record_name_expand (settings->location, &values);
}

/* The manifest of another recording is not to be lost, either. */
static gboolean
has_manifest (const Recorder *self, const char *path)
{
  g_autofree char *manifest = record_name_extension (path, "json");

  return self->settings.manifest && g_file_test (manifest, G_FILE_TEST_EXISTS);
}

/* NULL with G_FILE_ERROR_EXIST: the name is taken. */
static RecordFile *
try_file (const Recorder *self, const char *path, const RecordInfo *info, GError **error)
{
  gboolean overwrite = self->settings.overwrite && !g_hash_table_contains (self->paths, path);

  if (overwrite || !has_manifest (self, path))
    return record_file_new (path, self->settings.container, info, overwrite, error);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "%s has a manifest", path);
  return NULL;
}

/* A name that is taken gets a number, so that no recording is ever lost to another. */
static RecordFile *
open_file (const Recorder *self, const char *path, const RecordInfo *info, GError **error)
{

  for (guint number = 1;; number++) {
    g_autoptr (GError) local = NULL;
    g_autofree char *name = number == 1 ? g_strdup (path) : record_name_number (path, number);
    RecordFile *file = try_file (self, name, info, &local);
    if (file != NULL) {
      g_hash_table_add (self->paths, g_steal_pointer (&name));
      return file;
    }
    if (!g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_EXIST) || number == MAX_NUMBER) {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  }
}

/* When the frame of running time @time was, by the wall clock. */
static gint64
wall_clock_of (Recorder *self, guint64 time)
{
  GstClockTime now = self->callbacks.now (self->user_data);

  if (!recorder_is_live (self) || !GST_CLOCK_TIME_IS_VALID (now))
    return g_get_real_time ();
  return g_get_real_time () - (gint64) GST_TIME_AS_USECONDS (GST_CLOCK_DIFF (time, now));
}

static void
fail_without_file (Recorder *self, const RecorderOutput *output, const char *path, const GError *error)
{
  recorder_tell_not_begun (self, output, path, error);
  recorder_fail (self, error);
}

/* Files of single tracks have one beginning: that of the first of them. */
static guint64
first_of_call (Recorder *self, const RecorderOutput *output, guint64 time)
{
  for (guint i = 0; i < self->outputs->len; i++) {
    const RecorderOutput *other = g_ptr_array_index (self->outputs, i);
    if (other != output && other->file != NULL)
      time = MIN (time, other->first);
  }
  return time;
}

static gboolean
is_last_file (const Recorder *self, const RecorderOutput *output)
{
  return self->settings.max_files > 0 && output->files >= self->settings.max_files;
}

static gboolean
open_next (Recorder *self, RecorderTrack *track, guint64 time)
{
  RecorderOutput *output = track->output;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  RecordInfo info = {.application = "GstCall " VERSION};

  if (is_last_file (self, output)) {
    recorder_set_done (self);
    return FALSE;
  }
  output->segment++;
  output->files++;
  output->base = output->track_name != NULL && output->segment == 1 ? first_of_call (self, output, time) : time;
  output->first = output->segment == 1 ? output->base : output->first;
  output->active = MAX (output->active, output->base);
  output->wall = info.started = wall_clock_of (self, output->base);
  output->call_id = g_strdup (self->settings.call_id != NULL ? self->settings.call_id : track->call_id);
  info.title = output->call_id;
  path = make_path (self, output, track);
  output->file = open_file (self, path, &info, &error);
  if (output->file == NULL) {
    fail_without_file (self, output, path, error);
    return FALSE;
  }
  output->flushed = g_get_monotonic_time ();
  output->split_asked = FALSE; /* of the file before */
  recorder_tell_begun (self, output);
  return TRUE;
}

/* ---- tracks of a file ---- */

static void
begin_report (Recorder *self, RecorderTrack *track)
{
  static const char *const codecs[] = {"opus", "vp8", "vp9", "h264"};
  RecordTrackReport *report = record_track_report_new (track->name);
  const RecorderSettings *settings = &self->settings;

  report->number = track->number;
  report->video = track->video;
  report->codec = codecs[track->format.codec];
  report->channels = track->format.channels;
  report->peer = g_strdup (settings->peer != NULL ? settings->peer : track->peer);
  report->peer_name = g_strdup (settings->peer_name != NULL ? settings->peer_name : track->peer_name);
  track->report = report;
  g_ptr_array_add (track->output->reports, report);
}

/* FALSE: the file is gone, or has no room. */
static gboolean
join_file (Recorder *self, RecorderTrack *track)
{
  RecorderOutput *output = track->output;
  g_autoptr (GError) error = NULL;
  const char *peer = track->peer_name != NULL ? track->peer_name : track->peer;
  g_autofree char *name = g_strdup_printf ("%s%s%s", peer != NULL ? peer : "", peer != NULL ? " " : "", track->name);

  track->format.name = name;
  track->number = record_file_add_track (output->file, &track->format, &error);
  track->format.name = NULL;
  if (error != NULL)
    recorder_output_failed (self, output, error);
  if (track->number == 0)
    return FALSE;
  track->format_changed = FALSE;
  begin_report (self, track);
  /* Silence belongs to a file from its beginning on; what is before it is in another. */
  if (track->sound.begun)
    track->sound.end = MAX (track->sound.end, output->base);
  else if (output->track_name != NULL)
    track->sound = (RecordSound){.begun = TRUE, .end = output->base};
  recorder_tell_joined (self, output);
  return TRUE;
}

/* In a file that was begun for it. */
static gboolean
join_new_file (Recorder *self, RecorderTrack *track)
{
  g_autoptr (GError) error = NULL;

  if (join_file (self, track))
    return TRUE;
  if (track->output->file == NULL)
    return FALSE;
  error = g_error_new (
      GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "what %s needs in the head of a file has no room there", track->name);
  recorder_output_failed (self, track->output, error);
  return FALSE;
}

/* A file without a picture can be split anywhere, one with pictures at the keyframes of its first one; a camera that is
 * off does not keep the file open. */
static gboolean
can_split_at (const Recorder *self, const RecorderTrack *track, guint64 time, gboolean keyframe)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    const RecorderTrack *other = g_ptr_array_index (self->tracks, i);
    gboolean off = other != track && time > other->last && time - other->last > OFF_AFTER;
    if (other->video && other->number > 0 && !other->ended && !off && other->output == track->output)
      return other == track && keyframe;
  }
  return TRUE;
}

static const char *
limit_reached (Recorder *self, const RecorderOutput *output, guint64 time)
{
  const RecorderSettings *settings = &self->settings;

  if (output->split_asked)
    return "split";
  if (settings->max_size > 0 && record_file_get_bytes (output->file) >= settings->max_size)
    return "max-size";
  if (settings->max_duration > 0 && time >= output->base && time - output->base >= settings->max_duration)
    return "max-duration";
  return NULL;
}

static void
ask_key_units (Recorder *self, const RecorderOutput *output)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < self->tracks->len; i++) {
    RecorderTrack *track = g_ptr_array_index (self->tracks, i);
    if (!track->video || track->output != output || track->number == 0 || now - track->key_asked < G_USEC_PER_SEC)
      continue;
    track->key_asked = now;
    self->callbacks.key_unit (track->index, self->user_data);
  }
}

static gboolean
is_other_call (const Recorder *self, const RecorderTrack *track)
{
  const char *call_id = track->output->call_id;

  return call_id != NULL && track->call_id != NULL && self->settings.call_id == NULL
         && !g_str_equal (call_id, track->call_id);
}

/* Why the frame belongs into another file of its call; NULL: it does not. */
static const char *
wants_next (Recorder *self, const RecorderTrack *track, guint64 time, gboolean keyframe)
{
  const RecorderOutput *output = track->output;
  const char *limit;

  if (track->number > 0 && track->format_changed)
    return "format";
  limit = limit_reached (self, output, time);
  if (limit == NULL || is_last_file (self, output) || can_split_at (self, track, time, keyframe))
    return limit;
  ask_key_units (self, output);
  return NULL;
}

/* A file that would be idle as soon as it began: the rest of what came before a pause, which an encoder lets go when
 * the pause is over. */
static gboolean
is_stale (Recorder *self, guint64 time)
{
  guint64 timeout = self->settings.idle_timeout, now = timeout > 0 ? recorder_horizon (self, 0) : 0;

  return timeout > 0 && now > time && now - time >= timeout;
}

gboolean
recorder_output_prepare (Recorder *self, RecorderTrack *track, guint64 time, gboolean keyframe)
{
  RecorderOutput *output = track->output;
  const char *reason = output->file != NULL ? wants_next (self, track, time, keyframe) : NULL;

  if (is_other_call (self, track))
    close_call (self, output, "call");
  else if (reason != NULL)
    close_file (self, output, reason, track->video && !g_str_equal (reason, "format"));
  if (track->needs_key && !keyframe)
    return FALSE;
  if (output->file == NULL && is_stale (self, time))
    return FALSE;
  if (output->file == NULL && (recorder_is_done (self) || !open_next (self, track, time)))
    return FALSE;
  /* A straggler of a track that was behind when the file began. */
  if (time + NOT_BEFORE_NS < output->base)
    return FALSE;
  if (track->number > 0 || join_file (self, track))
    return TRUE;
  if (output->file == NULL)
    return FALSE;
  recorder_output_close (self, output, "tracks");
  return open_next (self, track, time) && join_new_file (self, track);
}

gboolean
recorder_output_is_awake (Recorder *self, RecorderOutput *output)
{
  output->resting = output->resting && recorder_last_sound (self) <= output->active;
  return !output->resting;
}

void
recorder_output_tick (Recorder *self, RecorderOutput *output, guint64 now)
{
  gint64 clock = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  if (output->file == NULL)
    return;
  recorder_tell_figures (self, output);
  if (clock - output->flushed >= FLUSH_INTERVAL_US) {
    output->flushed = clock;
    if (!record_file_flush (output->file, &error)) {
      recorder_output_failed (self, output, error);
      return;
    }
  }
  if (self->settings.idle_timeout == 0 || now < output->active || now - output->active < self->settings.idle_timeout)
    return;
  recorder_output_close (self, output, "idle");
  output->resting = self->settings.has_idle_level;
  if (is_last_file (self, output))
    recorder_set_done (self);
}

RecorderOutput *
recorder_output_for (Recorder *self, RecorderTrack *track)
{
  gboolean own = record_name_has (self->settings.location, "track");
  RecorderOutput *output;

  if (!own && self->outputs->len > 0)
    return g_ptr_array_index (self->outputs, 0);
  output = g_new0 (RecorderOutput, 1);
  output->track_name = own ? g_strdup (track->name) : NULL;
  output->reports = g_ptr_array_new_with_free_func ((GDestroyNotify) record_track_report_free);
  g_ptr_array_add (self->outputs, output);
  return output;
}

void
recorder_output_free (RecorderOutput *output)
{
  g_clear_pointer (&output->file, record_file_free);
  g_ptr_array_unref (output->reports);
  g_free (output->track_name);
  g_free (output->call_id);
  g_free (output);
}
