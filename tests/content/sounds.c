/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "sounds.h"

#include "tests/elements/callpipeline.h"

#include "dsp.h"
#include "taps.h"

#define TEXT                                                                                                           \
  "Hello Alice, this is Bob speaking. One two three four five six seven eight nine ten. "                              \
  "The quick brown fox jumps over the lazy dog."
#define SEGMENT (TAP_RATE / 2)
#define SILENCE 0.005
#define DRIFT (TAP_RATE / 1000)

gboolean
sound_make_speech (const char *path)
{
  const char *argv[] = {"espeak-ng", "-w", path, TEXT, NULL};
  int status = 1;

  return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL)
         && status == 0;
}

GArray *
sound_load (const char *path)
{
  g_autofree char *line = g_strdup_printf ("filesrc location=%s ! wavparse ! " TAP_SOUND "name=sound", path);
  g_autoptr (CallPipeline) pipeline = call_pipeline_new (line);
  g_autoptr (Tap) tap = tap_new (pipeline->pipeline, "sound");

  gst_element_set_state (pipeline->pipeline, GST_STATE_PLAYING);
  g_assert_true (call_pipeline_wait_eos (pipeline));
  return tap_copy_samples (tap);
}

/* Clocks of both sides may part a little over the file's length. */
static double
match_segment (const float *sent, const float *received, gsize n_received, gssize at)
{
  double best = -1;

  for (gssize shift = -DRIFT; shift <= DRIFT; shift += DRIFT / 24) {
    g_autofree float *cut = dsp_cut (received, n_received, at + shift, SEGMENT);
    best = MAX (best, dsp_correlation (sent, cut, SEGMENT));
  }
  return best;
}

static void
match_segments (SoundMatch *match, const GArray *sent, const GArray *received)
{
  const float *from = (const float *) sent->data;
  gboolean any = FALSE;

  match->lowest = 1;
  for (gsize i = 0; i + SEGMENT <= sent->len; i += SEGMENT) {
    double value;
    if (dsp_rms (from + i, SEGMENT) < SILENCE)
      continue;
    value = match_segment (from + i, (const float *) received->data, received->len, match->lag + i);
    g_test_message ("  %4.1f s: %.3f", (double) i / TAP_RATE, value);
    match->lowest = MIN (match->lowest, value);
    match->last = value;
    if (!any)
      match->first = value;
    any = TRUE;
  }
}

SoundMatch
sound_match (const GArray *sent, const GArray *received)
{
  SoundMatch match = {0};
  const float *a = (const float *) sent->data, *b = (const float *) received->data;
  g_autofree float *cut = NULL;

  match.lag = dsp_find_lag (a, sent->len, b, received->len, TAP_RATE);
  cut = dsp_cut (b, received->len, match.lag, sent->len);
  match.whole = dsp_correlation (a, cut, sent->len);
  match_segments (&match, sent, received);
  return match;
}
