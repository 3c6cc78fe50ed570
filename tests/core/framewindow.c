/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/framewindow.h"

#define MS G_GINT64_CONSTANT (1000000)

static gint64
push_steady (FrameWindow *window, gint64 time, gint64 step, guint frames)
{
  for (guint i = 0; i < frames; i++, time += step)
    frame_window_push (window, time, 640, 360, -1);
  return time;
}

static void
test_steady (void)
{
  FrameWindow window;
  FrameCounts interval;
  frame_window_init (&window);
  push_steady (&window, 0, 1000 * MS / 30, 301);
  frame_window_take_interval (&window, &interval);
  g_assert_cmpuint (interval.frames, ==, 301);
  g_assert_cmpfloat_with_epsilon (frame_counts_fps (&interval), 30, 0.001);
  g_assert_cmpuint (interval.freezes, ==, 0);
  frame_window_take_interval (&window, &interval);
  g_assert_cmpfloat (frame_counts_fps (&interval), ==, 0);
}

/* At 30 a second the threshold is 33.3 + 150 ms; at 10 a second 3 x 100 ms. */
static void
test_threshold (void)
{
  static const struct
  {
    gint64 step, distance;
    guint freezes;
  } rows[] = {{1000 * MS / 30, 183 * MS, 0}, {1000 * MS / 30, 184 * MS, 1}, {100 * MS, 300 * MS, 0},
      {100 * MS, 301 * MS, 1}, {20 * MS, 170 * MS, 0}, {20 * MS, 171 * MS, 1}};
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    FrameWindow window;
    frame_window_init (&window);
    gint64 time = push_steady (&window, 0, rows[i].step, 50) - rows[i].step;
    g_assert_cmpint (frame_window_is_frozen (&window, time + rows[i].distance), ==, rows[i].freezes);
    push_steady (&window, time + rows[i].distance, rows[i].step, 50);
    g_assert_cmpuint (window.total.freezes, ==, rows[i].freezes);
    g_assert_cmpint (window.total.freeze_ns, ==, rows[i].freezes * rows[i].distance);
  }
}

/* Freezes do not make the average forget what is normal. */
static void
test_many (void)
{
  FrameWindow window;
  gint64 time = 0;
  frame_window_init (&window);
  for (guint i = 0; i < 40; i++)
    time = push_steady (&window, time, 33 * MS, 4) + 400 * MS;
  g_assert_cmpuint (window.total.freezes, ==, 39);
  g_assert_cmpint (window.total.freeze_ns, ==, 39 * 433 * MS);
  g_assert_cmpint (window.total.longest_ns, ==, 433 * MS);
}

static void
test_pause (void)
{
  FrameWindow window;
  frame_window_init (&window);
  gint64 time = push_steady (&window, 0, 33 * MS, 50);
  frame_window_pause (&window);
  g_assert_false (frame_window_is_frozen (&window, time + 10000 * MS));
  push_steady (&window, time + 10000 * MS, 33 * MS, 50);
  g_assert_cmpuint (window.total.freezes, ==, 0);
  g_assert_cmpint (window.total.measured_ns, ==, 98 * 33 * MS);
}

static void
test_picture (void)
{
  FrameWindow window;
  frame_window_init (&window);
  for (guint i = 0; i < 30; i++)
    frame_window_push (&window, i * 33 * MS, i < 10 ? 640 : 1280, i < 10 ? 360 : 720, i % 3 == 0 ? 16 : 90);
  g_assert_cmpuint (window.total.size_changes, ==, 1);
  g_assert_cmpuint (window.total.black_frames, ==, 10);
  g_assert_cmpuint (window.width, ==, 1280);
}

/* Times that stand still or run backwards. */
static void
test_bad_times (void)
{
  FrameWindow window;
  frame_window_init (&window);
  for (guint i = 0; i < 10; i++)
    frame_window_push (&window, 5 * MS, 1, 1, -1);
  g_assert_cmpfloat (frame_counts_fps (&window.total), ==, 0);
  for (guint i = 0; i < 10; i++)
    frame_window_push (&window, 5 * MS - i, 1, 1, -1);
  g_assert_cmpuint (window.total.frames, ==, 20);
  g_assert_cmpuint (window.total.freezes, ==, 0);
  g_assert_cmpint (window.total.measured_ns, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/framewindow/steady", test_steady);
  g_test_add_func ("/framewindow/threshold", test_threshold);
  g_test_add_func ("/framewindow/many", test_many);
  g_test_add_func ("/framewindow/pause", test_pause);
  g_test_add_func ("/framewindow/picture", test_picture);
  g_test_add_func ("/framewindow/bad-times", test_bad_times);
  return g_test_run ();
}
