/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/span.h"

#include <string.h>

gboolean
span_is (const Span *span, const char *text)
{
  return span->length == strlen (text) && memcmp (span->at, text, span->length) == 0;
}

gboolean
span_after (const Span *span, const char *prefix, Span *rest)
{
  gsize length = strlen (prefix);

  if (span->length < length || memcmp (span->at, prefix, length) != 0)
    return FALSE;
  *rest = (Span){span->at + length, span->length - length};
  return TRUE;
}

Span
span_take (Span *rest, char separator)
{
  const char *stop = rest->length > 0 ? memchr (rest->at, separator, rest->length) : NULL;
  Span taken = {rest->at, stop != NULL ? (gsize) (stop - rest->at) : rest->length};
  gsize used = MIN (taken.length + 1, rest->length);

  *rest = (Span){rest->at + used, rest->length - used};
  return taken;
}

gboolean
span_copy (const Span *span, char *out, gsize size)
{
  if (span->length == 0 || span->length >= size)
    return FALSE;
  memcpy (out, span->at, span->length);
  out[span->length] = '\0';
  return TRUE;
}

gboolean
span_to_uint (const Span *span, guint64 min, guint64 max, guint64 *value)
{
  char text[24];

  return span_copy (span, text, sizeof text) && g_ascii_string_to_unsigned (text, 10, min, max, value, NULL);
}
