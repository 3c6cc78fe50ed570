/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What goes out in place of a muted buffer of raw media: silence, or a black picture. Muting never touches SDP.
 * NULL when @caps are not raw: nothing goes out then. */
GstBuffer *gst_call_mute_buffer (GstBuffer *buffer, GstCaps *caps);

G_END_DECLS
