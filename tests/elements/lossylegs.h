/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* From now on every leg of this process loses each @nth RTP packet of each SSRC where it comes in from the network,
 * before decryption; RTCP, DTLS and STUN pass. */
void lossy_legs_install (guint nth);

G_END_DECLS
