/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* benchtone [MILLION-SAMPLES]: the CPU time of ringtonesrc against audiotestsrc, turn by turn in one process: one sine
 * against one, and 350 + 440 Hz against two sources of one sine each (unmixed, which is to their favour). */

#include <gst/gst.h>
#include <stdlib.h>
#include <sys/resource.h>

#define ROUNDS 5
#define WATCHDOG (60 * GST_SECOND)
#define SAMPLES_PER_BUFFER 1024

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_utime.tv_sec + (double) usage.ru_stime.tv_sec
         + 1e-6 * (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double
run (const char *source, const char *caps, guint buffers)
{
  g_autofree char *launch = g_strdup_printf (
      "%s num-buffers=%u samplesperbuffer=%u ! %s ! fakesink", source, buffers, SAMPLES_PER_BUFFER, caps);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (launch, &error);
  if (error != NULL)
    g_error ("%s", error->message);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  double before;

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, WATCHDOG);
  before = cpu_seconds ();
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, WATCHDOG, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (message == NULL || GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    g_error ("%s failed", launch);
  double used = cpu_seconds () - before;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return used;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
compare_sources (const char *format, guint rate, guint channels, guint buffers)
{
  g_autofree char *caps =
      g_strdup_printf ("audio/x-raw, format=%s, rate=%u, channels=%u, layout=interleaved", format, rate, channels);
  double one[ROUNDS], two[ROUNDS], per_sample = 1e9 / ((double) buffers * SAMPLES_PER_BUFFER), ours = 0, theirs = 0;

  for (guint i = 0; i < ROUNDS; i++) {
    double sine = run ("audiotestsrc freq=440", caps, buffers), tone = run ("ringtonesrc script=440", caps, buffers);
    double sines = sine + run ("audiotestsrc freq=350", caps, buffers);
    double tones = run ("ringtonesrc script=350+440", caps, buffers);
    one[i] = tone / sine;
    two[i] = tones / sines;
    ours += tones / ROUNDS;
    theirs += sines / ROUNDS;
  }
  qsort (one, ROUNDS, sizeof *one, compare);
  qsort (two, ROUNDS, sizeof *two, compare);
  g_print (
      "%s %6u Hz, %u channels: one sine %.2f x audiotestsrc, two tones %.2f x two audiotestsrc (%.1f and %.1f ns a "
      "sample)\n",
      format, rate, channels, one[ROUNDS / 2], two[ROUNDS / 2], ours * per_sample, theirs * per_sample);
}

int
main (int argc, char **argv)
{
  guint buffers;

  gst_init (&argc, &argv);
  buffers = (guint) (argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 4) * 1000000 / SAMPLES_PER_BUFFER;
  compare_sources ("S16LE", 8000, 1, buffers);
  compare_sources ("S16LE", 48000, 1, buffers);
  compare_sources ("F32LE", 48000, 1, buffers);
  compare_sources ("F32LE", 48000, 2, buffers);
  return 0;
}
