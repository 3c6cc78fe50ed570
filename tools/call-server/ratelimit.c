/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/ratelimit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define MINUTE_MS 60000
#define SWEEP 2 /* buckets looked at for each token taken: the table shrinks faster than it can grow */

struct RateLimiter
{
  guint per_minute, max_keys;
  GHashTable *buckets; /* char *key -> Bucket */
  GQueue used;         /* Bucket, the one asked for last at the head */
};

/* Tokens are counted in shares of 1/MINUTE_MS: a millisecond fills per_minute of them, without rounding. */
typedef struct
{
  GList link;
  guint64 shares;
  gint64 at_ms;
  char key[];
} Bucket;

RateLimiter *
rate_limiter_new (guint per_minute, guint max_keys)
{
  RateLimiter *limiter = g_new0 (RateLimiter, 1);

  limiter->per_minute = per_minute;
  limiter->max_keys = MAX (max_keys, 1);
  limiter->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_queue_init (&limiter->used);
  return limiter;
}

void
rate_limiter_free (RateLimiter *limiter)
{
  g_hash_table_unref (limiter->buckets);
  g_free (limiter);
}

guint
rate_limiter_size (const RateLimiter *limiter)
{
  return g_hash_table_size (limiter->buckets);
}

static guint64
full (const RateLimiter *limiter)
{
  return (guint64) limiter->per_minute * MINUTE_MS;
}

static void
refill (const RateLimiter *limiter, Bucket *bucket, gint64 now_ms)
{
  guint64 passed_ms = CLAMP (now_ms - bucket->at_ms, 0, MINUTE_MS);

  bucket->shares = MIN (bucket->shares + passed_ms * limiter->per_minute, full (limiter));
  bucket->at_ms = MAX (bucket->at_ms, now_ms);
}

static void
forget (RateLimiter *limiter, Bucket *bucket)
{
  g_queue_unlink (&limiter->used, &bucket->link);
  g_hash_table_remove (limiter->buckets, bucket->key);
}

static void
sweep (RateLimiter *limiter, gint64 now_ms)
{
  for (guint i = 0; i < SWEEP && limiter->used.tail != NULL; i++) {
    Bucket *oldest = limiter->used.tail->data;

    refill (limiter, oldest, now_ms);
    if (oldest->shares < full (limiter))
      return;
    forget (limiter, oldest);
  }
}

static Bucket *
bucket_of (RateLimiter *limiter, const char *key, gint64 now_ms)
{
  Bucket *bucket = g_hash_table_lookup (limiter->buckets, key);

  if (bucket != NULL) {
    refill (limiter, bucket, now_ms);
    g_queue_unlink (&limiter->used, &bucket->link);
  } else {
    gsize size = strlen (key) + 1;

    if (rate_limiter_size (limiter) >= limiter->max_keys)
      forget (limiter, limiter->used.tail->data);
    bucket = g_malloc0 (sizeof *bucket + size);
    *bucket = (Bucket){.link.data = bucket, .shares = full (limiter), .at_ms = now_ms};
    memcpy (bucket->key, key, size);
    g_hash_table_insert (limiter->buckets, bucket->key, bucket);
  }
  g_queue_push_head_link (&limiter->used, &bucket->link);
  return bucket;
}

/* Seconds, rounded up, until @shares more are in a bucket. */
static guint
seconds_for (const RateLimiter *limiter, guint64 shares)
{
  guint64 per_second = (guint64) limiter->per_minute * 1000;

  return (guint) ((shares + per_second - 1) / per_second);
}

RateVerdict
rate_limiter_take (RateLimiter *limiter, const char *key, gint64 now_ms)
{
  RateVerdict verdict = {.allowed = TRUE, .limit = limiter->per_minute};
  Bucket *bucket;

  if (limiter->per_minute == 0)
    return verdict;
  sweep (limiter, now_ms);
  bucket = bucket_of (limiter, key, now_ms);
  verdict.allowed = bucket->shares >= MINUTE_MS;
  if (verdict.allowed)
    bucket->shares -= MINUTE_MS;
  verdict.remaining = (guint) (bucket->shares / MINUTE_MS);
  verdict.reset_s = seconds_for (limiter, (verdict.allowed ? full (limiter) : MINUTE_MS) - bucket->shares);
  return verdict;
}

char *
rate_limit_address_key (const char *address)
{
  struct in6_addr binary;
  char text[INET6_ADDRSTRLEN];
  g_auto (GStrv) parts = g_strsplit (address, "%", 2); /* a link-local one names its interface */

  if (parts[0] == NULL || inet_pton (AF_INET6, parts[0], &binary) != 1)
    return g_strdup (address);
  if (IN6_IS_ADDR_V4MAPPED (&binary))
    return g_strdup (inet_ntop (AF_INET, &binary.s6_addr[12], text, sizeof text));
  memset (&binary.s6_addr[8], 0, 8);
  return g_strconcat (inet_ntop (AF_INET6, &binary, text, sizeof text), "/64", NULL);
}
