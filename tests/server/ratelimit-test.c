/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/ratelimit.h"

static guint
take_all (RateLimiter *limiter, const char *key, gint64 now_ms, guint tries)
{
  guint allowed = 0;

  for (guint i = 0; i < tries; i++)
    allowed += rate_limiter_take (limiter, key, now_ms).allowed;
  return allowed;
}

static void
test_burst_and_refill (void)
{
  g_autoptr (RateLimiter) limiter = rate_limiter_new (60, 10);

  g_assert_cmpuint (take_all (limiter, "a", 5000, 100), ==, 60);
  g_assert_cmpuint (take_all (limiter, "a", 5999, 10), ==, 0);
  g_assert_cmpuint (take_all (limiter, "a", 6000, 10), ==, 1);
  g_assert_cmpuint (take_all (limiter, "a", 16000, 100), ==, 10);
  g_assert_cmpuint (take_all (limiter, "a", 10 * 60000, 100), ==, 60);
}

/* In steps that divide nothing evenly, the long run still is what was said. */
static void
test_long_run (void)
{
  g_autoptr (RateLimiter) limiter = rate_limiter_new (7, 10);
  guint allowed = 0;

  for (gint64 now_ms = 0; now_ms <= 60 * 60000; now_ms += 48)
    allowed += rate_limiter_take (limiter, "a", now_ms).allowed;
  g_assert_cmpuint (allowed, ==, 7 + 60 * 7);
}

static void
test_verdict (void)
{
  g_autoptr (RateLimiter) limiter = rate_limiter_new (2, 10);
  RateVerdict verdict = rate_limiter_take (limiter, "a", 0);

  g_assert_true (verdict.allowed);
  g_assert_cmpuint (verdict.limit, ==, 2);
  g_assert_cmpuint (verdict.remaining, ==, 1);
  g_assert_cmpuint (verdict.reset_s, ==, 30);
  verdict = rate_limiter_take (limiter, "a", 0);
  g_assert_true (verdict.allowed);
  g_assert_cmpuint (verdict.remaining, ==, 0);
  g_assert_cmpuint (verdict.reset_s, ==, 60);
  verdict = rate_limiter_take (limiter, "a", 100);
  g_assert_false (verdict.allowed);
  g_assert_cmpuint (verdict.reset_s, ==, 30); /* of 29.9 */
  /* Coming back when it says so is soon enough. */
  g_assert_true (rate_limiter_take (limiter, "a", 100 + 30000).allowed);
}

static void
test_keys_apart (void)
{
  g_autoptr (RateLimiter) limiter = rate_limiter_new (3, 10);

  g_assert_cmpuint (take_all (limiter, "a", 0, 10), ==, 3);
  g_assert_cmpuint (take_all (limiter, "b", 0, 10), ==, 3);
  g_assert_cmpuint (take_all (limiter, "a", 0, 10), ==, 0);
}

static void
test_memory (void)
{
  g_autoptr (RateLimiter) limiter = rate_limiter_new (60, 100);

  for (guint i = 0; i < 10000; i++) {
    g_autofree char *key = g_strdup_printf ("%u", i);

    take_all (limiter, key, 0, 60);
    take_all (limiter, "kept in use", 0, 60);
    g_assert_cmpuint (rate_limiter_size (limiter), <=, 100);
  }
  g_assert_cmpuint (rate_limiter_size (limiter), ==, 100);
  /* Who keeps asking is not forgotten in the crowd. */
  g_assert_cmpuint (take_all (limiter, "kept in use", 0, 1), ==, 0);
  /* Full buckets go as others are asked for. */
  for (guint i = 0; i < 100; i++)
    rate_limiter_take (limiter, "later", 60000);
  g_assert_cmpuint (rate_limiter_size (limiter), ==, 1);
}

static void
test_clock (void)
{
  g_autoptr (RateLimiter) limiter = rate_limiter_new (G_MAXUINT, 10);

  g_assert_true (rate_limiter_take (limiter, "a", G_MAXINT64 / 2).allowed);
  g_assert_true (rate_limiter_take (limiter, "a", 0).allowed); /* backwards: nothing is filled, nothing breaks */
  g_assert_true (rate_limiter_take (limiter, "a", G_MAXINT64 / 2).allowed);
}

static void
test_none (void)
{
  g_autoptr (RateLimiter) limiter = rate_limiter_new (0, 10);

  g_assert_cmpuint (take_all (limiter, "a", 0, 1000), ==, 1000);
  g_assert_cmpuint (rate_limiter_size (limiter), ==, 0);
}

static void
test_address_keys (void)
{
  static const char *const CASES[][2] = {
      {"192.0.2.7", "192.0.2.7"},
      {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
      {"2001:db8:1:2::1", "2001:db8:1:2::/64"},
      {"2001:DB8:1:3::1", "2001:db8:1:3::/64"},
      {"::1", "::/64"},
      {"::ffff:192.0.2.7", "192.0.2.7"},
      {"fe80::1%eth0", "fe80::/64"},
      {"", ""},
      {"unknown", "unknown"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autofree char *key = rate_limit_address_key (CASES[i][0]);

    g_assert_cmpstr (key, ==, CASES[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ratelimit/burst-and-refill", test_burst_and_refill);
  g_test_add_func ("/ratelimit/long-run", test_long_run);
  g_test_add_func ("/ratelimit/verdict", test_verdict);
  g_test_add_func ("/ratelimit/keys-apart", test_keys_apart);
  g_test_add_func ("/ratelimit/memory", test_memory);
  g_test_add_func ("/ratelimit/clock", test_clock);
  g_test_add_func ("/ratelimit/none", test_none);
  g_test_add_func ("/ratelimit/address-keys", test_address_keys);
  return g_test_run ();
}
