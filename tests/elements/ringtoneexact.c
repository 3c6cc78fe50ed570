/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* ringtonesrc measured: frequency, level, distortion, the samples of the edges; and what GStreamer's own generators
 * give, printed beside it. */

#include "tonemeasure.h"
#include "tonepull.h"

#include <math.h>
#include <string.h>

static double *
pull (const char *launch, const char *caps, GstClockTime seek, guint64 from, gsize n)
{
  gsize got;
  double *samples = tone_pull (&(TonePull){launch, caps, seek, from, n}, &got);

  g_assert_cmpuint (got, ==, n);
  return samples;
}

static double
check_sound (const char *launch, const char *caps, guint rate, GstClockTime seek, const ToneReading *wanted, guint n)
{
  g_autofree double *samples = pull (launch, caps, seek, gst_util_uint64_scale (seek, rate, GST_SECOND), rate);
  ToneReading readings[4];
  double distortion;

  for (guint i = 0; i < n; i++)
    readings[i].frequency = wanted[i].frequency + 0.2;
  distortion = tone_measure (samples, rate, rate, readings, n);
  for (guint i = 0; i < n; i++) {
    g_test_message ("%s ! %s at %" G_GUINT64_FORMAT " s: %.9f Hz, %.5f dBm0, rest %.1f dB", launch, caps,
        seek / GST_SECOND, readings[i].frequency, readings[i].level, distortion);
    g_assert_cmpfloat_with_epsilon (readings[i].frequency, wanted[i].frequency, 0.01);
    g_assert_cmpfloat_with_epsilon (readings[i].level, wanted[i].level, 0.05);
  }
  return distortion;
}

/* All rates, at the beginning and after an hour. */
static void
test_sound (void)
{
  static const guint rates[] = {8000, 16000, 44100, 48000, 192000};
  static const ToneReading dial[] = {{350, -13}, {440, -13}};

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autofree char *caps = g_strdup_printf ("audio/x-raw, format=F32LE, rate=%u", rates[i]);
    g_assert_cmpfloat (check_sound ("ringtonesrc zone=us tone=dial", caps, rates[i], 0, dial, 2), <, -80);
    g_assert_cmpfloat (
        check_sound ("ringtonesrc zone=us tone=dial", caps, rates[i], 3600 * GST_SECOND, dial, 2), <, -80);
  }
}

/* All formats and layouts; what 16 bits add is under -80 dB, too, at a level near full scale. */
static void
test_formats (void)
{
  static const char *const formats[] = {"S16LE", "S32LE", "F32LE", "F64LE"};
  static const ToneReading loud[] = {{1004, 0}}, full[] = {{1004, 3.14}};

  for (guint i = 0; i < 2 * G_N_ELEMENTS (formats); i++) {
    g_autofree char *caps = g_strdup_printf ("audio/x-raw, format=%s, layout=%s, rate=8000, channels=%u",
        formats[i / 2], i % 2 == 0 ? "interleaved" : "non-interleaved", 1 + i);
    g_assert_cmpfloat (check_sound ("ringtonesrc script=1004 level=0", caps, 8000, 0, loud, 1), <, -80);
    g_assert_cmpfloat (check_sound ("ringtonesrc script=1004 level=3.14", caps, 8000, 0, full, 1), <, -80);
  }
}

static double *
ring_from (guint rate, GstClockTime seek, guint64 from, gsize n)
{
  g_autofree char *caps = g_strdup_printf ("audio/x-raw, format=F64LE, rate=%u", rate);

  return pull ("ringtonesrc script=441/480.001,0/479.999 samplesperbuffer=4096", caps, seek, from, n);
}

/* A tone of 480.001 ms in a loop of 960 ms. It begins with its phase 0, so that the sample after its first is the first
 * that is not 0. */
static void
check_cadence (guint rate, GstClockTime seek, guint64 pass)
{
  guint64 from = (guint64) (pass * 960) * rate / 1000;
  gsize n = rate;
  g_autofree double *samples = ring_from (rate, seek, from, n);
  guint64 on = (pass * 960 * (guint64) rate + 500) / 1000;
  guint64 off = ((pass * 960000 + 480001) * (guint64) rate + 500000) / 1000000;
  guint64 on_again = ((pass + 1) * 960 * (guint64) rate + 500) / 1000;

  g_assert_cmpuint (from + tone_find_edge (samples, n, 0, TRUE, rate), ==, on + 1);
  g_assert_cmpuint (from + tone_find_edge (samples, n, 10, FALSE, rate), ==, off);
  g_assert_cmpuint (from + tone_find_edge (samples, n, off - from, TRUE, rate), ==, on_again + 1);
  g_test_message ("%u Hz, pass %" G_GUINT64_FORMAT " (%s): on at sample %" G_GUINT64_FORMAT
                  ", off at %" G_GUINT64_FORMAT ", on again at %" G_GUINT64_FORMAT,
      rate, pass, seek > 0 ? "sought" : "run", on, off, on_again);
}

static void
test_cadence (void)
{
  static const guint rates[] = {8000, 16000, 44100, 48000};

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    check_cadence (rates[i], 0, 0);
    check_cadence (rates[i], 3600 * GST_SECOND, 3750); /* 3750 x 0.96 s: an hour */
    check_cadence (rates[i], 24 * 3600 * GST_SECOND, 90000);
  }
}

/* An hour of samples, one after the other; the same bits as those that were sought. */
static void
test_hour (gconstpointer rate_pointer)
{
  guint rate = GPOINTER_TO_UINT (rate_pointer);
  guint64 from = (guint64) 3600 * rate;

  check_cadence (rate, 0, 3750);
  g_autofree double *run = ring_from (rate, 0, from, rate);
  g_autofree double *sought = ring_from (rate, 3600 * GST_SECOND, from, rate);
  g_assert_true (memcmp (run, sought, rate * sizeof (double)) == 0);
}

static void
print_reading (const char *factory, const char *rest, const char *format, double low, double high)
{
  g_autoptr (GstElementFactory) found = gst_element_factory_find (factory);
  g_autofree char *launch = g_strdup_printf ("%s %s", factory, rest);
  g_autofree char *caps = g_strdup_printf ("audio/x-raw, format=%s, rate=8000, channels=1", format);
  ToneReading readings[] = {{low + 0.3, 0}, {high + 0.3, 0}};
  guint n = high > 0 ? 2 : 1;

  if (found == NULL) {
    g_test_message ("%s: not installed", factory);
    return;
  }
  g_autofree double *samples = pull (launch, caps, 0, 80, 640); /* inside of a digit of 100 ms */
  double left = tone_measure (samples, 640, 8000, readings, n);
  for (guint i = 0; i < n; i++)
    g_test_message (
        "%s, %s: %.6f Hz, %.4f dBm0, rest %.1f dB", launch, format, readings[i].frequency, readings[i].level, left);
}

/* Nothing to pass: the same reading of the generators that GStreamer has. dtmfsrc takes its digits as events: see
 * ringtone-decode. */
static void
test_peers (void)
{
  static const char *const formats[] = {"S16LE", "F32LE", "F64LE"};

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    print_reading ("ringtonesrc", "script=1004 level=0", formats[i], 1004, 0);
    print_reading ("audiotestsrc", "freq=1004 volume=0.69662651", formats[i], 1004, 0);
    print_reading ("ringtonesrc", "dtmf=5", formats[i], 770, 1336);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (argc > 1) { /* the long ones */
    g_test_add_data_func ("/ringtone-exact/hour-44100", GUINT_TO_POINTER (44100), test_hour);
    g_test_add_data_func ("/ringtone-exact/hour-48000", GUINT_TO_POINTER (48000), test_hour);
    return g_test_run ();
  }
  g_test_add_func ("/ringtone-exact/sound", test_sound);
  g_test_add_func ("/ringtone-exact/formats", test_formats);
  g_test_add_func ("/ringtone-exact/cadence", test_cadence);
  g_test_add_data_func ("/ringtone-exact/hour-8000", GUINT_TO_POINTER (8000), test_hour);
  g_test_add_func ("/ringtone-exact/peers", test_peers);
  return g_test_run ();
}
