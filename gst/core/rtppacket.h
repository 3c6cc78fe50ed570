/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One RTP packet as the quality windows see it. */
typedef struct
{
  gint64 arrival; /* ns, of a clock that need not be the wall's */
  guint32 ssrc, timestamp;
  guint16 seq;
  guint8 payload_type;
  gboolean marker;
  guint size;       /* bytes, header and all */
  guint clock_rate; /* Hz of the payload type; 0: not known, or one without a clock (telephone-event) */
} RtpPacket;

#define RTP_PACKET_HEADER 12 /* bytes without contributing sources and extension */

/* Reads a fixed header (RFC 3550 5.1), nothing of what follows. FALSE: not RTP, or too short. @arrival, @size and
 * @clock_rate of @packet stay as they are: the bytes do not tell. */
gboolean rtp_packet_parse (RtpPacket *packet, const guint8 *data, gsize length);

/* A payload type that needs no SDP: RFC 3551, tables 4 and 5. */
typedef struct
{
  guint8 payload_type;
  guint clock_rate; /* Hz */
  const char *codec;
  gboolean video;
} RtpStaticPayload;

/* NULL: dynamic, or not assigned. */
const RtpStaticPayload *rtp_static_payload_find (guint payload_type);

G_END_DECLS
