/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/metrics-text.h"

static const double BOUNDS[] = {0.5, 2, 0};

static void
test_histogram (void)
{
  static const double VALUES[] = {0.1, 0.5, 0.6, 2, 3, 100};
  g_autoptr (GString) out = g_string_new (NULL);
  Histogram histogram = {.bounds = BOUNDS};

  for (guint i = 0; i < G_N_ELEMENTS (VALUES); i++)
    histogram_add (&histogram, VALUES[i]);
  metrics_head (out, "x_seconds", METRICS_HISTOGRAM, "Time.");
  metrics_histogram (out, "x_seconds", "route=\"/a\"", &histogram);
  g_assert_cmpstr (out->str, ==,
      "# HELP x_seconds Time.\n# TYPE x_seconds histogram\n"
      "x_seconds_bucket{route=\"/a\",le=\"0.5\"} 2\n"
      "x_seconds_bucket{route=\"/a\",le=\"2\"} 4\n"
      "x_seconds_bucket{route=\"/a\",le=\"+Inf\"} 6\n"
      "x_seconds_sum{route=\"/a\"} 106.2\n"
      "x_seconds_count{route=\"/a\"} 6\n");
  g_string_truncate (out, 0);
  metrics_histogram (out, "y", NULL, &histogram);
  g_assert_true (g_str_has_prefix (out->str, "y_bucket{le=\"0.5\"} 2\n"));
  g_assert_true (g_str_has_suffix (out->str, "\ny_sum 106.2\ny_count 6\n"));
}

static void
test_labels (void)
{
  g_autofree char *labels = metrics_labels ("a", "plain", "b", "q\"u\\o\nte", NULL);

  g_assert_cmpstr (labels, ==, "a=\"plain\",b=\"q\\\"u\\\\o\\nte\"");
}

static void
test_values (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  metrics_single (out, "a_total", METRICS_COUNTER, "Line\nand \\ back.", 9007199254740991.0);
  metrics_single (out, "b", METRICS_GAUGE, "Half.", 0.25);
  g_assert_cmpstr (out->str, ==,
      "# HELP a_total Line\\nand \\\\ back.\n# TYPE a_total counter\na_total 9007199254740991\n"
      "# HELP b Half.\n# TYPE b gauge\nb 0.25\n");
}

/* Whatever is counted, the number of series has an end. */
static void
test_bounded (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  CounterSet *set = counter_set_new (10, "event=\"other\"");
  guint lines = 0;

  for (guint i = 0; i < 1000; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);
    g_autofree char *labels = metrics_labels ("event", name, NULL);

    counter_set_add (set, labels);
  }
  metrics_counter_set (out, "e_total", "Events.", set);
  for (const char *at = out->str; *at != '\0'; at++)
    lines += *at == '\n';
  g_assert_cmpuint (lines, ==, 2 + 10);
  g_assert_nonnull (g_strstr_len (out->str, -1, "e_total{event=\"0\"} 1\n"));
  g_assert_nonnull (g_strstr_len (out->str, -1, "e_total{event=\"other\"} 991\n"));
  counter_set_free (set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics/histogram", test_histogram);
  g_test_add_func ("/metrics/labels", test_labels);
  g_test_add_func ("/metrics/values", test_values);
  g_test_add_func ("/metrics/bounded", test_bounded);
  return g_test_run ();
}
