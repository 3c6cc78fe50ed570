/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Two real legs over loopback: what is sent arrives, in every form, and what must not pass does not. */

#include "legpair.h"

#define TONE "audiotestsrc is-live=true wave=sine samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1"
#define PICTURE "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1"
#define AUDIO                                                                                                          \
  {                                                                                                                    \
    GST_CALL_MEDIA_AUDIO, TONE, NULL, NULL                                                                             \
  }
#define VIDEO                                                                                                          \
  {                                                                                                                    \
    GST_CALL_MEDIA_VIDEO, PICTURE, NULL, NULL                                                                          \
  }

static const LegSpec av = {.tracks = {AUDIO, VIDEO}, .receive_audio = 1, .receive_video = 1};

static gboolean
both_connected (LegPair *pair)
{
  return pair->caller.error != NULL || pair->callee.error != NULL || (pair->caller.connected && pair->callee.connected);
}

static gboolean
flows (LegSide *side, GstCallMedia media, guint index)
{
  return leg_side_received (side, media, index).buffers >= 10;
}

static gboolean
all_flow (LegPair *pair)
{
  return both_connected (pair) && flows (&pair->caller, GST_CALL_MEDIA_AUDIO, 0)
         && flows (&pair->caller, GST_CALL_MEDIA_VIDEO, 0) && flows (&pair->callee, GST_CALL_MEDIA_AUDIO, 0)
         && flows (&pair->callee, GST_CALL_MEDIA_VIDEO, 0);
}

static void
test_audio_video (void)
{
  LegPair *pair = leg_pair_new (&av, &av);

  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, all_flow, 15));
  g_test_message ("connected after %d ms, first picture after %d ms",
      (int) (pair->caller.connected_time - pair->start_time) / 1000,
      (int) (leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).first_time - pair->start_time) / 1000);
  leg_pair_free (pair);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/leg/audio-video", test_audio_video);
  return g_test_run ();
}
