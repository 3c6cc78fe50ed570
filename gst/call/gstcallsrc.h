/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_CALL_SRC (gst_call_src_get_type ())
G_DECLARE_FINAL_TYPE (GstCallSrc, gst_call_src, GST, CALL_SRC, GstElement)

GST_ELEMENT_REGISTER_DECLARE (callsrc);

G_END_DECLS
