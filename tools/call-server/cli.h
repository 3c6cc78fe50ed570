/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/options.h"

G_BEGIN_DECLS

/* The subcommands, each in its cli-*.c, and known by its row in cli.c. */

enum
{
  CLI_OK = 0,
  CLI_CANNOT_RUN = 1,
  CLI_USAGE = 2
};

typedef struct
{
  const char *name;
  const char *summary;         /* one sentence, without the full stop */
  const char *description;     /* below the options in --help, or NULL */
  const char *arguments;       /* what stands after the options, as "FILE"; NULL: nothing does */
  const char *const *settings; /* the settings that it knows, NULL-terminated; NULL: all */
  const GOptionEntry *entries; /* options of its own, which point to variables of its file */
  /* @argv: its arguments, NULL-terminated. @problems: what is wrong with the settings it knows; who has no use for a
   * broken configuration returns cli_fail (@problems). The exit code. */
  int (*run) (Options *options, char **argv, GPtrArray *problems);
} Command;

extern const Command cli_serve, cli_token, cli_calls, cli_users, cli_stats, cli_backup, cli_restore;

int cli_main (int argc, char **argv);
/* Prints the first of @problems (element-type GError), which there must be. Its exit code. */
int cli_fail (GPtrArray *problems);
int cli_fail_usage (const char *text);

G_END_DECLS
