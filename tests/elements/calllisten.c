/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* callsignaling listen=true, and pipelines that are for one call: how a worker hears of calls, and what its bots do. */

#include <gst/gst.h>
#include <string.h>

#include "callpipeline.h"

#define BOTH "server=direct://room ice-address=127.0.0.1 "
#define CALLER                                                                                                         \
  "callsink name=out " BOTH "token=alice peer=bob audiotestsrc is-live=true ! out.audio_0 "                            \
  "callsrc name=in in.audio_0 ! fakesink name=count-audio"
/* Would wait for the next call, if it were not for one. */
#define BOT                                                                                                            \
  "callsink name=out " BOTH "token=bob auto-answer=true on-end=wait audiotestsrc is-live=true ! out.audio_0 "          \
  "callsrc name=in in.audio_0 ! fakesink name=count-audio"

static CallPipeline *
start_listener (void)
{
  CallPipeline *bob = call_pipeline_start ("callsignaling name=ear " BOTH "token=bob listen=true on-end=wait");

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  return bob;
}

static gboolean
take_call_id (GstMessage *message, gpointer call_id)
{
  const GstStructure *structure = gst_message_get_structure (message);

  g_assert_cmpstr (gst_structure_get_string (structure, "peer"), ==, "alice");
  *(char **) call_id = g_strdup (gst_structure_get_string (structure, "call-id"));
  return TRUE;
}

static char *
wait_incoming (CallPipeline *listener)
{
  char *call_id = NULL;

  g_assert_true (call_pipeline_wait_match (listener, "call-incoming", take_call_id, &call_id));
  return call_id;
}

static gboolean
is_reason (GstMessage *message, gpointer reason)
{
  return g_strcmp0 (gst_structure_get_string (gst_message_get_structure (message), "reason"), reason) == 0;
}

static void
assert_gone (CallPipeline *pipeline, const char *reason)
{
  g_assert_true (call_pipeline_wait_match (pipeline, "call-gone", is_reason, (gpointer) reason));
}

/* It has no call of its own, whatever rings: no call-state ever comes, and its going ends nothing. */
static void
test_listener_goes (void)
{
  CallPipeline *bob = start_listener ();
  g_autoptr (CallPipeline) other = start_listener ();
  g_autoptr (CallPipeline) alice = call_pipeline_start (CALLER);
  g_autofree char *call_id = wait_incoming (bob);
  g_autofree char *again = wait_incoming (other);

  g_assert_cmpstr (call_id, ==, again);
  g_assert_true (call_pipeline_wait_state (alice, "ringing"));
  g_assert_cmpuint (bob->states, ==, 0);
  call_pipeline_free (bob);
  g_assert_cmpstr (alice->state, ==, "ringing");
  call_pipeline_emit (alice, "out", "hang-up");
  assert_gone (other, "cancelled");
  g_assert_cmpuint (other->states, ==, 0);
}

static void
test_listener_declines (void)
{
  g_autoptr (CallPipeline) bob = start_listener ();
  g_autoptr (CallPipeline) alice = call_pipeline_start (CALLER);
  g_autofree char *call_id = wait_incoming (bob);
  g_autoptr (GstElement) ear = gst_bin_get_by_name (GST_BIN (bob->pipeline), "ear");

  g_signal_emit_by_name (ear, "reject", "another call", "no");
  g_signal_emit_by_name (ear, "reject", call_id, "closed");
  g_assert_true (call_pipeline_wait_error (alice));
  g_assert_error (alice->error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED);
}

/* Started for a call: answers it, tells the other devices, ends with it. */
static void
test_bot_is_for_one_call (void)
{
  g_autoptr (CallPipeline) bob = start_listener ();
  g_autoptr (CallPipeline) alice = call_pipeline_start (CALLER);
  g_autofree char *call_id = wait_incoming (bob);
  g_autoptr (CallPipeline) bot = NULL;

  g_setenv ("GST_CALL_ID", call_id, TRUE);
  g_setenv ("GST_CALL_TAKE_UP", "no", TRUE);
  bot = call_pipeline_start (BOT);
  g_assert_true (call_pipeline_wait_state (bot, "connected"));
  g_assert_true (call_pipeline_wait_buffers (bot, "count-audio", 20));
  g_assert_cmpstr (bot->call_id, ==, call_id);
  assert_gone (bob, "answered-elsewhere");
  call_pipeline_emit (alice, "out", "hang-up");
  g_assert_true (call_pipeline_wait_eos (bot));
  g_assert_no_error (bot->error);
}

/* A second one is too late: it ends without an error, and the first goes on. */
static void
test_late_bot (void)
{
  g_autoptr (CallPipeline) bob = start_listener ();
  g_autoptr (CallPipeline) alice = call_pipeline_start (CALLER);
  g_autofree char *call_id = wait_incoming (bob);
  g_autoptr (CallPipeline) bot = NULL;
  g_autoptr (CallPipeline) late = NULL;

  g_setenv ("GST_CALL_ID", call_id, TRUE);
  g_setenv ("GST_CALL_TAKE_UP", "no", TRUE);
  bot = call_pipeline_start (BOT);
  g_assert_true (call_pipeline_wait_state (bot, "connected"));
  late = call_pipeline_start (BOT);
  assert_gone (late, "answered-elsewhere");
  g_assert_true (call_pipeline_wait_eos (late));
  g_assert_no_error (late->error);
  g_assert_cmpuint (late->states, ==, 0);
  g_assert_true (call_pipeline_wait_buffers (bot, "count-audio", call_pipeline_buffers (bot, "count-audio") + 20));
  g_assert_cmpuint (alice->reconnects, ==, 0);
}

/* The first one's process is gone, and this one was told to take its place. */
static void
test_bot_takes_up (void)
{
  g_autoptr (CallPipeline) bob = start_listener ();
  g_autoptr (CallPipeline) alice = call_pipeline_start (CALLER);
  g_autofree char *call_id = wait_incoming (bob);
  g_autoptr (CallPipeline) bot = NULL;
  g_autoptr (CallPipeline) next = NULL;

  g_setenv ("GST_CALL_ID", call_id, TRUE);
  bot = call_pipeline_start (BOT);
  g_assert_true (call_pipeline_wait_state (bot, "connected"));
  next = call_pipeline_start (BOT);
  g_assert_true (call_pipeline_wait_state (next, "connected"));
  g_assert_cmpstr (next->call_id, ==, call_id);
  g_assert_true (call_pipeline_wait_buffers (next, "count-audio", 20));
}

static void
assert_not_found (const char *line)
{
  g_autoptr (CallPipeline) bob = call_pipeline_start (line);

  assert_gone (bob, "not-found");
  g_assert_true (call_pipeline_wait_error (bob));
  g_assert_error (bob->error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (bob->error->message, "There is no call no-such-call"));
}

static void
test_call_is_gone (void)
{
  assert_not_found ("callsink " BOTH "token=bob name=out call-id=no-such-call audiotestsrc is-live=true ! out.audio_0");
  g_setenv ("GST_CALL_ID", "no-such-call", TRUE);
  assert_not_found (BOT);
}

/* What rings meanwhile is not what we are for. */
static void
test_call_is_gone_another_rings (void)
{
  g_autoptr (CallPipeline) bob = start_listener ();
  g_autoptr (CallPipeline) alice = call_pipeline_start (CALLER);
  g_autofree char *call_id = wait_incoming (bob);

  test_call_is_gone ();
  g_assert_no_error (alice->error); /* it rings on */
}

typedef void (*TestFunc) (void);

static const struct
{
  const char *name;
  TestFunc func;
} tests[] = {
    {"/calllisten/listener-goes", test_listener_goes},
    {"/calllisten/listener-declines", test_listener_declines},
    {"/calllisten/bot-is-for-one-call", test_bot_is_for_one_call},
    {"/calllisten/late-bot", test_late_bot},
    {"/calllisten/bot-takes-up", test_bot_takes_up},
    {"/calllisten/call-is-gone", test_call_is_gone},
    {"/calllisten/call-is-gone-another-rings", test_call_is_gone_another_rings},
};

static void
run (gconstpointer data)
{
  g_unsetenv ("GST_CALL_ID");
  g_unsetenv ("GST_CALL_TAKE_UP");
  (*(const TestFunc *) data) ();
}

int
main (int argc, char **argv)
{
  int result;

  g_unsetenv ("GST_CALL_TOKEN");
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].name, &tests[i].func, run);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
