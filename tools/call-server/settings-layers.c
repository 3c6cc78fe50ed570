/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The places that settings come from: the environment, the configuration file, the defaults. Flags are options.c's. */

#include "tools/call-server/settings.h"

#include <string.h>

#define GROUP "gst-call-server"
#define FILE_SUFFIX "-file"

void
settings_reader_init (SettingsReader *reader, Options *options, const char *const *wanted, GPtrArray *problems)
{
  *reader = (SettingsReader){options, wanted, g_hash_table_new (NULL, NULL), problems};
  for (guint i = 0; i < n_settings; i++) {
    const char *const value[] = {settings[i].fallback, NULL};
    if (value[0] != NULL && !setting_set (&settings[i], options, value, settings[i].name, NULL))
      g_error ("the default of %s is not one of its values", settings[i].name);
  }
}

void
settings_reader_clear (SettingsReader *reader)
{
  g_hash_table_unref (reader->said);
}

gboolean
settings_wants (const char *const *wanted, const Setting *setting)
{
  return wanted == NULL || g_strv_contains (wanted, setting->name);
}

static gboolean
is_open (SettingsReader *reader, const Setting *setting)
{
  return settings_wants (reader->wanted, setting) && !g_hash_table_contains (reader->said, setting);
}

void
settings_take (SettingsReader *reader, const Setting *setting, const char *const *values, const char *where)
{
  GError *error = NULL;
  g_hash_table_add (reader->said, (gpointer) setting);
  if (!setting_set (setting, reader->options, values, where, &error))
    g_ptr_array_add (reader->problems, error);
}

/* ---- the environment ---- */

/* An empty variable counts as none. */
static const char *
variable (const char *name)
{
  const char *value = name != NULL ? g_getenv (name) : NULL;
  return value != NULL && *value != '\0' ? value : NULL;
}

static void
take_secret (SettingsReader *reader, const Setting *setting, const char *name, const char *value)
{
  GError *error = NULL;
  g_autoptr (GBytes) secret = g_bytes_new (value, strlen (value));
  g_hash_table_add (reader->said, (gpointer) setting);
  if (!setting_set_secret (setting, reader->options, secret, name, &error))
    g_ptr_array_add (reader->problems, error);
}

static void
take_text (SettingsReader *reader, const Setting *setting, const char *name, const char *value)
{
  g_auto (GStrv) list = setting->type == SETTING_LIST ? g_strsplit (value, ",", -1) : NULL;
  const char *const one[] = {value, NULL};
  settings_take (reader, setting, list != NULL ? (const char *const *) list : one, name);
}

/* Its own name, then the customary one. The latter has the secret itself, not the name of a file. */
static void
take_variables (SettingsReader *reader, const Setting *setting)
{
  g_autofree char *own = setting_variable (setting);
  const char *name = own, *value = variable (own);
  gboolean is_secret = value == NULL && setting->type == SETTING_SECRET;
  if (is_secret) {
    own[strlen (own) - strlen (FILE_SUFFIX)] = '\0';
    value = variable (own);
  }
  if (value == NULL) {
    name = setting->environment;
    value = variable (name);
  }
  if (value != NULL && is_secret)
    take_secret (reader, setting, name, value);
  else if (value != NULL)
    take_text (reader, setting, name, value);
}

void
settings_take_environment (SettingsReader *reader)
{
  for (guint i = 0; i < n_settings; i++) {
    if (is_open (reader, &settings[i]))
      take_variables (reader, &settings[i]);
  }
}

/* ---- the file ---- */

static void
add_problem (SettingsReader *reader, const char *where, const char *what, const char *detail)
{
  g_ptr_array_add (reader->problems, g_error_new (OPTIONS_ERROR, OPTIONS_ERROR_USAGE, "%s: %s%s", where, what, detail));
}

/* GKeyFile does not say where it found a key. */
static guint
line_of (const char *content, const char *key)
{
  g_auto (GStrv) lines = g_strsplit (content, "\n", -1);
  guint found = 0;
  for (guint i = 0; lines[i] != NULL; i++) {
    const char *line = g_strchug (lines[i]);
    const char *rest = g_str_has_prefix (line, key) ? line + strlen (key) : NULL;
    if (rest != NULL && rest[strspn (rest, " \t")] == '=')
      found = i + 1; /* of two the last counts */
  }
  return found;
}

static void
take_key (SettingsReader *reader, GKeyFile *file, const char *key, const char *place)
{
  const Setting *setting = setting_find (key);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) values = NULL;
  g_autofree char *where = g_strdup_printf ("%s: %s", place, key);
  if (setting == NULL) {
    add_problem (reader, place, "there is no setting ", key);
    return;
  }
  if (!is_open (reader, setting))
    return;
  if (setting->type == SETTING_LIST)
    values = g_key_file_get_string_list (file, GROUP, key, NULL, &error);
  else {
    values = g_new0 (char *, 2);
    values[0] = g_key_file_get_string (file, GROUP, key, &error);
  }
  if (error != NULL)
    add_problem (reader, where, error->message, "");
  else
    settings_take (reader, setting, (const char *const *) values, where);
}

static void
take_keys (SettingsReader *reader, GKeyFile *file, const char *path, const char *content)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);
  for (guint i = 0; groups[i] != NULL; i++) {
    if (!g_str_equal (groups[i], GROUP))
      add_problem (reader, path, "settings stand in the group [" GROUP "], not in ", groups[i]);
  }
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++) {
    g_autofree char *place = g_strdup_printf ("%s:%u", path, line_of (content, keys[i]));
    take_key (reader, file, keys[i], place);
  }
}

void
settings_take_file (SettingsReader *reader, const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize size = 0;
  if (!g_file_get_contents (path, &content, &size, &error))
    add_problem (reader, "--config", error->message, "");
  else if (!g_key_file_load_from_data (file, content, size, G_KEY_FILE_NONE, &error))
    add_problem (reader, path, error->message, "");
  else
    take_keys (reader, file, path, content);
}
