/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "recipe.h"

G_BEGIN_DECLS

/* Where recipes are found: $GST_CALL_RECIPES (folders, joined by `:`), then the installed ones. */

#define RECIPE_SUFFIX ".launch"

/* (element-type utf8): names, sorted, each once. (transfer container) */
GPtrArray *library_list (void);
/* @name: a recipe's name, or a file's when it has a `/` or ends in .launch. */
Recipe *library_load (const char *name, GError **error);

G_END_DECLS
