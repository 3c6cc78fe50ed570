/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* gst-call-pipeline serve: @argv[0] is the word "serve". An exit status. */
int serve_main (int argc, char **argv);

G_END_DECLS
