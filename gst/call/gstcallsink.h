/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_CALL_SINK (gst_call_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstCallSink, gst_call_sink, GST, CALL_SINK, GstBin)

GST_ELEMENT_REGISTER_DECLARE (callsink);

G_END_DECLS
