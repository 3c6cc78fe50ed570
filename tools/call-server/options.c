/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/options.h"

#include "tools/call-server/token.h"

#include <string.h>

G_DEFINE_QUARK (gst - call - server - options - error - quark, options_error)

static char *secret_file;
static char *turn_secret_file;

static gboolean
usage_error (GError **error, const char *text)
{
  g_set_error_literal (error, OPTIONS_ERROR, OPTIONS_ERROR_USAGE, text);
  return FALSE;
}

static gboolean
load_secret (const char *path, GBytes **secret, GError **error)
{
  g_autoptr (GError) reason = NULL;
  *secret = token_secret_load (path, &reason);
  if (*secret != NULL)
    return TRUE;
  g_set_error (error, OPTIONS_ERROR, OPTIONS_ERROR_SECRET, "cannot read the secret: %s", reason->message);
  return FALSE;
}

/* The flag, the environment, or with --dev one of our own that nobody is told. */
static gboolean
take_secret (Options *options, GError **error)
{
  const char *environment = g_getenv ("JWT_SECRET");
  if (secret_file != NULL) {
    if (!load_secret (secret_file, &options->secret, error))
      return FALSE;
  } else if (environment != NULL && *environment != '\0')
    options->secret = g_bytes_new (environment, strlen (environment));
  else if (options->dev)
    options->secret = token_secret_random ();
  else
    return usage_error (error, "no JWT secret: give --jwt-secret-file, JWT_SECRET, or --dev to try things out");
  g_autoptr (GError) reason = NULL;
  if (token_secret_check (options->secret, &reason))
    return TRUE;
  g_set_error_literal (error, OPTIONS_ERROR, OPTIONS_ERROR_SECRET, reason->message);
  return FALSE;
}

static gboolean
take_listen (Options *options, GError **error)
{
  const char *port = g_getenv ("PORT");
  guint64 number = 0;
  if (options->listen != NULL)
    return TRUE;
  if (port != NULL && *port != '\0' && !g_ascii_string_to_unsigned (port, 10, 0, 65535, &number, NULL))
    return usage_error (error, "PORT is not a port number");
  options->listen = g_strdup_printf ("127.0.0.1:%s", port != NULL && *port != '\0' ? port : "8080");
  return TRUE;
}

static gboolean
check_serve (Options *options, GError **error)
{
  if (!(options->ring_timeout > 0 && options->ring_timeout <= 3600))
    return usage_error (error, "--ring-timeout must be more than 0 and at most 3600 seconds");
  if (!(options->grace_timeout >= 0 && options->grace_timeout <= 3600))
    return usage_error (error, "--grace-timeout must be 0 to 3600 seconds");
  if (!(options->ping_interval >= 0.1 && options->ping_interval <= 3600))
    return usage_error (error, "--ping-interval must be 0.1 to 3600 seconds");
  if (!(options->ping_timeout >= 0.1 && options->ping_timeout <= 3600))
    return usage_error (error, "--ping-timeout must be 0.1 to 3600 seconds");
  if (options->event_limit < 0)
    return usage_error (error, "--event-limit must not be negative");
  if (!(options->turn_ttl >= 60 && options->turn_ttl <= 7 * 86400))
    return usage_error (error, "--turn-ttl must be 60 to 604800 seconds");
  if (options->turn_servers != NULL && turn_secret_file == NULL)
    return usage_error (error, "--turn-server needs --turn-secret-file");
  if (turn_secret_file != NULL && !load_secret (turn_secret_file, &options->turn_secret, error))
    return FALSE;
  if (options->turn_secret != NULL && g_bytes_get_size (options->turn_secret) == 0)
    return usage_error (error, "the TURN secret is empty");
  if (options->database == NULL)
    options->database = g_strdup (options->dev ? ":memory:" : "calls.db");
  return take_listen (options, error);
}

static gboolean
check_token (Options *options, GError **error)
{
  if (options->user == NULL)
    return usage_error (error, "token needs --user");
  if (!token_user_id_is_valid (options->user))
    return usage_error (error, "--user must be 1 to 128 bytes of printable UTF-8");
  if (options->ttl <= 0)
    return usage_error (error, "--ttl must be more than 0 seconds");
  return TRUE;
}

static gboolean
parse_serve (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
      {"listen", 'l', 0, G_OPTION_ARG_STRING, &options->listen,
          "Address to listen on; port 0 takes a free one (default 127.0.0.1:8080; environment PORT for the port)",
          "HOST:PORT"},
      {"database", 'd', 0, G_OPTION_ARG_FILENAME, &options->database,
          "SQLite database (default calls.db; with --dev one in memory)", "FILE"},
      {"jwt-secret-file", 's', 0, G_OPTION_ARG_FILENAME, &secret_file,
          "File with the secret of the tokens, at least 32 bytes (environment: JWT_SECRET)", "FILE"},
      {"ring-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &options->ring_timeout,
          "Seconds a call rings before it is missed (default 30)", "SECONDS"},
      {"grace-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &options->grace_timeout,
          "Seconds a participant may be gone before its call ends (default 15)", "SECONDS"},
      {"ping-interval", 0, 0, G_OPTION_ARG_DOUBLE, &options->ping_interval,
          "Seconds between two checks that a socket still is there (default 25)", "SECONDS"},
      {"ping-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &options->ping_timeout,
          "Seconds a socket has to answer such a check (default 20)", "SECONDS"},
      {"stun-server", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->stun_servers,
          "STUN server told to clients; may be repeated", "stun:HOST:PORT"},
      {"turn-server", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->turn_servers,
          "TURN server told to clients; may be repeated", "turn:HOST:PORT"},
      {"turn-secret-file", 0, 0, G_OPTION_ARG_FILENAME, &turn_secret_file,
          "File with the secret shared with the TURN servers (coturn: use-auth-secret)", "FILE"},
      {"turn-ttl", 0, 0, G_OPTION_ARG_DOUBLE, &options->turn_ttl,
          "Seconds a TURN credential is good for (default 86400)", "SECONDS"},
      {"origin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->origins,
          "Web origin that may use the server, or * for all; may be repeated (default: the server's own)", "ORIGIN"},
      {"event-limit", 0, 0, G_OPTION_ARG_INT, &options->event_limit,
          "Events a second that a socket may send before it is closed, 0 for no limit (default 200)", "N"},
      {"dev", 0, 0, G_OPTION_ARG_NONE, &options->dev,
          "Try things out: own secret, users alice, bob and carol, whose tokens are printed as NAME=TOKEN lines", NULL},
      {"debug", 0, 0, G_OPTION_ARG_NONE, &options->debug, "Log each request and event to stderr", NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit", NULL}, {NULL}};
  g_autoptr (GOptionContext) context = g_option_context_new ("[serve] - the call server");
  g_option_context_set_summary (context,
      "Keeps call records, rings users, and passes signals between the participants of a call.\n"
      "`gst-call-server token --help` tells how to make a token for a user.");
  g_option_context_set_description (context,
      "Listening, it prints one line: gst-call-server listening on http://HOST:PORT\n"
      "SIGTERM and SIGINT end it in good order. Exit codes: 0 ended, 1 cannot run, 2 wrong usage.");
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

static gboolean
parse_token (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
      {"jwt-secret-file", 's', 0, G_OPTION_ARG_FILENAME, &secret_file,
          "File with the server's secret, at least 32 bytes (environment: JWT_SECRET)", "FILE"},
      {"user", 'u', 0, G_OPTION_ARG_STRING, &options->user, "User id", "ID"},
      {"name", 'n', 0, G_OPTION_ARG_STRING, &options->name, "Full name", "NAME"},
      {"ttl", 't', 0, G_OPTION_ARG_INT, &options->ttl, "Seconds until it expires (default 3600)", "SECONDS"}, {NULL}};
  g_autoptr (GOptionContext) context = g_option_context_new ("- print a token that the server takes");
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

/* Takes the command's name out of @argv. */
static gboolean
take_command (Options *options, int *argc, char ***argv, GError **error)
{
  const char *word = *argc > 1 && (*argv)[1][0] != '-' ? (*argv)[1] : NULL;
  if (word == NULL)
    return TRUE;
  if (g_str_equal (word, "token"))
    options->command = OPTIONS_COMMAND_TOKEN;
  else if (!g_str_equal (word, "serve")) {
    g_set_error (error, OPTIONS_ERROR, OPTIONS_ERROR_USAGE, "unknown command '%s': there are serve and token", word);
    return FALSE;
  }
  for (int i = 1; i < *argc; i++)
    (*argv)[i] = (*argv)[i + 1];
  (*argc)--;
  return TRUE;
}

gboolean
options_parse (Options *options, int *argc, char ***argv, GError **error)
{
  *options = (Options){.ring_timeout = 30,
      .grace_timeout = 15,
      .ping_interval = 25,
      .ping_timeout = 20,
      .turn_ttl = 86400,
      .event_limit = 200,
      .ttl = 3600};
  if (!take_command (options, argc, argv, error))
    return FALSE;
  gboolean token = options->command == OPTIONS_COMMAND_TOKEN;
  if (!(token ? parse_token (options, argc, argv, error) : parse_serve (options, argc, argv, error)))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, OPTIONS_ERROR, OPTIONS_ERROR_USAGE, "unexpected argument '%s'", (*argv)[1]);
    return FALSE;
  }
  if (options->version)
    return TRUE;
  return (token ? check_token (options, error) : check_serve (options, error)) && take_secret (options, error);
}

void
options_clear (Options *options)
{
  g_clear_pointer (&options->secret, g_bytes_unref);
  g_clear_pointer (&options->turn_secret, g_bytes_unref);
  g_free (options->listen);
  g_free (options->database);
  g_free (options->user);
  g_free (options->name);
  g_strfreev (options->stun_servers);
  g_strfreev (options->turn_servers);
  g_strfreev (options->origins);
  g_clear_pointer (&secret_file, g_free);
  g_clear_pointer (&turn_secret_file, g_free);
}
