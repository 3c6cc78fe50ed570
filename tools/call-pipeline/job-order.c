/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What is to be run, as the command line and the environment of its process. Values of rules and of the control API go
 * by the environment: the address of a stream may be a secret, and a command line is everybody's to read. */

#include "job.h"

#include <string.h>

#include "library.h"
#include "rules-check.h"

JobOrder *
job_order_new (const char *recipe)
{
  JobOrder *order = g_new0 (JobOrder, 1);

  order->recipe = g_strdup (recipe);
  order->values = g_ptr_array_new_with_free_func (rule_value_free);
  return order;
}

void
job_order_add_value (JobOrder *order, const char *name, const char *pattern)
{
  RuleValue *value = g_new0 (RuleValue, 1);

  value->name = g_strdup (name);
  value->pattern = g_strdup (pattern);
  g_ptr_array_add (order->values, value);
}

void
job_order_free (JobOrder *order)
{
  g_free (order->rule);
  g_free (order->recipe);
  g_free (order->user);
  g_free (order->call_id);
  g_free (order->peer);
  g_free (order->call_type);
  g_free (order->timeout);
  g_ptr_array_unref (order->values);
  g_free (order);
}

static char **
add_value (char **environment, const RuleValue *value, const RuleCall *call)
{
  g_autofree char *name = recipe_variable_environment (value->name);
  g_autofree char *text = rule_pattern_fill (value->pattern, call);

  return g_environ_setenv (environment, name, text, TRUE);
}

static gboolean
is_set (const JobOrder *order, const char *name)
{
  for (guint i = 0; i < order->values->len; i++)
    if (g_str_equal (((RuleValue *) g_ptr_array_index (order->values, i))->name, name))
      return TRUE;
  return FALSE;
}

/* Those of the call, to recipes that have a variable for them and rules that say nothing else. */
static void
add_given (
    GStrvBuilder *command, const JobOrder *order, const JobContext *context, const Recipe *recipe, const RuleCall *call)
{
  for (guint i = 0; i < recipe->variables->len; i++) {
    const char *name = ((RecipeVariable *) g_ptr_array_index (recipe->variables, i))->name;
    const char *given = is_set (order, name) ? NULL : rules_given (name, context->server, call);
    g_autofree char *word = given != NULL ? g_strconcat (name, "=", given, NULL) : NULL;
    if (word != NULL)
      g_strv_builder_add (command, word);
  }
}

/* What is the worker's own is not its bots'. */
static char **
make_environment (const JobOrder *order, const JobContext *context)
{
  static const char *const mine[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID",
      "GST_CALL_ID", "GST_CALL_TAKE_UP", "GST_CALL_TOKEN"};
  char **environment = g_get_environ ();

  for (guint i = 0; i < G_N_ELEMENTS (mine); i++)
    environment = g_environ_unsetenv (environment, mine[i]);
  if (context->token != NULL)
    environment = g_environ_setenv (environment, "GST_CALL_TOKEN", context->token, TRUE);
  if (order->call_id != NULL)
    environment = g_environ_setenv (environment, "GST_CALL_ID", order->call_id, TRUE);
  if (context->answers_only)
    environment = g_environ_setenv (environment, "GST_CALL_TAKE_UP", "no", TRUE);
  return environment;
}

char **
job_order_to_command (
    const JobOrder *order, const JobContext *context, guint attempt, char ***environment, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  const RuleCall call = {order->call_id, order->peer, order->user, order->call_type, time, attempt};
  g_autoptr (Recipe) recipe = library_load (order->recipe, error);
  g_autoptr (GStrvBuilder) command = g_strv_builder_new ();

  if (recipe == NULL)
    return NULL;
  g_strv_builder_add_many (command, context->program, "run", order->recipe, "--json", NULL);
  if (order->timeout != NULL)
    g_strv_builder_add_many (command, "--timeout", order->timeout, NULL);
  add_given (command, order, context, recipe, &call);
  *environment = make_environment (order, context);
  for (guint i = 0; i < order->values->len; i++)
    *environment = add_value (*environment, g_ptr_array_index (order->values, i), &call);
  return g_strv_builder_end (command);
}
