/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "tools/call-quality/rtpfinder.h"

/* The input is a capture: one byte chooses the link type, then come frames, each behind two bytes of length. What is
 * found is RTP: more than two packets, each with its header, in the order of their coming. */

static void
check_stream (const RtpStream *stream)
{
  FUZZ_ASSERT (stream->found && stream->former == NULL && stream->packets->len >= 3);
  for (guint i = 0; i < stream->packets->len; i++) {
    const RtpPacket *packet = &g_array_index (stream->packets, RtpPacket, i);
    FUZZ_ASSERT (packet->ssrc == stream->ssrc && packet->size >= RTP_PACKET_HEADER && packet->payload_type < 128);
    FUZZ_ASSERT (i == 0 || packet->arrival > g_array_index (stream->packets, RtpPacket, i - 1).arrival);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const int links[] = {
      PACKET_LINK_ETHERNET, PACKET_LINK_NULL, PACKET_LINK_RAW, PACKET_LINK_LOOP, PACKET_LINK_SLL, PACKET_LINK_SLL2};
  g_autoptr (RtpFinder) finder = rtp_finder_new ();
  int link = size > 0 ? links[data[0] % G_N_ELEMENTS (links)] : 0;
  gint64 time = 0;
  for (size_t at = 1; at + 2 <= size;) {
    size_t length = MIN ((size_t) (data[at] << 8 | data[at + 1]), size - at - 2);
    Packet packet;
    if (packet_parse (&packet, link, data + at + 2, length)) {
      FUZZ_ASSERT (packet.payload >= data && packet.payload + packet.captured <= data + size);
      FUZZ_ASSERT (packet.captured <= packet.size);
      rtp_finder_push (finder, &packet, time++);
    }
    at += 2 + length;
  }
  for (guint i = 0; i < finder->streams->len; i++)
    check_stream (g_ptr_array_index (finder->streams, i));
  return 0;
}
