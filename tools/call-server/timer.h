/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>
#include <uv.h>

G_BEGIN_DECLS

/* A one-shot timer on the loop that its owner can drop at any time: uv frees its handles later, and that is hidden
 * here. After timer_stop() the callback does not come. */

typedef struct Timer Timer;

Timer *timer_start (uv_loop_t *loop, gint64 ms, void (*expired) (gpointer), gpointer data);
void timer_stop (Timer **timer); /* NULL inside is fine; also to be called by, or after, @expired */

G_END_DECLS
