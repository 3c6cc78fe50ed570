/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/**
 * SECTION:element-callrecordsink
 *
 * Records the tracks of a call into one file that plays, whatever happens meanwhile.
 *
 * |[
 * gst-launch-1.0 -e callsrc name=in output=encoded server=http://127.0.0.1:8080 peer=bob in.audio_0 ! rec.audio_0 in.video_0 ! rec.video_0 callrecordsink name=rec location=call.mkv
 * ]|
 *
 * docs/elements/callrecordsink.md has its properties and messages.
 */

/*   pad audio_0 (ghost) --- [audioconvert ! opusenc] ---+
 *   pad video_0 (ghost) --- [videoconvert ! vp8enc] ----+--> writer: pads, Recorder (a thread), files
 *   pad video_1 (ghost) --------------------------------+
 *
 * What is in brackets is made when a pad's caps come, and only where they are raw. With mode=composed, recordcompose.c
 * stands there. */

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "gst/callrecord/gstcallrecordsinkprivate.h"
#include "gst/core/recordname.h"

GST_DEBUG_CATEGORY (callrecord_debug);
#define GST_CAT_DEFAULT callrecord_debug

enum
{
  SIGNAL_SPLIT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GstStaticPadTemplate audio_template =
    GST_STATIC_PAD_TEMPLATE ("audio_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (RECORD_INPUT_AUDIO_CAPS));
static GstStaticPadTemplate video_template =
    GST_STATIC_PAD_TEMPLATE ("video_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (RECORD_INPUT_VIDEO_CAPS));

G_DEFINE_FINAL_TYPE (GstCallRecordSink, gst_call_record_sink, GST_TYPE_BIN)
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (callrecordsink, "callrecordsink", GST_RANK_NONE, GST_TYPE_CALL_RECORD_SINK,
    GST_DEBUG_CATEGORY_INIT (callrecord_debug, "callrecordsink", 0, "recording of calls"))

/* ---- pads ---- */

static RecordInput *
find_input (GstCallRecordSink *self, GstPad *pad)
{
  RecordInput *input;

  GST_OBJECT_LOCK (self);
  input = g_hash_table_lookup (self->inputs, pad);
  GST_OBJECT_UNLOCK (self);
  return input;
}

static RecordInputSettings
copy_input_settings (GstCallRecordSink *self)
{
  RecordInputSettings settings;

  GST_OBJECT_LOCK (self);
  settings = self->settings.input;
  settings.h264 = self->settings.container == CALL_RECORD_MP4;
  GST_OBJECT_UNLOCK (self);
  return settings;
}

static gboolean
on_pad_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstCallRecordSink *self = GST_CALL_RECORD_SINK (parent);
  RecordInput *input = find_input (self, pad);
  RecordInputSettings settings;
  GstCaps *caps;

  if (self->compose != NULL && !record_compose_event (self->compose, pad, event)) {
    gst_event_unref (event);
    return FALSE;
  }
  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS || input == NULL)
    return gst_pad_event_default (pad, parent, event);
  settings = copy_input_settings (self);
  gst_event_parse_caps (event, &caps);
  if (record_input_configure (input, caps, &settings))
    return gst_pad_event_default (pad, parent, event);
  gst_event_unref (event);
  return FALSE;
}

/* Before its caps have come a pad has nothing behind it that could tell what it takes. */
static gboolean
on_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  g_autoptr (GstPad) target = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));
  g_autoptr (GstCaps) caps = NULL;
  GstCaps *other;

  if (target != NULL || (GST_QUERY_TYPE (query) != GST_QUERY_CAPS && GST_QUERY_TYPE (query) != GST_QUERY_ACCEPT_CAPS))
    return gst_pad_query_default (pad, parent, query);
  caps = gst_pad_get_pad_template_caps (pad);
  if (GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS) {
    gst_query_parse_accept_caps (query, &other);
    gst_query_set_accept_caps_result (query, gst_caps_can_intersect (caps, other));
    return TRUE;
  }
  gst_query_parse_caps (query, &other);
  if (other != NULL) {
    g_autoptr (GstCaps) both = gst_caps_intersect_full (other, caps, GST_CAPS_INTERSECT_FIRST);
    gst_query_set_caps_result (query, both);
  } else {
    gst_query_set_caps_result (query, caps);
  }
  return TRUE;
}

static char *
make_pad_name (GstCallRecordSink *self, gboolean video, const char *wanted)
{
  guint *next = video ? &self->next_video : &self->next_audio;
  guint number;
  char *name;

  GST_OBJECT_LOCK (self);
  if (wanted != NULL && sscanf (wanted, video ? "video_%u" : "audio_%u", &number) == 1)
    *next = MAX (*next, number + 1);
  else
    wanted = NULL;
  name = wanted != NULL ? g_strdup (wanted) : g_strdup_printf (video ? "video_%u" : "audio_%u", (*next)++);
  GST_OBJECT_UNLOCK (self);
  return name;
}

/* The writer's side of a new pad. */
static void
add_input (GstCallRecordSink *self, GstPad *pad, const char *name, gboolean video)
{
  gboolean composed;

  GST_OBJECT_LOCK (self);
  composed = self->settings.mode == CALL_RECORD_COMPOSED;
  GST_OBJECT_UNLOCK (self);
  if (composed && self->compose == NULL)
    self->compose = record_compose_new (GST_BIN (self), self->writer);
  if (self->compose != NULL)
    record_compose_add (self->compose, pad, video, (guint) g_ascii_strtoull (name + strlen ("audio_"), NULL, 10));
  else {
    GstPad *writer_pad = gst_call_record_writer_add (self->writer, name, video);
    GST_OBJECT_LOCK (self);
    g_hash_table_insert (self->inputs, pad, record_input_new (GST_BIN (self), pad, self->writer, writer_pad));
    GST_OBJECT_UNLOCK (self);
  }
}

static GstPad *
gst_call_record_sink_request_new_pad (
    GstElement *element, GstPadTemplate *template, const char *wanted, const GstCaps *caps)
{
  GstCallRecordSink *self = GST_CALL_RECORD_SINK (element);
  gboolean video = g_str_has_prefix (GST_PAD_TEMPLATE_NAME_TEMPLATE (template), "video");
  g_autofree char *name = make_pad_name (self, video, wanted);
  GstPad *pad = gst_ghost_pad_new_no_target_from_template (name, template);

  gst_pad_set_event_function (pad, on_pad_event);
  gst_pad_set_query_function (pad, on_pad_query);
  add_input (self, pad, name, video);
  gst_pad_set_active (pad, TRUE);
  if (gst_element_add_pad (element, pad))
    return pad;
  return NULL;
}

static void
gst_call_record_sink_release_pad (GstElement *element, GstPad *pad)
{
  GstCallRecordSink *self = GST_CALL_RECORD_SINK (element);
  RecordInput *input;

  if (self->compose != NULL)
    record_compose_let_go (self->compose, pad);
  gst_pad_set_active (pad, FALSE);
  if (self->compose != NULL)
    record_compose_remove (self->compose, pad);
  GST_OBJECT_LOCK (self);
  input = g_hash_table_lookup (self->inputs, pad);
  g_hash_table_remove (self->inputs, pad);
  GST_OBJECT_UNLOCK (self);
  if (input != NULL)
    record_input_free (input);
  gst_element_remove_pad (element, pad);
}

/* ---- states ---- */

/* The folder of the template up to its first field, or what of it is there already. */
static char *
find_folder (const char *location)
{
  const char *field = strchr (location, '{');
  g_autofree char *fixed = field != NULL ? g_strndup (location, field - location) : g_strdup (location);
  g_autofree char *whole = g_str_has_suffix (fixed, "/") ? g_strconcat (fixed, "x", NULL) : g_strdup (fixed);
  char *folder = g_path_get_dirname (whole);

  while (!g_file_test (folder, G_FILE_TEST_EXISTS) && strlen (folder) > 1) {
    char *above = g_path_get_dirname (folder);
    g_free (folder);
    folder = above;
  }
  return folder;
}

/* Better now than when the first second of a call is to be written. */
static gboolean
check_location (GstCallRecordSink *self, const char *location)
{
  g_autofree char *wrong = NULL;
  g_autofree char *folder = NULL;

  if (location == NULL || location[0] == '\0') {
    GST_ELEMENT_ERROR (
        self, RESOURCE, SETTINGS, ("No location to record to."), ("Set location=call.mkv, for instance."));
    return FALSE;
  }
  if (!record_name_check (location, &wrong)) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("location has no field %s.", wrong),
        ("There are {call-id} {peer} {peer-name} {track} {date} {time} {utc} {segment}."));
    return FALSE;
  }
  folder = find_folder (location);
  if (g_access (folder, W_OK | X_OK) != 0) {
    GST_ELEMENT_ERROR (self, RESOURCE, OPEN_WRITE,
        ("Cannot record to %s: %s: %s.", location, folder, g_strerror (errno)),
        ("Set location to a file in a folder that this user may write."));
    return FALSE;
  }
  return TRUE;
}

static gboolean
configure_writer (GstCallRecordSink *self)
{
  static const char *const containers[] = {"matroska", "webm", "mp4"};
  const CallRecordSettings *settings = &self->settings;
  RecorderSettings copy;
  const char *container;
  gboolean ok;

  GST_OBJECT_LOCK (self);
  container = containers[settings->container];
  copy = (RecorderSettings){.location = g_strdup (settings->location),
      .container = record_container_find (container),
      .max_duration = settings->max_duration,
      .max_size = settings->max_size,
      .max_files = settings->max_files,
      .idle_timeout = settings->idle_timeout,
      .has_idle_level = settings->input.idle_level > RECORD_INPUT_LEVEL_OFF,
      .overwrite = settings->overwrite,
      .manifest = settings->manifest,
      .call_id = g_strdup (settings->call_id),
      .peer = g_strdup (settings->peer)};
  GST_OBJECT_UNLOCK (self);
  ok = check_location (self, copy.location);
  if (ok)
    gst_call_record_writer_configure (self->writer, &copy);
  recorder_settings_clear (&copy);
  return ok;
}

static gboolean
start_composing (GstCallRecordSink *self)
{
  RecordInputSettings encoders = copy_input_settings (self);
  RecordComposerSettings settings;
  g_autofree char *own_name = NULL;
  gboolean composed, wait_for_call;

  GST_OBJECT_LOCK (self);
  settings = self->settings.composer;
  wait_for_call = self->settings.wait_for_call;
  own_name = g_strdup (self->settings.own_name);
  settings.rest_after = self->settings.idle_timeout;
  composed = self->settings.mode == CALL_RECORD_COMPOSED;
  GST_OBJECT_UNLOCK (self);
  if (composed && self->compose == NULL)
    self->compose = record_compose_new (GST_BIN (self), self->writer);
  return self->compose == NULL || record_compose_start (self->compose, &settings, &encoders, wait_for_call, own_name);
}

/* What stood behind the pads was for the caps and the settings of that time. */
static void
reset_inputs (GstCallRecordSink *self)
{
  g_autoptr (GList) inputs = NULL;

  GST_OBJECT_LOCK (self);
  inputs = g_hash_table_get_values (self->inputs);
  GST_OBJECT_UNLOCK (self);
  for (GList *item = inputs; item != NULL; item = item->next)
    record_input_reset (item->data);
}

static GstStateChangeReturn
gst_call_record_sink_change_state (GstElement *element, GstStateChange transition)
{
  GstCallRecordSink *self = GST_CALL_RECORD_SINK (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && (!configure_writer (self) || !start_composing (self)))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (gst_call_record_sink_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    reset_inputs (self);
  if (self->compose != NULL
      && (transition == GST_STATE_CHANGE_PAUSED_TO_READY
          || (transition == GST_STATE_CHANGE_READY_TO_PAUSED && ret == GST_STATE_CHANGE_FAILURE)))
    record_compose_stop (self->compose);
  return ret;
}

/* ---- object ---- */

static void
gst_call_record_sink_split (GstCallRecordSink *self)
{
  gst_call_record_writer_split (self->writer);
}

static void
gst_call_record_sink_dispose (GObject *object)
{
  GstCallRecordSink *self = GST_CALL_RECORD_SINK (object);
  g_autoptr (GPtrArray) pads = g_ptr_array_new_with_free_func (gst_object_unref);

  for (GList *item = GST_ELEMENT (self)->sinkpads; item != NULL; item = item->next)
    g_ptr_array_add (pads, gst_object_ref (item->data));
  for (guint i = 0; i < pads->len; i++)
    gst_call_record_sink_release_pad (GST_ELEMENT (self), g_ptr_array_index (pads, i));
  g_clear_pointer (&self->compose, record_compose_free);
  G_OBJECT_CLASS (gst_call_record_sink_parent_class)->dispose (object);
}

static void
gst_call_record_sink_finalize (GObject *object)
{
  GstCallRecordSink *self = GST_CALL_RECORD_SINK (object);

  g_clear_pointer (&self->inputs, g_hash_table_unref);
  gst_call_record_sink_clear_settings (&self->settings);
  G_OBJECT_CLASS (gst_call_record_sink_parent_class)->finalize (object);
}

static void
gst_call_record_sink_init (GstCallRecordSink *self)
{
  gst_call_record_sink_init_settings (&self->settings);
  self->inputs = g_hash_table_new (NULL, NULL);
  self->writer = gst_call_record_writer_new ();
  gst_bin_add (GST_BIN (self), self->writer);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}

static void
gst_call_record_sink_class_init (GstCallRecordSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->dispose = gst_call_record_sink_dispose;
  object_class->finalize = gst_call_record_sink_finalize;
  gst_call_record_sink_install_properties (object_class);
  element_class->change_state = gst_call_record_sink_change_state;
  element_class->request_new_pad = gst_call_record_sink_request_new_pad;
  element_class->release_pad = gst_call_record_sink_release_pad;
  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_add_static_pad_template (element_class, &video_template);
  gst_element_class_set_static_metadata (element_class, "Call recorder", "Sink/File",
      "Records the tracks of a call into one file that plays", "The GstCall Authors");

  /**
   * GstCallRecordSink::split:
   *
   * Begins the next file: at the next keyframe where there is a picture, at once where there is none.
   */
  signals[SIGNAL_SPLIT] = g_signal_new_class_handler ("split", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (gst_call_record_sink_split), NULL, NULL, NULL, G_TYPE_NONE, 0);
}
