/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "gst/core/recordcontainer.h"

G_BEGIN_DECLS

/* What a file has to know of a track, out of its caps: codec, size or channels, private data. @format is all zeros
 * before. FALSE: it is nothing that can be recorded; private_data is (transfer full). */
gboolean record_format_from_caps (const GstCaps *caps, gboolean video, RecordTrack *format);

G_END_DECLS
