/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an Opus packet (RFC 6716) says of itself, and packets of silence. */

#define OPUS_PACKET_RATE 48000
#define OPUS_PACKET_STEP_NS G_GUINT64_CONSTANT (2500000) /* all durations are multiples of it */
#define OPUS_SILENCE_SIZE 3

/* In ns; 0: not an Opus packet. */
guint64 opus_packet_duration (gconstpointer data, gsize size);
guint opus_packet_channels (gconstpointer data, gsize size); /* 1 or 2; 0: not an Opus packet */
/* Nothing but comfort noise, or less: a packet of a sender that has nothing to say (DTX). */
gboolean opus_packet_is_silent (gconstpointer data, gsize size);

/* The longest packet of silence of at most @length ns: writes OPUS_SILENCE_SIZE bytes, returns its duration; 0 when
 * even the shortest is longer. */
guint64 opus_packet_silence (guint channels, guint64 length, guint8 *packet);

G_END_DECLS
