/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* serve: the server itself, or what it would run with. */

#include "tools/call-server/cli.h"

#include "tools/call-server/check.h"
#include "tools/call-server/log.h"
#include "tools/call-server/server.h"
#include "tools/call-server/token.h"

#include <stdio.h>

static gboolean check_config, print_config, version;

/* What depends on other settings. */
static void
complete (Options *options)
{
  if (options->database == NULL)
    options->database = g_strdup (options->dev ? ":memory:" : "calls.db");
  if (options->listen == NULL || options->listen[0] == NULL) {
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    g_autofree char *address = g_strdup_printf ("127.0.0.1:%d", options->port);
    g_strv_builder_add (builder, address);
    g_strfreev (options->listen);
    options->listen = g_strv_builder_end (builder);
  }
}

static int
say_checked (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    fprintf (stderr, "gst-call-server: %s\n", ((const GError *) g_ptr_array_index (problems, i))->message);
  if (problems->len == 0)
    printf ("configuration ok\n");
  return problems->len == 0 ? CLI_OK : CLI_USAGE;
}

static int
run (Options *options, char **argv, GPtrArray *problems)
{
  if (version) {
    printf ("gst-call-server %s\n", VERSION);
    return CLI_OK;
  }
  if (print_config && problems->len == 0) {
    options_print (options);
    return CLI_OK;
  }
  options_check (options, problems);
  complete (options);
  if (check_config) {
    check_surroundings (options, problems);
    return say_checked (problems);
  }
  if (problems->len > 0)
    return cli_fail (problems);
  if (options->jwt_secret == NULL && options->dev) /* with dev: one of our own that nobody is told */
    options->jwt_secret = token_secret_random ();
  log_open (options->debug ? MAX (options->log_level, LOG_DEBUG) : (LogLevel) options->log_level, options->log_format);
  return server_run (options);
}

static const GOptionEntry entries[] = {
    {"check-config", 0, 0, G_OPTION_ARG_NONE, &check_config,
        "Read all settings and look at what they name, say what is wrong, and exit", NULL},
    {"print-config", 0, 0, G_OPTION_ARG_NONE, &print_config,
        "Print the effective settings but for secrets, as a configuration file, and exit", NULL},
    {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL},
    {NULL},
};

const Command cli_serve = {
    .name = "serve",
    .summary = "Keep call records, ring users, pass signals between the participants of a call",
    .description =
        "A setting is told by a flag, else by the environment (GST_CALL_SERVER_RING_TIMEOUT for --ring-timeout), else "
        "by\n"
        "the configuration file (ring-timeout=30 in the group [gst-call-server]).\n"
        "Listening, it prints one line: gst-call-server listening on http://HOST:PORT\n"
        "SIGTERM and SIGINT end it in good order. Exit codes: 0 ended, 1 cannot run, 2 wrong usage or configuration.",
    .entries = entries,
    .run = run,
};
