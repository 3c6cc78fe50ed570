/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Lines of APP-ID CERTIFICATE ROLE NOW TTL SALT CHANNEL UID come in, the last two in hex; a line with the token of each
 * version goes out. */

#include "tools/call-server/agora-token.h"

#include <stdio.h>
#include <string.h>

static char *
from_hex (const char *hex)
{
  gsize length = strlen (hex) / 2;
  char *text = g_malloc0 (length + 1);
  for (gsize i = 0; i < length; i++)
    text[i] = (char) (g_ascii_xdigit_value (hex[2 * i]) * 16 + g_ascii_xdigit_value (hex[2 * i + 1]));
  return text;
}

static guint32
to_u32 (const char *text)
{
  guint64 number = 0;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL))
    g_error ("%s is no number", text);
  return (guint32) number;
}

int
main (void)
{
  char line[4096];
  while (fgets (line, sizeof line, stdin) != NULL) {
    line[strcspn (line, "\n")] = '\0';
    g_auto (GStrv) words = g_strsplit (line, " ", 8);
    if (g_strv_length (words) != 8)
      return 2;
    g_autofree char *channel = from_hex (words[6]), *uid = from_hex (words[7]);
    const AgoraToken token = {.app_id = words[0],
        .certificate = words[1],
        .channel = channel,
        .uid = uid,
        .publisher = g_str_equal (words[2], "publisher"),
        .now = to_u32 (words[3]),
        .ttl = to_u32 (words[4]),
        .salt = to_u32 (words[5])};
    g_autofree char *old = agora_token_006 (&token), *new = agora_token_007 (&token);
    printf ("%s %s\n", old, new);
  }
  return 0;
}
