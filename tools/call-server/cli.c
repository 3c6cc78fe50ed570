/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/cli.h"

#include <stdio.h>

/* The first is what runs when none is named. */
static const Command *const commands[] = {
    &cli_serve, &cli_token, &cli_calls, &cli_users, &cli_stats, &cli_backup, &cli_restore};

int
cli_fail (GPtrArray *problems)
{
  const GError *error = g_ptr_array_index (problems, 0);
  fprintf (stderr, "gst-call-server: %s\n", error->message);
  return g_error_matches (error, OPTIONS_ERROR, OPTIONS_ERROR_SECRET) ? CLI_CANNOT_RUN : CLI_USAGE;
}

int
cli_fail_usage (const char *text)
{
  fprintf (stderr, "gst-call-server: %s\n", text);
  return CLI_USAGE;
}

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (commands[i]->name, name))
      return commands[i];
  }
  return NULL;
}

static int
fail_unknown (const char *name)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", commands[i]->name);
  fprintf (stderr, "gst-call-server: unknown command '%s': there are %s\n", name, names->str);
  return CLI_USAGE;
}

static char *
list_commands (void)
{
  g_autoptr (GString) text = g_string_new ("Commands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-10s%s\n", commands[i]->name, commands[i]->summary);
  g_string_append (text, "`gst-call-server COMMAND --help` tells more.");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GOptionContext *
new_context (const Command *command)
{
  gboolean first = command == commands[0];
  g_autofree char *parameters = g_strdup_printf (first ? "[%s]%s%s" : "%s%s%s", command->name,
      command->arguments != NULL ? " " : "", command->arguments != NULL ? command->arguments : "");
  g_autofree char *list = first ? list_commands () : NULL;
  g_autofree char *summary =
      first ? g_strdup_printf ("%s.\n\n%s", command->summary, list) : g_strdup_printf ("%s.", command->summary);
  GOptionContext *context = g_option_context_new (parameters);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, command->description);
  return context;
}

static int
run (const Command *command, Options *options, int argc, char **argv)
{
  g_autoptr (GOptionContext) context = new_context (command);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  options_read (options, context, command->settings, command->entries, &argc, &argv, problems);
  if (problems->len == 0 && command->arguments == NULL && argc > 1) {
    fprintf (stderr, "gst-call-server: unexpected argument '%s'\n", argv[1]);
    return CLI_USAGE;
  }
  return command->run (options, argv + 1, problems);
}

int
cli_main (int argc, char **argv)
{
  const char *word = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
  const Command *command = word != NULL ? find_command (word) : commands[0];
  if (command == NULL)
    return fail_unknown (word);
  if (word != NULL) { /* the command's name goes, the program's stays */
    argv[1] = argv[0];
    argv++, argc--;
  }
  Options options = {0};
  int code = run (command, &options, argc, argv);
  options_clear (&options);
  return code;
}
