/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/rtttl.h"

static void
test_melodies (void)
{
  static const char *const rows[][2] = {
      /* A quarter at 160 beats is 375 ms, dotted 562.5; c6 is MIDI note 84, 1046.50 Hz. */
      {"x:d=4,o=5,b=160:c.6", "M84/562.5"},
      {"x:d=4,o=5,b=160:c6.", "M84/562.5"},
      {"x:d=4,o=5,b=160:4C.6 , p", "M84/562.5,0/375"},
      /* The defaults, and a4 = 440 Hz. */
      {"::a4,c", "M69/952.380952,M84/952.380953"},
      {"x:o=4:a,h,b#,e#,8d#5", "M69/952.380952,M71/952.380953,M72/952.380952,M65/952.380953,M75/476.190476"},
      {" The Name : d = 8 , b = 125 : 1 a # 4 . , 16 p", "M70/2880,0/120"},
      /* The same note again begins again. */
      {"x:d=4,o=4,b=60:a,a,p,a", "M69/875,0/125,M69/1000,0/1000,M69/1000"},
      {"x:b=60:64c.8,1c0", "M108/93.75,M12/4000"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ToneScript) script = rtttl_parse (rows[i][0], &error);
    g_assert_no_error (error);
    g_autofree char *text = tone_script_print (script);
    g_assert_cmpstr (text, ==, rows[i][1]);
  }
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
      {"name", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"x:", TONE_SCRIPT_ERROR_SYNTAX, 3},
      {"x::", TONE_SCRIPT_ERROR_SYNTAX, 4},
      {"x:d=4", TONE_SCRIPT_ERROR_SYNTAX, 6},
      {"x:q=4:a", TONE_SCRIPT_ERROR_SYNTAX, 3},
      {"x:d4:a", TONE_SCRIPT_ERROR_SYNTAX, 3},
      {"x:d=:a", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"x:d=4,:a", TONE_SCRIPT_ERROR_SYNTAX, 7},
      {"x:d=3:a", TONE_SCRIPT_ERROR_RANGE, 5},
      {"x:o=9:a", TONE_SCRIPT_ERROR_RANGE, 5},
      {"x:b=0:a", TONE_SCRIPT_ERROR_RANGE, 5},
      {"x:b=1001:a", TONE_SCRIPT_ERROR_RANGE, 5},
      {"x:b=99999999999999999999:a", TONE_SCRIPT_ERROR_RANGE, 5},
      {"x::a,", TONE_SCRIPT_ERROR_SYNTAX, 6},
      {"x::a,,b", TONE_SCRIPT_ERROR_SYNTAX, 6},
      {"x::i", TONE_SCRIPT_ERROR_SYNTAX, 4},
      {"x::3a", TONE_SCRIPT_ERROR_RANGE, 4},
      {"x::a9", TONE_SCRIPT_ERROR_RANGE, 5},
      {"x::p#", TONE_SCRIPT_ERROR_SYNTAX, 5},
      {"x::a..", TONE_SCRIPT_ERROR_SYNTAX, 6},
      {"x::a b", TONE_SCRIPT_ERROR_SYNTAX, 6},
      {"\xc3\xa4\xc3\xb6::i", TONE_SCRIPT_ERROR_SYNTAX, 5},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *prefix = g_strdup_printf ("column %u: ", rows[i].column);
    g_assert_null (rtttl_parse (rows[i].text, &error));
    if (!g_error_matches (error, TONE_SCRIPT_ERROR, rows[i].code) || !g_str_has_prefix (error->message, prefix))
      g_error ("%s: %s; wanted code %d, %s", rows[i].text, error->message, rows[i].code, prefix);
  }
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new ("x::a");
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < 1024; i++)
    g_string_append (text, ",a");
  g_autoptr (ToneScript) script = rtttl_parse (text->str, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (script->n_elements, ==, 2047); /* a gap behind each but the last */
  g_string_append (text, ",a");
  g_assert_null (rtttl_parse (text->str, &error));
  g_assert_error (error, TONE_SCRIPT_ERROR, TONE_SCRIPT_ERROR_SIZE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtttl/melodies", test_melodies);
  g_test_add_func ("/rtttl/errors", test_errors);
  g_test_add_func ("/rtttl/limits", test_limits);
  return g_test_run ();
}
