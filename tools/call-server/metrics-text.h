/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Prometheus' text format, version 0.0.4, and what is counted before it is written. Pure. */

#define HISTOGRAM_MAX_BOUNDS 14

typedef struct
{
  const double *bounds; /* upper ones, ascending, without infinity; ends with 0 */
  guint64 counts[HISTOGRAM_MAX_BOUNDS + 1];
  double sum;
} Histogram;

void histogram_add (Histogram *histogram, double value);

/* Counters of one family, by the text of their labels. At most @max_series of them, so that nothing a client sends can
 * make more; what comes after that is counted under the labels "other" stands for. */
typedef struct CounterSet CounterSet;
CounterSet *counter_set_new (guint max_series, const char *other_labels);
void counter_set_free (CounterSet *set);
void counter_set_add (CounterSet *set, const char *labels);

/* name="value",name="value": @first is a name, then value, name, value... NULL. */
char *metrics_labels (const char *first, ...) G_GNUC_NULL_TERMINATED;

typedef enum
{
  METRICS_COUNTER,
  METRICS_GAUGE,
  METRICS_HISTOGRAM
} MetricsType;

/* A family begins with its head; its samples follow. @labels: NULL for none. */
void metrics_head (GString *out, const char *name, MetricsType type, const char *help);
void metrics_sample (GString *out, const char *name, const char *labels, double value);
void metrics_single (GString *out, const char *name, MetricsType type, const char *help, double value);
void metrics_counter_set (GString *out, const char *name, const char *help, const CounterSet *set);
void metrics_histogram (GString *out, const char *name, const char *labels, const Histogram *histogram);

G_END_DECLS
