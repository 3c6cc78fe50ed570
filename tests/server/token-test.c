/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Tokens, good and bad. The bad ones are made here by GLib's HMAC, so that they can be wrong in one thing only. */

#include "tools/call-server/token.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (1800000000)
#define SECRET "0123456789abcdef0123456789abcdef"
#define CLAIMS "{\"sub\":\"bob\",\"exp\":1800000060}"

static TokenRules *rules;

static char *
base64url (const guint8 *data, gsize size)
{
  char *text = g_base64_encode (data, size);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

static char *
sign (const char *header, const char *claims, GChecksumType hash, const char *key)
{
  guint8 digest[64];
  gsize size = sizeof digest;
  g_autofree char *head = base64url ((const guint8 *) header, strlen (header));
  g_autofree char *body = base64url ((const guint8 *) claims, strlen (claims));
  g_autofree char *text = g_strconcat (head, ".", body, NULL);
  GHmac *hmac = g_hmac_new (hash, (const guchar *) key, strlen (key));
  g_hmac_update (hmac, (const guchar *) text, -1);
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  g_autofree char *signature = base64url (digest, size);
  return g_strconcat (text, ".", signature, NULL);
}

static char *
sign_claims (const char *claims)
{
  return sign ("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, G_CHECKSUM_SHA256, SECRET);
}

static void
assert_refused (const char *token, int code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (token_verify (token, rules, NOW, &error));
  g_assert_error (error, TOKEN_ERROR, code);
  g_assert_nonnull (token_error_code (error));
}

static void
assert_claims_refused (const char *claims, int code)
{
  g_autofree char *token = sign_claims (claims);
  assert_refused (token, code);
}

static void
assert_user (const char *claims, const char *user_id, const char *full_name)
{
  g_autofree char *token = sign_claims (claims);
  g_autoptr (GError) error = NULL;
  g_autoptr (TokenClaims) found = token_verify (token, rules, NOW, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found->user_id, ==, user_id);
  g_assert_cmpstr (found->full_name, ==, full_name);
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = token_new (rules, "bob", "Bob B", NOW, 60, &error);
  g_assert_no_error (error);
  g_autoptr (TokenClaims) claims = token_verify (token, rules, NOW + 59, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (claims->user_id, ==, "bob");
  g_assert_cmpstr (claims->username, ==, "bob");
  g_assert_cmpstr (claims->full_name, ==, "Bob B");
  g_assert_null (claims->avatar);
  g_assert_cmpint (claims->expires, ==, NOW + 60);
  g_assert_null (token_verify (token, rules, NOW + 60, &error));
  g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_EXPIRED);
}

static void
test_users (void)
{
  assert_user (CLAIMS, "bob", NULL);
  assert_user ("{\"id\":17,\"exp\":1800000060.5,\"name\":\"N\"}", "17", "N");
  assert_user ("{\"userId\":\"u\",\"exp\":1800000060,\"name\":\"N\",\"fullName\":\"F\"}", "u", "F");
  assert_user ("{\"sub\":null,\"id\":\"i\",\"exp\":1800000060,\"nbf\":1800000000}", "i", NULL);
  assert_user ("{\"sub\":\"s\",\"id\":\"i\",\"exp\":1800000060,\"type\":\"access\"}", "s", NULL);
}

static void
test_bad_claims (void)
{
  assert_claims_refused ("{\"sub\":\"bob\"}", TOKEN_ERROR_INVALID);
  assert_claims_refused ("{\"sub\":\"bob\",\"exp\":\"1800000060\"}", TOKEN_ERROR_INVALID);
  assert_claims_refused ("{\"sub\":\"bob\",\"exp\":1800000000}", TOKEN_ERROR_EXPIRED);
  assert_claims_refused ("{\"sub\":\"bob\",\"exp\":-1}", TOKEN_ERROR_EXPIRED);
  assert_claims_refused ("{\"sub\":\"bob\",\"exp\":1800000060,\"nbf\":1800000001}", TOKEN_ERROR_EARLY);
  assert_claims_refused ("{\"sub\":\"bob\",\"exp\":1800000060,\"nbf\":\"0\"}", TOKEN_ERROR_INVALID);
  assert_claims_refused ("{\"sub\":\"bob\",\"exp\":1800000060,\"type\":\"refresh\"}", TOKEN_ERROR_TYPE);
  assert_claims_refused ("{\"sub\":\"bob\",\"exp\":1800000060,\"type\":7}", TOKEN_ERROR_TYPE);
  assert_claims_refused ("{\"exp\":1800000060}", TOKEN_ERROR_INVALID);
  assert_claims_refused ("{\"sub\":[1],\"id\":\"i\",\"exp\":1800000060}", TOKEN_ERROR_INVALID);
  assert_claims_refused ("{\"sub\":\"a\\u0007b\",\"exp\":1800000060}", TOKEN_ERROR_INVALID);
  assert_claims_refused ("{\"sub\":\"a\\u0000b\",\"exp\":1800000060}", TOKEN_ERROR_INVALID);
  assert_claims_refused ("[\"sub\"]", TOKEN_ERROR_INVALID);
  assert_claims_refused ("not json", TOKEN_ERROR_INVALID);
}

static void
test_bad_algorithms (void)
{
  g_autofree char *none = sign ("{\"alg\":\"none\"}", CLAIMS, G_CHECKSUM_SHA256, SECRET);
  g_autofree char *sha512 = sign ("{\"alg\":\"HS512\"}", CLAIMS, G_CHECKSUM_SHA512, SECRET);
  g_autofree char *rsa = sign ("{\"alg\":\"RS256\"}", CLAIMS, G_CHECKSUM_SHA256, SECRET);
  g_autofree char *crit = sign ("{\"alg\":\"HS256\",\"crit\":[\"x\"]}", CLAIMS, G_CHECKSUM_SHA256, SECRET);
  g_autofree char *absent = sign ("{\"typ\":\"JWT\"}", CLAIMS, G_CHECKSUM_SHA256, SECRET);
  assert_refused (none, TOKEN_ERROR_ALGORITHM);
  *(strrchr (none, '.') + 1) = '\0';
  assert_refused (none, TOKEN_ERROR_INVALID);
  assert_refused (sha512, TOKEN_ERROR_ALGORITHM);
  assert_refused (rsa, TOKEN_ERROR_ALGORITHM);
  assert_refused (absent, TOKEN_ERROR_INVALID);
  assert_refused (crit, TOKEN_ERROR_INVALID);
}

static void
test_forged (void)
{
  g_autofree char *other = sign ("{\"alg\":\"HS256\"}", CLAIMS, G_CHECKSUM_SHA256, SECRET "x");
  g_autofree char *good = sign_claims (CLAIMS);
  assert_refused (other, TOKEN_ERROR_INVALID);
  for (gsize length = 0; length < strlen (good); length++) {
    g_autofree char *cut = g_strndup (good, length);
    assert_refused (cut, length == 0 ? TOKEN_ERROR_MISSING : TOKEN_ERROR_INVALID);
  }
  assert_refused (NULL, TOKEN_ERROR_MISSING);
  assert_refused ("...", TOKEN_ERROR_INVALID);
  assert_refused ("\xff.\xff.\xff", TOKEN_ERROR_INVALID);
}

/* What odd bytes do is for valgrind and the sanitizer to see. */
static void
test_mutations (void)
{
  static const char characters[] = "..AZaz09-_=+/ \t\x01\xff";
  g_autofree char *good = sign_claims (CLAIMS);
  g_autoptr (GRand) random = g_rand_new_with_seed (20261122);
  gsize length = strlen (good);
  for (guint round = 0; round < 3000; round++) {
    g_autofree char *token = g_strdup (good);
    for (gint32 n = g_rand_int_range (random, 1, 4); n > 0; n--)
      token[g_rand_int_range (random, 0, (gint32) length)] =
          characters[g_rand_int_range (random, 0, sizeof characters)];
    g_autoptr (TokenClaims) claims = token_verify (token, rules, NOW, NULL);
    g_assert_true (claims == NULL || strcmp (claims->user_id, "bob") == 0);
  }
}

static void
test_large (void)
{
  g_autofree char *name = g_strnfill (10000, 'x');
  g_autofree char *claims = g_strdup_printf ("{\"sub\":\"bob\",\"exp\":1800000060,\"name\":\"%s\"}", name);
  assert_claims_refused (claims, TOKEN_ERROR_INVALID);
  name[200] = '\0';
  g_autofree char *user = g_strdup_printf ("{\"sub\":\"%s\",\"exp\":1800000060}", name);
  assert_claims_refused (user, TOKEN_ERROR_INVALID);
}

static void
test_secrets (void)
{
  g_autoptr (TokenRules) none = token_rules_new ();
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) short_one = g_bytes_new (SECRET, TOKEN_MIN_SECRET - 1);
  g_autoptr (GBytes) pem = g_bytes_new_static ("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0C", 43);
  GBytes *keys[] = {NULL, empty, short_one, pem};
  g_autofree char *good = sign_claims (CLAIMS);
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_assert_false (token_rules_add_secret (none, keys[i], &error));
    g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_KEY);
    g_clear_error (&error);
  }
  g_assert_null (token_verify (good, none, NOW, &error));
  g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_ALGORITHM);
  g_clear_error (&error);
  g_assert_null (token_new (none, "bob", NULL, NOW, 60, &error));
  g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_KEY);
}

typedef struct
{
  const char *claims; /* after sub and exp */
  const char *issuer, *audience;
  int code; /* -1: taken */
} PartyCase;

static const PartyCase parties[] = {
    {"", NULL, NULL, -1},
    {",\"iss\":\"app\",\"aud\":\"calls\"", NULL, NULL, -1},
    {",\"iss\":\"app\",\"aud\":\"calls\"", "app", "calls", -1},
    {",\"iss\":\"app\",\"aud\":[\"chat\",\"calls\"]", "app", "calls", -1},
    {"", "app", NULL, TOKEN_ERROR_ISSUER},
    {",\"iss\":\"App\"", "app", NULL, TOKEN_ERROR_ISSUER},
    {",\"iss\":[\"app\"]", "app", NULL, TOKEN_ERROR_ISSUER},
    {"", NULL, "calls", TOKEN_ERROR_AUDIENCE},
    {",\"aud\":\"chat\"", NULL, "calls", TOKEN_ERROR_AUDIENCE},
    {",\"aud\":[]", NULL, "calls", TOKEN_ERROR_AUDIENCE},
    {",\"aud\":[\"chat\",1,null,[\"calls\"],{\"calls\":1}]", NULL, "calls", TOKEN_ERROR_AUDIENCE},
    {",\"aud\":{\"calls\":true}", NULL, "calls", TOKEN_ERROR_AUDIENCE},
};

static void
test_parties (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (parties); i++) {
    g_autofree char *text = g_strdup_printf ("{\"sub\":\"bob\",\"exp\":1800000060%s}", parties[i].claims);
    rules->issuer = g_strdup (parties[i].issuer);
    rules->audience = g_strdup (parties[i].audience);
    if (parties[i].code < 0)
      assert_user (text, "bob", NULL);
    else
      assert_claims_refused (text, parties[i].code);
    /* Our own tokens carry what is asked for. */
    g_autofree char *own = token_new (rules, "bob", NULL, NOW, 60, NULL);
    g_autoptr (TokenClaims) claims = token_verify (own, rules, NOW, NULL);
    g_assert_nonnull (claims);
    g_clear_pointer (&rules->issuer, g_free);
    g_clear_pointer (&rules->audience, g_free);
  }
}

static void
test_leeway (void)
{
  rules->leeway = 30;
  assert_user ("{\"sub\":\"bob\",\"exp\":1799999971}", "bob", NULL);
  assert_claims_refused ("{\"sub\":\"bob\",\"exp\":1799999970}", TOKEN_ERROR_EXPIRED);
  assert_user ("{\"sub\":\"bob\",\"exp\":1800000060,\"nbf\":1800000030}", "bob", NULL);
  assert_claims_refused ("{\"sub\":\"bob\",\"exp\":1800000060,\"nbf\":1800000031}", TOKEN_ERROR_EARLY);
  g_autofree char *token = sign_claims (CLAIMS);
  g_autoptr (TokenClaims) claims = token_verify (token, rules, NOW, NULL);
  g_assert_cmpint (claims->expires, ==, NOW + 90);
  rules->leeway = 0;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GBytes) secret = g_bytes_new_static (SECRET, strlen (SECRET));
  rules = token_rules_new ();
  g_assert_true (token_rules_add_secret (rules, secret, NULL));
  g_test_add_func ("/token/round-trip", test_round_trip);
  g_test_add_func ("/token/users", test_users);
  g_test_add_func ("/token/bad-claims", test_bad_claims);
  g_test_add_func ("/token/bad-algorithms", test_bad_algorithms);
  g_test_add_func ("/token/forged", test_forged);
  g_test_add_func ("/token/mutations", test_mutations);
  g_test_add_func ("/token/large", test_large);
  g_test_add_func ("/token/secrets", test_secrets);
  g_test_add_func ("/token/parties", test_parties);
  g_test_add_func ("/token/leeway", test_leeway);
  int code = g_test_run ();
  token_rules_free (rules);
  return code;
}
