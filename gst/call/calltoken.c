/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/calltoken.h"

#include "gst/call/callsignaller.h"
#include "gst/core/jsoncheck.h"

#include <json-glib/json-glib.h>

char *
call_token_check (const char *token, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (token ? token : ""));

  if (!*stripped) {
    g_set_error_literal (error, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_TOKEN,
        "There is no token: set the property token, the environment variable GST_CALL_TOKEN or the property token-file "
        "(gst-call-server token --user NAME prints one)");
    return NULL;
  }
  for (const char *p = stripped; *p; p++) {
    if (!g_ascii_isalnum (*p) && !strchr ("-._~+/=", *p)) {
      g_set_error_literal (error, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_TOKEN,
          "The token has characters that no token has: is the whole of it one token, and not the name of its file?");
      return NULL;
    }
  }
  return g_steal_pointer (&stripped);
}

/* Base64 as URLs have it, without padding. */
static char *
decode_part (const char *part, gsize *length)
{
  g_autoptr (GString) text = g_string_new (part);

  for (gsize i = 0; i < text->len; i++) {
    if (part[i] == '-')
      text->str[i] = '+';
    else if (part[i] == '_')
      text->str[i] = '/';
  }
  while (text->len % 4)
    g_string_append_c (text, '=');
  return (char *) g_base64_decode (text->str, length);
}

char *
call_token_get_user (const char *token)
{
  static const char *const claims[] = {"sub", "id", "userId"};
  g_auto (GStrv) parts = g_strsplit (token, ".", 4);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *json = NULL;
  gsize length = 0;
  JsonNode *root;

  if (g_strv_length (parts) != 3)
    return NULL;
  json = decode_part (parts[1], &length);
  if (!json_check (json, length, JSON_CHECK_MAX_DEPTH, NULL)
      || !json_parser_load_from_data (parser, json, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (claims); i++) {
    JsonNode *claim = json_object_get_member (json_node_get_object (root), claims[i]);

    if (claim && JSON_NODE_HOLDS_VALUE (claim) && json_node_get_value_type (claim) == G_TYPE_STRING)
      return g_strdup (json_node_get_string (claim));
  }
  return NULL;
}
