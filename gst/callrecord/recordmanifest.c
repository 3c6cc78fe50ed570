/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/callrecord/recordmanifest.h"

#include "calljson.h"
#include "gst/core/jsontext.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define VERSION_OF_FORMAT 1
#define READ_SIZE (256 * 1024)

RecordTrackReport *
record_track_report_new (const char *name)
{
  RecordTrackReport *report = g_new0 (RecordTrackReport, 1);

  report->name = g_strdup (name);
  report->gaps = g_array_new (FALSE, FALSE, sizeof (RecordGap));
  report->sizes = g_array_new (FALSE, FALSE, sizeof (RecordSize));
  return report;
}

void
record_track_report_free (RecordTrackReport *report)
{
  g_free (report->name);
  g_free (report->peer);
  g_free (report->peer_name);
  g_array_unref (report->gaps);
  g_array_unref (report->sizes);
  g_clear_pointer (&report->quality, gst_structure_free);
  g_free (report);
}

void
record_track_report_gap (RecordTrackReport *report, guint64 begin, guint64 end)
{
  RecordGap gap = {begin, end};
  RecordGap *last = report->gaps->len > 0 ? &g_array_index (report->gaps, RecordGap, report->gaps->len - 1) : NULL;

  if (last != NULL && begin <= last->end + GST_MSECOND) {
    last->end = MAX (last->end, end);
    return;
  }
  report->n_gaps++;
  if (report->gaps->len < RECORD_MANIFEST_MAX_GAPS)
    g_array_append_val (report->gaps, gap);
}

void
record_track_report_size (RecordTrackReport *report, guint64 time, guint width, guint height)
{
  RecordSize size = {time, width, height};

  if (report->sizes->len < RECORD_MANIFEST_MAX_SIZES)
    g_array_append_val (report->sizes, size);
}

/* ---- JSON ---- */

static void
set_ms (JsonObject *object, const char *name, guint64 time)
{
  json_object_set_int_member (object, name, (gint64) ((time + GST_MSECOND / 2) / GST_MSECOND));
}

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

static void
set_wall_clock (JsonObject *object, const char *name, gint64 time)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autofree char *text = seconds != NULL ? g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S") : NULL;
  g_autofree char *whole =
      text != NULL ? g_strdup_printf ("%s.%03dZ", text, (int) (time % G_USEC_PER_SEC / 1000)) : NULL;

  set_text (object, name, whole);
}

/* The fields of a call-quality message as they are in JSON everywhere else: camelCase, times in ms. */
static gboolean
add_quality_field (GQuark field, const GValue *value, gpointer user_data)
{
  static const char *const numbers[] = {"packets", "lost", "loss", "duplicates", "reordered", "bitrate", "mos",
      "video-mos", "r-factor", "network-quality", "fps", "freezes", NULL};
  JsonObject *object = user_data;
  const char *name = g_quark_to_string (field);
  g_auto (GValue) number = G_VALUE_INIT;
  g_autofree char *member = NULL;

  g_value_init (&number, G_TYPE_DOUBLE);
  if (!g_strv_contains (numbers, name) || !g_value_transform (value, &number))
    return TRUE;
  member = call_json_member_name (name);
  if (G_VALUE_HOLDS_DOUBLE (value))
    json_object_set_double_member (object, member, g_value_get_double (&number));
  else
    json_object_set_int_member (object, member, (gint64) g_value_get_double (&number));
  return TRUE;
}

static JsonArray *
build_gaps (const RecordTrackReport *report)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < report->gaps->len; i++) {
    const RecordGap *gap = &g_array_index (report->gaps, RecordGap, i);
    JsonObject *object = json_object_new ();
    set_ms (object, "beginMs", gap->begin);
    set_ms (object, "endMs", gap->end);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
build_sizes (const RecordTrackReport *report)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < report->sizes->len; i++) {
    const RecordSize *size = &g_array_index (report->sizes, RecordSize, i);
    JsonObject *object = json_object_new ();
    set_ms (object, "timeMs", size->time);
    json_object_set_int_member (object, "width", size->width);
    json_object_set_int_member (object, "height", size->height);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonObject *
build_track (const RecordTrackReport *report)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "number", report->number);
  set_text (object, "name", report->name);
  set_text (object, "kind", report->video ? "video" : "audio");
  set_text (object, "codec", report->codec);
  set_text (object, "participant", report->peer);
  set_ms (object, "beginMs", report->begin);
  set_ms (object, "endMs", report->end);
  json_object_set_int_member (object, "frames", (gint64) report->frames);
  json_object_set_int_member (object, "bytes", (gint64) report->bytes);
  json_object_set_int_member (object, "dropped", (gint64) report->dropped);
  if (report->video) {
    json_object_set_array_member (object, "sizes", build_sizes (report));
  } else {
    json_object_set_int_member (object, "channels", report->channels);
    set_ms (object, "filledMs", report->filled);
  }
  json_object_set_int_member (object, "gapCount", (gint64) report->n_gaps);
  json_object_set_array_member (object, "gaps", build_gaps (report));
  if (report->quality != NULL) {
    JsonObject *quality = json_object_new ();
    gst_structure_foreach (report->quality, add_quality_field, quality);
    json_object_set_object_member (object, "quality", quality);
  }
  return object;
}

/* Who is in it, and in which tracks. */
static JsonArray *
build_participants (const GPtrArray *tracks)
{
  JsonArray *array = json_array_new ();
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < tracks->len; i++) {
    const RecordTrackReport *report = g_ptr_array_index (tracks, i);
    JsonObject *object = report->peer != NULL ? g_hash_table_lookup (known, report->peer) : NULL;
    if (report->peer == NULL)
      continue;
    if (object == NULL) {
      object = json_object_new ();
      set_text (object, "id", report->peer);
      set_text (object, "name", report->peer_name);
      json_object_set_array_member (object, "tracks", json_array_new ());
      json_array_add_object_element (array, object);
      g_hash_table_insert (known, report->peer, object);
    }
    json_array_add_int_element (json_object_get_array_member (object, "tracks"), report->number);
  }
  return array;
}

JsonObject *
record_manifest_build (const RecordManifest *manifest)
{
  JsonObject *object = json_object_new ();
  g_autofree char *file = g_path_get_basename (manifest->path);
  JsonArray *tracks = json_array_new ();

  json_object_set_int_member (object, "version", VERSION_OF_FORMAT);
  set_text (object, "file", file);
  set_text (object, "state", manifest->state);
  set_text (object, "reason", manifest->reason);
  set_text (object, "callId", manifest->call_id);
  json_object_set_int_member (object, "segment", manifest->segment);
  set_text (object, "container", manifest->container);
  set_text (object, "mediaType", manifest->media_type);
  set_wall_clock (object, "started", manifest->started);
  if (manifest->reason != NULL)
    set_wall_clock (object, "ended", manifest->started + (gint64) GST_TIME_AS_USECONDS (manifest->duration));
  set_ms (object, "durationMs", manifest->duration);
  json_object_set_int_member (object, "bytes", (gint64) manifest->bytes);
  json_object_set_array_member (object, "participants", build_participants (manifest->tracks));
  for (guint i = 0; i < manifest->tracks->len; i++)
    json_array_add_object_element (tracks, build_track (g_ptr_array_index (manifest->tracks, i)));
  json_object_set_array_member (object, "tracks", tracks);
  return object;
}

void
record_manifest_add_checksum (JsonObject *object, const char *path)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *bytes = g_malloc (READ_SIZE);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  ssize_t count = fd < 0 ? -1 : 0;

  while (fd >= 0 && (count = read (fd, bytes, READ_SIZE)) > 0)
    g_checksum_update (checksum, bytes, count);
  if (fd >= 0)
    g_close (fd, NULL);
  if (count == 0)
    set_text (object, "sha256", g_checksum_get_string (checksum));
}

gboolean
record_manifest_write (JsonObject *object, const char *path, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;

  json_node_set_object (node, object);
  text = json_mend_exponents (json_to_string (node, TRUE));
  line = g_strconcat (text, "\n", NULL);
  return g_file_set_contents_full (path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, error);
}
