/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Keys from pipeline to pipeline: what is pressed here is a message there, once each; the sound around it goes on, and
 * nothing counts as lost. */

#include "callpipeline.h"
#include "lossylegs.h"

#include <math.h>
#include <string.h>

#define BOTH "server=direct://dtmf ice-address=127.0.0.1 "
#define CALLEE                                                                                                         \
  "callsink name=out " BOTH "token=bob auto-answer=true audiotestsrc is-live=true ! out.audio_0 "                      \
  "callsrc name=in in.audio_0 ! fakesink name=count-audio"
#define CALLER                                                                                                         \
  "callsink name=out " BOTH                                                                                            \
  "token=alice peer=bob audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000 ! out.audio_0 "        \
  "callsrc name=in in.audio_0 ! fakesink name=count-audio"

/* What was pressed, as text: "+1 -1 ". */
typedef struct
{
  GString *keys;
  guint wanted; /* changes */
  guint n;
} Heard;

static gboolean
hear (GstMessage *message, gpointer user_data)
{
  const GstStructure *structure = gst_message_get_structure (message);
  Heard *heard = user_data;
  int type, method, number, volume;
  gboolean start;

  g_assert_cmpstr (GST_OBJECT_NAME (message->src), ==, "in");
  g_assert_true (gst_structure_get (structure, "type", G_TYPE_INT, &type, "method", G_TYPE_INT, &method, "number",
      G_TYPE_INT, &number, "volume", G_TYPE_INT, &volume, "start", G_TYPE_BOOLEAN, &start, NULL));
  g_assert_cmpint (type, ==, 1);
  g_assert_cmpint (method, ==, 1);
  g_assert_cmpint (volume, ==, 10);
  g_assert_nonnull (gst_structure_get_string (structure, "session"));
  g_assert_nonnull (gst_structure_get_string (structure, "call-id"));
  g_string_append_printf (heard->keys, "%c%d ", start ? '+' : '-', number);
  return ++heard->n >= heard->wanted;
}

static void
send (CallPipeline *pipeline, const char *element, const char *digits, guint duration, guint gap)
{
  g_autoptr (GstElement) sender = gst_bin_get_by_name (GST_BIN (pipeline->pipeline), element);

  g_signal_emit_by_name (sender, "send-dtmf", digits, duration, gap);
}

static void
assert_heard (CallPipeline *pipeline, guint changes, const char *keys)
{
  Heard heard = {.keys = g_string_new (""), .wanted = changes};

  g_assert_true (call_pipeline_wait_match (pipeline, "dtmf-event", hear, &heard));
  g_assert_cmpstr (heard.keys->str, ==, keys);
  g_string_free (heard.keys, TRUE);
}

static void
connect (CallPipeline **bob, CallPipeline **alice)
{
  *bob = call_pipeline_start (CALLEE);
  g_assert_true (call_pipeline_wait_message (*bob, "call-ready"));
  *alice = call_pipeline_start (CALLER);
  g_assert_true (call_pipeline_wait_state (*alice, "connected"));
  g_assert_true (call_pipeline_wait_state (*bob, "connected"));
  g_assert_true (call_pipeline_wait_buffers (*bob, "count-audio", 20));
  g_assert_true (call_pipeline_wait_buffers (*alice, "count-audio", 20));
}

static void
assert_sound_goes_on (CallPipeline *pipeline)
{
  g_assert_true (
      call_pipeline_wait_buffers (pipeline, "count-audio", call_pipeline_buffers (pipeline, "count-audio") + 20));
}

/* -1, too: RTP counts the packets of a source on probation twice. */
static int
get_lost (CallPipeline *pipeline)
{
  g_autoptr (GstElement) in = gst_bin_get_by_name (GST_BIN (pipeline->pipeline), "in");
  g_autoptr (GstStructure) stats = NULL;
  const GValue *track;
  int lost = G_MAXINT;

  g_object_get (in, "stats", &stats, NULL);
  track = gst_structure_get_value (stats, "receive-audio-0");
  g_assert_nonnull (track);
  g_assert_true (gst_structure_get_int (gst_value_get_structure (track), "lost", &lost));
  return lost;
}

static gboolean
is_final (GstMessage *message, gpointer quality)
{
  const GstStructure *structure = gst_message_get_structure (message);
  gboolean final = FALSE;

  if (g_strcmp0 (gst_structure_get_string (structure, "direction"), "receive") != 0)
    return FALSE;
  gst_structure_get_boolean (structure, "final", &final);
  if (final)
    *(GstStructure **) quality = gst_structure_copy (structure);
  return final;
}

static void
test_both_ways (void)
{
  g_autoptr (CallPipeline) bob = NULL;
  g_autoptr (CallPipeline) alice = NULL;
  g_autoptr (GstStructure) quality = NULL;
  gint64 lost = -1;
  double jitter = -1;

  connect (&bob, &alice);
  send (alice, "out", "159#", 0, 0);
  assert_heard (bob, 8, "+1 -1 +5 -5 +9 -9 +11 -11 ");
  send (bob, "in", "*d", 200, 100);
  assert_heard (alice, 4, "+10 -10 +15 -15 ");
  /* Longer than the field of the packets: 1.36 s. */
  send (alice, "in", "7", 3000, 30);
  assert_heard (bob, 2, "+7 -7 ");
  assert_sound_goes_on (bob);
  assert_sound_goes_on (alice);
  g_assert_cmpint (get_lost (bob), <=, 0);
  call_pipeline_emit (alice, "out", "hang-up");
  g_assert_true (call_pipeline_wait_match (bob, "call-quality", is_final, &quality));
  g_assert_true (gst_structure_get (quality, "lost", G_TYPE_INT64, &lost, "jitter-max", G_TYPE_DOUBLE, &jitter, NULL));
  g_test_message ("lost %" G_GINT64_FORMAT ", jitter at most %.2f ms", lost, jitter);
  g_assert_cmpint (lost, ==, 0);
  /* The press of 3 s alone would make it 187. */
  g_assert_cmpfloat (jitter, <, 60);
  g_assert_true (call_pipeline_wait_eos (bob));
}

/* ---- the sound around the keys ---- */

typedef struct
{
  GMutex lock;
  GstClockTime end;          /* of the last buffer, by its timestamp and duration */
  GstClockTimeDiff furthest; /* that a buffer began from the end of the one before */
  guint buffers, loud;       /* since the last look */
} Sound;

static double
measure_rms (GstBuffer *buffer)
{
  GstMapInfo map;
  double sum = 0;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / 2; i++)
    sum += pow (((const gint16 *) map.data)[i] / 32768.0, 2);
  sum = sqrt (sum / (double) MAX (map.size / 2, 1));
  gst_buffer_unmap (buffer, &map);
  return sum;
}

static GstPadProbeReturn
on_sound (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Sound *self = user_data;

  g_mutex_lock (&self->lock);
  if (self->end != 0)
    self->furthest = MAX (self->furthest, ABS (GST_CLOCK_DIFF (self->end, GST_BUFFER_PTS (buffer))));
  self->end = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
  self->buffers++;
  self->loud += measure_rms (buffer) > 0.4; /* the sine of audiotestsrc has 0.57 */
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
watch_sound (CallPipeline *pipeline, Sound *sound)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline->pipeline), "count-audio");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_sound, sound, NULL);
}

static guint
count_quiet (Sound *sound)
{
  guint quiet;

  g_mutex_lock (&sound->lock);
  quiet = sound->buffers - sound->loud;
  sound->buffers = sound->loud = 0;
  g_mutex_unlock (&sound->lock);
  return quiet;
}

/* The key takes the place of the sound for as long as it is pressed, and of nothing else: no hole is left in time, and
 * the sound behind it is what it was. */
static void
test_sound (void)
{
  static Sound sound; /* outlives the pipelines */
  g_autoptr (CallPipeline) bob = NULL;
  g_autoptr (CallPipeline) alice = NULL;
  guint quiet;

  connect (&bob, &alice);
  watch_sound (bob, &sound);
  g_assert_true (call_pipeline_wait_buffers (bob, "count-audio", call_pipeline_buffers (bob, "count-audio") + 50));
  g_assert_cmpuint (count_quiet (&sound), ==, 0);
  send (alice, "out", "147", 0, 0);
  assert_heard (bob, 6, "+1 -1 +4 -4 +7 -7 ");
  assert_sound_goes_on (bob);
  quiet = count_quiet (&sound);
  g_assert_true (call_pipeline_wait_buffers (bob, "count-audio", call_pipeline_buffers (bob, "count-audio") + 50));
  g_test_message (
      "%u quiet buffers while keys were pressed; at most %.1f ms off", quiet, (double) sound.furthest / GST_MSECOND);
  g_assert_cmpuint (count_quiet (&sound), ==, 0);
  g_assert_cmpint (sound.furthest, <, 40 * GST_MSECOND);
}

static gboolean
error_is (GstMessage *message, gpointer text)
{
  const char *said = gst_structure_get_string (gst_message_get_structure (message), "message");

  g_test_message ("%s", said);
  g_assert_true (g_str_has_prefix (said, "Cannot send DTMF: "));
  g_assert_nonnull (strstr (said, text));
  return TRUE;
}

static void
assert_error (CallPipeline *pipeline, const char *text)
{
  g_assert_true (call_pipeline_wait_match (pipeline, "call-error", error_is, (gpointer) text));
  g_assert_no_error (pipeline->error);
}

/* A mistake ends no call. */
static void
test_errors (void)
{
  g_autofree char *many = g_strnfill (129, '1');
  g_autoptr (CallPipeline) bob = NULL;
  g_autoptr (CallPipeline) alice = NULL;

  bob = call_pipeline_start (CALLEE);
  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  send (bob, "out", "1", 0, 0);
  assert_error (bob, "not connected");
  alice = call_pipeline_start ("callsrc name=in " BOTH "token=alice peer=bob in.audio_0 ! fakesink name=count-audio");
  g_assert_true (call_pipeline_wait_buffers (alice, "count-audio", 5));
  send (alice, "in", "1", 0, 0);
  assert_error (alice, "audio pad");
  send (alice, "in", "12x", 0, 0);
  assert_error (alice, "column 3");
  send (alice, "in", "", 0, 0);
  assert_error (alice, "no digits");
  send (alice, "in", "1", 39, 0);
  assert_error (alice, "40 to");
  g_assert_true (call_pipeline_wait_state (bob, "connected"));
  send (bob, "out", many, 0, 0);
  assert_error (bob, "too many");
}

/* A participant whose description has no telephone-event: a webrtcbin of the application's own. */
static void
test_not_taken (void)
{
  g_autoptr (CallPipeline) bob = call_pipeline_start (CALLEE);
  g_autoptr (CallPipeline) alice = NULL;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice =
      call_pipeline_start ("webrtcbin name=wb bundle-policy=max-bundle callsignaling name=signals webrtcbin=wb " BOTH
                           "token=alice peer=bob audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=97 ! wb.");
  g_assert_true (call_pipeline_wait_state (alice, "connected"));
  g_assert_true (call_pipeline_wait_state (bob, "connected"));
  send (bob, "out", "1", 0, 0);
  assert_error (bob, "takes no keys");
  send (alice, "signals", "1", 0, 0);
  assert_error (alice, "webrtcbin of the application's own");
}

/* The peer is gone in the middle of a press. */
static void
test_end (void)
{
  g_autoptr (CallPipeline) bob = NULL;
  g_autoptr (CallPipeline) alice = NULL;

  connect (&bob, &alice);
  send (alice, "out", "3", 60000, 0);
  assert_heard (bob, 1, "+3 ");
  call_pipeline_emit (alice, "out", "hang-up");
  assert_heard (bob, 1, "-3 ");
}

/* One packet in four is lost, the first and the last ones among them; last, for the hook stays. */
static void
test_loss (void)
{
  g_autoptr (CallPipeline) bob = NULL;
  g_autoptr (CallPipeline) alice = NULL;

  lossy_legs_install (4);
  connect (&bob, &alice);
  send (alice, "out", "0123456789", 0, 0);
  assert_heard (bob, 20, "+0 -0 +1 -1 +2 -2 +3 -3 +4 -4 +5 -5 +6 -6 +7 -7 +8 -8 +9 -9 ");
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calldtmf/both-ways", test_both_ways);
  g_test_add_func ("/calldtmf/sound", test_sound);
  g_test_add_func ("/calldtmf/errors", test_errors);
  g_test_add_func ("/calldtmf/not-taken", test_not_taken);
  g_test_add_func ("/calldtmf/end", test_end);
  g_test_add_func ("/calldtmf/loss", test_loss);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
