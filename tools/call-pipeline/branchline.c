/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A parser of launch lines knows the elements of its own line only. So in a branch's line every word that refers to
 * another element, one that has no name= in this line, becomes an identity, whose open pad is linked by hand later:
 *
 *   filesrc location=x ! wavparse ! mix.     ->  filesrc location=x ! wavparse ! identity name=branch-end-0 silent=true
 *   split. ! queue ! fakesink                ->  identity name=branch-end-0 silent=true ! queue ! fakesink
 */

#include "branchline.h"

#include <string.h>

#include "recipe.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static void
end_free (gpointer data)
{
  BranchEnd *end = data;

  g_free (end->element);
  g_free (end->pad);
  g_free (end->inner);
  g_free (end);
}

static GPtrArray *
split_words (const char *line)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  while (line[0] != '\0') {
    const char *end = recipe_word_end (line);
    if (end > line)
      g_ptr_array_add (words, g_strndup (line, end - line));
    line = *end != '\0' ? end + 1 : end;
  }
  return words;
}

static gboolean
has_element (const GPtrArray *words, const char *name, gsize length)
{
  for (guint i = 0; i < words->len; i++) {
    const char *word = g_ptr_array_index (words, i);
    if (g_str_has_prefix (word, "name=") && strlen (word) == strlen ("name=") + length
        && strncmp (word + strlen ("name="), name, length) == 0)
      return TRUE;
  }
  return FALSE;
}

/* `name.` or `name.pad`, of an element that the line does not make. Sets @length to that of the name. */
static gboolean
is_outside (const GPtrArray *words, const char *word, gsize *length)
{
  *length = strspn (word, NAME_CHARACTERS);
  return *length > 0 && word[*length] == '.'
         && word[*length + 1 + strspn (word + *length + 1, NAME_CHARACTERS "%")] == '\0'
         && !has_element (words, word, *length);
}

static BranchEnd *
end_new (const char *word, gsize length, gboolean feeds, guint number)
{
  BranchEnd *end = g_new0 (BranchEnd, 1);

  end->element = g_strndup (word, length);
  end->pad = word[length + 1] != '\0' ? g_strdup (word + length + 1) : NULL;
  end->feeds = feeds;
  end->inner = g_strdup_printf ("branch-end-%u", number);
  return end;
}

char *
branch_line_split (const char *line, GPtrArray **ends)
{
  g_autoptr (GPtrArray) words = split_words (line);
  GString *rewritten = g_string_new (NULL);

  *ends = g_ptr_array_new_with_free_func (end_free);
  for (guint i = 0; i < words->len; i++) {
    const char *word = g_ptr_array_index (words, i);
    gsize length;
    g_string_append (rewritten, i > 0 ? " " : "");
    if (is_outside (words, word, &length)) {
      gboolean feeds = i > 0 && g_str_equal (g_ptr_array_index (words, i - 1), "!");
      BranchEnd *end = end_new (word, length, feeds, (*ends)->len);
      g_ptr_array_add (*ends, end);
      g_string_append_printf (rewritten, "identity name=%s silent=true", end->inner);
    } else {
      g_string_append (rewritten, word);
    }
  }
  return g_string_free (rewritten, FALSE);
}
