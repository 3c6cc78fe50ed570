/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/token.h"

G_BEGIN_DECLS

/* What good tokens said, so that a client's next request costs a digest and not a signature and two JSON objects. Kept
 * by the token's SHA-256: the cache cannot give a token away. Only what passed is kept, at most @capacity, the least
 * recently used goes first; a token that has run out is asked for its reason anew. */

typedef struct TokenCache TokenCache;

TokenCache *token_cache_new (guint capacity);
void token_cache_free (TokenCache *cache);
void token_cache_clear (TokenCache *cache); /* the rules changed */

/* As token_verify(), with the same @rules each time. */
TokenClaims *token_cache_verify (
    TokenCache *cache, const char *token, const TokenRules *rules, gint64 now, GError **error);

G_END_DECLS
