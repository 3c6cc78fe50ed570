/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The size of the picture, out of the frame itself: VP8 (RFC 6386, 9.1) and VP9 (bitstream specification, 6.2). FALSE:
 * not a keyframe, or none that says so. */
gboolean keyframe_vp8_size (gconstpointer data, gsize size, guint *width, guint *height);
gboolean keyframe_vp9_size (gconstpointer data, gsize size, guint *width, guint *height);

G_END_DECLS
