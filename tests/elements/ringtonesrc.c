/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* ringtonesrc as an element: its tones, errors, URI, seeks, queries, and changes while it plays. */

#include "gst/core/tonescript.h"
#include "gst/core/tonezone.h"
#include "tonepull.h"

#include <math.h>

#define TIMEOUT (20 * GST_SECOND)

static GstElement *
make (const char *launch)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (launch, &error);

  g_assert_no_error (error);
  return pipeline;
}

static GstMessage *
wait_for (GstElement *pipeline, GstMessageType types)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, TIMEOUT, types);

  g_assert_nonnull (message);
  return message;
}

static void
settle (GstElement *pipeline, GstState state)
{
  gst_element_set_state (pipeline, state);
  g_assert_cmpint (gst_element_get_state (pipeline, NULL, NULL, TIMEOUT), ==, GST_STATE_CHANGE_SUCCESS);
}

/* Each tone of each zone plays through its format's negotiation, and is heard. */
static void
test_all_tones (void)
{
  const ToneZone *zone;
  guint n = 0;

  for (guint i = 0; (zone = tone_zone_nth (i)) != NULL; i++) {
    for (guint kind = 0; kind < TONE_KIND_COUNT; kind++) {
      if (zone->tones[kind].script == NULL)
        continue;
      g_autofree char *launch = g_strdup_printf ("ringtonesrc zone=%s tone=%s", zone->code, tone_kind_to_string (kind));
      gsize got;
      double peak = 0, wanted = pow (10, (zone->tones[kind].level - 10 - 3.14) / 20);
      g_autofree double *samples = tone_pull (&(TonePull){launch, "audio/x-raw, rate=8000", 0, 0, 8000}, &got);
      g_assert_cmpuint (got, ==, 8000);
      for (gsize s = 0; s < got; s++)
        peak = MAX (peak, fabs (samples[s]));
      g_assert_cmpfloat (peak, >, wanted);
      g_assert_cmpfloat (peak, <, 1);
      n++;
    }
  }
  g_test_message ("%u tones of %u zones", n, tone_zone_count ());
}

/* An error that names property, column and what to do; then the same element with a good script. */
static void
test_errors (void)
{
  static const char *const rows[][3] = {
      {"script", "440+,0", "Property script: column 5: "},
      {"script", "440/100,440/0", "Property script: column 13: "},
      {"rtttl", "x:d=4:q", "Property rtttl: column 7: "},
      {"dtmf", "12e", "Property dtmf: column 3: "},
      {"script", "90000", "90000 Hz cannot be had at a rate of 48000"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstElement) pipeline = make ("ringtonesrc name=src ! fakesink");
    g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
    g_autoptr (GError) error = NULL;
    g_object_set (src, rows[i][0], rows[i][1], NULL);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_autoptr (GstMessage) message = wait_for (pipeline, GST_MESSAGE_ERROR);
    gst_message_parse_error (message, &error, NULL);
    g_assert_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS);
    g_assert_true (g_str_has_prefix (error->message, rows[i][2]));
    g_assert_nonnull (strstr (error->message, "Set the property anew"));
    gst_element_set_state (pipeline, GST_STATE_READY);
    g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
    gst_bus_set_flushing (bus, TRUE); /* what the base class says behind it */
    gst_bus_set_flushing (bus, FALSE);
    g_object_set (src, rows[i][0], NULL, "script", "440/100", "repeat", 1, NULL);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_autoptr (GstMessage) eos = wait_for (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    g_assert_cmpint (GST_MESSAGE_TYPE (eos), ==, GST_MESSAGE_EOS);
    gst_element_set_state (pipeline, GST_STATE_NULL);
  }
}

static void
test_uri (void)
{
  static const char *const bad[] = {"ringtone://us", "ringtone://xx/busy", "ringtone://us/bell", "ringtone:///busy",
      "ringtone://us/busy?level=3", "http://us/busy", "ringtone://us/busy/"};
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) src = gst_element_make_from_uri (GST_URI_SRC, "ringtone://GB/ringback", NULL, &error);
  g_autofree char *uri = NULL;
  gint zone, tone;

  g_assert_no_error (error);
  gst_object_ref_sink (src);
  g_object_get (src, "zone", &zone, "tone", &tone, NULL);
  g_assert_cmpstr (tone_zone_nth (zone)->code, ==, "gb");
  g_assert_cmpint (tone, ==, TONE_RINGBACK);
  uri = gst_uri_handler_get_uri (GST_URI_HANDLER (src));
  g_assert_cmpstr (uri, ==, "ringtone://gb/ringback");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) refused = NULL;
    g_assert_false (gst_uri_handler_set_uri (GST_URI_HANDLER (src), bad[i], &refused));
    g_assert_error (refused, GST_URI_ERROR, refused->code);
  }
}

typedef struct
{
  guint64 first, last; /* PTS of the first buffer, end of the last one */
  guint n;
  gboolean falls; /* timestamps do */
} Times;

static void
on_times (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Times *self = user_data;

  if (self->n++ == 0)
    self->first = GST_BUFFER_PTS (buffer);
  else
    self->falls = GST_BUFFER_PTS (buffer) < self->last;
  self->last = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
}

static void
test_seek (void)
{
  static const struct
  {
    double rate;
    GstClockTime start, stop, first, last;
  } rows[] = {
      {1, 1 * GST_SECOND, 2 * GST_SECOND, 1 * GST_SECOND, 2 * GST_SECOND},
      {2, 3600 * GST_SECOND, 3600 * GST_SECOND + 333 * GST_MSECOND, 3600 * GST_SECOND,
          3600 * GST_SECOND + 333 * GST_MSECOND},
      {0.5, 0, 125 * GST_USECOND, 0, 125 * GST_USECOND},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstElement) pipeline =
        make ("ringtonesrc tone=busy ! audio/x-raw, rate=8000 ! fakesink name=sink signal-handoffs=true");
    g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
    Times times = {0};
    settle (pipeline, GST_STATE_PAUSED);
    g_assert_true (gst_element_seek (pipeline, rows[i].rate, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET,
        rows[i].start, GST_SEEK_TYPE_SET, rows[i].stop));
    settle (pipeline, GST_STATE_PAUSED);
    g_signal_connect (sink, "handoff", G_CALLBACK (on_times), &times);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_autoptr (GstMessage) eos = wait_for (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    g_assert_cmpint (GST_MESSAGE_TYPE (eos), ==, GST_MESSAGE_EOS);
    g_assert_cmpuint (times.first, ==, rows[i].first);
    g_assert_cmpuint (times.last, ==, rows[i].last);
    gst_element_set_state (pipeline, GST_STATE_NULL);
  }
}

static void
test_backwards (void)
{
  g_autoptr (GstElement) pipeline =
      make ("ringtonesrc tone=busy ! audio/x-raw, rate=8000 ! fakesink name=sink signal-handoffs=true");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  Times times = {0};

  settle (pipeline, GST_STATE_PAUSED);
  g_assert_true (gst_element_seek (
      pipeline, -1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_SET, 2 * GST_SECOND));
  settle (pipeline, GST_STATE_PAUSED);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_times), &times);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_autoptr (GstMessage) eos = wait_for (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (eos), ==, GST_MESSAGE_EOS);
  g_assert_true (times.falls);
  g_assert_cmpuint (times.n, ==, 16);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
test_queries (void)
{
  g_autoptr (GstElement) pipeline =
      make ("ringtonesrc script=440/1000,0/1000 repeat=3 ! audio/x-raw, rate=8000, format=S16LE ! fakesink");
  g_autoptr (GstElement) live =
      make ("ringtonesrc name=src is-live=true samplesperbuffer=160 ! audio/x-raw, rate=8000 ! fakesink");
  g_autoptr (GstQuery) segment = gst_query_new_segment (GST_FORMAT_TIME),
                       seeking = gst_query_new_seeking (GST_FORMAT_TIME);
  g_autoptr (GstQuery) latency = gst_query_new_latency ();
  gint64 value;
  gboolean is_live, seekable;
  GstClockTime min;

  settle (pipeline, GST_STATE_PAUSED);
  g_assert_true (gst_element_query_duration (pipeline, GST_FORMAT_TIME, &value));
  g_assert_cmpint (value, ==, 6 * GST_SECOND);
  g_assert_true (gst_element_query_duration (pipeline, GST_FORMAT_DEFAULT, &value));
  g_assert_cmpint (value, ==, 48000);
  g_assert_true (gst_element_query_convert (pipeline, GST_FORMAT_TIME, GST_SECOND, GST_FORMAT_BYTES, &value));
  g_assert_cmpint (value, ==, 16000);
  g_assert_true (gst_element_query (pipeline, segment));
  g_assert_true (gst_element_query (pipeline, seeking));
  gst_query_parse_seeking (seeking, NULL, &seekable, NULL, NULL);
  g_assert_true (seekable);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  gst_element_set_state (live, GST_STATE_PLAYING);
  g_assert_cmpint (gst_element_get_state (live, NULL, NULL, TIMEOUT), ==, GST_STATE_CHANGE_SUCCESS);
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (live), "src");
  g_assert_true (gst_element_query (src, latency));
  gst_query_parse_latency (latency, &is_live, &min, NULL);
  g_assert_true (is_live);
  g_assert_cmpuint (min, ==, 20 * GST_MSECOND);
  gst_element_set_state (live, GST_STATE_NULL);
}

/* ---- changes while it plays ---- */

typedef struct
{
  GstElement *src;
  guint n;
  double last[2], jerk; /* the largest second difference */
} Changes;

/* On the streaming thread, so that the changes come at known samples: every 4th buffer another tone. */
static void
on_change (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  static const char *const scripts[] = {"440", "0", "480+620", "440*20", "350+440/37,0/21"};
  Changes *self = user_data;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / sizeof (double); i++) {
    double sample = ((const double *) map.data)[i];
    self->jerk = MAX (self->jerk, fabs (sample - 2 * self->last[1] + self->last[0]));
    self->last[0] = self->last[1];
    self->last[1] = sample;
  }
  gst_buffer_unmap (buffer, &map);
  self->n++;
  if (self->n % 4 == 0)
    g_object_set (self->src, "script", scripts[self->n / 4 % 5], NULL);
  if (self->n % 4 == 2)
    g_object_set (self->src, "level", self->n % 8 == 2 ? -20.0 : -10.0, NULL);
}

/* A click is a jump: a second difference far above a sine's own, amplitude x (2 pi f / rate)^2. */
static void
test_changes (void)
{
  g_autoptr (GstElement) pipeline = make ("ringtonesrc name=src script=440 num-buffers=200 edge-time=5000000 "
                                          "samplesperbuffer=997 ! audio/x-raw, format=F64LE, rate=48000 ! "
                                          "fakesink name=sink signal-handoffs=true");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  Changes changes = {.src = src};
  double amplitude = pow (10, (-10 - 3.14) / 20);

  g_signal_connect (sink, "handoff", G_CALLBACK (on_change), &changes);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_autoptr (GstMessage) eos = wait_for (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (eos), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_cmpuint (changes.n, ==, 200);
  /* 480 + 620 Hz and their cross-fades; a jump to full amplitude would be 0.2 and more. */
  g_test_message ("largest second difference: %.5f", changes.jerk);
  g_assert_cmpfloat (
      changes.jerk, <, 2.5 * amplitude * (pow (2 * G_PI * 480 / 48000, 2) + pow (2 * G_PI * 620 / 48000, 2)));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ringtonesrc/all-tones", test_all_tones);
  g_test_add_func ("/ringtonesrc/errors", test_errors);
  g_test_add_func ("/ringtonesrc/uri", test_uri);
  g_test_add_func ("/ringtonesrc/seek", test_seek);
  g_test_add_func ("/ringtonesrc/backwards", test_backwards);
  g_test_add_func ("/ringtonesrc/queries", test_queries);
  g_test_add_func ("/ringtonesrc/changes", test_changes);
  return g_test_run ();
}
