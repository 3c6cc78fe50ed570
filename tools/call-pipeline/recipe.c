/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Reads a recipe.
 *
 *   # SPDX-License-Identifier: ...          a comment
 *   # what: one sentence                    required
 *   # needs: element element ...
 *   # var: name=default  description        a value with spaces goes in double quotes
 *   # var: name  description                no default: must be given
 *   # expect: eos | timeout | error | connected | file ${location}
 *   # timeout: 30s | 2m | none
 *   # stdout: media                         what the run says goes to stderr
 *   # instances: ${count}                   how often the line is there, each with its ${instance}: 1, 2, ...
 *   # branch: name  launch line             a piece that is not there at the start
 *   # on: message field=value: action, ...  see reaction.c
 *   launch line, over as many lines
 *     as it takes                           # lines in between are comments
 *
 * A header goes on in the next comment where it ends in a backslash. What a recipe must hold to: recipecheck.c.
 */

#include "recipe.h"

#include <string.h>

#include "recipecheck.h"

G_DEFINE_QUARK (recipe_error, recipe_error)

#define MAX_TEXT (64 * 1024)
#define MAX_TIMEOUT_S (24 * 60 * 60)

typedef gboolean (*HeaderFunc) (Recipe *recipe, const char *value, GError **error);

static const char *const end_names[] = {
    [RECIPE_END_EOS] = "eos",
    [RECIPE_END_TIMEOUT] = "timeout",
    [RECIPE_END_ERROR] = "error",
};

static gboolean
syntax_error (GError **error, const char *what, const char *detail)
{
  g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_SYNTAX, "%s: '%s'", what, detail);
  return FALSE;
}

static void
variable_free (gpointer data)
{
  RecipeVariable *variable = data;

  g_free (variable->name);
  g_free (variable->value);
  g_free (variable->description);
  g_free (variable);
}

void
recipe_branch_free (gpointer data)
{
  RecipeBranch *branch = data;

  g_free (branch->name);
  g_free (branch->line);
  g_free (branch);
}

gsize
recipe_name_length (const char *text)
{
  gsize length = 0;

  if (!g_ascii_islower (text[0]))
    return 0;
  while (g_ascii_islower (text[length]) || g_ascii_isdigit (text[length]) || text[length] == '-')
    length++;
  return length;
}

static gboolean
parse_what (Recipe *recipe, const char *value, GError **error)
{
  if (recipe->what != NULL)
    return syntax_error (error, "a second what", value);
  recipe->what = g_strdup (value);
  return TRUE;
}

static gboolean
parse_needs (Recipe *recipe, const char *value, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (value, " ,", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] != '\0')
      g_ptr_array_add (recipe->needs, g_strdup (words[i]));
  }
  return TRUE;
}

/* What follows `name=`: a word, or "words". Sets @rest behind it; NULL when a quote is not closed. */
static char *
parse_default (const char *text, const char **rest)
{
  gsize length;

  if (text[0] == '"') {
    const char *end = strchr (text + 1, '"');
    if (end == NULL || (end[1] != '\0' && end[1] != ' '))
      return NULL;
    *rest = end + 1;
    return g_strndup (text + 1, end - text - 1);
  }
  length = strcspn (text, " ");
  *rest = text + length;
  return g_strndup (text, length);
}

static gboolean
parse_variable (Recipe *recipe, const char *value, GError **error)
{
  gsize length = recipe_name_length (value);
  const char *rest = value + length;
  g_autofree char *name = g_strndup (value, length);
  g_autofree char *fallback = NULL;
  RecipeVariable *variable;

  if (length == 0 || (rest[0] != '=' && rest[0] != ' ' && rest[0] != '\0'))
    return syntax_error (error, "not `name=default  description`", value);
  if (recipe_find_variable (recipe, name) != NULL)
    return syntax_error (error, "a second variable of that name", name);
  if (rest[0] == '=') {
    fallback = parse_default (rest + 1, &rest);
    if (fallback == NULL)
      return syntax_error (error, "a quote that is not closed", value);
  }
  variable = g_new0 (RecipeVariable, 1);
  variable->name = g_steal_pointer (&name);
  variable->value = g_steal_pointer (&fallback);
  variable->description = g_strstrip (g_strdup (rest));
  g_ptr_array_add (recipe->variables, variable);
  return TRUE;
}

static gboolean
parse_expect (Recipe *recipe, const char *value, GError **error)
{
  if (g_str_has_prefix (value, "file ")) {
    if (recipe->expect_file != NULL)
      return syntax_error (error, "a second file to expect", value);
    recipe->expect_file = g_strstrip (g_strdup (value + strlen ("file ")));
    return TRUE;
  }
  if (g_str_equal (value, "connected")) {
    recipe->expect_connected = TRUE;
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (end_names); i++) {
    if (g_str_equal (value, end_names[i])) {
      recipe->expect = i;
      return TRUE;
    }
  }
  return syntax_error (error, "expect is none of eos, timeout, error, connected, file NAME", value);
}

static gboolean
parse_timeout (Recipe *recipe, const char *value, GError **error)
{
  guint seconds;

  if (recipe->timeout != NULL)
    return syntax_error (error, "a second timeout", value);
  if (strstr (value, "${") == NULL && !recipe_parse_timeout (value, &seconds))
    return syntax_error (error, "timeout is not like 30s, 2m or none (at most 24h)", value);
  recipe->timeout = g_strdup (value);
  return TRUE;
}

static gboolean
parse_stdout (Recipe *recipe, const char *value, GError **error)
{
  recipe->stdout_media = g_str_equal (value, "media");
  return recipe->stdout_media || syntax_error (error, "stdout can only be for media", value);
}

static gboolean
parse_instances (Recipe *recipe, const char *value, GError **error)
{
  if (recipe->instances != NULL)
    return syntax_error (error, "a second number of instances", value);
  recipe->instances = g_strdup (value);
  return TRUE;
}

static gboolean
parse_branch (Recipe *recipe, const char *value, GError **error)
{
  gsize length = recipe_name_length (value);
  RecipeBranch *branch;

  if (length == 0 || value[length] != ' ')
    return syntax_error (error, "not `NAME  LAUNCH LINE`", value);
  branch = g_new0 (RecipeBranch, 1);
  branch->name = g_strndup (value, length);
  branch->line = g_strstrip (g_strdup (value + length));
  if (recipe_find_branch (recipe->branches, branch->name) != NULL) {
    syntax_error (error, "a second branch of that name", branch->name);
    recipe_branch_free (branch);
    return FALSE;
  }
  g_ptr_array_add (recipe->branches, branch);
  return TRUE;
}

static gboolean
parse_reaction (Recipe *recipe, const char *value, GError **error)
{
  Reaction *reaction = reaction_parse (value, error);

  if (reaction != NULL)
    g_ptr_array_add (recipe->reactions, reaction);
  return reaction != NULL;
}

static const struct
{
  const char *key;
  HeaderFunc parse;
} headers[] = {
    {"what", parse_what},
    {"needs", parse_needs},
    {"var", parse_variable},
    {"expect", parse_expect},
    {"timeout", parse_timeout},
    {"stdout", parse_stdout},
    {"instances", parse_instances},
    {"branch", parse_branch},
    {"on", parse_reaction},
};

/* `key: value` behind the `#`; other comments are for the reader only. A lower-case word that is no key of ours is
 * taken for a slip of the pen. */
static gboolean
parse_header (Recipe *recipe, const char *comment, GError **error)
{
  const char *text = comment + strspn (comment, "# ");
  gsize length = recipe_name_length (text);
  g_autofree char *key = g_strndup (text, length);
  g_autofree char *value = NULL;

  if (length == 0 || text[length] != ':')
    return TRUE;
  value = g_strstrip (g_strdup (text + length + 1));
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    if (!g_str_equal (key, headers[i].key))
      continue;
    return value[0] != '\0' ? headers[i].parse (recipe, value, error) : syntax_error (error, "nothing behind", key);
  }
  return syntax_error (error, "no such header (what, needs, var, expect, timeout, stdout, instances, branch, on)", key);
}

/* Adds a line of the launch line to @line; a backslash that would continue it in a shell goes. */
static void
append_line (GString *line, char *text)
{
  gsize length = strlen (text);

  if (length > 0 && text[length - 1] == '\\' && (length == 1 || text[length - 2] == ' '))
    text[length - 1] = '\0';
  g_strstrip (text);
  if (text[0] == '\0')
    return;
  if (line->len > 0)
    g_string_append_c (line, ' ');
  g_string_append (line, text);
}

const RecipeVariable *
recipe_find_variable (const Recipe *recipe, const char *name)
{
  for (guint i = 0; i < recipe->variables->len; i++) {
    const RecipeVariable *variable = g_ptr_array_index (recipe->variables, i);
    if (g_str_equal (variable->name, name))
      return variable;
  }
  return NULL;
}

char *
recipe_variable_environment (const char *name)
{
  g_autofree char *upper = g_ascii_strup (name, -1);

  return g_strconcat ("GSTCALL_", g_strdelimit (upper, "-", '_'), NULL);
}

const RecipeBranch *
recipe_find_branch (const GPtrArray *branches, const char *name)
{
  for (guint i = 0; i < branches->len; i++) {
    const RecipeBranch *branch = g_ptr_array_index (branches, i);
    if (g_str_equal (branch->name, name))
      return branch;
  }
  return NULL;
}

const char *
recipe_end_to_string (RecipeEnd end)
{
  return end_names[end];
}

gboolean
recipe_parse_timeout (const char *text, guint *seconds)
{
  char *end = NULL;
  guint64 number;

  if (g_str_equal (text, "none")) {
    *seconds = 0;
    return TRUE;
  }
  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  number = g_ascii_strtoull (text, &end, 10);
  if (number == 0 || number > MAX_TIMEOUT_S)
    return FALSE;
  if (g_str_equal (end, "m"))
    number *= 60;
  else if (!g_str_equal (end, "s"))
    return FALSE;
  *seconds = number;
  return number <= MAX_TIMEOUT_S;
}

/* A comment that ends in a backslash takes the next one; @at ends at the last. (transfer full) */
static char *
join_comments (char **lines, guint *at)
{
  GString *comment = g_string_new (g_strchomp (lines[*at]));

  while (comment->len > 0 && comment->str[comment->len - 1] == '\\' && lines[*at + 1] != NULL) {
    const char *next = lines[*at + 1] + strspn (lines[*at + 1], " ");
    if (next[0] != '#')
      break;
    g_string_truncate (comment, comment->len - 1);
    g_string_append (comment, g_strchomp ((char *) next + strspn (next, "# ")));
    (*at)++;
  }
  return g_string_free (comment, FALSE);
}

static gboolean
parse_lines (Recipe *recipe, char **lines, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++) {
    const char *start = lines[i] + strspn (lines[i], " ");
    g_autofree char *comment = NULL;
    guint number = i + 1;
    if (start[0] != '#') {
      append_line (line, lines[i]);
      continue;
    }
    comment = line->len == 0 ? join_comments (lines, &i) : NULL;
    if (comment != NULL && !parse_header (recipe, comment, error)) {
      g_prefix_error (error, "%s:%u: ", recipe->name, number);
      return FALSE;
    }
  }
  recipe->line = g_strdup (line->str);
  return TRUE;
}

Recipe *
recipe_parse (const char *name, const char *text, gsize length, GError **error)
{
  g_autoptr (Recipe) recipe = g_new0 (Recipe, 1);
  g_autofree char *copy = NULL;
  g_auto (GStrv) lines = NULL;

  recipe->name = g_strdup (name);
  recipe->needs = g_ptr_array_new_with_free_func (g_free);
  recipe->variables = g_ptr_array_new_with_free_func (variable_free);
  recipe->branches = g_ptr_array_new_with_free_func (recipe_branch_free);
  recipe->reactions = g_ptr_array_new_with_free_func ((GDestroyNotify) reaction_free);
  if (length > MAX_TEXT || !g_utf8_validate_len (text, length, NULL)) {
    g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_SYNTAX, "%s: no recipe: not UTF-8 text of at most 64 KiB", name);
    return NULL;
  }
  copy = g_strdelimit (g_strndup (text, length), "\t\r", ' ');
  lines = g_strsplit (copy, "\n", -1);
  if (!parse_lines (recipe, lines, error))
    return NULL;
  if (!recipe_check (recipe, error)) {
    g_prefix_error (error, "%s: ", name);
    return NULL;
  }
  return g_steal_pointer (&recipe);
}

void
recipe_free (Recipe *recipe)
{
  g_free (recipe->name);
  g_free (recipe->what);
  g_clear_pointer (&recipe->needs, g_ptr_array_unref);
  g_clear_pointer (&recipe->variables, g_ptr_array_unref);
  g_clear_pointer (&recipe->branches, g_ptr_array_unref);
  g_clear_pointer (&recipe->reactions, g_ptr_array_unref);
  g_free (recipe->expect_file);
  g_free (recipe->timeout);
  g_free (recipe->instances);
  g_free (recipe->line);
  g_free (recipe);
}
