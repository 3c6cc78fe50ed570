/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonetimeline.h"

static const guint rates[] = {8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000};

static const char *const scripts[] = {
    "440",
    "440/2000,0/4000",
    "!1/100,!0/100,350+440/333.333333",
    "!350/100,!0/100,440",
    "1/0.125,2/0.130001",
    "440/33.333,480/66.667,0/1.1",
    "1/10,!2/20,3/30",
    "!950/330,!1400/330,!1800/330",
};

static ToneTimeline *
make (const char *text, guint rate, guint64 passes)
{
  g_autoptr (ToneScript) script = tone_script_parse (text, NULL);

  g_assert_nonnull (script);
  return tone_timeline_new (script, rate, passes);
}

static void
test_edges (void)
{
  /* An hour of ringing, and a year: 2 s and 4 s, at their exact samples. */
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autoptr (ToneTimeline) ring = make ("440+480/2000,0/4000", rates[i], 0);
    for (guint64 pass = 600; pass < 6000000; pass *= 10) {
      ToneSpan span;
      g_assert_true (tone_timeline_find (ring, (pass * 6 + 1) * rates[i], &span));
      g_assert_cmpuint (span.pass, ==, pass);
      g_assert_cmpuint (span.start, ==, pass * 6 * rates[i]);
      g_assert_cmpuint (span.end, ==, (pass * 6 + 2) * rates[i]);
    }
  }
}

/* Odd lengths: each edge against the sum of nanoseconds, rounded once; the products of an hour fit 64 bits. */
static void
test_no_drift (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i += 2) {
    g_autoptr (ToneTimeline) odd = make ("440/33.333,480/66.667001,0/1.1", rates[i], 0);
    ToneSpan span;
    guint64 time = 0;

    g_assert_true (tone_timeline_find (odd, 0, &span));
    for (guint n = 0; n < 108000; n++) {
      static const guint64 lengths[] = {33333000, 66667001, 1100000};
      g_assert_cmpuint (span.start, ==, (time * rates[i] + 500000000) / 1000000000);
      time += lengths[n % 3];
      g_assert_cmpuint (span.end, ==, (time * rates[i] + 500000000) / 1000000000);
      g_assert_true (tone_timeline_next (odd, &span, &span));
    }
    g_assert_cmpuint (time, >, G_GUINT64_CONSTANT (3600000000000)); /* an hour */
  }
}

static void
check_walk (const ToneTimeline *timeline)
{
  ToneSpan span, other, found;
  guint64 at = 0;

  g_assert_true (tone_timeline_find (timeline, 0, &span));
  for (guint n = 0; n < 300; n++) {
    g_assert_cmpuint (span.start, ==, at);
    g_assert_cmpuint (span.end, >, span.start);
    for (guint side = 0; side < 2; side++) {
      guint64 position = side == 0                  ? span.start
                         : span.end == TONE_FOREVER ? G_GUINT64_CONSTANT (1) << 40
                                                    : span.end - 1;
      g_assert_true (tone_timeline_find (timeline, position, &found));
      g_assert_cmpuint (found.pass, ==, span.pass);
      g_assert_cmpuint (found.slot, ==, span.slot);
      g_assert_cmpuint (found.start, ==, span.start);
    }
    at = span.end;
    if (!tone_timeline_next (timeline, &span, &other))
      break;
    g_assert_true (tone_timeline_previous (timeline, &other, &found));
    g_assert_cmpuint (found.start, ==, span.start);
    g_assert_cmpuint (found.element, ==, span.element);
    span = other;
  }
  if (at == tone_timeline_length (timeline))
    g_assert_false (at != TONE_FOREVER && tone_timeline_find (timeline, at, &found));
}

static void
test_walk (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (rates); j++) {
      for (guint64 passes = 0; passes < 4; passes++) {
        g_autoptr (ToneTimeline) timeline = make (scripts[i], rates[j], passes);
        check_walk (timeline);
      }
    }
  }
}

static void
test_order (void)
{
  static const guint wanted[] = {0, 1, 2, 0, 2, 0, 2};
  g_autoptr (ToneTimeline) timeline = make ("1/10,!2/20,3/30", 8000, 0);
  ToneSpan span;

  g_assert_true (tone_timeline_find (timeline, 0, &span));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_assert_cmpuint (span.element, ==, wanted[i]);
    g_assert_true (tone_timeline_next (timeline, &span, &span));
  }
}

static void
test_length (void)
{
  static const struct
  {
    const char *script;
    guint64 passes, length;
  } rows[] = {
      {"440", 0, TONE_FOREVER},
      {"440", 3, TONE_FOREVER},
      {"440/100,0/100", 0, TONE_FOREVER},
      {"440/100,0/100", 1, 1600},
      {"440/100,0/100", 3, 4800},
      {"!440/100,!0/100", 0, 1600},
      {"!440/100,!0/100", 5, 1600},
      {"!440/100,0/50", 3, 2000},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (ToneTimeline) timeline = make (rows[i].script, 8000, rows[i].passes);
    g_assert_cmpuint (tone_timeline_length (timeline), ==, rows[i].length);
  }
}

/* The sum that is had at once, against the passes counted one by one. */
static void
test_samples_of (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autoptr (ToneTimeline) timeline = make ("!1/7.77,440/33.333,480/66.667001,350/1.1", rates[i], 0);
    guint64 sums[3] = {0};
    ToneSpan span;

    g_assert_true (tone_timeline_find (timeline, 0, &span));
    while (span.pass < 1000) {
      if (span.pass > 0 && span.slot == 0) {
        for (guint slot = 0; slot < 3; slot++)
          g_assert_cmpuint (tone_timeline_samples_of (timeline, slot, span.pass - 1), ==, sums[slot]);
      }
      if (span.pass > 0)
        sums[span.slot] += span.end - span.start;
      g_assert_true (tone_timeline_next (timeline, &span, &span));
    }
  }
}

/* Far out, where the sum's products would not fit: it still grows by what each pass has. */
static void
test_samples_of_long (void)
{
  g_autoptr (ToneTimeline) timeline = make ("440/0.125001,480/0.130007", 192000, 0);
  ToneSpan span;

  for (guint64 pass = 1000; pass < G_GUINT64_CONSTANT (20000000000000); pass *= 7) {
    g_assert_true (tone_timeline_find (timeline, pass * 4896 / 100, &span));
    for (guint i = 0; i < 10; i++) {
      if (span.pass > 0)
        g_assert_cmpuint (tone_timeline_samples_of (timeline, span.slot, span.pass)
                              - tone_timeline_samples_of (timeline, span.slot, span.pass - 1),
            ==, span.end - span.start);
      g_assert_true (tone_timeline_next (timeline, &span, &span));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tonetimeline/edges", test_edges);
  g_test_add_func ("/tonetimeline/no-drift", test_no_drift);
  g_test_add_func ("/tonetimeline/walk", test_walk);
  g_test_add_func ("/tonetimeline/order", test_order);
  g_test_add_func ("/tonetimeline/length", test_length);
  g_test_add_func ("/tonetimeline/samples-of", test_samples_of);
  g_test_add_func ("/tonetimeline/samples-of-long", test_samples_of_long);
  return g_test_run ();
}
