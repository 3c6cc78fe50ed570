/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* From any thread to the one that iterates a context: @func (object, data) there, with a reference held until then. */

typedef void (*CallPostFunc) (gpointer object, gpointer data);

void call_post (GMainContext *context, gpointer object, CallPostFunc func, gpointer data, GDestroyNotify free_data);
/* A promise whose end comes as @func (object, promise). */
GstPromise *call_post_promise (GMainContext *context, gpointer object, CallPostFunc func);

/* FALSE when @promise, which has ended, was not kept; @error is the reason if one was given. @reply may be NULL. */
gboolean call_promise_check (GstPromise *promise, const GstStructure **reply, GError **error);

/* Of all @promises (element-type GstPromise). GstPromise knows no limit for a wait: it is as long as what was promised
 * takes. */
void call_promises_wait (GPtrArray *promises);
/* Gives up those that are not kept yet, and empties the array. */
void call_promises_interrupt (GPtrArray *promises);

G_END_DECLS
