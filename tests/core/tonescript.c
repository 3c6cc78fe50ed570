/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonescript.h"

#include <string.h>

static ToneScript *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  ToneScript *script = tone_script_parse (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (script);
  return script;
}

/* What a script is, and how the printer writes it; NULL: as it stands. */
static void
test_round_trip (void)
{
  static const char *const rows[][2] = {
      {"440", NULL},
      {"440+480/2000,0/4000", NULL},
      {"!950/330,!1400/330,!1800/330,0", NULL},
      {"350+440+1209.5+1.001/0.125001,!0/33.25", NULL},
      {"400*25/400,400*16.667%85/1000", NULL},
      {"M60", NULL},
      {"M69*M0%1@-3.25+M127@24/562.5", NULL},
      {"M0/1", NULL},
      {" 440/5 , \t0/10 ", "440/5,0/10"},
      {"0440.500/0100.50", "440.5/100.5"},
      {"440@-0", "440"},
      {"440@+6.10", "440@6.1"},
      {"400*25%90", "400*25"},
      {"0.5/5", NULL},
      {"1/86400000", NULL},
      {"96000", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (ToneScript) script = parse (rows[i][0]);
    g_autofree char *printed = tone_script_print (script);
    g_autoptr (ToneScript) again = parse (printed);
    g_assert_cmpstr (printed, ==, rows[i][1] != NULL ? rows[i][1] : rows[i][0]);
    g_assert_true (tone_script_equal (script, again));
  }
}

static void
test_elements (void)
{
  g_autoptr (ToneScript) script = parse (" !350+440@-2/100 ,\t0/12.5, M60*25.5 ");
  const ToneElement *e = script->elements;

  g_assert_cmpuint (script->n_elements, ==, 3);
  g_assert_true (e[0].once);
  g_assert_cmpuint (e[0].n_parts, ==, 2);
  g_assert_cmpuint (e[0].parts[0].carrier.value, ==, 350000);
  g_assert_cmpint (e[0].parts[1].level, ==, -200);
  g_assert_cmpuint (e[0].duration, ==, 100000000);
  g_assert_false (e[1].once);
  g_assert_cmpuint (e[1].n_parts, ==, 0);
  g_assert_cmpuint (e[1].duration, ==, 12500000);
  g_assert_true (e[2].parts[0].carrier.is_note);
  g_assert_cmpuint (e[2].parts[0].modulator.value, ==, 25500);
  g_assert_cmpuint (e[2].parts[0].depth, ==, 90);
  g_assert_true (e[2].duration == TONE_FOREVER);
}

static void
test_pitch (void)
{
  g_assert_cmpfloat (tone_pitch_hertz (&(TonePitch){TRUE, 69}), ==, 440);
  g_assert_cmpfloat (tone_pitch_hertz (&(TonePitch){FALSE, 1209500}), ==, 1209.5);
  g_assert_cmpfloat_with_epsilon (tone_pitch_hertz (&(TonePitch){TRUE, 60}), 261.6255653, 1e-7);
  g_assert_cmpfloat_with_epsilon (tone_pitch_hertz (&(TonePitch){TRUE, 84}), 1046.5022612, 1e-7);
}

static void
test_errors (void)
{
  static const struct
  {
    const char *text;
    ToneScriptError code;
    guint column;
  } rows[] = {
      {"", TONE_SCRIPT_ERROR_SYNTAX, 1},
      {"440,", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"440/100,,0", TONE_SCRIPT_ERROR_SYNTAX, 9},
      {"hello", TONE_SCRIPT_ERROR_SYNTAX, 1},
      {"440/", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"440+", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"440*/2", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"440*20*2", TONE_SCRIPT_ERROR_SYNTAX, 7},
      {"440./2", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"44.0.1", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"440 /100", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"440/100,\xc3\xa4", TONE_SCRIPT_ERROR_SYNTAX, 9},
      {"440\n", TONE_SCRIPT_ERROR_SYNTAX, 4},
      {"-440", TONE_SCRIPT_ERROR_SYNTAX, 1},
      {"440/-1", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"440/1e3", TONE_SCRIPT_ERROR_SYNTAX, 6},
      {"!!440", TONE_SCRIPT_ERROR_SYNTAX, 2},
      {"440!", TONE_SCRIPT_ERROR_SYNTAX, 4},
      {"M", TONE_SCRIPT_ERROR_SYNTAX, 2},
      {"m60", TONE_SCRIPT_ERROR_SYNTAX, 1},
      {"M60.5", TONE_SCRIPT_ERROR_SYNTAX, 4},
      {"440,0/100", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"M128", TONE_SCRIPT_ERROR_RANGE, 2},
      {"440+0", TONE_SCRIPT_ERROR_RANGE, 5},
      {"0.0/5", TONE_SCRIPT_ERROR_RANGE, 1},
      {"440*0", TONE_SCRIPT_ERROR_RANGE, 5},
      {"0+440", TONE_SCRIPT_ERROR_RANGE, 1},
      {"440/0", TONE_SCRIPT_ERROR_RANGE, 5},
      {"440/0.124999", TONE_SCRIPT_ERROR_RANGE, 5},
      {"440.0001", TONE_SCRIPT_ERROR_RANGE, 8},
      {"440/1.0000001", TONE_SCRIPT_ERROR_RANGE, 13},
      {"96000.001", TONE_SCRIPT_ERROR_RANGE, 1},
      {"440/86400001", TONE_SCRIPT_ERROR_RANGE, 5},
      {"440/99999999999999999999999999", TONE_SCRIPT_ERROR_RANGE, 5},
      {"440*2%0", TONE_SCRIPT_ERROR_RANGE, 7},
      {"440*2%101", TONE_SCRIPT_ERROR_RANGE, 7},
      {"440@25", TONE_SCRIPT_ERROR_RANGE, 5},
      {"440@-96.01", TONE_SCRIPT_ERROR_RANGE, 6},
      {"1+2+3+4+5+6+7+8+9", TONE_SCRIPT_ERROR_SIZE, 17},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *prefix = g_strdup_printf ("column %u: ", rows[i].column);
    g_assert_null (tone_script_parse (rows[i].text, &error));
    if (!g_error_matches (error, TONE_SCRIPT_ERROR, rows[i].code) || !g_str_has_prefix (error->message, prefix))
      g_error ("%s: %s; wanted code %d, %s", rows[i].text, error->message, rows[i].code, prefix);
    g_assert_null (tone_script_parse (rows[i].text, NULL));
  }
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new ("1/1");
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < TONE_SCRIPT_MAX_ELEMENTS; i++)
    g_string_append (text, ",1/1");
  g_autoptr (ToneScript) script = parse (text->str);
  g_assert_cmpuint (script->n_elements, ==, TONE_SCRIPT_MAX_ELEMENTS);
  g_string_append (text, ",1/1");
  g_assert_null (tone_script_parse (text->str, &error));
  g_assert_error (error, TONE_SCRIPT_ERROR, TONE_SCRIPT_ERROR_SIZE);
  g_assert_true (g_str_has_prefix (error->message, "column 8193: more than 2048 elements"));
  g_clear_error (&error);
  g_string_set_size (text, TONE_SCRIPT_MAX_LENGTH + 1);
  memset (text->str, ' ', text->len);
  g_assert_null (tone_script_parse (text->str, &error));
  g_assert_error (error, TONE_SCRIPT_ERROR, TONE_SCRIPT_ERROR_SIZE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tonescript/round-trip", test_round_trip);
  g_test_add_func ("/tonescript/elements", test_elements);
  g_test_add_func ("/tonescript/pitch", test_pitch);
  g_test_add_func ("/tonescript/errors", test_errors);
  g_test_add_func ("/tonescript/limits", test_limits);
  return g_test_run ();
}
