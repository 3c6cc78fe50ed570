/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The tone language, in which cadences are written down:
 *
 *    script  = element *("," element)                blanks are allowed around elements
 *    element = ["!"] sound ["/" ms]                  ms: 0.125 or more, six decimals; without it for ever
 *    sound   = "0" | part *("+" part)                "0": silence; up to eight parts sound together
 *    part    = pitch ["*" pitch ["%" depth]] ["@" dB]
 *    pitch   = Hz | "M" note                         Hz: up to three decimals; note: MIDI, M69 is 440 Hz
 *
 * `*` modulates the amplitude of the part's first pitch with its second, by 90 % or the depth (1 to 100) that is given:
 * carrier x (1 + depth x sin). `@` puts a part that many dB (-96 to 24, two decimals) above or below the level that the
 * script is played at, which is the level of each carrier by itself.
 *
 * The first time through, all elements play. From then on those without `!` repeat: `!a,!b,c,d` is a b c d c d c d...
 * A script of which every element has a `!` ends. Nothing can stand behind an element that lasts for ever. */

typedef enum
{
  TONE_SCRIPT_ERROR_SYNTAX, /* not of the grammar */
  TONE_SCRIPT_ERROR_RANGE,  /* a number that is too large, too small or too exact */
  TONE_SCRIPT_ERROR_SIZE    /* too long, too many elements or parts */
} ToneScriptError;

#define TONE_SCRIPT_ERROR (tone_script_error_quark ())
GQuark tone_script_error_quark (void);

#define TONE_SCRIPT_MAX_LENGTH 16384 /* bytes */
#define TONE_SCRIPT_MAX_ELEMENTS 2048
#define TONE_SCRIPT_MAX_PARTS 8
#define TONE_SCRIPT_MAX_MILLIHERTZ 96000000
#define TONE_SCRIPT_MAX_DURATION (G_GUINT64_CONSTANT (86400) * 1000000000) /* a day, in ns */
#define TONE_SCRIPT_MIN_DURATION 125000                                    /* ns: a sample at 8 kHz */
#define TONE_SCRIPT_DEFAULT_DEPTH 90                                       /* per cent */
#define TONE_FOREVER G_MAXUINT64

/* All zeros: none. */
typedef struct
{
  gboolean is_note;
  guint value; /* the MIDI note, 0 to 127, or the frequency in mHz */
} TonePitch;

typedef struct
{
  TonePitch carrier, modulator;
  guint depth; /* of the modulation, in per cent; 0 without a modulator */
  gint level;  /* against the script's level, in 0.01 dB */
} TonePart;

typedef struct
{
  gboolean once;
  guint n_parts; /* 0: silence */
  TonePart parts[TONE_SCRIPT_MAX_PARTS];
  guint64 duration; /* ns, or TONE_FOREVER */
} ToneElement;

typedef struct
{
  guint n_elements;
  ToneElement elements[];
} ToneScript;

/* NULL: the error's message begins with "column N: ", counted from 1. */
ToneScript *tone_script_parse (const char *text, GError **error);
/* As a script would be written: parsing it gives the same elements again. */
char *tone_script_print (const ToneScript *script);
/* Of elements that are made otherwise; copies them. */
ToneScript *tone_script_new (const ToneElement *elements, guint n_elements);
gboolean tone_script_equal (const ToneScript *a, const ToneScript *b);
void tone_script_free (ToneScript *script);

double tone_pitch_hertz (const TonePitch *pitch); /* 0: none */
gboolean tone_pitch_is_set (const TonePitch *pitch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToneScript, tone_script_free)

G_END_DECLS
