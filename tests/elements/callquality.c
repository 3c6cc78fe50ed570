/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A call with sound and picture in which one packet in twenty is lost either way: the messages of each side say so of
 * what it receives, what it sends is judged by the other's RTCP, and at the end each track has its total. */

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <math.h>

#include "callpipeline.h"
#include "lossylegs.h"
#include "serverprocess.h"

#define NTH 20

#define PARTICIPANT(more)                                                                                              \
  "callsink name=out ice-address=127.0.0.1 report-interval=2000000000 " more                                           \
  " audiotestsrc is-live=true ! out.audio_0 "                                                                          \
  "videotestsrc is-live=true pattern=ball ! video/x-raw,width=160,height=120,framerate=30/1 ! out.video_0 "            \
  "callsrc name=in in.audio_0 ! fakesink in.video_0 ! fakesink"

#define SERVERLESS "server=direct://quality "

/* What a test waits for of one track. */
typedef struct
{
  const char *direction, *media;
  gboolean final;
  gint64 min_expected;
  gint64 expected, lost;
  double mos;
} Wanted;

static gboolean
find_track (GstMessage *message, gpointer user_data)
{
  const GstStructure *structure = gst_message_get_structure (message);
  Wanted *wanted = user_data;
  gint64 expected = 0, lost = 0;
  gboolean final = FALSE;
  guint track = G_MAXUINT;
  double rtt = 0;

  if (g_strcmp0 (gst_structure_get_string (structure, "direction"), wanted->direction) != 0
      || g_strcmp0 (gst_structure_get_string (structure, "media"), wanted->media) != 0)
    return FALSE;
  g_assert_cmpstr (GST_OBJECT_NAME (message->src), ==, g_str_equal (wanted->direction, "send") ? "out" : "in");
  g_assert_true (gst_structure_get_uint (structure, "track", &track) && track == 0);
  g_assert_nonnull (gst_structure_get_string (structure, "call-id"));
  gst_structure_get_boolean (structure, "final", &final);
  gst_structure_get_int64 (structure, "expected", &expected);
  gst_structure_get_int64 (structure, "lost", &lost);
  gst_structure_get_double (structure, "mos", &wanted->mos);
  wanted->expected = wanted->final ? expected : wanted->expected + expected;
  wanted->lost = wanted->final ? lost : wanted->lost + lost;
  if (g_str_equal (wanted->direction, "send") && !gst_structure_get_double (structure, "rtt", &rtt))
    return FALSE; /* the first reports may answer none of ours */
  g_assert_cmpfloat (rtt, <, 1000);
  return final == wanted->final && wanted->expected >= wanted->min_expected;
}

static void
check_track (CallPipeline *pipeline, Wanted wanted)
{
  g_assert_true (call_pipeline_wait_match (pipeline, "call-quality", find_track, &wanted));
  g_test_message ("%s %s%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " lost, mos %.3f", wanted.direction,
      wanted.media, wanted.final ? " in all" : "", wanted.lost, wanted.expected, wanted.mos);
  /* One in twenty, and what lies open at both ends. */
  g_assert_cmpfloat (fabs ((double) wanted.lost - (double) wanted.expected / NTH), <=, 2);
}

static void
test_loss (void)
{
  g_autoptr (CallPipeline) bob = call_pipeline_start (PARTICIPANT (SERVERLESS "token=bob auto-answer=true"));
  g_autoptr (CallPipeline) alice = NULL;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = call_pipeline_start (PARTICIPANT (SERVERLESS "token=alice peer=bob"));
  check_track (alice, (Wanted){"receive", "audio", FALSE, 150});
  check_track (alice, (Wanted){"send", "audio", FALSE, 100});
  check_track (bob, (Wanted){"send", "video", FALSE, 60});
  call_pipeline_emit (alice, "out", "hang-up");
  check_track (alice, (Wanted){"receive", "video", TRUE, 100});
  check_track (bob, (Wanted){"receive", "audio", TRUE, 200});
}

/* ---- what the other participant and the history have ---- */

static gboolean
is_final (GstMessage *message, gpointer mos)
{
  const GstStructure *structure = gst_message_get_structure (message);
  gboolean final = FALSE;

  g_assert_nonnull (gst_structure_get_string (structure, "peer"));
  gst_structure_get_double (structure, "mos", mos);
  gst_structure_get_boolean (structure, "final", &final);
  return final;
}

/* Bob hears once more what Alice heard, when she has hung up. */
static void
test_remote (void)
{
  g_autoptr (CallPipeline) bob = call_pipeline_start (PARTICIPANT (SERVERLESS "token=bob auto-answer=true"));
  g_autoptr (CallPipeline) alice = NULL;
  double mos = 0;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = call_pipeline_start (PARTICIPANT (SERVERLESS "token=alice peer=bob"));
  g_assert_true (call_pipeline_wait_message (alice, "call-quality-remote"));
  call_pipeline_emit (alice, "out", "hang-up");
  g_assert_true (call_pipeline_wait_match (bob, "call-quality-remote", is_final, &mos));
  g_assert_cmpfloat (mos, >, 1.5);
  g_assert_cmpfloat (mos, <, 3.5);
}

static JsonNode *
fetch_history (ServerProcess *server, const char *token)
{
  g_autofree char *url = g_strconcat (server->url, "/api/calls/history", NULL);
  g_autofree char *authorization = g_strconcat ("Bearer ", token, NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  JsonNode *node;

  soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", authorization);
  body = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  node = json_from_string (g_bytes_get_data (body, NULL), &error);
  g_assert_no_error (error);
  return node;
}

/* NAN: not known. */
static double
get_stat (ServerProcess *server, const char *token, const char *side, const char *figure)
{
  g_autoptr (JsonNode) history = fetch_history (server, token);
  g_autofree char *path = g_strdup_printf ("$.calls[0].quality.networkStats.%s.%s", side, figure);
  g_autoptr (JsonNode) found = json_path_query (path, history, NULL);
  JsonNode *node = json_array_get_element (json_node_get_array (found), 0);

  return JSON_NODE_HOLDS_NULL (node) ? NAN : json_node_get_double (node);
}

static void
check_history (ServerProcess *server, const char *token)
{
  static const char *const sides[] = {"callerStats", "receiverStats"};

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    double loss = get_stat (server, token, sides[i], "packetLoss");
    double mos = get_stat (server, token, sides[i], "mos");
    g_test_message ("%s: %.3f %% lost, mos %.3f", sides[i], loss, mos);
    g_assert_cmpfloat (fabs (loss - 100.0 / NTH), <, 1);
    g_assert_cmpfloat (mos, >, 1.5);
    g_assert_cmpfloat (mos, <, 3.5);
    g_assert_cmpfloat (get_stat (server, token, sides[i], "avgBitrate"), >, 10000);
  }
}

static CallPipeline *
start_at_server (ServerProcess *server, const char *token, const char *more)
{
  g_autofree char *line = g_strdup_printf (PARTICIPANT ("server=%s token=%s %s"), server->url, token, more);

  return call_pipeline_start (line);
}

/* Alice's pipeline goes to NULL at once: both histories have her last report all the same. */
static void
test_history (void)
{
  ServerProcess *server = server_process_new ();
  g_autofree char *alice_token = server_process_token (server, "alice", 3600);
  g_autofree char *bob_token = server_process_token (server, "bob", 3600);
  CallPipeline *bob = start_at_server (server, bob_token, "auto-answer=true");
  CallPipeline *alice;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = start_at_server (server, alice_token, "peer=bob");
  check_track (alice, (Wanted){"receive", "audio", FALSE, 150});
  call_pipeline_free (alice);
  g_assert_true (call_pipeline_wait_state (bob, "ended"));
  call_pipeline_free (bob);
  check_history (server, alice_token);
  check_history (server, bob_token);
  server_process_free (server);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  lossy_legs_install (NTH);
  g_test_add_func ("/call-quality/loss", test_loss);
  g_test_add_func ("/call-quality/remote", test_remote);
  if (g_getenv ("GST_CALL_SERVER") != NULL)
    g_test_add_func ("/call-quality/history", test_history);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
