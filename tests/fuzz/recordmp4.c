/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/recordcontainer.h"
#include "tests/core/boxwalk.h"

/* Tracks and frames of any kind, in any order. Each 24 bytes are a track, a frame, or the end of a fragment. The boxes
 * nest exactly, and each fragment's samples fill its mdat. */

#define RECORD 24
#define MAX_FRAMES 64

typedef struct
{
  const RecordContainer *container;
  gpointer self;
  RecordOutput output;
  GByteArray *file;
  guint tracks;
  RecordFrame frames[MAX_FRAMES];
  guint n_frames;
} Recording;

static void
apply (Recording *recording)
{
  output_apply (recording->file, &recording->output);
}

static void
flush (Recording *recording)
{
  if (recording->n_frames == 0)
    return;
  recording->container->fragment (recording->self, recording->frames, recording->n_frames, &recording->output);
  recording->n_frames = 0;
  apply (recording);
}

static void
add_track (Recording *recording, const uint8_t *data)
{
  g_autofree char *name = g_strndup ((const char *) data + 10, RECORD - 10);
  g_autoptr (GBytes) private_data = data[9] & 1 ? g_bytes_new (data, data[9] & 2 ? RECORD : 3) : NULL;
  RecordTrack track = {.number = recording->tracks + 1, .codec = data[1] % 4, .name = name};
  track.width = data[2] << 12 | data[3];
  track.height = data[4] << 12 | data[5];
  track.channels = data[6];
  track.codec_delay = (guint64) data[7] << (data[8] % 64);
  track.private_data = private_data;
  flush (recording);
  gsize size = recording->file->len;
  if (recording->container->add_track (recording->self, &track, &recording->output))
    recording->tracks++;
  else
    FUZZ_ASSERT (recording->output.pieces->len == 0);
  apply (recording);
  FUZZ_ASSERT (recording->file->len == size);
}

static void
add_frame (Recording *recording, const uint8_t *data)
{
  RecordFrame *frame = &recording->frames[recording->n_frames++];
  *frame = (RecordFrame){.track = data[1] % 8, .keyframe = data[2] & 1, .data = data, .size = data[3] % RECORD};
  frame->time = box_number (data + 4, 8) >> (data[2] >> 2);
  frame->decoding = data[2] & 2 ? frame->time : box_number (data + 12, 8) >> (data[2] >> 2);
  frame->duration = box_number (data + 20, 4);
  if (recording->n_frames == MAX_FRAMES)
    flush (recording);
}

static guint64
run_size (Box run)
{
  guint32 fields = (guint32) box_number (run.data + 1, 3);
  gsize entry = 8 + (fields & 0x400 ? 4 : 0) + (fields & 0x800 ? 4 : 0);
  guint64 size = 0, n = box_number (run.data + 4, 4);
  FUZZ_ASSERT (run.size == 12 + n * entry);
  for (guint64 i = 0; i < n; i++)
    size += box_number (run.data + 12 + i * entry + 4, 4);
  return size;
}

static void
check (const Recording *recording)
{
  const guint8 *data = recording->file->data;
  gsize left = recording->file->len;
  Box box, run;
  FUZZ_ASSERT (boxes_nest (data, left));
  for (guint64 size = 0; box_take (&data, &left, &box);) {
    if (strcmp (box.type, "moof") == 0) {
      size = 0;
      for (guint i = 0; i < recording->tracks; i++) {
        g_autofree char *path = g_strdup_printf ("traf:%u/trun", i);
        size += box_find (box.data, box.size, path, 0, &run) ? run_size (run) : 0;
      }
    }
    FUZZ_ASSERT (strcmp (box.type, "mdat") != 0 || size == box.size);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Recording recording = {.container = record_container_find ("mp4"), .file = g_byte_array_new ()};
  RecordInfo info = {.started = size > 8 ? (gint64) box_number (data, 8) : 0, .title = "title"};
  record_output_init (&recording.output);
  recording.self = recording.container->start (&info, &recording.output);
  apply (&recording);
  for (; size >= RECORD; data += RECORD, size -= RECORD) {
    if (data[0] % 16 == 0)
      add_track (&recording, data);
    else if (data[0] % 16 == 1)
      flush (&recording);
    else
      add_frame (&recording, data);
  }
  flush (&recording);
  recording.container->finish (recording.self, &recording.output);
  apply (&recording);
  check (&recording);
  recording.container->free (recording.self);
  record_output_free (&recording.output);
  g_byte_array_unref (recording.file);
  return 0;
}
