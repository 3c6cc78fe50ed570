/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/options.h"

G_BEGIN_DECLS

/* What can be set, one row each in settings-table.c. `ring-timeout` is told by the first of these that speaks of it:
 *
 *   a flag                    --ring-timeout 30
 *   the environment           GST_CALL_SERVER_RING_TIMEOUT=30, or the row's customary name
 *   the configuration file    [gst-call-server]
 *                             ring-timeout=30
 *   its default
 *
 * To add one: a row, a member of Options, and a row in docs/operations.md, which a test holds against the table. */

typedef enum
{
  SETTING_STRING,  /* char * */
  SETTING_PATH,    /* char *, a file's name */
  SETTING_LIST,    /* char **, NULL-terminated, or NULL. A flag repeats; ';' in the file, ',' in the environment */
  SETTING_SECONDS, /* double */
  SETTING_NUMBER,  /* int */
  SETTING_SWITCH,  /* gboolean; a flag without a value */
  SETTING_CHOICE,  /* int: which of the words of `argument`, as "text|json" */
  /* GBytes *, `minimum` to `maximum` bytes: what stands in a file, white space at its end left out. The name is that
   * of the file and ends in -file; the environment may hold the secret itself, under the name without it. */
  SETTING_SECRET
} SettingType;

typedef struct
{
  const char *name;
  SettingType type;
  gsize member;         /* offset in Options */
  const char *fallback; /* the default, as text; NULL: none */
  double minimum, maximum;
  const char *argument;    /* what --help shows for the value */
  const char *text;        /* one sentence, without the default */
  const char *environment; /* customary name of the variable, or NULL */
  char short_name;         /* of the flag, or 0 */
} Setting;

extern const Setting settings[];
extern const guint n_settings;

const Setting *setting_find (const char *name);
char *setting_variable (const Setting *setting); /* GST_CALL_SERVER_... */

/* Sets it from @values (one, but for a list). @where names the place they are from. FALSE: the member is as it was. */
gboolean setting_set (
    const Setting *setting, Options *options, const char *const *values, const char *where, GError **error);
gboolean setting_set_secret (
    const Setting *setting, Options *options, GBytes *secret, const char *where, GError **error);
/* The effective value, as the configuration file has it; NULL: not set, or a secret. */
char *setting_to_text (const Setting *setting, const Options *options);
char *setting_range_to_text (const Setting *setting); /* "0.1 to 3600", or NULL */
void settings_clear (Options *options);

/* One reading of all places, the highest first: what a higher one says, a lower one is not asked. */
typedef struct
{
  Options *options;
  const char *const *wanted; /* the settings that are asked for; NULL: all */
  GHashTable *said;          /* those that a place spoke of already: a set of Setting */
  GPtrArray *problems;       /* (element-type GError); a value that is wrong leaves the member as it was */
} SettingsReader;

void settings_reader_init (SettingsReader *reader, Options *options, const char *const *wanted, GPtrArray *problems);
void settings_reader_clear (SettingsReader *reader);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SettingsReader, settings_reader_clear)
gboolean settings_wants (const char *const *wanted, const Setting *setting);
void settings_take (SettingsReader *reader, const Setting *setting, const char *const *values, const char *where);
void settings_take_environment (SettingsReader *reader);
void settings_take_file (SettingsReader *reader, const char *path);

G_END_DECLS
