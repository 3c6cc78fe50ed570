/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/callnegotiation.h"

G_BEGIN_DECLS

/* Sets up the ICE agent of a webrtcbin that has not begun to negotiate. */
void call_ice_configure (GstElement *webrtcbin, const GstCallIceConfig *config);

/* `turn:host:port?transport=udp` of a browser's RTCIceServer as webrtcbin wants it, with
 * scheme://user:password@host:port; `stun:host` as stun://host:port. NULL when it is neither, or a TURN server without
 * credentials. */
char *call_ice_server_uri (const char *url, const char *username, const char *credential);

G_END_DECLS
