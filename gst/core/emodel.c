/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/emodel.h"

#include <math.h>

#define R0_NARROWBAND 93.2

static const struct
{
  const char *name;
  double r0;     /* with nothing impaired, in the short form */
  double max_r;  /* of the scale */
  double ie_max; /* what loss can take away at most */
  double delay;  /* weight of Idd */
} bands[] = {
    [EMODEL_NARROWBAND] = {"g107", R0_NARROWBAND, 100, 95, 1},
    [EMODEL_WIDEBAND] = {"g107.1", 129, 129, 95, 1},
    [EMODEL_FULLBAND] = {"g107.2", 148, 148, 132, 1.48},
};

/* G.711 with packet loss concealment by G.113; for Opus, which G.113 does not have, the figures of its EVS-SWB at
 * 48 kbit/s with the loss robustness of a codec without redundancy (rtpengine takes the same). */
static const EmodelCodec codecs[] = {
    {"PCMU", EMODEL_NARROWBAND, 0, 25.1},
    {"PCMA", EMODEL_NARROWBAND, 0, 25.1},
    {"OPUS", EMODEL_FULLBAND, 10.2, 4.3},
};

double
emodel_max_r (EmodelBand band)
{
  return bands[band].max_r;
}

const char *
emodel_band_to_string (EmodelBand band)
{
  return bands[band].name;
}

const EmodelCodec *
emodel_codec_find (const char *codec)
{
  for (guint i = 0; codec != NULL && i < G_N_ELEMENTS (codecs); i++) {
    if (g_ascii_strcasecmp (codecs[i].codec, codec) == 0)
      return &codecs[i];
  }
  return NULL;
}

/* The polynomial dips below 1 for R under 6.5, and means nothing outside 0..100. */
double
emodel_mos (EmodelBand band, double r)
{
  double x = r * 100 / bands[band].max_r;
  if (!(x > 0))
    return 1;
  if (x >= 100)
    return 4.5;
  return MAX (1, 1 + 0.035 * x + x * (x - 60) * (100 - x) * 7e-6);
}

static double
number_or (double value, double otherwise, double least)
{
  return isfinite (value) ? MAX (value, least) : otherwise;
}

/* @min: delay up to which nothing is noticed. */
static double
delay_impairment (double ta, double min, double slope)
{
  if (ta <= min)
    return 0;
  double x = log10 (ta / min) / log10 (2), power = 6 * slope;
  return 25 * (pow (1 + pow (x, power), 1 / power) - 3 * pow (1 + pow (x / 3, power), 1 / power) + 2);
}

static double
loss_impairment (double ie, double bpl, double ppl, double burst_r, double max)
{
  return ie + (max - ie) * ppl / (ppl / burst_r + bpl);
}

void
emodel_score (EmodelBand band, const EmodelPath *path, EmodelScore *score)
{
  double loss = MIN (number_or (path->loss_percent, 0, 0), 100);
  double burst = band == EMODEL_NARROWBAND ? number_or (path->burst_ratio, 1, 1) : 1;
  double bpl = number_or (path->bpl, 4.3, 0.1);
  double ie = CLAMP (number_or (path->ie, 0, 0), 0, bands[band].ie_max);
  double delay = number_or (path->delay_ms, 0, 0);
  double r = bands[band].r0 - bands[band].delay * delay_impairment (delay, 100, 1)
             - loss_impairment (ie, bpl, loss, burst, bands[band].ie_max);
  score->r = CLAMP (r, 0, bands[band].max_r);
  score->rx = score->r * 100 / bands[band].max_r;
  score->mos = emodel_mos (band, score->r);
}

/* ---- G.107 in full ---- */

static const EmodelParameters defaults = {.slr = 8,
    .rlr = 2,
    .stmr = 15,
    .lstr = 18,
    .ds = 3,
    .dr = 3,
    .telr = 65,
    .wepl = 110,
    .qdu = 1,
    .bpl = 4.3,
    .burst_r = 1,
    .nc = -70,
    .nfor = -64,
    .ps = 35,
    .pr = 35,
    .min_delay = 100,
    .slope = 1};

void
emodel_parameters_init (EmodelParameters *parameters)
{
  *parameters = defaults;
}

static EmodelParameters
usable (const EmodelParameters *from)
{
#define NUMBER(name, least) .name = number_or (from->name, defaults.name, least)
  return (EmodelParameters){NUMBER (slr, -50), NUMBER (rlr, -50), NUMBER (stmr, -18), NUMBER (lstr, -50),
      NUMBER (ds, -50), NUMBER (dr, -50), NUMBER (telr, 0), NUMBER (wepl, 0), NUMBER (t, 0), NUMBER (tr, 0),
      NUMBER (ta, 0), NUMBER (qdu, 1), NUMBER (ie, 0), NUMBER (bpl, 0.1), NUMBER (ppl, 0), NUMBER (burst_r, 1),
      NUMBER (nc, -200), NUMBER (nfor, -200), NUMBER (ps, 0), NUMBER (pr, 0), NUMBER (a, 0), NUMBER (min_delay, 1),
      NUMBER (slope, 0.1)};
#undef NUMBER
}

/* Circuit noise, and room noise and noise floor as they come to the same point. */
static void
rate_noise (const EmodelParameters *p, EmodelRating *rating)
{
  double olr = p->slr + p->rlr;
  double nos = p->ps - p->slr - p->ds - 100 + 0.004 * pow (p->ps - olr - p->ds - 14, 2);
  double pre = p->pr + 10 * log10 (1 + pow (10, (10 - p->lstr) / 10));
  double nor = p->rlr - 121 + pre + 0.008 * pow (pre - 35, 2);
  double nfo = p->nfor + p->rlr;
  rating->no = 10 * log10 (pow (10, p->nc / 10) + pow (10, nos / 10) + pow (10, nor / 10) + pow (10, nfo / 10));
  rating->ro = 15 - 1.5 * (p->slr + rating->no);
}

/* What comes together with the voice. */
static void
rate_simultaneous (const EmodelParameters *p, EmodelRating *rating)
{
  double xolr = p->slr + p->rlr + 0.2 * (64 + rating->no - p->rlr);
  double stmro = -10 * log10 (pow (10, -p->stmr / 10) + exp (-p->t / 4) * pow (10, -p->telr / 10));
  double q = 37 - 15 * log10 (p->qdu);
  double g = 1.07 + 0.258 * q + 0.0602 * q * q;
  double y = (rating->ro - 100) / 15 + 46 / 8.4 - g / 9;
  double z = 46.0 / 30 - g / 40;
  rating->iolr = 20 * (pow (1 + pow (xolr / 8, 8), 1.0 / 8) - xolr / 8);
  rating->ist = 12 * pow (1 + pow ((stmro - 13) / 6, 8), 1.0 / 8)
                - 28 * pow (1 + pow ((stmro + 1) / 19.4, 35), 1.0 / 35)
                - 13 * pow (1 + pow ((stmro - 3) / 33, 13), 1.0 / 13) + 29;
  rating->iq = 15 * log10 (1 + pow (10, y) + pow (10, z));
  rating->is = rating->iolr + rating->ist + rating->iq;
}

/* What comes late. Sidetone that is loud (STMR under 9) masks less of the echo, that is weak (over 20) adds to it. */
static void
rate_delayed (const EmodelParameters *p, EmodelRating *rating)
{
  double roe = -1.5 * (rating->no - p->rlr);
  double terv = p->telr - 40 * log10 ((1 + p->t / 10) / (1 + p->t / 150)) + 6 * exp (-0.3 * p->t * p->t);
  double re = 80 + 2.5 * (terv + (p->stmr < 9 ? rating->ist / 2 : 0) - 14);
  double rle = 10.5 * (p->wepl + 7) * pow (p->tr + 1, -0.25);
  rating->idte = ((roe - re) / 2 + sqrt (pow (roe - re, 2) / 4 + 100) - 1) * (1 - exp (-p->t));
  if (p->stmr > 20)
    rating->idte = hypot (rating->idte, rating->ist);
  rating->idle = (rating->ro - rle) / 2 + sqrt (pow (rating->ro - rle, 2) / 4 + 169);
  rating->idd = delay_impairment (p->ta, p->min_delay, p->slope);
  rating->id = rating->idte + rating->idle + rating->idd;
}

void
emodel_rate (const EmodelParameters *parameters, EmodelRating *rating)
{
  EmodelParameters p = usable (parameters);
  p.ppl = MIN (p.ppl, 100);
  *rating = (EmodelRating){0};
  rate_noise (&p, rating);
  rate_simultaneous (&p, rating);
  rate_delayed (&p, rating);
  rating->ie_eff = loss_impairment (p.ie, p.bpl, p.ppl, p.burst_r, 95);
  double r = rating->ro - rating->is - rating->id - rating->ie_eff + p.a;
  rating->r = isfinite (r) ? MAX (r, 0) : 0;
  rating->mos = emodel_mos (EMODEL_NARROWBAND, rating->r);
}
