/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

/* What a track may carry on the user's side, into callsink and out of callsrc: raw, encoded, or RTP. */
#define CALL_TRACK_AUDIO_CAPS "audio/x-raw; audio/x-opus; application/x-rtp, media=(string)audio"
#define CALL_TRACK_VIDEO_CAPS                                                                                          \
  "video/x-raw; video/x-vp8; video/x-vp9; video/x-h264; application/x-rtp, media=(string)video"
