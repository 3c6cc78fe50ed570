/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/callsession.h"

G_BEGIN_DECLS

/* What callsignaling, callsrc and callsink have in common: the properties and action signals of a call, and the way to
 * the session of their pipeline, which they find through a GstContext "gst.call.session.<name>". Each element has one
 * as a member and calls it from its vfuncs. */
typedef struct
{
  GstElement *element;
  const GstCallMemberFuncs *funcs;
  GstCallSettings settings; /* under the object lock */
  GstCallSession *session;  /* likewise; while the element is PAUSED or PLAYING */
} GstCallParticipant;

/* Properties, and the signals dial, answer, reject, hang-up and send-dtmf. */
void gst_call_participant_class_init (GstElementClass *klass);
void gst_call_participant_init (GstCallParticipant *self, GstElement *element, const GstCallMemberFuncs *funcs);
void gst_call_participant_clear (GstCallParticipant *self);
gboolean gst_call_participant_set_property (GstCallParticipant *self, guint id, const GValue *value);
gboolean gst_call_participant_get_property (GstCallParticipant *self, guint id, GValue *value);

/* READY -> PAUSED. FALSE after a GST_ELEMENT_ERROR was posted. */
gboolean gst_call_participant_join (GstCallParticipant *self);
void gst_call_participant_play (GstCallParticipant *self);
void gst_call_participant_leave (GstCallParticipant *self);
GstCallSession *gst_call_participant_ref_session (GstCallParticipant *self); /* NULL when in none */

G_END_DECLS
