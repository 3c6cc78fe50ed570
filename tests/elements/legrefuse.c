/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What a leg must not take from a peer, and what it must take although it comes oddly. No media passes in any case
 * of the first kind, and `failed` comes once with the right code. */

#include "gst/call/callice.h"
#include "legpair.h"

#include <string.h>

#define TONE "audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1"
#define PICTURE "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1"

static const LegSpec both = {
    .tracks = {{GST_CALL_MEDIA_AUDIO, TONE, NULL, NULL}, {GST_CALL_MEDIA_VIDEO, PICTURE, NULL, NULL}},
    .receive_audio = 1,
    .receive_video = 1};

static gboolean
caller_failed (LegPair *pair)
{
  return pair->caller.error != NULL;
}

static gboolean
callee_failed (LegPair *pair)
{
  return pair->callee.error != NULL;
}

static gboolean
callee_signalled (LegPair *pair)
{
  return pair->callee.signals->len >= 2;
}

static gboolean
caller_signalled (LegPair *pair)
{
  return pair->caller.signals->len >= 2;
}

static gboolean
all_flow (LegPair *pair)
{
  return pair->caller.error != NULL || pair->callee.error != NULL
         || (leg_side_received (&pair->caller, GST_CALL_MEDIA_AUDIO, 0).buffers >= 10
             && leg_side_received (&pair->caller, GST_CALL_MEDIA_VIDEO, 0).buffers >= 10
             && leg_side_received (&pair->callee, GST_CALL_MEDIA_AUDIO, 0).buffers >= 10
             && leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).buffers >= 10);
}

static void
assert_silent (LegSide *side)
{
  for (guint media = 0; media < 2; media++)
    g_assert_cmpuint (leg_side_received (side, media, 0).buffers, ==, 0);
  g_assert_false (side->connected);
}

static void
replace (CallMessage *signal, const char *from, const char *to)
{
  g_auto (GStrv) parts = NULL;
  char *sdp;

  if (signal->signal.kind != CALL_SIGNAL_DESCRIPTION)
    return;
  parts = g_strsplit (signal->signal.sdp, from, -1);
  sdp = g_strjoinv (to, parts);
  g_free (signal->signal.sdp);
  signal->signal.sdp = sdp;
}

/* ---- descriptions ---- */

static const struct
{
  const char *name;
  const char *sdp;
} bad_offers[] = {
    {"empty", ""},
    {"text", "this is no SDP"},
    {"binary", "v=0\r\n\x01\x02\xff\xfe"},
    {"no-media", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"},
    {"no-fingerprint",
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n"
        "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=mid:0\r\na=rtpmap:96 opus/48000/2\r\n"},
};

static void
test_bad_offer (gconstpointer data)
{
  CallSignal signal = {CALL_SIGNAL_DESCRIPTION, (char *) "offer", (char *) data, NULL, NULL, 0};
  LegPair *pair = leg_pair_new (&both, &both);
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_call_leg_start (pair->callee.leg, FALSE, &error));
  gst_call_leg_handle (pair->callee.leg, &signal);
  g_assert_null (pair->callee.error); /* it comes from the main loop */
  g_assert_true (leg_pair_wait (pair, callee_failed, 5));
  g_assert_error (pair->callee.error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_SDP);
  gst_call_leg_handle (pair->callee.leg, &signal); /* silent now */
  leg_pair_free (pair);
}

static void
test_bad_answer (void)
{
  CallSignal signal = {CALL_SIGNAL_DESCRIPTION, (char *) "answer", (char *) "garbage", NULL, NULL, 0};
  LegPair *pair = leg_pair_new (&both, &both);

  pair->caller.hold = TRUE;
  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, caller_signalled, 10));
  gst_call_leg_handle (pair->caller.leg, &signal);
  g_assert_true (leg_pair_wait (pair, caller_failed, 5));
  g_assert_error (pair->caller.error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_SDP);
  leg_pair_free (pair);
}

/* Turns over one digit of the fingerprint: the description is well formed, and of someone else. */
static void
tamper_fingerprint (CallMessage *signal)
{
  char *at = signal->signal.sdp;

  while (at != NULL && (at = strstr (at, "a=fingerprint:")) != NULL) {
    at = strchr (at, ' ') + 1;
    *at = *at == '0' ? '1' : '0';
  }
}

static void
test_impostor_answers (void)
{
  LegPair *pair = leg_pair_new (&both, &both);

  pair->callee.tamper = tamper_fingerprint;
  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, caller_failed, 10));
  g_assert_error (pair->caller.error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_CERTIFICATE);
  assert_silent (&pair->caller);
  leg_pair_free (pair);
}

static void
test_impostor_offers (void)
{
  LegPair *pair = leg_pair_new (&both, &both);

  pair->caller.tamper = tamper_fingerprint;
  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, callee_failed, 10));
  g_assert_error (pair->callee.error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_CERTIFICATE);
  assert_silent (&pair->callee);
  leg_pair_free (pair);
}

static void
unknown_codecs (CallMessage *signal)
{
  replace (signal, "OPUS/48000", "G7299/48000");
  replace (signal, "VP8/90000", "XYZ/90000");
}

static void
test_nothing_in_common (void)
{
  LegPair *pair = leg_pair_new (&both, &both);

  pair->caller.tamper = unknown_codecs;
  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, callee_failed, 10));
  g_assert_error (pair->callee.error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA);
  leg_pair_free (pair);
}

static void
unknown_video (CallMessage *signal)
{
  replace (signal, "VP8/90000", "XYZ/90000");
}

static gboolean
audio_flows (LegPair *pair)
{
  return pair->caller.error != NULL || pair->callee.error != NULL
         || (leg_side_received (&pair->caller, GST_CALL_MEDIA_AUDIO, 0).buffers >= 10
             && leg_side_received (&pair->callee, GST_CALL_MEDIA_AUDIO, 0).buffers >= 10);
}

static void
test_audio_in_common (void)
{
  LegPair *pair = leg_pair_new (&both, &both);

  pair->caller.tamper = unknown_video;
  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, audio_flows, 10));
  g_assert_no_error (pair->caller.error);
  g_assert_no_error (pair->callee.error);
  g_assert_cmpuint (leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).buffers, ==, 0);
  leg_pair_free (pair);
}

static void
test_timeout (void)
{
  LegSpec impatient = both;
  LegPair *pair;

  impatient.timeout_ms = 500;
  pair = leg_pair_new (&impatient, &both);
  pair->caller.hold = TRUE;
  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, caller_failed, 5));
  g_assert_error (pair->caller.error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_TIMEOUT);
  leg_pair_free (pair);
}

static void
test_unknown_codec (void)
{
  LegPair *pair = leg_pair_new (&both, &both);
  GstCallLegInput input = {GST_CALL_MEDIA_VIDEO, 1, NULL, "theora", 0, NULL};
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-theora");
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_call_leg_add_input (pair->caller.leg, &input, &error));
  g_assert_error (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA);
  g_clear_error (&error);
  input.caps = caps;
  g_assert_null (gst_call_leg_add_input (pair->caller.leg, &input, &error));
  g_assert_error (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA);
  leg_pair_free (pair);
}

/* ---- candidates ---- */

static void
handle_candidate (LegSide *side, const char *text)
{
  CallSignal signal = {CALL_SIGNAL_CANDIDATE, NULL, NULL, (char *) text, NULL, 0};

  gst_call_leg_handle (side->leg, &signal);
}

/* Everything of the caller, the description last; and rubbish before and after it. */
static void
test_candidates_first (void)
{
  LegPair *pair = leg_pair_new (&both, &both);

  pair->caller.hold = TRUE;
  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, caller_signalled, 10));
  handle_candidate (&pair->callee, "candidate:garbage");
  handle_candidate (&pair->callee, "candidate:1 1 UDP 2122252543 0a1b2c3d.local 5000 typ host");
  handle_candidate (&pair->callee, "");
  for (guint i = pair->caller.signals->len; i > 0; i--)
    leg_side_deliver (&pair->caller, i - 1);
  pair->caller.hold = FALSE;
  g_assert_true (leg_pair_wait (pair, all_flow, 15));
  handle_candidate (&pair->callee, "candidate:2 1 UDP nonsense");
  g_assert_no_error (pair->caller.error);
  g_assert_no_error (pair->callee.error);
  leg_pair_free (pair);
}

static void
test_answer_twice (void)
{
  LegPair *pair = leg_pair_new (&both, &both);

  leg_pair_start (pair);
  g_assert_true (leg_pair_wait (pair, callee_signalled, 10));
  for (guint i = 0; i < pair->callee.signals->len; i++)
    leg_side_deliver (&pair->callee, i);
  leg_side_deliver (&pair->caller, 0);
  g_assert_true (leg_pair_wait (pair, all_flow, 15));
  g_assert_no_error (pair->caller.error);
  g_assert_no_error (pair->callee.error);
  leg_pair_free (pair);
}

static void
test_refused_output (void)
{
  LegPair *pair = leg_pair_new (&both, &both);

  pair->callee.refuse_output = TRUE;
  leg_pair_start (pair);
  g_assert_false (leg_pair_wait (pair, all_flow, 2));
  g_assert_cmpuint (leg_side_received (&pair->caller, GST_CALL_MEDIA_VIDEO, 0).buffers, >=, 10);
  g_assert_cmpuint (leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).buffers, ==, 0);
  g_assert_no_error (pair->callee.error);
  leg_pair_free (pair);
}

/* ---- ICE servers ---- */

static void
test_server_uri (void)
{
  static const struct
  {
    const char *url;
    const char *user;
    const char *expected;
  } cases[] = {
      {"stun:stun.example.org", NULL, "stun://stun.example.org:3478"},
      {"stun:[::1]:19302", NULL, "stun://[::1]:19302"},
      {"turn:turn.example.org:3479?transport=udp", "1700000000:bob",
          "turn://1700000000%3Abob:p%2Fw%3D@turn.example.org:3479?transport=udp"},
      {"turns:turn.example.org?transport=tcp", "bob", "turns://bob:p%2Fw%3D@turn.example.org:5349?transport=tcp"},
      {"turn:turn.example.org", NULL, NULL},
      {"turn:", "bob", NULL},
      {"http://example.org", "bob", NULL},
      {"", NULL, NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *uri = call_ice_server_uri (cases[i].url, cases[i].user, cases[i].user ? "p/w=" : NULL);
    g_assert_cmpstr (uri, ==, cases[i].expected);
  }
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  gst_call_leg_warm_up ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad_offers); i++) {
    g_autofree char *path = g_strdup_printf ("/leg/bad-offer/%s", bad_offers[i].name);
    g_test_add_data_func (path, bad_offers[i].sdp, test_bad_offer);
  }
  g_test_add_func ("/leg/bad-answer", test_bad_answer);
  g_test_add_func ("/leg/impostor-answers", test_impostor_answers);
  g_test_add_func ("/leg/impostor-offers", test_impostor_offers);
  g_test_add_func ("/leg/nothing-in-common", test_nothing_in_common);
  g_test_add_func ("/leg/audio-in-common", test_audio_in_common);
  g_test_add_func ("/leg/timeout", test_timeout);
  g_test_add_func ("/leg/unknown-codec", test_unknown_codec);
  g_test_add_func ("/leg/candidates-first", test_candidates_first);
  g_test_add_func ("/leg/answer-twice", test_answer_twice);
  g_test_add_func ("/leg/refused-output", test_refused_output);
  g_test_add_func ("/leg/ice-server-uri", test_server_uri);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_FATAL_MASK); /* the leaks tracer warns, no-leaks.sh judges */
  gst_deinit ();
  return result;
}
