/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Each key is a row of a table: where its value goes and who reads it. What is no row is an error, for a key that is
 * spelled wrong would otherwise be a limit that is not there. */

#include "rules.h"

#include <string.h>

#define DEFAULT_MAX_JOBS 8
#define DEFAULT_DRAIN_S 30
#define DEFAULT_MAX_RESTARTS 5
#define MAX_USERS 1000
#define MAX_RULES 1000
#define VALUE_PREFIX "set."

G_DEFINE_QUARK (rules - error - quark, rules_error)

typedef struct
{
  const char *key;
  gsize offset;
  gboolean (*read) (const char *text, gpointer field);
  const char *wants;
} Key;

void
rules_set_error (GError **error, const Rules *rules, const char *section, const char *key, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, RULES_ERROR, 0, "%s: [%s]%s%s: %s", rules->file, section, key != NULL ? " " : "",
      key != NULL ? key : "", text);
}

/* ---- values ---- */

static gboolean
read_text (const char *text, gpointer field)
{
  g_free (*(char **) field);
  *(char **) field = g_strdup (text);
  return *text != '\0';
}

static gboolean
read_number (const char *text, gpointer field)
{
  return g_ascii_string_to_unsigned (text, 10, 1, 100000, field, NULL);
}

static gboolean
read_count (const char *text, gpointer field)
{
  return g_ascii_string_to_unsigned (text, 10, 0, 1000, field, NULL);
}

static gboolean
read_nice (const char *text, gpointer field)
{
  return g_ascii_string_to_unsigned (text, 10, 0, 19, field, NULL);
}

/* A number and one of @units, which are @factors. */
static gboolean
read_unit (const char *text, const char *units, const guint64 *factors, guint64 *value)
{
  gsize length = strlen (text);
  const char *unit = length > 1 ? strchr (units, text[length - 1]) : NULL;
  g_autofree char *digits = unit != NULL ? g_strndup (text, length - 1) : NULL;

  if (digits == NULL || !g_ascii_string_to_unsigned (digits, 10, 0, 1000000, value, NULL))
    return FALSE;
  *value *= factors[unit - units];
  return TRUE;
}

static gboolean
read_duration (const char *text, gpointer field)
{
  static const guint64 factors[] = {1, 60, 3600};

  return read_unit (text, "smh", factors, field) && *(guint64 *) field <= 24 * 3600;
}

static gboolean
read_size (const char *text, gpointer field)
{
  static const guint64 factors[] = {1 << 20, 1 << 30};

  return read_unit (text, "MG", factors, field) && *(guint64 *) field >= 1 << 20;
}

static gboolean
read_percent (const char *text, gpointer field)
{
  static const guint64 factors[] = {1};

  return read_unit (text, "%", factors, field) && *(guint64 *) field >= 1 && *(guint64 *) field <= 10000;
}

static gboolean
read_call_type (const char *text, gpointer field)
{
  return read_text (text, field) && (g_str_equal (text, "audio") || g_str_equal (text, "video"));
}

static gboolean
read_server (const char *text, gpointer field)
{
  return read_text (text, field) && (g_str_has_prefix (text, "http://") || g_str_has_prefix (text, "https://"))
         && g_uri_is_valid (text, G_URI_FLAGS_NONE, NULL);
}

static gboolean
read_restart (const char *text, gpointer field)
{
  static const char *const names[] = {"never", "on-failure", "always"};

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i])) {
      *(RuleRestart *) field = i;
      return TRUE;
    }
  return FALSE;
}

#define LIMIT_KEYS(type)                                                                                               \
  {"memory", G_STRUCT_OFFSET (type, limits.memory), read_size, "a size such as 300M or 1G"},                           \
      {"cpu", G_STRUCT_OFFSET (type, limits.cpu), read_percent, "a share of one core such as 50%"},                    \
      {"cpu-time", G_STRUCT_OFFSET (type, limits.cpu_time), read_duration, "a time such as 90s, 10m or 2h"},           \
      {"open-files", G_STRUCT_OFFSET (type, limits.open_files), read_number, "a number from 1 to 100000"},             \
  {                                                                                                                    \
    "nice", G_STRUCT_OFFSET (type, limits.nice), read_nice, "a number from 0 to 19"                                    \
  }

static const Key worker_keys[] = {
    {"server", G_STRUCT_OFFSET (Rules, server), read_server, "a URL such as http://127.0.0.1:8080"},
    {"max-jobs", G_STRUCT_OFFSET (Rules, max_jobs), read_number, "a number from 1 to 100000"},
    {"drain-time", G_STRUCT_OFFSET (Rules, drain_time), read_duration, "a time such as 30s, 2m or 1h"},
    LIMIT_KEYS (Rules),
    {NULL},
};

static const Key user_keys[] = {
    {"token-file", G_STRUCT_OFFSET (RuleUser, token_file), read_text, "the path of a file"},
    {NULL},
};

static const Key rule_keys[] = {
    {"user", G_STRUCT_OFFSET (Rule, user), read_text, "a user's id, or a pattern with * and ?"},
    {"peer", G_STRUCT_OFFSET (Rule, peer), read_text, "a user's id, or a pattern with * and ?"},
    {"call-type", G_STRUCT_OFFSET (Rule, call_type), read_call_type, "audio or video"},
    {"time", G_STRUCT_OFFSET (Rule, hours), read_text, "from and to, such as 22:00-06:00"},
    {"recipe", G_STRUCT_OFFSET (Rule, recipe), read_text, "the name of a recipe"},
    {"reject", G_STRUCT_OFFSET (Rule, reject), read_text, "a reason"},
    {"timeout", G_STRUCT_OFFSET (Rule, timeout), read_text, "30s, 2m or none"},
    {"max-jobs", G_STRUCT_OFFSET (Rule, max_jobs), read_number, "a number from 1 to 100000"},
    {"restart", G_STRUCT_OFFSET (Rule, restart), read_restart, "never, on-failure or always"},
    {"max-restarts", G_STRUCT_OFFSET (Rule, max_restarts), read_count, "a number from 0 to 1000"},
    {"restart-delay", G_STRUCT_OFFSET (Rule, restart_delay), read_duration, "a time such as 1s"},
    LIMIT_KEYS (Rule),
    {NULL},
};

/* ---- sections ---- */

/* GLib sets an error twice for a text with two wrong escapes, fatal with G_DEBUG: they are looked for first. */
static char *
get_text (const Rules *rules, GKeyFile *file, const char *section, const char *name, GError **error)
{
  g_autofree char *raw = g_key_file_get_value (file, section, name, NULL);

  for (const char *at = raw != NULL ? strchr (raw, '\\') : NULL; at != NULL; at = strchr (at + 2, '\\'))
    if (at[1] == '\0' || strchr ("sntr\\", at[1]) == NULL) {
      rules_set_error (error, rules, section, name, "a backslash is \\\\; else \\s, \\n, \\t or \\r");
      return NULL;
    }
  return g_key_file_get_string (file, section, name, error);
}

static gboolean
read_key (
    Rules *rules, GKeyFile *file, const char *section, const char *name, const Key *keys, gpointer into, GError **error)
{
  g_autofree char *text = get_text (rules, file, section, name, error);

  if (text == NULL)
    return FALSE;
  for (const Key *key = keys; key->key != NULL; key++) {
    if (!g_str_equal (key->key, name))
      continue;
    if (key->read (text, (char *) into + key->offset))
      return TRUE;
    rules_set_error (error, rules, section, name, "'%s' is not %s", text, key->wants);
    return FALSE;
  }
  rules_set_error (error, rules, section, name, "there is no such key");
  return FALSE;
}

void
rule_value_free (gpointer data)
{
  RuleValue *value = data;

  g_free (value->name);
  g_free (value->pattern);
  g_free (value);
}

static gboolean
read_value (Rules *rules, GKeyFile *file, const char *section, const char *name, Rule *rule, GError **error)
{
  g_autoptr (GError) why = NULL;
  RuleValue *value = g_new0 (RuleValue, 1);

  g_ptr_array_add (rule->values, value);
  value->name = g_strdup (name + strlen (VALUE_PREFIX));
  value->pattern = get_text (rules, file, section, name, error);
  if (value->pattern == NULL)
    return FALSE;
  if (value->name[0] != '\0' && rule_pattern_check (value->pattern, &why))
    return TRUE;
  rules_set_error (error, rules, section, name, "%s", why != NULL ? why->message : "the variable's name is missing");
  return FALSE;
}

static gboolean
read_section (Rules *rules, GKeyFile *file, const char *section, const Key *keys, gpointer into, GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, section, NULL, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    gboolean value = keys == rule_keys && g_str_has_prefix (names[i], VALUE_PREFIX);
    if (value ? !read_value (rules, file, section, names[i], into, error)
              : !read_key (rules, file, section, names[i], keys, into, error))
      return FALSE;
  }
  return TRUE;
}

/* HH:MM */
static gboolean
read_minute (const char *text, int *minute)
{
  guint64 hours, minutes;
  g_auto (GStrv) parts = g_strsplit (text, ":", 0);

  if (g_strv_length (parts) != 2 || strlen (parts[1]) != 2
      || !g_ascii_string_to_unsigned (parts[0], 10, 0, 24, &hours, NULL)
      || !g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &minutes, NULL) || hours * 60 + minutes > 24 * 60)
    return FALSE;
  *minute = (int) (hours * 60 + minutes);
  return TRUE;
}

static gboolean
read_hours (Rules *rules, Rule *rule, const char *section, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (rule->hours != NULL ? rule->hours : "0:00-0:00", "-", 0);

  if (g_strv_length (parts) == 2 && read_minute (g_strstrip (parts[0]), &rule->from)
      && read_minute (g_strstrip (parts[1]), &rule->to))
    return TRUE;
  rules_set_error (error, rules, section, "time", "'%s' is not from and to, such as 22:00-06:00", rule->hours);
  return FALSE;
}

static gboolean
read_rule (Rules *rules, GKeyFile *file, const char *section, const char *name, GError **error)
{
  Rule *rule = g_new0 (Rule, 1);

  g_ptr_array_add (rules->rules, rule);
  rule->name = g_strdup (name);
  rule->values = g_ptr_array_new_with_free_func (rule_value_free);
  rule->limits = rules->limits;
  rule->max_restarts = DEFAULT_MAX_RESTARTS;
  rule->restart_delay = 1;
  if (!read_section (rules, file, section, rule_keys, rule, error) || !read_hours (rules, rule, section, error))
    return FALSE;
  if ((rule->recipe == NULL) == (rule->reject == NULL)) {
    rules_set_error (error, rules, section, NULL, "needs one of the keys recipe and reject");
    return FALSE;
  }
  if (rule->reject != NULL && rule->values->len > 0) {
    rules_set_error (error, rules, section, NULL, "a rule that rejects sets no variables");
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_user (Rules *rules, GKeyFile *file, const char *section, const char *id, GError **error)
{
  RuleUser *user = g_new0 (RuleUser, 1);

  g_ptr_array_add (rules->users, user);
  user->id = g_strdup (id);
  return read_section (rules, file, section, user_keys, user, error);
}

static gboolean
read_named (Rules *rules, GKeyFile *file, const char *section, GError **error)
{
  const char *space = strchr (section, ' ');
  g_autofree char *name = space != NULL ? g_strstrip (g_strdup (space)) : NULL;

  if (g_str_equal (section, "worker"))
    return TRUE;
  if (name != NULL && name[0] != '\0' && g_str_has_prefix (section, "user "))
    return read_user (rules, file, section, name, error);
  if (name != NULL && name[0] != '\0' && g_str_has_prefix (section, "rule "))
    return read_rule (rules, file, section, name, error);
  rules_set_error (error, rules, section, NULL, "there is no such section: worker, user ID or rule NAME");
  return FALSE;
}

/* GKeyFile joins sections of the same name and takes the last of two keys. Here that is a mistake. */
static gboolean
check_doubles (const Rules *rules, const char *text, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *section = g_strdup ("");

  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = g_strstrip (lines[i]);
    char *end = line[0] == '[' ? strchr (line, ']') : strchr (line, '=');
    if (line[0] == '#' || end == NULL)
      continue;
    *end = '\0';
    if (line[0] == '[') {
      g_free (section);
      section = g_strdup (line + 1);
    }
    if (!g_hash_table_add (
            seen, line[0] == '[' ? g_strdup (line) : g_strconcat (section, "=", g_strchomp (line), NULL))) {
      rules_set_error (error, rules, section, line[0] == '[' ? NULL : line, "stands there twice");
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_all (Rules *rules, GKeyFile *file, GError **error)
{
  g_auto (GStrv) sections = g_key_file_get_groups (file, NULL);

  if (g_key_file_has_group (file, "worker") && !read_section (rules, file, "worker", worker_keys, rules, error))
    return FALSE;
  for (guint i = 0; sections[i] != NULL; i++)
    if (!read_named (rules, file, sections[i], error))
      return FALSE;
  if (rules->rules->len == 0 || rules->rules->len > MAX_RULES || rules->users->len > MAX_USERS) {
    g_set_error (error, RULES_ERROR, 0, "%s: %u rules and %u users: 1 to %u rules and up to %u users can be",
        rules->file, rules->rules->len, rules->users->len, MAX_RULES, MAX_USERS);
    return FALSE;
  }
  return TRUE;
}

static void
rule_free (gpointer data)
{
  Rule *rule = data;

  g_free (rule->name);
  g_free (rule->user);
  g_free (rule->peer);
  g_free (rule->call_type);
  g_free (rule->hours);
  g_free (rule->recipe);
  g_free (rule->reject);
  g_free (rule->timeout);
  g_ptr_array_unref (rule->values);
  g_free (rule);
}

static void
user_free (gpointer data)
{
  RuleUser *user = data;

  g_free (user->id);
  g_free (user->token_file);
  g_free (user);
}

void
rules_free (Rules *rules)
{
  g_free (rules->file);
  g_free (rules->server);
  g_ptr_array_unref (rules->users);
  g_ptr_array_unref (rules->rules);
  g_free (rules);
}

Rules *
rules_parse (const char *file, const char *text, gsize length, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *copy = g_strndup (text, length);
  g_autoptr (Rules) rules = g_new0 (Rules, 1);

  rules->file = g_strdup (file);
  rules->server = g_strdup ("http://127.0.0.1:8080");
  rules->max_jobs = DEFAULT_MAX_JOBS;
  rules->drain_time = DEFAULT_DRAIN_S;
  rules->users = g_ptr_array_new_with_free_func (user_free);
  rules->rules = g_ptr_array_new_with_free_func (rule_free);
  if (!g_utf8_validate (text, length, NULL)) {
    g_set_error (error, RULES_ERROR, 0, "%s: is not UTF-8", file);
    return NULL;
  }
  if (!g_key_file_load_from_data (keys, text, length, G_KEY_FILE_NONE, error)) {
    g_prefix_error (error, "%s: ", file);
    return NULL;
  }
  if (!check_doubles (rules, copy, error) || !read_all (rules, keys, error))
    return NULL;
  return g_steal_pointer (&rules);
}

const Rule *
rules_find_rule (const Rules *rules, const char *name)
{
  for (guint i = 0; i < rules->rules->len; i++) {
    const Rule *rule = g_ptr_array_index (rules->rules, i);
    if (g_strcmp0 (rule->name, name) == 0)
      return rule;
  }
  return NULL;
}
