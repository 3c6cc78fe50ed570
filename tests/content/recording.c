/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Two gst-launch-1.0 and a server, three processes. Alice's sources end, which ends her pipeline and the call; bob's
 * pipeline then ends by itself (on-end=eos), and his recording is a finished file with both of her tracks. */

#include "content.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "tests/elements/serverprocess.h"

#include "dsp.h"
#include "sounds.h"
#include "taps.h"

#define TONE 440
#define WATCHDOG_US (30 * G_USEC_PER_SEC)

#define BOB                                                                                                            \
  "callsink name=out server=%s ice-address=127.0.0.1 auto-answer=true "                                                \
  "filesrc location=%s/speech.wav ! wavparse ! audioconvert ! audioresample ! out.audio_0 "                            \
  "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1 ! out.video_0 "            \
  "callsrc name=in in.audio_0 ! audioconvert ! opusenc ! mux. "                                                        \
  "in.video_0 ! videoconvert ! vp8enc deadline=1 cpu-used=8 ! mux. "                                                   \
  "matroskamux name=mux ! filesink location=%s/bob.mkv"
#define ALICE                                                                                                          \
  "callsink name=out server=%s ice-address=127.0.0.1 peer=bob call-type=video "                                        \
  "audiotestsrc is-live=true freq=440 num-buffers=220 ! out.audio_0 "                                                  \
  "videotestsrc is-live=true num-buffers=150 ! video/x-raw,width=640,height=360,framerate=30/1 ! out.video_0"

typedef struct
{
  ServerProcess *server;
  char *directory;
} Test;

/* A test that aborts leaves nothing behind. */
static void
die_with_parent (gpointer unused)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* gst-launch-1.0 for @user; its output goes into a file of that name. */
static GSubprocess *
launch (Test *test, const char *user, const char *line)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autofree char *output = g_build_filename (test->directory, user, NULL);
  g_autofree char *token = server_process_token (test->server, user, 60);
  g_autofree char *command = g_strdup_printf ("gst-launch-1.0 -e -m %s", line);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));
  g_subprocess_launcher_set_stdout_file_path (launcher, output);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "GST_CALL_TOKEN", token, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "GST_TRACERS"); /* our log is ours */
  g_subprocess_launcher_unsetenv (launcher, "GST_DEBUG");
  g_subprocess_launcher_unsetenv (launcher, "GST_DEBUG_FILE");
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  return process;
}

static gboolean
has_said (Test *test, const char *user, const char *text)
{
  g_autofree char *path = g_build_filename (test->directory, user, NULL);
  g_autofree char *said = NULL;

  return g_file_get_contents (path, &said, NULL, NULL) && strstr (said, text) != NULL;
}

static void
wait_said (Test *test, const char *user, const char *text)
{
  gint64 until = g_get_monotonic_time () + WATCHDOG_US;

  while (!has_said (test, user, text) && g_get_monotonic_time () < until)
    g_usleep (20000); /* another process has no condition to wait for */
  g_assert_true (has_said (test, user, text));
}

/* FALSE when it is still there after the watchdog's time; it is killed then. */
static gboolean
ends_well (GSubprocess *process)
{
  gint64 until = g_get_monotonic_time () + WATCHDOG_US;

  while (g_subprocess_get_identifier (process) != NULL && g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (20000);
  if (g_subprocess_get_identifier (process) != NULL) {
    g_subprocess_force_exit (process);
    g_subprocess_wait (process, NULL, NULL);
    return FALSE;
  }
  return g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0;
}

static void
record_call (Test *test)
{
  g_autofree char *bob_line = g_strdup_printf (BOB, test->server->url, test->directory, test->directory);
  g_autofree char *alice_line = g_strdup_printf (ALICE, test->server->url);
  g_autoptr (GSubprocess) bob = launch (test, "bob", bob_line);
  g_autoptr (GSubprocess) alice = NULL;

  wait_said (test, "bob", "call-ready");
  alice = launch (test, "alice", alice_line);
  g_assert_true (ends_well (alice));
  g_assert_true (ends_well (bob));
  g_assert_true (has_said (test, "bob", "state=(string)ended"));
}

static void
check_recording (Test *test)
{
  g_autofree char *line = g_strdup_printf ("filesrc location=%s/bob.mkv ! matroskademux name=d "
                                           "d.audio_0 ! queue ! opusdec ! " TAP_SOUND "name=count-audio "
                                           "d.video_0 ! queue ! vp8dec ! " TAP_PICTURE "name=count-video",
      test->directory);
  g_autoptr (CallPipeline) player = call_pipeline_new (line);
  g_autoptr (Tap) sound = tap_new (player->pipeline, "count-audio");
  g_autoptr (Tap) picture = tap_new (player->pipeline, "count-video");
  g_autoptr (GArray) samples = NULL;
  g_autoptr (GArray) frames = NULL;
  gint64 duration = 0;
  double share;

  gst_element_set_state (player->pipeline, GST_STATE_PLAYING);
  g_assert_true (call_pipeline_wait_eos (player));
  g_assert_true (gst_element_query_duration (player->pipeline, GST_FORMAT_TIME, &duration));
  samples = tap_copy_samples (sound);
  frames = tap_copy_frames (picture);
  g_assert_cmpuint (samples->len, >, 2 * TAP_RATE);
  share = dsp_tone_share ((const float *) samples->data + samples->len / 2, TAP_RATE / 2, TONE, TAP_RATE);
  g_test_message ("recording: %.2f s, %.2f s of sound (tone %.1f %%), %u frames", duration / 1e9,
      (double) samples->len / TAP_RATE, share * 100, frames->len);
  g_assert_cmpfloat (share, >, 0.9);
  g_assert_cmpuint (frames->len, >, 45);
  for (guint i = 0; i < frames->len; i++) {
    g_assert_cmpint (g_array_index (frames, TapFrame, i).width, ==, 640);
    g_assert_cmpfloat (g_array_index (frames, TapFrame, i).luma, >, 60);
  }
  g_assert_cmpint (duration, >, 2 * GST_SECOND); /* only a file that was finished knows it */
}

static void
clean_up (Test *test)
{
  static const char *const names[] = {"alice", "bob", "bob.mkv", "speech.wav"};

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (test->directory, names[i], NULL);
    g_unlink (path);
  }
  g_rmdir (test->directory);
  g_free (test->directory);
  server_process_free (test->server);
}

static void
test_recording (void)
{
  Test test = {0};
  g_autofree char *speech = NULL;
  g_autofree char *gst_launch = g_find_program_in_path ("gst-launch-1.0");

  if (g_getenv ("GST_CALL_SERVER") == NULL || gst_launch == NULL) {
    g_test_skip ("no gst-call-server, or no gst-launch-1.0");
    return;
  }
  test.server = server_process_new ();
  test.directory = g_dir_make_tmp ("gstcall-XXXXXX", NULL);
  speech = g_build_filename (test.directory, "speech.wav", NULL);
  if (sound_make_speech (speech)) {
    record_call (&test);
    check_recording (&test);
  } else
    g_test_skip ("espeak-ng is not installed");
  clean_up (&test);
}

int
main (int argc, char **argv)
{
  content_init (&argc, &argv);
  g_test_add_func ("/content/recording", test_recording);
  return content_run ();
}
