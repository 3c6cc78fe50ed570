/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/dtmf.h"
#include "gst/core/tonesynth.h"

#include <math.h>
#include <string.h>

/* The input as a script and as digits: what is taken prints, parses and plays; what is not says where. */

static void
check_playing (const ToneScript *script)
{
  ToneSynthSettings settings = {.rate = 192000, .level = -30, .edge = 1000000};
  g_autoptr (ToneSynth) synth = tone_synth_new (script, &settings, NULL);
  double whole[512], piece[32];

  if (synth == NULL)
    return; /* with a modulator, above half the rate */
  double peak = tone_synth_peak (synth);
  for (guint64 from = 0; from < G_GUINT64_CONSTANT (1) << 50; from = from * 1000 + 12345) {
    tone_synth_read (synth, from, whole, G_N_ELEMENTS (whole));
    tone_synth_read (synth, from + 100, piece, G_N_ELEMENTS (piece));
    FUZZ_ASSERT (memcmp (piece, whole + 100, sizeof piece) == 0);
    for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
      FUZZ_ASSERT (fabs (whole[i]) <= peak * 1.000001);
  }
}

static void
check_error (const GError *error)
{
  FUZZ_ASSERT (error != NULL && error->domain == TONE_SCRIPT_ERROR && g_str_has_prefix (error->message, "column "));
  FUZZ_ASSERT (g_utf8_validate (error->message, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL, digits_error = NULL;
  g_autoptr (ToneScript) script = tone_script_parse (text, &error);
  g_autoptr (ToneScript) digits = dtmf_parse (text, &digits_error);

  if (digits == NULL)
    check_error (digits_error);
  if (script == NULL) {
    check_error (error);
    return 0;
  }
  g_autofree char *printed = tone_script_print (script);
  g_autoptr (ToneScript) again = tone_script_parse (printed, NULL);
  FUZZ_ASSERT (strlen (printed) > TONE_SCRIPT_MAX_LENGTH || (again != NULL && tone_script_equal (script, again)));
  check_playing (script);
  return 0;
}
