/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

#include "gst/core/callmessage.h"

G_BEGIN_DECLS

/* The call server in small, inside one process: rooms with users, devices and calls, for the direct signaller. It
 * has a lock and no thread, no context and no clock of its own: a ring timer is its caller's. */

typedef struct CallDirectDevice CallDirectDevice;

/* Takes @message. Comes on any thread and under the registry's lock: it may queue, and nothing else. @tag: that of the
 * request that @message answers, NULL for an event. */
typedef void (*CallDirectDeliver) (CallMessage *message, gpointer tag, gpointer user_data);

CallDirectDevice *call_direct_join (const char *room, const char *user, CallDirectDeliver deliver, gpointer user_data);
/* Nothing is delivered after it returns. Frees @device. */
void call_direct_leave (CallDirectDevice *device);
/* Exactly one answer with @tag (not NULL) is delivered before it returns. */
void call_direct_request (CallDirectDevice *device, const CallMessage *request, gpointer tag);
/* The ring time of @call_id is over. Nothing happens when it does not ring any more. */
void call_direct_ring_timeout (CallDirectDevice *device, const char *call_id);

G_END_DECLS
