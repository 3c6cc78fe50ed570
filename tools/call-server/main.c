/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* gst-call-server: serve, or print a token. */

#include "tools/call-server/options.h"
#include "tools/call-server/server.h"
#include "tools/call-server/token-rules.h"

#include <locale.h>
#include <stdio.h>

enum
{
  EXIT_OK = 0,
  EXIT_CANNOT_RUN = 1,
  EXIT_USAGE = 2
};

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer debug)
{
  if (level > G_LOG_LEVEL_MESSAGE && !GPOINTER_TO_INT (debug))
    return G_LOG_WRITER_HANDLED;
  g_autofree char *line = g_log_writer_format_fields (level, fields, n_fields, FALSE);
  fprintf (stderr, "%s\n", line);
  return G_LOG_WRITER_HANDLED;
}

static int
print_token (const Options *options)
{
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (TokenRules) rules = token_rules_from_options (options, &error);
  g_autofree char *token =
      rules != NULL ? token_new (rules, options->user, options->name, now, options->ttl, &error) : NULL;
  if (token == NULL) {
    fprintf (stderr, "gst-call-server: %s\n", error->message);
    return EXIT_CANNOT_RUN;
  }
  printf ("%s\n", token);
  return fflush (stdout) == 0 ? EXIT_OK : EXIT_CANNOT_RUN;
}

static int
run (const Options *options)
{
  if (options->version) {
    printf ("gst-call-server %s\n", VERSION);
    return EXIT_OK;
  }
  return options->command == OPTIONS_COMMAND_TOKEN ? print_token (options) : server_run (options);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Options options;
  setlocale (LC_ALL, "");
  if (!options_parse (&options, &argc, &argv, &error)) {
    fprintf (stderr, "gst-call-server: %s\n", error->message);
    options_clear (&options);
    return g_error_matches (error, OPTIONS_ERROR, OPTIONS_ERROR_SECRET) ? EXIT_CANNOT_RUN : EXIT_USAGE;
  }
  g_log_set_writer_func (write_log, GINT_TO_POINTER (options.debug), NULL);
  int code = run (&options);
  options_clear (&options);
  return code;
}
