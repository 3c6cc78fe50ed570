/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "callparticipant.h"
#include "callprogress.h"
#include "gstcallsrc.h"

G_BEGIN_DECLS

/* Shared by gstcallsrc.c (the element) and gstcallsrcpads.c (its pads). */

struct _GstCallSrc
{
  GstElement parent;

  GstCallParticipant participant;
  GstCallOutput output;   /* property */
  char *progress_tones;   /* property: a zone, or NULL; under the object lock */
  CallProgress *progress; /* from READY to PAUSED on, with a zone */
  char *uri;
  GPtrArray *pads;        /* (element-type GstPad), exposed or about to be; under the object lock */
  guint n_expected;       /* tracks of the peer; under the object lock */
  gboolean no_more_pads;  /* was said; likewise */
  gboolean closed;        /* below PAUSED again: nothing is shown any more; likewise */
  GstClockID quiet_timer; /* likewise */
  GRecMutex expose_lock;  /* one of pad-added and no-more-pads at a time */
};

/* As of GstCallMemberFuncs; the first: NULL when closed. */
GstPad *gst_call_src_output (GstElement *element, GstCallMedia media, guint index);
void gst_call_src_tracks (GstElement *element, const guint n_tracks[2]);
void gst_call_src_end_of_call (GstElement *element);
void gst_call_src_call_ended (GstElement *element, const GstStructure *call);
void gst_call_src_progress (
    GstElement *element, ParticipantState previous, ParticipantState state, const char *reason, GstTagList *tags);
void gst_call_src_quality (GstElement *element, GstCallMedia media, guint index, const GstStructure *figures);

/* READY -> PAUSED, and back. Another thread may be in any of the above: it comes too late. */
void gst_call_src_open_pads (GstCallSrc *self);
void gst_call_src_remove_pads (GstCallSrc *self);

G_END_DECLS
