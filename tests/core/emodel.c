/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/emodel.h"

#include <math.h>

/* Published and computed check figures, to their last printed digit. */
#define assert_figure(value, figure, digits)                                                                           \
  g_assert_cmpfloat_with_epsilon (value, figure, 0.5000001 * pow (10, -(digits)))

static void
test_full_defaults (void)
{
  EmodelParameters parameters;
  EmodelRating rating;
  emodel_parameters_init (&parameters);
  emodel_rate (&parameters, &rating);
  assert_figure (rating.ro, 94.76882, 5);
  assert_figure (rating.r, 93.2062077233, 10);
  assert_figure (rating.mos, 4.409406, 6);
}

/* Each parameter moved from its default, against the formulas computed by another program (tests/core/emodel.py). */
static void
test_full_moved (void)
{
  static const struct
  {
    gsize offset;
    double value, r;
  } rows[] = {
#include "tests/core/emodel-rows.inc"
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    EmodelParameters parameters;
    EmodelRating rating;
    emodel_parameters_init (&parameters);
    G_STRUCT_MEMBER (double, &parameters, rows[i].offset) = rows[i].value;
    emodel_rate (&parameters, &rating);
    g_assert_cmpfloat_with_epsilon (rating.r, rows[i].r, 1e-6);
  }
}

static void
test_short (void)
{
  static const struct
  {
    EmodelBand band;
    EmodelPath path;
    double r, mos;
  } rows[] = {
      {EMODEL_NARROWBAND, {.ie = 0, .bpl = 4.3, .delay_ms = 150}, 93.0365, 4.4061},
      {EMODEL_NARROWBAND, {.ie = 0, .bpl = 4.3, .delay_ms = 300}, 78.4393, 3.9637},
      {EMODEL_NARROWBAND, {.ie = 0, .bpl = 4.3, .delay_ms = 500}, 62.5641, 3.2318},
      {EMODEL_NARROWBAND, {.ie = 0, .bpl = 25.1, .loss_percent = 1}, 89.5602, 4.3281},
      {EMODEL_NARROWBAND, {.ie = 0, .bpl = 25.1, .loss_percent = 5}, 77.4193, 3.9228},
      {EMODEL_WIDEBAND, {.ie = 13, .bpl = 4.3}, 116, 4.3371},
      {EMODEL_FULLBAND, {.ie = 10.2, .bpl = 4.3}, 137.8, 4.4075},
      {EMODEL_FULLBAND, {.ie = 10.2, .bpl = 4.3, .loss_percent = 2}, NAN, 3.4525},
      {EMODEL_FULLBAND, {.ie = 10.2, .bpl = 4.3, .delay_ms = 300}, NAN, 3.9600},
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    EmodelScore score;
    emodel_score (rows[i].band, &rows[i].path, &score);
    if (!isnan (rows[i].r))
      assert_figure (score.r, rows[i].r, 4);
    assert_figure (score.mos, rows[i].mos, 4);
    g_assert_cmpfloat_with_epsilon (score.rx, score.r * 100 / emodel_max_r (rows[i].band), 1e-9);
  }
}

/* More loss or more delay never sounds better, and burstier loss of the same share sounds worse. */
static void
test_monotone (void)
{
  for (int band = EMODEL_NARROWBAND; band <= EMODEL_FULLBAND; band++) {
    for (double loss = 0; loss <= 100; loss += 0.5) {
      for (double delay = 0; delay <= 2000; delay += 20) {
        EmodelPath here = {.ie = 10, .bpl = 10, .loss_percent = loss, .burst_ratio = 1, .delay_ms = delay};
        EmodelPath lossier = here, later = here, burstier = here;
        EmodelScore score, less[3];
        lossier.loss_percent += 0.5;
        later.delay_ms += 20;
        burstier.burst_ratio = 2;
        emodel_score (band, &here, &score);
        emodel_score (band, &lossier, &less[0]);
        emodel_score (band, &later, &less[1]);
        emodel_score (band, &burstier, &less[2]);
        for (guint i = 0; i < G_N_ELEMENTS (less); i++) {
          g_assert_cmpfloat (less[i].r, <=, score.r);
          g_assert_cmpfloat (less[i].mos, <=, score.mos + 1e-12);
        }
      }
    }
  }
}

/* Whatever comes in, what comes out can be shown to a user. */
static void
test_any_input (void)
{
  static const double values[] = {
      NAN, INFINITY, -INFINITY, -1, -1e300, 0, 1e-300, 1e-9, 0.5, 1, 4.3, 50, 95, 100, 132, 1e6, 1e300};
  const guint n = G_N_ELEMENTS (values);
  for (guint i = 0; i < 3 * n * n * n; i++) {
    EmodelBand band = i % 3;
    EmodelPath path = {.ie = values[i / 3 % n],
        .bpl = values[i / 3 / n % n],
        .loss_percent = values[i / 3 / n / n],
        .burst_ratio = values[(i / 3 + 5) % n],
        .delay_ms = values[(i / 3 + i / 3 / n) % n]};
    EmodelScore score;
    emodel_score (band, &path, &score);
    g_assert_true (score.mos >= 1 && score.mos <= 4.5);
    g_assert_true (score.rx >= 0 && score.rx <= 100);
  }
  for (guint i = 0; i < sizeof (EmodelParameters) / sizeof (double) * n; i++) {
    EmodelParameters parameters;
    EmodelRating rating;
    emodel_parameters_init (&parameters);
    G_STRUCT_MEMBER (double, &parameters, i / n * sizeof (double)) = values[i % n];
    emodel_rate (&parameters, &rating);
    g_assert_true (rating.mos >= 1 && rating.mos <= 4.5);
    g_assert_true (isfinite (rating.r) && rating.r >= 0);
  }
}

static void
test_codecs (void)
{
  const EmodelCodec *opus = emodel_codec_find ("opus");
  g_assert_cmpint (opus->band, ==, EMODEL_FULLBAND);
  g_assert_cmpstr (emodel_band_to_string (opus->band), ==, "g107.2");
  g_assert_cmpint (emodel_codec_find ("PCMA")->band, ==, EMODEL_NARROWBAND);
  g_assert_null (emodel_codec_find ("VP8"));
  g_assert_null (emodel_codec_find (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/emodel/full/defaults", test_full_defaults);
  g_test_add_func ("/emodel/full/moved", test_full_moved);
  g_test_add_func ("/emodel/short", test_short);
  g_test_add_func ("/emodel/monotone", test_monotone);
  g_test_add_func ("/emodel/any-input", test_any_input);
  g_test_add_func ("/emodel/codecs", test_codecs);
  return g_test_run ();
}
