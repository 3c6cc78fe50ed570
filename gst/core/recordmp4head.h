/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/recordcontainer.h"

G_BEGIN_DECLS

/* The head of a fragmented MP4: ftyp and moov. Tracks are added to it where it stands, so it keeps its size.
 *
 *   ftyp
 *   moov  mvhd  udta  mvex                          trak 1  trak 2  free
 *                     mehd  trex 1  trex 2  free                    ^ trak 3 comes here: first what follows its
 *                                           ^ trex 3                  header, then, in one write of 8 bytes, the header
 *
 * A process that is killed between any two of those writes leaves a head that reads: until its header is there, a box
 * is part of the free one. Boxes here begin at multiples of 8, so no such write is torn by the border of a page. */

#define RECORD_MP4_TRACKS 32        /* at most */
#define RECORD_MP4_TRACK_ROOM 1024  /* bytes; a track needs 500 to 800 of them */
#define RECORD_MP4_RESERVED 16      /* tracks of that size for which there is room */
#define RECORD_MP4_MOVIE_SCALE 1000 /* ticks in a second of the durations in the head */

typedef struct
{
  guint64 created;          /* seconds since 1904 */
  guint64 duration_at;      /* mvhd's */
  guint64 fragments_at;     /* mehd's */
  guint64 trex_at, trak_at; /* where the next one goes */
  guint64 trex_room, trak_room;
} RecordMp4Head;

/* The bytes of the head without a track. (transfer full) */
GByteArray *record_mp4_head_start (RecordMp4Head *head, const RecordInfo *info);

/* FALSE: no room. @duration_at: of the track's duration, for set_track_duration(). */
gboolean record_mp4_head_add (
    RecordMp4Head *head, const RecordTrack *track, guint64 *duration_at, RecordOutput *output);

/* Milliseconds. */
void record_mp4_head_set_duration (const RecordMp4Head *head, guint64 duration, RecordOutput *output);
void record_mp4_head_set_track_duration (guint64 duration_at, guint64 duration, RecordOutput *output);

G_END_DECLS
