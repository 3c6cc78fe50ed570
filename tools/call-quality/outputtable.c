/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "output.h"

#include <math.h>

#define LABEL_WIDTH 16

static void
add_row (GString *out, const char *label, const char *value)
{
  g_string_append_printf (out, "  %-*s%s\n", LABEL_WIDTH, label, value);
}

static char *
count (gint64 value)
{
  return value == ENTRY_UNKNOWN ? g_strdup ("-") : g_strdup_printf ("%" G_GINT64_FORMAT, value);
}

static char *
number (double value, guint decimals)
{
  return isfinite (value) ? g_strdup_printf ("%.*f", (int) decimals, value) : g_strdup ("-");
}

/* "UTC date time" of packets, seconds of messages. */
static char *
moment (const Entry *entry, double time)
{
  if (entry->element != NULL || !isfinite (time))
    return number (time, 3);
  g_autoptr (GDateTime) whole = g_date_time_new_from_unix_utc ((gint64) floor (time));
  g_autofree char *text = whole != NULL ? g_date_time_format (whole, "%Y-%m-%d %H:%M:%S") : NULL;
  return text != NULL ? g_strdup_printf ("%s.%03d", text, (int) ((time - floor (time)) * 1000)) : number (time, 3);
}

static void
add_heading (GString *out, const Entry *entry)
{
  g_autofree char *payload_type = count (entry->payload_type);
  g_string_append_printf (out, "%s: ", entry->file);
  if (entry->ssrc != ENTRY_UNKNOWN)
    g_string_append_printf (out, "ssrc 0x%08x (%u) ", (guint) entry->ssrc, (guint) entry->ssrc);
  if (entry->element != NULL)
    g_string_append_printf (out, "%s ", entry->element);
  g_string_append_printf (
      out, "%s %s", entry->media != NULL ? entry->media : "media", entry->codec != NULL ? entry->codec : "raw");
  if (entry->clock_rate != ENTRY_UNKNOWN)
    g_string_append_printf (out, "/%" G_GINT64_FORMAT "%s, payload type %s", entry->clock_rate,
        g_strcmp0 (entry->clock_source, "assumed") == 0 ? " (assumed)" : "", payload_type);
  g_string_append_c (out, '\n');
}

static void
add_times (GString *out, const Entry *entry)
{
  g_autofree char *first = moment (entry, entry->first_time), *last = moment (entry, entry->last_time);
  g_autofree char *duration = number (entry->last_time - entry->first_time, 3);
  g_autofree char *time = g_strdup_printf ("%s to %s, %s s", first, last, duration);
  if (entry->source != NULL) {
    g_autofree char *flow = g_strdup_printf ("%s to %s", entry->source, entry->destination);
    add_row (out, "from", flow);
  }
  add_row (out, "time", time);
}

static void
add_packets (GString *out, const Entry *entry)
{
  g_autofree char *packets = count (entry->packets), *lost = count (entry->lost), *loss = number (entry->loss, 2);
  g_autofree char *duplicates = count (entry->duplicates), *reordered = count (entry->reordered);
  g_autofree char *bitrate = number (entry->bitrate / 1000, 1);
  g_autofree char *what =
      g_strdup_printf ("%s, lost %s (%s %%), duplicates %s, reordered %s", packets, lost, loss, duplicates, reordered);
  g_autofree char *rate = g_strdup_printf ("%s kbit/s", bitrate);
  if (entry->packets != ENTRY_UNKNOWN)
    add_row (out, "packets", what);
  if (isfinite (entry->bitrate))
    add_row (out, "bitrate", rate);
}

static void
add_spread (GString *out, const char *label, const RtpSpread *spread)
{
  g_autofree char *text = g_strdup_printf ("min %.3f  mean %.3f  max %.3f ms", spread->min, spread->mean, spread->max);
  if (isfinite (spread->mean))
    add_row (out, label, text);
}

static void
add_bursts (GString *out, const LossBurstMetrics *bursts)
{
  if (!isfinite (bursts->burst_density))
    return;
  g_autofree char *text = g_strdup_printf ("density %.4f, %.0f ms; gaps %.4f, %.0f ms; ratio %.2f",
      bursts->burst_density, bursts->burst_ms, bursts->gap_density, bursts->gap_ms, bursts->burst_ratio);
  add_row (out, "loss bursts", text);
}

static void
add_scores (GString *out, const Entry *entry)
{
  g_autofree char *speech = g_strdup_printf (
      "%.2f (R %.1f, %s)", entry->mos, entry->r_factor, entry->mos_model != NULL ? entry->mos_model : "model not told");
  g_autofree char *freezes = number (entry->freezes, 0), *frozen = number (entry->freeze_duration, 0);
  g_autofree char *picture =
      g_strdup_printf ("%.2f (%.2f frames/s, %s freezes, %s ms)", entry->video_mos, entry->fps, freezes, frozen);
  if (isfinite (entry->mos))
    add_row (out, "MOS", speech);
  if (isfinite (entry->video_mos))
    add_row (out, "video MOS", picture);
}

char *
output_table (const GPtrArray *entries)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = g_ptr_array_index (entries, i);
    if (i > 0)
      g_string_append_c (out, '\n');
    add_heading (out, entry);
    add_times (out, entry);
    add_packets (out, entry);
    add_spread (out, "delta", &entry->delta);
    add_spread (out, "jitter", &entry->jitter);
    add_bursts (out, &entry->bursts);
    add_scores (out, entry);
  }
  return g_string_free (out, FALSE);
}
