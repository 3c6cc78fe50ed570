/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/options.h"

G_BEGIN_DECLS

/* --check-config: looks at what the settings name outside of themselves, and changes nothing there. What is wrong goes
 * to @problems (element-type GError). */
void check_surroundings (const Options *options, GPtrArray *problems);

G_END_DECLS
