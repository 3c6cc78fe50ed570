/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/tonescript.h"

G_BEGIN_DECLS

/* Digits as a telephone's keys sound them (ITU-T Q.23), 100 ms each with 100 ms of silence behind it. The high
 * frequency is 2 dB above the level, which is the low one's. */

#define DTMF_DIGITS "0123456789*#ABCD"

/* The low and the high frequency of a digit, in Hz; FALSE: there is no such digit. a to d are taken, too. */
gboolean dtmf_frequencies (char digit, guint *low, guint *high);
/* `,` is a pause of a second. NULL: an error of TONE_SCRIPT_ERROR, "column N: ...". */
ToneScript *dtmf_parse (const char *digits, GError **error);

G_END_DECLS
