/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/options.h"

#include "tools/call-server/agora-token.h"
#include "tools/call-server/settings.h"
#include "tools/call-server/transport.h"
#include "tools/call-server/webhooks.h"

#include <stdio.h>
#include <string.h>

G_DEFINE_QUARK (gst - call - server - options - error - quark, options_error)

/* The flags, gathered first: one of them says where the file is. */
typedef struct
{
  const Setting *setting;
  GPtrArray *values; /* char *, NULL at the end */
} Flag;

typedef struct
{
  GArray *flags; /* Flag */
  char *config;
} CommandLine;

static void
flag_clear (gpointer flag)
{
  g_ptr_array_unref (((Flag *) flag)->values);
}

static void
command_line_clear (CommandLine *line)
{
  g_array_unref (line->flags);
  g_free (line->config);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CommandLine, command_line_clear)

static const Setting *
find_by_flag (const char *flag)
{
  if (flag[1] == '-')
    return setting_find (flag + 2);
  for (guint i = 0; i < n_settings; i++) {
    if (settings[i].short_name == flag[1])
      return &settings[i];
  }
  return NULL;
}

static Flag *
flag_of (CommandLine *line, const Setting *setting)
{
  for (guint i = 0; i < line->flags->len; i++) {
    if (g_array_index (line->flags, Flag, i).setting == setting)
      return &g_array_index (line->flags, Flag, i);
  }
  Flag flag = {setting, g_ptr_array_new_with_free_func (g_free)};
  g_array_append_val (line->flags, flag);
  return &g_array_index (line->flags, Flag, line->flags->len - 1);
}

/* A list gathers; of anything else the last counts. */
static gboolean
on_flag (const char *name, const char *value, gpointer data, GError **error)
{
  CommandLine *line = data;
  const Setting *setting = find_by_flag (name);
  if (setting == NULL && value != NULL) {
    g_free (line->config);
    line->config = g_strdup (value);
    return TRUE;
  }
  Flag *flag = flag_of (line, setting);
  if (setting->type != SETTING_LIST)
    g_ptr_array_set_size (flag->values, 0);
  g_ptr_array_add (flag->values, g_strdup (value != NULL ? value : "yes"));
  return TRUE;
}

static char *
describe (const Setting *setting)
{
  g_autoptr (GString) text = g_string_new (setting->text);
  if (setting->fallback != NULL && setting->type != SETTING_SWITCH)
    g_string_append_printf (text, " (default %s)", setting->fallback);
  if (setting->environment != NULL)
    g_string_append_printf (text, " (environment: %s)", setting->environment);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* @texts keeps the descriptions, which GOption only points to. */
static GOptionGroup *
flags_group (CommandLine *line, const char *const *wanted, GPtrArray *texts)
{
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  GOptionEntry config = {"config", 'c', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, (gpointer) on_flag,
      "Configuration file, with settings under the names below (environment: GST_CALL_SERVER_CONFIG)", "FILE"};
  g_array_append_val (entries, config);
  for (guint i = 0; i < n_settings; i++) {
    const Setting *setting = &settings[i];
    if (!settings_wants (wanted, setting))
      continue;
    int flags = setting->type == SETTING_SWITCH ? G_OPTION_FLAG_NO_ARG : G_OPTION_FLAG_NONE;
    if (setting->type == SETTING_PATH || setting->type == SETTING_SECRET)
      flags = G_OPTION_FLAG_FILENAME;
    GOptionEntry entry = {setting->name, setting->short_name, flags, G_OPTION_ARG_CALLBACK, (gpointer) on_flag,
        describe (setting), setting->argument};
    g_ptr_array_add (texts, (gpointer) entry.description);
    g_array_append_val (entries, entry);
  }
  GOptionGroup *group = g_option_group_new ("settings", "", "", line, NULL);
  g_option_group_add_entries (group, (GOptionEntry *) (gpointer) entries->data);
  return group;
}

static void
take_flags (SettingsReader *reader, CommandLine *line)
{
  for (guint i = 0; i < line->flags->len; i++) {
    Flag *flag = &g_array_index (line->flags, Flag, i);
    g_autofree char *where = g_strconcat ("--", flag->setting->name, NULL);
    g_ptr_array_add (flag->values, NULL);
    settings_take (reader, flag->setting, (const char *const *) flag->values->pdata, where);
  }
}

void
options_read (Options *options, GOptionContext *context, const char *const *wanted, const GOptionEntry *own, int *argc,
    char ***argv, GPtrArray *problems)
{
  g_auto (CommandLine) line = {.flags = g_array_new (FALSE, TRUE, sizeof (Flag))};
  g_auto (SettingsReader) reader = {0};
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  GError *error = NULL;
  g_array_set_clear_func (line.flags, flag_clear);
  settings_reader_init (&reader, options, wanted, problems);
  g_option_context_set_main_group (context, flags_group (&line, wanted, texts));
  g_option_context_add_main_entries (context, own, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    error->domain = OPTIONS_ERROR, error->code = OPTIONS_ERROR_USAGE;
    g_ptr_array_add (problems, error);
    return;
  }
  take_flags (&reader, &line);
  settings_take_environment (&reader);
  if (line.config == NULL)
    line.config = g_strdup (g_getenv ("GST_CALL_SERVER_CONFIG"));
  if (line.config != NULL && *line.config != '\0')
    settings_take_file (&reader, line.config);
}

static gboolean
is_agora_certificate (GBytes *bytes)
{
  gsize size = 0;
  const char *text = g_bytes_get_data (bytes, &size);
  return agora_id_is_valid (text, (gssize) size);
}

void
options_check (const Options *options, GPtrArray *problems)
{
  const char *text = NULL;
  g_autoptr (GError) error = NULL;
  char *const *proxy = options->trusted_proxies;
  for (; proxy != NULL && *proxy != NULL; proxy++) {
    if (!transport_check_proxy (*proxy, &error)) {
      g_ptr_array_add (problems, g_error_new (OPTIONS_ERROR, OPTIONS_ERROR_USAGE, "trusted-proxy: %s", error->message));
      break;
    }
  }
  if ((options->tls_certificate == NULL) != (options->tls_key == NULL))
    text = "tls-certificate and tls-key need each other";
  else if (options->turn_servers != NULL && options->turn_servers[0] != NULL && options->turn_secret == NULL)
    text = "turn-server needs turn-secret-file";
  else if (options->jwt_secret == NULL && options->jwt_public_keys == NULL && !options->dev && problems->len == 0)
    text = "no JWT secret: give jwt-secret-file, JWT_SECRET in the environment, jwt-public-key-file, or --dev to try "
           "things out";
  else if ((options->agora_app_id == NULL) != (options->agora_certificate == NULL))
    text = "agora-app-id and agora-app-certificate-file need each other";
  else if (options->agora_app_id != NULL && !agora_id_is_valid (options->agora_app_id, -1))
    text = "agora-app-id must be 32 hex digits";
  else if (options->agora_certificate != NULL && !is_agora_certificate (options->agora_certificate))
    text = "agora-app-certificate-file must have 32 hex digits";
  if (text != NULL)
    g_ptr_array_add (problems, g_error_new_literal (OPTIONS_ERROR, OPTIONS_ERROR_USAGE, text));
  g_autoptr (GError) webhook_error = NULL;
  if (!webhooks_check (options, &webhook_error))
    g_ptr_array_add (problems, g_error_new_literal (OPTIONS_ERROR, OPTIONS_ERROR_USAGE, webhook_error->message));
}

void
options_print (const Options *options)
{
  printf ("[gst-call-server]\n");
  for (guint i = 0; i < n_settings; i++) {
    g_autofree char *value = setting_to_text (&settings[i], options);
    if (value != NULL)
      printf ("%s=%s\n", settings[i].name, value);
    else
      printf ("# %s=\n", settings[i].name);
  }
}

void
options_clear (Options *options)
{
  settings_clear (options);
}
