/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a connection is worth to its listener: the E-model of ITU-T G.107 (narrowband), G.107.1 (wideband) and
 * G.107.2 (fullband). Values that are no number, or cannot be (a negative loss), count as the parameter's default or
 * its smallest value; a rating is finite and a MOS is in 1..4.5 whatever comes in. */

typedef enum
{
  EMODEL_NARROWBAND, /* R 0..100 */
  EMODEL_WIDEBAND,   /* R 0..129 */
  EMODEL_FULLBAND    /* R 0..148 */
} EmodelBand;

/* ---- the short form: what a packet network changes ---- */

typedef struct
{
  double ie;           /* equipment impairment of the codec, of the band's scale */
  double bpl;          /* its robustness to packet loss */
  double loss_percent; /* Ppl */
  double burst_ratio;  /* BurstR, 1: random loss; narrowband only */
  double delay_ms;     /* Ta: one way, mouth to ear */
} EmodelPath;

typedef struct
{
  double r;
  double rx; /* r on a scale of 0..100, the same for all bands */
  double mos;
} EmodelScore;

/* Everything that is not in @path at its default: R0 is 93.2, 129, 148. Echo is taken to be cancelled. */
void emodel_score (EmodelBand band, const EmodelPath *path, EmodelScore *score);

double emodel_max_r (EmodelBand band);
double emodel_mos (EmodelBand band, double r);
const char *emodel_band_to_string (EmodelBand band); /* "g107", "g107.1", "g107.2" */

typedef struct
{
  const char *codec; /* an RTP encoding name */
  EmodelBand band;
  double ie, bpl;
} EmodelCodec;

/* NULL: not known. @codec: an encoding name, case ignored. */
const EmodelCodec *emodel_codec_find (const char *codec);

/* ---- G.107 in full ---- */

/* The names are G.107's (table 2 there), dB and ms. */
typedef struct
{
  double slr, rlr;         /* send, receive loudness rating */
  double stmr, lstr;       /* sidetone masking, listener sidetone rating */
  double ds, dr;           /* D value of the telephone, send and receive side */
  double telr, wepl;       /* talker echo loudness rating, weighted echo path loss */
  double t, tr, ta;        /* mean one-way, round trip in the 4-wire loop, absolute delay */
  double qdu;              /* quantizing distortion units */
  double ie, bpl;          /* of the codec */
  double ppl, burst_r;     /* packet loss in percent, burst ratio */
  double nc, nfor;         /* circuit noise (dBm0p), noise floor at the receive side (dBmp) */
  double ps, pr;           /* room noise, send and receive side (dB(A)) */
  double a;                /* advantage factor */
  double min_delay, slope; /* mT, sT: delay that is still unnoticed, how sensitive users are to more */
} EmodelParameters;

typedef struct
{
  double no, ro;          /* sum of noises, basic signal-to-noise ratio */
  double iolr, ist, iq;   /* too low loudness, sidetone, quantizing */
  double is;              /* their sum */
  double idte, idle, idd; /* talker echo, listener echo, absolute delay */
  double id;              /* their sum */
  double ie_eff;          /* codec and loss */
  double r, mos;
} EmodelRating;

void emodel_parameters_init (EmodelParameters *parameters);
void emodel_rate (const EmodelParameters *parameters, EmodelRating *rating);

G_END_DECLS
