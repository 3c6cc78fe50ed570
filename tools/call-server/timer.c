/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/timer.h"

struct Timer
{
  uv_timer_t handle; /* first: uv hands it back */
  void (*expired) (gpointer data);
  gpointer data;
};

static void
on_timer (uv_timer_t *handle)
{
  Timer *timer = (Timer *) handle;
  timer->expired (timer->data);
}

static void
on_close (uv_handle_t *handle)
{
  g_free (handle);
}

Timer *
timer_start (uv_loop_t *loop, gint64 ms, void (*expired) (gpointer), gpointer data)
{
  Timer *timer = g_new0 (Timer, 1);
  timer->expired = expired;
  timer->data = data;
  uv_timer_init (loop, &timer->handle);
  uv_update_time (loop);
  uv_timer_start (&timer->handle, on_timer, (uint64_t) MAX (ms, 0), 0);
  return timer;
}

void
timer_stop (Timer **timer)
{
  Timer *old = g_steal_pointer (timer);
  if (old == NULL)
    return;
  uv_timer_stop (&old->handle);
  uv_close ((uv_handle_t *) &old->handle, on_close);
}
