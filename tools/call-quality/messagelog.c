/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Messages `call-quality`, one a line, among other lines:
 *
 *   Got message #7 from element "callqualitymeter0" (element): call-quality, kind=(string)rtp, ...;
 *   {"event":"call-quality","kind":"rtp","packets":50,...}        as gst-call-pipeline --json has it; camelCase, too
 *
 * Those of one element, or of one SSRC where no element is named, are one entry: the one with `final` has the figures
 * of the whole, the others those over time. Without a final one the whole is their sum. */

#include "source.h"

#include "messageline.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define NS_IN_S 1e9

/* What the intervals add up to, for a log that was cut off. */
typedef struct
{
  Entry *entry;
  gboolean final;
  double duration, jitters; /* s, count */
} Progress;

static gint64
to_count (double value)
{
  return isnan (value) ? ENTRY_UNKNOWN : (gint64) CLAMP (value, -9e15, 9e15);
}

static void
add_count (gint64 *sum, double value)
{
  if (!isnan (value))
    *sum = (*sum == ENTRY_UNKNOWN ? 0 : *sum) + to_count (value);
}

static void
replace_text (char **text, const char *value)
{
  if (value != NULL) {
    g_free (*text);
    *text = g_strdup (value);
  }
}

static void
take_description (Entry *entry, const MessageLine *line)
{
  replace_text (&entry->media, message_line_text (line, "media"));
  replace_text (&entry->codec, message_line_text (line, "codec"));
  replace_text (&entry->mos_model, message_line_text (line, "mos-model"));
  entry->ssrc = to_count (message_line_number (line, "ssrc"));
  entry->payload_type = to_count (message_line_number (line, "payload-type"));
  entry->clock_rate = to_count (message_line_number (line, "clock-rate"));
  entry->r_factor = message_line_number (line, "r-factor");
  entry->mos = message_line_number (line, "mos");
  entry->video_mos = message_line_number (line, "video-mos");
  entry->fps = message_line_number (line, "fps");
}

static RtpSpread
read_spread (const MessageLine *line, const char *min, const char *mean, const char *max)
{
  return (RtpSpread){
      message_line_number (line, min), message_line_number (line, mean), message_line_number (line, max)};
}

static void
take_final (Entry *entry, const MessageLine *line)
{
  double end = message_line_number (line, "running-time") / NS_IN_S;
  double begin = end - message_line_number (line, "duration") / NS_IN_S;
  entry->first_time = fmin (entry->first_time, begin);
  entry->last_time = fmax (entry->last_time, end);
  entry->packets = to_count (message_line_number (line, "packets"));
  entry->expected = to_count (message_line_number (line, "expected"));
  entry->lost = to_count (message_line_number (line, "lost"));
  entry->missing = to_count (message_line_number (line, "missing"));
  entry->duplicates = to_count (message_line_number (line, "duplicates"));
  entry->reordered = to_count (message_line_number (line, "reordered"));
  entry->late = to_count (message_line_number (line, "late"));
  entry->bytes = to_count (message_line_number (line, "bytes"));
  entry->loss = message_line_number (line, "loss");
  entry->bitrate = message_line_number (line, "bitrate");
  entry->delta = read_spread (line, "delta-min", "delta-mean", "delta-max");
  entry->jitter = read_spread (line, "jitter-min", "jitter-mean", "jitter-max");
  entry->bursts = (LossBurstMetrics){.burst_density = message_line_number (line, "burst-density"),
      .gap_density = message_line_number (line, "gap-density"),
      .burst_ms = message_line_number (line, "burst-duration"),
      .gap_ms = message_line_number (line, "gap-duration"),
      .burst_ratio = message_line_number (line, "burst-ratio")};
  entry->freezes = message_line_number (line, "freezes");
  entry->freeze_duration = message_line_number (line, "freeze-duration");
}

static void
follow_jitter (Progress *progress, double jitter)
{
  RtpSpread *spread = &progress->entry->jitter;
  if (isnan (jitter))
    return;
  spread->min = fmin (spread->min, jitter);
  spread->max = fmax (spread->max, jitter);
  progress->jitters++;
  spread->mean = progress->jitters > 1 ? spread->mean + (jitter - spread->mean) / progress->jitters : jitter;
}

static void
add_interval (Progress *progress, const MessageLine *line)
{
  Entry *entry = progress->entry;
  double begin = message_line_number (line, "running-time") / NS_IN_S;
  double duration = message_line_number (line, "duration") / NS_IN_S;
  entry->first_time = fmin (entry->first_time, begin);
  entry->last_time = fmax (entry->last_time, begin + duration);
  progress->duration += isnan (duration) ? 0 : duration;
  add_count (&entry->packets, message_line_number (line, "packets"));
  add_count (&entry->expected, message_line_number (line, "expected"));
  add_count (&entry->lost, message_line_number (line, "lost"));
  add_count (&entry->duplicates, message_line_number (line, "duplicates"));
  add_count (&entry->reordered, message_line_number (line, "reordered"));
  add_count (&entry->late, message_line_number (line, "late"));
  add_count (&entry->bytes, message_line_number (line, "bytes"));
  follow_jitter (progress, message_line_number (line, "jitter"));
  if (entry->expected != ENTRY_UNKNOWN && entry->expected > 0)
    entry->loss = CLAMP (100.0 * (double) entry->lost / (double) entry->expected, 0, 100);
  if (progress->duration > 0 && entry->bytes != ENTRY_UNKNOWN)
    entry->bitrate = (double) entry->bytes * 8 / progress->duration;
  EntrySlot slot = {.time = progress->duration,
      .loss = message_line_number (line, "loss"),
      .jitter = message_line_number (line, "jitter"),
      .bitrate = message_line_number (line, "bitrate"),
      .mos = entry_best_mos (entry)};
  g_array_append_val (entry->slots, slot);
}

static Progress *
progress_for (GHashTable *table, const char *file, const MessageLine *line, GPtrArray *entries)
{
  const char *element = message_line_text (line, MESSAGE_LINE_ELEMENT);
  g_autofree char *key =
      element != NULL ? g_strdup (element) : g_strdup_printf ("ssrc %.0f", message_line_number (line, "ssrc"));
  Progress *progress = g_hash_table_lookup (table, key);
  if (progress != NULL)
    return progress;
  progress = g_new0 (Progress, 1);
  progress->entry = entry_new (file);
  progress->entry->element = g_strdup (element);
  g_ptr_array_add (entries, progress->entry);
  g_hash_table_insert (table, g_steal_pointer (&key), progress);
  return progress;
}

static void
take_line (Progress *progress, const MessageLine *line)
{
  gboolean final = message_line_is_true (line, "final");
  if (progress->final && !final) /* the pipeline ran again */
    return;
  take_description (progress->entry, line);
  if (final)
    take_final (progress->entry, line);
  else
    add_interval (progress, line);
  progress->final = final;
}

gboolean
message_log_read (const char *file, GPtrArray *entries, GPtrArray *warnings, GError **error)
{
  g_autofree char *content = NULL;
  gsize length;
  guint before = entries->len, broken = 0;
  g_autoptr (GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!g_file_get_contents (file, &content, &length, error))
    return FALSE;
  for (char *at = content, *end; at < content + length; at = end + 1) {
    end = memchr (at, '\n', (gsize) (content + length - at));
    end = end != NULL ? end : content + length;
    g_autoptr (GHashTable) line = message_line_parse (at, (gsize) (end - at));
    if (line != NULL)
      take_line (progress_for (table, file, line, entries), line);
    else if (message_line_looks (at, (gsize) (end - at)))
      broken++;
  }
  if (broken > 0)
    g_ptr_array_add (warnings, g_strdup_printf ("%u lines of call-quality could not be read", broken));
  if (entries->len > before || broken > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      "neither a capture (pcap, pcapng) nor an RTP dump nor a log of call-quality messages");
  return FALSE;
}
