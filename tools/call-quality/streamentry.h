/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "entry.h"
#include "rtpfinder.h"

G_BEGIN_DECLS

/* Measures a stream that was found. Its clock is that of an SDP, else of RFC 3551, else, for a dynamic payload type,
 * 48000 Hz (Opus) or 90000 Hz (VP8): whichever its timestamps' pace is nearer to, by ratio; where there is no pace,
 * 90000 when packets share a timestamp. */
Entry *stream_entry_new (const char *file, const RtpStream *stream, const GArray *clocks);
/* All that were found, in the order in which they began. */
void stream_entries_add (const char *file, RtpFinder *finder, GPtrArray *entries);

G_END_DECLS
