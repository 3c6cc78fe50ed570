/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the SDPs in a capture say of payload types, whatever carried them: SIP, RTSP, JSON with its \r\n spelled out.
 * Only lines that matter are read, so that half an SDP is better than none. */

#define SDP_CLOCKS_MAX 4096 /* that are kept: the last ones */

typedef struct
{
  guint16 port; /* of the m= line */
  guint8 payload_type;
  guint clock_rate; /* Hz */
  char codec[24];   /* upper case */
  gboolean video;
} SdpClock;

/* @clocks: of SdpClock. */
void sdp_clocks_read (GArray *clocks, const guint8 *data, gsize length);
/* The last one told for one of the ports, else for the payload type at all; NULL: none. */
const SdpClock *sdp_clocks_find (
    const GArray *clocks, guint8 payload_type, guint16 source_port, guint16 destination_port);

G_END_DECLS
