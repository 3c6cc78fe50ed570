/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Everything that can be known to fail at the first call is found here, at the start. */

#include "rules-check.h"

#include <string.h>
#include <unistd.h>

#include "elements.h"
#include "library.h"
#include "runner.h"

#define MAX_FILE (1 << 20)

const char *
rules_given (const char *name, const char *server, const RuleCall *call)
{
  const struct
  {
    const char *name;
    const char *value;
  } given[] = {
      {"server", server},
      {"call-id", call->call_id},
      {"peer", call->peer},
      {"user", call->user},
      {"call-type", call->call_type},
  };

  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    if (g_str_equal (given[i].name, name))
      return given[i].value;
  return NULL;
}

static gboolean
sets (const Rule *rule, const char *name)
{
  for (guint i = 0; i < rule->values->len; i++)
    if (g_str_equal (((RuleValue *) g_ptr_array_index (rule->values, i))->name, name))
      return TRUE;
  return FALSE;
}

static gboolean
check_variables (const Rules *rules, const Rule *rule, const char *section, const Recipe *recipe, GError **error)
{
  const RuleCall any = {.call_id = "", .peer = "", .user = "", .call_type = ""};

  for (guint i = 0; i < rule->values->len; i++) {
    const RuleValue *value = g_ptr_array_index (rule->values, i);
    g_autofree char *key = g_strconcat ("set.", value->name, NULL);
    if (recipe_find_variable (recipe, value->name) == NULL) {
      rules_set_error (error, rules, section, key, "recipe '%s' has no such variable", rule->recipe);
      return FALSE;
    }
  }
  for (guint i = 0; i < recipe->variables->len; i++) {
    const RecipeVariable *variable = g_ptr_array_index (recipe->variables, i);
    if (variable->value == NULL && !sets (rule, variable->name) && rules_given (variable->name, "", &any) == NULL) {
      rules_set_error (error, rules, section, "recipe", "'%s' needs a value for its variable %s: set.%s=...",
          rule->recipe, variable->name, variable->name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_elements (const Rules *rules, const char *section, const Recipe *recipe, GError **error)
{
  g_autoptr (GPtrArray) missing = elements_missing (recipe);

  if (missing->len == 0)
    return TRUE;
  rules_set_error (error, rules, section, "recipe", "'%s' needs the element %s, which is not installed", recipe->name,
      (char *) g_ptr_array_index (missing, 0));
  return FALSE;
}

static gboolean
check_rule (const Rules *rules, const Rule *rule, int *status, GError **error)
{
  g_autofree char *section = g_strdup_printf ("rule %s", rule->name);
  g_autoptr (GError) why = NULL;
  g_autoptr (Recipe) recipe = rule->recipe != NULL ? library_load (rule->recipe, &why) : NULL;
  guint seconds;

  if (rule->recipe == NULL)
    return TRUE;
  if (recipe == NULL) {
    rules_set_error (error, rules, section, "recipe", "%s", why->message);
    return FALSE;
  }
  if (rule->timeout != NULL && !recipe_parse_timeout (rule->timeout, &seconds)) {
    rules_set_error (error, rules, section, "timeout", "'%s' is not 30s, 2m or none", rule->timeout);
    return FALSE;
  }
  if (recipe_find_variable (recipe, "call-id") == NULL && strstr (recipe->line, "auto-answer=true") == NULL) {
    rules_set_error (error, rules, section, "recipe",
        "'%s' answers no call: it has neither a variable call-id nor auto-answer=true", rule->recipe);
    return FALSE;
  }
  if (recipe->stdout_media) {
    rules_set_error (
        error, rules, section, "recipe", "'%s' writes to standard output, which is nobody's here", rule->recipe);
    return FALSE;
  }
  if (!check_variables (rules, rule, section, recipe, error))
    return FALSE;
  *status = RUNNER_MISSING;
  if (!check_elements (rules, section, recipe, error))
    return FALSE;
  *status = RUNNER_USAGE;
  return TRUE;
}

/* A name alone is a credential of systemd's, else a file beside the rules. */
static void
resolve (const Rules *rules, RuleUser *user)
{
  const char *credentials = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *beside = g_path_get_dirname (rules->file);
  char *path;

  if (user->token_file == NULL || g_path_is_absolute (user->token_file))
    return;
  path = g_build_filename (credentials != NULL ? credentials : beside, user->token_file, NULL);
  g_free (user->token_file);
  user->token_file = path;
}

static gboolean
check_users (const Rules *rules, GError **error)
{
  for (guint i = 0; i < rules->users->len; i++) {
    RuleUser *user = g_ptr_array_index (rules->users, i);
    g_autofree char *section = g_strdup_printf ("user %s", user->id);
    resolve (rules, user);
    if (user->token_file != NULL && access (user->token_file, R_OK) != 0) {
      rules_set_error (error, rules, section, "token-file", "%s cannot be read", user->token_file);
      return FALSE;
    }
  }
  return TRUE;
}

Rules *
rules_load (const char *file, int *status, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (Rules) rules = NULL;
  gsize length = 0;

  *status = RUNNER_USAGE;
  if (!g_file_get_contents (file, &text, &length, error))
    return NULL;
  if (length > MAX_FILE) {
    g_set_error (error, RULES_ERROR, 0, "%s: more than %d bytes", file, MAX_FILE);
    return NULL;
  }
  rules = rules_parse (file, text, length, error);
  if (rules == NULL || !check_users (rules, error))
    return NULL;
  for (guint i = 0; i < rules->rules->len; i++)
    if (!check_rule (rules, g_ptr_array_index (rules->rules, i), status, error))
      return NULL;
  *status = RUNNER_OK;
  return g_steal_pointer (&rules);
}
