/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Packets at given times, and how much silence goes before them; then a long call with everything that happens to it,
 * whose sound has to be as long as the clock says. */

#include "gst/core/opuspacket.h"
#include "gst/core/recordsound.h"

#define MS G_GUINT64_CONSTANT (1000000)
#define PACKET (20 * MS)

/* As the recorder does it. FALSE: the packet was left out. */
static gboolean
write_packet (RecordSound *sound, guint64 time)
{
  guint64 fill;

  if (record_sound_place (sound, time, &fill) == RECORD_SOUND_DROP)
    return FALSE;
  if (fill > 0)
    record_sound_silence (sound, fill);
  record_sound_packet (sound, PACKET);
  return TRUE;
}

static void
test_steady (void)
{
  RecordSound sound = {0};

  for (guint i = 0; i < 1000; i++)
    g_assert_true (write_packet (&sound, 500 * MS + i * PACKET));
  g_assert_cmpuint (sound.end, ==, 500 * MS + 1000 * PACKET);
  g_assert_cmpuint (sound.filled, ==, 0);
}

/* What arrives early or late by some milliseconds makes no gap. */
static void
test_jitter (void)
{
  static const gint jitter[] = {0, 8, -8, 14, -14, 3, 0, -9};
  RecordSound sound = {0};

  for (guint i = 0; i < 1000; i++)
    g_assert_true (write_packet (&sound, 500 * MS + i * PACKET + jitter[i % G_N_ELEMENTS (jitter)] * (gint64) MS));
  g_assert_cmpuint (sound.filled, ==, 0);
}

static void
test_gaps (void)
{
  RecordSound sound = {0};
  guint64 time = 0;

  for (guint i = 0; i < 100; i++) {
    guint64 lost = i % 7; /* packets */
    time += lost * PACKET;
    g_assert_true (write_packet (&sound, time));
    time += PACKET;
    g_assert_cmpuint (sound.end, ==, time);
  }
}

/* A gap that is no multiple of 2.5 ms: never off by more, whatever the number of gaps. */
static void
test_odd_gaps (void)
{
  RecordSound sound = {0};
  guint64 time = 0;

  for (guint i = 0; i < 1000; i++) {
    g_assert_true (write_packet (&sound, time));
    time += PACKET;
    g_assert_cmpint (ABS ((gint64) (sound.end - time)), <=, RECORD_SOUND_AHEAD_NS);
    time += 21 * MS + i * 1234;
  }
}

static void
test_repeated (void)
{
  RecordSound sound = {0};

  g_assert_true (write_packet (&sound, 0));
  g_assert_true (write_packet (&sound, PACKET));
  g_assert_false (write_packet (&sound, 0));
  g_assert_cmpuint (sound.dropped, ==, 1);
  g_assert_cmpuint (sound.end, ==, 2 * PACKET);
}

/* A peer whose clock is 200 ppm fast or slow: half an hour of it is as long as ours says. */
static void
test_drift (gconstpointer ppm)
{
  RecordSound sound = {0};
  guint n = 30 * 60 * 50;
  guint64 time = 0;

  for (guint i = 0; i < n; i++) {
    time = (guint64) (i * (20e6 * (1 + GPOINTER_TO_INT (ppm) * 1e-6)));
    write_packet (&sound, time);
  }
  g_assert_cmpint (ABS ((gint64) (sound.end - time - PACKET)), <=, RECORD_SOUND_BEHIND_NS);
}

static void
test_catch_up (void)
{
  RecordSound sound = {0};

  g_assert_cmpuint (record_sound_catch_up (&sound, 1000 * MS, 200 * MS), ==, 0); /* it has not begun */
  write_packet (&sound, 0);
  g_assert_cmpuint (record_sound_catch_up (&sound, 219 * MS, 200 * MS), ==, 0);
  g_assert_cmpuint (record_sound_catch_up (&sound, 230 * MS, 200 * MS), ==, 200 * MS);
  g_assert_cmpuint (record_sound_catch_up (&sound, 10000 * MS, 200 * MS), ==, 9980 * MS);
}

static void
test_packets (void)
{
  static const struct
  {
    guint8 bytes[3];
    gsize size;
    guint64 duration;
    guint channels;
  } rows[] = {
      {{0xf8, 0xff, 0xfe}, 3, 20 * MS, 1},
      {{0xfc, 0xff, 0xfe}, 3, 20 * MS, 2},
      {{0x00}, 1, 10 * MS, 1},
      {{0x18}, 1, 60 * MS, 1},
      {{0x60}, 1, 10 * MS, 1},
      {{0x68}, 1, 20 * MS, 1},
      {{0x80}, 1, 2500000, 1},
      {{0xf9}, 2, 40 * MS, 1},
      {{0xfb, 0x03}, 2, 60 * MS, 1},
      {{0xfb, 0x3f}, 2, 0, 1}, /* 1.26 s: no packet is so long */
      {{0xfb}, 1, 0, 1},
  };

  g_assert_cmpuint (opus_packet_duration (NULL, 0), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_cmpuint (opus_packet_duration (rows[i].bytes, rows[i].size), ==, rows[i].duration);
    g_assert_cmpuint (opus_packet_channels (rows[i].bytes, rows[i].size), ==, rows[i].channels);
  }
}

static void
test_silence (void)
{
  guint8 packet[OPUS_SILENCE_SIZE];

  for (guint channels = 1; channels <= 2; channels++) {
    for (guint64 length = 0; length < 50 * MS; length += MS / 2) {
      guint64 duration = opus_packet_silence (channels, length, packet);
      g_assert_cmpuint (duration, <=, length);
      g_assert_true (duration > 0 || length < OPUS_PACKET_STEP_NS);
      g_assert_true (duration == 0 || opus_packet_duration (packet, sizeof packet) == duration);
      g_assert_true (duration == 0 || opus_packet_channels (packet, sizeof packet) == channels);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recordsound/steady", test_steady);
  g_test_add_func ("/recordsound/jitter", test_jitter);
  g_test_add_func ("/recordsound/gaps", test_gaps);
  g_test_add_func ("/recordsound/odd-gaps", test_odd_gaps);
  g_test_add_func ("/recordsound/repeated", test_repeated);
  g_test_add_data_func ("/recordsound/fast", GINT_TO_POINTER (-200), test_drift);
  g_test_add_data_func ("/recordsound/slow", GINT_TO_POINTER (200), test_drift);
  g_test_add_func ("/recordsound/catch-up", test_catch_up);
  g_test_add_func ("/recordsound/opus-packets", test_packets);
  g_test_add_func ("/recordsound/opus-silence", test_silence);
  return g_test_run ();
}
