/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The first byte (TOC) has a configuration of 5 bits, which tells mode and duration of a frame, a bit for stereo, and a
 * code for the number of frames: one, two, two, or as the next byte says (RFC 6716, 3.1 and 3.2). */

#include "gst/core/opuspacket.h"

#define MAX_DURATION_STEPS 48 /* 120 ms */
#define CELT_FULLBAND 28      /* the first of four configurations: 2.5, 5, 10, 20 ms */

/* In steps of 2.5 ms. */
static guint
frame_steps (guint8 toc)
{
  static const guint8 silk[4] = {4, 8, 16, 24};
  guint config = toc >> 3;

  if (config < 12)
    return silk[config & 3];
  if (config < 16)
    return config & 1 ? 8 : 4;
  return 1u << (config & 3);
}

static guint
count_frames (const guint8 *packet, gsize size)
{
  guint code = packet[0] & 3;

  if (code < 3)
    return code == 0 ? 1 : 2;
  return size < 2 ? 0 : packet[1] & 0x3f;
}

guint64
opus_packet_duration (gconstpointer data, gsize size)
{
  guint steps;

  if (size == 0)
    return 0;
  steps = frame_steps (*(const guint8 *) data) * count_frames (data, size);
  return steps > MAX_DURATION_STEPS ? 0 : steps * OPUS_PACKET_STEP_NS;
}

guint
opus_packet_channels (gconstpointer data, gsize size)
{
  if (size == 0)
    return 0;
  return *(const guint8 *) data & 4 ? 2 : 1;
}

gboolean
opus_packet_is_silent (gconstpointer data, gsize size)
{
  return size <= OPUS_SILENCE_SIZE;
}

/* CELT's first symbol says that a frame is silent; the bytes of ones are that symbol. */
guint64
opus_packet_silence (guint channels, guint64 length, guint8 *packet)
{
  for (gint shift = 3; shift >= 0; shift--) {
    guint64 duration = OPUS_PACKET_STEP_NS << shift;
    if (duration > length)
      continue;
    packet[0] = (CELT_FULLBAND + shift) << 3 | (channels == 2 ? 4 : 0);
    packet[1] = 0xff;
    packet[2] = 0xfe;
    return duration;
  }
  return 0;
}
