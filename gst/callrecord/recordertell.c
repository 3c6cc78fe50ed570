/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What is said about a file: messages, manifests, figures.
 *
 *   begun -------------> figures, message "started" or "segment"
 *   a track joined ----> manifest "recording"
 *   ended -------------> figures; the finisher's thread: checksum, manifest, message "finished" or "failed"
 *
 * A checksum reads the whole file again. That is why it has a thread of its own: the recording goes on meanwhile. */

#include "gst/callrecord/recorderprivate.h"
#include "gst/core/recordname.h"

GST_DEBUG_CATEGORY_EXTERN (callrecord_debug);
#define GST_CAT_DEFAULT callrecord_debug

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

void
recorder_tell_joined (const Recorder *self, const RecorderOutput *output)
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
set_figures (Recorder *self, const RecorderOutput *output, gboolean begins)
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

void
recorder_tell_ended (Recorder *self, RecorderOutput *output, const char *state, const char *reason)
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
  set_figures (self, output, FALSE);
}

void
recorder_tell_begun (Recorder *self, const RecorderOutput *output)
{
  set_figures (self, output, TRUE);
  self->callbacks.message (make_message (output, output->segment == 1 ? "started" : "segment", NULL), self->user_data);
}

void
recorder_tell_figures (Recorder *self, const RecorderOutput *output)
{
  set_figures (self, output, FALSE);
}

void
recorder_tell_not_begun (Recorder *self, const RecorderOutput *output, const char *path, const GError *error)
{
  GstStructure *message = gst_structure_new ("call-recording", "state", G_TYPE_STRING, "failed", "file", G_TYPE_STRING,
      path, "segment", G_TYPE_UINT, output->segment, "duration", G_TYPE_UINT64, (guint64) 0, "bytes", G_TYPE_UINT64,
      (guint64) 0, "reason", G_TYPE_STRING, error->message, NULL);

  self->callbacks.message (message, self->user_data);
}
