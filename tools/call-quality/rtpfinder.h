/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/rtppacket.h"
#include "packet.h"

G_BEGIN_DECLS

/* Finds the RTP in a capture without being told ports. A UDP payload may be RTP when its first byte says version 2 (so
 * that STUN, DTLS, ZRTP and TURN channels are none, RFC 7983), its second is not one of RTCP's (192 to 223, RFC 5761),
 * and header, contributing sources and extension fit into it. It is RTP when three of a flow and SSRC have different
 * sequence numbers within 100 of each other, one after the other:
 *
 *   packet       seq 7        seq 8    seq 8    seq 9              seq 2000
 *                candidate    step     -        step: a stream     is of it
 *
 * From then on all of that flow and SSRC belongs to it, and so does the SSRC on another flow that goes on where this
 * one was (another path of ICE). The same packets seen on two flows (both sides of a relay) are two streams. */

typedef struct _RtpStream RtpStream;

struct _RtpStream
{
  gboolean ipv6;
  guint8 source[16], destination[16];
  guint16 source_port, destination_port;
  guint32 ssrc;
  gboolean found;
  RtpStream *former; /* has the packets: the path changed */
  GArray *packets;   /* of RtpPacket, as they came; clock_rate is not set */
  guint consistent;  /* steps, while not @found */
  guint16 last_seq;
};

typedef struct
{
  GHashTable *by_flow; /* Flow -> RtpStream, candidates too */
  GHashTable *by_ssrc; /* -> RtpStream that was found last */
  GPtrArray *streams;  /* of RtpStream, in the order of their being found */
  GPtrArray *all;      /* owns them */
  GArray *clocks;      /* of SdpClock */
} RtpFinder;

RtpFinder *rtp_finder_new (void);
void rtp_finder_free (RtpFinder *finder);
/* @time: ns. */
void rtp_finder_push (RtpFinder *finder, const Packet *packet, gint64 time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtpFinder, rtp_finder_free)

G_END_DECLS
