/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What is remembered of good tokens, and when it is forgotten. Remembered claims are the same object. */

#include "tools/call-server/token-cache.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (1800000000)
#define TTL 60
#define CAPACITY 3

static TokenRules *rules;
static TokenCache *cache;

static char *
token_of (const char *user)
{
  return token_new (rules, user, NULL, NOW, TTL, NULL);
}

static TokenClaims *
verify (const char *token, gint64 now)
{
  return token_cache_verify (cache, token, rules, now, NULL);
}

static void
test_remembered (void)
{
  g_autofree char *token = token_of ("alice");
  g_autoptr (TokenClaims) first = verify (token, NOW);
  g_autoptr (TokenClaims) second = verify (token, NOW + TTL - 1);
  g_assert_cmpstr (first->user_id, ==, "alice");
  g_assert_true (first == second);
}

static void
test_expired (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = token_of ("bob");
  g_autoptr (TokenClaims) claims = verify (token, NOW);
  g_assert_nonnull (claims);
  g_assert_null (token_cache_verify (cache, token, rules, NOW + TTL, &error));
  g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_EXPIRED);
  g_assert_cmpstr (claims->user_id, ==, "bob"); /* who holds it may go on */
}

/* One byte changed, in the signature: a token next to a good one is not good. */
static void
test_bad (void)
{
  g_autofree char *token = token_of ("carol");
  g_autoptr (TokenClaims) claims = verify (token, NOW);
  char *at = strrchr (token, '.') + 1;
  *at = *at == 'A' ? 'B' : 'A';
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (token_cache_verify (cache, token, rules, NOW, &error));
    g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_INVALID);
  }
  g_assert_null (verify (NULL, NOW));
}

static void
test_least_recently_used (void)
{
  g_autofree char *kept = token_of ("kept"), *left = token_of ("left");
  g_autoptr (TokenClaims) kept_claims = verify (kept, NOW);
  g_autoptr (TokenClaims) left_claims = verify (left, NOW);
  for (guint i = 0; i < CAPACITY - 1; i++) {
    g_autofree char *user = g_strdup_printf ("other%u", i), *token = token_of (user);
    g_autoptr (TokenClaims) other = verify (token, NOW);
    g_autoptr (TokenClaims) again = verify (kept, NOW);
    g_assert_true (again == kept_claims);
  }
  g_autoptr (TokenClaims) new_claims = verify (left, NOW);
  g_assert_cmpstr (new_claims->user_id, ==, "left");
  g_assert_true (new_claims != left_claims);
}

static void
test_cleared (void)
{
  g_autofree char *token = token_of ("dave");
  g_autoptr (TokenClaims) before = verify (token, NOW);
  token_cache_clear (cache);
  g_autoptr (TokenClaims) after = verify (token, NOW);
  g_assert_true (before != after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GBytes) secret = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  rules = token_rules_new ();
  cache = token_cache_new (CAPACITY);
  g_assert_true (token_rules_add_secret (rules, secret, NULL));
  g_test_add_func ("/token-cache/remembered", test_remembered);
  g_test_add_func ("/token-cache/expired", test_expired);
  g_test_add_func ("/token-cache/bad", test_bad);
  g_test_add_func ("/token-cache/least-recently-used", test_least_recently_used);
  g_test_add_func ("/token-cache/cleared", test_cleared);
  int code = g_test_run ();
  token_cache_free (cache);
  token_rules_free (rules);
  return code;
}
