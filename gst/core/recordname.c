/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordname.h"

#include <string.h>

#define MAX_VALUE 100 /* bytes of a value; a path component has 255 */

typedef char *(*FieldFunc) (const RecordNameValues *values);

/* Nothing that leaves the component or that a terminal would take for a command. */
static char *
sanitize (const char *value)
{
  GString *out = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    gsize length = g_utf8_next_char (at) - at;
    if (out->len + length > MAX_VALUE)
      break;
    if (c == '/' || c == '\\' || !g_unichar_isprint (c))
      g_string_append_c (out, '_');
    else
      g_string_append_len (out, at, length);
  }
  if (out->len == 0 || g_str_equal (out->str, ".") || g_str_equal (out->str, ".."))
    g_string_assign (out, "unknown");
  return g_string_free (out, FALSE);
}

static char *
format_time (const RecordNameValues *values, gint offset, const char *format)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (values->started / G_USEC_PER_SEC);
  g_autoptr (GDateTime) shifted = utc != NULL ? g_date_time_add_seconds (utc, offset) : NULL;

  return shifted != NULL ? g_date_time_format (shifted, format) : g_strdup ("unknown");
}

static char *
field_call_id (const RecordNameValues *values)
{
  return sanitize (values->call_id != NULL ? values->call_id : "");
}

static char *
field_peer (const RecordNameValues *values)
{
  return sanitize (values->peer != NULL ? values->peer : "");
}

static char *
field_peer_name (const RecordNameValues *values)
{
  return sanitize (values->peer_name != NULL ? values->peer_name : "");
}

static char *
field_track (const RecordNameValues *values)
{
  return sanitize (values->track != NULL ? values->track : "");
}

static char *
field_date (const RecordNameValues *values)
{
  return format_time (values, values->utc_offset, "%Y-%m-%d");
}

static char *
field_time (const RecordNameValues *values)
{
  return format_time (values, values->utc_offset, "%Y%m%d-%H%M%S");
}

static char *
field_utc (const RecordNameValues *values)
{
  return format_time (values, 0, "%Y%m%dT%H%M%SZ");
}

static char *
field_segment (const RecordNameValues *values)
{
  return g_strdup_printf ("%05u", values->segment);
}

static const struct
{
  const char *name;
  FieldFunc make;
} fields[] = {
    {"call-id", field_call_id},
    {"peer", field_peer},
    {"peer-name", field_peer_name},
    {"track", field_track},
    {"date", field_date},
    {"time", field_time},
    {"utc", field_utc},
    {"segment", field_segment},
};

/* What the field at @at (a `{`) is, and where it ends; NULL: none. */
static FieldFunc
find_field (const char *at, const char **end)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    gsize length = strlen (fields[i].name);
    if (strncmp (at + 1, fields[i].name, length) == 0 && at[1 + length] == '}') {
      *end = at + length + 2;
      return fields[i].make;
    }
  }
  return NULL;
}

gboolean
record_name_check (const char *template, char **wrong)
{
  for (const char *at = strchr (template, '{'); at != NULL; at = strchr (at, '{')) {
    const char *end;
    if (find_field (at, &end) == NULL) {
      const char *close = strchr (at, '}');
      if (wrong != NULL)
        *wrong = g_strndup (at, close != NULL ? (gsize) (close + 1 - at) : strlen (at));
      return FALSE;
    }
    at = end;
  }
  return TRUE;
}

gboolean
record_name_has (const char *template, const char *field)
{
  g_autofree char *text = g_strdup_printf ("{%s}", field);

  return strstr (template, text) != NULL;
}

static const char *
find_extension (const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  const char *dot = strrchr (name, '.');

  return dot != NULL && dot != name ? dot : path + strlen (path);
}

char *
record_name_number (const char *path, guint number)
{
  const char *extension = find_extension (path);

  return g_strdup_printf ("%.*s-%u%s", (int) (extension - path), path, number, extension);
}

char *
record_name_extension (const char *path, const char *extension)
{
  const char *old = find_extension (path);

  if (*old == '.' && g_str_equal (old + 1, extension))
    old += strlen (old);
  return g_strdup_printf ("%.*s.%s", (int) (old - path), path, extension);
}

char *
record_name_expand (const char *template, const RecordNameValues *values)
{
  GString *out = g_string_new (NULL);
  g_autofree char *path = NULL;

  for (const char *at = template; *at != '\0';) {
    const char *end;
    FieldFunc make = *at == '{' ? find_field (at, &end) : NULL;
    g_autofree char *value = make != NULL ? make (values) : NULL;
    if (value == NULL)
      g_string_append_c (out, *at++);
    else
      g_string_append (out, value);
    at = value == NULL ? at : end;
  }
  path = g_string_free (out, FALSE);
  if (values->segment <= 1 || record_name_has (template, "segment"))
    return g_steal_pointer (&path);
  return record_name_number (path, values->segment);
}
