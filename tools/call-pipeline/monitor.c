/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* On a terminal the progress is one line that is rewritten, and the call-quality messages, which it sums up, are not
 * printed; with --json it is an object a second; elsewhere nothing, as a log would be full of it. */

#include "monitor.h"

#include "events.h"

struct _Monitor
{
  Console *console;
  Progress *progress;
  guint timer;
};

static GstStructure *
report_to_structure (const ProgressReport *report)
{
  GstStructure *structure = gst_structure_new ("progress", "state", G_TYPE_STRING, report->state, "duration",
      G_TYPE_DOUBLE, report->duration, "calls", G_TYPE_UINT, report->calls, "connected", G_TYPE_UINT, report->connected,
      "bitrate-in", G_TYPE_UINT64, report->bitrate_receive, "bitrate-out", G_TYPE_UINT64, report->bitrate_send,
      "quality", G_TYPE_STRING, progress_quality_to_string (report->quality), NULL);

  if (report->mos > 0)
    gst_structure_set (structure, "mos", G_TYPE_DOUBLE, report->mos, NULL);
  return structure;
}

static char *
report_to_text (const ProgressReport *report)
{
  GString *text = g_string_new (report->state);
  guint seconds = report->duration;

  if (report->calls > 1)
    g_string_append_printf (text, " %u of %u", report->connected, report->calls);
  g_string_append_printf (text, "  %02u:%02u:%02u", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (report->connected > 0)
    g_string_append_printf (text, "  in %" G_GUINT64_FORMAT " kbit/s  out %" G_GUINT64_FORMAT " kbit/s",
        report->bitrate_receive / 1000, report->bitrate_send / 1000);
  if (report->quality > 0)
    g_string_append_printf (text, "  %s", progress_quality_to_string (report->quality));
  if (report->mos > 0)
    g_string_append_printf (text, ", MOS %.1f", report->mos);
  return g_string_free (text, FALSE);
}

static gboolean
on_second (gpointer user_data)
{
  Monitor *self = user_data;
  ProgressReport report;

  progress_report (self->progress, g_get_monotonic_time (), &report);
  if (self->console->json) {
    g_autoptr (GstStructure) structure = report_to_structure (&report);
    console_message (self->console, structure);
  } else {
    g_autofree char *text = report_to_text (&report);
    console_status (self->console, text);
  }
  return G_SOURCE_CONTINUE;
}

/* The meter's word on one track, once a second. The last message, of the whole call, would count it a second time. */
static void
add_quality (Monitor *self, const char *session, const GstStructure *message)
{
  const char *direction = gst_structure_get_string (message, "direction");
  const char *media = gst_structure_get_string (message, "media");
  g_autofree char *track = NULL;
  guint64 bitrate = 0;
  double mos = 0;
  guint number = 0, quality = 0;
  gboolean final = FALSE;

  gst_structure_get_boolean (message, "final", &final);
  if (direction == NULL || final)
    return;
  gst_structure_get_uint (message, "track", &number);
  gst_structure_get_uint64 (message, "bitrate", &bitrate);
  gst_structure_get_uint (message, "network-quality", &quality);
  gst_structure_get_double (message, "mos", &mos);
  track = g_strdup_printf ("%s %u", media != NULL ? media : "", number);
  progress_add_quality (self->progress, session, direction, track, bitrate, quality, mos);
}

void
monitor_handle_message (Monitor *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  const char *session, *state;
  gboolean is_quality;

  if (!events_is_call (structure))
    return;
  session = gst_structure_get_string (structure, "session");
  state = gst_structure_get_string (structure, "state");
  is_quality = gst_structure_has_name (structure, "call-quality");
  if (session != NULL && is_quality)
    add_quality (self, session, structure);
  else if (session != NULL && state != NULL && gst_structure_has_name (structure, "call-state"))
    progress_add_state (self->progress, session, state, g_get_monotonic_time ());
  if (!is_quality || !self->console->terminal)
    console_message (self->console, structure);
}

static GstStructure *
summary_to_structure (const ProgressSummary *summary)
{
  GstStructure *structure = gst_structure_new ("summary", "calls", G_TYPE_UINT, summary->calls, "connected",
      G_TYPE_UINT, summary->connected, "failed", G_TYPE_UINT, summary->failed, NULL);

  if (summary->connected > 0)
    gst_structure_set (structure, "setup-min", G_TYPE_DOUBLE, summary->setup_min, "setup-median", G_TYPE_DOUBLE,
        summary->setup_median, "setup-max", G_TYPE_DOUBLE, summary->setup_max, NULL);
  if (summary->mos_min > 0)
    gst_structure_set (structure, "mos-min", G_TYPE_DOUBLE, summary->mos_min, NULL);
  return structure;
}

static char *
summary_to_text (const ProgressSummary *summary)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text, "summary: %u calls, %u connected, %u failed", summary->calls, summary->connected, summary->failed);
  if (summary->connected > 0)
    g_string_append_printf (text, "; connected in %.2f to %.2f s, median %.2f s", summary->setup_min,
        summary->setup_max, summary->setup_median);
  if (summary->mos_min > 0)
    g_string_append_printf (text, "; lowest MOS %.2f", summary->mos_min);
  return g_string_free (text, FALSE);
}

void
monitor_finish (Monitor *self, ProgressSummary *summary)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  progress_summary (self->progress, summary);
  if (summary->calls == 0)
    return;
  if (self->console->json) {
    g_autoptr (GstStructure) structure = summary_to_structure (summary);
    console_message (self->console, structure);
  } else {
    g_autofree char *text = summary_to_text (summary);
    console_line (self->console, text);
  }
}

Monitor *
monitor_new (Console *console)
{
  Monitor *self = g_new0 (Monitor, 1);

  self->console = console;
  self->progress = progress_new (g_get_monotonic_time ());
  self->timer = g_timeout_add_seconds (1, on_second, self);
  return self;
}

void
monitor_free (Monitor *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  progress_free (self->progress);
  g_free (self);
}
