/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What a run says with --json: whatever a message holds, it is JSON. */

#include <check.h>
#include <gst/gst.h>
#include <string.h>

#include "gst/core/jsoncheck.h"
#include "tools/call-pipeline/events.h"

static const struct
{
  double number;
  const char *text;
} numbers[] = {
    {0.5, "0.5"},
    {1e-10, "1e-10"}, /* the jitter of a loopback */
    {-2.5e-7, "e-07"},
    {1e300, "1e+300"},
    {G_MAXDOUBLE * 2, "null"},
    {-G_MAXDOUBLE * 2, "null"},
    {0.0 / 0.0, "null"},
};

START_TEST (test_numbers)
{
  g_autoptr (GstStructure) message = gst_structure_new (
      "call-quality", "jitter", G_TYPE_DOUBLE, numbers[_i].number, "session", G_TYPE_STRING, "a", NULL);
  g_autofree char *line = events_to_json (message);
  g_autoptr (GError) error = NULL;

  ck_assert_msg (json_check (line, strlen (line), JSON_CHECK_MAX_DEPTH, &error), "%s: %s", line,
      error != NULL ? error->message : "");
  ck_assert_msg (strstr (line, numbers[_i].text) != NULL, "%s", line);
}
END_TEST

START_TEST (test_fields)
{
  g_autoptr (GstStructure) message =
      gst_structure_new ("call-x", "text", G_TYPE_STRING, "a \"b\"\n\xc3\xbc", "none", G_TYPE_STRING, NULL, "yes",
          G_TYPE_BOOLEAN, TRUE, "count", G_TYPE_UINT, 7, "rate", GST_TYPE_FRACTION, 30, 1, NULL);
  g_autofree char *line = events_to_json (message);

  ck_assert_str_eq (line,
      "{\"event\":\"call-x\",\"text\":\"a \\\"b\\\"\\n\xc3\xbc\",\"none\":null,\"yes\":true,\"count\":7,"
      "\"rate\":\"30/1\"}");
}
END_TEST

static Suite *
events_suite (void)
{
  Suite *suite = suite_create ("events");
  TCase *tcase = tcase_create ("events");

  tcase_add_loop_test (tcase, test_numbers, 0, G_N_ELEMENTS (numbers));
  tcase_add_test (tcase, test_fields);
  suite_add_tcase (suite, tcase);
  return suite;
}

int
main (void)
{
  SRunner *runner;
  int failed;

  gst_init (NULL, NULL);
  runner = srunner_create (events_suite ());
  srunner_run_all (runner, CK_NORMAL);
  failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed != 0;
}
