/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/rtppacket.h"

static const guint8 header[] = {0x80, 0xef, 0x12, 0x34, 0xff, 0xfe, 0xfd, 0xfc, 0x01, 0x02, 0x03, 0x84};

static void
test_fields (void)
{
  RtpPacket packet = {.arrival = 7, .size = 8, .clock_rate = 9};
  g_assert_true (rtp_packet_parse (&packet, header, sizeof header));
  g_assert_true (packet.marker);
  g_assert_cmpuint (packet.payload_type, ==, 111);
  g_assert_cmpuint (packet.seq, ==, 0x1234);
  g_assert_cmpuint (packet.timestamp, ==, 0xfffefdfc);
  g_assert_cmpuint (packet.ssrc, ==, 0x01020384);
  g_assert_cmpint (packet.arrival, ==, 7);
  g_assert_cmpuint (packet.size, ==, 8);
  g_assert_cmpuint (packet.clock_rate, ==, 9);
}

static void
test_not_rtp (void)
{
  RtpPacket packet;
  for (gsize length = 0; length < sizeof header; length++)
    g_assert_false (rtp_packet_parse (&packet, header, length));
  for (guint first = 0; first < 256; first++) {
    guint8 data[sizeof header] = {first};
    g_assert_cmpint (rtp_packet_parse (&packet, data, sizeof data), ==, first >= 128 && first < 192);
  }
}

static void
test_static_payloads (void)
{
  g_assert_cmpuint (rtp_static_payload_find (0)->clock_rate, ==, 8000);
  g_assert_cmpstr (rtp_static_payload_find (9)->codec, ==, "G722");
  g_assert_cmpuint (rtp_static_payload_find (11)->clock_rate, ==, 44100);
  g_assert_true (rtp_static_payload_find (34)->video);
  for (guint payload_type = 35; payload_type < 300; payload_type++)
    g_assert_null (rtp_static_payload_find (payload_type));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtppacket/fields", test_fields);
  g_test_add_func ("/rtppacket/not-rtp", test_not_rtp);
  g_test_add_func ("/rtppacket/static-payloads", test_static_payloads);
  return g_test_run ();
}
