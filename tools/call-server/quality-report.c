/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A quality report is read: its figures are in their ranges, and what it does not say itself is worked out from its
 * tracks. docs/protocol/quality-reports.md is the contract. */

#include "tools/call-server/quality-report.h"

#include "gst/core/callmessage.h"
#include "tools/call-server/failure.h"
#include "tools/call-server/json.h"

#include <math.h>
#include <string.h>

#define MAX_TRACKS 32
#define MAX_WHOLE 9007199254740991.0 /* 2^53 - 1: what JSON's numbers carry */

typedef struct
{
  double bitrate, loss, rtt, jitter, mos, r_factor, grade;
  double packets, lost, expected;
} Figures; /* NAN: not said */

typedef struct
{
  const char *name, *alias; /* what clients that know a call's networkStats say */
  double min, max;
  gboolean whole;
  gsize offset;
} Figure;

#define AT(member) G_STRUCT_OFFSET (Figures, member)

static const Figure known[] = {
    {"bitrate", "avgBitrate", 0, 1e11, FALSE, AT (bitrate)},
    {"loss", "packetLoss", 0, 100, FALSE, AT (loss)},
    {"rtt", "latency", 0, 60000, FALSE, AT (rtt)},
    {"jitter", NULL, 0, 60000, FALSE, AT (jitter)},
    {"mos", NULL, 1, 5, FALSE, AT (mos)},
    {"rFactor", NULL, 0, 150, FALSE, AT (r_factor)},
    {"networkQuality", NULL, 0, 6, TRUE, AT (grade)},
    {"packets", NULL, 0, MAX_WHOLE, TRUE, AT (packets)},
    {"lost", NULL, -MAX_WHOLE, MAX_WHOLE, TRUE, AT (lost)}, /* RFC 3550: duplicates can bring it below 0 */
    {"expected", NULL, 0, MAX_WHOLE, TRUE, AT (expected)},
};

static gboolean
read_figure (JsonObject *object, const char *name, const Figure *figure, double *value)
{
  if (name == NULL || !json_object_has (object, name))
    return TRUE;
  double number;
  if (!json_object_number (object, name, &number) || !isfinite (number) || number < figure->min || number > figure->max
      || (figure->whole && number != floor (number)))
    return FALSE;
  *value = number;
  return TRUE;
}

/* The name of the member that is wrong, or NULL. */
static const char *
read_figures (JsonObject *object, Figures *figures)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    double *value = &G_STRUCT_MEMBER (double, figures, known[i].offset);
    *value = NAN;
    if (!read_figure (object, known[i].alias, &known[i], value))
      return known[i].alias;
    if (!read_figure (object, known[i].name, &known[i], value))
      return known[i].name;
  }
  return NULL;
}

static gboolean
is_word (JsonObject *object, const char *name, const char *one, const char *other)
{
  const char *text = json_object_text (object, name);
  return !json_object_has (object, name) || g_strcmp0 (text, one) == 0 || g_strcmp0 (text, other) == 0;
}

typedef struct
{
  double sum;
  guint n;
} Mean;

static void
mean_add (Mean *mean, double value)
{
  if (isnan (value))
    return;
  mean->sum += value;
  mean->n++;
}

static double
mean_of (const Mean *mean)
{
  return mean->n > 0 ? mean->sum / mean->n : NAN;
}

typedef struct
{
  Mean bitrate, loss, rtt, jitter, audio_mos, video_mos;
  double lost, expected;
  gboolean uncounted; /* a track said nothing of its packets */
} Tracks;

static void
add_track (Tracks *tracks, JsonObject *object, const Figures *track)
{
  gboolean video = g_strcmp0 (json_object_text (object, "media"), "video") == 0;
  mean_add (&tracks->bitrate, track->bitrate);
  mean_add (&tracks->loss, track->loss);
  mean_add (&tracks->rtt, track->rtt);
  mean_add (&tracks->jitter, track->jitter);
  mean_add (video ? &tracks->video_mos : &tracks->audio_mos, track->mos);
  if (isnan (track->lost) || isnan (track->expected)) {
    tracks->uncounted = TRUE;
    return;
  }
  tracks->lost += track->lost;
  tracks->expected += track->expected;
}

static void
set_unsaid (double *value, double other)
{
  if (isnan (*value))
    *value = other;
}

/* What the report says itself stands over what its tracks come to. */
static void
merge_tracks (const Tracks *tracks, Figures *report)
{
  gboolean counted = !tracks->uncounted && tracks->expected > 0;
  double loss = counted ? CLAMP (100 * tracks->lost / tracks->expected, 0, 100) : mean_of (&tracks->loss);
  set_unsaid (&report->bitrate, tracks->bitrate.n > 0 ? tracks->bitrate.sum : NAN);
  set_unsaid (&report->loss, loss);
  set_unsaid (&report->rtt, mean_of (&tracks->rtt));
  set_unsaid (&report->jitter, mean_of (&tracks->jitter));
  set_unsaid (&report->mos, mean_of (tracks->audio_mos.n > 0 ? &tracks->audio_mos : &tracks->video_mos));
}

/* Of the tracks, those that come in count: they are what the participant saw and heard. */
static const char *
read_tracks (JsonObject *body, Figures *report)
{
  JsonNode *node = json_object_get_member (body, "tracks");
  Tracks tracks = {0};
  if (!json_object_has (body, "tracks"))
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) > MAX_TRACKS)
    return "tracks";
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
    Figures track;
    if (object == NULL || !is_word (object, "direction", "send", "receive")
        || !is_word (object, "media", "audio", "video"))
      return "tracks";
    const char *wrong = read_figures (object, &track);
    if (wrong != NULL)
      return wrong;
    if (g_strcmp0 (json_object_text (object, "direction"), "send") != 0)
      add_track (&tracks, object, &track);
  }
  merge_tracks (&tracks, report);
  return NULL;
}

static gboolean
read_final (JsonObject *body, gboolean *final)
{
  JsonNode *node = json_object_get_member (body, "final");
  *final = FALSE;
  if (!json_object_has (body, "final"))
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *final = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
check_shape (const char *text, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (CallMessage) message = call_message_parse (CALL_MESSAGE_CALL_QUALITY, text, strlen (text), &wrong);
  if (message == NULL)
    g_set_error_literal (error, FAILURE_ERROR, FAILURE_BAD_VALUE, wrong->message);
  else if (strlen (text) > QUALITY_REPORT_MAX_BYTES)
    g_set_error_literal (error, FAILURE_ERROR, FAILURE_BAD_VALUE, "The report is too long");
  else
    return TRUE;
  return FALSE;
}

QualityReport *
quality_report_read (JsonObject *body, GError **error)
{
  g_autofree char *text = json_object_to_text (body);
  Figures figures;
  gboolean final = FALSE;
  if (!check_shape (text, error))
    return NULL;
  const char *wrong = read_figures (body, &figures);
  if (wrong == NULL)
    wrong = read_tracks (body, &figures);
  if (wrong == NULL && !read_final (body, &final))
    wrong = "final";
  if (wrong != NULL) {
    g_set_error (error, FAILURE_ERROR, FAILURE_BAD_VALUE, "Bad value of %s", wrong);
    return NULL;
  }
  QualityReport *report = g_new0 (QualityReport, 1);
  *report = (QualityReport){.final = final, .text = g_steal_pointer (&text)};
  report->figures[QUALITY_BITRATE] = figures.bitrate;
  report->figures[QUALITY_LOSS] = figures.loss;
  report->figures[QUALITY_LATENCY] = figures.rtt;
  report->figures[QUALITY_JITTER] = figures.jitter;
  report->figures[QUALITY_MOS] = figures.mos;
  return report;
}
