/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/dtmf.h"

#include <string.h>

/* ITU-T Q.23 */
static void
test_frequencies (void)
{
  static const struct
  {
    char digit;
    guint low, high;
  } rows[] = {{'1', 697, 1209}, {'2', 697, 1336}, {'3', 697, 1477}, {'A', 697, 1633}, {'4', 770, 1209},
      {'5', 770, 1336}, {'6', 770, 1477}, {'B', 770, 1633}, {'7', 852, 1209}, {'8', 852, 1336}, {'9', 852, 1477},
      {'C', 852, 1633}, {'*', 941, 1209}, {'0', 941, 1336}, {'#', 941, 1477}, {'D', 941, 1633}, {'d', 941, 1633}};
  guint low, high;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_true (dtmf_frequencies (rows[i].digit, &low, &high));
    g_assert_cmpuint (low, ==, rows[i].low);
    g_assert_cmpuint (high, ==, rows[i].high);
  }
  for (const char *c = "EeX+ ,"; *c != '\0'; c++)
    g_assert_false (dtmf_frequencies (*c, &low, &high));
  g_assert_false (dtmf_frequencies ('\0', &low, &high));
}

static void
test_script (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ToneScript) script = dtmf_parse ("1,#", &error);

  g_assert_no_error (error);
  g_autofree char *text = tone_script_print (script);
  g_assert_cmpstr (text, ==, "697+1209@2/100,0/100,0/1000,941+1477@2/100,0/100");
}

static void
check_error (const char *digits, ToneScriptError code, const char *column)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dtmf_parse (digits, &error));
  g_assert_error (error, TONE_SCRIPT_ERROR, (gint) code);
  g_assert_true (g_str_has_prefix (error->message, column));
}

static void
test_errors (void)
{
  g_autofree char *many = g_strnfill (TONE_SCRIPT_MAX_ELEMENTS / 2 + 1, '5');

  check_error ("", TONE_SCRIPT_ERROR_SYNTAX, "column 1: ");
  check_error ("12x", TONE_SCRIPT_ERROR_SYNTAX, "column 3: ");
  check_error ("1 2", TONE_SCRIPT_ERROR_SYNTAX, "column 2: ");
  check_error (many, TONE_SCRIPT_ERROR_SIZE, "column 1025: ");
  many[TONE_SCRIPT_MAX_ELEMENTS / 2] = '\0';
  g_autoptr (ToneScript) script = dtmf_parse (many, NULL);
  g_assert_cmpuint (script->n_elements, ==, TONE_SCRIPT_MAX_ELEMENTS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtmf/frequencies", test_frequencies);
  g_test_add_func ("/dtmf/script", test_script);
  g_test_add_func ("/dtmf/errors", test_errors);
  return g_test_run ();
}
