/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonesynth.h"

#include <math.h>
#include <string.h>

#define BLOCK 1000

static ToneSynth *
make (const char *text, ToneSynthSettings settings)
{
  g_autoptr (ToneScript) script = tone_script_parse (text, NULL);
  g_autoptr (GError) error = NULL;
  ToneSynth *synth;

  g_assert_nonnull (script);
  synth = tone_synth_new (script, &settings, &error);
  g_assert_no_error (error);
  return synth;
}

/* By the definition: sin (2 pi f n / rate), with the whole turns taken off before. */
static double
sine_of (double frequency, guint64 n, guint rate)
{
  long double turns = (long double) frequency * (long double) n / rate;

  return (double) sinl (2 * 3.14159265358979323846264338327950288L * (turns - floorl (turns)));
}

/* 440 + 480 Hz after a second, an hour, a month: every sample is the definition's, with an error under -150 dB. */
static void
test_definition (void)
{
  static const guint rates[] = {8000, 16000, 44100, 48000, 192000};
  double block[BLOCK], amplitude = pow (10, (-13 - 3.14) / 20);

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autoptr (ToneSynth) synth = make ("440+480", (ToneSynthSettings){.rate = rates[i], .level = -13});
    for (guint64 second = 0; second < 3000000; second = second * 60 + 1) {
      guint64 from = second * rates[i] + 7;
      tone_synth_read (synth, from, block, BLOCK);
      for (guint n = 0; n < BLOCK; n++) {
        double wanted = amplitude * (sine_of (440, from + n, rates[i]) + sine_of (480, from + n, rates[i]));
        g_assert_cmpfloat_with_epsilon (block[n], wanted, 3e-8);
      }
    }
  }
}

/* The carrier at its level, its amplitude between 1 - depth and 1 + depth of it. */
static void
test_modulation (void)
{
  g_autoptr (ToneSynth) synth = make ("400*25%85@-6", (ToneSynthSettings){.rate = 8000, .level = -10});
  double block[BLOCK], amplitude = pow (10, (-16 - 3.14) / 20);

  tone_synth_read (synth, 8000 * 3600, block, BLOCK);
  for (guint n = 0; n < BLOCK; n++)
    g_assert_cmpfloat_with_epsilon (block[n],
        amplitude * sine_of (400, 8000 * 3600 + n, 8000) * (1 + 0.85 * sine_of (25, 8000 * 3600 + n, 8000)), 3e-8);
  g_assert_cmpfloat_with_epsilon (tone_synth_peak (synth), amplitude * 1.85, 1e-12);
}

/* A sound that never pauses: its phase at an edge is where the element before left it. Each sample is sin (phase), with
 * the phase added up sample by sample. */
static void
test_phase_goes_on (void)
{
  g_autoptr (ToneSynth) synth =
      make ("!700/7.77,950/33.333,1400/33.334,1800/33.333", (ToneSynthSettings){.rate = 8000});
  static const guint frequencies[] = {950, 1400, 1800};
  double amplitude = pow (10, -3.14 / 20), phase = 0, sample;
  guint64 time = 7770000, edge = 62; /* 7.77 ms are 62.16 samples */
  guint element = 0;

  phase = 62 * 700.0 / 8000;
  for (guint64 n = 62; n < 40000; n++) {
    if (n == edge) {
      guint64 lengths[] = {33333000, 33334000, 33333000};
      element = n == 62 ? 0 : (element + 1) % 3;
      time += lengths[element];
      edge = (time * 8000 + 500000000) / 1000000000;
    }
    tone_synth_read (synth, n, &sample, 1);
    g_assert_cmpfloat_with_epsilon (sample, amplitude * sin (2 * G_PI * phase), 1e-7);
    phase = fmod (phase + frequencies[element] / 8000.0, 1);
  }
}

/* What is read in pieces, and what is sought, is the same to the last bit. */
static void
test_random_access (void)
{
  static const char *const scripts[] = {"440+480/2000,0/4000", "!700/7.77,950/33.333,1400/33.334,1800/33.333",
      "350+440*25/100,440/100.7,0/50,440+350+600/99.9", "M60/125,M64/125,M67/250,0/62.5", "!1000/100,!0/100,350+440"};
  enum
  {
    N = 60000
  };
  g_autofree double *whole = g_new (double, N), *piece = g_new (double, N);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    ToneSynthSettings settings = {.rate = 8000, .level = -10, .edge = 5000000};
    g_autoptr (ToneSynth) running = make (scripts[i], settings), sought = make (scripts[i], settings);
    tone_synth_read (running, 0, whole, N);
    for (guint try = 0; try < 300; try++) {
      guint from = g_rand_int_range (rand, 0, N - 1), n = g_rand_int_range (rand, 1, MIN (N - from, 500) + 1);
      tone_synth_read (sought, from, piece, n);
      g_assert_true (memcmp (piece, whole + from, n * sizeof (double)) == 0);
    }
  }
}

/* Minutes of running add up to where seeking goes at once, though no phase ever begins anew. */
static void
test_run (void)
{
  ToneSynthSettings settings = {.rate = 8000, .level = -10};
  const char *odd = "950/333.3333,1400/666.66667";
  g_autoptr (ToneSynth) running = make (odd, settings), sought = make (odd, settings);
  double ran[BLOCK], jumped[BLOCK];

  for (guint64 at = 0; at <= 8000 * 180; at += BLOCK)
    tone_synth_read (running, at, ran, BLOCK);
  tone_synth_read (sought, 8000 * 180, jumped, BLOCK);
  g_assert_true (memcmp (ran, jumped, sizeof ran) == 0);
}

static void
test_edges (void)
{
  g_autoptr (ToneSynth) sharp = make ("1000/10,0/10", (ToneSynthSettings){.rate = 8000});
  g_autoptr (ToneSynth) soft = make ("1000+1100/10,1000/10,0/10", (ToneSynthSettings){.rate = 8000, .edge = 2000000});
  g_autoptr (ToneSynth) plain = make ("1000+1100/10,1000/10,0/10", (ToneSynthSettings){.rate = 8000});
  double a[240], b[240];

  tone_synth_read (sharp, 0, a, 160);
  for (guint n = 80; n < 160; n++)
    g_assert_cmpfloat (a[n], ==, 0);
  g_assert_cmpfloat (fabs (a[79]), >, 0.1);

  /* 16 samples in which 1000 Hz comes and goes; 1100 Hz goes before it. */
  tone_synth_read (soft, 0, a, 240);
  tone_synth_read (plain, 0, b, 240);
  for (guint n = 0; n < 16; n++) {
    double gain = 0.5 - 0.5 * cos (G_PI * (n + 0.5) / 16);
    g_assert_cmpfloat_with_epsilon (a[n], b[n] * gain, 1e-12);
    g_assert_cmpfloat_with_epsilon (a[159 - n], b[159 - n] * gain, 1e-12);
  }
  for (guint n = 16; n < 64; n++)
    g_assert_cmpfloat (a[n], ==, b[n]);
  for (guint n = 80; n < 144; n++)
    g_assert_cmpfloat (a[n], ==, b[n]);
  g_assert_cmpfloat (fabs (a[79] - b[79]), >, 0.05);
}

static void
test_end (void)
{
  g_autoptr (ToneSynth) once = make ("1000/10,0/10", (ToneSynthSettings){.rate = 8000, .repeats = 2});
  double block[BLOCK];

  g_assert_cmpuint (tone_synth_length (once), ==, 320);
  tone_synth_read (once, 160, block, BLOCK);
  g_assert_cmpfloat (fabs (block[1]), >, 0.1);
  for (guint n = 80; n < BLOCK; n++)
    g_assert_cmpfloat (block[n], ==, 0);
  tone_synth_read (once, G_MAXUINT64 - BLOCK, block, BLOCK);
  g_assert_cmpfloat (block[0], ==, 0);
}

static void
test_rate (void)
{
  g_autoptr (ToneScript) high = tone_script_parse ("3990*20", NULL);
  g_autoptr (GError) error = NULL;
  ToneSynthSettings settings = {.rate = 8000};

  g_assert_null (tone_synth_new (high, &settings, &error));
  g_assert_error (error, TONE_SCRIPT_ERROR, TONE_SCRIPT_ERROR_RANGE);
  settings.rate = 8200;
  g_autoptr (ToneSynth) synth = tone_synth_new (high, &settings, NULL);
  g_assert_nonnull (synth);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tonesynth/definition", test_definition);
  g_test_add_func ("/tonesynth/modulation", test_modulation);
  g_test_add_func ("/tonesynth/phase-goes-on", test_phase_goes_on);
  g_test_add_func ("/tonesynth/random-access", test_random_access);
  g_test_add_func ("/tonesynth/run", test_run);
  g_test_add_func ("/tonesynth/edges", test_edges);
  g_test_add_func ("/tonesynth/end", test_end);
  g_test_add_func ("/tonesynth/rate", test_rate);
  return g_test_run ();
}
