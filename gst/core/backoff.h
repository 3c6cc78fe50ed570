/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long to wait before the next try: doubling from @first_ms to @max_ms, half of it by chance, so that those who
 * lost the same server do not all come back at the same moment.
 * @attempt: 0 for the first try after a loss. @random: 0 <= random < 1. Never 0 unless @max_ms is, and never over
 * @max_ms. */
guint backoff_delay_ms (guint attempt, guint first_ms, guint max_ms, double random);

G_END_DECLS
