/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Keys of every kind, and each algorithm against each of them: a key is good for its own algorithm and no other. */

#include "tools/call-server/token-jws.h"
#include "tools/call-server/token.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT (1800000000)
#define SECRET "0123456789abcdef0123456789abcdef"

static EVP_PKEY *rsa, *rsa_other, *rsa_short, *p256, *p384;

static char *
to_text (BIO *bio)
{
  char *data = NULL;
  long size = BIO_get_mem_data (bio, &data);
  char *text = g_strndup (data, (gsize) size);
  BIO_free (bio);
  return text;
}

static char *
public_pem (EVP_PKEY *pkey)
{
  BIO *bio = BIO_new (BIO_s_mem ());
  g_assert_cmpint (PEM_write_bio_PUBKEY (bio, pkey), ==, 1);
  return to_text (bio);
}

static char *
private_pem (EVP_PKEY *pkey)
{
  BIO *bio = BIO_new (BIO_s_mem ());
  g_assert_cmpint (PEM_write_bio_PrivateKey (bio, pkey, NULL, NULL, 0, NULL, NULL), ==, 1);
  return to_text (bio);
}

static TokenRules *
rules_with_public (EVP_PKEY *pkey)
{
  TokenRules *rules = token_rules_new ();
  g_autofree char *pem = public_pem (pkey);
  g_assert_true (token_keys_add_public (rules->keys, pem, strlen (pem), NULL));
  return rules;
}

static TokenRules *
rules_with_private (EVP_PKEY *pkey)
{
  TokenRules *rules = token_rules_new ();
  g_autofree char *pem = private_pem (pkey);
  g_autoptr (GError) error = NULL;
  g_ptr_array_add (rules->keys, token_key_new_private (pem, strlen (pem), &error));
  g_assert_no_error (error);
  return rules;
}

static TokenRules *
rules_with_secret (const char *secret)
{
  TokenRules *rules = token_rules_new ();
  g_autoptr (GBytes) bytes = g_bytes_new (secret, strlen (secret));
  g_assert_true (token_rules_add_secret (rules, bytes, NULL));
  return rules;
}

static int
verdict (const char *token, const TokenRules *rules)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TokenClaims) claims = token_verify (token, rules, NOW, &error);
  g_assert_true ((claims == NULL) == (error != NULL));
  return claims != NULL ? -1 : error->code;
}

/* A token whose header says @algorithm, signed by @signer as its kind has it. */
static char *
sign_as (const char *algorithm, const TokenRules *signer)
{
  g_autoptr (JsonObject) claims = json_object_new ();
  json_object_set_string_member (claims, "sub", "bob");
  json_object_set_int_member (claims, "exp", NOW + 60);
  g_autofree char *head = token_jws_head (algorithm, claims);
  g_autoptr (GBytes) signature = token_key_sign (g_ptr_array_index (signer->keys, 0), head, strlen (head), NULL);
  return token_jws_complete (head, signature);
}

static void
test_algorithms (void)
{
  static const char *const algorithms[] = {
      "HS256", "RS256", "ES256", "HS512", "RS512", "PS256", "ES384", "ES256K", "none", "NONE", "hs256", ""};
  g_autoptr (TokenRules) secret = rules_with_secret (SECRET), rsa_public = rules_with_public (rsa),
                         ec_public = rules_with_public (p256), rsa_private = rules_with_private (rsa),
                         ec_private = rules_with_private (p256);
  const TokenRules *signers[] = {secret, rsa_private, ec_private}, *verifiers[] = {secret, rsa_public, ec_public};
  for (guint signer = 0; signer < G_N_ELEMENTS (signers); signer++) {
    for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++) {
      g_autofree char *token = sign_as (algorithms[i], signers[signer]);
      for (guint kind = 0; kind < G_N_ELEMENTS (verifiers); kind++) {
        int code = verdict (token, verifiers[kind]);
        if (i != kind)
          g_assert_cmpint (code, ==, TOKEN_ERROR_ALGORITHM);
        else
          g_assert_cmpint (code, ==, signer == kind ? -1 : TOKEN_ERROR_INVALID);
      }
    }
  }
}

/* The classic: the public key, which everybody may have, as the secret of an HS256. */
static void
test_public_key_as_secret (void)
{
  g_autofree char *pem = public_pem (rsa);
  g_autoptr (GBytes) bytes = g_bytes_new_static (pem, strlen (pem));
  g_autoptr (GBytes) trimmed = g_bytes_new_static (pem, strlen (pem) - 1);
  g_autoptr (TokenRules) rsa_public = rules_with_public (rsa);
  GBytes *secrets[] = {bytes, trimmed};
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autoptr (TokenRules) secret = token_rules_new ();
    g_autoptr (GError) error = NULL;
    g_assert_false (token_rules_add_secret (secret, secrets[i], &error));
    g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_KEY);
    gsize size = 0;
    g_autofree char *made = NULL;
    const guint8 *data = g_bytes_get_data (secrets[i], &size);
    g_autofree char *head = g_strdup ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IiLCJleHAiOjE4MDAwMDAwNjB9");
    guint8 digest[32];
    gsize length = sizeof digest;
    GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, data, size);
    g_hmac_update (hmac, (const guchar *) head, -1);
    g_hmac_get_digest (hmac, digest, &length);
    g_hmac_unref (hmac);
    g_autoptr (GBytes) signature = g_bytes_new (digest, sizeof digest);
    made = token_jws_complete (head, signature);
    g_assert_cmpint (verdict (made, rsa_public), ==, TOKEN_ERROR_ALGORITHM);
  }
}

static void
test_other_keys (void)
{
  g_autoptr (TokenRules) signer = rules_with_private (rsa_other), other = rules_with_public (rsa);
  g_autofree char *token = token_new (signer, "bob", NULL, NOW, 60, NULL);
  g_assert_cmpint (verdict (token, other), ==, TOKEN_ERROR_INVALID);
  /* Two keys in one file, as while keys change: either will do. */
  g_autofree char *first = public_pem (rsa), *second = public_pem (rsa_other), *third = public_pem (p256);
  g_autofree char *both = g_strconcat ("# keys\n", first, "\n", second, third, NULL);
  g_autoptr (TokenRules) rules = token_rules_new ();
  g_assert_true (token_keys_add_public (rules->keys, both, strlen (both), NULL));
  g_assert_cmpuint (rules->keys->len, ==, 3);
  g_assert_cmpint (verdict (token, rules), ==, -1);
  g_autoptr (GError) error = NULL;
  g_assert_null (token_new (rules, "bob", NULL, NOW, 60, &error));
  g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_KEY);
}

static void
test_forged (void)
{
  EVP_PKEY *pkeys[] = {rsa, p256};
  for (guint i = 0; i < G_N_ELEMENTS (pkeys); i++) {
    g_autoptr (TokenRules) signer = rules_with_private (pkeys[i]), rules = rules_with_public (pkeys[i]);
    g_autofree char *good = token_new (signer, "bob", NULL, NOW, 60, NULL);
    g_assert_cmpint (verdict (good, rules), ==, -1);
    for (gsize at = 0; at < strlen (good); at++) {
      g_autofree char *bad = g_strdup (good);
      bad[at] = bad[at] == 'A' ? 'B' : 'A';
      g_assert_cmpint (verdict (bad, rules), !=, -1);
      g_autofree char *cut = g_strndup (good, at);
      g_assert_cmpint (verdict (cut, rules), !=, -1);
    }
  }
}

/* Zeroes, r and s out of range, an ASN.1 signature where two numbers belong, one byte more or less. */
static void
test_es256_signatures (void)
{
  g_autoptr (TokenRules) rules = rules_with_public (p256), signer = rules_with_private (p256);
  g_autofree char *good = sign_as ("ES256", signer);
  g_autofree char *head = g_strndup (good, (gsize) (strrchr (good, '.') - good));
  static const guint8 fills[] = {0x00, 0xff, 0x30};
  for (gsize size = 1; size <= 72; size++) {
    for (guint i = 0; i < G_N_ELEMENTS (fills); i++) {
      guint8 data[72];
      memset (data, fills[i], sizeof data);
      g_autoptr (GBytes) signature = g_bytes_new (data, size);
      g_autofree char *token = token_jws_complete (head, signature);
      g_assert_cmpint (verdict (token, rules), ==, TOKEN_ERROR_INVALID);
    }
  }
}

static void
test_bad_keys (void)
{
  g_autofree char *short_pem = public_pem (rsa_short), *curve_pem = public_pem (p384), *good = public_pem (rsa);
  g_autofree char *secret_one = private_pem (rsa), *short_private = private_pem (rsa_short);
  g_autofree char *broken = g_strdup (good), *cut = g_strndup (good, 200);
  g_autoptr (GString) many = g_string_new (NULL);
  memset (broken + 40, '!', 10);
  for (guint i = 0; i <= TOKEN_MAX_KEYS; i++)
    g_string_append (many, good);
  g_autofree char *with_broken = g_strconcat (good, broken, NULL);
  const char *publics[] = {"", "no key", short_pem, curve_pem, secret_one, broken, cut, many->str, with_broken};
  for (guint i = 0; i < G_N_ELEMENTS (publics); i++) {
    g_autoptr (TokenRules) rules = token_rules_new ();
    g_autoptr (GError) error = NULL;
    g_assert_false (token_keys_add_public (rules->keys, publics[i], strlen (publics[i]), &error));
    g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_KEY);
  }
  const char *privates[] = {"", good, short_private};
  for (guint i = 0; i < G_N_ELEMENTS (privates); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (token_key_new_private (privates[i], strlen (privates[i]), &error));
    g_assert_error (error, TOKEN_ERROR, TOKEN_ERROR_KEY);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  EVP_PKEY **keys[] = {&rsa, &rsa_other, &rsa_short, &p256, &p384};
  rsa = EVP_RSA_gen (2048);
  rsa_other = EVP_RSA_gen (2048);
  rsa_short = EVP_RSA_gen (1024);
  p256 = EVP_EC_gen ("P-256");
  p384 = EVP_EC_gen ("P-384");
  g_test_add_func ("/token-key/algorithms", test_algorithms);
  g_test_add_func ("/token-key/public-key-as-secret", test_public_key_as_secret);
  g_test_add_func ("/token-key/other-keys", test_other_keys);
  g_test_add_func ("/token-key/forged", test_forged);
  g_test_add_func ("/token-key/es256-signatures", test_es256_signatures);
  g_test_add_func ("/token-key/bad-keys", test_bad_keys);
  int code = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    EVP_PKEY_free (*keys[i]);
  return code;
}
