/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_CALL_SIGNALING (gst_call_signaling_get_type ())
G_DECLARE_FINAL_TYPE (GstCallSignaling, gst_call_signaling, GST, CALL_SIGNALING, GstElement)

GST_ELEMENT_REGISTER_DECLARE (callsignaling);

G_END_DECLS
