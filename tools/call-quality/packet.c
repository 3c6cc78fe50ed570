/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "packet.h"

#include <string.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_QINQ 0x88a8
#define ETHERTYPE_PPPOE 0x8864
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

/* What is left to read. */
typedef struct
{
  const guint8 *at;
  gsize left;
} Bytes;

static gboolean
skip (Bytes *bytes, gsize count)
{
  if (bytes->left < count)
    return FALSE;
  bytes->at += count;
  bytes->left -= count;
  return TRUE;
}

static guint16
read_u16 (const guint8 *at)
{
  return (guint16) (at[0] << 8 | at[1]);
}

/* ---- transport ---- */

static gboolean
parse_udp (Packet *packet, Bytes bytes)
{
  if (bytes.left < 8)
    return FALSE;
  gsize length = read_u16 (bytes.at + 4);
  if (length < 8)
    return FALSE;
  skip (&bytes, 8);
  packet->size = length - 8;
  packet->captured = MIN (bytes.left, packet->size);
  packet->payload = bytes.at;
  return TRUE;
}

static gboolean
parse_tcp (Packet *packet, Bytes bytes)
{
  if (bytes.left < 20)
    return FALSE;
  gsize header = (gsize) (bytes.at[12] >> 4) * 4;
  if (header < 20 || !skip (&bytes, header))
    return FALSE;
  packet->tcp = TRUE;
  packet->size = packet->captured = bytes.left;
  packet->payload = bytes.at;
  return TRUE;
}

static gboolean
parse_transport (Packet *packet, guint protocol, Bytes bytes)
{
  if (bytes.left < 4)
    return FALSE;
  packet->source_port = read_u16 (bytes.at);
  packet->destination_port = read_u16 (bytes.at + 2);
  if (protocol == PROTOCOL_UDP)
    return parse_udp (packet, bytes);
  return protocol == PROTOCOL_TCP && parse_tcp (packet, bytes);
}

/* ---- internet ---- */

static gboolean
parse_ipv4 (Packet *packet, Bytes bytes)
{
  if (bytes.left < 20)
    return FALSE;
  gsize header = (gsize) (bytes.at[0] & 0xf) * 4, total = read_u16 (bytes.at + 2);
  gboolean fragment = (read_u16 (bytes.at + 6) & 0x3fff) != 0;
  guint protocol = bytes.at[9];
  /* A total of 0 is that of a segment that the network card had yet to cut. What is longer is Ethernet's padding. */
  if (total >= header)
    bytes.left = MIN (bytes.left, total);
  memcpy (packet->source, bytes.at + 12, 4);
  memcpy (packet->destination, bytes.at + 16, 4);
  return header >= 20 && !fragment && skip (&bytes, header) && parse_transport (packet, protocol, bytes);
}

static gboolean
is_option_header (guint protocol)
{
  return protocol == 0 || protocol == 43 || protocol == 60; /* hop by hop, routing, destination options */
}

static gboolean
parse_ipv6 (Packet *packet, Bytes bytes)
{
  if (bytes.left < 40)
    return FALSE;
  gsize length = read_u16 (bytes.at + 4);
  guint protocol = bytes.at[6];
  packet->ipv6 = TRUE;
  memcpy (packet->source, bytes.at + 8, 16);
  memcpy (packet->destination, bytes.at + 24, 16);
  skip (&bytes, 40);
  if (length > 0)
    bytes.left = MIN (bytes.left, length);
  while (is_option_header (protocol)) {
    if (bytes.left < 8)
      return FALSE;
    protocol = bytes.at[0];
    if (!skip (&bytes, 8 + (gsize) bytes.at[1] * 8))
      return FALSE;
  }
  return parse_transport (packet, protocol, bytes);
}

static gboolean
parse_ip (Packet *packet, Bytes bytes)
{
  if (bytes.left == 0)
    return FALSE;
  return bytes.at[0] >> 4 == 4 ? parse_ipv4 (packet, bytes) : bytes.at[0] >> 4 == 6 && parse_ipv6 (packet, bytes);
}

/* ---- link ---- */

/* @bytes: at an EtherType. */
static gboolean
parse_ethertype (Packet *packet, Bytes bytes)
{
  while (bytes.left >= 2) {
    guint type = read_u16 (bytes.at);
    skip (&bytes, 2);
    if (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6)
      return parse_ip (packet, bytes);
    if (type == ETHERTYPE_PPPOE)
      return skip (&bytes, 8) && parse_ip (packet, bytes);
    if ((type != ETHERTYPE_VLAN && type != ETHERTYPE_QINQ) || !skip (&bytes, 2))
      return FALSE;
  }
  return FALSE;
}

gboolean
packet_link_is_known (int link)
{
  static const int known[] = {PACKET_LINK_NULL, PACKET_LINK_ETHERNET, PACKET_LINK_RAW, PACKET_LINK_RAW_BSD,
      PACKET_LINK_RAW_FILE, PACKET_LINK_LOOP, PACKET_LINK_SLL, PACKET_LINK_IPV4, PACKET_LINK_IPV6, PACKET_LINK_SLL2};
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (known[i] == link)
      return TRUE;
  }
  return FALSE;
}

gboolean
packet_parse (Packet *packet, int link, const guint8 *data, gsize length)
{
  Bytes bytes = {data, length};
  *packet = (Packet){0};
  switch (link) {
    case PACKET_LINK_NULL:
    case PACKET_LINK_LOOP:
      return skip (&bytes, 4) && parse_ip (packet, bytes);
    case PACKET_LINK_ETHERNET:
      return skip (&bytes, 12) && parse_ethertype (packet, bytes);
    case PACKET_LINK_SLL:
      return skip (&bytes, 14) && parse_ethertype (packet, bytes);
    case PACKET_LINK_SLL2: { /* the EtherType comes first there, and what it is the type of 18 bytes later */
      Bytes type = bytes;
      if (type.left < 20)
        return FALSE;
      guint ethertype = read_u16 (type.at);
      skip (&bytes, 20);
      return (ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6)
                 ? parse_ip (packet, bytes)
                 : ethertype == ETHERTYPE_VLAN && skip (&bytes, 2) && parse_ethertype (packet, bytes);
    }
    case PACKET_LINK_RAW:
    case PACKET_LINK_RAW_BSD:
    case PACKET_LINK_RAW_FILE:
    case PACKET_LINK_IPV4:
    case PACKET_LINK_IPV6:
      return parse_ip (packet, bytes);
    default:
      return FALSE;
  }
}
