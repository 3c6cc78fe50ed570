/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* callsrc, callsink and callsignaling over the in-process signaller: two pipelines of one process call each other. */

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>

#include "callpipeline.h"

#define BOTH "server=direct://room ice-address=127.0.0.1 "
#define SMALL "video/x-raw,width=320,height=240,framerate=30/1"

static const char *const bob_av =
    "callsink name=out " BOTH "token=bob auto-answer=true "
    "audiotestsrc is-live=true ! out.audio_0 videotestsrc is-live=true pattern=ball ! " SMALL " ! out.video_0 "
    "callsrc name=in in.audio_0 ! fakesink name=count-audio in.video_0 ! fakesink name=count-video";
static const char *const alice_av =
    "callsink name=out " BOTH "token=alice peer=bob call-type=video "
    "audiotestsrc is-live=true wave=ticks ! out.audio_0 videotestsrc is-live=true ! " SMALL " ! out.video_0 "
    "callsrc name=in in.audio_0 ! fakesink name=count-audio in.video_0 ! fakesink name=count-video";

/* The callee must be known before it is called. */
static CallPipeline *
start_callee (const char *line)
{
  CallPipeline *callee = call_pipeline_start (line);

  g_assert_true (call_pipeline_wait_message (callee, "call-ready"));
  return callee;
}

static void
test_both_ways (void)
{
  g_autoptr (CallPipeline) bob = start_callee (bob_av);
  g_autoptr (CallPipeline) alice = call_pipeline_start (alice_av);

  g_assert_true (call_pipeline_wait_state (alice, "connected"));
  g_assert_true (call_pipeline_wait_state (bob, "connected"));
  g_assert_cmpstr (alice->call_id, ==, bob->call_id);
  g_assert_true (call_pipeline_wait_buffers (alice, "count-audio", 50));
  g_assert_true (call_pipeline_wait_buffers (alice, "count-video", 30));
  g_assert_true (call_pipeline_wait_buffers (bob, "count-audio", 50));
  g_assert_true (call_pipeline_wait_buffers (bob, "count-video", 30));
  call_pipeline_emit (alice, "out", "hang-up");
  g_assert_true (call_pipeline_wait_eos (alice));
  g_assert_true (call_pipeline_wait_eos (bob));
  g_assert_cmpstr (bob->state, ==, "ended");
}

static GstPadProbeReturn
note_discont (GstPad *pad, GstPadProbeInfo *info, gpointer count)
{
  if (GST_BUFFER_FLAG_IS_SET (GST_PAD_PROBE_INFO_BUFFER (info), GST_BUFFER_FLAG_DISCONT))
    g_atomic_int_inc ((gint *) count);
  return GST_PAD_PROBE_OK;
}

/* What the peer says while we are paused is thrown away: else we would hear it later, and all else later still. */
static void
test_paused (void)
{
  static gint disconts; /* outlives the pipeline */
  g_autoptr (CallPipeline) bob = start_callee ("callsink name=out " BOTH "token=bob auto-answer=true "
                                               "audiotestsrc is-live=true ! identity name=count-sent ! out.audio_0");
  g_autoptr (CallPipeline) alice =
      call_pipeline_start ("callsrc name=in " BOTH "token=alice peer=bob in.audio_0 ! fakesink name=count-audio");
  g_autoptr (GstElement) ear = gst_bin_get_by_name (GST_BIN (alice->pipeline), "count-audio");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (ear, "sink");
  guint before;

  g_assert_true (call_pipeline_wait_state (alice, "connected"));
  g_assert_true (call_pipeline_wait_buffers (alice, "count-audio", 20));
  gst_element_set_state (alice->pipeline, GST_STATE_PAUSED);
  before = call_pipeline_buffers (alice, "count-audio");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_discont, &disconts, NULL);
  g_assert_true (call_pipeline_wait_buffers (bob, "count-sent", call_pipeline_buffers (bob, "count-sent") + 50));
  g_assert_cmpuint (call_pipeline_buffers (alice, "count-audio"), <=, before + 1);
  g_atomic_int_set (&disconts, 0);
  gst_element_set_state (alice->pipeline, GST_STATE_PLAYING);
  g_assert_true (call_pipeline_wait_buffers (alice, "count-audio", before + 20));
  g_assert_cmpint (g_atomic_int_get (&disconts), >=, 1);
}

static void
test_three_calls (void)
{
  g_autofree char *line = g_strdup_printf ("callsignaling on-end=wait %s", bob_av);
  g_autoptr (CallPipeline) bob = start_callee (line);

  for (guint i = 0; i < 3; i++) {
    g_autoptr (CallPipeline) alice = call_pipeline_start (alice_av);
    guint before = call_pipeline_buffers (bob, "count-video");

    g_assert_true (call_pipeline_wait_state (bob, "connected"));
    g_assert_true (call_pipeline_wait_buffers (bob, "count-video", before + 10));
    call_pipeline_emit (alice, "out", "hang-up");
    g_assert_true (call_pipeline_wait_eos (alice));
    g_assert_true (call_pipeline_wait_state (bob, "idle"));
  }
  g_assert_cmpuint (bob->left_playing, ==, 0);
  g_assert_false (bob->eos);
  g_assert_no_error (bob->error);
}

/* A webrtcbin of the user's own: its sound arrives, and the peer's hanging up is the end of the stream. */
static void
test_webrtcbin (void)
{
  g_autoptr (CallPipeline) bob = start_callee ("callsink name=out " BOTH "token=bob auto-answer=true "
                                               "audiotestsrc is-live=true ! out.audio_0 "
                                               "callsrc name=in in.audio_0 ! fakesink name=count-audio");
  g_autoptr (CallPipeline) alice = call_pipeline_start ("webrtcbin name=wb bundle-policy=max-bundle "
                                                        "callsignaling webrtcbin=wb " BOTH "token=alice peer=bob "
                                                        "audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=97 ! wb.");

  g_assert_true (call_pipeline_wait_state (alice, "connected"));
  g_assert_true (call_pipeline_wait_buffers (bob, "count-audio", 50));
  call_pipeline_emit (bob, "out", "hang-up");
  g_assert_true (call_pipeline_wait_eos (alice));
  g_assert_no_error (alice->error);
}

typedef struct
{
  const char *name;
  const char *line;
  gint code;
  const char *text; /* part of the message */
} BadCase;

static const BadCase bad_cases[] = {
    {"no-server", "callsink token=alice peer=bob audiotestsrc is-live=true ! callsink0.", GST_RESOURCE_ERROR_SETTINGS,
        "No server"},
    {"no-token", "callsrc server=direct://room peer=bob", GST_RESOURCE_ERROR_NOT_AUTHORIZED, "GST_CALL_TOKEN"},
    {"bad-url", "callsrc server=ftp://x token=alice peer=bob", GST_RESOURCE_ERROR_OPEN_READ_WRITE, "ftp://x"},
    {"unknown-peer", "callsrc " BOTH "token=alice peer=nobody", GST_RESOURCE_ERROR_NOT_FOUND, "Cannot call nobody"},
    {"oneself", "callsrc " BOTH "token=alice peer=alice", GST_RESOURCE_ERROR_FAILED, "Cannot call alice"},
    {"two-values", "callsink " BOTH "token=alice peer=bob callsrc peer=carol", GST_RESOURCE_ERROR_SETTINGS, "\"peer\""},
    {"two-sources", "callsrc " BOTH "token=alice callsrc", GST_RESOURCE_ERROR_SETTINGS, "session"},
    {"no-webrtcbin", "callsignaling webrtcbin=wb " BOTH "token=alice", GST_RESOURCE_ERROR_NOT_FOUND, "wb"},
};

static void
test_bad_case (gconstpointer data)
{
  const BadCase *bad = data;
  g_autoptr (CallPipeline) alice = call_pipeline_start (bad->line);

  g_assert_true (call_pipeline_wait_error (alice));
  g_assert_error (alice->error, GST_RESOURCE_ERROR, bad->code);
  g_assert_nonnull (strstr (alice->error->message, bad->text));
}

int
main (int argc, char **argv)
{
  int result;

  g_unsetenv ("GST_CALL_TOKEN");
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/call/both-ways", test_both_ways);
  g_test_add_func ("/call/paused", test_paused);
  g_test_add_func ("/call/three-calls", test_three_calls);
  g_test_add_func ("/call/webrtcbin", test_webrtcbin);
  for (guint i = 0; i < G_N_ELEMENTS (bad_cases); i++) {
    g_autofree char *path = g_strconcat ("/call/bad/", bad_cases[i].name, NULL);
    g_test_add_data_func (path, &bad_cases[i], test_bad_case);
  }
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
