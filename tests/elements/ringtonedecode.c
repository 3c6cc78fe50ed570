/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What others make of ringtonesrc: spandsp (dtmfdetect), GStreamer's spectrum, sox. And dtmfsrc, measured as we are. */

#include "tonemeasure.h"

#include <gst/gst.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define TIMEOUT (30 * GST_SECOND)

static gboolean
is_missing (const char *factory)
{
  g_autoptr (GstElementFactory) found = gst_element_factory_find (factory);
  g_autofree char *reason = g_strdup_printf ("%s is not installed", factory);

  if (found == NULL)
    g_test_skip (reason);
  return found == NULL;
}

typedef void (*OnStructure) (const GstStructure *structure, gpointer user_data);

/* Runs to its end, and hands over each element message of a name. */
static void
run (const char *launch, const char *name, OnStructure function, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (launch, &error);
  g_assert_no_error (error);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  gboolean running = TRUE;

  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  while (running) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (bus, TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);
    g_assert_nonnull (message);
    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
    running = GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS;
    if (running && gst_message_has_name (message, name))
      function (gst_message_get_structure (message), user_data);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
on_digit (const GstStructure *structure, gpointer user_data)
{
  gint number = -1;

  g_assert_true (gst_structure_get_int (structure, "number", &number));
  g_assert_true (number >= 0 && number < 16);
  g_string_append_c (user_data, "0123456789*#ABCD"[number]);
}

/* spandsp hears all digits, at a usual level and at those that lines come to. */
static void
test_dtmfdetect (void)
{
  static const char digits[] = "0123456789*#ABCD";
  static const gint levels[] = {-97, -3, -20};

  if (is_missing ("dtmfdetect"))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    g_autoptr (GString) heard = g_string_new (NULL);
    g_autofree char *launch =
        g_strdup_printf ("ringtonesrc dtmf=%s level=%d ! audio/x-raw, format=S16LE, rate=8000 ! dtmfdetect ! fakesink",
            digits, levels[i]);
    run (launch, "dtmf-event", on_digit, heard);
    g_assert_cmpstr (heard->str, ==, digits);
  }
}

#define BANDS 4001 /* of 1 Hz, 0 to 4000 */

typedef struct
{
  guint n;
  double magnitudes[BANDS];
} Spectrum;

static void
on_spectrum (const GstStructure *structure, gpointer user_data)
{
  Spectrum *self = user_data;
  const GValue *list = gst_structure_get_value (structure, "magnitude");

  self->n++;
  for (guint i = 0; i < BANDS; i++)
    self->magnitudes[i] = g_value_get_float (gst_value_list_get_value (list, i));
}

/* The two largest bands are those of the tones, at the levels that we measure, and all else is far below. */
static void
test_spectrum (void)
{
  Spectrum self = {0};
  guint best[2] = {0};

  if (is_missing ("spectrum"))
    return;
  run ("ringtonesrc script=697+1477@2/3000 repeat=1 level=-10 ! audio/x-raw, format=F32LE, rate=8000 ! "
       "spectrum bands=4001 threshold=-140 interval=1000000000 ! fakesink",
      "spectrum", on_spectrum, &self);
  g_assert_cmpuint (self.n, >=, 2);
  for (guint i = 0; i < BANDS; i++) {
    if (self.magnitudes[i] > self.magnitudes[best[0]]) {
      best[1] = best[0];
      best[0] = i;
    } else if (self.magnitudes[i] > self.magnitudes[best[1]]) {
      best[1] = i;
    }
  }
  g_test_message (
      "spectrum: %u Hz %.2f dB, %u Hz %.2f dB", best[0], self.magnitudes[best[0]], best[1], self.magnitudes[best[1]]);
  g_assert_cmpuint (best[0], ==, 1477);
  g_assert_cmpuint (best[1], ==, 697);
  g_assert_cmpfloat_with_epsilon (self.magnitudes[1477] - self.magnitudes[697], 2, 0.05);
  for (guint i = 0; i < BANDS; i++) {
    if (ABS ((gint) i - 1477) > 3 && ABS ((gint) i - 697) > 3)
      g_assert_cmpfloat (self.magnitudes[i], <, self.magnitudes[697] - 80);
  }
}

static double
number_behind (const char *text, const char *label)
{
  const char *found = strstr (text, label);

  g_assert_nonnull (found);
  return g_ascii_strtod (found + strlen (label), NULL);
}

static void
nothing (const GstStructure *structure, gpointer user_data)
{
}

/* sox: as many samples as the cadence has, the peak and the RMS that the level stands for. */
static void
test_sox (void)
{
  g_autofree char *sox = g_find_program_in_path ("sox");
  g_autofree char *file = NULL, *launch = NULL, *command = NULL, *report = NULL;
  g_autoptr (GError) error = NULL;
  gint fd, status;

  if (sox == NULL || is_missing ("wavenc")) {
    g_test_skip ("sox or wavenc is not installed");
    return;
  }
  fd = g_file_open_tmp ("ringtone-XXXXXX.wav", &file, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  launch = g_strdup_printf ("ringtonesrc script=1000/1000.1,0/999.9 repeat=2 level=-10 ! "
                            "audio/x-raw, format=S16LE, rate=8000 ! wavenc ! filesink location=%s",
      file);
  run (launch, "nothing", nothing, NULL);
  command = g_strdup_printf ("%s %s -n trim 0 1 stats", sox, file);
  g_assert_true (g_spawn_command_line_sync (command, NULL, &report, &status, &error));
  g_unlink (file);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpfloat (number_behind (report, "Num samples"), ==, 8); /* "8.00k" */
  g_assert_cmpfloat_with_epsilon (number_behind (report, "Pk lev dB"), -13.14, 0.01);
  g_assert_cmpfloat_with_epsilon (number_behind (report, "RMS lev dB"), -16.15, 0.01);
}

typedef struct
{
  double samples[8000];
  gsize n;
} Recording;

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Recording *self = user_data;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / 2 && self->n < G_N_ELEMENTS (self->samples); i++)
    self->samples[self->n++] = ((const gint16 *) map.data)[i] / 32768.0;
  gst_buffer_unmap (buffer, &map);
}

static void
send_digit (GstElement *pipeline, gboolean start)
{
  gst_element_send_event (pipeline, gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM,
                                        gst_structure_new ("dtmf-event", "type", G_TYPE_INT, 1, "number", G_TYPE_INT, 5,
                                            "volume", G_TYPE_INT, 0, "start", G_TYPE_BOOLEAN, start, NULL)));
}

/* Nothing to pass: what dtmfsrc makes of the digit 5 at its full volume. */
static void
test_dtmfsrc (void)
{
  g_autoptr (GstElement) pipeline = NULL;
  g_autofree Recording *recording = g_new0 (Recording, 1);
  ToneReading readings[] = {{770, 0}, {1336, 0}};
  gsize from;

  if (is_missing ("dtmfsrc"))
    return;
  pipeline =
      gst_parse_launch ("dtmfsrc name=src ! audio/x-raw, rate=8000 ! fakesink name=sink signal-handoffs=true", NULL);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), recording);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_element_get_state (src, NULL, NULL, TIMEOUT); /* the sink waits for a digit */
  for (guint start = 0; start < 2; start++) {
    send_digit (pipeline, start == 0);
    g_autoptr (GstMessage) processed = gst_bus_timed_pop_filtered (bus, TIMEOUT, GST_MESSAGE_ELEMENT);
    g_assert_nonnull (processed);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  from = tone_find_edge (recording->samples, recording->n, 0, TRUE, 8000) + 80;
  g_assert_cmpuint (from + 640, <=, recording->n);
  double rest = tone_measure (recording->samples + from, 640, 8000, readings, 2);
  g_test_message ("dtmfsrc: %.4f Hz %.3f dBm0, %.4f Hz %.3f dBm0, rest %.1f dB", readings[0].frequency,
      readings[0].level, readings[1].frequency, readings[1].level, rest);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ringtone-decode/dtmfdetect", test_dtmfdetect);
  g_test_add_func ("/ringtone-decode/spectrum", test_spectrum);
  g_test_add_func ("/ringtone-decode/sox", test_sox);
  g_test_add_func ("/ringtone-decode/dtmfsrc", test_dtmfsrc);
  return g_test_run ();
}
