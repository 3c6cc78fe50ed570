/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Sends @event (transfer full) down @pad of @element from another thread, after those that were given before. Never
 * blocks. */
void call_pad_events_push (GstElement *element, GstPad *pad, GstEvent *event);
/* Likewise a buffer. */
void call_pad_events_push_buffer (GstElement *element, GstPad *pad, GstBuffer *buffer);

G_END_DECLS
