/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/base/gstbasesrc.h>

G_BEGIN_DECLS

#define GST_TYPE_RINGTONE_SRC (gst_ringtone_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRingtoneSrc, gst_ringtone_src, GST, RINGTONE_SRC, GstBaseSrc)
GST_ELEMENT_REGISTER_DECLARE (ringtonesrc)

G_END_DECLS
