/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/log.h"

#include <string.h>

#define MAX_READ 65536
#define MAX_SHOWN 4096
#define KEYS "(?:\\w*token|credential|password|\\w*secret|authorization|sid)"

/* Each leaves its first group and puts *** in place of the rest. */
static const char *const patterns[] = {
    "(\"" KEYS "\"\\s*:\\s*\")(?:[^\"\\\\]|\\\\.)*",                        /* JSON */
    "(\\\\+\"" KEYS "\\\\+\"\\s*:\\s*\\\\+\")(?:[^\"\\\\]|\\\\[^\"\\\\])*", /* JSON in a string of JSON */
    "(ice-pwd:\\s*)(?:[^\\s\"\\\\]|\\\\/)+",                                /* SDP, as it is or in JSON */
    "(a=crypto:\\S+ \\S+ )(?:[^\\s\"\\\\]|\\\\/)+",                         /* SDES, which no leg of ours offers */
    "([?&]" KEYS "=)[^&\\s\"]*",                                            /* a query */
    "(Bearer\\s+)[^\\s\"\\\\]+",                                            /* a header */
    "()eyJ[\\w-]{8,}(?:\\.[\\w-]*)*",                                       /* a JWT wherever it stands */
};

static GRegex *const *
compiled (void)
{
  static GRegex *regexes[G_N_ELEMENTS (patterns)];
  static gsize done;
  if (g_once_init_enter (&done)) {
    for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
      regexes[i] = g_regex_new (patterns[i], G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
    g_once_init_leave (&done, 1);
  }
  return regexes;
}

/* "\u0074oken" is "token" to a JSON reader: letters are written plainly before anybody looks for them. */
static void
undo_escapes (char *text)
{
  char *to = text;
  for (const char *at = text; *at != '\0';) {
    gboolean escape = strncmp (at, "\\u00", 4) == 0 && g_ascii_isxdigit (at[4]) && g_ascii_isxdigit (at[5]);
    int c = escape ? g_ascii_xdigit_value (at[4]) * 16 + g_ascii_xdigit_value (at[5]) : 0;
    if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
      *to++ = (char) c;
      at += 6;
    } else
      *to++ = *at++;
  }
  *to = '\0';
}

char *
log_redact (const char *text, gssize length)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  g_autofree char *clean = g_utf8_make_valid (text, (gssize) MIN (size, MAX_READ));
  undo_escapes (clean);
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++) {
    char *next = g_regex_replace (compiled ()[i], clean, -1, 0, "\\1***", 0, NULL);
    if (next == NULL)
      return g_strdup ("(cannot be shown)");
    g_free (clean);
    clean = next;
  }
  gsize shown = strlen (clean);
  if (shown <= MAX_SHOWN && size <= MAX_READ)
    return g_steal_pointer (&clean);
  if (shown > MAX_SHOWN)
    *g_utf8_find_prev_char (clean, clean + MAX_SHOWN) = '\0';
  return g_strdup_printf ("%s... (%" G_GSIZE_FORMAT " bytes)", clean, size);
}
