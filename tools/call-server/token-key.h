/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A key, and the one algorithm that it is for: a secret is HS256, an RSA key RS256, a key of the curve P-256 ES256.
 * What a token's header says of itself never chooses how a key is used. */

typedef struct TokenKey TokenKey;

#define TOKEN_MIN_SECRET 32     /* bytes */
#define TOKEN_MIN_RSA_BITS 2048 /* and at most TOKEN_MAX_RSA_BITS: a larger one only costs time */
#define TOKEN_MAX_RSA_BITS 8192
#define TOKEN_MAX_KEYS 8

TokenKey *token_key_new_secret (GBytes *secret, GError **error);
/* A PEM text with one private key (PKCS #8, or the older forms), without a password. */
TokenKey *token_key_new_private (const char *pem, gsize length, GError **error);
/* Adds the public keys of a PEM text to @keys (element-type TokenKey). FALSE: there is none, or one is of no use. */
gboolean token_keys_add_public (GPtrArray *keys, const char *pem, gsize length, GError **error);
void token_key_free (TokenKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TokenKey, token_key_free)

const char *token_key_algorithm (const TokenKey *key); /* "HS256", "RS256", "ES256" */
gboolean token_key_can_sign (const TokenKey *key);
gboolean token_key_verify (const TokenKey *key, const char *text, gsize length, GBytes *signature);
GBytes *token_key_sign (const TokenKey *key, const char *text, gsize length, GError **error);

G_END_DECLS
