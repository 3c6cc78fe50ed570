/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Token buckets by key. A bucket holds @per_minute tokens, starts full and fills evenly; what is asked for takes one.
 * So @per_minute may come at once, and no more than that a minute in the long run.
 *
 * Keys are what clients choose (addresses, names), so their number is bounded: a bucket that is full again is
 * forgotten, and with @max_keys buckets in use the one that was asked for longest ago makes room. A crowd of that many
 * addresses gets its tokens anew earlier than it should; it never gets memory. */

typedef struct RateLimiter RateLimiter;

typedef struct
{
  gboolean allowed;
  guint limit;     /* 0: there is none */
  guint remaining; /* whole tokens */
  guint reset_s;   /* until the bucket is full or, when refused, until there is a token: 1 or more */
} RateVerdict;

RateLimiter *rate_limiter_new (guint per_minute, guint max_keys); /* 0 a minute: no limit */
void rate_limiter_free (RateLimiter *limiter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RateLimiter, rate_limiter_free)
/* @now_ms: of any clock that does not go backwards. */
RateVerdict rate_limiter_take (RateLimiter *limiter, const char *key, gint64 now_ms);
guint rate_limiter_size (const RateLimiter *limiter); /* buckets in memory */

/* What counts as one address: an IPv4 address as it is, of an IPv6 address its /64, which one host has to itself. */
char *rate_limit_address_key (const char *address);

G_END_DECLS
