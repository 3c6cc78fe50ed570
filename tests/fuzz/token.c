/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "tools/call-server/token-jws.h"
#include "tools/call-server/token.h"

#include <string.h>

/* The input is a token, which nobody signed; and it is the claims of one that is signed. */

#define NOW G_GINT64_CONSTANT (1800000000)
#define HEADER "eyJhbGciOiJIUzI1NiJ9."

static TokenRules *
make_rules (void)
{
  TokenRules *rules = token_rules_new ();
  g_autoptr (GBytes) secret = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  FUZZ_ASSERT (token_rules_add_secret (rules, secret, NULL));
  rules->audience = g_strdup ("a");
  return rules;
}

static void
check (const TokenRules *rules, const char *token, gboolean is_signed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TokenClaims) claims = token_verify (token, rules, NOW, &error);
  FUZZ_ASSERT ((claims != NULL) == (error == NULL));
  FUZZ_ASSERT (claims == NULL || (is_signed && token_user_id_is_valid (claims->user_id) && claims->expires >= NOW));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static TokenRules *rules;
  if (rules == NULL)
    rules = make_rules ();
  g_autofree char *text = g_strndup ((const char *) data, size);
  check (rules, text, FALSE);
  g_autofree char *base64 = g_base64_encode (data, size);
  g_strdelimit (base64, "+", '-');
  g_strdelimit (base64, "/", '_');
  base64[strcspn (base64, "=")] = '\0';
  g_autofree char *head = g_strconcat (HEADER, base64, NULL);
  g_autoptr (GBytes) signature = token_key_sign (g_ptr_array_index (rules->keys, 0), head, strlen (head), NULL);
  g_autofree char *token = token_jws_complete (head, signature);
  check (rules, token, TRUE);
  return 0;
}
