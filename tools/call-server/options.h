/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The command line and the environment; the command line wins. */

typedef enum
{
  OPTIONS_COMMAND_SERVE,
  OPTIONS_COMMAND_TOKEN
} OptionsCommand;

typedef struct
{
  OptionsCommand command;
  gboolean version;
  GBytes *secret; /* for the tokens */

  /* serve */
  char *listen;
  char *database;
  double ring_timeout, grace_timeout;  /* seconds */
  double ping_interval, ping_timeout;  /* seconds */
  char **stun_servers, **turn_servers; /* NULL-terminated, or NULL */
  GBytes *turn_secret;
  double turn_ttl;
  char **origins;
  gint event_limit; /* events a second and socket */
  gboolean dev;
  gboolean debug;

  /* token */
  char *user, *name;
  gint ttl;
} Options;

#define OPTIONS_ERROR (options_error_quark ())
GQuark options_error_quark (void);
typedef enum
{
  OPTIONS_ERROR_USAGE,
  OPTIONS_ERROR_SECRET
} OptionsError;

/* `--help` prints and exits. FALSE: @error says what is wrong, in one line. */
gboolean options_parse (Options *options, int *argc, char ***argv, GError **error);
void options_clear (Options *options);

G_END_DECLS
