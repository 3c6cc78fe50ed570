/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/callreport.h"

#include "calljson.h"

#include <string.h>

/* What the server takes: 8192 bytes. A track has at most 480. */
#define MAX_TRACKS 16
#define MAX_MS 60000

typedef enum
{
  LAST,
  SUM,
  MEAN
} How;

typedef enum
{
  PACKETS,
  EXPECTED,
  LOST,
  BITRATE,
  RTT,
  JITTER,
  MOS,
  VIDEO_MOS,
  R_FACTOR,
  NETWORK_QUALITY,
  FPS,
  FREEZES,
  FREEZE_DURATION,
  RESTARTS,
  BURST_DENSITY,
  BURST_DURATION,
  GAP_DENSITY,
  GAP_DURATION,
  N_FIGURES
} Figure;

static const struct
{
  const char *name;
  How how;
  gboolean whole;
} figures[N_FIGURES] = {
    [PACKETS] = {"packets", SUM, TRUE},
    [EXPECTED] = {"expected", SUM, TRUE},
    [LOST] = {"lost", SUM, TRUE},
    [BITRATE] = {"bitrate", MEAN, TRUE},
    [RTT] = {"rtt", MEAN},
    [JITTER] = {"jitter", MEAN},
    [MOS] = {"mos", MEAN},
    [VIDEO_MOS] = {"video-mos", MEAN},
    [R_FACTOR] = {"r-factor", MEAN},
    [NETWORK_QUALITY] = {"network-quality", LAST, TRUE},
    [FPS] = {"fps", MEAN},
    [FREEZES] = {"freezes", SUM, TRUE},
    [FREEZE_DURATION] = {"freeze-duration", SUM},
    [RESTARTS] = {"restarts", SUM, TRUE},
    [BURST_DENSITY] = {"burst-density", LAST},
    [BURST_DURATION] = {"burst-duration", LAST},
    [GAP_DENSITY] = {"gap-density", LAST},
    [GAP_DURATION] = {"gap-duration", LAST},
};

typedef struct
{
  double values[N_FIGURES]; /* sums, but of LAST */
  guint counts[N_FIGURES];
} Figures;

typedef struct
{
  gboolean sent, video;
  guint index;
  char codec[24];
  Figures figures;
} Track;

struct CallReport
{
  GArray *tracks; /* (element-type Track) */
};

/* ---- figures ---- */

static void
add (Figures *self, Figure figure, double value)
{
  self->values[figure] = figures[figure].how == LAST ? value : self->values[figure] + value;
  self->counts[figure]++;
}

static double
get (const Figures *self, Figure figure)
{
  double value = self->values[figure];

  if (figures[figure].how == MEAN)
    value /= MAX (self->counts[figure], 1);
  return figure == RTT || figure == JITTER ? CLAMP (value, 0, MAX_MS) : value;
}

static void
add_to_structure (const Figures *self, GstStructure *structure)
{
  for (Figure figure = 0; figure < N_FIGURES; figure++) {
    if (self->counts[figure] == 0)
      continue;
    if (figures[figure].whole)
      gst_structure_set (structure, figures[figure].name, G_TYPE_INT64, (gint64) get (self, figure), NULL);
    else
      gst_structure_set (structure, figures[figure].name, G_TYPE_DOUBLE, get (self, figure), NULL);
  }
  if (self->counts[EXPECTED] > 0 && self->values[EXPECTED] > 0)
    gst_structure_set (
        structure, "loss", G_TYPE_DOUBLE, CLAMP (100 * self->values[LOST] / self->values[EXPECTED], 0, 100), NULL);
}

/* ---- what comes in ---- */

static Track *
find_track (CallReport *self, gboolean sent, gboolean video, guint index)
{
  Track track = {sent, video, index};

  for (guint i = 0; i < self->tracks->len; i++) {
    Track *known = &g_array_index (self->tracks, Track, i);
    if (known->sent == sent && known->video == video && known->index == index)
      return known;
  }
  if (self->tracks->len >= MAX_TRACKS)
    return NULL;
  g_array_append_val (self->tracks, track);
  return &g_array_index (self->tracks, Track, self->tracks->len - 1);
}

static gboolean
get_number (const GstStructure *structure, const char *name, double *number)
{
  const GValue *value = gst_structure_get_value (structure, name);
  GValue converted = G_VALUE_INIT;

  g_value_init (&converted, G_TYPE_DOUBLE);
  if (value == NULL || !g_value_transform (value, &converted))
    return FALSE;
  *number = g_value_get_double (&converted);
  return TRUE;
}

void
call_report_add (CallReport *self, const GstStructure *structure)
{
  gboolean sent = g_strcmp0 (gst_structure_get_string (structure, "direction"), "send") == 0;
  gboolean video = g_strcmp0 (gst_structure_get_string (structure, "media"), "video") == 0;
  const char *codec = gst_structure_get_string (structure, "codec");
  guint index = 0;
  Track *track;
  double value;

  gst_structure_get_uint (structure, "track", &index);
  track = find_track (self, sent, video, index);
  if (track == NULL)
    return;
  if (codec != NULL)
    g_strlcpy (track->codec, codec, sizeof track->codec);
  for (Figure figure = 0; figure < N_FIGURES; figure++)
    if (get_number (structure, figures[figure].name, &value))
      add (&track->figures, figure, value);
}

/* ---- the report ---- */

/* Of what is received: sums of counts, means of times, the sound's scores where there is sound, the worst grade. */
static void
add_up (const CallReport *self, Figures *all)
{
  gboolean sound = FALSE;

  for (guint i = 0; i < self->tracks->len; i++) {
    const Track *track = &g_array_index (self->tracks, Track, i);
    sound |= !track->sent && !track->video && track->figures.counts[MOS] > 0;
  }
  for (guint i = 0; i < self->tracks->len; i++) {
    const Track *track = &g_array_index (self->tracks, Track, i);
    const Figures *own = &track->figures;
    if (track->sent)
      continue;
    for (Figure figure = PACKETS; figure <= JITTER; figure++)
      if (own->counts[figure] > 0)
        add (all, figure, get (own, figure));
    if (sound && own->counts[MOS] > 0) {
      add (all, MOS, get (own, MOS));
      add (all, R_FACTOR, get (own, R_FACTOR));
    } else if (!sound && own->counts[VIDEO_MOS] > 0)
      add (all, MOS, get (own, VIDEO_MOS));
    add (all, NETWORK_QUALITY, MAX (all->values[NETWORK_QUALITY], get (own, NETWORK_QUALITY)));
  }
  all->values[BITRATE] *= MAX (all->counts[BITRATE], 1); /* the sum of the tracks, not their mean */
}

static void
add_members (JsonBuilder *builder, const Figures *own)
{
  g_autoptr (GstStructure) structure = gst_structure_new_empty ("report");

  add_to_structure (own, structure);
  call_json_add_fields (builder, structure);
}

static void
add_track (JsonBuilder *builder, Track *track)
{
  g_autoptr (GstStructure) structure = gst_structure_new ("track", "direction", G_TYPE_STRING,
      track->sent ? "send" : "receive", "media", G_TYPE_STRING, track->video ? "video" : "audio", "track", G_TYPE_UINT,
      track->index, "codec", G_TYPE_STRING, track->codec, NULL);

  if (track->video && track->figures.counts[VIDEO_MOS] > 0) {
    track->figures.values[MOS] = track->figures.values[VIDEO_MOS];
    track->figures.counts[MOS] = track->figures.counts[VIDEO_MOS];
  }
  track->figures.counts[VIDEO_MOS] = 0; /* on the wire it is the mos of a picture */
  json_builder_begin_object (builder);
  call_json_add_fields (builder, structure);
  add_members (builder, &track->figures);
  json_builder_end_object (builder);
}

char *
call_report_take (CallReport *self, gboolean final)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  Figures all = {0};

  if (self->tracks->len == 0)
    return NULL;
  add_up (self, &all);
  json_builder_begin_object (builder);
  add_members (builder, &all);
  json_builder_set_member_name (builder, "final");
  json_builder_add_boolean_value (builder, final);
  json_builder_set_member_name (builder, "tracks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->tracks->len; i++)
    add_track (builder, &g_array_index (self->tracks, Track, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  g_array_set_size (self->tracks, 0);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

CallReport *
call_report_new (void)
{
  CallReport *self = g_new0 (CallReport, 1);

  self->tracks = g_array_new (FALSE, FALSE, sizeof (Track));
  return self;
}

void
call_report_free (CallReport *self)
{
  g_array_unref (self->tracks);
  g_free (self);
}

/* ---- the other participant's ---- */

static gboolean
is_number (JsonNode *node)
{
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_DOUBLE || type == G_TYPE_INT64;
}

GstStructure *
call_report_read (const char *json)
{
  static const char *const names[] = {
      "mos", "r-factor", "loss", "rtt", "jitter", "bitrate", "network-quality", "packets", "expected", "lost"};
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  GstStructure *structure = gst_structure_new_empty ("call-quality-remote");
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonNode *final = object != NULL ? json_object_get_member (object, "final") : NULL;

  if (object == NULL)
    return structure;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *name = call_json_member_name (names[i]);
    JsonNode *node = json_object_get_member (object, name);
    if (is_number (node))
      gst_structure_set (structure, names[i], G_TYPE_DOUBLE, json_node_get_double (node), NULL);
  }
  gst_structure_set (structure, "final", G_TYPE_BOOLEAN,
      final != NULL && JSON_NODE_HOLDS_VALUE (final) && json_node_get_value_type (final) == G_TYPE_BOOLEAN
          && json_node_get_boolean (final),
      NULL);
  return structure;
}
