/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "recipe.h"
#include "rules.h"

G_BEGIN_DECLS

/* What the rules name, held against what is here: recipes, their variables and elements, token files. */

/* Reads and checks @file. NULL with @error and the exit status that says what kind it is. */
Rules *rules_load (const char *file, int *status, GError **error);

/* What the worker knows about a call is given to a recipe that has a variable of that name; NULL: nothing. */
const char *rules_given (const char *name, const char *server, const RuleCall *call);

G_END_DECLS
