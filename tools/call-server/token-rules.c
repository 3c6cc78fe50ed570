/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/token-rules.h"

#include <sys/random.h>

TokenRules *
token_rules_new (void)
{
  TokenRules *rules = g_new0 (TokenRules, 1);
  rules->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) token_key_free);
  return rules;
}

void
token_rules_free (TokenRules *rules)
{
  g_ptr_array_unref (rules->keys);
  g_free (rules->issuer);
  g_free (rules->audience);
  g_free (rules);
}

static gboolean
add_key (TokenRules *rules, TokenKey *key)
{
  if (key != NULL)
    g_ptr_array_add (rules->keys, key);
  return key != NULL;
}

gboolean
token_rules_add_secret (TokenRules *rules, GBytes *secret, GError **error)
{
  return add_key (rules, token_key_new_secret (secret, error));
}

gboolean
token_rules_add_public (TokenRules *rules, GBytes *pem, GError **error)
{
  gsize size = 0;
  const char *text = g_bytes_get_data (pem, &size);
  return token_keys_add_public (rules->keys, text, size, error);
}

gboolean
token_rules_add_private (TokenRules *rules, GBytes *pem, GError **error)
{
  gsize size = 0;
  const char *text = g_bytes_get_data (pem, &size);
  return add_key (rules, token_key_new_private (text, size, error));
}

TokenRules *
token_rules_from_options (const Options *options, GError **error)
{
  g_autoptr (TokenRules) rules = token_rules_new ();
  rules->issuer = g_strdup (options->jwt_issuer);
  rules->audience = g_strdup (options->jwt_audience);
  rules->leeway = (gint64) options->jwt_leeway;
  if (options->jwt_secret != NULL && !token_rules_add_secret (rules, options->jwt_secret, error)) {
    g_prefix_error_literal (error, "jwt-secret-file: ");
    return NULL;
  }
  if (options->jwt_public_keys != NULL && !token_rules_add_public (rules, options->jwt_public_keys, error)) {
    g_prefix_error_literal (error, "jwt-public-key-file: ");
    return NULL;
  }
  return g_steal_pointer (&rules);
}

GBytes *
token_secret_load (const char *path, GError **error)
{
  g_autofree char *content = NULL;
  gsize size = 0;
  if (!g_file_get_contents (path, &content, &size, error))
    return NULL;
  while (size > 0 && g_ascii_isspace (content[size - 1]))
    size--;
  return g_bytes_new (content, size);
}

GBytes *
token_secret_random (void)
{
  guint8 bytes[TOKEN_MIN_SECRET];
  if (getrandom (bytes, sizeof bytes, 0) != (gssize) sizeof bytes)
    g_error ("the kernel gives no random bytes");
  return g_bytes_new (bytes, sizeof bytes);
}
