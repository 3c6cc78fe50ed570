/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* callqualitymeter on raw media whose levels, gaps, pauses and black frames are known. */

#include "meterharness.h"

#include <math.h>

#define RATE 48000
#define BLOCK 960 /* 20 ms */
#define BLOCK_TIME (20 * GST_MSECOND)
#define WIDTH 64
#define HEIGHT 48
#define FRAME (GST_SECOND / 30)

/* ---- audio ---- */

typedef double (*SampleFunc) (guint at, double amplitude);

static double
sine (guint at, double amplitude)
{
  return amplitude * sin (2 * G_PI * 1000 * at / RATE);
}

static double
square (guint at, double amplitude)
{
  return at / 24 % 2 == 0 ? amplitude : -amplitude;
}

static void
store (gpointer data, const char *format, guint at, double value)
{
  if (g_str_equal (format, "S16LE"))
    ((gint16 *) data)[at] = (gint16) CLAMP (lrint (value * 32768), G_MININT16, G_MAXINT16);
  else if (g_str_equal (format, "S32LE"))
    ((gint32 *) data)[at] = (gint32) CLAMP (llrint (value * 2147483648.0), G_MININT32, G_MAXINT32);
  else if (g_str_equal (format, "F32LE"))
    ((float *) data)[at] = (float) value;
  else
    ((double *) data)[at] = value;
}

static gsize
sample_size (const char *format)
{
  return g_str_equal (format, "S16LE") ? 2 : g_str_equal (format, "F64LE") ? 8 : 4;
}

static void
push_blocks (MeterHarness *meter, const char *format, guint channels, guint begin, guint end, SampleFunc sample,
    double amplitude)
{
  for (guint block = begin; block < end; block++) {
    gsize size = BLOCK * channels * sample_size (format);
    gpointer data = g_malloc0 (size);
    for (guint i = 0; i < BLOCK * channels; i++)
      store (data, format, i, sample (block * BLOCK + i / channels, amplitude));
    meter_harness_buffer (meter, data, size, block * BLOCK_TIME, BLOCK_TIME);
  }
}

static MeterHarness *
audio_meter (const char *format, guint channels)
{
  g_autofree char *caps = g_strdup_printf ("audio/x-raw,format=%s,rate=%u,channels=%u,layout=interleaved%s", format,
      RATE, channels, channels == 2 ? ",channel-mask=(bitmask)3" : "");
  return meter_harness_new (caps, "interval", 100 * GST_SECOND, NULL);
}

static void
test_levels (void)
{
  static const char *const formats[] = {"S16LE", "S32LE", "F32LE", "F64LE"};
  static const struct
  {
    SampleFunc sample;
    double amplitude, level, peak;
  } rows[] = {{sine, 1, -3.01, 0}, {sine, 0.1, -23.01, -20}, {sine, 0.01, -43.01, -40}, {square, 1, 0, 0},
      {square, 0.5, -6.02, -6.02}};
  for (guint format = 0; format < G_N_ELEMENTS (formats); format++) {
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
      g_autoptr (MeterHarness) meter = audio_meter (formats[format], 1 + i % 2);
      push_blocks (meter, formats[format], 1 + i % 2, 0, 10, rows[i].sample, rows[i].amplitude);
      g_autoptr (GstStructure) final = meter_harness_finish (meter);
      g_assert_cmpfloat_with_epsilon (meter_number (final, "level"), rows[i].level, 0.05);
      g_assert_cmpfloat_with_epsilon (meter_number (final, "peak"), rows[i].peak, 0.05);
      g_assert_cmpuint (meter_count (final, "samples"), ==, 10 * BLOCK);
      g_assert_cmpuint (meter_count (final, "gaps"), ==, 0);
    }
  }
}

static void
test_silence_and_clipping (void)
{
  g_autoptr (MeterHarness) meter = audio_meter ("S16LE", 1);
  push_blocks (meter, "S16LE", 1, 0, 30, sine, 0);
  push_blocks (meter, "S16LE", 1, 30, 39, sine, 0.5);
  push_blocks (meter, "S16LE", 1, 39, 40, square, 1);
  g_autoptr (GstStructure) final = meter_harness_finish (meter);
  g_assert_cmpfloat_with_epsilon (meter_number (final, "silence"), 0.75, 1e-9);
  g_assert_cmpuint (meter_count (final, "clipped"), ==, BLOCK - 1);
}

/* Three buffers that do not come, one that is said to be empty, one whose time goes back. */
static void
test_gaps (void)
{
  g_autoptr (MeterHarness) meter = audio_meter ("S16LE", 1);
  push_blocks (meter, "S16LE", 1, 0, 20, sine, 0.5);
  push_blocks (meter, "S16LE", 1, 23, 40, sine, 0.5);
  gst_harness_push_event (meter->harness, gst_event_new_gap (40 * BLOCK_TIME, BLOCK_TIME));
  push_blocks (meter, "S16LE", 1, 41, 50, sine, 0.5);
  push_blocks (meter, "S16LE", 1, 48, 50, sine, 0.5);
  g_autoptr (GstStructure) final = meter_harness_finish (meter);
  g_assert_cmpuint (meter_count (final, "gaps"), ==, 2);
  g_assert_cmpfloat_with_epsilon (meter_number (final, "gaps-duration"), 80, 1e-6);
  g_assert_cmpuint (meter_count (final, "discontinuities"), ==, 3);
}

/* ---- video ---- */

static void
push_frame (MeterHarness *meter, guint width, guint height, guint8 luma, GstClockTime time)
{
  gsize pixels = (gsize) width * height, size = pixels + pixels / 2;
  guint8 *data = g_malloc (size);
  memset (data, luma, pixels);
  memset (data + pixels, 128, size - pixels);
  meter_harness_buffer (meter, data, size, time, FRAME);
}

#define I420(width, height)                                                                                            \
  "video/x-raw,format=I420,framerate=30/1,width=" G_STRINGIFY (width) ",height=" G_STRINGIFY (height)

/* Four seconds with pauses of 500 and 800 ms, the last second black. */
static void
test_freezes_and_black (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (I420 (64, 48), "interval", 100 * GST_SECOND, NULL);
  GstClockTime time = 0;
  for (guint i = 0; i < 120; i++) {
    push_frame (meter, WIDTH, HEIGHT, i < 90 ? 120 : 16, time);
    time += i == 40 ? 500 * GST_MSECOND : i == 80 ? 800 * GST_MSECOND : FRAME;
  }
  g_autoptr (GstStructure) final = meter_harness_finish (meter);
  g_assert_cmpuint (meter_count (final, "frames"), ==, 120);
  g_assert_cmpuint (meter_count (final, "freezes"), ==, 2);
  g_assert_cmpfloat_with_epsilon (meter_number (final, "freeze-duration"), 1300, 0.001);
  g_assert_cmpfloat_with_epsilon (meter_number (final, "fps"), 119 / (117 / 30.0 + 1.3), 0.001);
  g_assert_cmpfloat_with_epsilon (meter_number (final, "black"), 0.25, 1e-9);
  g_assert_cmpuint (meter_count (final, "width"), ==, WIDTH);
  g_assert_cmpfloat (meter_number (final, "video-mos"), <, 4);
}

/* Pauses that webrtc-stats does not call a freeze: average + 150 ms at 30 Hz, three times the average at 5 Hz. */
static void
test_no_freeze (void)
{
  static const struct
  {
    GstClockTime frame, pause;
    guint freezes;
  } rows[] = {{FRAME, 180 * GST_MSECOND, 0}, {FRAME, 190 * GST_MSECOND, 1}, {200 * GST_MSECOND, 590 * GST_MSECOND, 0},
      {200 * GST_MSECOND, 610 * GST_MSECOND, 1}};
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MeterHarness) meter = meter_harness_new (I420 (64, 48), "interval", 100 * GST_SECOND, NULL);
    for (guint n = 0; n < 60; n++)
      push_frame (meter, WIDTH, HEIGHT, 120, n * rows[i].frame + (n > 40 ? rows[i].pause - rows[i].frame : 0));
    g_autoptr (GstStructure) final = meter_harness_finish (meter);
    g_assert_cmpuint (meter_count (final, "freezes"), ==, rows[i].freezes);
  }
}

static void
test_size_changes (void)
{
  g_autoptr (MeterHarness) meter = meter_harness_new (I420 (64, 48), NULL);
  for (guint i = 0; i < 10; i++)
    push_frame (meter, 64, 48, 120, i * FRAME);
  gst_harness_set_src_caps_str (meter->harness, I420 (32, 16));
  for (guint i = 10; i < 20; i++)
    push_frame (meter, 32, 16, 120, i * FRAME);
  g_autoptr (GstStructure) final = meter_harness_finish (meter);
  g_assert_cmpuint (meter_count (final, "size-changes"), ==, 1);
  g_assert_cmpuint (meter_count (final, "width"), ==, 32);
  g_assert_cmpuint (meter_count (final, "frames"), ==, 20);
}

/* ---- encoded ---- */

static void
test_encoded (void)
{
  g_autoptr (MeterHarness) video = meter_harness_new ("video/x-vp8,width=320,height=240", NULL);
  for (guint i = 0; i < 30; i++) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, 1000, NULL);
    GST_BUFFER_PTS (buffer) = i * FRAME;
    if (i % 10 != 0)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    gst_harness_push (video->harness, buffer);
  }
  g_autoptr (GstStructure) final = meter_harness_finish (video);
  g_assert_cmpuint (meter_count (final, "keyframes"), ==, 3);
  g_assert_cmpuint (meter_count (final, "height"), ==, 240);
  g_assert_cmpstr (gst_structure_get_string (final, "codec"), ==, "VP8");

  g_autoptr (MeterHarness) audio = meter_harness_new ("audio/x-opus,channel-mapping-family=0", NULL);
  for (guint i = 0; i < 50; i++) {
    if (i != 25)
      meter_harness_buffer (audio, g_malloc0 (100), 100, i * BLOCK_TIME, BLOCK_TIME);
  }
  g_autoptr (GstStructure) sound = meter_harness_finish (audio);
  g_assert_cmpuint (meter_count (sound, "gaps"), ==, 1);
  g_assert_cmpfloat_with_epsilon (meter_number (sound, "gaps-duration"), 20, 1e-6);
  g_assert_cmpuint (meter_count (sound, "bitrate"), ==, 49 * 800);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/callqualitymedia/levels", test_levels);
  g_test_add_func ("/callqualitymedia/silence-and-clipping", test_silence_and_clipping);
  g_test_add_func ("/callqualitymedia/gaps", test_gaps);
  g_test_add_func ("/callqualitymedia/freezes-and-black", test_freezes_and_black);
  g_test_add_func ("/callqualitymedia/no-freeze", test_no_freeze);
  g_test_add_func ("/callqualitymedia/size-changes", test_size_changes);
  g_test_add_func ("/callqualitymedia/encoded", test_encoded);
  int result = g_test_run ();
  gst_deinit ();
  return result;
}
