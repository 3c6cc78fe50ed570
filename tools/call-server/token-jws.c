/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/token-jws.h"

#include "gst/core/base64.h"
#include "tools/call-server/json.h"

#include <string.h>

void
token_jws_free (TokenJws *jws)
{
  g_free (jws->algorithm);
  g_clear_pointer (&jws->claims, json_object_unref);
  g_clear_pointer (&jws->signature, g_bytes_unref);
  g_free (jws);
}

/* One text for one content: no padding, no bits left over, nothing skipped. NULL: it is not that, or empty. */
static GBytes *
decode_part (const char *text, gsize length)
{
  if (length == 0 || length % 4 == 1)
    return NULL;
  g_autoptr (GString) base64 = g_string_new_len (text, (gssize) length);
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_')
      return NULL;
  }
  g_string_replace (base64, "-", "+", 0);
  g_string_replace (base64, "_", "/", 0);
  while (base64->len % 4 != 0)
    g_string_append_c (base64, '=');
  return base64_decode_strict (base64->str, base64->len);
}

static char *
encode_part (const void *data, gsize size)
{
  char *text = g_base64_encode (data, size);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

static JsonObject *
decode_object (const char *text, gsize length)
{
  gsize size = 0;
  g_autoptr (GBytes) bytes = decode_part (text, length);
  const char *json = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  return json != NULL ? json_object_from_text (json, (gssize) size, NULL) : NULL;
}

TokenJws *
token_jws_parse (const char *text)
{
  const char *first = strchr (text, '.');
  const char *second = first != NULL ? strchr (first + 1, '.') : NULL;
  if (second == NULL)
    return NULL;
  g_autoptr (JsonObject) header = decode_object (text, (gsize) (first - text));
  g_autoptr (TokenJws) jws = g_new0 (TokenJws, 1);
  jws->algorithm = g_strdup (json_object_text (header, "alg"));
  jws->claims = decode_object (first + 1, (gsize) (second - first - 1));
  jws->signed_length = (gsize) (second - text);
  jws->signature = decode_part (second + 1, strlen (second + 1));
  gboolean good = jws->algorithm != NULL && !json_object_has_member (header, "crit") && jws->claims != NULL
                  && jws->signature != NULL;
  return good ? g_steal_pointer (&jws) : NULL;
}

char *
token_jws_head (const char *algorithm, JsonObject *claims)
{
  g_autoptr (JsonObject) header = json_object_new ();
  json_object_set_string_member (header, "alg", algorithm);
  json_object_set_string_member (header, "typ", "JWT");
  g_autofree char *header_json = json_object_to_text (header);
  g_autofree char *claims_json = json_object_to_text (claims);
  g_autofree char *header_part = encode_part (header_json, strlen (header_json));
  g_autofree char *claims_part = encode_part (claims_json, strlen (claims_json));
  return g_strconcat (header_part, ".", claims_part, NULL);
}

char *
token_jws_complete (const char *head, GBytes *signature)
{
  gsize size = 0;
  const void *data = g_bytes_get_data (signature, &size);
  g_autofree char *part = encode_part (data, size);
  return g_strconcat (head, ".", part, NULL);
}
