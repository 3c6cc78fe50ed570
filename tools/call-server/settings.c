/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One value of any type: from text, checked against its row, and back. */

#include "tools/call-server/settings.h"

#include "tools/call-server/token.h"

#include <math.h>
#include <string.h>

#define VARIABLE_PREFIX "GST_CALL_SERVER_"

const Setting *
setting_find (const char *name)
{
  for (guint i = 0; i < n_settings; i++) {
    if (g_str_equal (settings[i].name, name))
      return &settings[i];
  }
  return NULL;
}

char *
setting_variable (const Setting *setting)
{
  g_autofree char *upper = g_ascii_strup (setting->name, -1);
  return g_strconcat (VARIABLE_PREFIX, g_strdelimit (upper, "-", '_'), NULL);
}

char *
setting_range_to_text (const Setting *setting)
{
  char low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];
  if (setting->type != SETTING_SECONDS && setting->type != SETTING_NUMBER && setting->type != SETTING_SECRET)
    return NULL;
  g_ascii_formatd (low, sizeof low, "%.10g", setting->minimum);
  g_ascii_formatd (high, sizeof high, "%.10g", setting->maximum);
  return setting->maximum >= G_MAXINT ? g_strdup_printf ("%s or more", low) : g_strdup_printf ("%s to %s", low, high);
}

/* ---- from text ---- */

static gboolean
fail (const Setting *setting, const char *where, const char *value, GError **error)
{
  static const char *const units[] = {[SETTING_SECONDS] = " seconds", [SETTING_SECRET] = " bytes"};
  g_autofree char *range = setting_range_to_text (setting);
  const char *must = setting->type == SETTING_CHOICE   ? setting->argument
                     : setting->type == SETTING_SWITCH ? "yes or no"
                                                       : range;
  const char *unit = setting->type < G_N_ELEMENTS (units) && units[setting->type] != NULL ? units[setting->type] : "";
  if (must == NULL)
    g_set_error (error, OPTIONS_ERROR, OPTIONS_ERROR_USAGE, "%s must not be empty", where);
  else
    g_set_error (error, OPTIONS_ERROR, OPTIONS_ERROR_USAGE, "%s must be %s%s, not '%s'", where, must, unit, value);
  return FALSE;
}

static gboolean
number_from_text (const Setting *setting, const char *text, double *number)
{
  char *end = NULL;
  gint64 whole;
  if (setting->type == SETTING_NUMBER) {
    *number = g_ascii_string_to_signed (text, 10, G_MININT, G_MAXINT, &whole, NULL) ? (double) whole : NAN;
  } else {
    *number = g_ascii_strtod (text, &end);
    if (end == text || *end != '\0')
      *number = NAN;
  }
  return *number >= setting->minimum && *number <= setting->maximum;
}

static gboolean
switch_from_text (const char *text, gboolean *on)
{
  static const char *const yes[] = {"yes", "true", "on", "1", NULL}, *const no[] = {"no", "false", "off", "0", NULL};
  g_autofree char *lower = g_ascii_strdown (text, -1);
  *on = g_strv_contains (yes, lower);
  return *on || g_strv_contains (no, lower);
}

static gboolean
choice_from_text (const Setting *setting, const char *text, int *index)
{
  g_auto (GStrv) words = g_strsplit (setting->argument, "|", -1);
  for (*index = 0; words[*index] != NULL; (*index)++) {
    if (g_str_equal (words[*index], text))
      return TRUE;
  }
  return FALSE;
}

gboolean
setting_set_secret (const Setting *setting, Options *options, GBytes *secret, const char *where, GError **error)
{
  GBytes **member = G_STRUCT_MEMBER_P (options, setting->member);
  gsize size = g_bytes_get_size (secret);
  if (size < setting->minimum || size > setting->maximum) {
    g_set_error (error, OPTIONS_ERROR, OPTIONS_ERROR_SECRET,
        "%s: the secret must have %.0f to %.0f bytes, and has %" G_GSIZE_FORMAT, where, setting->minimum,
        setting->maximum, size);
    return FALSE;
  }
  g_clear_pointer (member, g_bytes_unref);
  *member = g_bytes_ref (secret);
  return TRUE;
}

static gboolean
secret_from_file (const Setting *setting, Options *options, const char *path, const char *where, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) secret = token_secret_load (path, &reason);
  if (secret != NULL)
    return setting_set_secret (setting, options, secret, where, error);
  g_set_error (error, OPTIONS_ERROR, OPTIONS_ERROR_SECRET, "%s: %s", where, reason->message);
  return FALSE;
}

static void
set_list (char ***member, const char *const *values)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (; *values != NULL; values++) {
    g_autofree char *value = g_strstrip (g_strdup (*values));
    if (*value != '\0')
      g_strv_builder_add (builder, value);
  }
  g_strfreev (*member);
  *member = g_strv_builder_end (builder);
}

static gboolean
set_number (const Setting *setting, gpointer member, const char *value)
{
  double number;
  if (!number_from_text (setting, value, &number))
    return FALSE;
  if (setting->type == SETTING_SECONDS)
    *(double *) member = number;
  else
    *(int *) member = (int) number;
  return TRUE;
}

static gboolean
set_word (const Setting *setting, int *member, const char *value)
{
  int word;
  gboolean known =
      setting->type == SETTING_SWITCH ? switch_from_text (value, &word) : choice_from_text (setting, value, &word);
  if (known)
    *member = word;
  return known;
}

static gboolean
set_text (char **member, const char *value)
{
  if (*value == '\0')
    return FALSE;
  g_free (*member);
  *member = g_strdup (value);
  return TRUE;
}

gboolean
setting_set (const Setting *setting, Options *options, const char *const *values, const char *where, GError **error)
{
  gpointer member = G_STRUCT_MEMBER_P (options, setting->member);
  g_autofree char *value = g_strstrip (g_strdup (values[0] != NULL ? values[0] : ""));
  gboolean good = TRUE;
  switch (setting->type) {
    case SETTING_SECRET:
      return secret_from_file (setting, options, value, where, error);
    case SETTING_LIST:
      set_list (member, values);
      break;
    case SETTING_SECONDS:
    case SETTING_NUMBER:
      good = set_number (setting, member, value);
      break;
    case SETTING_SWITCH:
    case SETTING_CHOICE:
      good = set_word (setting, member, value);
      break;
    case SETTING_STRING:
    case SETTING_PATH:
      good = set_text (member, value);
      break;
  }
  return good || fail (setting, where, value, error);
}

/* ---- back ---- */

static char *
list_to_text (const char *const *values)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  if (values == NULL || values[0] == NULL)
    return NULL;
  g_key_file_set_string_list (file, "x", "x", values, g_strv_length ((char **) values));
  return g_key_file_get_value (file, "x", "x", NULL);
}

char *
setting_to_text (const Setting *setting, const Options *options)
{
  gconstpointer member = G_STRUCT_MEMBER_P (options, setting->member);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  switch (setting->type) {
    case SETTING_SECONDS:
      return g_strdup (g_ascii_formatd (number, sizeof number, "%.10g", *(const double *) member));
    case SETTING_NUMBER:
      return g_strdup_printf ("%d", *(const int *) member);
    case SETTING_SWITCH:
      return g_strdup (*(const gboolean *) member ? "yes" : "no");
    case SETTING_CHOICE: {
      g_auto (GStrv) words = g_strsplit (setting->argument, "|", -1);
      return g_strdup (words[*(const int *) member]);
    }
    case SETTING_LIST:
      return list_to_text (*(const char *const *const *) member);
    case SETTING_SECRET:
      return NULL;
    default:
      return g_strdup (*(char *const *) member);
  }
}

void
settings_clear (Options *options)
{
  for (guint i = 0; i < n_settings; i++) {
    gpointer *member = G_STRUCT_MEMBER_P (options, settings[i].member);
    if (settings[i].type == SETTING_STRING || settings[i].type == SETTING_PATH)
      g_clear_pointer (member, g_free);
    else if (settings[i].type == SETTING_LIST)
      g_clear_pointer ((char ***) member, g_strfreev);
    else if (settings[i].type == SETTING_SECRET)
      g_clear_pointer ((GBytes **) member, g_bytes_unref);
  }
}
