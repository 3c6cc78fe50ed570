/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A recipe and values to a launch line, and a launch line to shell words.
 *
 * The lexer of gst_parse_launch() takes the longest match. In double quotes that is a trap: `"a\\" b="c"` is read as
 * one string up to the last quote. So values go without quotes, a backslash before every character that could mean
 * something. There the trap is a backslash as the value's last character (`a\\ b` is read as `a`, `\`, `\ `, `b`): such
 * a value, and one that begins with a quote, which the value parser would take for its own, is wrapped first. */

#include "recipe.h"

#include <string.h>

/* Letters, digits, bytes of UTF-8 and what file names, URLs, fractions and numbers are made of. */
static gboolean
is_plain (char c)
{
  return g_ascii_isalnum (c) || (c & 0x80) != 0 || strchr ("_-./:+%@", c) != NULL;
}

static void
append_escaped (GString *line, const char *value)
{
  for (const char *at = value; *at != '\0'; at++) {
    if (!is_plain (*at))
      g_string_append_c (line, '\\');
    g_string_append_c (line, *at);
  }
}

/* The string as GStreamer's value parser takes it in quotes: everything but letters and digits in octal. */
static void
append_wrapped (GString *line, const char *value)
{
  g_autoptr (GString) wrapped = g_string_new ("\"");

  for (const char *at = value; *at != '\0'; at++)
    g_string_append_printf (wrapped, g_ascii_isalnum (*at) ? "%c" : "\\%03o", (guchar) *at);
  g_string_append_c (wrapped, '"');
  append_escaped (line, wrapped->str);
}

/* @next: what follows in the template. An empty value must not let the property take the next word. */
static void
append_value (GString *line, const char *value, char next)
{
  gboolean ends = next == '\0' || next == ' ';

  if (value[0] == '\0' && ends && line->len > 0 && line->str[line->len - 1] == '=')
    g_string_append (line, "\"\"");
  else if (value[0] == '"' || g_str_has_suffix (value, "\\"))
    append_wrapped (line, value);
  else
    append_escaped (line, value);
}

static gboolean
check_value (const char *name, const char *value, GError **error)
{
  gboolean ok = g_utf8_validate (value, -1, NULL);

  for (const char *at = value; ok && *at != '\0'; at++)
    ok = !g_ascii_iscntrl (*at);
  if (!ok)
    g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_VALUE, "%s: a value is UTF-8 without control characters", name);
  return ok;
}

static const char *
value_of (const Recipe *recipe, GHashTable *values, const char *name)
{
  const char *value = values != NULL ? g_hash_table_lookup (values, name) : NULL;

  return value != NULL ? value : recipe_find_variable (recipe, name)->value;
}

/* The parser made sure that every ${name} ends and has its variable, recipe_check_values() that it has a value. */
static char *
substitute (const Recipe *recipe, const char *template, GHashTable *values, gboolean escape)
{
  GString *text = g_string_new (NULL);
  const char *start;

  while ((start = strstr (template, "${")) != NULL) {
    const char *end = strchr (start, '}');
    g_autofree char *name = g_strndup (start + 2, end - start - 2);
    const char *value = value_of (recipe, values, name);
    g_string_append_len (text, template, start - template);
    if (escape)
      append_value (text, value, end[1]);
    else
      g_string_append (text, value);
    template = end + 1;
  }
  g_string_append (text, template);
  return g_string_free (text, FALSE);
}

gboolean
recipe_check_values (const Recipe *recipe, GHashTable *values, GError **error)
{
  GHashTableIter iter;
  gpointer name, value;

  if (values != NULL) {
    g_hash_table_iter_init (&iter, values);
    while (g_hash_table_iter_next (&iter, &name, &value)) {
      if (recipe_find_variable (recipe, name) == NULL) {
        g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_UNKNOWN, "%s has no variable '%s'", recipe->name, (char *) name);
        return FALSE;
      }
      if (!check_value (name, value, error))
        return FALSE;
    }
  }
  for (guint i = 0; i < recipe->variables->len; i++) {
    const RecipeVariable *variable = g_ptr_array_index (recipe->variables, i);
    if (value_of (recipe, values, variable->name) == NULL) {
      g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_MISSING, "%s needs %s=...%s%s", recipe->name, variable->name,
          variable->description[0] != '\0' ? "  " : "", variable->description);
      return FALSE;
    }
  }
  return TRUE;
}

char *
recipe_expand (const Recipe *recipe, GHashTable *values, GError **error)
{
  return recipe_check_values (recipe, values, error) ? substitute (recipe, recipe->line, values, TRUE) : NULL;
}

char *
recipe_expand_file (const Recipe *recipe, GHashTable *values, GError **error)
{
  if (!recipe_check_values (recipe, values, error) || recipe->expect_file == NULL)
    return NULL;
  return substitute (recipe, recipe->expect_file, values, FALSE);
}

/* A word of the launch line as the argument that gst-launch-1.0 makes that word of: it puts a backslash before every
 * space that it takes to be outside of double quotes, so those are taken away here. Its idea of quotes is followed,
 * with its eyes: a quote opens even behind a backslash. */
static char *
word_to_argument (const char *word)
{
  GString *argument = g_string_new (NULL);
  gboolean in_quotes = FALSE;

  for (const char *at = word; *at != '\0'; at++) {
    if (*at == '"' && (!in_quotes || at[-1] != '\\'))
      in_quotes = !in_quotes;
    if (at[0] == '\\' && at[1] == ' ' && !in_quotes)
      continue;
    if (at[0] == '\\' && at[1] == '\\') { /* a pair: the second is no one's escape */
      g_string_append_c (argument, *at);
      at++;
    }
    g_string_append_c (argument, *at);
  }
  return g_string_free (argument, FALSE);
}

/* The end of the word at @at: the next space outside of quotes and not escaped. */
static const char *
word_end (const char *at)
{
  char quote = '\0';

  for (; *at != '\0'; at++) {
    if (*at == '\\' && at[1] != '\0')
      at++;
    else if (quote != '\0' ? *at == quote : *at == '"' || *at == '\'')
      quote = quote != '\0' ? '\0' : *at;
    else if (*at == ' ' && quote == '\0')
      break;
  }
  return at;
}

static gboolean
needs_shell_quotes (const char *word)
{
  return word[0] == '\0'
         || word[strspn (word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:+%@,=")] != '\0';
}

char *
recipe_line_to_shell (const char *line)
{
  GString *shell = g_string_new (NULL);

  while (line[0] != '\0') {
    const char *end = word_end (line);
    g_autofree char *word = g_strndup (line, end - line);
    g_autofree char *argument = word_to_argument (word);
    g_autofree char *quoted = needs_shell_quotes (argument) ? g_shell_quote (argument) : g_strdup (argument);
    if (word[0] != '\0')
      g_string_append_printf (shell, "%s%s", shell->len > 0 ? " " : "", g_str_equal (word, "!") ? "!" : quoted);
    line = *end != '\0' ? end + 1 : end;
  }
  return g_string_free (shell, FALSE);
}
