/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Copies of the database that are whole: written beside their place, checked, and put there by a rename. */

/* From a database that a server may be using. What was at @file is replaced. */
gboolean backup_make (const char *database, const char *file, GError **error);
/* Refuses while a process has @database open. What was there is kept as *aside (NULL: nothing was), to be freed. */
gboolean backup_restore (const char *database, const char *file, char **aside, GError **error);

G_END_DECLS
