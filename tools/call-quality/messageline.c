/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#define _GNU_SOURCE /* memmem */
#include "messageline.h"

#include "gst/core/jsoncheck.h"
#include "gst/core/jsontext.h"

#include <math.h>
#include <string.h>

#define NAME "call-quality"

static const char *
find (const char *text, gsize length, const char *what)
{
  return memmem (text, length, what, strlen (what));
}

gboolean
message_line_looks (const char *text, gsize length)
{
  return find (text, length, NAME) != NULL;
}

static MessageLine *
line_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* ---- a GstStructure in its text form: name=(type)value, strings in quotes where they need it ---- */

/* The value at @at, without quotes and escapes; moves @at behind it. Times are written as h:mm:ss.nnnnnnnnn. */
static char *
take_value (const char **at, const char *end)
{
  GString *value = g_string_new (NULL);
  gboolean quoted = *at < end && **at == '"';
  const char *c = quoted ? *at + 1 : *at;
  for (; c < end && (quoted ? *c != '"' : *c != ',' && *c != ';'); c++) {
    if (*c == '\\' && c + 1 < end)
      c++;
    g_string_append_c (value, *c);
  }
  *at = quoted && c < end ? c + 1 : c;
  return g_string_free (value, FALSE);
}

static MessageLine *
parse_structure (const char *at, const char *end)
{
  g_autoptr (GHashTable) line = line_new ();
  while (at < end && *at == ',') {
    for (at++; at < end && *at == ' '; at++)
      ;
    const char *equals = memchr (at, '=', (gsize) (end - at));
    if (equals == NULL)
      return NULL;
    g_autofree char *name = g_strndup (at, (gsize) (equals - at));
    at = equals + 1;
    const char *close = at < end && *at == '(' ? memchr (at, ')', (gsize) (end - at)) : NULL;
    if (close != NULL)
      at = close + 1;
    char *value = take_value (&at, end);
    g_hash_table_insert (line, g_steal_pointer (&name), value);
  }
  return g_hash_table_size (line) > 0 ? g_steal_pointer (&line) : NULL;
}

static void
add_element (MessageLine *line, const char *text, const char *end)
{
  const char *from = find (text, (gsize) (end - text), "from element \"");
  const char *name = from != NULL ? from + strlen ("from element \"") : NULL;
  const char *quote = name != NULL ? memchr (name, '"', (gsize) (end - name)) : NULL;
  if (quote != NULL)
    g_hash_table_insert (line, g_strdup (MESSAGE_LINE_ELEMENT), g_strndup (name, (gsize) (quote - name)));
}

/* ---- JSON ---- */

static char *
to_field_name (const char *member)
{
  GString *name = g_string_new (NULL);
  for (; *member != '\0'; member++) {
    if (g_ascii_isupper (*member))
      g_string_append_c (name, '-');
    g_string_append_c (name, g_ascii_tolower (*member));
  }
  return g_string_free (name, FALSE);
}

static MessageLine *
parse_json (const char *text, gsize length)
{
  JsonWalk walk;
  JsonSlice name, value;
  if (!json_check (text, length, JSON_CHECK_MAX_DEPTH, NULL) || !json_walk_open (&walk, text, length) || !walk.object)
    return NULL;
  g_autoptr (GHashTable) line = line_new ();
  while (json_walk_next (&walk, &name, &value)) {
    g_autofree char *member = json_slice_to_string (&name);
    char *content = json_slice_to_string (&value);
    g_hash_table_insert (
        line, to_field_name (member), content != NULL ? content : g_strndup (value.text, value.length));
  }
  const char *event = g_hash_table_lookup (line, "event");
  return event == NULL || g_str_equal (event, NAME) ? g_steal_pointer (&line) : NULL;
}

MessageLine *
message_line_parse (const char *text, gsize length)
{
  const char *end = text + length, *begin = find (text, length, NAME ", ");
  while (text < end && g_ascii_isspace (*text))
    text++;
  if (text < end && *text == '{'
      && (find (text, (gsize) (end - text), "\"packets\"") != NULL || message_line_looks (text, (gsize) (end - text))))
    return parse_json (text, (gsize) (end - text));
  if (begin == NULL)
    return NULL;
  MessageLine *line = parse_structure (begin + strlen (NAME), end);
  if (line != NULL)
    add_element (line, text, begin);
  return line;
}

/* ---- fields ---- */

const char *
message_line_text (const MessageLine *line, const char *name)
{
  return g_hash_table_lookup ((GHashTable *) line, name);
}

/* 0:00:01.500000000 in ns. */
static double
time_to_number (const char *text)
{
  double ns = 0;
  for (guint i = 0; i < 3; i++) {
    char *end;
    ns = ns * 60 + g_ascii_strtod (text, &end);
    if (end == text || (i < 2 && *end != ':'))
      return NAN;
    text = end + 1;
  }
  return ns * 1e9;
}

double
message_line_number (const MessageLine *line, const char *name)
{
  const char *text = message_line_text (line, name);
  char *end;
  if (text == NULL)
    return NAN;
  double number = g_ascii_strtod (text, &end);
  if (end != text && *end == ':')
    number = time_to_number (text);
  else if (end == text || *end != '\0')
    return NAN;
  return isfinite (number) ? number : NAN;
}

gboolean
message_line_is_true (const MessageLine *line, const char *name)
{
  return g_strcmp0 (message_line_text (line, name), "true") == 0;
}
