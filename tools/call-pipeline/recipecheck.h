/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "recipe.h"

G_BEGIN_DECLS

/* Between recipe.c and recipecheck.c only. */

/* Lower-case letters, digits and dashes; a letter first. Returns its length. */
gsize recipe_name_length (const char *text);
/* Whether all that a recipe names is there and stands where it may. */
gboolean recipe_check (const Recipe *recipe, GError **error);

G_END_DECLS
