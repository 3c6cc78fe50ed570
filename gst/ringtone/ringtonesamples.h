/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

/* Writes @n samples in the format, layout and channels of @info: each channel has the same. Integers saturate. */
void ringtone_samples_write (const GstAudioInfo *info, const double *samples, gsize n, guint8 *out);

G_END_DECLS
