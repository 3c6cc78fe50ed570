/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The command `serve`: options, log, then the worker. */

#include "serve.h"

#include <gst/gst.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "job-log.h"
#include "rules-check.h"
#include "runner.h"
#include "worker.h"

#define MAX_NAME 64

typedef struct
{
  WorkerOptions worker;
  gboolean check;
  gboolean verbose;
} ServeOptions;

static gboolean verbose; /* the log's, which has no other way to know */

/* One line each on standard error; the journal adds the time. Nothing that looks like a token gets out. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  g_autofree char *text = NULL;

  if ((level & (G_LOG_LEVEL_DEBUG | (verbose ? 0 : G_LOG_LEVEL_INFO))) != 0)
    return G_LOG_WRITER_HANDLED;
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      text = job_log_redact (fields[i].value, NULL);
  fprintf (stderr, "gst-call-pipeline: %s\n", text != NULL ? text : "");
  return G_LOG_WRITER_HANDLED;
}

static gboolean
parse (int *argc, char ***argv, ServeOptions *options, GError **error)
{
  WorkerOptions *worker = &options->worker;
  const GOptionEntry entries[] = {
      {"rules", 0, 0, G_OPTION_ARG_FILENAME, &worker->rules, "Which calls to answer, and how", "FILE"},
      {"check", 0, 0, G_OPTION_ARG_NONE, &options->check, "Only check the rules", NULL},
      {"token-file", 0, 0, G_OPTION_ARG_FILENAME, &worker->token_file, "A token, of users without one of their own",
          "FILE"},
      {"state-dir", 0, 0, G_OPTION_ARG_FILENAME, &worker->state_dir, "Shared by the workers of one machine", "FOLDER"},
      {"listen", 0, 0, G_OPTION_ARG_STRING, &worker->listen, "The control API's address, or none", "HOST:PORT"},
      {"control-token-file", 0, 0, G_OPTION_ARG_FILENAME, &worker->control_token, "What it asks for", "FILE"},
      {"name", 0, 0, G_OPTION_ARG_STRING, &worker->name, "Of this worker", "NAME"},
      {"cgroup", 0, 0, G_OPTION_ARG_FILENAME, &worker->cgroup, "To divide among jobs: a folder, auto or none",
          "FOLDER"},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Say what goes well, too", NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Answers calls with recipes, by rule, each in a process of its own.");
  g_option_context_set_description (context,
      "SIGHUP reads the rules again; SIGTERM lets what runs end. See docs/workers.md.\n"
      "Exit status: 0 ended by a signal, 1 failed, 2 wrong usage or rules, 77 an element is missing.");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  return g_option_context_parse (context, argc, argv, error);
}

/* It is a part of job ids, which are a part of paths of the control API and names of cgroups. */
static gboolean
is_name (const char *name)
{
  return name[0] != '\0' && strlen (name) <= MAX_NAME && !g_str_has_prefix (name, ".")
         && name[strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] == '\0';
}

static int
complain (int status, const char *text)
{
  g_printerr ("gst-call-pipeline: %s\n", text);
  return status;
}

static void
say_rules (const Rules *rules)
{
  g_print ("%s: %u rules, %u users, up to %" G_GUINT64_FORMAT " jobs: well\n", rules->file, rules->rules->len,
      rules->users->len, rules->max_jobs);
}

int
serve_main (int argc, char **argv)
{
  ServeOptions options = {.worker = {.listen = "127.0.0.1:8090", .cgroup = "auto"}};
  g_autoptr (GError) error = NULL;
  Rules *rules;
  int status;

  if (!parse (&argc, &argv, &options, &error))
    return complain (RUNNER_USAGE, error->message);
  if (options.worker.rules == NULL || argc > 1)
    return complain (RUNNER_USAGE, argc > 1 ? "serve takes no arguments, only options" : "--rules FILE is needed");
  if (options.worker.name != NULL && !is_name (options.worker.name))
    return complain (RUNNER_USAGE, "--name takes up to 64 letters, digits, -, _ and ., which is not the first");
  rules = rules_load (options.worker.rules, &status, &error);
  if (rules == NULL)
    return complain (status, error->message);
  if (options.check) {
    say_rules (rules);
    rules_free (rules);
    return RUNNER_OK;
  }
  verbose = options.verbose;
  g_log_set_writer_func (write_log, NULL, NULL);
  signal (SIGPIPE, SIG_IGN);
  return worker_run (&options.worker, rules);
}
