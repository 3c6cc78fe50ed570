/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* backup, restore: the database, to a file and back. */

#include "tools/call-server/cli.h"

#include "tools/call-server/backup.h"

#include <stdio.h>

static const char *
database_of (const Options *options)
{
  return options->database != NULL ? options->database : "calls.db";
}

static int
say_failed (const GError *error)
{
  fprintf (stderr, "gst-call-server: %s\n", error->message);
  return CLI_CANNOT_RUN;
}

static int
run_backup (Options *options, char **argv, GPtrArray *problems)
{
  g_autoptr (GError) error = NULL;
  if (problems->len > 0)
    return cli_fail (problems);
  if (argv[0] == NULL || argv[1] != NULL)
    return cli_fail_usage ("backup takes one FILE");
  return backup_make (database_of (options), argv[0], &error) ? CLI_OK : say_failed (error);
}

static int
run_restore (Options *options, char **argv, GPtrArray *problems)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *aside = NULL;
  if (problems->len > 0)
    return cli_fail (problems);
  if (argv[0] == NULL || argv[1] != NULL)
    return cli_fail_usage ("restore takes one FILE");
  if (!backup_restore (database_of (options), argv[0], &aside, &error))
    return say_failed (error);
  if (aside != NULL)
    printf ("what was there is kept as %s\n", aside);
  return CLI_OK;
}

static const char *const settings[] = {"database", NULL};
static const GOptionEntry entries[] = {{NULL}};

const Command cli_backup = {
    .name = "backup",
    .summary = "Copy the database to FILE, while the server runs",
    .description =
        "The copy is checked before it takes the place of FILE. Exit codes: 0 made, 1 not made, 2 wrong usage.",
    .arguments = "FILE",
    .settings = settings,
    .entries = entries,
    .run = run_backup,
};

const Command cli_restore = {
    .name = "restore",
    .summary = "Put the backup FILE in the place of the database, while the server is stopped",
    .description = "What was there is kept beside it. Exit codes: 0 done, 1 not done, 2 wrong usage.",
    .arguments = "FILE",
    .settings = settings,
    .entries = entries,
    .run = run_restore,
};
