/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rows of text in columns as wide as their widest cell on a terminal, where a character is 0, 1 or 2 places wide. */

/* @rows: (element-type GStrv), the first of them the heads. Control characters become U+FFFD. */
char *cli_table (const GPtrArray *rows);

G_END_DECLS
