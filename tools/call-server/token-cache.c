/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/token-cache.h"

#include <string.h>

typedef struct
{
  TokenClaims *claims; /* their digest is the key */
  GList link;
} Entry;

struct TokenCache
{
  guint capacity;
  GHashTable *entries; /* digest -> Entry */
  GQueue order;        /* the least recently used is the last */
};

static guint
digest_hash (gconstpointer digest)
{
  guint hash;
  memcpy (&hash, digest, sizeof hash);
  return hash;
}

static gboolean
digest_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, TOKEN_DIGEST_SIZE) == 0;
}

static void
entry_free (Entry *entry)
{
  token_claims_free (entry->claims);
  g_free (entry);
}

TokenCache *
token_cache_new (guint capacity)
{
  TokenCache *cache = g_new0 (TokenCache, 1);
  cache->capacity = capacity;
  cache->entries = g_hash_table_new_full (digest_hash, digest_equal, NULL, (GDestroyNotify) entry_free);
  return cache;
}

void
token_cache_clear (TokenCache *cache)
{
  g_queue_init (&cache->order); /* its links are the entries' */
  g_hash_table_remove_all (cache->entries);
}

void
token_cache_free (TokenCache *cache)
{
  g_hash_table_unref (cache->entries);
  g_free (cache);
}

static void
remove_entry (TokenCache *cache, Entry *entry)
{
  g_queue_unlink (&cache->order, &entry->link);
  g_hash_table_remove (cache->entries, entry->claims->digest);
}

static TokenClaims *
take_known (TokenCache *cache, const guint8 *digest, gint64 now)
{
  Entry *entry = g_hash_table_lookup (cache->entries, digest);
  if (entry == NULL)
    return NULL;
  if (entry->claims->expires <= now) {
    remove_entry (cache, entry);
    return NULL;
  }
  g_queue_unlink (&cache->order, &entry->link);
  g_queue_push_head_link (&cache->order, &entry->link);
  return token_claims_ref (entry->claims);
}

static void
add_entry (TokenCache *cache, TokenClaims *claims)
{
  Entry *entry = g_new0 (Entry, 1);
  entry->claims = token_claims_ref (claims);
  entry->link.data = entry;
  g_hash_table_insert (cache->entries, claims->digest, entry);
  g_queue_push_head_link (&cache->order, &entry->link);
  if (cache->order.length > cache->capacity)
    remove_entry (cache, cache->order.tail->data);
}

static void
compute_digest (const char *token, guint8 *digest)
{
  gsize size = TOKEN_DIGEST_SIZE;
  GChecksum *checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *) token, -1);
  g_checksum_get_digest (checksum, digest, &size);
  g_checksum_free (checksum);
}

TokenClaims *
token_cache_verify (TokenCache *cache, const char *token, const TokenRules *rules, gint64 now, GError **error)
{
  guint8 digest[TOKEN_DIGEST_SIZE];
  if (token == NULL || strnlen (token, TOKEN_MAX_LENGTH + 1) > TOKEN_MAX_LENGTH)
    return token_verify (token, rules, now, error);
  compute_digest (token, digest);
  TokenClaims *claims = take_known (cache, digest, now);
  if (claims == NULL) {
    claims = token_verify (token, rules, now, error);
    if (claims != NULL) {
      memcpy (claims->digest, digest, sizeof digest);
      add_entry (cache, claims);
    }
  }
  return claims;
}
