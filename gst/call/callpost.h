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

G_END_DECLS
