/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/token-key.h"

G_BEGIN_DECLS

/* The tokens of users: JWT (RFC 7519), signed by a key that the server knows. token-key.c has the signatures,
 * token-jws.c the form, token-rules.c what the operator configured; here is what a token must say. */

#define TOKEN_MAX_LENGTH 8192
#define TOKEN_MAX_LEEWAY 300
#define TOKEN_DIGEST_SIZE 32 /* SHA-256 */

typedef enum
{
  TOKEN_ERROR_MISSING,
  TOKEN_ERROR_INVALID,   /* not a token, forged, a claim of the wrong type */
  TOKEN_ERROR_ALGORITHM, /* none of the keys is for it */
  TOKEN_ERROR_EXPIRED,
  TOKEN_ERROR_EARLY, /* nbf */
  TOKEN_ERROR_TYPE,  /* a refresh token, say */
  TOKEN_ERROR_ISSUER,
  TOKEN_ERROR_AUDIENCE,
  TOKEN_ERROR_USER, /* not the one whom it should renew */
  TOKEN_ERROR_KEY   /* the server's own key is of no use */
} TokenError;

#define TOKEN_ERROR (token_error_quark ())
GQuark token_error_quark (void);
const char *token_error_code (const GError *error); /* "token-expired" ...: for a client */

/* What is asked of a token. */
typedef struct
{
  GPtrArray *keys; /* (element-type TokenKey) one of them has signed it */
  char *issuer;    /* iss; NULL: any */
  char *audience;  /* aud, or one of them; NULL: any */
  gint64 leeway;   /* seconds by which the issuer's clock may be off */
} TokenRules;

TokenRules *token_rules_new (void);
void token_rules_free (TokenRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TokenRules, token_rules_free)
/* FALSE: @error says why the key is of no use. */
gboolean token_rules_add_secret (TokenRules *rules, GBytes *secret, GError **error);
gboolean token_rules_add_public (TokenRules *rules, GBytes *pem, GError **error);
gboolean token_rules_add_private (TokenRules *rules, GBytes *pem, GError **error);

/* A file's content without the white space at its end. */
GBytes *token_secret_load (const char *path, GError **error);
GBytes *token_secret_random (void);

/* What is absent is NULL. */
typedef struct
{
  char *user_id;
  char *username;
  char *full_name;
  char *avatar;
  gint64 expires;                   /* seconds since 1970, the leeway in it */
  guint8 digest[TOKEN_DIGEST_SIZE]; /* of the token; token_cache_verify() sets it */
  grefcount refs;
} TokenClaims;

TokenClaims *token_verify (const char *token, const TokenRules *rules, gint64 now, GError **error);
TokenClaims *token_claims_ref (TokenClaims *claims);
void token_claims_free (TokenClaims *claims); /* drops a reference */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TokenClaims, token_claims_free)

/* By the first key that can sign, with the issuer and the audience of @rules. @name: NULL, or the full name. */
char *token_new (
    const TokenRules *rules, const char *user_id, const char *name, gint64 now, gint64 ttl, GError **error);

gboolean token_user_id_is_valid (const char *user_id);

G_END_DECLS
