/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/callleg.h"

/* Two legs in one process, signal wired to handle, each with a user pipeline whose sources push into it and with pads
 * that count what comes out. Everything but the streams runs in the default main context of the test. */

#define LEG_MAX_TRACKS 4

typedef struct
{
  GstCallMedia media;
  const char *source; /* gst-launch text of a live source */
  const char *caps;   /* NULL: raw */
  const char *codec;
} LegTrack;

typedef struct
{
  LegTrack tracks[LEG_MAX_TRACKS];
  guint receive_audio;
  guint receive_video;
  GstCallOutput output;
  const char *video_codec;
  guint timeout_ms; /* 0: 10 s */
} LegSpec;

typedef struct
{
  guint buffers;
  guint keyframes;
  guint discont;
  guint backwards; /* timestamps that go back */
  guint64 bytes;
  GstClockTime first_pts;
  GstClockTime last_pts;
  gint64 first_time; /* monotonic us */
  GstCaps *caps;
} LegReceived;

typedef struct LegPair LegPair;
typedef struct LegSide LegSide;

struct LegSide
{
  LegPair *pair;
  GstCallLeg *leg;
  LegSide *peer;
  GstElement *user; /* the pipeline of the sources */
  GPtrArray *pads;  /* of the leg's inputs */
  guint n_inputs;
  gboolean connected;
  gint64 connected_time;
  GError *error;
  gboolean closed;
  GPtrArray *signals; /* all that were sent (CallMessage) */
  gboolean hold;      /* signals are recorded and not delivered */
  void (*tamper) (CallMessage *signal);
  gboolean refuse_output;
  gboolean blocked; /* under the lock: the received streams stand still while it is set */
  guint stuck;      /* how many do */
  gint key_units;
  GMutex lock; /* of received */
  GCond unblocked;
  LegReceived received[2][LEG_MAX_TRACKS];
  GstPad *outputs[2][LEG_MAX_TRACKS]; /* the user's src pads */
  GstPad *sinks[2][LEG_MAX_TRACKS];
};

struct LegPair
{
  LegSide caller;
  LegSide callee;
  gint64 start_time;
};

LegPair *leg_pair_new (const LegSpec *caller, const LegSpec *callee);
/* Another leg for the same user pipelines and pads, as after a reconnection; the ones before must be closed. */
void leg_pair_renew (LegPair *pair, const LegSpec *caller, const LegSpec *callee);
void leg_pair_start (LegPair *pair);
void leg_pair_free (LegPair *pair); /* closes, and waits until nothing is left */
void leg_side_close (LegSide *side);
void leg_side_block (LegSide *side, gboolean blocked);
guint leg_side_stuck (LegSide *side);
void leg_side_deliver (LegSide *side, guint signal); /* one that was held, to the peer */

typedef gboolean (*LegCondition) (LegPair *pair);
/* Iterates the main context until @condition holds; FALSE after @seconds. */
gboolean leg_pair_wait (LegPair *pair, LegCondition condition, guint seconds);

LegReceived leg_side_received (LegSide *side, GstCallMedia media, guint index); /* caps: borrowed */
