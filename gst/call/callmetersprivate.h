/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/callmeters.h"

#include "callmeter.h"

G_BEGIN_DECLS

/* For callmeters.c (what goes in) and callmetersreport.c (what comes out). */

typedef struct
{
  gint64 expected, lost;
} CallMetersCounts;

typedef struct
{
  CallMetersTrack name;
  gboolean named;
  CallMeter meter;
  gint64 begun, taken, arrival; /* monotonic us; begun 0: no packet yet */

  /* of a sent track, by the peer's reports */
  gboolean reported;
  guint32 ssrc;                  /* that they are about */
  guint16 first;                 /* sequence number of it */
  CallMetersCounts remote;       /* of the whole call */
  CallMetersCounts last;         /* of this SSRC, at the last report */
  CallMetersCounts taken_remote; /* when the last interval was taken */
  GstClockTime remote_jitter, round_trip;
  NetworkQuality network;
} CallTrackMeter;

/* A stream into a track; another one after a reconnection. */
typedef struct
{
  CallMeters *meters;
  CallTrackMeter *track;
  guint32 ssrc;
  gint begun;    /* atomic */
  GstCaps *caps; /* of a sent one; NULL: those of the jitterbuffer's payload type map */
} CallMetersStream;

struct CallMeters
{
  gatomicrefcount references;
  GMutex lock;
  GPtrArray *tracks;  /* (element-type CallTrackMeter) */
  GPtrArray *streams; /* (element-type CallMetersStream), not owned: their probes' */
};

G_END_DECLS
