/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Files: when one begins, when the next one does, what is said about it.
 *
 *   frame of a track that no file is open for ----> open: name, head, manifest "recording", message "started"
 *   another call; a codec that a track cannot change to; max-size, max-duration, split at a keyframe
 *       -------> close, and open the next: message "segment"
 *   idle, EOS, the end of the element -----------> close
 *   close: last fragment, index ---> finisher's thread: checksum, manifest, message "finished"
 *
 * A checksum reads the whole file again. That is why it has a thread of its own: the recording goes on meanwhile. */

#include <string.h>

#include "gst/callrecord/recorderprivate.h"
#include "gst/core/recordname.h"

#define FLUSH_INTERVAL_US G_USEC_PER_SEC
#define MAX_NUMBER 9999 /* of a name that is taken */
#define NOT_BEFORE_NS (10 * GST_MSECOND)

typedef struct
{
  JsonObject *manifest; /* NULL: none is wanted */
  char *manifest_path, *path;
  GstStructure *message;
} FinishJob;

/* ---- the finisher's thread ---- */

static void
write_manifest (JsonObject *manifest, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (!record_manifest_write (manifest, path, &error))
    GST_WARNING ("no manifest: %s", error->message);
}

void
recorder_finish_job (gpointer data, gpointer recorder)
{
  FinishJob *job = data;
  Recorder *self = recorder;

  if (job->manifest != NULL) {
    record_manifest_add_checksum (job->manifest, job->path);
    write_manifest (job->manifest, job->manifest_path);
    json_object_unref (job->manifest);
  }
  self->callbacks.message (job->message, self->user_data);
  g_free (job->manifest_path);
  g_free (job->path);
  g_free (job);
}

/* ---- words about a file ---- */

static GstStructure *
make_message (const RecorderOutput *output, const char *state, const char *reason)
{
  GstStructure *structure = gst_structure_new ("call-recording", "state", G_TYPE_STRING, state, "file", G_TYPE_STRING,
      record_file_get_path (output->file), "segment", G_TYPE_UINT, output->segment, "duration", G_TYPE_UINT64,
      record_file_get_duration (output->file), "bytes", G_TYPE_UINT64, record_file_get_bytes (output->file), NULL);

  if (reason != NULL)
    gst_structure_set (structure, "reason", G_TYPE_STRING, reason, NULL);
  if (output->call_id != NULL)
    gst_structure_set (structure, "call-id", G_TYPE_STRING, output->call_id, NULL);
  if (output->track_name != NULL)
    gst_structure_set (structure, "track", G_TYPE_STRING, output->track_name, NULL);
  return structure;
}

static JsonObject *
make_manifest (const Recorder *self, const RecorderOutput *output, const char *state, const char *reason)
{
  RecordManifest manifest = {
      .path = record_file_get_path (output->file),
      .container = self->settings.container->name,
      .media_type = self->settings.container->media_type,
      .state = state,
      .reason = reason,
      .call_id = output->call_id,
      .segment = output->segment,
      .started = output->wall,
      .duration = record_file_get_duration (output->file),
      .bytes = record_file_get_bytes (output->file),
      .tracks = output->reports,
  };

  return record_manifest_build (&manifest);
}

static char *
manifest_path (const RecorderOutput *output)
{
  return record_name_extension (record_file_get_path (output->file), "json");
}

static void
write_running_manifest (const Recorder *self, const RecorderOutput *output)
{
  g_autoptr (JsonObject) manifest = NULL;
  g_autofree char *path = NULL;

  if (!self->settings.manifest)
    return;
  manifest = make_manifest (self, output, "recording", NULL);
  path = manifest_path (output);
  write_manifest (manifest, path);
}

static void
note_figures (Recorder *self, const RecorderOutput *output, gboolean begins)
{
  g_mutex_lock (&self->lock);
  self->figures.files += begins;
  self->figures.duration = record_file_get_duration (output->file);
  self->figures.bytes = record_file_get_bytes (output->file);
  if (begins) {
    g_free (self->figures.file);
    self->figures.file = g_strdup (record_file_get_path (output->file));
  }
  g_mutex_unlock (&self->lock);
}

/* ---- the end of a file ---- */

static void
leave_file (Recorder *self, RecorderOutput *output)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    RecorderTrack *track = g_ptr_array_index (self->tracks, i);
    if (track->output == output) {
      track->number = 0;
      track->report = NULL;
    }
  }
  g_clear_pointer (&output->file, record_file_free);
  g_clear_pointer (&output->call_id, g_free);
  g_ptr_array_set_size (output->reports, 0);
  output->split_asked = FALSE;
}

/* The last word of each track's call-quality, while the tracks still know their reports. */
static void
collect_quality (Recorder *self, const RecorderOutput *output)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    RecorderTrack *track = g_ptr_array_index (self->tracks, i);
    if (track->output == output && track->report != NULL && track->quality != NULL && track->report->quality == NULL)
      track->report->quality = gst_structure_copy (track->quality);
  }
}

static void
hand_to_finisher (Recorder *self, RecorderOutput *output, const char *state, const char *reason)
{
  FinishJob *job = g_new0 (FinishJob, 1);

  collect_quality (self, output);
  job->path = g_strdup (record_file_get_path (output->file));
  job->message = make_message (output, state, reason);
  if (self->settings.manifest) {
    job->manifest_path = manifest_path (output);
    job->manifest = make_manifest (self, output, state, reason);
    gst_structure_set (job->message, "manifest", G_TYPE_STRING, job->manifest_path, NULL);
  }
  g_thread_pool_push (self->finisher, job, NULL);
}

void
recorder_output_failed (Recorder *self, RecorderOutput *output, const GError *error)
{
  hand_to_finisher (self, output, "failed", error->message);
  note_figures (self, output, FALSE);
  leave_file (self, output);
  recorder_set_done (self, TRUE);
  self->callbacks.error (error, self->user_data);
}

void
recorder_output_close (Recorder *self, RecorderOutput *output, const char *reason)
{
  g_autoptr (GError) error = NULL;

  if (output->file == NULL)
    return;
  if (!record_file_close (output->file, &error)) {
    recorder_output_failed (self, output, error);
    return;
  }
  hand_to_finisher (self, output, "finished", reason);
  note_figures (self, output, FALSE);
  leave_file (self, output);
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

/* A name that is taken gets a number, so that no recording is ever lost to another. */
static RecordFile *
open_file (const Recorder *self, const char *path, const RecordInfo *info, GError **error)
{
  const RecorderSettings *settings = &self->settings;

  for (guint number = 1;; number++) {
    g_autoptr (GError) local = NULL;
    g_autofree char *name = number == 1 ? g_strdup (path) : record_name_number (path, number);
    RecordFile *file = record_file_new (name, settings->container, info, settings->overwrite, &local);
    if (file != NULL)
      return file;
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
  GstStructure *message = gst_structure_new ("call-recording", "state", G_TYPE_STRING, "failed", "file", G_TYPE_STRING,
      path, "segment", G_TYPE_UINT, output->segment, "duration", G_TYPE_UINT64, (guint64) 0, "bytes", G_TYPE_UINT64,
      (guint64) 0, "reason", G_TYPE_STRING, error->message, NULL);

  self->callbacks.message (message, self->user_data);
  recorder_set_done (self, TRUE);
  self->callbacks.error (error, self->user_data);
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
    recorder_set_done (self, FALSE);
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
  note_figures (self, output, TRUE);
  self->callbacks.message (make_message (output, output->segment == 1 ? "started" : "segment", NULL), self->user_data);
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
  write_running_manifest (self, output);
  return TRUE;
}

/* A file without a picture can be split anywhere, one with pictures at the keyframes of its first one. */
static gboolean
can_split_at (const Recorder *self, const RecorderTrack *track, gboolean keyframe)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    const RecorderTrack *other = g_ptr_array_index (self->tracks, i);
    if (other->video && other->number > 0 && !other->ended && other->output == track->output)
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
  if (settings->max_duration > 0 && time >= output->base + settings->max_duration)
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
  if (limit == NULL || is_last_file (self, output) || can_split_at (self, track, keyframe))
    return limit;
  ask_key_units (self, output);
  return NULL;
}

gboolean
recorder_output_prepare (Recorder *self, RecorderTrack *track, guint64 time, gboolean keyframe)
{
  RecorderOutput *output = track->output;
  const char *reason = output->file != NULL ? wants_next (self, track, time, keyframe) : NULL;

  if (is_other_call (self, track))
    close_call (self, output, "call");
  else if (reason != NULL)
    recorder_output_close (self, output, reason);
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
  return open_next (self, track, time) && join_file (self, track);
}

void
recorder_output_tick (Recorder *self, RecorderOutput *output, guint64 now)
{
  gint64 clock = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  if (output->file == NULL)
    return;
  note_figures (self, output, FALSE);
  if (clock - output->flushed >= FLUSH_INTERVAL_US) {
    output->flushed = clock;
    if (!record_file_flush (output->file, &error)) {
      recorder_output_failed (self, output, error);
      return;
    }
  }
  if (self->settings.idle_timeout == 0 || now < output->active + self->settings.idle_timeout)
    return;
  recorder_output_close (self, output, "idle");
  if (is_last_file (self, output))
    recorder_set_done (self, FALSE);
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
