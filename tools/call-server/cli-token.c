/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* token: for users of gst-call-server alone. An application makes its own. */

#include "tools/call-server/cli.h"

#include "tools/call-server/token-rules.h"

#include <stdio.h>

static char *user, *name, *private_key;
static int ttl = 3600;

/* The operator's own key, to try what the server does with its tokens. */
static TokenRules *
signing_rules (const Options *options, GError **error)
{
  g_autofree char *pem = NULL;
  gsize size = 0;
  if (private_key != NULL && !g_file_get_contents (private_key, &pem, &size, error))
    return NULL;
  g_autoptr (TokenRules) rules = token_rules_from_options (options, error);
  if (rules == NULL || private_key == NULL)
    return g_steal_pointer (&rules);
  g_autoptr (GBytes) bytes = g_bytes_new (pem, size);
  g_ptr_array_set_size (rules->keys, 0);
  if (token_rules_add_private (rules, bytes, error))
    return g_steal_pointer (&rules);
  g_prefix_error (error, "%s: ", private_key);
  return NULL;
}

static int
print_token (const Options *options)
{
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (TokenRules) rules = signing_rules (options, &error);
  g_autofree char *token = rules != NULL ? token_new (rules, user, name, now, ttl, &error) : NULL;
  if (token == NULL) {
    fprintf (stderr, "gst-call-server: %s\n", error->message);
    return CLI_CANNOT_RUN;
  }
  printf ("%s\n", token);
  return fflush (stdout) == 0 ? CLI_OK : CLI_CANNOT_RUN;
}

static int
run (Options *options, char **argv, GPtrArray *problems)
{
  if (problems->len > 0)
    return cli_fail (problems);
  if (user == NULL)
    return cli_fail_usage ("token needs --user");
  if (!token_user_id_is_valid (user))
    return cli_fail_usage ("--user must be 1 to 128 bytes of printable UTF-8");
  if (ttl <= 0)
    return cli_fail_usage ("--ttl must be more than 0 seconds");
  if (options->jwt_secret == NULL && private_key == NULL)
    return cli_fail_usage ("no JWT secret: give jwt-secret-file, JWT_SECRET in the environment, or "
                           "--jwt-private-key-file");
  int code = print_token (options);
  g_clear_pointer (&user, g_free);
  g_clear_pointer (&name, g_free);
  g_clear_pointer (&private_key, g_free);
  return code;
}

static const char *const settings[] = {"jwt-secret-file", "jwt-issuer", "jwt-audience", NULL};

static const GOptionEntry entries[] = {
    {"user", 'u', 0, G_OPTION_ARG_STRING, &user, "User id", "ID"},
    {"name", 'n', 0, G_OPTION_ARG_STRING, &name, "Full name", "NAME"},
    {"ttl", 't', 0, G_OPTION_ARG_INT, &ttl, "Seconds until it expires (default 3600)", "SECONDS"},
    {"jwt-private-key-file", 0, 0, G_OPTION_ARG_FILENAME, &private_key,
        "PEM file with a private key to sign with, instead of the secret: RSA for RS256, EC on P-256 for ES256",
        "FILE"},
    {NULL},
};

const Command cli_token = {
    .name = "token",
    .summary = "Print a token that the server takes",
    .settings = settings,
    .entries = entries,
    .run = run,
};
