/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The server's tokens: JWT, HS256 with a shared secret. libjwt checks the signature and nothing else is left to it:
 * the key, the algorithm, exp, nbf and the types of the claims are checked here. */

#define TOKEN_MIN_SECRET 32
#define TOKEN_MAX_LENGTH 8192

typedef enum
{
  TOKEN_ERROR_MISSING,
  TOKEN_ERROR_INVALID, /* not a token, forged, a claim of the wrong type */
  TOKEN_ERROR_ALGORITHM,
  TOKEN_ERROR_EXPIRED,
  TOKEN_ERROR_EARLY, /* nbf */
  TOKEN_ERROR_TYPE,  /* a refresh token, say */
  TOKEN_ERROR_KEY    /* the server's own secret is of no use */
} TokenError;

#define TOKEN_ERROR (token_error_quark ())
GQuark token_error_quark (void);
const char *token_error_code (const GError *error); /* "token-expired" ...: for a client */

/* What is absent is NULL. */
typedef struct
{
  char *user_id;
  char *username;
  char *full_name;
  char *avatar;
  gint64 expires; /* seconds since 1970 */
} TokenClaims;

TokenClaims *token_verify (const char *token, GBytes *secret, gint64 now, GError **error);
void token_claims_free (TokenClaims *claims);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TokenClaims, token_claims_free)

/* @name: NULL, or the full name. */
char *token_new (GBytes *secret, const char *user_id, const char *name, gint64 now, gint64 ttl, GError **error);

gboolean token_secret_check (GBytes *secret, GError **error);
/* A file's content without the white space at its end. */
GBytes *token_secret_load (const char *path, GError **error);
GBytes *token_secret_random (void);

gboolean token_user_id_is_valid (const char *user_id);

G_END_DECLS
