/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "entry.h"

G_BEGIN_DECLS

/* @entries: of Entry. Both are whole texts with a newline at the end. */
char *output_table (const GPtrArray *entries); /* outputtable.c */
char *output_json (const GPtrArray *entries);  /* outputjson.c */

/* Draws loss, jitter, bitrate and MOS over time, one column for each entry; the name's end tells SVG from PNG. */
gboolean output_plot_is_supported (const char *file, GError **error);
gboolean output_plot (const GPtrArray *entries, const char *file, GError **error); /* plot.c */

G_END_DECLS
