/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/metrics-text.h"

#include <stdarg.h>
#include <string.h>

struct CounterSet
{
  guint max_series;
  char *other;
  GHashTable *counts; /* char *labels -> guint64 * */
};

void
histogram_add (Histogram *histogram, double value)
{
  guint i = 0;

  while (i < HISTOGRAM_MAX_BOUNDS && histogram->bounds[i] > 0 && value > histogram->bounds[i])
    i++;
  histogram->counts[i]++;
  histogram->sum += value;
}

CounterSet *
counter_set_new (guint max_series, const char *other_labels)
{
  CounterSet *set = g_new0 (CounterSet, 1);

  set->max_series = max_series;
  set->other = g_strdup (other_labels);
  set->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return set;
}

void
counter_set_free (CounterSet *set)
{
  g_hash_table_unref (set->counts);
  g_free (set->other);
  g_free (set);
}

void
counter_set_add (CounterSet *set, const char *labels)
{
  guint64 *count = g_hash_table_lookup (set->counts, labels);

  if (count == NULL && g_hash_table_size (set->counts) + 1 >= set->max_series) {
    labels = set->other;
    count = g_hash_table_lookup (set->counts, labels);
  }
  if (count == NULL) {
    count = g_new0 (guint64, 1);
    g_hash_table_insert (set->counts, g_strdup (labels), count);
  }
  ++*count;
}

static void
append_escaped (GString *out, const char *text, gboolean quotes)
{
  for (; *text != '\0'; text++) {
    if (*text == '\n')
      g_string_append (out, "\\n");
    else if (*text == '\\' || (quotes && *text == '"'))
      g_string_append_printf (out, "\\%c", *text);
    else
      g_string_append_c (out, *text);
  }
}

char *
metrics_labels (const char *first, ...)
{
  GString *labels = g_string_new (NULL);
  va_list list;

  va_start (list, first);
  for (const char *name = first; name != NULL; name = va_arg (list, const char *)) {
    g_string_append_printf (labels, "%s%s=\"", labels->len > 0 ? "," : "", name);
    append_escaped (labels, va_arg (list, const char *), TRUE);
    g_string_append_c (labels, '"');
  }
  va_end (list);
  return g_string_free (labels, FALSE);
}

void
metrics_head (GString *out, const char *name, MetricsType type, const char *help)
{
  static const char *const TYPES[] = {"counter", "gauge", "histogram"};

  g_string_append_printf (out, "# HELP %s ", name);
  append_escaped (out, help, FALSE);
  g_string_append_printf (out, "\n# TYPE %s %s\n", name, TYPES[type]);
}

void
metrics_sample (GString *out, const char *name, const char *labels, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, name);
  if (labels != NULL && *labels != '\0')
    g_string_append_printf (out, "{%s}", labels);
  g_string_append_printf (out, " %s\n", g_ascii_formatd (number, sizeof number, "%.16g", value));
}

void
metrics_single (GString *out, const char *name, MetricsType type, const char *help, double value)
{
  metrics_head (out, name, type, help);
  metrics_sample (out, name, NULL, value);
}

/* In order, so that two scrapes of the same are the same. */
void
metrics_counter_set (GString *out, const char *name, const char *help, const CounterSet *set)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (set->counts), (GCompareFunc) strcmp);

  metrics_head (out, name, METRICS_COUNTER, help);
  for (GList *at = keys; at != NULL; at = at->next)
    metrics_sample (out, name, at->data, (double) *(guint64 *) g_hash_table_lookup (set->counts, at->data));
}

void
metrics_histogram (GString *out, const char *name, const char *labels, const Histogram *histogram)
{
  g_autofree char *bucket = g_strconcat (name, "_bucket", NULL);
  g_autofree char *sum = g_strconcat (name, "_sum", NULL);
  g_autofree char *count = g_strconcat (name, "_count", NULL);
  const char *comma = labels != NULL ? "," : "";
  guint64 total = 0;

  for (guint i = 0;; i++) {
    gboolean last = i == HISTOGRAM_MAX_BOUNDS || histogram->bounds[i] <= 0;
    char bound[G_ASCII_DTOSTR_BUF_SIZE] = "+Inf";
    g_autofree char *text = NULL;

    if (!last)
      g_ascii_formatd (bound, sizeof bound, "%g", histogram->bounds[i]);
    text = g_strdup_printf ("%s%sle=\"%s\"", labels != NULL ? labels : "", comma, bound);
    total += histogram->counts[i];
    metrics_sample (out, bucket, text, (double) total);
    if (last)
      break;
  }
  metrics_sample (out, sum, labels, histogram->sum);
  metrics_sample (out, count, labels, (double) total);
}
