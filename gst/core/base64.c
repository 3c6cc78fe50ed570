/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/base64.h"

#include <string.h>

static gboolean
is_alphabet (char c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/';
}

GBytes *
base64_decode_strict (const char *text, gsize length)
{
  gsize digits = length;

  if (length % 4 != 0)
    return NULL;
  while (digits > 0 && length - digits < 2 && text[digits - 1] == '=')
    digits--;
  for (gsize i = 0; i < digits; i++) {
    if (!is_alphabet (text[i]))
      return NULL;
  }
  if (length == 0)
    return g_bytes_new (NULL, 0);

  g_autofree char *copy = g_strndup (text, length);
  gsize size = 0;
  g_autofree guchar *data = g_base64_decode (copy, &size);
  gsize tail = (size + 2) % 3 + 1; /* the bytes of the last group of four digits */
  g_autofree char *last = g_base64_encode (data + size - tail, tail);
  if (memcmp (last, text + length - 4, 4) != 0)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), size);
}
