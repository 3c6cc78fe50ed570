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

typedef struct
{
  const Recipe *recipe;
  GHashTable *values;
  gboolean escape; /* for a launch line */
  guint instance;  /* 0: there is only one, and no ${instance} */
} Substitution;

/* The parser made sure that every ${name} ends and has its variable, recipe_check_values() that it has a value. */
static char *
substitute (const Substitution *self, const char *template)
{
  GString *text = g_string_new (NULL);
  const char *start;

  while ((start = strstr (template, "${")) != NULL) {
    const char *end = strchr (start, '}');
    g_autofree char *name = g_strndup (start + 2, end - start - 2);
    g_string_append_len (text, template, start - template);
    if (self->instance > 0 && g_str_equal (name, "instance"))
      g_string_append_printf (text, "%u", self->instance);
    else if (self->escape)
      append_value (text, value_of (self->recipe, self->values, name), end[1]);
    else
      g_string_append (text, value_of (self->recipe, self->values, name));
    template = end + 1;
  }
  g_string_append (text, template);
  return g_string_free (text, FALSE);
}

static char *
substitute_plain (const char *template, gpointer user_data)
{
  return substitute (user_data, template);
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

gboolean
recipe_expand_instances (const Recipe *recipe, GHashTable *values, guint *count, GError **error)
{
  const Substitution self = {recipe, values, FALSE, 0};
  g_autofree char *text = NULL;
  guint64 number = 0;

  *count = 0;
  if (!recipe_check_values (recipe, values, error))
    return FALSE;
  text = recipe->instances != NULL ? substitute (&self, recipe->instances) : NULL;
  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, RECIPE_MAX_INSTANCES, &number, NULL)) {
    g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_VALUE, "%s: instances are 1 to %u, not '%s'", recipe->name,
        RECIPE_MAX_INSTANCES, text);
    return FALSE;
  }
  *count = number;
  return TRUE;
}

char *
recipe_expand (const Recipe *recipe, GHashTable *values, GError **error)
{
  Substitution self = {recipe, values, TRUE, 0};
  g_autoptr (GString) line = g_string_new (NULL);
  guint count = 0;

  if (!recipe_expand_instances (recipe, values, &count, error))
    return NULL;
  if (count == 0)
    return substitute (&self, recipe->line);
  for (self.instance = 1; self.instance <= count; self.instance++) {
    g_autofree char *one = substitute (&self, recipe->line);
    g_string_append_printf (line, "%s%s", self.instance > 1 ? " " : "", one);
  }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

char *
recipe_expand_file (const Recipe *recipe, GHashTable *values, GError **error)
{
  const Substitution self = {recipe, values, FALSE, 0};

  if (!recipe_check_values (recipe, values, error) || recipe->expect_file == NULL)
    return NULL;
  return substitute (&self, recipe->expect_file);
}

gboolean
recipe_expand_timeout (const Recipe *recipe, GHashTable *values, guint *seconds, GError **error)
{
  const Substitution self = {recipe, values, FALSE, 0};
  g_autofree char *text = NULL;

  *seconds = 0;
  if (!recipe_check_values (recipe, values, error))
    return FALSE;
  text = recipe->timeout != NULL ? substitute (&self, recipe->timeout) : NULL;
  if (text == NULL || recipe_parse_timeout (text, seconds))
    return TRUE;
  g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_VALUE, "%s: a timeout is like 30s, 2m or none (at most 24h), not '%s'",
      recipe->name, text);
  return FALSE;
}

GPtrArray *
recipe_expand_branches (const Recipe *recipe, GHashTable *values, GError **error)
{
  const Substitution self = {recipe, values, TRUE, 0};
  g_autoptr (GPtrArray) branches = NULL;

  if (!recipe_check_values (recipe, values, error))
    return NULL;
  branches = g_ptr_array_new_with_free_func (recipe_branch_free);
  for (guint i = 0; i < recipe->branches->len; i++) {
    const RecipeBranch *branch = g_ptr_array_index (recipe->branches, i);
    RecipeBranch *expanded = g_new0 (RecipeBranch, 1);
    expanded->name = g_strdup (branch->name);
    expanded->line = substitute (&self, branch->line);
    g_ptr_array_add (branches, expanded);
  }
  return g_steal_pointer (&branches);
}

/* A time that came as a value. */
static gboolean
check_times (const Recipe *recipe, const Reaction *reaction, GError **error)
{
  guint milliseconds;

  for (guint i = 0; i < reaction->actions->len; i++) {
    const ReactionAction *action = g_ptr_array_index (reaction->actions, i);
    if (action->verb != REACTION_TIMER || reaction_parse_time (action->value, &milliseconds))
      continue;
    g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_VALUE,
        "%s: a time is like 500ms, 30s, 2m or none (at most 24h), not '%s'", recipe->name, action->value);
    return FALSE;
  }
  return TRUE;
}

GPtrArray *
recipe_expand_reactions (const Recipe *recipe, GHashTable *values, GError **error)
{
  Substitution self = {recipe, values, FALSE, 0};
  g_autoptr (GPtrArray) reactions = NULL;

  if (!recipe_check_values (recipe, values, error))
    return NULL;
  reactions = g_ptr_array_new_with_free_func ((GDestroyNotify) reaction_free);
  for (guint i = 0; i < recipe->reactions->len; i++) {
    Reaction *reaction = reaction_copy (g_ptr_array_index (recipe->reactions, i), substitute_plain, &self);
    g_ptr_array_add (reactions, reaction);
    if (!check_times (recipe, reaction, error))
      return NULL;
  }
  return g_steal_pointer (&reactions);
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

const char *
recipe_word_end (const char *at)
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
    const char *end = recipe_word_end (line);
    g_autofree char *word = g_strndup (line, end - line);
    g_autofree char *argument = word_to_argument (word);
    g_autofree char *quoted = needs_shell_quotes (argument) ? g_shell_quote (argument) : g_strdup (argument);
    if (word[0] != '\0')
      g_string_append_printf (shell, "%s%s", shell->len > 0 ? " " : "", g_str_equal (word, "!") ? "!" : quoted);
    line = *end != '\0' ? end + 1 : end;
  }
  return g_string_free (shell, FALSE);
}
