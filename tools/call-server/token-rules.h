/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/options.h"
#include "tools/call-server/token.h"

G_BEGIN_DECLS

/* The keys and what else the operator asks of a token. NULL: a key is of no use. */
TokenRules *token_rules_from_options (const Options *options, GError **error);

G_END_DECLS
