/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/sdpcheck.h"

#include <string.h>

#define MAX_LENGTH 65536
#define NL "\r\n"

#define FINGERPRINT "9A:3C:08:51:EE:41:0B:6D:75:22:98:C4:F0:1A:BD:37:5E:64:D9:0F:83:B2:17:CC:40:A6:E8:59:2B:F1:73:0D"
#define OTHER "9B:3C:08:51:EE:41:0B:6D:75:22:98:C4:F0:1A:BD:37:5E:64:D9:0F:83:B2:17:CC:40:A6:E8:59:2B:F1:73:0D"
#define SHA1 "9A:3C:08:51:EE:41:0B:6D:75:22:98:C4:F0:1A:BD:37:5E:64:D9:0F"
#define SESSION "v=0" NL "o=- 1 0 IN IP4 0.0.0.0" NL "s=-" NL "t=0 0" NL
#define ICE "a=ice-ufrag:abcd" NL "a=ice-pwd:abcdefghijklmnopqrstuv" NL
#define PRINT "a=fingerprint:sha-256 " FINGERPRINT NL
#define AUDIO "m=audio 9 UDP/TLS/RTP/SAVPF 97" NL
#define VIDEO "m=video 9 UDP/TLS/RTP/SAVPF 96" NL

/* An offer as webrtcbin 1.22 makes it with bundle-policy=max-bundle: the second m-line is bundle-only. */
static const char webrtcbin_offer[] =
    "v=0" NL "o=- 4287216305621487122 0 IN IP4 0.0.0.0" NL "s=-" NL "t=0 0" NL "a=ice-options:trickle" NL
    "a=group:BUNDLE audio0 video1" NL "m=audio 9 UDP/TLS/RTP/SAVPF 97" NL "c=IN IP4 0.0.0.0" NL "a=setup:actpass" NL
    "a=ice-ufrag:Wx2vKqP/0c7yT3d+MvNhJ8sL5bRzQ1aG" NL "a=ice-pwd:8vQdJ2kL0sXzR5tYwB7nM3cF6hG9pA1e" NL "a=rtcp-mux" NL
    "a=rtcp-rsize" NL "a=sendrecv" NL "a=rtpmap:97 OPUS/48000/2" NL "a=rtcp-fb:97 transport-cc" NL
    "a=fmtp:97 sprop-maxcapturerate=48000" NL "a=ssrc:1871934822 msid:user1@host-a1 webrtctransceiver0" NL
    "a=ssrc:1871934822 cname:user1@host-a1" NL "a=mid:audio0" NL "a=fingerprint:sha-256 " FINGERPRINT NL
    "m=video 0 UDP/TLS/RTP/SAVPF 96" NL "c=IN IP4 0.0.0.0" NL "a=setup:actpass" NL
    "a=ice-ufrag:Wx2vKqP/0c7yT3d+MvNhJ8sL5bRzQ1aG" NL "a=ice-pwd:8vQdJ2kL0sXzR5tYwB7nM3cF6hG9pA1e" NL "a=bundle-only" NL
    "a=rtcp-mux" NL "a=rtcp-rsize" NL "a=sendonly" NL "a=rtpmap:96 VP8/90000" NL "a=rtcp-fb:96 nack" NL
    "a=rtcp-fb:96 nack pli" NL "a=framerate:30" NL "a=mid:video1" NL "a=fingerprint:sha-256 " FINGERPRINT NL;

/* An answer as Chromium makes it: other case than webrtcbin, a data channel, a refused line. */
static const char chromium_answer[] =
    "v=0" NL "o=- 7614219274584779017 2 IN IP4 127.0.0.1" NL "s=-" NL "t=0 0" NL "a=group:BUNDLE 0 2" NL
    "a=extmap-allow-mixed" NL "a=msid-semantic: WMS 1f4f8c1a-56d3-4f5c-8f0e-6d2a6e7b0c55" NL
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63" NL "c=IN IP4 0.0.0.0" NL "a=rtcp:9 IN IP4 0.0.0.0" NL
    "a=candidate:2930385264 1 udp 2113937151 9a0c9a0e-7c1f-4d92-9a39-5b1b0a6e5d10.local 51213 typ host generation 0 "
    "network-cost 999" NL "a=ice-ufrag:8hhY" NL "a=ice-pwd:asd88fgpdd777uzjYhagZg53" NL "a=ice-options:trickle" NL
    "a=fingerprint:SHA-256 9a:3c:08:51:ee:41:0b:6d:75:22:98:c4:f0:1a:bd:37:5e:64:d9:0f:83:b2:17:cc:40:a6:e8:59:2b:f1:"
    "73:0d" NL "a=setup:active" NL "a=mid:0" NL "a=extmap:14 urn:ietf:params:rtp-hdrext:toffset" NL "a=recvonly" NL
    "a=rtcp-mux" NL "a=rtpmap:111 opus/48000/2" NL "a=fmtp:111 minptime=10;useinbandfec=1" NL
    "m=video 0 UDP/TLS/RTP/SAVPF 96" NL "c=IN IP4 0.0.0.0" NL "a=mid:1" NL "a=inactive" NL
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel" NL "c=IN IP4 0.0.0.0" NL "a=ice-ufrag:8hhY" NL
    "a=ice-pwd:asd88fgpdd777uzjYhagZg53" NL "a=fingerprint:sha-256 " FINGERPRINT NL "a=setup:active" NL "a=mid:2" NL
    "a=sctp-port:5000" NL "a=max-message-size:262144" NL;

static void
check_good (const char *sdp, SdpSummary *summary)
{
  g_autoptr (GError) error = NULL;
  /* A block of its own size, without a NUL. */
  gsize length = strlen (sdp);
  g_autofree char *exact = g_memdup2 (sdp, length);

  sdp_check (exact, length, MAX_LENGTH, summary, &error);
  g_assert_no_error (error);
}

static void
test_webrtcbin (void)
{
  SdpSummary summary;

  check_good (webrtcbin_offer, &summary);
  g_assert_cmpstr (summary.fingerprint_hash, ==, "sha-256");
  g_assert_cmpstr (summary.fingerprint, ==, FINGERPRINT);
  g_assert_cmpuint (summary.n_media, ==, 2);
  g_assert_cmpstr (summary.media[0].kind, ==, "audio");
  g_assert_cmpstr (summary.media[0].mid, ==, "audio0");
  g_assert_cmpint (summary.media[0].direction, ==, SDP_DIRECTION_SENDRECV);
  g_assert_false (summary.media[0].rejected);
  g_assert_cmpstr (summary.media[1].kind, ==, "video");
  g_assert_cmpstr (summary.media[1].mid, ==, "video1");
  g_assert_cmpint (summary.media[1].direction, ==, SDP_DIRECTION_SENDONLY);
  g_assert_false (summary.media[1].rejected);
}

static void
test_chromium (void)
{
  SdpSummary summary;

  check_good (chromium_answer, &summary);
  g_assert_cmpstr (summary.fingerprint_hash, ==, "sha-256");
  g_assert_cmpstr (summary.fingerprint, ==, FINGERPRINT);
  g_assert_cmpuint (summary.n_media, ==, 3);
  g_assert_cmpint (summary.media[0].direction, ==, SDP_DIRECTION_RECVONLY);
  g_assert_false (summary.media[0].rejected);
  g_assert_true (summary.media[1].rejected);
  g_assert_cmpint (summary.media[1].direction, ==, SDP_DIRECTION_INACTIVE);
  g_assert_cmpstr (summary.media[2].kind, ==, "application");
  g_assert_cmpstr (summary.media[2].mid, ==, "2");
  g_assert_false (summary.media[2].rejected);
}

/* The session's attributes hold for every m-line; bare newlines and a missing last one are taken. */
static void
test_session_level (void)
{
  SdpSummary summary;

  check_good (SESSION "a=recvonly" NL ICE PRINT AUDIO VIDEO "a=sendonly" NL, &summary);
  g_assert_cmpint (summary.media[0].direction, ==, SDP_DIRECTION_RECVONLY);
  g_assert_cmpint (summary.media[1].direction, ==, SDP_DIRECTION_SENDONLY);
  g_assert_cmpstr (summary.media[0].mid, ==, "");
  check_good ("v=0\ns=-\na=ice-ufrag:abcd\na=ice-pwd:abcdefghijklmnopqrstuv\na=fingerprint:sha-256 " FINGERPRINT
              "\nm=audio 9 UDP/TLS/RTP/SAVPF 0",
      &summary);
  g_assert_cmpuint (summary.n_media, ==, 1);
  g_assert_cmpint (summary.media[0].direction, ==, SDP_DIRECTION_SENDRECV);
}

/* Which m-lines must say their transport: with a bundle one, without it each that is used. */
static void
test_transport (void)
{
  static const char bundle[] = "a=group:BUNDLE 0 1" NL;
  g_autofree char *bundled = g_strconcat (SESSION, bundle, AUDIO ICE PRINT VIDEO, NULL);
  g_autofree char *refused = g_strconcat (SESSION AUDIO ICE PRINT, "m=video 0 UDP/TLS/RTP/SAVPF 96" NL, NULL);
  g_autoptr (GError) error = NULL;
  SdpSummary summary;

  check_good (bundled, &summary);
  check_good (refused, &summary);
  check_good (SESSION AUDIO ICE PRINT VIDEO ICE PRINT, &summary);
  g_assert_false (sdp_check (
      SESSION AUDIO ICE PRINT VIDEO PRINT, strlen (SESSION AUDIO ICE PRINT VIDEO PRINT), MAX_LENGTH, &summary, &error));
  g_assert_error (error, SDP_CHECK_ERROR, SDP_CHECK_ERROR_ICE);
}

static const struct
{
  const char *sdp;
  SdpCheckError code;
} bad[] = {
    {"", SDP_CHECK_ERROR_SYNTAX},
    {"hello", SDP_CHECK_ERROR_SYNTAX},
    {"\r\n", SDP_CHECK_ERROR_SYNTAX},
    {"{\"sdp\":1}", SDP_CHECK_ERROR_SYNTAX},
    {"v=1" NL ICE PRINT AUDIO, SDP_CHECK_ERROR_SYNTAX},
    {"v=0 " NL ICE PRINT AUDIO, SDP_CHECK_ERROR_SYNTAX},
    {"s=-" NL "v=0" NL ICE PRINT AUDIO, SDP_CHECK_ERROR_SYNTAX},
    {SESSION "x" NL ICE PRINT AUDIO, SDP_CHECK_ERROR_SYNTAX},
    {SESSION NL ICE PRINT AUDIO, SDP_CHECK_ERROR_SYNTAX},
    {SESSION "ab=c" NL ICE PRINT AUDIO, SDP_CHECK_ERROR_SYNTAX},
    {SESSION "1=c" NL ICE PRINT AUDIO, SDP_CHECK_ERROR_SYNTAX},
    {SESSION "s=\xff" NL ICE PRINT AUDIO, SDP_CHECK_ERROR_SYNTAX},
    {SESSION ICE PRINT "m=audio x UDP/TLS/RTP/SAVPF 97" NL, SDP_CHECK_ERROR_SYNTAX},
    {SESSION ICE PRINT "m=audio 65536 UDP/TLS/RTP/SAVPF 97" NL, SDP_CHECK_ERROR_SYNTAX},
    {SESSION ICE PRINT "m=audio -1 UDP/TLS/RTP/SAVPF 97" NL, SDP_CHECK_ERROR_SYNTAX},
    {SESSION ICE PRINT "m=audio 9 UDP/TLS/RTP/SAVPF" NL, SDP_CHECK_ERROR_SYNTAX},
    {SESSION ICE PRINT, SDP_CHECK_ERROR_MEDIA},
    {SESSION ICE PRINT "m=" NL, SDP_CHECK_ERROR_MEDIA},
    {SESSION ICE PRINT "m=x" NL, SDP_CHECK_ERROR_MEDIA},
    {SESSION ICE PRINT "m=audio 9 RTP/AVP 0" NL, SDP_CHECK_ERROR_MEDIA},
    {SESSION ICE PRINT "m=audio 9 RTP/AVPF 0" NL, SDP_CHECK_ERROR_MEDIA},
    {SESSION ICE PRINT "m=audio 9 UDP/DTLS/SCTP x" NL, SDP_CHECK_ERROR_MEDIA},
    {SESSION ICE PRINT "m=application 9 UDP/TLS/RTP/SAVPF 96" NL, SDP_CHECK_ERROR_MEDIA},
    {SESSION ICE PRINT "m=text 9 UDP/TLS/RTP/SAVPF 96" NL, SDP_CHECK_ERROR_MEDIA},
    {SESSION ICE PRINT "m=audioaudioaudioaudio 9 UDP/TLS/RTP/SAVPF 96" NL, SDP_CHECK_ERROR_MEDIA},
    {SESSION ICE AUDIO, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION ICE PRINT AUDIO "a=fingerprint:sha-256 " OTHER NL, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION ICE PRINT PRINT AUDIO "a=fingerprint:sha-1 " SHA1 NL, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION ICE "a=fingerprint:sha-1 " SHA1 NL AUDIO, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION ICE "a=fingerprint:md5 9A:3C" NL AUDIO, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION ICE "a=fingerprint:sha-256 " SHA1 NL AUDIO, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION ICE "a=fingerprint:sha-512 " FINGERPRINT NL AUDIO, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION ICE "a=fingerprint:sha-256 " FINGERPRINT ":00" NL AUDIO, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION ICE "a=fingerprint:sha-256" NL AUDIO, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION ICE "a=fingerprint:" NL AUDIO, SDP_CHECK_ERROR_FINGERPRINT},
    {SESSION PRINT AUDIO, SDP_CHECK_ERROR_ICE},
    {SESSION PRINT AUDIO "a=ice-ufrag:abcd" NL, SDP_CHECK_ERROR_ICE},
    {SESSION PRINT AUDIO "a=ice-pwd:abcdefghijklmnopqrstuv" NL, SDP_CHECK_ERROR_ICE},
    {SESSION PRINT AUDIO "a=ice-ufrag:abc" NL, SDP_CHECK_ERROR_ICE},
    {SESSION PRINT AUDIO "a=ice-pwd:short" NL, SDP_CHECK_ERROR_ICE},
    {SESSION PRINT AUDIO "a=ice-ufrag:ab cd" NL, SDP_CHECK_ERROR_ICE},
    /* one half here and the other half there is not a pair */
    {SESSION PRINT "a=group:BUNDLE 0 1" NL AUDIO "a=ice-ufrag:abcd" NL VIDEO "a=ice-pwd:abcdefghijklmnopqrstuv" NL,
        SDP_CHECK_ERROR_ICE},
    {SESSION PRINT ICE AUDIO "a=mid:" NL, SDP_CHECK_ERROR_SIZE},
    {SESSION PRINT ICE AUDIO "a=mid:0123456789012345678901234567890123456789012345678901234567890123" NL,
        SDP_CHECK_ERROR_SIZE},
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    SdpSummary summary;
    g_autofree char *shown = g_strescape (bad[i].sdp, NULL);
    g_test_message ("%s", shown);
    gsize length = strlen (bad[i].sdp);
    g_autofree char *exact = g_memdup2 (bad[i].sdp, length);
    g_assert_false (sdp_check (exact, length, MAX_LENGTH, &summary, &error));
    g_assert_error (error, SDP_CHECK_ERROR, (int) bad[i].code);
  }
}

/* Every prefix of good ones ends well or badly, but ends. */
static void
test_prefixes (void)
{
  static const char *const texts[] = {webrtcbin_offer, chromium_answer};

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    for (gsize length = 0; length < strlen (texts[i]); length++) {
      g_autofree char *exact = g_memdup2 (texts[i], length);
      SdpSummary summary;
      gboolean good = sdp_check (exact, length, MAX_LENGTH, &summary, NULL);
      g_assert_true (!good || *summary.fingerprint != '\0');
    }
  }
}

static void
check_repeated (const char *head, const char *line, guint count, gsize max_length)
{
  g_autoptr (GString) sdp = g_string_new (head);
  g_autoptr (GError) error = NULL;
  SdpSummary summary;

  for (guint i = 0; i < count; i++)
    g_string_append (sdp, line);
  g_assert_false (sdp_check (sdp->str, sdp->len, max_length, &summary, &error));
  g_assert_error (error, SDP_CHECK_ERROR, SDP_CHECK_ERROR_SIZE);
}

static void
test_sizes (void)
{
  static const char head[] = SESSION ICE PRINT AUDIO;
  SdpSummary summary;
  g_autoptr (GString) most = g_string_new (SESSION ICE PRINT);

  g_assert_false (sdp_check (NULL, 0, MAX_LENGTH, &summary, NULL));
  check_repeated (head, AUDIO, 1000, G_MAXSIZE);
  check_repeated (head, "a=x" NL, 5000, G_MAXSIZE);
  check_repeated (head, "a=ssrc:1 cname:x" NL, 1 << 20, MAX_LENGTH);
  check_repeated (head, AUDIO, SDP_CHECK_MAX_MEDIA, G_MAXSIZE);
  g_assert_true (sdp_check (head, strlen (head), strlen (head), &summary, NULL));
  g_assert_false (sdp_check (head, strlen (head), strlen (head) - 1, &summary, NULL));
  for (guint i = 0; i < SDP_CHECK_MAX_MEDIA; i++)
    g_string_append (most, AUDIO);
  g_assert_true (sdp_check (most->str, most->len, MAX_LENGTH, &summary, NULL));
  g_assert_cmpuint (summary.n_media, ==, SDP_CHECK_MAX_MEDIA);
}

/* ---- certificates ---- */

/* A certificate that openssl made (CN=gstcall-test, prime256v1), and what `openssl x509 -fingerprint` says of it. */
static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
                          "MIIBhDCCASugAwIBAgIUH2LaqhsjP/mF5i73hx/AKtgkHyYwCgYIKoZIzj0EAwIw\n"
                          "FzEVMBMGA1UEAwwMZ3N0Y2FsbC10ZXN0MCAXDTI2MTEyMjE4MzMwMloYDzIxMjYx\n"
                          "MDI5MTgzMzAyWjAXMRUwEwYDVQQDDAxnc3RjYWxsLXRlc3QwWTATBgcqhkjOPQIB\n"
                          "BggqhkjOPQMBBwNCAAReajQib1NiYg20J4zKX5WQvJ1cnNN7WbG59CXEbb+0pq+o\n"
                          "w/OPatPf0X+eJtI0Yz1rx9ZxK7SCB7fYqYpyUZDEo1MwUTAdBgNVHQ4EFgQUyGhM\n"
                          "MtuprQGN/QFTuHRr+0/ntJwwHwYDVR0jBBgwFoAUyGhMMtuprQGN/QFTuHRr+0/n\n"
                          "tJwwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBqxylwK3B1sK9p\n"
                          "aDgGbWJVqkHNil5XPb7ZKprPJvsr2wIgfLCVRe2mMZKV9EfvexSxXeXiPEI5Xlbz\n"
                          "DH65RZi+xmE=\n"
                          "-----END CERTIFICATE-----\n";
static const char cert_sha1[] = "27:31:B4:2E:0D:D2:2B:D3:29:5D:37:1A:45:96:05:87:50:A7:71:B9";
static const char cert_sha256[] =
    "97:56:65:46:8E:7C:5F:24:76:D9:04:97:48:7B:7F:4E:B8:B7:C9:8D:DF:5E:21:4C:AF:38:69:0A:F7:25:0F:57";
static const char cert_sha384[] =
    "06:DF:A5:78:7F:1C:81:5A:1A:E7:1A:D8:E3:9D:A5:EB:86:19:64:8E:76:7E:B7:6F:BC:04:A5:DC:98:21:0A:32:"
    "52:E4:09:CB:38:7B:6D:AA:DF:3B:35:7C:52:2D:E0:B5";
static const char cert_sha512[] =
    "65:37:2C:99:60:1A:C3:88:62:02:97:C8:0F:D7:AE:98:A3:8D:A3:8A:F1:95:B9:85:CF:FB:96:90:9A:CA:AB:08:"
    "0B:6B:A7:EF:92:DE:94:A6:C2:4B:1F:88:61:35:3A:C9:C4:AF:71:4D:9E:49:5E:12:6B:A1:12:4C:7A:FD:AC:2B";

static void
test_fingerprint (void)
{
  static const struct
  {
    const char *hash;
    const char *fingerprint;
  } cases[] = {{"sha-256", cert_sha256}, {"sha-384", cert_sha384}, {"sha-512", cert_sha512}};
  g_autoptr (GBytes) der = sdp_certificate_from_pem (pem);
  gsize size;
  const guint8 *data = g_bytes_get_data (der, &size);
  SdpSummary summary = {0};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_strlcpy (summary.fingerprint_hash, cases[i].hash, sizeof summary.fingerprint_hash);
    g_strlcpy (summary.fingerprint, cases[i].fingerprint, sizeof summary.fingerprint);
    g_assert_true (sdp_fingerprint_matches (&summary, data, size));
    g_assert_false (sdp_fingerprint_matches (&summary, data, size - 1));
    summary.fingerprint[0] = summary.fingerprint[0] == '0' ? '1' : '0';
    g_assert_false (sdp_fingerprint_matches (&summary, data, size));
  }
}

static void
test_fingerprint_refused (void)
{
  g_autoptr (GBytes) der = sdp_certificate_from_pem (pem);
  gsize size;
  const guint8 *data = g_bytes_get_data (der, &size);
  SdpSummary summary = {.fingerprint_hash = "sha-1"};

  g_strlcpy (summary.fingerprint, cert_sha1, sizeof summary.fingerprint);
  g_assert_false (sdp_fingerprint_matches (&summary, data, size));
  memset (&summary, 0, sizeof summary);
  g_assert_false (sdp_fingerprint_matches (&summary, data, size));
  g_strlcpy (summary.fingerprint_hash, "sha-256", sizeof summary.fingerprint_hash);
  g_assert_false (sdp_fingerprint_matches (&summary, data, size));
  g_assert_false (sdp_fingerprint_matches (&summary, data, 0));
  g_assert_false (sdp_fingerprint_matches (&summary, NULL, 0));
}

static void
test_pem (void)
{
  static const char *const bad_pem[] = {"", "x", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----",
      "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
      "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
      "-----END CERTIFICATE-----\nAAAA\n-----BEGIN CERTIFICATE-----"};
  g_autofree char *chain = g_strconcat ("Bag Attributes\n", pem, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END ", NULL);
  g_autoptr (GBytes) der = sdp_certificate_from_pem (pem);
  g_autoptr (GBytes) first = sdp_certificate_from_pem (chain);

  g_assert_true (g_bytes_equal (der, first));
  for (guint i = 0; i < G_N_ELEMENTS (bad_pem); i++)
    g_assert_null (sdp_certificate_from_pem (bad_pem[i]));
  g_assert_null (sdp_certificate_from_pem (NULL));
}

/* ---- candidates ---- */

static void
test_candidates (void)
{
  static const struct
  {
    const char *text;
    gboolean good;
    gboolean usable;
  } cases[] = {
      {"candidate:1 1 UDP 2015363327 192.168.1.5 50000 typ host", TRUE, TRUE},
      {"a=candidate:1 1 UDP 2015363327 192.168.1.5 50000 typ host", TRUE, TRUE},
      {"candidate:2 1 TCP 1015021823 192.168.1.5 9 typ host tcptype active", TRUE, TRUE},
      {"candidate:3 1 udp 1677729535 203.0.113.9 50000 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag x", TRUE,
          TRUE},
      {"candidate:4 1 udp 1 2001:db8::1 5 typ relay raddr 203.0.113.9 rport 50000", TRUE, TRUE},
      {"candidate:5 1 udp 1 127.0.0.1 5 typ prflx", TRUE, TRUE},
      {"", TRUE, FALSE},
      {"candidate:6 1 udp 2113937151 9a0c9a0e-7c1f-4d92-9a39-5b1b0a6e5d10.local 51213 typ host", TRUE, FALSE},
      {"candidate:7 1 udp 1 example.com 5 typ host", TRUE, FALSE},
      {"candidate:8 1 ssltcp 1 1.2.3.4 443 typ host", TRUE, FALSE},
      {"candidate", FALSE, FALSE},
      {"candidate:", FALSE, FALSE},
      {"candidate:1", FALSE, FALSE},
      {"candidate:1 1 UDP 1 1.2.3.4 5 typ", FALSE, FALSE},
      {"candidate:1 1 UDP 1 1.2.3.4 5 type host", FALSE, FALSE},
      {"candidate:1 1 UDP 1 1.2.3.4 5 typ hosts", FALSE, FALSE},
      {"candidate:1 1 UDP 1 1.2.3.4 65536 typ host", FALSE, FALSE},
      {"candidate:1 1 UDP 1 1.2.3.4 -5 typ host", FALSE, FALSE},
      {"candidate:1 0 UDP 1 1.2.3.4 5 typ host", FALSE, FALSE},
      {"candidate:1 x UDP 1 1.2.3.4 5 typ host", FALSE, FALSE},
      {"candidate:1 1 UDP 4294967296 1.2.3.4 5 typ host", FALSE, FALSE},
      {"candidate:1 1  UDP 1 1.2.3.4 5 typ host", FALSE, FALSE},
      {"candidate:123456789012345678901234567890123 1 UDP 1 1.2.3.4 5 typ host", FALSE, FALSE},
      {"candidate:1 1 UDP 1 1.2.3.4 5 typ host\r\na=x", FALSE, FALSE},
      {"candidate:1 1 UDP 1 1.2.3.4 5 typ host\xc3\xa9", FALSE, FALSE},
      {"rtpmap:97 opus", FALSE, FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gboolean usable = TRUE;
    g_autofree char *shown = g_strescape (cases[i].text, NULL);
    g_test_message ("%s", shown);
    g_assert_cmpint (sdp_candidate_check (cases[i].text, &usable, &error), ==, cases[i].good);
    g_assert_cmpint (usable, ==, cases[i].usable);
    g_assert_cmpint (error != NULL, ==, !cases[i].good);
  }
}

static void
test_long_candidate (void)
{
  g_autofree char *tail = g_strnfill (4096, 'x');
  g_autofree char *text = g_strconcat ("candidate:1 1 UDP 1 1.2.3.4 5 typ host ", tail, NULL);
  g_autoptr (GError) error = NULL;
  gboolean usable;

  g_assert_false (sdp_candidate_check (text, &usable, &error));
  g_assert_error (error, SDP_CHECK_ERROR, SDP_CHECK_ERROR_SIZE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdpcheck/webrtcbin", test_webrtcbin);
  g_test_add_func ("/sdpcheck/chromium", test_chromium);
  g_test_add_func ("/sdpcheck/session-level", test_session_level);
  g_test_add_func ("/sdpcheck/transport", test_transport);
  g_test_add_func ("/sdpcheck/bad", test_bad);
  g_test_add_func ("/sdpcheck/prefixes", test_prefixes);
  g_test_add_func ("/sdpcheck/sizes", test_sizes);
  g_test_add_func ("/sdpcheck/fingerprint", test_fingerprint);
  g_test_add_func ("/sdpcheck/fingerprint/refused", test_fingerprint_refused);
  g_test_add_func ("/sdpcheck/pem", test_pem);
  g_test_add_func ("/sdpcheck/candidates", test_candidates);
  g_test_add_func ("/sdpcheck/candidates/long", test_long_candidate);
  return g_test_run ();
}
