/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The speech that bob sends is the speech that alice stores: from its first word to its last. Over the in-process
 * signaller, and through a real server (environment GST_CALL_SERVER). */

#include <glib/gstdio.h>

#include "tests/elements/serverprocess.h"

#include "content.h"
#include "sounds.h"
#include "taps.h"

typedef struct
{
  char *directory;
  char *sent; /* WAV files */
  char *stored;
} Files;

static gboolean
files_init (Files *files)
{
  files->directory = g_dir_make_tmp ("gstcall-XXXXXX", NULL);
  files->sent = g_build_filename (files->directory, "speech.wav", NULL);
  files->stored = g_build_filename (files->directory, "alice.wav", NULL);
  return sound_make_speech (files->sent);
}

static void
files_clear (Files *files)
{
  g_unlink (files->sent);
  g_unlink (files->stored);
  g_rmdir (files->directory);
  g_free (files->sent);
  g_free (files->stored);
  g_free (files->directory);
}

/* Ends by itself: the file's end is the end of bob's pipeline, and that of the call. */
static void
run_call (const Files *files, const char *server, const char *alice_token, const char *bob_token)
{
  g_autofree char *say = g_strdup_printf ("filesrc location=%s ! wavparse ! audioconvert ! audioresample ! "
                                          "callsink server=%s token=%s ice-address=127.0.0.1 auto-answer=true",
      files->sent, server, bob_token);
  g_autofree char *listen = g_strdup_printf ("callsrc server=%s token=%s peer=bob ice-address=127.0.0.1 name=in "
                                             "in.audio_0 ! audioconvert ! wavenc ! filesink location=%s",
      server, alice_token, files->stored);
  g_autoptr (CallPipeline) bob = call_pipeline_start (say);
  g_autoptr (CallPipeline) alice = NULL;

  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = call_pipeline_start (listen);
  g_assert_true (call_pipeline_wait_state (alice, "connected"));
  g_assert_true (call_pipeline_wait_eos (bob));
  gst_element_set_state (bob->pipeline, GST_STATE_NULL);
  g_assert_true (call_pipeline_wait_eos (alice));
}

static void
check_sound (const Files *files)
{
  g_autoptr (GArray) sent = sound_load (files->sent);
  g_autoptr (GArray) stored = sound_load (files->stored);
  SoundMatch match = sound_match (sent, stored);

  g_assert_cmpuint (sent->len, >=, 6 * TAP_RATE);
  g_test_message ("%.2f s of speech: correlation %.4f over its length, first %.3f, last %.3f, lowest half second %.3f, "
                  "starts %.0f ms into the file stored",
      (double) sent->len / TAP_RATE, match.whole, match.first, match.last, match.lowest, 1000.0 * match.lag / TAP_RATE);
  g_assert_cmpfloat (match.whole, >, 0.9);
  g_assert_cmpfloat (match.first, >, 0.8);
  g_assert_cmpfloat (match.last, >, 0.8);
  g_assert_cmpfloat (match.lowest, >, 0.7);
}

static void
test_direct (void)
{
  Files files;

  if (files_init (&files)) {
    run_call (&files, "direct://speech", "alice", "bob");
    check_sound (&files);
  } else
    g_test_skip ("espeak-ng is not installed");
  files_clear (&files);
}

static void
test_server (void)
{
  ServerProcess *server;
  Files files;

  if (g_getenv ("GST_CALL_SERVER") == NULL) {
    g_test_skip ("GST_CALL_SERVER names no server");
    return;
  }
  server = server_process_new ();
  if (files_init (&files)) {
    g_autofree char *alice = server_process_token (server, "alice", 60);
    g_autofree char *bob = server_process_token (server, "bob", 60);
    run_call (&files, server->url, alice, bob);
    check_sound (&files);
  } else
    g_test_skip ("espeak-ng is not installed");
  files_clear (&files);
  server_process_free (server);
}

int
main (int argc, char **argv)
{
  content_init (&argc, &argv);
  g_test_add_func ("/content/speech/direct", test_direct);
  g_test_add_func ("/content/speech/server", test_server);
  return content_run ();
}
