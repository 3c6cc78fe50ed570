/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/rtppacket.h"

#define RTP_VERSION 2

static guint32
read_uint (const guint8 *data, guint bytes)
{
  guint32 value = 0;
  for (guint i = 0; i < bytes; i++)
    value = value << 8 | data[i];
  return value;
}

gboolean
rtp_packet_parse (RtpPacket *packet, const guint8 *data, gsize length)
{
  if (length < RTP_PACKET_HEADER || data[0] >> 6 != RTP_VERSION)
    return FALSE;
  packet->marker = data[1] >> 7;
  packet->payload_type = data[1] & 0x7f;
  packet->seq = (guint16) read_uint (data + 2, 2);
  packet->timestamp = read_uint (data + 4, 4);
  packet->ssrc = read_uint (data + 8, 4);
  return TRUE;
}

const RtpStaticPayload *
rtp_static_payload_find (guint payload_type)
{
  static const RtpStaticPayload payloads[] = {{0, 8000, "PCMU", FALSE}, {3, 8000, "GSM", FALSE},
      {4, 8000, "G723", FALSE}, {5, 8000, "DVI4", FALSE}, {6, 16000, "DVI4", FALSE}, {7, 8000, "LPC", FALSE},
      {8, 8000, "PCMA", FALSE}, {9, 8000, "G722", FALSE}, {10, 44100, "L16", FALSE}, {11, 44100, "L16", FALSE},
      {12, 8000, "QCELP", FALSE}, {13, 8000, "CN", FALSE}, {14, 90000, "MPA", FALSE}, {15, 8000, "G728", FALSE},
      {16, 11025, "DVI4", FALSE}, {17, 22050, "DVI4", FALSE}, {18, 8000, "G729", FALSE}, {25, 90000, "CELB", TRUE},
      {26, 90000, "JPEG", TRUE}, {28, 90000, "NV", TRUE}, {31, 90000, "H261", TRUE}, {32, 90000, "MPV", TRUE},
      {33, 90000, "MP2T", TRUE}, {34, 90000, "H263", TRUE}};
  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++) {
    if (payloads[i].payload_type == payload_type)
      return &payloads[i];
  }
  return NULL;
}
