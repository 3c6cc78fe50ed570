/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What recordmp4.c writes, read by boxwalk.h: the structure, every sample, and the head after each single write. What
 * players make of it is tests/record's matter. */

#include "gst/core/recordcontainer.h"
#include "tests/core/boxwalk.h"

#define MS G_GUINT64_CONSTANT (1000000)
#define SECOND (1000 * MS)

typedef struct
{
  const RecordContainer *container;
  gpointer self;
  RecordOutput output;
  GByteArray *file;
} Recording;

static void
recording_start (Recording *recording)
{
  RecordInfo info = {.started = 1700000000 * G_GINT64_CONSTANT (1000000), .title = "A call", .application = "a test"};
  recording->container = record_container_find ("mp4");
  g_assert_nonnull (recording->container);
  recording->file = g_byte_array_new ();
  record_output_init (&recording->output);
  recording->self = recording->container->start (&info, &recording->output);
  output_apply (recording->file, &recording->output);
}

static gboolean
recording_add (Recording *recording, RecordTrack track)
{
  gboolean added = recording->container->add_track (recording->self, &track, &recording->output);
  output_apply (recording->file, &recording->output);
  return added;
}

static void
recording_fragment (Recording *recording, const RecordFrame *frames, guint n_frames)
{
  guint before = recording->file->len;
  recording->container->fragment (recording->self, frames, n_frames, &recording->output);
  gsize grown = record_output_appended (&recording->output);
  output_apply (recording->file, &recording->output);
  g_assert_cmpuint (recording->file->len, ==, before + grown);
}

static void
recording_finish (Recording *recording)
{
  recording->container->finish (recording->self, &recording->output);
  output_apply (recording->file, &recording->output);
  g_assert_true (boxes_nest (recording->file->data, recording->file->len));
}

static void
recording_free (Recording *recording)
{
  recording->container->free (recording->self);
  record_output_free (&recording->output);
  g_byte_array_unref (recording->file);
}

static void
find (const Recording *recording, const char *path, guint n, Box *box)
{
  if (!box_find (recording->file->data, recording->file->len, path, n, box))
    g_error ("no %s", path);
}

static guint
count (const Recording *recording, const char *path)
{
  Box box;
  guint n = 0;
  while (box_find (recording->file->data, recording->file->len, path, n, &box))
    n++;
  return n;
}

/* ---- samples, as a player finds them ---- */

typedef struct
{
  guint track;
  guint64 decoding;
  gint64 time;
  guint32 duration, flags;
  const guint8 *data;
  gsize size;
} Found;

static void
read_run (const guint8 *moof, Box run, guint track, guint64 decoding, GArray *found)
{
  guint32 fields = (guint32) box_number (run.data + 1, 3);
  guint n = (guint) box_number (run.data + 4, 4);
  const guint8 *data = moof + box_number (run.data + 8, 4), *at = run.data + 12;
  g_assert_cmphex (fields & ~0x800u & ~0x400u, ==, 0x301);
  for (guint i = 0; i < n; i++) {
    Found sample = {.track = track, .decoding = decoding, .time = (gint64) decoding, .data = data};
    sample.duration = (guint32) box_number (at, 4);
    sample.size = box_number (at + 4, 4);
    at += 8;
    if (fields & 0x400)
      sample.flags = (guint32) box_number ((at += 4) - 4, 4);
    if (fields & 0x800)
      sample.time += (gint32) box_number ((at += 4) - 4, 4);
    decoding += sample.duration;
    data += sample.size;
    g_array_append_val (found, sample);
  }
  g_assert_true (at == run.data + run.size);
}

static GArray *
read_samples (const Recording *recording)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Found));
  Box moof, traf, header, time, run;
  const guint8 *data = recording->file->data;
  gsize size = recording->file->len;
  for (guint i = 0; box_find (data, size, "moof", i, &moof); i++) {
    Box number;
    g_assert_true (box_find (moof.data, moof.size, "mfhd", 0, &number));
    g_assert_cmpuint (box_number (number.data + 4, 4), ==, i + 1);
    for (guint j = 0; box_find (moof.data, moof.size, "traf", j, &traf); j++) {
      g_assert_true (box_find (traf.data, traf.size, "tfhd", 0, &header));
      g_assert_true (box_find (traf.data, traf.size, "tfdt", 0, &time));
      g_assert_true (box_find (traf.data, traf.size, "trun", 0, &run));
      g_assert_cmphex (box_number (header.data, 4), ==, 0x20000);
      read_run (moof.start, run, (guint) box_number (header.data + 4, 4), box_number (time.data + 4, 8), found);
    }
  }
  return found;
}

static const Found *
nth (GArray *found, guint track, guint n)
{
  for (guint i = 0; i < found->len; i++) {
    const Found *sample = &g_array_index (found, Found, i);
    if (sample->track == track && n-- == 0)
      return sample;
  }
  g_assert_not_reached ();
}

static const RecordTrack OPUS = {.number = 1, .codec = RECORD_CODEC_OPUS, .channels = 2, .codec_delay = 6500000};
static const RecordTrack VP8 = {.number = 2, .codec = RECORD_CODEC_VP8, .width = 640, .height = 360};

static RecordFrame
sound (guint64 time)
{
  return (RecordFrame){
      .track = 1, .time = time, .decoding = time, .duration = 20 * MS, .keyframe = TRUE, .data = "sound", .size = 5};
}

static RecordFrame
picture (guint64 time, gboolean keyframe)
{
  return (RecordFrame){.track = 2,
      .time = time,
      .decoding = time,
      .duration = SECOND / 30,
      .keyframe = keyframe,
      .data = "the picture",
      .size = 11};
}

/* ---- tests ---- */

static void
test_head (void)
{
  Recording recording;
  Box box;
  g_autoptr (GBytes) avcc = g_bytes_new_static ("\1\x42\xc0\x1e\xff\xe0\0", 7);
  recording_start (&recording);
  g_assert_true (recording_add (&recording, OPUS));
  g_assert_true (recording_add (&recording, VP8));
  g_assert_true (recording_add (&recording,
      (RecordTrack){.number = 3, .codec = RECORD_CODEC_VP9, .width = 1280, .height = 720, .name = "Screen \303\244"}));
  g_assert_true (recording_add (&recording,
      (RecordTrack){.number = 4, .codec = RECORD_CODEC_H264, .width = 320, .height = 240, .private_data = avcc}));
  g_assert_true (boxes_nest (recording.file->data, recording.file->len));
  g_assert_cmpuint (count (&recording, "moov/trak"), ==, 4);
  g_assert_cmpuint (count (&recording, "moov/mvex/trex"), ==, 4);

  find (&recording, "moov/mvhd", 0, &box);
  g_assert_cmpuint (box_number (box.data + 4, 8), ==, 1700000000 + G_GUINT64_CONSTANT (2082844800));
  find (&recording, "moov/trak:0/mdia/minf/stbl/stsd/Opus/dOps", 0, &box);
  g_assert_cmpmem (box.data, box.size, "\0\2\x01\x38\0\0\xbb\x80\0\0\0", 11);
  find (&recording, "moov/trak:0/edts/elst", 0, &box);
  g_assert_cmpmem (box.data, box.size, "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\x01\x38\0\1\0\0", 20);
  find (&recording, "moov/trak:0/mdia/mdhd", 0, &box);
  g_assert_cmpuint (box_number (box.data + 20, 4), ==, 48000);
  find (&recording, "moov/trak:1/mdia/mdhd", 0, &box);
  g_assert_cmpuint (box_number (box.data + 20, 4), ==, 90000);
  find (&recording, "moov/trak:1/mdia/minf/stbl/stsd/vp08", 0, &box);
  g_assert_cmpuint (box_number (box.data + 24, 2), ==, 640);
  g_assert_cmpuint (box_number (box.data + 26, 2), ==, 360);
  find (&recording, "moov/trak:2/mdia/minf/stbl/stsd/vp09/vpcC", 0, &box);
  g_assert_cmpmem (box.data, box.size, "\1\0\0\0\0\x1f\x82\2\2\2\0\0", 12);
  find (&recording, "moov/trak:2/mdia/hdlr", 0, &box);
  g_assert_cmpstr ((const char *) box.data + 24, ==, "Screen \303\244");
  find (&recording, "moov/trak:2/udta/name", 0, &box);
  g_assert_cmpmem (box.data, box.size, "Screen \303\244", 9);
  find (&recording, "moov/trak:3/mdia/minf/stbl/stsd/avc3/avcC", 0, &box);
  g_assert_cmpmem (box.data, box.size, g_bytes_get_data (avcc, NULL), 7);
  find (&recording, "moov/udta/meta/ilst/\xa9nam/data", 0, &box);
  g_assert_cmpmem (box.data + 8, box.size - 8, "A call", 6);
  recording_free (&recording);
}

/* After each single write of those that add a track, the head reads, with the tracks of before or one more; and what
 * makes a box appear cannot be torn, since it lies in one page. */
static void
test_room (void)
{
  Recording recording;
  guint added = 0;
  g_autofree char *name = g_strnfill (500, 'n');
  recording_start (&recording);
  guint size = recording.file->len;
  for (;; added++) {
    RecordTrack track = added % 2 ? VP8 : OPUS;
    track.number = added + 1;
    track.name = name;
    if (!recording.container->add_track (recording.self, &track, &recording.output))
      break;
    for (guint i = 0; i < recording.output.pieces->len; i++) {
      const RecordPiece *piece = &g_array_index (recording.output.pieces, RecordPiece, i);
      guint traks = count (&recording, "moov/trak");
      piece_apply (recording.file, piece);
      g_assert_true (boxes_nest (recording.file->data, recording.file->len));
      if (count (&recording, "moov/trak") != traks)
        g_assert_true (piece->size == 8 && piece->offset % 8 == 0);
    }
    record_output_clear (&recording.output);
    g_assert_cmpuint (count (&recording, "moov/trak"), ==, added + 1);
    g_assert_cmpuint (count (&recording, "moov/mvex/trex"), ==, added + 1);
  }
  g_assert_cmpuint (recording.output.pieces->len, ==, 0);
  g_assert_cmpuint (added, >=, 16);
  g_assert_cmpuint (recording.file->len, ==, size);
  recording_free (&recording);
}

/* What goes in comes out: times, flags, bytes. A third track comes after five fragments. */
static void
test_fragments (void)
{
  Recording recording;
  guint sounds = 0, pictures = 0, late = 0;
  recording_start (&recording);
  recording_add (&recording, OPUS);
  recording_add (&recording, VP8);
  for (guint i = 0; i < 10; i++) {
    g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (RecordFrame));
    if (i == 5)
      g_assert_true (recording_add (
          &recording, (RecordTrack){.number = 3, .codec = RECORD_CODEC_H264, .width = 320, .height = 240}));
    for (guint j = 0; j < 25; j++) {
      RecordFrame frame = sound (20 * MS * sounds++);
      g_array_append_val (frames, frame);
      if (j % 5 < 3) {
        frame = picture (SECOND * pictures / 30, pictures % 60 == 0);
        pictures++;
        g_array_append_val (frames, frame);
      }
      if (i >= 5 && j % 5 == 0) { /* B-frames: shown 2, 1, 4, 3, ... */
        frame = (RecordFrame){.track = 3, .duration = 100 * MS, .keyframe = late == 0, .data = "late", .size = 4};
        frame.decoding = 2500 * MS + 100 * MS * late;
        frame.time = frame.decoding + (late % 2 == 0 ? 200 : 0) * MS;
        late++;
        g_array_append_val (frames, frame);
      }
    }
    recording_fragment (&recording, (const RecordFrame *) frames->data, frames->len);
  }
  recording_finish (&recording);
  g_autoptr (GArray) found = read_samples (&recording);
  g_assert_cmpuint (found->len, ==, sounds + pictures + late);
  for (guint i = 0; i < sounds; i++) {
    const Found *sample = nth (found, 1, i);
    g_assert_cmpuint (sample->decoding, ==, 960 * i);
    g_assert_cmpuint (sample->duration, ==, 960);
    g_assert_cmpmem (sample->data, sample->size, "sound", 5);
  }
  for (guint i = 0; i < pictures; i++) {
    const Found *sample = nth (found, 2, i);
    g_assert_cmpuint (sample->decoding, ==, 3000 * i);
    g_assert_cmpint (sample->time, ==, 3000 * i);
    g_assert_cmpuint (sample->duration, ==, 3000);
    g_assert_cmphex (sample->flags, ==, i % 60 == 0 ? 0x02000000 : 0x01010000);
    g_assert_cmpmem (sample->data, sample->size, "the picture", 11);
  }
  for (guint i = 0; i < late; i++) {
    const Found *sample = nth (found, 3, i);
    g_assert_cmpuint (sample->decoding, ==, 225000 + 9000 * i);
    g_assert_cmpint (sample->time, ==, 225000 + 9000 * i + (i % 2 == 0 ? 18000 : 0));
    g_assert_cmpmem (sample->data, sample->size, "late", 4);
  }
  recording_free (&recording);
}

/* The head's durations follow; the sum of a track's durations is its time, whatever the gap. */
static void
test_gap (void)
{
  Recording recording;
  Box box;
  recording_start (&recording);
  recording_add (&recording, OPUS);
  recording_add (&recording, VP8);
  RecordFrame first[] = {sound (0), picture (0, TRUE), sound (20 * MS)};
  recording_fragment (&recording, first, G_N_ELEMENTS (first));
  find (&recording, "moov/mvex/mehd", 0, &box);
  g_assert_cmpuint (box_number (box.data + 4, 4), ==, 34);
  g_autoptr (GArray) before = read_samples (&recording);
  g_assert_cmpuint (nth (before, 2, 0)->duration, ==, 3000);

  RecordFrame second[] = {sound (40 * MS), picture (400 * MS, FALSE), sound (700 * MS)};
  recording_fragment (&recording, second, G_N_ELEMENTS (second));
  RecordFrame third[] = {picture (410 * MS, FALSE)}; /* sooner than the frame before said */
  recording_fragment (&recording, third, G_N_ELEMENTS (third));
  g_autoptr (GArray) found = read_samples (&recording);
  g_assert_cmpuint (nth (found, 2, 0)->duration, ==, 36000);
  g_assert_cmpuint (nth (found, 2, 1)->duration, ==, 900);
  g_assert_cmpuint (nth (found, 2, 2)->decoding, ==, 36900);
  g_assert_cmpuint (nth (found, 1, 2)->duration, ==, 660 * 48);
  g_assert_cmpuint (nth (found, 1, 3)->decoding, ==, 700 * 48);

  find (&recording, "moov/mvex/mehd", 0, &box);
  g_assert_cmpuint (box_number (box.data + 4, 4), ==, 714); /* without the 6.5 ms of pre-skip */
  find (&recording, "moov/mvhd", 0, &box);
  g_assert_cmpuint (box_number (box.data + 24, 8), ==, 714);
  find (&recording, "moov/trak:1/tkhd", 0, &box);
  g_assert_cmpuint (box_number (box.data + 28, 8), ==, 444);
  recording_free (&recording);
}

/* Half an hour of sound and of picture at 29.97 frames a second, whose distance is no whole number of ns. */
static void
test_half_an_hour (void)
{
  Recording recording;
  guint64 sounds = 0, pictures = 0;
  recording_start (&recording);
  recording_add (&recording, OPUS);
  recording_add (&recording, VP8);
  for (guint64 end = SECOND / 2; end <= 1800 * SECOND; end += SECOND / 2) {
    g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (RecordFrame));
    for (; sounds * 20 * MS < end; sounds++) {
      RecordFrame frame = sound (sounds * 20 * MS);
      g_array_append_val (frames, frame);
    }
    for (guint64 time; (time = pictures * 1001 * SECOND / 30000) < end; pictures++) {
      RecordFrame frame = picture (time, pictures == 0);
      g_array_append_val (frames, frame);
    }
    recording_fragment (&recording, (const RecordFrame *) frames->data, frames->len);
  }
  g_autoptr (GArray) found = read_samples (&recording);
  const Found *last_sound = NULL, *last_picture = NULL;
  for (guint i = 0; i < found->len; i++) {
    const Found *sample = &g_array_index (found, Found, i);
    *(sample->track == 1 ? &last_sound : &last_picture) = sample;
  }
  g_assert_cmpuint (last_sound->decoding, ==, (sounds - 1) * 960);
  g_assert_cmpuint (last_sound->decoding + last_sound->duration, ==, 1800 * 48000);
  g_assert_cmpuint (last_picture->decoding, ==, (pictures - 1) * 3003);
  recording_free (&recording);
}

/* What seeking goes by: each entry leads to a keyframe. */
static void
test_index (void)
{
  Recording recording;
  Box box;
  recording_start (&recording);
  recording_add (&recording, OPUS);
  recording_add (&recording, VP8);
  for (guint i = 0; i < 6; i++) {
    RecordFrame frames[] = {sound (i * SECOND), picture (i * SECOND, i == 0), sound (i * SECOND + 20 * MS),
        picture (i * SECOND + 500 * MS, i % 2 == 1)};
    recording_fragment (&recording, frames, G_N_ELEMENTS (frames));
  }
  recording_finish (&recording);
  find (&recording, "mfra/tfra", 0, &box);
  g_assert_cmpuint (count (&recording, "mfra/tfra"), ==, 1);
  g_assert_cmpuint (box_number (box.data + 4, 4), ==, 2); /* the picture's */
  g_assert_cmpuint (box_number (box.data + 12, 4), ==, 4);
  static const guint64 times[] = {0, 135000, 315000, 495000};
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    const guint8 *entry = box.data + 16 + i * 22;
    const guint8 *moof = recording.file->data + box_number (entry + 8, 8);
    g_assert_cmpuint (box_number (entry, 8), ==, times[i]);
    g_assert_cmpmem (moof + 4, 4, "moof", 4);
    g_assert_cmpuint (entry[16], ==, 2); /* sound's traf comes first */
    g_assert_cmpuint (box_number (entry + 18, 4), ==, i == 0 ? 1 : 2);
  }
  find (&recording, "mfra/mfro", 0, &box);
  gsize whole = box_number (box.data + 4, 4);
  g_assert_cmpmem (recording.file->data + recording.file->len - whole + 4, 4, "mfra", 4);
  recording_free (&recording);
}

/* Times that go back, frames of no track, frames of no bytes: every sample later than the one before. */
static void
test_odd_frames (void)
{
  Recording recording;
  recording_start (&recording);
  recording_add (&recording, OPUS);
  recording_add (&recording, VP8);
  RecordFrame frames[] = {sound (SECOND), sound (SECOND), sound (0), picture (SECOND, TRUE), sound (2 * SECOND)};
  frames[1].size = 0;
  recording_fragment (&recording, frames, G_N_ELEMENTS (frames));
  RecordFrame none[] = {sound (3 * SECOND)};
  none[0].track = 9;
  guint size = recording.file->len;
  recording_fragment (&recording, none, 1);
  g_assert_cmpuint (recording.file->len, ==, size);
  RecordFrame back[] = {picture (0, TRUE)};
  recording_fragment (&recording, back, 1);
  recording_finish (&recording);
  g_autoptr (GArray) found = read_samples (&recording);
  g_assert_cmpuint (found->len, ==, 6);
  g_assert_cmpuint (nth (found, 1, 1)->decoding, ==, 48001);
  g_assert_cmpuint (nth (found, 1, 2)->decoding, ==, 48002);
  g_assert_cmpint (nth (found, 1, 2)->time, ==, 0);
  g_assert_cmpuint (nth (found, 1, 3)->decoding, ==, 96000);
  g_assert_cmpuint (nth (found, 2, 1)->decoding, ==, 90001);
  recording_free (&recording);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recordmp4/head", test_head);
  g_test_add_func ("/recordmp4/room", test_room);
  g_test_add_func ("/recordmp4/fragments", test_fragments);
  g_test_add_func ("/recordmp4/gap", test_gap);
  g_test_add_func ("/recordmp4/half-an-hour", test_half_an_hour);
  g_test_add_func ("/recordmp4/index", test_index);
  g_test_add_func ("/recordmp4/odd-frames", test_odd_frames);
  return g_test_run ();
}
