/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Notices that a peer is gone, by its silence. libnice 0.1.21 under webrtcbin does so only after 50 s (its consent
 * freshness of RFC 7675 is a construct-only property that webrtcbin leaves off). */

typedef struct CallWatch CallWatch;

/* Makes webrtcbin say something at least about every second, so that the peer's watch hears us when we only listen. */
void call_watch_make_audible (GstElement *webrtcbin);

CallWatch *call_watch_new (GstElement *webrtcbin);
/* To be called about twice a second. TRUE: nothing came for longer than this peer was ever silent; it is gone. */
gboolean call_watch_is_silent (CallWatch *self);
void call_watch_free (CallWatch *self);

G_END_DECLS
