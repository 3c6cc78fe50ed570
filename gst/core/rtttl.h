/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/tonescript.h"

G_BEGIN_DECLS

/* Melodies of mobile telephones (Ring Tone Text Transfer Language):
 *
 *    melody   = name ":" [default *("," default)] ":" note *("," note)
 *    default  = "d=" duration | "o=" octave | "b=" beats         4, 6, 63
 *    note     = [duration] letter ["#"] [octave] ["."]            the dot may stand before the octave
 *    duration = 1 | 2 | 4 | 8 | 16 | 32 | 64                      of a whole note, which is 240000 / beats ms
 *    octave   = 0 to 8                                            a4 is 440 Hz
 *    letter   = c d e f g a b, h is b; p is a pause               capitals, too
 *
 * Blanks may stand anywhere but in the name's place, where they belong to it. A note's length is exact where it is
 * followed by another one; before the same one again its last eighth is silent, or there would be one long note. */

/* NULL: an error of TONE_SCRIPT_ERROR, "column N: ...". The script's elements are MIDI notes without a `!`. */
ToneScript *rtttl_parse (const char *melody, GError **error);

G_END_DECLS
