/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Raw, encoded and RTP media go in, raw, encoded and RTP media come out: a tone and numbered frames pass every pair of
 * them. A call carries one pair each way:
 *
 *   alice: a -> callsink ... callsrc -> y        bob: b -> callsink ... callsrc -> x        pairs a->x and b->y */

#include "content.h"

#include <string.h>

#include "dsp.h"
#include "marks.h"
#include "taps.h"

#define TONE 440
#define FRAMES 20
#define SOUND (TAP_RATE / 2)

typedef enum
{
  RAW,
  ENCODED,
  RTP,
  N_FORMS
} Form;

static const char *const form_names[N_FORMS] = {"raw", "encoded", "rtp"};

/* What of a codec stands in a line. */
typedef struct
{
  const char *name; /* as in video-codec */
  const char *encode[N_FORMS];
  const char *decode[N_FORMS];
  const char *needs[4]; /* elements */
} VideoForms;

#define PICTURE "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! "
#define VP8 "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=30 threads=1"
#define VP9 "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=30 threads=1"
#define X264                                                                                                           \
  "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 threads=1 ! "                                        \
  "video/x-h264,profile=constrained-baseline"

static const VideoForms vp8 = {"vp8", {"", "! " VP8, "! " VP8 " ! rtpvp8pay"},
    {"", "vp8dec !", "rtpvp8depay ! vp8dec !"}, {"vp8enc", "rtpvp8pay"}};
static const VideoForms vp9 = {"vp9", {"", "! " VP9, "! " VP9 " ! rtpvp9pay"},
    {"", "vp9dec !", "rtpvp9depay ! vp9dec !"}, {"vp9enc", "rtpvp9pay"}};
static const VideoForms h264 = {"h264", {"", "! " X264 " ! h264parse", "! " X264 " ! rtph264pay config-interval=-1"},
    {"", "h264parse ! avdec_h264 !", "rtph264depay ! h264parse ! avdec_h264 !"},
    {"x264enc", "h264parse", "avdec_h264", "rtph264pay"}};

static const char *const opus_encode[N_FORMS] = {"", "! opusenc", "! opusenc ! rtpopuspay"};
static const char *const opus_decode[N_FORMS] = {"", "opusdec !", "rtpopusdepay ! opusdec !"};

typedef struct
{
  const VideoForms *video;
  Form alice_in, alice_out, bob_in, bob_out;
} Case;

static const Case cases[] = {
    {&vp8, RAW, RAW, RAW, RAW},
    {&vp8, ENCODED, ENCODED, ENCODED, ENCODED},
    {&vp8, RTP, RTP, RTP, RTP},
    {&vp8, RAW, RAW, ENCODED, ENCODED},
    {&vp8, RAW, RAW, RTP, RTP},
    {&vp8, ENCODED, ENCODED, RTP, RTP},
    {&vp9, RAW, RAW, RTP, ENCODED},
    {&h264, RAW, RAW, RTP, ENCODED},
};

static char *
make_line (const Case *c, const char *call, Form in, Form out)
{
  return g_strdup_printf ("callsink name=out video-codec=%s %s callsrc name=in output=%s "
                          "audiotestsrc is-live=true freq=%d samplesperbuffer=960 ! "
                          "audio/x-raw,format=S16LE,rate=48000,channels=1 %s ! out.audio_0 " PICTURE
                          "identity name=numbers %s ! out.video_0 "
                          "in.audio_0 ! %s " TAP_SOUND "name=count-audio in.video_0 ! %s " TAP_PICTURE
                          "name=count-video",
      c->video->name, call, form_names[out], TONE, opus_encode[in], c->video->encode[in], opus_decode[out],
      c->video->decode[out]);
}

/* The last half second of sound is the tone, and all frames have their numbers, in order. */
static void
check_content (const char *what, Tap *sound, Tap *picture)
{
  g_autoptr (GArray) samples = tap_copy_samples (sound);
  g_autoptr (GArray) frames = tap_copy_frames (picture);
  const float *last = (const float *) samples->data + samples->len - SOUND;
  int previous = -1;
  double share;

  g_assert_cmpuint (samples->len, >=, SOUND);
  share = dsp_tone_share (last, SOUND, TONE, TAP_RATE);
  for (guint i = 0; i < frames->len; i++) {
    const TapFrame *frame = &g_array_index (frames, TapFrame, i);
    g_assert_cmpint (frame->number, >, previous);
    previous = frame->number;
  }
  g_test_message ("%s: tone is %.1f %% of the sound (level %.3f), %u numbered frames up to %d", what, share * 100,
      dsp_rms (last, SOUND), frames->len, previous);
  g_assert_cmpfloat (share, >, 0.9);
  g_assert_cmpfloat (dsp_rms (last, SOUND), >, 0.1);
  g_assert_cmpuint (frames->len, >=, FRAMES);
}

static void
wait_content (CallPipeline *pipeline)
{
  g_assert_true (call_pipeline_wait_buffers (pipeline, "count-video", FRAMES));
  g_assert_true (call_pipeline_wait_buffers (pipeline, "count-audio", 50));
}

static void
run_case (const Case *c)
{
  g_autofree char *alice = make_line (c, "call-type=video " CONTENT_ALICE, c->alice_in, c->alice_out);
  g_autofree char *bob = make_line (c, CONTENT_BOB, c->bob_in, c->bob_out);
  g_autofree char *there = g_strdup_printf ("%s -> %s", form_names[c->alice_in], form_names[c->bob_out]);
  g_autofree char *back = g_strdup_printf ("%s -> %s", form_names[c->bob_in], form_names[c->alice_out]);
  ContentCall call = content_call_new (bob, alice);
  g_autoptr (Tap) bob_sound = tap_new (call.bob->pipeline, "count-audio");
  g_autoptr (Tap) bob_picture = tap_new (call.bob->pipeline, "count-video");
  g_autoptr (Tap) alice_sound = tap_new (call.alice->pipeline, "count-audio");
  g_autoptr (Tap) alice_picture = tap_new (call.alice->pipeline, "count-video");

  mark_frames (call.bob->pipeline, "numbers");
  mark_frames (call.alice->pipeline, "numbers");
  content_call_start (&call);
  wait_content (call.bob);
  wait_content (call.alice);
  content_call_clear (&call);
  check_content (there, bob_sound, bob_picture);
  check_content (back, alice_sound, alice_picture);
}

static const char *
find_missing (const VideoForms *video)
{
  for (guint i = 0; i < G_N_ELEMENTS (video->needs) && video->needs[i] != NULL; i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (video->needs[i]);
    if (factory == NULL)
      return video->needs[i];
  }
  return NULL;
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  const char *missing = find_missing (c->video);
  g_autofree char *reason = g_strdup_printf ("no element %s", missing);

  if (missing != NULL)
    g_test_skip (reason);
  else
    run_case (c);
}

int
main (int argc, char **argv)
{
  content_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_autofree char *path = g_strdup_printf ("/content/forms/%s/%s-%s-and-%s-%s", c->video->name,
        form_names[c->alice_in], form_names[c->bob_out], form_names[c->bob_in], form_names[c->alice_out]);
    g_test_add_data_func (path, c, test_case);
  }
  return content_run ();
}
