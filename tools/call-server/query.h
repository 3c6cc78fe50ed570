/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The arguments of a request's query: name -> text. */

GHashTable *query_new (void);
/* "name=text", or "name" for an empty text, the percent-encoding undone. The first argument of a name counts.
 * FALSE: it is no UTF-8, or has a NUL in it, and was left out. */
gboolean query_add (GHashTable *query, const char *argument, gsize length);

G_END_DECLS
