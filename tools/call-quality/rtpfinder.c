/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "rtpfinder.h"

#include "sdpclocks.h"

#include <string.h>

#define CONSISTENT_STEPS 2 /* from packet to packet */
#define MAX_STEP 100
#define MAX_CANDIDATE 64     /* packets that are kept of what repeats one number */
#define MAX_PATH_CHANGE 3000 /* numbers that may be lost while the path changes */
#define RTCP_FIRST 192
#define RTCP_LAST 223
#define CHANNEL_HEADER 4 /* bytes, of TURN's ChannelData */

typedef struct
{
  guint8 source[16], destination[16];
  guint16 source_port, destination_port;
  guint32 ssrc;
} Flow;

/* A Flow has no padding: four-byte fields and pairs of two. */
static guint
flow_hash (gconstpointer key)
{
  const guint8 *bytes = key;
  guint hash = 5381;
  for (gsize i = 0; i < sizeof (Flow); i++)
    hash = hash * 33 + bytes[i];
  return hash;
}

static gboolean
flow_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Flow)) == 0;
}

static void
stream_free (gpointer data)
{
  RtpStream *stream = data;
  g_array_unref (stream->packets);
  g_free (stream);
}

RtpFinder *
rtp_finder_new (void)
{
  RtpFinder *finder = g_new0 (RtpFinder, 1);
  finder->by_flow = g_hash_table_new_full (flow_hash, flow_equal, g_free, NULL);
  finder->by_ssrc = g_hash_table_new (NULL, NULL);
  finder->streams = g_ptr_array_new ();
  finder->all = g_ptr_array_new_with_free_func (stream_free);
  finder->clocks = g_array_new (FALSE, FALSE, sizeof (SdpClock));
  return finder;
}

void
rtp_finder_free (RtpFinder *finder)
{
  g_hash_table_unref (finder->by_flow);
  g_hash_table_unref (finder->by_ssrc);
  g_ptr_array_unref (finder->streams);
  g_ptr_array_unref (finder->all);
  g_array_unref (finder->clocks);
  g_free (finder);
}

/* ---- one packet ---- */

/* RTP through a TURN server stands in a channel: its number (0x4000 to 0x4fff), its length, then the data. */
static void
open_channel (Packet *packet)
{
  const guint8 *data = packet->payload;
  if (packet->captured < CHANNEL_HEADER || data[0] >> 4 != 4)
    return;
  gsize length = (gsize) (data[2] << 8 | data[3]);
  if (length > packet->size - CHANNEL_HEADER)
    return;
  packet->payload += CHANNEL_HEADER;
  packet->captured = MIN (packet->captured - CHANNEL_HEADER, length);
  packet->size = length;
}

static gboolean
may_be_rtp (const Packet *packet, RtpPacket *rtp)
{
  const guint8 *data = packet->payload;
  if (!rtp_packet_parse (rtp, data, packet->captured) || (data[1] >= RTCP_FIRST && data[1] <= RTCP_LAST))
    return FALSE;
  gsize header = RTP_PACKET_HEADER + (gsize) (data[0] & 0xf) * 4;
  gboolean extended = (data[0] & 0x10) != 0;
  if (extended && header + 4 <= packet->captured)
    header += 4 + (gsize) (data[header + 2] << 8 | data[header + 3]) * 4;
  return header <= packet->size;
}

/* ---- streams ---- */

static RtpStream *
stream_for (RtpFinder *finder, const Packet *packet, guint32 ssrc)
{
  Flow flow = {.source_port = packet->source_port, .destination_port = packet->destination_port, .ssrc = ssrc};
  memcpy (flow.source, packet->source, sizeof flow.source);
  memcpy (flow.destination, packet->destination, sizeof flow.destination);
  RtpStream *stream = g_hash_table_lookup (finder->by_flow, &flow);
  if (stream != NULL)
    return stream;
  stream = g_new0 (RtpStream, 1);
  stream->ipv6 = packet->ipv6;
  memcpy (stream->source, packet->source, sizeof flow.source);
  memcpy (stream->destination, packet->destination, sizeof flow.destination);
  stream->source_port = packet->source_port;
  stream->destination_port = packet->destination_port;
  stream->ssrc = ssrc;
  stream->packets = g_array_new (FALSE, FALSE, sizeof (RtpPacket));
  g_ptr_array_add (finder->all, stream);
  g_hash_table_insert (finder->by_flow, g_memdup2 (&flow, sizeof flow), stream);
  return stream;
}

/* When the SSRC was on another flow and goes on here where it was there, its packets go there. */
static void
join_former_path (RtpFinder *finder, RtpStream *stream)
{
  RtpStream *former = g_hash_table_lookup (finder->by_ssrc, GUINT_TO_POINTER (stream->ssrc));
  guint16 step = former != NULL ? g_array_index (stream->packets, RtpPacket, 0).seq - former->last_seq : 0;
  if (step == 0 || step >= MAX_PATH_CHANGE) {
    g_ptr_array_add (finder->streams, stream);
    g_hash_table_insert (finder->by_ssrc, GUINT_TO_POINTER (stream->ssrc), stream);
    return;
  }
  g_array_append_vals (former->packets, stream->packets->data, stream->packets->len);
  former->last_seq = stream->last_seq;
  g_array_set_size (stream->packets, 0);
  stream->former = former;
}

/* Those before an inconsistent one were none, and are let go. */
static void
examine (RtpFinder *finder, RtpStream *stream, const RtpPacket *rtp)
{
  gint16 step = (gint16) (rtp->seq - stream->last_seq);
  if (stream->packets->len > 0 && ABS ((int) step) > MAX_STEP) {
    g_array_set_size (stream->packets, 0);
    stream->consistent = 0;
  } else if (stream->packets->len > 0 && step != 0)
    stream->consistent++;
  g_array_append_val (stream->packets, *rtp);
  stream->last_seq = rtp->seq;
  stream->found = stream->consistent >= CONSISTENT_STEPS;
  if (stream->found)
    join_former_path (finder, stream);
  else if (stream->packets->len > MAX_CANDIDATE)
    g_array_set_size (stream->packets, 1);
}

void
rtp_finder_push (RtpFinder *finder, const Packet *packet, gint64 time)
{
  Packet inner = *packet;
  sdp_clocks_read (finder->clocks, packet->payload, packet->captured);
  if (packet->tcp)
    return;
  open_channel (&inner);
  RtpPacket rtp = {.arrival = time, .size = (guint) inner.size};
  if (!may_be_rtp (&inner, &rtp))
    return;
  RtpStream *stream = stream_for (finder, &inner, rtp.ssrc);
  if (!stream->found) {
    examine (finder, stream, &rtp);
    return;
  }
  if (stream->former != NULL)
    stream = stream->former;
  g_array_append_val (stream->packets, rtp);
  stream->last_seq = rtp.seq;
}
