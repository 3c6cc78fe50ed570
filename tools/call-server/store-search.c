/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Names are searched and sorted in a form in which case, width and accents do not matter: compatibility-decomposed
 * and casefolded by GLib, without the combining diacritical marks, so that "jose" finds "José". */

#include "tools/call-server/store-private.h"

static char *
without_marks (const char *text)
{
  GString *rest = g_string_new (NULL);
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar letter = g_utf8_get_char (text);
    if (letter < 0x300 || letter > 0x36f)
      g_string_append_unichar (rest, letter);
  }
  return g_string_free (rest, FALSE);
}

char *
search_fold (const char *text)
{
  g_autofree char *parts = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  if (parts == NULL)
    return g_ascii_strdown (text, -1); /* no UTF-8: what was in the database before */
  g_autofree char *folded = g_utf8_casefold (parts, -1);
  g_autofree char *again = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL); /* folding may have composed */
  return without_marks (again);
}

static void
fold_value (sqlite3_context *context, int count, sqlite3_value **values)
{
  const char *text = (const char *) sqlite3_value_text (values[0]);
  if (text != NULL)
    sqlite3_result_text (context, search_fold (text), -1, g_free);
}

gboolean
search_add_function (sqlite3 *db)
{
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  return sqlite3_create_function (db, "fold", 1, flags, NULL, fold_value, NULL, NULL) == SQLITE_OK;
}
