/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "output.h"

#include "gst/core/jsontext.h"

#include <math.h>

#define FIELD_FORMAT "%s\"%s\":"

static void
add_name (GString *out, const char *name)
{
  char before = out->str[out->len - 1];
  g_string_append_printf (out, FIELD_FORMAT, before == '{' ? "" : ",", name);
}

static void
add_text (GString *out, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  add_name (out, name);
  json_append_quoted (out, valid);
}

static void
add_count (GString *out, const char *name, gint64 value)
{
  if (value == ENTRY_UNKNOWN)
    return;
  add_name (out, name);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

static void
add_number (GString *out, const char *name, double value, const char *format)
{
  char text[64];
  if (!isfinite (value))
    return;
  add_name (out, name);
  g_string_append (out, g_ascii_formatd (text, sizeof text, format, value));
}

/* Three decimals are what tshark prints, and microseconds are what most captures have. */
static void
add_spread (GString *out, const char *name, const RtpSpread *spread)
{
  if (isnan (spread->mean))
    return;
  add_name (out, name);
  g_string_append_c (out, '{');
  add_number (out, "min", spread->min, "%.3f");
  add_number (out, "mean", spread->mean, "%.3f");
  add_number (out, "max", spread->max, "%.3f");
  g_string_append_c (out, '}');
}

static void
add_description (GString *out, const Entry *entry)
{
  add_text (out, "file", entry->file);
  add_text (out, "element", entry->element);
  add_text (out, "source", entry->source);
  add_text (out, "destination", entry->destination);
  add_count (out, "ssrc", entry->ssrc);
  add_count (out, "payloadType", entry->payload_type);
  add_text (out, "media", entry->media);
  add_text (out, "codec", entry->codec);
  add_count (out, "clockRate", entry->clock_rate);
  add_text (out, "clockSource", entry->clock_source);
  add_number (out, "firstTime", entry->first_time, "%.6f");
  add_number (out, "lastTime", entry->last_time, "%.6f");
}

static void
add_counts (GString *out, const Entry *entry)
{
  add_count (out, "packets", entry->packets);
  add_count (out, "expected", entry->expected);
  add_count (out, "lost", entry->lost);
  add_number (out, "loss", entry->loss, "%.4f");
  add_count (out, "missing", entry->missing);
  add_count (out, "duplicates", entry->duplicates);
  add_count (out, "reordered", entry->reordered);
  add_count (out, "late", entry->late);
  add_count (out, "bytes", entry->bytes);
  add_number (out, "bitrate", entry->bitrate, "%.0f");
  add_spread (out, "delta", &entry->delta);
  add_spread (out, "jitter", &entry->jitter);
  add_number (out, "burstDensity", entry->bursts.burst_density, "%.4f");
  add_number (out, "gapDensity", entry->bursts.gap_density, "%.4f");
  add_number (out, "burstDuration", entry->bursts.burst_ms, "%.3f");
  add_number (out, "gapDuration", entry->bursts.gap_ms, "%.3f");
  add_number (out, "burstRatio", entry->bursts.burst_ratio, "%.4f");
}

static void
add_scores (GString *out, const Entry *entry)
{
  add_text (out, "mosModel", entry->mos_model);
  add_number (out, "rFactor", entry->r_factor, "%.4f");
  add_number (out, "mos", entry->mos, "%.4f");
  add_number (out, "fps", entry->fps, "%.3f");
  add_number (out, "freezes", entry->freezes, "%.0f");
  add_number (out, "freezeDuration", entry->freeze_duration, "%.3f");
  add_number (out, "videoMos", entry->video_mos, "%.4f");
}

char *
output_json (const GPtrArray *entries)
{
  GString *out = g_string_new ("{\"streams\":[");
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = g_ptr_array_index (entries, i);
    g_string_append (out, i > 0 ? ",\n{" : "\n{");
    add_description (out, entry);
    add_counts (out, entry);
    add_scores (out, entry);
    g_string_append_c (out, '}');
  }
  g_string_append (out, "]}\n");
  return g_string_free (out, FALSE);
}
