/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What a recipe must hold to.
 *
 * A ${name} may stand where a property or a caps field has its value and nowhere else in a launch line: not as a word
 * of its own, and not in quotes. That, with the escaping in expand.c, is what keeps a value a value. ${instance} is a
 * number that no user gives, and may stand anywhere: elements of several instances need several names. */

#include "recipecheck.h"

#include <string.h>

#define INSTANCE "instance"

typedef struct
{
  const Recipe *recipe;
  GHashTable *used; /* (element-type utf8): variables */
} Check;

static gboolean
syntax_error (GError **error, const char *what, const char *detail)
{
  g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_SYNTAX, "%s: '%s'", what, detail);
  return FALSE;
}

/* The ${name} at @at is declared and ends. @bare: it stands where a value stands. Sets @length, with the braces. */
static gboolean
check_reference (const Check *self, const char *at, gboolean in_line, gboolean bare, gsize *length, GError **error)
{
  gsize name_length = recipe_name_length (at + 2);
  g_autofree char *name = g_strndup (at + 2, name_length);

  if (name_length == 0 || at[2 + name_length] != '}')
    return syntax_error (error, "not ${name}", at);
  *length = name_length + 3;
  if (g_str_equal (name, INSTANCE) && self->recipe->instances != NULL)
    return in_line || syntax_error (error, "a place that is the same for all instances", at);
  if (recipe_find_variable (self->recipe, name) == NULL)
    return syntax_error (error, "a variable that has no `# var:`", name);
  if (in_line && !bare)
    return syntax_error (error, "a variable that is not the value of a property or caps field, bare", name);
  g_hash_table_add (self->used, g_steal_pointer (&name));
  return TRUE;
}

static gboolean
check_template (const Check *self, const char *template, gboolean in_line, GError **error)
{
  gboolean assigned = FALSE; /* the word has a `=` before this point */
  char quote = '\0';
  gsize length;

  for (const char *at = template; *at != '\0'; at++) {
    if (*at == '\\' && at[1] != '\0') {
      at++;
    } else if (quote != '\0' ? *at == quote : *at == '"' || *at == '\'') {
      quote = quote != '\0' ? '\0' : *at;
    } else if (*at == ' ' && quote == '\0') {
      assigned = FALSE;
    } else if (*at == '=') {
      assigned = TRUE;
    } else if (at[0] == '$' && at[1] == '{') {
      if (!check_reference (self, at, in_line, quote == '\0' && assigned, &length, error))
        return FALSE;
      at += length - 1;
    }
  }
  return quote == '\0' || syntax_error (error, "a quote that is not closed", template);
}

static gboolean
check_values (const Check *self, const Reaction *reaction, GError **error)
{
  for (guint i = 0; i < reaction->conditions->len; i++) {
    const ReactionCondition *condition = g_ptr_array_index (reaction->conditions, i);
    if (!check_template (self, condition->value, FALSE, error))
      return FALSE;
  }
  for (guint i = 0; i < reaction->actions->len; i++) {
    const ReactionAction *action = g_ptr_array_index (reaction->actions, i);
    if (action->value != NULL && !check_template (self, action->value, FALSE, error))
      return FALSE;
  }
  return TRUE;
}

/* Marks in @started what the reaction starts. */
static gboolean
check_branch_names (const Check *self, const Reaction *reaction, GHashTable *started, GError **error)
{
  for (guint i = 0; i < reaction->actions->len; i++) {
    const ReactionAction *action = g_ptr_array_index (reaction->actions, i);
    if (action->verb != REACTION_START && action->verb != REACTION_LOOP && action->verb != REACTION_STOP)
      continue;
    if (!g_str_equal (action->object, "*") && recipe_find_branch (self->recipe->branches, action->object) == NULL)
      return syntax_error (error, "no `# branch:` of that name", action->object);
    if (action->verb != REACTION_STOP)
      g_hash_table_add (started, action->object);
  }
  return TRUE;
}

static gboolean
check_reactions (const Check *self, GError **error)
{
  const Recipe *recipe = self->recipe;
  g_autoptr (GHashTable) started = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < recipe->reactions->len; i++) {
    const Reaction *reaction = g_ptr_array_index (recipe->reactions, i);
    if (!check_values (self, reaction, error) || !check_branch_names (self, reaction, started, error))
      return FALSE;
  }
  for (guint i = 0; i < recipe->branches->len; i++) {
    const RecipeBranch *branch = g_ptr_array_index (recipe->branches, i);
    if (!check_template (self, branch->line, TRUE, error))
      return FALSE;
    if (strstr (branch->line, "${" INSTANCE "}") != NULL && recipe->instances != NULL)
      return syntax_error (error, "a branch is there once, not in each instance", branch->name);
    if (!g_hash_table_contains (started, branch->name))
      return syntax_error (error, "a branch that nothing starts", branch->name);
  }
  return TRUE;
}

static gboolean
check_variables (const Check *self, GError **error)
{
  const GPtrArray *variables = self->recipe->variables;

  for (guint i = 0; i < variables->len; i++) {
    const RecipeVariable *variable = g_ptr_array_index (variables, i);
    if (g_str_equal (variable->name, INSTANCE))
      return syntax_error (error, "a name that `# instances:` uses", variable->name);
    if (!g_hash_table_contains (self->used, variable->name))
      return syntax_error (error, "a variable that is not used", variable->name);
  }
  return TRUE;
}

gboolean
recipe_check (const Recipe *recipe, GError **error)
{
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const Check self = {recipe, used};
  const char *const others[] = {recipe->expect_file, recipe->timeout, recipe->instances};

  if (recipe->what == NULL)
    return syntax_error (error, "no header", "what");
  if (recipe->line[0] == '\0')
    return syntax_error (error, "no launch line", recipe->name);
  if (!check_template (&self, recipe->line, TRUE, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    if (others[i] != NULL && !check_template (&self, others[i], FALSE, error))
      return FALSE;
  }
  return check_reactions (&self, error) && check_variables (&self, error);
}
