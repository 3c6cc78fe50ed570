/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/sdp/sdp.h>

#include "gst/core/sdpcheck.h"

G_BEGIN_DECLS

/* What is taken out of descriptions on their way to webrtcbin and to the peer, because webrtcbin 1.22 says yes to
 * things that it does not do. */

/* The peer's, checked and read: webrtcbin would answer with every header extension and feedback of the offer. */
GstSDPMessage *call_sdp_parse_remote (const char *sdp, gsize max_length, SdpSummary *summary, GError **error);
/* Ours, before it is set and sent. */
void call_sdp_clean_local (GstSDPMessage *sdp);

/* The m-line that a candidate is for: by its mid when that is one of the description's, else by the index. */
guint call_sdp_find_mline (const SdpSummary *summary, const char *mid, guint mline_index);

G_END_DECLS
