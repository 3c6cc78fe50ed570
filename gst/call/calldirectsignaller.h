/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/callsignaller.h"

G_BEGIN_DECLS

#define GST_TYPE_CALL_DIRECT_SIGNALLER (gst_call_direct_signaller_get_type ())
G_DECLARE_FINAL_TYPE (GstCallDirectSignaller, gst_call_direct_signaller, GST, CALL_DIRECT_SIGNALLER, GObject)

GstCallSignaller *gst_call_direct_signaller_new (const char *room, const char *user);
/* How long a call started by this one rings; 30 s if not set. Of calls started after it. */
void gst_call_direct_signaller_set_ring_timeout (GstCallDirectSignaller *self, guint timeout_ms);

G_END_DECLS
