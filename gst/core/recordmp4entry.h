/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/recordcontainer.h"

G_BEGIN_DECLS

/* The sample entry of a track: which codec, and what its decoder is told before the first frame.
 *   Opus  Opus + dOps   "Encapsulation of Opus in ISO Base Media File Format", 4.3
 *   H.264 avc3 + avcC   ISO/IEC 14496-15, 5.4.2: parameter sets in band as well, so that the picture's size may change
 *   VP8   vp08 + vpcC   "VP Codec ISO Media File Format Binding"
 *   VP9   vp09 + vpcC */
void record_mp4_entry (GByteArray *bytes, const RecordTrack *track);

gboolean record_mp4_is_picture (RecordCodec codec);
guint record_mp4_scale (RecordCodec codec);           /* ticks in a second */
guint record_mp4_pre_skip (const RecordTrack *track); /* ticks */

G_END_DECLS
