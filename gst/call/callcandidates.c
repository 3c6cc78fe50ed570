/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/callcandidates.h"

#include "gst/call/callsdp.h"

#define MAX_WAITING 256

struct CallCandidates
{
  GstElement *webrtcbin;
  GPtrArray *waiting;
  gboolean released;
};

CallCandidate *
call_candidate_new (guint mline, const char *text)
{
  CallCandidate *candidate = g_new0 (CallCandidate, 1);

  candidate->mline = mline;
  candidate->text = g_strdup (text);
  return candidate;
}

void
call_candidate_free (CallCandidate *candidate)
{
  g_free (candidate->text);
  g_free (candidate);
}

CallMessage *
call_candidate_to_message (const CallCandidate *self, const SdpSummary *local)
{
  CallMessage *message = call_message_new (CALL_MESSAGE_CALL_SIGNAL);

  message->signal.kind = CALL_SIGNAL_CANDIDATE;
  message->signal.candidate = g_strdup (self->text);
  message->signal.sdp_mline_index = self->mline;
  if (self->mline < local->n_media)
    message->signal.sdp_mid = g_strdup (local->media[self->mline].mid);
  return message;
}

CallCandidates *
call_candidates_new (GstElement *webrtcbin)
{
  CallCandidates *self = g_new0 (CallCandidates, 1);

  self->webrtcbin = gst_object_ref (webrtcbin);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) call_candidate_free);
  return self;
}

void
call_candidates_free (CallCandidates *self)
{
  g_ptr_array_unref (self->waiting);
  gst_object_unref (self->webrtcbin);
  g_free (self);
}

void
call_candidates_release (CallCandidates *self)
{
  self->released = TRUE;
  for (guint i = 0; i < self->waiting->len; i++) {
    const CallCandidate *candidate = g_ptr_array_index (self->waiting, i);
    g_signal_emit_by_name (self->webrtcbin, "add-ice-candidate", candidate->mline, candidate->text);
  }
  g_ptr_array_set_size (self->waiting, 0);
}

void
call_candidates_add (CallCandidates *self, const CallSignal *signal, const SdpSummary *remote)
{
  g_autoptr (GError) error = NULL;
  gboolean usable;
  guint mline;

  if (signal->candidate == NULL || *signal->candidate == '\0')
    return;
  if (!sdp_candidate_check (signal->candidate, &usable, &error)) {
    GST_WARNING_OBJECT (self->webrtcbin, "candidate ignored: %s", error->message);
    return;
  }
  mline = call_sdp_find_mline (remote, signal->sdp_mid, signal->sdp_mline_index);
  if (!usable || mline >= SDP_CHECK_MAX_MEDIA || self->waiting->len >= MAX_WAITING)
    return;
  g_ptr_array_add (self->waiting, call_candidate_new (mline, signal->candidate));
  if (self->released)
    call_candidates_release (self);
}
