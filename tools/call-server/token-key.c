/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Signatures by OpenSSL's libcrypto. A signature of ES256 is two numbers of 32 bytes each (RFC 7518, 3.4), OpenSSL's is
 * an ASN.1 sequence of them. After whatever failed the thread's error queue is emptied: TLS on the same thread would
 * take what is left there for its own. */

#include "tools/call-server/token-key.h"

#include "tools/call-server/token.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <string.h>

#define SHA256_SIZE 32
#define P256_SIZE 32
#define CURVE "prime256v1"

typedef enum
{
  ALGORITHM_HS256,
  ALGORITHM_RS256,
  ALGORITHM_ES256
} Algorithm;

struct TokenKey
{
  Algorithm algorithm;
  GBytes *secret; /* HS256 */
  EVP_PKEY *pkey; /* the others */
  gboolean can_sign;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ECDSA_SIG, ECDSA_SIG_free)

static gboolean
key_error (GError **error, const char *message)
{
  ERR_clear_error ();
  g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_KEY, message);
  return FALSE;
}

const char *
token_key_algorithm (const TokenKey *key)
{
  static const char *const names[] = {"HS256", "RS256", "ES256"};
  return names[key->algorithm];
}

gboolean
token_key_can_sign (const TokenKey *key)
{
  return key->can_sign;
}

void
token_key_free (TokenKey *key)
{
  g_clear_pointer (&key->secret, g_bytes_unref);
  g_clear_pointer (&key->pkey, EVP_PKEY_free);
  g_free (key);
}

/* ---- making ---- */

TokenKey *
token_key_new_secret (GBytes *secret, GError **error)
{
  static const char pem[] = "-----BEGIN";
  gsize size = 0;
  const void *data = secret != NULL ? g_bytes_get_data (secret, &size) : NULL;
  if (size < TOKEN_MIN_SECRET || size > G_MAXINT) {
    g_set_error (error, TOKEN_ERROR, TOKEN_ERROR_KEY, "the JWT secret must have at least %d bytes", TOKEN_MIN_SECRET);
    return NULL;
  }
  /* A public key is no secret: whoever has it could sign. */
  if (memcmp (data, pem, strlen (pem)) == 0) {
    key_error (error, "the JWT secret is a PEM file: a public key is given as jwt-public-key-file");
    return NULL;
  }
  TokenKey *key = g_new0 (TokenKey, 1);
  *key = (TokenKey){.algorithm = ALGORITHM_HS256, .secret = g_bytes_ref (secret), .can_sign = TRUE};
  return key;
}

static gboolean
choose_algorithm (EVP_PKEY *pkey, Algorithm *algorithm, GError **error)
{
  char curve[32] = "";
  int bits = EVP_PKEY_get_bits (pkey);
  switch (EVP_PKEY_get_base_id (pkey)) {
    case EVP_PKEY_RSA:
      *algorithm = ALGORITHM_RS256;
      return (bits >= TOKEN_MIN_RSA_BITS && bits <= TOKEN_MAX_RSA_BITS)
             || key_error (error, "an RSA key must have 2048 to 8192 bits");
    case EVP_PKEY_EC:
      *algorithm = ALGORITHM_ES256;
      return (EVP_PKEY_get_group_name (pkey, curve, sizeof curve, NULL) == 1 && g_str_equal (curve, CURVE))
             || key_error (error, "an EC key must be of the curve P-256 (prime256v1)");
    default:
      return key_error (error, "a key must be RSA (for RS256) or EC on P-256 (for ES256)");
  }
}

/* Takes @pkey. */
static TokenKey *
key_new_asymmetric (EVP_PKEY *pkey, gboolean can_sign, GError **error)
{
  TokenKey *key = g_new0 (TokenKey, 1);
  *key = (TokenKey){.pkey = pkey, .can_sign = can_sign};
  if (choose_algorithm (pkey, &key->algorithm, error))
    return key;
  token_key_free (key);
  return NULL;
}

/* Instead of OpenSSL's own, which would ask on the terminal. */
static int
no_password (char *buffer, int size, int writing, void *data)
{
  return -1;
}

TokenKey *
token_key_new_private (const char *pem, gsize length, GError **error)
{
  g_autoptr (BIO) bio = BIO_new_mem_buf (pem, (int) MIN (length, G_MAXINT));
  EVP_PKEY *pkey = PEM_read_bio_PrivateKey (bio, NULL, no_password, NULL);
  if (pkey != NULL)
    return key_new_asymmetric (pkey, TRUE, error);
  key_error (error, "there is no private key in PEM form without a password");
  return NULL;
}

static gboolean
add_public (GPtrArray *keys, const char *label, const guint8 *der, long size, GError **error)
{
  if (!g_str_equal (label, PEM_STRING_PUBLIC))
    return key_error (error, "there is something else than public keys (-----BEGIN PUBLIC KEY-----)");
  if (keys->len == TOKEN_MAX_KEYS)
    return key_error (error, "there are too many keys: 8 at most");
  EVP_PKEY *pkey = d2i_PUBKEY (NULL, &der, size);
  if (pkey == NULL)
    return key_error (error, "a public key is broken");
  TokenKey *key = key_new_asymmetric (pkey, FALSE, error);
  if (key != NULL)
    g_ptr_array_add (keys, key);
  return key != NULL;
}

gboolean
token_keys_add_public (GPtrArray *keys, const char *pem, gsize length, GError **error)
{
  g_autoptr (BIO) bio = BIO_new_mem_buf (pem, (int) MIN (length, G_MAXINT));
  char *label = NULL, *header = NULL;
  guint8 *der = NULL;
  long size = 0;
  guint found = 0;
  gboolean good = TRUE;
  for (; good && PEM_read_bio (bio, &label, &header, &der, &size) == 1; found++) {
    good = add_public (keys, label, der, size, error);
    OPENSSL_free (label);
    OPENSSL_free (header);
    OPENSSL_free (der);
  }
  if (!good)
    return FALSE;
  if (ERR_GET_REASON (ERR_peek_last_error ()) != PEM_R_NO_START_LINE)
    return key_error (error, "a public key in PEM form is broken");
  if (found == 0)
    return key_error (error, "there is no public key in PEM form (-----BEGIN PUBLIC KEY-----)");
  ERR_clear_error ();
  return TRUE;
}

/* ---- verifying ---- */

static gboolean
hmac_sha256 (GBytes *secret, const char *text, gsize length, guint8 digest[SHA256_SIZE])
{
  gsize size = 0;
  const void *data = g_bytes_get_data (secret, &size);
  return HMAC (EVP_sha256 (), data, (int) size, (const guint8 *) text, length, digest, NULL) != NULL;
}

static gboolean
verify_hmac (const TokenKey *key, const char *text, gsize length, GBytes *signature)
{
  guint8 digest[SHA256_SIZE];
  return g_bytes_get_size (signature) == sizeof digest && hmac_sha256 (key->secret, text, length, digest)
         && CRYPTO_memcmp (digest, g_bytes_get_data (signature, NULL), sizeof digest) == 0;
}

/* Two numbers -> ASN.1. NULL: of another length. */
static GBytes *
signature_to_der (GBytes *signature)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (signature, &size);
  if (size != 2 * P256_SIZE)
    return NULL;
  g_autoptr (ECDSA_SIG) numbers = ECDSA_SIG_new ();
  ECDSA_SIG_set0 (numbers, BN_bin2bn (data, P256_SIZE, NULL), BN_bin2bn (data + P256_SIZE, P256_SIZE, NULL));
  guint8 *der = NULL;
  int length = i2d_ECDSA_SIG (numbers, &der);
  GBytes *bytes = length > 0 ? g_bytes_new (der, (gsize) length) : NULL;
  OPENSSL_free (der);
  return bytes;
}

static gboolean
verify_asymmetric (const TokenKey *key, const char *text, gsize length, GBytes *signature)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (signature, &size);
  gboolean good = EVP_DigestVerifyInit (context, NULL, EVP_sha256 (), NULL, key->pkey) == 1
                  && EVP_DigestVerify (context, data, size, (const guint8 *) text, length) == 1;
  ERR_clear_error ();
  return good;
}

gboolean
token_key_verify (const TokenKey *key, const char *text, gsize length, GBytes *signature)
{
  if (key->algorithm == ALGORITHM_HS256)
    return verify_hmac (key, text, length, signature);
  if (key->algorithm == ALGORITHM_RS256)
    return verify_asymmetric (key, text, length, signature);
  g_autoptr (GBytes) der = signature_to_der (signature);
  return der != NULL && verify_asymmetric (key, text, length, der);
}

/* ---- signing ---- */

static GBytes *
signature_from_der (GBytes *der)
{
  guint8 numbers[2 * P256_SIZE];
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (der, &size);
  g_autoptr (ECDSA_SIG) pair = d2i_ECDSA_SIG (NULL, &data, (long) size);
  if (pair == NULL || BN_bn2binpad (ECDSA_SIG_get0_r (pair), numbers, P256_SIZE) < 0
      || BN_bn2binpad (ECDSA_SIG_get0_s (pair), numbers + P256_SIZE, P256_SIZE) < 0)
    return NULL;
  return g_bytes_new (numbers, sizeof numbers);
}

static GBytes *
sign_asymmetric (const TokenKey *key, const char *text, gsize length)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  guint8 data[TOKEN_MAX_RSA_BITS / 8];
  gsize size = sizeof data;
  if (EVP_DigestSignInit (context, NULL, EVP_sha256 (), NULL, key->pkey) != 1
      || EVP_DigestSign (context, data, &size, (const guint8 *) text, length) != 1)
    return NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  return key->algorithm == ALGORITHM_ES256 ? signature_from_der (bytes) : g_steal_pointer (&bytes);
}

GBytes *
token_key_sign (const TokenKey *key, const char *text, gsize length, GError **error)
{
  guint8 digest[SHA256_SIZE];
  GBytes *signature = NULL;
  if (key->algorithm == ALGORITHM_HS256 && hmac_sha256 (key->secret, text, length, digest))
    signature = g_bytes_new (digest, sizeof digest);
  else if (key->can_sign && key->pkey != NULL)
    signature = sign_asymmetric (key, text, length);
  if (signature == NULL)
    key_error (error, "the key does not sign");
  return signature;
}
