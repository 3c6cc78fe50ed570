/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* webrtcbin 1.22 leaves a sink pad out of its offer, silently and for good, if it has no caps with an SSRC yet. A leg
 * tells its pads at once; those of a user's webrtcbin have them with their first buffer. */

typedef struct CallReady CallReady;

/* @ready: NULL when all pads have caps, else the name of one that has none in time. On @context; possibly at once, in
 * which case NULL is returned. */
typedef void (*CallReadyFunc) (gpointer user_data, const char *missing);
CallReady *call_ready_wait (GstElement *webrtcbin, GMainContext *context, CallReadyFunc ready, gpointer user_data);
void call_ready_free (CallReady *self);

G_END_DECLS
