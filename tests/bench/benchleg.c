/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What a leg costs over a bare webrtcbin that does the same: 1280x720 VP8 and Opus both ways, same encoders, same
 * settings, each pair in a process of its own, one after the other and twice over (A B A B) so that a slow moment of
 * the machine does not decide. Prints CPU seconds, threads, descriptors and RSS of each, and the ratio.
 *
 *   benchleg [SECONDS]       10 by default */

#include "../elements/legpair.h"
#include "barepair.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  double cpu;
  double wall;
  guint threads;
  guint fds;
  guint rss_kb;
  guint frames;
} Result;

static guint
count_entries (const char *path)
{
  DIR *dir = opendir (path);
  guint count = 0;

  while (dir != NULL && readdir (dir) != NULL)
    count++;
  if (dir != NULL)
    closedir (dir);
  return count;
}

static guint
get_rss_kb (void)
{
  g_autofree char *text = NULL;
  guint64 pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    pages = g_ascii_strtoull (strchr (text, ' '), NULL, 10);
  return pages * (sysconf (_SC_PAGESIZE) / 1024);
}

static double
get_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static gboolean
stop_waiting (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
iterate (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, stop_waiting, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* @frames: counts the pictures that arrived at both ends. Measured from when media flows. */
static Result
measure (guint seconds, guint (*frames) (gpointer pair), gpointer pair)
{
  Result result = {0};
  gint64 start;
  guint before;

  iterate (2500); /* the key is made, both are connected, the encoders have found their rate */
  before = frames (pair);
  start = g_get_monotonic_time ();
  result.cpu = get_cpu ();
  iterate (seconds * 1000);
  result.cpu = get_cpu () - result.cpu;
  result.wall = (g_get_monotonic_time () - start) / 1e6;
  result.frames = frames (pair) - before;
  result.threads = count_entries ("/proc/self/task") - 2;
  result.fds = count_entries ("/proc/self/fd") - 3;
  result.rss_kb = get_rss_kb ();
  return result;
}

static guint
leg_frames (gpointer data)
{
  LegPair *pair = data;

  return leg_side_received (&pair->caller, GST_CALL_MEDIA_VIDEO, 0).buffers
         + leg_side_received (&pair->callee, GST_CALL_MEDIA_VIDEO, 0).buffers;
}

static Result
run_legs (guint seconds)
{
  static const LegSpec spec = {
      .tracks = {{GST_CALL_MEDIA_AUDIO, BENCH_TONE, NULL, NULL}, {GST_CALL_MEDIA_VIDEO, BENCH_PICTURE, NULL, NULL}},
      .receive_audio = 1,
      .receive_video = 1};
  LegPair *pair = leg_pair_new (&spec, &spec);
  Result result;

  leg_pair_start (pair);
  result = measure (seconds, leg_frames, pair);
  leg_pair_free (pair);
  return result;
}

static Result
run_bare (guint seconds)
{
  BarePair *pair = bare_pair_new ();
  Result result = measure (seconds, bare_pair_frames, pair);

  bare_pair_free (pair);
  return result;
}

/* In a process of its own: GStreamer is not initialised before the fork. */
static Result
run (Result (*func) (guint seconds), guint seconds)
{
  Result result = {0};
  int ends[2];
  pid_t child;

  if (pipe (ends) < 0)
    return result;
  child = fork ();
  if (child == 0) {
    close (ends[0]);
    gst_init (NULL, NULL);
    result = func (seconds);
    if (write (ends[1], &result, sizeof (result)) != sizeof (result))
      _exit (1);
    _exit (0);
  }
  close (ends[1]);
  if (read (ends[0], &result, sizeof (result)) != sizeof (result))
    g_printerr ("a run ended early\n");
  close (ends[0]);
  waitpid (child, NULL, 0);
  return result;
}

static void
print (const char *name, const Result *result)
{
  g_print ("%-16s %6.3f s CPU in %5.2f s, %4u frames, %3u threads, %3u descriptors, %6u KB\n", name, result->cpu,
      result->wall, result->frames, result->threads, result->fds, result->rss_kb);
}

int
main (int argc, char **argv)
{
  guint seconds = argc > 1 ? (guint) atoi (argv[1]) : 10;
  double legs = 0, bare = 0;

  for (guint round = 0; round < 2; round++) {
    Result b = run (run_bare, seconds);
    Result l = run (run_legs, seconds);
    print ("webrtcbin pair", &b);
    print ("leg pair", &l);
    if (b.frames == 0 || l.frames == 0)
      return 1;
    bare += b.cpu / b.frames;
    legs += l.cpu / l.frames;
  }
  g_print ("CPU a frame, legs / bare webrtcbin: %.3f\n", legs / bare);
  return 0;
}
