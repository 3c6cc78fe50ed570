/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "gst/core/callmessage.h"
#include "gst/core/sdpcheck.h"

G_BEGIN_DECLS

/* ICE candidates, checked and in order: those of the peer wait here until webrtcbin has its description. */

typedef struct
{
  guint mline;
  char *text;
} CallCandidate;

CallCandidate *call_candidate_new (guint mline, const char *text);
void call_candidate_free (CallCandidate *candidate);
/* As it goes to the peer. @local: of our description. */
CallMessage *call_candidate_to_message (const CallCandidate *self, const SdpSummary *local);

typedef struct CallCandidates CallCandidates;

CallCandidates *call_candidates_new (GstElement *webrtcbin);
void call_candidates_free (CallCandidates *self);
/* @remote: of the peer's description, once it is there. Bad ones and `.local` ones end here. */
void call_candidates_add (CallCandidates *self, const CallSignal *signal, const SdpSummary *remote);
void call_candidates_release (CallCandidates *self); /* the peer's description is set */

G_END_DECLS
