/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A fragment is half a second of media. It goes to the kernel in one writev, without a copy of the frames; then the
 * head is patched. What was handed to the kernel survives the process. Nothing is synced: a wait for the disk would
 * hold up the recording, and a loss of power takes the last seconds only.
 *
 * A fragment that did not fit on the disk is cut off again, so that the file ends as it did before. */

#include "gst/callrecord/recordfile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

GST_DEBUG_CATEGORY_EXTERN (callrecord_debug);
#define GST_CAT_DEFAULT callrecord_debug

#define FRAGMENT_TIME (500 * GST_MSECOND)
#define FRAGMENT_BYTES (16 * 1024 * 1024)
#define MAX_VECTORS 512
#define FOLDER_MODE 0777 /* the umask takes its part */
#define FILE_MODE 0666
#define DEFAULT_DURATION (33 * GST_MSECOND) /* of a picture that has no successor yet */
#define MAX_TRACKS 64

typedef struct
{
  RecordFrame frame;
  GstBuffer *buffer;
  GstMapInfo map;
} Held;

struct RecordFile
{
  char *path;
  int fd;
  const RecordContainer *container;
  gpointer muxer;
  RecordOutput output;
  guint n_tracks;
  GArray *held; /* (element-type Held): the fragment that is collected */
  gsize held_bytes;
  guint64 begin;                    /* of the fragment */
  guint64 distance[MAX_TRACKS + 1]; /* of the last two frames of a picture */
  guint64 bytes, duration;
  gboolean failed;
};

static void
held_clear (gpointer data)
{
  Held *held = data;

  gst_buffer_unmap (held->buffer, &held->map);
  gst_buffer_unref (held->buffer);
}

/* ---- to the disk ---- */

static gboolean
fail (RecordFile *self, GError **error)
{
  int number = errno;

  self->failed = TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number), "%s: %s", self->path, g_strerror (number));
  return FALSE;
}

/* All of it, whatever the kernel takes at a time. */
static gboolean
write_vectors (RecordFile *self, struct iovec *vectors, guint count, GError **error)
{
  while (count > 0) {
    ssize_t written = writev (self->fd, vectors, (int) count);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return fail (self, error);
    for (; count > 0 && (gsize) written >= vectors->iov_len; vectors++, count--)
      written -= vectors->iov_len;
    if (count > 0) {
      vectors->iov_base = (guint8 *) vectors->iov_base + written;
      vectors->iov_len -= written;
    }
  }
  return TRUE;
}

static gboolean
write_patch (RecordFile *self, const RecordPiece *piece, GError **error)
{
  gsize done = 0;

  while (done < piece->size) {
    ssize_t written =
        pwrite (self->fd, (const guint8 *) piece->data + done, piece->size - done, (off_t) (piece->offset + done));
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return fail (self, error);
    done += written;
  }
  return TRUE;
}

/* The pieces up to the next patch, @from..; returns how many they were. */
static guint
gather (const GArray *pieces, guint from, struct iovec *vectors)
{
  guint count = 0;

  for (; from + count < pieces->len && count < MAX_VECTORS; count++) {
    const RecordPiece *piece = &g_array_index (pieces, RecordPiece, from + count);
    if (piece->offset != RECORD_APPEND)
      break;
    vectors[count] = (struct iovec){(gpointer) piece->data, piece->size};
  }
  return count;
}

static gboolean
carry_out_pieces (RecordFile *self, GError **error)
{
  struct iovec vectors[MAX_VECTORS];

  for (guint i = 0; i < self->output.pieces->len;) {
    const RecordPiece *piece = &g_array_index (self->output.pieces, RecordPiece, i);
    guint count = gather (self->output.pieces, i, vectors);
    if (count == 0 && !write_patch (self, piece, error))
      return FALSE;
    if (count > 0 && !write_vectors (self, vectors, count, error))
      return FALSE;
    i += MAX (count, 1);
  }
  return TRUE;
}

static gboolean
carry_out (RecordFile *self, GError **error)
{
  gsize grows = record_output_appended (&self->output);
  gboolean done = carry_out_pieces (self, error);

  record_output_clear (&self->output);
  if (done)
    self->bytes += grows;
  else if (ftruncate (self->fd, (off_t) self->bytes) != 0 || lseek (self->fd, 0, SEEK_END) < 0)
    GST_WARNING ("%s: what was written of the last fragment stays: %s", self->path, g_strerror (errno));
  return done;
}

/* ---- public ---- */

static int
open_file (const char *path, gboolean overwrite, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = -1;

  if (g_mkdir_with_parents (folder, FOLDER_MODE) == 0)
    fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC | (overwrite ? O_TRUNC : O_EXCL), FILE_MODE);
  if (fd < 0) {
    int number = errno;
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number), "%s: %s", path, g_strerror (number));
  }
  return fd;
}

RecordFile *
record_file_new (
    const char *path, const RecordContainer *container, const RecordInfo *info, gboolean overwrite, GError **error)
{
  int fd = open_file (path, overwrite, error);
  RecordFile *self;

  if (fd < 0)
    return NULL;
  self = g_new0 (RecordFile, 1);
  self->path = g_strdup (path);
  self->fd = fd;
  self->container = container;
  self->held = g_array_new (FALSE, FALSE, sizeof (Held));
  g_array_set_clear_func (self->held, held_clear);
  record_output_init (&self->output);
  self->muxer = container->start (info, &self->output);
  if (!carry_out (self, error)) {
    if (!overwrite) /* then it is ours: an empty file helps nobody */
      g_unlink (path);
    g_clear_pointer (&self, record_file_free);
  }
  return self;
}

void
record_file_free (RecordFile *self)
{
  if (self->fd >= 0)
    g_close (self->fd, NULL);
  g_array_unref (self->held);
  record_output_free (&self->output);
  self->container->free (self->muxer);
  g_free (self->path);
  g_free (self);
}

guint
record_file_add_track (RecordFile *self, const RecordTrack *track, GError **error)
{
  RecordTrack numbered = *track;

  numbered.number = self->n_tracks + 1;
  if (numbered.number > MAX_TRACKS || !self->container->add_track (self->muxer, &numbered, &self->output))
    return 0;
  if (!carry_out (self, error))
    return 0;
  return ++self->n_tracks;
}

/* A picture lasts until the next of its track, which may be in another fragment: then as long as the one before. */
static void
set_durations (RecordFile *self)
{
  guint64 next[MAX_TRACKS + 1] = {0};

  for (guint i = self->held->len; i-- > 0;) {
    RecordFrame *frame = &g_array_index (self->held, Held, i).frame;
    guint64 after = next[frame->track];
    next[frame->track] = frame->time;
    if (frame->duration > 0)
      continue;
    if (after > frame->time)
      self->distance[frame->track] = after - frame->time;
    frame->duration = self->distance[frame->track] > 0 ? self->distance[frame->track] : DEFAULT_DURATION;
  }
}

static void
release_held (RecordFile *self)
{
  g_array_set_size (self->held, 0);
  self->held_bytes = 0;
}

gboolean
record_file_flush (RecordFile *self, GError **error)
{
  g_autofree RecordFrame *frames = NULL;
  gboolean done;

  if (self->failed || self->held->len == 0) {
    release_held (self);
    return TRUE;
  }
  set_durations (self);
  frames = g_new (RecordFrame, self->held->len);
  for (guint i = 0; i < self->held->len; i++) {
    frames[i] = g_array_index (self->held, Held, i).frame;
    self->duration = MAX (self->duration, frames[i].time + frames[i].duration);
  }
  self->container->fragment (self->muxer, frames, self->held->len, &self->output);
  done = carry_out (self, error);
  release_held (self);
  return done;
}

gboolean
record_file_push (RecordFile *self, const RecordFileFrame *frame, GError **error)
{
  Held held = {.frame = {.track = frame->track,
                   .time = frame->time,
                   .decoding = frame->decoding,
                   .duration = frame->duration,
                   .keyframe = frame->keyframe}};

  if (self->failed)
    return TRUE;
  if (self->held->len > 0 && (frame->decoding >= self->begin + FRAGMENT_TIME || self->held_bytes >= FRAGMENT_BYTES)
      && !record_file_flush (self, error))
    return FALSE;
  if (!gst_buffer_map (frame->buffer, &held.map, GST_MAP_READ))
    return TRUE;
  held.buffer = gst_buffer_ref (frame->buffer);
  held.frame.data = held.map.data;
  held.frame.size = held.map.size;
  if (self->held->len == 0)
    self->begin = frame->decoding;
  g_array_append_val (self->held, held);
  self->held_bytes += held.map.size;
  return TRUE;
}

gboolean
record_file_close (RecordFile *self, GError **error)
{
  gboolean done = record_file_flush (self, error);

  if (done && !self->failed) {
    self->container->finish (self->muxer, &self->output);
    done = carry_out (self, error);
  }
  /* Some file systems tell only here that something did not fit. */
  if (close (self->fd) != 0 && done)
    done = fail (self, error);
  self->fd = -1;
  return done;
}

const char *
record_file_get_path (const RecordFile *self)
{
  return self->path;
}

guint64
record_file_get_bytes (const RecordFile *self)
{
  return self->bytes + self->held_bytes;
}

guint64
record_file_get_duration (const RecordFile *self)
{
  guint64 duration = self->duration;

  for (guint i = 0; i < self->held->len; i++) {
    const RecordFrame *frame = &g_array_index (self->held, Held, i).frame;
    duration = MAX (duration, frame->time + frame->duration);
  }
  return duration;
}
