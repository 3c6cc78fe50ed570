/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_CALL_RECORD_SINK (gst_call_record_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstCallRecordSink, gst_call_record_sink, GST, CALL_RECORD_SINK, GstBin)

GST_ELEMENT_REGISTER_DECLARE (callrecordsink);

G_END_DECLS
