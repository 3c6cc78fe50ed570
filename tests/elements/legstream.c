/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What a recorder may rely on behind output=encoded (docs/elements/callsrc.md): caps, flags and timestamps at the
 * start, after a loss, while the sender is muted, and from one leg to the next; and that it gets a keyframe when it
 * asks. */

#include "gst/call/calllegprivate.h"
#include "legpair.h"
#include "lossylegs.h"

#include <gst/video/video.h>

#define TONE "audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1"
#define PICTURE "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1"
#define VP8_IN PICTURE " ! vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000"
#define PACKET (20 * GST_MSECOND)
#define LOSE_NTH 40
#define LOSS_JITTER (100 * GST_MSECOND) /* a busy machine moves the jitterbuffer's idea of when a packet was due */

static const LegSpec encoded = {.tracks = {{GST_CALL_MEDIA_AUDIO, TONE " ! valve name=mute ! opusenc", "audio/x-opus"},
                                    {GST_CALL_MEDIA_VIDEO, PICTURE, NULL, NULL}},
    .receive_audio = 1,
    .receive_video = 1,
    .output = GST_CALL_OUTPUT_ENCODED};
static const LegSpec h264 = {
    .tracks = {{GST_CALL_MEDIA_VIDEO, PICTURE, NULL, "h264"}}, .receive_video = 1, .output = GST_CALL_OUTPUT_ENCODED};
static const LegSpec vp9 = {
    .tracks = {{GST_CALL_MEDIA_VIDEO, PICTURE, NULL, "vp9"}}, .receive_video = 1, .output = GST_CALL_OUTPUT_ENCODED};
static const LegSpec own_keys = {.tracks = {{GST_CALL_MEDIA_VIDEO, VP8_IN, "video/x-vp8", NULL}}, .receive_video = 1};

/* A buffer or a gap, as it leaves the user's pad. */
typedef struct
{
  GstClockTime pts;
  gboolean gap, discont, delta;
} Item;

typedef struct
{
  GMutex lock;
  GArray *items; /* (element-type Item) */
} Record;

static Record records[2]; /* by GstCallMedia, of the callee */

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Record *self = user_data;
  Item item = {.gap = TRUE};

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
    item = (Item){GST_BUFFER_PTS (buffer), FALSE, GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT),
        GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT)};
    g_assert_false (GST_BUFFER_DTS_IS_VALID (buffer));
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_GAP) {
    gst_event_parse_gap (GST_PAD_PROBE_INFO_EVENT (info), &item.pts, NULL);
  } else {
    return GST_PAD_PROBE_OK;
  }
  g_mutex_lock (&self->lock);
  g_array_append_val (self->items, item);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static LegPair *
start (const LegSpec *spec)
{
  LegPair *pair = leg_pair_new (spec, spec);

  for (guint media = 0; media < 2; media++) {
    records[media].items = g_array_new (FALSE, TRUE, sizeof (Item));
    gst_pad_add_probe (pair->callee.outputs[media][0], GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
        on_data, &records[media], NULL);
  }
  leg_pair_start (pair);
  return pair;
}

static void
end (LegPair *pair)
{
  leg_pair_free (pair);
  g_array_unref (records[0].items);
  g_array_unref (records[1].items);
}

/* FALSE: there are not so many yet. */
static gboolean
get_item (GstCallMedia media, guint index, Item *item)
{
  Record *self = &records[media];
  gboolean found;

  g_mutex_lock (&self->lock);
  found = index < self->items->len;
  *item = found ? g_array_index (self->items, Item, index) : (Item){0};
  g_mutex_unlock (&self->lock);
  return found;
}

static guint
count (GstCallMedia media)
{
  guint n;

  g_mutex_lock (&records[media].lock);
  n = records[media].items->len;
  g_mutex_unlock (&records[media].lock);
  return n;
}

static guint wanted[2];

static gboolean
enough (LegPair *pair)
{
  return pair->callee.error != NULL
         || (count (GST_CALL_MEDIA_AUDIO) >= wanted[GST_CALL_MEDIA_AUDIO]
             && count (GST_CALL_MEDIA_VIDEO) >= wanted[GST_CALL_MEDIA_VIDEO]);
}

static void
wait_for_more (LegPair *pair, guint audio, guint video)
{
  wanted[GST_CALL_MEDIA_AUDIO] = count (GST_CALL_MEDIA_AUDIO) + audio;
  wanted[GST_CALL_MEDIA_VIDEO] = count (GST_CALL_MEDIA_VIDEO) + video;
  g_assert_true (leg_pair_wait (pair, enough, 20));
  g_assert_no_error (pair->callee.error);
}

static void
assert_caps (LegPair *pair, GstCallMedia media, const char *text)
{
  GstCaps *caps = leg_side_received (&pair->callee, media, 0).caps; /* borrowed */
  g_autoptr (GstCaps) asserted = gst_caps_from_string (text);
  g_autofree char *present = gst_caps_to_string (caps);

  g_test_message ("%s", present);
  g_assert_true (gst_caps_is_subset (caps, asserted));
}

/* ---- the start, and a leg after another ---- */

static void
assert_fresh (GstCallMedia media, guint index)
{
  Item item;

  g_assert_true (get_item (media, index, &item));
  g_assert_false (item.gap);
  g_assert_true (item.discont);
  g_assert_false (item.delta);
}

/* Each buffer has its packet's place: over many of them nothing is lost or gained. */
static void
assert_even (guint from, guint to)
{
  Item first, last;
  GstClockTimeDiff off;

  g_assert_true (get_item (GST_CALL_MEDIA_AUDIO, from, &first));
  g_assert_true (get_item (GST_CALL_MEDIA_AUDIO, to, &last));
  off = GST_CLOCK_DIFF (first.pts + (to - from) * PACKET, last.pts);
  g_test_message ("%u packets: off by %" GST_STIME_FORMAT, to - from, GST_STIME_ARGS (off));
  g_assert_cmpint (ABS (off), <, GST_SECOND); /* a busy machine gives its source less time */
}

static void
assert_running_time (LegPair *pair, GstCallMedia media)
{
  GstClockTime now = gst_element_get_current_running_time (pair->callee.user);
  Item item;

  g_assert_true (get_item (media, count (media) - 1, &item));
  g_assert_cmpuint (item.pts, <=, now + 2 * GST_SECOND);
  g_assert_cmpuint (item.pts + 2 * GST_SECOND, >=, now);
}

static void
test_rebuilt (void)
{
  LegPair *pair = start (&encoded);
  guint before[2];

  wait_for_more (pair, 100, 60);
  assert_caps (pair, GST_CALL_MEDIA_AUDIO, "audio/x-opus,channels=2,channel-mapping-family=0");
  assert_caps (pair, GST_CALL_MEDIA_VIDEO, "video/x-vp8,width=320,height=240");
  assert_fresh (GST_CALL_MEDIA_AUDIO, 0);
  assert_fresh (GST_CALL_MEDIA_VIDEO, 0);
  assert_even (0, 99);
  leg_side_close (&pair->caller);
  leg_side_close (&pair->callee);
  before[0] = count (0);
  before[1] = count (1);
  leg_pair_renew (pair, &encoded, &encoded);
  leg_pair_start (pair);
  wait_for_more (pair, 50, 30);
  for (guint media = 0; media < 2; media++) {
    assert_fresh (media, before[media]);
    assert_running_time (pair, media);
    g_assert_cmpuint (leg_side_received (&pair->callee, media, 0).backwards, ==, 0);
  }
  assert_even (before[0], before[0] + 49);
  end (pair);
}

static void
test_h264 (void)
{
  g_autoptr (GstElementFactory) encoder = gst_element_factory_find ("x264enc");
  LegPair *pair;

  if (encoder == NULL) {
    g_test_skip ("no x264enc");
    return;
  }
  pair = start (&h264);
  wait_for_more (pair, 0, 30);
  assert_fresh (GST_CALL_MEDIA_VIDEO, 0);
  assert_caps (pair, GST_CALL_MEDIA_VIDEO,
      "video/x-h264,stream-format=avc,alignment=au,width=320,height=240,profile=constrained-baseline");
  end (pair);
}

static void
test_vp9 (void)
{
  LegPair *pair = start (&vp9);

  wait_for_more (pair, 0, 30);
  assert_fresh (GST_CALL_MEDIA_VIDEO, 0);
  assert_caps (pair, GST_CALL_MEDIA_VIDEO, "video/x-vp9");
  end (pair);
}

/* ---- timestamps ---- */

static GstFlowReturn
note_pts (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  g_array_append_val ((GArray *) pad->chaindata, GST_BUFFER_PTS (buffer));
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
push_through (GstPad *user, const char *caps, const GstClockTime *times, guint n)
{
  CallOutput *output = call_output_new (gst_object_ref (user), 0, NULL);
  GstPad *sink = call_output_get_sink (output);
  g_autoptr (GstCaps) parsed = gst_caps_from_string (caps);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (sink, gst_event_new_stream_start ("leg"));
  gst_pad_send_event (sink, gst_event_new_caps (parsed));
  gst_pad_send_event (sink, gst_event_new_segment (&segment));
  for (guint i = 0; i < n; i++) {
    GstBuffer *buffer = gst_buffer_new ();
    GST_BUFFER_PTS (buffer) = times[i];
    g_assert_cmpint (gst_pad_chain (sink, buffer), ==, GST_FLOW_OK);
  }
  call_output_free (output);
}

/* A jitterbuffer that holds the time still, and a leg that begins before the last one's end: it goes on, a nanosecond a
 * packet. Packets of one frame share their time. */
static void
test_standstill (void)
{
  static const GstClockTime first[] = {10, 20, 20, 20, 19, 30}, second[] = {28, 29, 40};
  static const GstClockTime wanted_times[] = {10, 20, 21, 22, 23, 30, 31, 32, 40, 20, 20, 19};
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  GstPad *user = gst_object_ref_sink (gst_pad_new ("user", GST_PAD_SRC));
  GstPad *sink = gst_object_ref_sink (gst_pad_new ("sink", GST_PAD_SINK));

  gst_pad_set_chain_function_full (sink, note_pts, times, NULL);
  gst_pad_set_active (sink, TRUE);
  gst_pad_set_active (user, TRUE);
  gst_pad_link (user, sink);
  push_through (user, "audio/x-opus", first, G_N_ELEMENTS (first));
  push_through (user, "audio/x-opus", second, G_N_ELEMENTS (second));
  push_through (user, "application/x-rtp", first + 2, 3);
  g_assert_cmpmem (times->data, times->len * sizeof (GstClockTime), wanted_times, sizeof wanted_times);
  gst_pad_set_active (user, FALSE);
  gst_pad_set_active (sink, FALSE);
  gst_object_unref (user);
  gst_object_unref (sink);
}

/* ---- mute ---- */

static void
set_mute (LegPair *pair, gboolean mute)
{
  g_autoptr (GstElement) valve = gst_bin_get_by_name (GST_BIN (pair->caller.user), "mute");

  g_object_set (valve, "drop", mute, NULL);
}

/* Encoded sound that is muted: nothing comes, no gap either, and then the stream goes on at its time. */
static void
test_mute (void)
{
  LegPair *pair = start (&encoded);
  Item before, item;
  guint muted, n;

  wait_for_more (pair, 50, 0);
  set_mute (pair, TRUE);
  wait_for_more (pair, 0, 15); /* what was under way has come */
  muted = count (GST_CALL_MEDIA_AUDIO);
  wait_for_more (pair, 0, 45);
  g_assert_cmpuint (count (GST_CALL_MEDIA_AUDIO), ==, muted);
  set_mute (pair, FALSE);
  wait_for_more (pair, 30, 0);
  g_assert_true (get_item (GST_CALL_MEDIA_AUDIO, muted - 1, &before));
  g_assert_true (get_item (GST_CALL_MEDIA_AUDIO, muted, &item));
  g_assert_false (item.gap);
  g_assert_cmpuint (item.pts, >, before.pts + GST_SECOND);
  for (n = muted; get_item (GST_CALL_MEDIA_AUDIO, n, &item); n++)
    g_assert_false (item.gap);
  assert_running_time (pair, GST_CALL_MEDIA_AUDIO);
  end (pair);
}

/* ---- keyframes ---- */

static gint requests;

static GstPadProbeReturn
on_upstream (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  if (gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    g_atomic_int_inc (&requests);
  return GST_PAD_PROBE_OK;
}

static gint keys_before;

static gboolean
another_key (LegPair *pair)
{
  return g_atomic_int_get (&pair->caller.key_units) > keys_before;
}

static void
ask (LegPair *pair, guint times)
{
  for (guint i = 0; i < times; i++)
    gst_pad_push_event (pair->callee.sinks[GST_CALL_MEDIA_VIDEO][0],
        gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, i));
}

/* The sender's own encoder makes a keyframe every 3000, and the peer's wish comes to it as an event. Of a hundred
 * requests at once, one goes to webrtcbin at once and one later: the last one is not lost. */
static void
test_keys (gconstpointer output)
{
  LegSpec callee = own_keys;
  LegPair *pair;
  CallLegStream *stream;

  callee.output = (GstCallOutput) GPOINTER_TO_INT (output);
  pair = leg_pair_new (&own_keys, &callee);
  records[0].items = records[1].items = NULL;
  for (guint media = 0; media < 2; media++)
    records[media].items = g_array_new (FALSE, TRUE, sizeof (Item));
  gst_pad_add_probe (
      pair->callee.outputs[1][0], GST_PAD_PROBE_TYPE_BUFFER, on_data, &records[GST_CALL_MEDIA_VIDEO], NULL);
  leg_pair_start (pair);
  wait_for_more (pair, 0, 30);
  stream = g_ptr_array_index (pair->callee.leg->streams, 0);
  for (guint i = 0; i < 2; i++) {
    keys_before = g_atomic_int_get (&pair->caller.key_units);
    ask (pair, 1);
    g_assert_true (leg_pair_wait (pair, another_key, 10));
    wait_for_more (pair, 0, 15);
  }
  gst_pad_add_probe (stream->pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream, NULL, NULL);
  g_atomic_int_set (&requests, 0);
  ask (pair, 100);
  g_assert_cmpint (g_atomic_int_get (&requests), <=, 1);
  wait_for_more (pair, 0, 30);
  g_assert_cmpint (g_atomic_int_get (&requests), >=, 2);
  g_assert_cmpint (g_atomic_int_get (&requests), <=, 4); /* a depayloader that lost a packet asks, too */
  end (pair);
}

/* ---- loss; last, for the hook stays ---- */

static void
check_audio_losses (guint *losses)
{
  Item item, next, before = {0};

  for (guint i = 0; get_item (GST_CALL_MEDIA_AUDIO, i, &item); before = item, i++) {
    if (!item.gap || i == 0 || !get_item (GST_CALL_MEDIA_AUDIO, i + 1, &next))
      continue;
    ++*losses;
    g_assert_true (next.gap || next.discont);
    /* The gap stands where the packet is missing, and what follows has its own time. */
    g_assert_cmpint (ABS (GST_CLOCK_DIFF (before.pts + PACKET, item.pts)), <, LOSS_JITTER);
    g_assert_cmpint (ABS (GST_CLOCK_DIFF (before.pts + 2 * PACKET, next.pts)), <, LOSS_JITTER);
  }
}

/* Between a gap and the next keyframe no picture passes: what would come is broken. */
static void
check_video_losses (guint *losses)
{
  gboolean broken = FALSE;
  Item item;

  for (guint i = 0; get_item (GST_CALL_MEDIA_VIDEO, i, &item); i++) {
    if (!item.gap && broken) {
      g_assert_true (item.discont);
      g_assert_false (item.delta);
    }
    *losses += item.gap && !broken;
    broken = item.gap;
  }
}

static void
test_loss (void)
{
  LegPair *pair;
  guint losses[2] = {0, 0};

  lossy_legs_install (LOSE_NTH);
  pair = start (&encoded);
  wait_for_more (pair, 200, 60);
  check_audio_losses (&losses[0]);
  check_video_losses (&losses[1]);
  g_test_message ("%u losses of sound, %u of the picture", losses[0], losses[1]);
  g_assert_cmpuint (losses[0], >=, 3);
  g_assert_cmpuint (losses[1], >=, 1);
  end (pair);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  gst_call_leg_warm_up ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/legstream/rebuilt", test_rebuilt);
  g_test_add_func ("/legstream/h264", test_h264);
  g_test_add_func ("/legstream/vp9", test_vp9);
  g_test_add_func ("/legstream/standstill", test_standstill);
  g_test_add_func ("/legstream/mute", test_mute);
  g_test_add_data_func ("/legstream/keys-encoded", GINT_TO_POINTER (GST_CALL_OUTPUT_ENCODED), test_keys);
  g_test_add_data_func ("/legstream/keys-raw", GINT_TO_POINTER (GST_CALL_OUTPUT_RAW), test_keys);
  g_test_add_func ("/legstream/loss", test_loss);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_FATAL_MASK); /* the leaks tracer warns, no-leaks.sh judges */
  gst_deinit ();
  return result;
}
