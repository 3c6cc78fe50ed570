/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A piece of a text that somebody else holds. */
typedef struct
{
  const char *at;
  gsize length;
} Span;

gboolean span_is (const Span *span, const char *text);
/* TRUE when @span begins with @prefix; @rest is what follows it. */
gboolean span_after (const Span *span, const char *prefix, Span *rest);
/* Takes what stands before the next @separator off the front of @rest. */
Span span_take (Span *rest, char separator);
/* FALSE: empty, or longer than @size - 1. */
gboolean span_copy (const Span *span, char *out, gsize size);
gboolean span_to_uint (const Span *span, guint64 min, guint64 max, guint64 *value);

G_END_DECLS
