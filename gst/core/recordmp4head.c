/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordmp4head.h"

#include "gst/core/isobox.h"
#include "gst/core/recordmp4entry.h"

#include <string.h>

#define SECONDS_1904_TO_1970 G_GUINT64_CONSTANT (2082844800)
#define ALIGNMENT 8
#define TITLE_BYTES 1000
#define TREX_SIZE 32
#define UNDETERMINED_LANGUAGE 0x55c4 /* und, each letter in five bits */
#define UNITY 0x00010000
#define SAMPLE_IS_SYNC 0x02000000
#define SAMPLE_IS_NO_SYNC 0x01010000
#define PRE_ROLL_PACKETS 4 /* 80 ms, as RFC 7845 wants it, of packets of 20 ms */

static void
align (GByteArray *bytes)
{
  guint over = bytes->len % ALIGNMENT;
  if (over != 0)
    iso_free (bytes, 2 * ALIGNMENT - over);
}

static void
matrix (GByteArray *bytes)
{
  for (guint i = 0; i < 9; i++)
    iso_u32 (bytes, i == 8 ? 0x40000000 : i % 4 == 0 ? UNITY : 0);
}

/* ---- without a track ---- */

static void
file_type (GByteArray *bytes)
{
  guint box = iso_open (bytes, "ftyp");
  iso_bytes (bytes, "iso6", 4);
  iso_u32 (bytes, 0);
  iso_bytes (bytes, "iso6iso5mp42mp41", 16);
  iso_close (bytes, box);
}

static void
movie_header (GByteArray *bytes, RecordMp4Head *head)
{
  guint box = iso_open_full (bytes, "mvhd", 1, 0);
  iso_u64 (bytes, head->created);
  iso_u64 (bytes, head->created);
  iso_u32 (bytes, RECORD_MP4_MOVIE_SCALE);
  head->duration_at = bytes->len;
  iso_u64 (bytes, 0);
  iso_u32 (bytes, UNITY); /* rate */
  iso_u16 (bytes, 0x100); /* volume */
  iso_zeros (bytes, 10);
  matrix (bytes);
  iso_zeros (bytes, 24);
  iso_u32 (bytes, G_MAXUINT32); /* the next track's number; all ones: look for one */
  iso_close (bytes, box);
}

static void
handler (GByteArray *bytes, const char *kind, const char *maker, const char *name)
{
  guint box = iso_open_full (bytes, "hdlr", 0, 0);
  iso_u32 (bytes, 0);
  iso_bytes (bytes, kind, 4);
  iso_bytes (bytes, maker, 4);
  iso_zeros (bytes, 8);
  iso_text (bytes, name);
  iso_close (bytes, box);
}

static void
tag (GByteArray *bytes, const char *type, const char *text)
{
  if (text == NULL)
    return;
  g_autofree char *value = record_text_cut (text, TITLE_BYTES);
  guint box = iso_open (bytes, type);
  guint data = iso_open (bytes, "data");
  iso_u32 (bytes, 1); /* UTF-8 */
  iso_u32 (bytes, 0); /* in any language */
  iso_bytes (bytes, value, strlen (value));
  iso_close (bytes, data);
  iso_close (bytes, box);
}

/* Where players look for a title: iTunes' list. */
static void
tags (GByteArray *bytes, const RecordInfo *info)
{
  guint user = iso_open (bytes, "udta");
  guint meta = iso_open_full (bytes, "meta", 0, 0);
  handler (bytes, "mdir", "appl", "");
  guint list = iso_open (bytes, "ilst");
  tag (bytes, "\xa9nam", info->title);
  tag (bytes, "\xa9too", info->application);
  iso_close (bytes, list);
  iso_close (bytes, meta);
  iso_close (bytes, user);
  align (bytes);
}

static void
extends (GByteArray *bytes, RecordMp4Head *head)
{
  guint box = iso_open (bytes, "mvex");
  guint whole = iso_open_full (bytes, "mehd", 0, 0);
  head->fragments_at = bytes->len;
  iso_u32 (bytes, 0);
  iso_close (bytes, whole);
  head->trex_at = bytes->len;
  head->trex_room = RECORD_MP4_TRACKS * TREX_SIZE;
  iso_free (bytes, head->trex_room);
  iso_close (bytes, box);
}

GByteArray *
record_mp4_head_start (RecordMp4Head *head, const RecordInfo *info)
{
  GByteArray *bytes = g_byte_array_new ();
  head->created = SECONDS_1904_TO_1970 + (guint64) MAX (info->started, 0) / G_USEC_PER_SEC;
  file_type (bytes);
  guint box = iso_open (bytes, "moov");
  movie_header (bytes, head);
  tags (bytes, info);
  extends (bytes, head);
  head->trak_at = bytes->len;
  head->trak_room = RECORD_MP4_RESERVED * RECORD_MP4_TRACK_ROOM;
  iso_free (bytes, head->trak_room);
  iso_close (bytes, box);
  return bytes;
}

/* ---- a track ---- */

static void
track_extends (GByteArray *bytes, const RecordTrack *track)
{
  guint box = iso_open_full (bytes, "trex", 0, 0);
  iso_u32 (bytes, track->number);
  iso_u32 (bytes, 1); /* sample entry */
  iso_u32 (bytes, 0); /* duration */
  iso_u32 (bytes, 0); /* size */
  iso_u32 (bytes, record_mp4_is_picture (track->codec) ? SAMPLE_IS_NO_SYNC : SAMPLE_IS_SYNC);
  iso_close (bytes, box);
}

/* Returns where the duration stands. */
static guint
track_header (GByteArray *bytes, const RecordMp4Head *head, const RecordTrack *track)
{
  gboolean picture = record_mp4_is_picture (track->codec);
  guint box = iso_open_full (bytes, "tkhd", 1, 0x7); /* enabled, in the movie, in its preview */
  iso_u64 (bytes, head->created);
  iso_u64 (bytes, head->created);
  iso_u32 (bytes, track->number);
  iso_u32 (bytes, 0);
  guint duration_at = bytes->len;
  iso_u64 (bytes, 0);
  iso_zeros (bytes, 12);
  iso_u16 (bytes, picture ? 0 : 0x100); /* volume */
  iso_u16 (bytes, 0);
  matrix (bytes);
  iso_u32 (bytes, picture ? MIN (track->width, G_MAXUINT16) << 16 : 0);
  iso_u32 (bytes, picture ? MIN (track->height, G_MAXUINT16) << 16 : 0);
  iso_close (bytes, box);
  return duration_at;
}

/* The track begins behind what its decoder throws away. Duration 0: whatever fragments come. */
static void
edits (GByteArray *bytes, guint pre_skip)
{
  if (pre_skip == 0)
    return;
  guint box = iso_open (bytes, "edts");
  guint list = iso_open_full (bytes, "elst", 0, 0);
  iso_u32 (bytes, 1);
  iso_u32 (bytes, 0);
  iso_u32 (bytes, pre_skip);
  iso_u32 (bytes, UNITY);
  iso_close (bytes, list);
  iso_close (bytes, box);
}

static void
media_header (GByteArray *bytes, const RecordMp4Head *head, const RecordTrack *track)
{
  guint box = iso_open_full (bytes, "mdhd", 1, 0);
  iso_u64 (bytes, head->created);
  iso_u64 (bytes, head->created);
  iso_u32 (bytes, record_mp4_scale (track->codec));
  iso_u64 (bytes, 0); /* of the samples in the head: there are none */
  iso_u16 (bytes, UNDETERMINED_LANGUAGE);
  iso_u16 (bytes, 0);
  iso_close (bytes, box);
}

static void
media_kind_header (GByteArray *bytes, gboolean picture)
{
  guint box = iso_open_full (bytes, picture ? "vmhd" : "smhd", 0, picture ? 1 : 0);
  iso_zeros (bytes, picture ? 8 : 4);
  iso_close (bytes, box);
}

/* The media lie in this file. */
static void
data_information (GByteArray *bytes)
{
  guint box = iso_open (bytes, "dinf");
  guint references = iso_open_full (bytes, "dref", 0, 0);
  iso_u32 (bytes, 1);
  guint url = iso_open_full (bytes, "url ", 0, 1);
  iso_close (bytes, url);
  iso_close (bytes, references);
  iso_close (bytes, box);
}

static void
empty_table (GByteArray *bytes, const char *type, guint size)
{
  guint box = iso_open_full (bytes, type, 0, 0);
  iso_zeros (bytes, size);
  iso_close (bytes, box);
}

/* A decoder of Opus that begins anywhere needs some packets before. */
static void
pre_roll (GByteArray *bytes)
{
  guint box = iso_open_full (bytes, "sgpd", 1, 0);
  iso_bytes (bytes, "roll", 4);
  iso_u32 (bytes, 2); /* size of an entry */
  iso_u32 (bytes, 1);
  iso_u16 (bytes, (guint16) -PRE_ROLL_PACKETS);
  iso_close (bytes, box);
}

static void
sample_tables (GByteArray *bytes, const RecordTrack *track)
{
  guint box = iso_open (bytes, "stbl");
  guint entries = iso_open_full (bytes, "stsd", 0, 0);
  iso_u32 (bytes, 1);
  record_mp4_entry (bytes, track);
  iso_close (bytes, entries);
  empty_table (bytes, "stts", 4);
  empty_table (bytes, "stsc", 4);
  empty_table (bytes, "stsz", 8);
  empty_table (bytes, "stco", 4);
  if (!record_mp4_is_picture (track->codec))
    pre_roll (bytes);
  iso_close (bytes, box);
}

static void
media (GByteArray *bytes, const RecordMp4Head *head, const RecordTrack *track, const char *name)
{
  gboolean picture = record_mp4_is_picture (track->codec);
  guint box = iso_open (bytes, "mdia");
  media_header (bytes, head, track);
  handler (bytes, picture ? "vide" : "soun", "\0\0\0\0", name);
  guint information = iso_open (bytes, "minf");
  media_kind_header (bytes, picture);
  data_information (bytes);
  sample_tables (bytes, track);
  iso_close (bytes, information);
  iso_close (bytes, box);
}

static void
track_name (GByteArray *bytes, const char *name)
{
  guint box = iso_open (bytes, "udta");
  guint text = iso_open (bytes, "name");
  iso_bytes (bytes, name, strlen (name));
  iso_close (bytes, text);
  iso_close (bytes, box);
}

static GByteArray *
track_box (const RecordMp4Head *head, const RecordTrack *track, guint *duration_at)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autofree char *name = track->name != NULL ? record_text_cut (track->name, RECORD_NAME_BYTES) : g_strdup ("");
  guint box = iso_open (bytes, "trak");
  *duration_at = track_header (bytes, head, track);
  edits (bytes, record_mp4_pre_skip (track));
  media (bytes, head, track, name);
  if (*name != '\0')
    track_name (bytes, name);
  align (bytes);
  iso_close (bytes, box);
  return bytes;
}

/* ---- into the head that stands ---- */

/* @box takes the place of the first bytes of a free box: all but its header, and the free box behind it; then the
 * header. */
static void
place (GByteArray *box, guint64 *at, guint64 *room, RecordOutput *output)
{
  guint size = box->len;
  GByteArray *header = g_byte_array_new ();
  iso_bytes (header, box->data, ISO_BOX_HEADER);
  g_byte_array_remove_range (box, 0, ISO_BOX_HEADER);
  if (*room > size) {
    iso_u32 (box, (guint32) (*room - size));
    iso_bytes (box, "free", 4);
  }
  record_output_patch (output, *at + ISO_BOX_HEADER, box);
  record_output_patch (output, *at, header);
  *at += size;
  *room -= size;
}

gboolean
record_mp4_head_add (RecordMp4Head *head, const RecordTrack *track, guint64 *duration_at, RecordOutput *output)
{
  guint duration_in_track;
  GByteArray *trak = track_box (head, track, &duration_in_track);
  if (trak->len > head->trak_room || head->trex_room == 0) {
    g_byte_array_unref (trak);
    return FALSE;
  }
  GByteArray *trex = g_byte_array_new ();
  track_extends (trex, track);
  *duration_at = head->trak_at + duration_in_track;
  place (trex, &head->trex_at, &head->trex_room, output);
  place (trak, &head->trak_at, &head->trak_room, output);
  return TRUE;
}

void
record_mp4_head_set_duration (const RecordMp4Head *head, guint64 duration, RecordOutput *output)
{
  record_output_patch (output, head->fragments_at, iso_number32 ((guint32) MIN (duration, G_MAXUINT32)));
  record_output_patch (output, head->duration_at, iso_number64 (duration));
}

void
record_mp4_head_set_track_duration (guint64 duration_at, guint64 duration, RecordOutput *output)
{
  record_output_patch (output, duration_at, iso_number64 (duration));
}
