/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Two real legs over loopback: what is sent arrives, in every form and direction. What must not pass is in
 * legrefuse.c, what goes on for long in leglife.c. */

#include "legpair.h"

#include <string.h>

#define TONE "audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1"
#define PICTURE "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1"
#define OPUS_IN TONE " ! opusenc"
#define VP8_IN PICTURE " ! vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000"
#define RTP_CAPS(media, name, rate)                                                                                    \
  "application/x-rtp,media=" media ",clock-rate=" rate ",encoding-name=" name ",payload=120"

#define AUDIO                                                                                                          \
  {                                                                                                                    \
    GST_CALL_MEDIA_AUDIO, TONE, NULL, NULL                                                                             \
  }
#define VIDEO(codec)                                                                                                   \
  {                                                                                                                    \
    GST_CALL_MEDIA_VIDEO, PICTURE, NULL, codec                                                                         \
  }

static const LegSpec AUDIO_VIDEO = {.tracks = {AUDIO, VIDEO (NULL)}, .receive_audio = 1, .receive_video = 1};

typedef struct
{
  const char *name;
  const char *needs; /* an element without which the case is skipped */
  LegSpec caller;
  LegSpec callee;
  guint callers[2]; /* how many tracks the caller must get, by media; and of what caps */
  guint callees[2];
  const char *caps[2];
} Case;

static const Case cases[] = {
    {"audio-video", NULL, AUDIO_VIDEO, AUDIO_VIDEO, {1, 1}, {1, 1},
        {"audio/x-raw", "video/x-raw,width=320,height=240"}},
    {"audio", NULL, {.tracks = {AUDIO}, .receive_audio = 1}, {.tracks = {AUDIO}}, {1, 0}, {1, 0}, {"audio/x-raw"}},
    {"video", NULL, {.tracks = {VIDEO (NULL)}, .receive_video = 1}, {.tracks = {VIDEO (NULL)}}, {0, 1}, {0, 1},
        {NULL, "video/x-raw"}},
    {"answerer-listens", NULL, AUDIO_VIDEO, {.receive_audio = 0}, {0, 0}, {1, 1}, {"audio/x-raw", "video/x-raw"}},
    {"offerer-listens", NULL, {.receive_audio = 1, .receive_video = 1}, AUDIO_VIDEO, {1, 1}, {0, 0},
        {"audio/x-raw", "video/x-raw"}},
    {"offerer-only-sends", NULL, {.tracks = {AUDIO, VIDEO (NULL)}}, AUDIO_VIDEO, {0, 0}, {1, 1},
        {"audio/x-raw", "video/x-raw"}},
    {"one-sends-audio-the-other-video", NULL, {.tracks = {AUDIO}, .receive_audio = 1, .receive_video = 1},
        {.tracks = {VIDEO (NULL)}}, {0, 1}, {1, 0}, {"audio/x-raw", "video/x-raw"}},
    {"two-videos", NULL, {.tracks = {AUDIO, VIDEO (NULL), VIDEO (NULL)}, .receive_audio = 1, .receive_video = 2},
        {.tracks = {VIDEO (NULL), VIDEO (NULL)}}, {0, 2}, {1, 2}, {"audio/x-raw", "video/x-raw"}},
    {"encoded-out", NULL,
        {.tracks = {AUDIO, VIDEO (NULL)}, .receive_audio = 1, .receive_video = 1, .output = GST_CALL_OUTPUT_ENCODED},
        {.tracks = {AUDIO, VIDEO (NULL)}, .output = GST_CALL_OUTPUT_ENCODED}, {1, 1}, {1, 1},
        {"audio/x-opus", "video/x-vp8"}},
    {"rtp-out", NULL,
        {.tracks = {AUDIO, VIDEO (NULL)}, .receive_audio = 1, .receive_video = 1, .output = GST_CALL_OUTPUT_RTP},
        {.tracks = {AUDIO, VIDEO (NULL)}, .output = GST_CALL_OUTPUT_RTP}, {1, 1}, {1, 1},
        {"application/x-rtp,encoding-name=OPUS", "application/x-rtp,encoding-name=VP8"}},
    {"encoded-in", NULL,
        {.tracks = {{GST_CALL_MEDIA_AUDIO, OPUS_IN, "audio/x-opus", NULL},
             {GST_CALL_MEDIA_VIDEO, VP8_IN, "video/x-vp8", NULL}},
            .receive_audio = 1,
            .receive_video = 1},
        {.tracks = {{GST_CALL_MEDIA_AUDIO, OPUS_IN, "audio/x-opus", NULL},
             {GST_CALL_MEDIA_VIDEO, VP8_IN, "video/x-vp8", NULL}}},
        {1, 1}, {1, 1}, {"audio/x-raw", "video/x-raw"}},
    {"rtp-in", NULL,
        {.tracks = {{GST_CALL_MEDIA_AUDIO, OPUS_IN " ! rtpopuspay pt=120", RTP_CAPS ("audio", "OPUS", "48000"), NULL},
             {GST_CALL_MEDIA_VIDEO, VP8_IN " ! rtpvp8pay pt=120", RTP_CAPS ("video", "VP8", "90000"), NULL}},
            .receive_audio = 1,
            .receive_video = 1},
        AUDIO_VIDEO, {1, 1}, {1, 1}, {"audio/x-raw", "video/x-raw"}},
    {"vp9", "vp9enc", {.tracks = {VIDEO ("vp9")}, .receive_video = 1}, {.tracks = {VIDEO (NULL)}}, {0, 1}, {0, 1},
        {NULL, "video/x-raw"}},
    {"h264", "h264parse", {.tracks = {VIDEO ("h264")}, .receive_video = 1, .output = GST_CALL_OUTPUT_ENCODED},
        {.tracks = {VIDEO (NULL)}, .output = GST_CALL_OUTPUT_ENCODED}, {0, 1}, {0, 1}, {NULL, "video/x-h264"}},
    {"h264-raw", "avdec_h264", {.tracks = {VIDEO ("h264")}, .receive_video = 1}, {.tracks = {VIDEO (NULL)}}, {0, 1},
        {0, 1}, {NULL, "video/x-raw"}},
    {"h264-listener", "avdec_h264", {.receive_video = 1, .video_codec = "h264"}, {.tracks = {VIDEO (NULL)}}, {0, 1},
        {0, 0}, {NULL, "video/x-raw"}},
};

static const Case *current;

static gboolean
gets (LegSide *side, const guint *tracks)
{
  for (guint media = 0; media < 2; media++) {
    for (guint i = 0; i < tracks[media]; i++) {
      if (leg_side_received (side, media, i).buffers < 20)
        return FALSE;
    }
  }
  return side->connected;
}

static gboolean
case_is_done (LegPair *pair)
{
  if (pair->caller.error != NULL || pair->callee.error != NULL)
    return TRUE;
  return gets (&pair->caller, current->callers) && gets (&pair->callee, current->callees);
}

static void
check_track (LegPair *pair, LegSide *side, GstCallMedia media, guint index)
{
  LegReceived received = leg_side_received (side, media, index);
  g_autoptr (GstCaps) wanted = gst_caps_from_string (current->caps[media]);
  GstClockTime now = gst_element_get_current_running_time (side->user);

  g_test_message ("%s %s %u: first after %d ms, %u buffers", side == &pair->caller ? "caller" : "callee",
      media == GST_CALL_MEDIA_AUDIO ? "audio" : "video", index, (int) (received.first_time - pair->start_time) / 1000,
      received.buffers);
  g_assert_nonnull (received.caps);
  g_assert_true (gst_caps_is_subset (received.caps, wanted));
  g_assert_cmpuint (received.backwards, ==, 0);
  /* Running times of the user's pipeline, and not of another clock. Ahead by as much as the first packet was late (the
   * machine is busy): the jitterbuffer takes those behind it for early, and sees through that in time. */
  g_assert_cmpuint (received.last_pts, <=, now + 2 * GST_SECOND);
  g_assert_cmpuint (received.last_pts + 2 * GST_SECOND, >=, now);
  g_assert_cmpuint (received.discont, >=, 1);
}

static void
check_side (LegPair *pair, LegSide *side, const guint *tracks)
{
  for (guint media = 0; media < 2; media++) {
    for (guint i = 0; i < tracks[media]; i++)
      check_track (pair, side, media, i);
    g_assert_cmpuint (leg_side_received (side, media, tracks[media]).buffers, ==, 0);
  }
}

static gboolean
is_there (const char *element)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);

  return factory != NULL;
}

static void
test_case (gconstpointer data)
{
  LegPair *pair;

  current = data;
  if (current->needs != NULL && !is_there (current->needs)) {
    g_test_skip ("an element is missing");
    return;
  }
  pair = leg_pair_new (&current->caller, &current->callee);
  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, case_is_done, 15));
  g_assert_no_error (pair->caller.error);
  g_assert_no_error (pair->callee.error);
  g_test_message ("connected after %d and %d ms", (int) (pair->caller.connected_time - pair->start_time) / 1000,
      (int) (pair->callee.connected_time - pair->start_time) / 1000);
  check_side (pair, &pair->caller, current->callers);
  check_side (pair, &pair->callee, current->callees);
  leg_pair_free (pair);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  gst_call_leg_warm_up ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/leg/%s", cases[i].name);
    g_test_add_data_func (path, &cases[i], test_case);
  }
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_FATAL_MASK); /* the leaks tracer warns, no-leaks.sh judges */
  gst_deinit ();
  return result;
}
