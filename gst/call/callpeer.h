/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "gst/core/sdpcheck.h"

G_BEGIN_DECLS

/* Is the one at the other end of DTLS the one whose description we were given? webrtcbin does not look. */

typedef enum
{
  CALL_PEER_UNKNOWN, /* no DTLS transport is connected yet */
  CALL_PEER_VERIFIED,
  CALL_PEER_IMPOSTOR
} CallPeer;

CallPeer call_peer_verify (GstElement *webrtcbin, const SdpSummary *summary);

G_END_DECLS
