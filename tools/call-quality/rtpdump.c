/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What rtpdump of the rtptools, and Wireshark, write: a line of text, then binary, all in network byte order.
 *
 *   #!rtpplay1.0 192.0.2.1/5004\n
 *   start: s (4), us (4)   source address (4)   port (2)   padding (2)
 *   packet: length with this header (2)   length of RTP, 0 for RTCP (2)   ms since the start (4)   data
 *   ... */

#include "source.h"

#include "streamentry.h"

#include <gio/gio.h>
#include <string.h>

#define FILE_HEADER 16
#define PACKET_HEADER 8
#define NS_IN_MS G_GINT64_CONSTANT (1000000)
#define MAX_FIRST_LINE 256

static guint32
read_uint (const guint8 *data, guint bytes)
{
  guint32 value = 0;
  for (guint i = 0; i < bytes; i++)
    value = value << 8 | data[i];
  return value;
}

/* The address that was listened on stands in the first line; an IPv4 address is shown, any other is not. */
static void
read_address (Packet *packet, const char *line, gsize length)
{
  g_autofree char *text = g_strndup (line, length);
  g_auto (GStrv) parts = g_strsplit (text + strlen ("#!rtpplay1.0 "), "/", 2);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (parts[0] != NULL ? parts[0] : "");
  if (address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    memcpy (packet->destination, g_inet_address_to_bytes (address), 4);
  if (parts[0] != NULL && parts[1] != NULL)
    packet->destination_port = (guint16) g_ascii_strtoull (parts[1], NULL, 10);
}

/* FALSE: the file ends within a packet. */
static gboolean
read_packets (RtpFinder *finder, Packet *packet, gint64 start, const guint8 *data, gsize left)
{
  while (left >= PACKET_HEADER) {
    gsize length = read_uint (data, 2), size = read_uint (data + 2, 2);
    if (length < PACKET_HEADER || length > left)
      return FALSE;
    packet->payload = data + PACKET_HEADER;
    packet->captured = length - PACKET_HEADER;
    packet->size = MAX (size, packet->captured);
    if (size > 0)
      rtp_finder_push (finder, packet, start + read_uint (data + 4, 4) * NS_IN_MS);
    data += length;
    left -= length;
  }
  return left == 0;
}

gboolean
rtp_dump_read (const char *file, GPtrArray *entries, GPtrArray *warnings, GError **error)
{
  g_autofree char *content = NULL;
  gsize length;
  Packet packet = {0};
  if (!g_file_get_contents (file, &content, &length, error))
    return FALSE;
  const char *end = memchr (content, '\n', MIN (length, MAX_FIRST_LINE));
  gsize first = end != NULL ? (gsize) (end - content) + 1 : length;
  if (length - first < FILE_HEADER) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the RTP dump ends within its header");
    return FALSE;
  }
  const guint8 *header = (const guint8 *) content + first;
  g_autoptr (RtpFinder) finder = rtp_finder_new ();
  read_address (&packet, content, first - 1);
  memcpy (packet.source, header + 8, 4);
  packet.source_port = (guint16) read_uint (header + 12, 2);
  gint64 start = (gint64) read_uint (header, 4) * 1000 * NS_IN_MS + read_uint (header + 4, 4) * (NS_IN_MS / 1000);
  if (!read_packets (finder, &packet, start, header + FILE_HEADER, length - first - FILE_HEADER))
    g_ptr_array_add (warnings, g_strdup ("read up to where it breaks: the RTP dump ends within a packet"));
  stream_entries_add (file, finder, entries);
  return TRUE;
}
