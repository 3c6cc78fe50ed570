/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/cli-table.h"

#define GAP 2

static guint
width_of (const char *text)
{
  guint width = 0;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

/* A name is somebody else's text: nothing in it may steer the terminal. */
static char *
printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    GUnicodeType type = g_unichar_type (c);
    gboolean steers = type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR
                      || type == G_UNICODE_PARAGRAPH_SEPARATOR || (c >= 0x202a && c <= 0x202e)
                      || (c >= 0x2066 && c <= 0x2069);
    g_string_append_unichar (out, steers ? 0xfffd : c);
  }
  return g_string_free (out, FALSE);
}

static void
append_row (GString *out, char **cells, const guint *widths)
{
  for (guint i = 0; cells[i] != NULL; i++) {
    g_autofree char *cell = printable (cells[i]);
    guint pad = cells[i + 1] != NULL ? widths[i] + GAP - width_of (cell) : 0;
    g_string_append_printf (out, "%s%*s", cell, (int) pad, "");
  }
  g_string_append_c (out, '\n');
}

char *
cli_table (const GPtrArray *rows)
{
  g_autofree guint *widths = g_new0 (guint, g_strv_length (g_ptr_array_index (rows, 0)));
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < rows->len; i++) {
    char **cells = g_ptr_array_index (rows, i);
    for (guint j = 0; cells[j] != NULL; j++) {
      g_autofree char *cell = printable (cells[j]);
      widths[j] = MAX (widths[j], width_of (cell));
    }
  }
  for (guint i = 0; i < rows->len; i++)
    append_row (out, g_ptr_array_index (rows, i), widths);
  return g_string_free (out, FALSE);
}
