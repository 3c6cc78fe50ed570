/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* pcap and pcapng, by libpcap. */

#include "source.h"

#include "streamentry.h"

#include <gio/gio.h>
#include <pcap/pcap.h>

#define NS_IN_S G_GINT64_CONSTANT (1000000000)
#define MAX_SECONDS (G_MAXINT64 / NS_IN_S / 2)

/* libpcap tells nanoseconds where it says micro. */
static gint64
time_of (const struct pcap_pkthdr *header)
{
  gint64 seconds = CLAMP ((gint64) header->ts.tv_sec, -MAX_SECONDS, MAX_SECONDS);
  return seconds * NS_IN_S + CLAMP ((gint64) header->ts.tv_usec, 0, NS_IN_S - 1);
}

/* Returns how many were cut off. */
static guint64
read_packets (pcap_t *capture, RtpFinder *finder, GPtrArray *warnings)
{
  struct pcap_pkthdr *header;
  const u_char *data;
  guint64 cut = 0;
  int link = pcap_datalink (capture), status;
  while ((status = pcap_next_ex (capture, &header, &data)) == 1) {
    Packet packet;
    cut += header->caplen < header->len;
    if (packet_parse (&packet, link, data, header->caplen))
      rtp_finder_push (finder, &packet, time_of (header));
  }
  if (status == PCAP_ERROR)
    g_ptr_array_add (warnings, g_strdup_printf ("read up to where it breaks: %s", pcap_geterr (capture)));
  return cut;
}

gboolean
capture_read (const char *file, GPtrArray *entries, GPtrArray *warnings, GError **error)
{
  char reason[PCAP_ERRBUF_SIZE] = "";
  pcap_t *capture = pcap_open_offline_with_tstamp_precision (file, PCAP_TSTAMP_PRECISION_NANO, reason);
  if (capture == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, reason);
    return FALSE;
  }
  int link = pcap_datalink (capture);
  gboolean known = packet_link_is_known (link);
  if (known) {
    g_autoptr (RtpFinder) finder = rtp_finder_new ();
    guint64 cut = read_packets (capture, finder, warnings);
    if (cut > 0)
      g_ptr_array_add (
          warnings, g_strdup_printf ("%" G_GUINT64_FORMAT " packets were captured in part (a snapshot length)", cut));
    stream_entries_add (file, finder, entries);
  } else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "link type %d is not read", link);
  pcap_close (capture);
  return known;
}
