/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/jsontext.h"

#include <string.h>

static const char *
skip_space (const char *at, const char *end)
{
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
    at++;
  return at;
}

static const char *
skip_string (const char *at, const char *end)
{
  for (at++; at < end && *at != '"'; at++) {
    if (*at == '\\')
      at++;
  }
  return MIN (at + 1, end);
}

static const char *
skip_container (const char *at, const char *end)
{
  guint depth = 0;

  while (at < end) {
    if (*at == '"') {
      at = skip_string (at, end);
      continue;
    }
    if (*at == '{' || *at == '[')
      depth++;
    else if (*at == '}' || *at == ']')
      depth--;
    at++;
    if (depth == 0)
      break;
  }
  return at;
}

static const char *
skip_value (const char *at, const char *end)
{
  if (at >= end)
    return end;
  if (*at == '"')
    return skip_string (at, end);
  if (*at == '{' || *at == '[')
    return skip_container (at, end);
  while (at < end && strchr (",]} \t\n\r", *at) == NULL)
    at++;
  return at;
}

gboolean
json_walk_open (JsonWalk *walk, const char *text, gsize length)
{
  const char *end = text + length;

  walk->at = skip_space (text, end);
  if (walk->at == end || (*walk->at != '{' && *walk->at != '['))
    return FALSE;
  walk->object = *walk->at == '{';
  walk->end = skip_container (walk->at, end) - 1;
  walk->at++;
  return TRUE;
}

static JsonSlice
take_value (JsonWalk *walk)
{
  JsonSlice slice = {skip_space (walk->at, walk->end), 0};

  walk->at = skip_value (slice.text, walk->end);
  slice.length = walk->at - slice.text;
  return slice;
}

gboolean
json_walk_next (JsonWalk *walk, JsonSlice *name, JsonSlice *value)
{
  walk->at = skip_space (walk->at, walk->end);
  if (walk->at >= walk->end)
    return FALSE;
  if (walk->object) {
    *name = take_value (walk);
    walk->at = skip_space (walk->at, walk->end) + 1; /* the colon */
  }
  *value = take_value (walk);
  walk->at = skip_space (walk->at, walk->end);
  if (walk->at < walk->end)
    walk->at++; /* the comma */
  return TRUE;
}

JsonSlice
json_walk_rest (const JsonWalk *walk)
{
  const char *at = skip_space (walk->at, walk->end);

  return (JsonSlice){at, walk->end - at};
}

gboolean
json_slice_is (const JsonSlice *slice, const char *word)
{
  return slice->length == strlen (word) && memcmp (slice->text, word, slice->length) == 0;
}

gboolean
json_slice_is_string (const JsonSlice *slice, const char *content)
{
  g_autofree char *text = json_slice_to_string (slice);

  return g_strcmp0 (text, content) == 0;
}

static gunichar
read_hex4 (const char *at)
{
  gunichar value = 0;

  for (guint i = 0; i < 4; i++)
    value = value << 4 | (gunichar) g_ascii_xdigit_value (at[i]);
  return value;
}

/* @at: behind the `\u`. Returns the place behind the escape, or the pair of them. */
static const char *
append_unicode (GString *out, const char *at)
{
  gunichar c = read_hex4 (at);

  at += 4;
  if (c >= 0xd800 && c <= 0xdbff) {
    c = 0x10000 + ((c - 0xd800) << 10) + (read_hex4 (at + 2) - 0xdc00);
    at += 6;
  }
  g_string_append_unichar (out, c);
  return at;
}

char *
json_slice_to_string (const JsonSlice *slice)
{
  static const char escapes[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";

  if (slice->length < 2 || *slice->text != '"')
    return NULL;
  GString *out = g_string_sized_new (slice->length);
  const char *end = slice->text + slice->length - 1;
  for (const char *at = slice->text + 1; at < end;) {
    if (*at != '\\') {
      g_string_append_c (out, *at++);
      continue;
    }
    at += 2;
    if (at[-1] == 'u')
      at = append_unicode (out, at);
    else
      g_string_append_c (out, meanings[strchr (escapes, at[-1]) - escapes]);
  }
  return g_string_free (out, FALSE);
}

gboolean
json_slice_to_int (const JsonSlice *slice, gint64 min, gint64 max, gint64 *value)
{
  char text[24];

  if (slice->length >= sizeof text)
    return FALSE;
  memcpy (text, slice->text, slice->length);
  text[slice->length] = '\0';
  return g_ascii_string_to_signed (text, 10, min, max, value, NULL);
}

const char *
json_next_object (const char *at, const char *end)
{
  while (at < end && *at != '{')
    at = *at == '"' ? skip_string (at, end) : at + 1;
  return at < end ? at : NULL;
}

void
json_append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++) {
    guchar c = (guchar) *text;
    if (c == '"' || c == '\\')
      g_string_append_printf (out, "\\%c", c);
    else if (c < 0x20)
      g_string_append_printf (out, "\\u%04x", c);
    else
      g_string_append_c (out, (char) c);
  }
  g_string_append_c (out, '"');
}

char *
json_mend_exponents (char *text)
{
  const char *at = text, *end = text + strlen (text);
  char *to = text;

  while (at < end) {
    gboolean exponent = *at == 'e' && to > text && g_ascii_isdigit (to[-1]);
    gsize length = *at == '"' ? (gsize) (skip_string (at, end) - at) : 1;

    if (exponent)
      length += strspn (at + 1, "+-0123456789");
    memmove (to, at, length);
    to += length;
    at += length;
    if (exponent && at[0] == '.' && at[1] == '0')
      at += 2;
  }
  *to = '\0';
  return text;
}
