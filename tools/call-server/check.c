/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/check.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
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
check_listen (const char *address, GPtrArray *problems)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse (address, 0, &error);
  if (connectable == NULL)
    add (problems, "listen", address, error->message);
  else if (strrchr (address, ':') == NULL || g_str_has_suffix (address, "]"))
    add (problems, "listen", address, "there is no port");
}

void
check_surroundings (const Options *options, GPtrArray *problems)
{
  check_database (options->database, problems);
  for (guint i = 0; options->listen[i] != NULL; i++)
    check_listen (options->listen[i], problems);
}
