/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* gst-call-pipeline run|show|list|serve: see its manual page. */

#include <gst/gst.h>
#include <stdio.h>
#include <string.h>

#include "elements.h"
#include "library.h"
#include "runner.h"
#include "serve.h"

typedef struct
{
  gboolean json, verbose;
  char *timeout;
  gboolean version;
  char **words; /* what is no option */
} Arguments;

typedef int (*CommandFunc) (const Arguments *arguments);

static int
usage_error (const char *message)
{
  g_printerr ("gst-call-pipeline: %s\n", message);
  return RUNNER_USAGE;
}

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->timeout);
  g_strfreev (arguments->words);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* What the environment has for the variables of the recipe. */
static void
add_environment (const Recipe *recipe, GHashTable *values)
{
  for (guint i = 0; i < recipe->variables->len; i++) {
    const RecipeVariable *variable = g_ptr_array_index (recipe->variables, i);
    g_autofree char *name = recipe_variable_environment (variable->name);
    const char *value = g_getenv (name);
    if (value != NULL)
      g_hash_table_insert (values, g_strdup (variable->name), g_strdup (value));
  }
}

/* The key=value words from @words on. */
static GHashTable *
collect_values (const Recipe *recipe, char **words, GError **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  add_environment (recipe, values);
  for (guint i = 0; words[i] != NULL; i++) {
    const char *equals = strchr (words[i], '=');
    if (equals == NULL || equals == words[i]) {
      g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_UNKNOWN, "'%s' is not name=value", words[i]);
      return NULL;
    }
    g_hash_table_insert (values, g_strndup (words[i], equals - words[i]), g_strdup (equals + 1));
  }
  return g_steal_pointer (&values);
}

static char *
join (const GPtrArray *texts, const char *separator)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? separator : "", (char *) g_ptr_array_index (texts, i));
  return g_string_free (all, FALSE);
}

static int
command_list (const Arguments *arguments)
{
  g_autoptr (GPtrArray) names = library_list ();
  int status = RUNNER_OK;

  if (arguments->words[1] != NULL)
    return usage_error ("list takes no arguments");
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (Recipe) recipe = library_load (name, &error);
    g_autoptr (GPtrArray) missing = NULL;
    g_autofree char *lacks = NULL;
    if (recipe == NULL) {
      g_printerr ("%s\n", error->message);
      status = RUNNER_FAILED;
      continue;
    }
    missing = elements_missing (recipe);
    lacks = join (missing, " ");
    g_print ("%-20s  %s%s%s%s\n", name, recipe->what, missing->len > 0 ? "  [missing: " : "", lacks,
        missing->len > 0 ? "]" : "");
  }
  return status;
}

static void
print_variables (const Recipe *recipe)
{
  for (guint i = 0; i < recipe->variables->len; i++) {
    const RecipeVariable *variable = g_ptr_array_index (recipe->variables, i);
    g_autofree char *name = g_strdup_printf (
        "%s%s%s", variable->name, variable->value != NULL ? "=" : "", variable->value != NULL ? variable->value : "");
    g_print ("# var:     %-28s %s%s\n", name, variable->description, variable->value != NULL ? "" : " (required)");
  }
}

/* The recipe that is named, and the values for it; NULL after saying why. */
static Recipe *
load (const Arguments *arguments, GHashTable **values)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Recipe) recipe = NULL;

  if (arguments->words[1] == NULL) {
    usage_error ("which recipe? (see gst-call-pipeline list)");
    return NULL;
  }
  recipe = library_load (arguments->words[1], &error);
  if (recipe != NULL)
    *values = collect_values (recipe, arguments->words + 2, &error);
  if (error != NULL) {
    usage_error (error->message);
    return NULL;
  }
  return g_steal_pointer (&recipe);
}

static void
print_header (const Recipe *recipe)
{
  g_autofree char *needs = join (recipe->needs, " ");

  g_print ("# %s: %s\n# needs:   %s\n", recipe->name, recipe->what, needs);
  print_variables (recipe);
  g_print ("# expect:  %s%s%s%s\n", recipe_end_to_string (recipe->expect),
      recipe->expect_connected ? ", connected" : "", recipe->expect_file != NULL ? ", file " : "",
      recipe->expect_file != NULL ? recipe->expect_file : "");
  if (recipe->timeout != NULL)
    g_print ("# timeout: %s\n", recipe->timeout);
  if (recipe->stdout_media)
    g_print ("# stdout:  media\n");
  if (recipe->instances != NULL)
    g_print ("# instances: %s\n", recipe->instances);
}

/* @branches, @reactions: as they stand in the recipe, or expanded. */
static void
print_reactions (const GPtrArray *branches, const GPtrArray *reactions)
{
  for (guint i = 0; i < branches->len; i++) {
    const RecipeBranch *branch = g_ptr_array_index (branches, i);
    g_print ("# branch:  %s  %s\n", branch->name, branch->line);
  }
  for (guint i = 0; i < reactions->len; i++) {
    g_autofree char *text = reaction_to_string (g_ptr_array_index (reactions, i));
    g_print ("# on:      %s\n", text);
  }
  if (reactions->len > 0)
    g_print ("# gst-launch-1.0 runs the line, but has no reactions: gst-call-pipeline run does.\n");
}

static int
command_show (const Arguments *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) values = NULL;
  g_autoptr (Recipe) recipe = load (arguments, &values);
  g_auto (RunnerJob) job = {0};
  g_autofree char *shell = NULL;

  if (recipe == NULL)
    return RUNNER_USAGE;
  print_header (recipe);
  if (!runner_job_init (&job, recipe, values, &error)) {
    if (!g_error_matches (error, RECIPE_ERROR, RECIPE_ERROR_MISSING))
      return usage_error (error->message);
    /* Without its values a recipe can still be read. */
    print_reactions (recipe->branches, recipe->reactions);
    g_print ("%s\n", recipe->line);
    return RUNNER_OK;
  }
  print_reactions (job.branches, job.reactions);
  shell = recipe_line_to_shell (job.line);
  g_print ("gst-launch-1.0 %s-e %s\n", recipe->stdout_media ? "-q " : "", shell);
  return RUNNER_OK;
}

static int
command_run (const Arguments *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) values = NULL;
  g_autoptr (Recipe) recipe = load (arguments, &values);
  g_auto (RunnerJob) job = {.json = arguments->json, .verbose = arguments->verbose};

  if (recipe == NULL)
    return RUNNER_USAGE;
  if (!runner_job_init (&job, recipe, values, &error))
    return usage_error (error->message);
  if (arguments->timeout != NULL && !recipe_parse_timeout (arguments->timeout, &job.timeout_s))
    return usage_error ("--timeout takes 30s, 2m or none (at most 24h)");
  return runner_run (&job);
}

static const struct
{
  const char *name;
  CommandFunc func;
} commands[] = {
    {"run", command_run},
    {"show", command_show},
    {"list", command_list},
};

static gboolean
parse_arguments (int *argc, char ***argv, Arguments *arguments, GError **error)
{
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &arguments->json, "Say events as JSON, one object a line", NULL},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &arguments->verbose, "Say how caps change", NULL},
      {"timeout", 0, 0, G_OPTION_ARG_STRING, &arguments->timeout, "Instead of the recipe's: 30s, 2m, none", "TIME"},
      {"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version, "Print the version", NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments->words, NULL, NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("run NAME [VARIABLE=VALUE...] | show NAME [...] | list | serve --rules FILE");

  g_option_context_set_summary (context, "Runs media pipelines for calls from recipes (pipelines/NAME.launch).");
  g_option_context_set_description (context,
      "Variables: from the command line, else GSTCALL_<NAME> of the environment, else the recipe's default.\n"
      "Exit status: 0 as expected, 1 failed, 2 wrong usage, 77 an element is missing, 124 time up, 130 interrupted "
      "twice.");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  return g_option_context_parse (context, argc, argv, error);
}

/* As it is: g_print() makes question marks of what the locale has not, and values, paths and JSON are UTF-8. */
static void
print_unchanged (const char *text)
{
  fputs (text, stdout);
}

int
main (int argc, char **argv)
{
  g_auto (Arguments) arguments = {0};
  g_autoptr (GError) error = NULL;

  setvbuf (stdout, NULL, _IOLBF, 0);
  g_set_prgname ("gst-call-pipeline");
  g_set_print_handler (print_unchanged);
#ifdef HAVE_WORKER
  if (argc > 1 && g_str_equal (argv[1], "serve")) /* which has options of its own */
    return serve_main (argc - 1, argv + 1);
#else
  if (argc > 1 && g_str_equal (argv[1], "serve"))
    return usage_error ("serve is not in this build: it needs libmicrohttpd and the plugin call (see meson setup)");
#endif
  if (!parse_arguments (&argc, &argv, &arguments, &error))
    return usage_error (error->message);
  if (arguments.version) {
    g_print ("gst-call-pipeline %s\n", VERSION);
    return RUNNER_OK;
  }
  for (guint i = 0; arguments.words != NULL && i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (arguments.words[0], commands[i].name))
      return commands[i].func (&arguments);
  }
  return usage_error ("run, show, list or serve? (see --help)");
}
