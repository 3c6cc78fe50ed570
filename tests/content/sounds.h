/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Speech of more than six seconds that espeak-ng makes, as a WAV file; FALSE where espeak-ng is not installed. */
gboolean sound_make_speech (const char *path);
/* A WAV file as mono floats at TAP_RATE. */
GArray *sound_load (const char *path);

/* How much of @sent is in @received, aligned. */
typedef struct
{
  gssize lag;
  double whole;  /* correlation over the whole length of what was sent */
  double lowest; /* of its half seconds that are not silent, at the same lag give or take a millisecond */
  double first;  /* of the first and the last half second that are not silent */
  double last;
} SoundMatch;

SoundMatch sound_match (const GArray *sent, const GArray *received);

G_END_DECLS
