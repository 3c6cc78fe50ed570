/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads values out of JSON text without making a tree, and quotes strings. For the packet codecs, which need a name, a
 * few numbers and the rest as it came. Only for text that json_check() accepted: anything else is the caller's bug. */

/* The text of one value, without white space around it. Points into the text that was read. */
typedef struct
{
  const char *text;
  gsize length;
} JsonSlice;

typedef struct
{
  const char *at;
  const char *end; /* at the closing bracket */
  gboolean object;
} JsonWalk;

gboolean json_walk_open (JsonWalk *walk, const char *text, gsize length); /* FALSE: neither array nor object */
/* The next member. @name: with its quotes; of an object only. FALSE: no more. */
gboolean json_walk_next (JsonWalk *walk, JsonSlice *name, JsonSlice *value);
JsonSlice json_walk_rest (const JsonWalk *walk); /* the members that are left, as they came, without brackets */

gboolean json_slice_is (const JsonSlice *slice, const char *word);           /* a bare word: true, null, 12 */
gboolean json_slice_is_string (const JsonSlice *slice, const char *content); /* a string that says @content */
char *json_slice_to_string (const JsonSlice *slice);                         /* NULL: not a string */
gboolean json_slice_to_int (const JsonSlice *slice, gint64 min, gint64 max, gint64 *value);

/* The first `{` in @at..@end that is not inside a string; NULL: none. */
const char *json_next_object (const char *at, const char *end);

void json_append_quoted (GString *out, const char *text);

/* json-glib up to 1.6 writes 1e-10 as 1e-10.0, which is no JSON: takes such ".0" out, in place. Returns @text. */
char *json_mend_exponents (char *text);

G_END_DECLS
