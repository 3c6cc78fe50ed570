/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "recipe.h"

G_BEGIN_DECLS

/* The elements that the recipe needs and that are not there (element-type utf8). Empty when all are. */
GPtrArray *elements_missing (const Recipe *recipe);
/* Parses the line. NULL with an exit @status, after saying why, when that fails. (transfer full) */
GstElement *elements_make_pipeline (const Recipe *recipe, const char *line, int *status);

G_END_DECLS
