/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From what a capture holds to what UDP or TCP carried. */

/* Link types that are read: libpcap's DLT_ numbers, which pcap/dlt.h has for all. */
typedef enum
{
  PACKET_LINK_NULL = 0,     /* BSD loopback: address family in the capturing machine's byte order */
  PACKET_LINK_ETHERNET = 1, /* with VLAN tags */
  PACKET_LINK_RAW = 12,     /* IP without anything before it */
  PACKET_LINK_RAW_BSD = 14, /* the same, OpenBSD's number */
  PACKET_LINK_RAW_FILE = 101,
  PACKET_LINK_LOOP = 108, /* OpenBSD loopback: address family in network byte order */
  PACKET_LINK_SLL = 113,  /* Linux, device "any" */
  PACKET_LINK_IPV4 = 228,
  PACKET_LINK_IPV6 = 229,
  PACKET_LINK_SLL2 = 276 /* Linux, device "any", newer */
} PacketLink;

typedef struct
{
  gboolean ipv6, tcp;
  guint8 source[16], destination[16]; /* IPv4: the first four */
  guint16 source_port, destination_port;
  const guint8 *payload;
  gsize captured; /* bytes of @payload that are there */
  gsize size;     /* that there were */
} Packet;

gboolean packet_link_is_known (int link);
/* FALSE: no UDP or TCP in it, cut off before the payload, or a fragment. */
gboolean packet_parse (Packet *packet, int link, const guint8 *data, gsize length);

G_END_DECLS
