/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_CALL_QUALITY_METER (gst_call_quality_meter_get_type ())
G_DECLARE_FINAL_TYPE (GstCallQualityMeter, gst_call_quality_meter, GST, CALL_QUALITY_METER, GstElement)
GST_ELEMENT_REGISTER_DECLARE (callqualitymeter)

G_END_DECLS
