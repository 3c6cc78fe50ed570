/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/check.h"

#include "tools/call-server/token-rules.h"
#include "tools/call-server/transport.h"

#include <errno.h>
#include <unistd.h>

static void
add (GPtrArray *problems, const char *setting, const char *value, const char *reason)
{
  g_ptr_array_add (problems, g_error_new (OPTIONS_ERROR, OPTIONS_ERROR_USAGE, "%s: '%s': %s", setting, value, reason));
}

/* SQLite writes beside the file too: its folder has to be writable. */
static void
check_database (const char *path, GPtrArray *problems)
{
  g_autofree char *folder = g_path_get_dirname (path);
  if (g_str_equal (path, ":memory:"))
    return;
  if (access (folder, W_OK | X_OK) != 0)
    add (problems, "database", folder, g_strerror (errno));
  else if (access (path, F_OK) == 0 && access (path, R_OK | W_OK) != 0)
    add (problems, "database", path, g_strerror (errno));
}

static void
take (GPtrArray *problems, const char *setting, const char *value, GError *error)
{
  if (error != NULL)
    add (problems, setting, value, error->message);
  g_clear_error (&error);
}

static void
check_list (char *const *values, const char *setting, gboolean (*check) (const char *, GError **), GPtrArray *problems)
{
  for (; values != NULL && *values != NULL; values++) {
    GError *error = NULL;
    check (*values, &error);
    take (problems, setting, *values, error);
  }
}

static gboolean
check_listen (const char *address, GError **error)
{
  return g_str_equal (address, "systemd") || transport_check_listen (address, error);
}

static void
check_keys (const Options *options, GPtrArray *problems)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TokenRules) rules = token_rules_from_options (options, &error);
  if (rules == NULL)
    g_ptr_array_add (problems, g_error_new_literal (OPTIONS_ERROR, OPTIONS_ERROR_SECRET, error->message));
}

void
check_surroundings (const Options *options, GPtrArray *problems)
{
  GError *error = NULL;
  check_database (options->database, problems);
  check_keys (options, problems);
  check_list (options->listen, "listen", check_listen, problems);
  if (options->tls_certificate != NULL && options->tls_key != NULL)
    transport_check_tls (options->tls_certificate, options->tls_key, &error);
  take (problems, "tls-certificate", options->tls_certificate, error);
}
