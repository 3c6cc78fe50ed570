/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* telephone-event in descriptions: what is taken out of the peer's, what is added to ours. */

#include "gst/call/callsdpevents.h"

#include <string.h>

#define HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define OPUS "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
#define VP8(pt) "m=video 9 UDP/TLS/RTP/SAVPF " pt "\r\na=rtpmap:" pt " VP8/90000\r\n"
/* As chromium offers, cut short. */
#define BROWSER                                                                                                        \
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 9 110 126\r\n" OPUS "a=rtcp-fb:111 transport-cc\r\na=rtpmap:9 G722/8000\r\n"        \
  "a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n"

static GstSDPMessage *
parse (const char *text)
{
  GstSDPMessage *sdp;

  gst_sdp_message_new (&sdp);
  g_assert_cmpint (gst_sdp_message_parse_buffer ((const guint8 *) text, strlen (text), sdp), ==, GST_SDP_OK);
  return sdp;
}

static char *
print_events (const CallSdpEvents *events)
{
  GString *text = g_string_new ("");

  for (guint i = 0; i < G_N_ELEMENTS (events->lines); i++)
    for (guint k = 0; k < events->lines[i].n; k++)
      g_string_append_printf (
          text, "%u:%u/%u ", i, events->lines[i].events[k].payload, events->lines[i].events[k].clock_rate);
  return g_string_free (text, FALSE);
}

typedef struct
{
  const char *name;
  const char *sdp;
  const char *taken;
  const char *left; /* formats by line */
} TakeCase;

static const TakeCase take_cases[] = {
    {"a browser's", HEAD BROWSER VP8 ("96"), "0:110/48000 0:126/8000 ", "111 9 | 96 | "},
    {"a keypad's parameters",
        HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111 101\r\n" OPUS "a=rtpmap:101 Telephone-Event/48000\r\na=fmtp:101 0-16\r\n",
        "0:101/48000 ", "111 | "},
    {"none", HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" OPUS, "", "111 | "},
    {"nothing else", HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 101\r\na=rtpmap:101 telephone-event/8000\r\n", "", "101 | "},
    {"refused", HEAD "m=audio 0 UDP/TLS/RTP/SAVPF 111 110\r\n" OPUS "a=rtpmap:110 telephone-event/48000\r\n", "",
        "111 110 | "},
    {"bundled only",
        HEAD VP8 ("96") "m=audio 0 UDP/TLS/RTP/SAVPF 111 110\r\na=bundle-only\r\n" OPUS
                        "a=rtpmap:110 telephone-event/48000\r\n",
        "1:110/48000 ", "96 | 111 | "},
    {"numbers that begin alike",
        HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 11 110\r\na=rtpmap:11 L16/44100\r\n"
             "a=rtpmap:110 telephone-event/48000\r\n",
        "0:110/48000 ", "11 | "},
    {"no clock", HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111 110\r\n" OPUS "a=rtpmap:110 telephone-event/\r\n", "",
        "111 110 | "},
    {"no number", HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111 x\r\n" OPUS "a=rtpmap:x telephone-event/48000\r\n", "",
        "111 | "},
    {"many",
        HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111 101 102 103 104 105\r\n" OPUS
             "a=rtpmap:101 telephone-event/8000\r\na=rtpmap:102 telephone-event/16000\r\n"
             "a=rtpmap:103 telephone-event/32000\r\na=rtpmap:104 telephone-event/48000\r\n"
             "a=rtpmap:105 telephone-event/44100\r\n",
        "0:101/8000 0:102/16000 0:103/32000 0:104/48000 ", "111 | "},
    {"a picture's",
        HEAD "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 telephone-event/8000\r\n", "",
        "96 97 | "},
};

static void
test_take (gconstpointer data)
{
  const TakeCase *row = data;
  GstSDPMessage *sdp = parse (row->sdp);
  CallSdpKeys keys = {0};
  g_autofree char *taken = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GString) left = g_string_new ("");

  call_sdp_take_events (sdp, &keys);
  taken = print_events (&keys.remote);
  for (guint i = 0; i < gst_sdp_message_medias_len (sdp); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (sdp, i);
    for (guint k = 0; k < gst_sdp_media_formats_len (media); k++)
      g_string_append_printf (left, "%s ", gst_sdp_media_get_format (media, k));
    g_string_append (left, "| ");
  }
  text = gst_sdp_message_as_text (sdp);
  gst_sdp_message_free (sdp);
  g_assert_cmpstr (taken, ==, row->taken);
  g_assert_cmpstr (left->str, ==, row->left);
  if (*row->taken != '\0') {
    g_assert_null (strstr (text, "elephone-"));
    g_assert_null (strstr (text, "a=fmtp:101"));
  }
  g_assert_true (strstr (row->sdp, OPUS) == NULL || strstr (text, OPUS) != NULL);
}

/* What is sent, line by line, of what is about keys. */
static char *
print_added (const char *ours, CallSdpKeys *keys, gboolean answer)
{
  GstSDPMessage *sdp = parse (ours);
  g_autofree char *before = gst_sdp_message_as_text (sdp);
  g_autofree char *after = NULL;
  g_autofree char *sent = call_sdp_print_local (sdp, keys, answer);
  g_auto (GStrv) lines = g_strsplit (sent, "\r\n", -1);
  GString *text = g_string_new ("");

  after = gst_sdp_message_as_text (sdp);
  g_assert_cmpstr (after, ==, before); /* webrtcbin's own stays */
  gst_sdp_message_free (sdp);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "m=") || strstr (lines[i], "telephone-event") || strstr (lines[i], " 0-15"))
      g_string_append_printf (text, "%s;", lines[i]);
  return g_string_free (text, FALSE);
}

static void
test_offer (void)
{
  CallSdpKeys keys = {0};
  g_autofree char *usual =
      print_added (HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 OPUS/48000/2\r\n" VP8 ("97"), &keys, FALSE);
  g_autofree char *usual_events = print_events (&keys.local);
  g_autofree char *taken = print_added (
      HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 110\r\na=rtpmap:110 OPUS/48000/2\r\n" VP8 ("126") VP8 ("127"), &keys, FALSE);
  g_autofree char *two = print_added (HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 OPUS/48000/2\r\n"
                                           "m=audio 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 OPUS/48000/2\r\n",
      &keys, FALSE);
  g_autofree char *two_events = print_events (&keys.local);
  g_autofree char *without = print_added (HEAD BROWSER, NULL, FALSE);

  g_assert_cmpstr (usual, ==,
      "m=audio 9 UDP/TLS/RTP/SAVPF 96 110 126;a=rtpmap:110 telephone-event/48000;a=fmtp:110 0-15;"
      "a=rtpmap:126 telephone-event/8000;a=fmtp:126 0-15;m=video 9 UDP/TLS/RTP/SAVPF 97;");
  g_assert_cmpstr (usual_events, ==, "0:110/48000 0:126/8000 ");
  g_assert_true (g_str_has_prefix (taken,
      "m=audio 9 UDP/TLS/RTP/SAVPF 110 125 124;a=rtpmap:125 telephone-event/48000;a=fmtp:125 0-15;"
      "a=rtpmap:124 telephone-event/8000;"));
  g_assert_nonnull (strstr (two, "SAVPF 97 110 126;"));
  g_assert_cmpstr (two_events, ==, "0:110/48000 0:126/8000 1:110/48000 1:126/8000 ");
  g_assert_nonnull (strstr (without, "m=audio 9 UDP/TLS/RTP/SAVPF 111 9 110 126;"));
}

static void
test_answer (void)
{
  GstSDPMessage *offer = parse (HEAD BROWSER VP8 ("96"));
  CallSdpKeys keys = {0};
  g_autofree char *answer = NULL;
  g_autofree char *refused = NULL;

  call_sdp_take_events (offer, &keys);
  gst_sdp_message_free (offer);
  answer = print_added (HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" OPUS VP8 ("96"), &keys, TRUE);
  g_assert_cmpstr (answer, ==,
      "m=audio 9 UDP/TLS/RTP/SAVPF 111 110 126;a=rtpmap:110 telephone-event/48000;a=fmtp:110 0-15;"
      "a=rtpmap:126 telephone-event/8000;a=fmtp:126 0-15;m=video 9 UDP/TLS/RTP/SAVPF 96;");
  refused = print_added (HEAD "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n" OPUS VP8 ("96"), &keys, TRUE);
  g_assert_cmpstr (refused, ==, "m=audio 0 UDP/TLS/RTP/SAVPF 111;m=video 9 UDP/TLS/RTP/SAVPF 96;");
}

/* An old participant of ours, or one that takes no keys: nothing is answered. */
static void
test_answer_without (void)
{
  GstSDPMessage *offer = parse (HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" OPUS);
  CallSdpKeys keys = {0};
  g_autofree char *answer = NULL;

  call_sdp_take_events (offer, &keys);
  gst_sdp_message_free (offer);
  answer = print_added (HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" OPUS, &keys, TRUE);
  g_assert_cmpstr (answer, ==, "m=audio 9 UDP/TLS/RTP/SAVPF 111;");
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (take_cases); i++) {
    g_autofree char *path = g_strconcat ("/sdpevents/take/", take_cases[i].name, NULL);
    g_test_add_data_func (path, &take_cases[i], test_take);
  }
  g_test_add_func ("/sdpevents/offer", test_offer);
  g_test_add_func ("/sdpevents/answer", test_answer);
  g_test_add_func ("/sdpevents/answer-without", test_answer_without);
  return g_test_run ();
}
