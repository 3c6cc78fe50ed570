/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/query.h"

#include <string.h>

GHashTable *
query_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

gboolean
query_add (GHashTable *query, const char *argument, gsize length)
{
  if (!g_utf8_validate_len (argument, length, NULL))
    return FALSE;
  g_autofree char *name = g_strndup (argument, length);
  char *text = strchr (name, '=');
  if (text != NULL)
    *text++ = '\0';
  if (!g_hash_table_contains (query, name))
    g_hash_table_insert (query, g_strdup (name), g_strdup (text != NULL ? text : ""));
  return TRUE;
}
