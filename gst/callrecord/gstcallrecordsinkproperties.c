/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The properties of callrecordsink: what a recording is to be, and how far it is. */

#include "gst/callrecord/gstcallrecordsinkprivate.h"

enum
{
  PROP_LOCATION = 1,
  PROP_CONTAINER,
  PROP_MAX_DURATION,
  PROP_MAX_SIZE,
  PROP_MAX_FILES,
  PROP_IDLE_TIMEOUT,
  PROP_IDLE_LEVEL,
  PROP_OVERWRITE,
  PROP_MANIFEST,
  PROP_CALL_ID,
  PROP_PEER,
  PROP_AUDIO_BITRATE,
  PROP_VIDEO_BITRATE,
  PROP_MODE,
  PROP_LAYOUT,
  PROP_WIDTH,
  PROP_HEIGHT,
  PROP_FRAMERATE,
  PROP_NAMES,
  PROP_STEREO,
  PROP_WAIT_FOR_CALL,
  PROP_OWN_NAME,
  PROP_STATS,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static GType
gst_call_record_container_get_type (void)
{
  static const GEnumValue containers[] = {{CALL_RECORD_MATROSKA, "Matroska (.mkv): any codec", "matroska"},
      {CALL_RECORD_WEBM, "WebM: Opus, VP8, VP9", "webm"},
      {CALL_RECORD_MP4, "MP4 in fragments: any codec; raw pictures become H.264", "mp4"}, {0, NULL, NULL}};
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstCallRecordContainer", containers));
  return type;
}

static GType
gst_call_record_mode_get_type (void)
{
  static const GEnumValue modes[] = {{CALL_RECORD_TRACKS, "Each track as it comes", "tracks"},
      {CALL_RECORD_COMPOSED, "One picture and one sound of all", "composed"}, {0, NULL, NULL}};
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstCallRecordMode", modes));
  return type;
}

static GType
gst_call_record_layout_get_type (void)
{
  static const GEnumValue layouts[] = {{RECORD_LAYOUT_SIDE_BY_SIDE, "One beside the other", "side-by-side"},
      {RECORD_LAYOUT_SPEAKER, "Who speaks large, the others on it", "speaker"},
      {RECORD_LAYOUT_GRID, "Rows and columns, up to 16", "grid"}, {0, NULL, NULL}};
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstCallRecordLayout", layouts));
  return type;
}

void
gst_call_record_sink_init_settings (CallRecordSettings *settings)
{
  *settings = (CallRecordSettings){.manifest = TRUE,
      .input = {.audio_bitrate = 64000, .video_bitrate = 2000000, .idle_level = RECORD_INPUT_LEVEL_OFF},
      .composer = RECORD_COMPOSER_DEFAULTS};
  settings->composer.live = FALSE; /* until an input is */
}

void
gst_call_record_sink_clear_settings (CallRecordSettings *settings)
{
  g_clear_pointer (&settings->location, g_free);
  g_clear_pointer (&settings->call_id, g_free);
  g_clear_pointer (&settings->peer, g_free);
  g_clear_pointer (&settings->own_name, g_free);
}

/* (transfer full) */
static GstStructure *
make_stats (GstCallRecordSink *self)
{
  RecorderFigures figures;
  GstStructure *stats;

  gst_call_record_writer_get_figures (self->writer, &figures);
  stats = gst_structure_new ("call-record-stats", "files", G_TYPE_UINT64, figures.files, "file", G_TYPE_STRING,
      figures.file, "duration", G_TYPE_UINT64, figures.duration, "bytes", G_TYPE_UINT64, figures.bytes, NULL);
  recorder_figures_clear (&figures);
  return stats;
}

static void
set_text (char **text, const GValue *value)
{
  g_free (*text);
  *text = g_value_dup_string (value);
}

/* FALSE: it is not one of mode=composed. */
static gboolean
set_composed (CallRecordSettings *settings, guint id, const GValue *value)
{
  switch (id) {
    case PROP_MODE:
      settings->mode = g_value_get_enum (value);
      return TRUE;
    case PROP_LAYOUT:
      settings->composer.layout = g_value_get_enum (value);
      return TRUE;
    case PROP_WIDTH:
      settings->composer.width = g_value_get_uint (value);
      return TRUE;
    case PROP_HEIGHT:
      settings->composer.height = g_value_get_uint (value);
      return TRUE;
    case PROP_FRAMERATE:
      settings->composer.fps_n = gst_value_get_fraction_numerator (value);
      settings->composer.fps_d = gst_value_get_fraction_denominator (value);
      return TRUE;
    case PROP_NAMES:
      settings->composer.names = g_value_get_boolean (value);
      return TRUE;
    case PROP_STEREO:
      settings->composer.stereo = g_value_get_boolean (value);
      return TRUE;
    case PROP_WAIT_FOR_CALL:
      settings->wait_for_call = g_value_get_boolean (value);
      return TRUE;
    case PROP_OWN_NAME:
      set_text (&settings->own_name, value);
      return TRUE;
    default:
      return FALSE;
  }
}

static gboolean
get_composed (const CallRecordSettings *settings, guint id, GValue *value)
{
  switch (id) {
    case PROP_MODE:
      g_value_set_enum (value, settings->mode);
      return TRUE;
    case PROP_LAYOUT:
      g_value_set_enum (value, settings->composer.layout);
      return TRUE;
    case PROP_WIDTH:
      g_value_set_uint (value, settings->composer.width);
      return TRUE;
    case PROP_HEIGHT:
      g_value_set_uint (value, settings->composer.height);
      return TRUE;
    case PROP_FRAMERATE:
      gst_value_set_fraction (value, settings->composer.fps_n, settings->composer.fps_d);
      return TRUE;
    case PROP_NAMES:
      g_value_set_boolean (value, settings->composer.names);
      return TRUE;
    case PROP_STEREO:
      g_value_set_boolean (value, settings->composer.stereo);
      return TRUE;
    case PROP_WAIT_FOR_CALL:
      g_value_set_boolean (value, settings->wait_for_call);
      return TRUE;
    case PROP_OWN_NAME:
      g_value_set_string (value, settings->own_name);
      return TRUE;
    default:
      return FALSE;
  }
}

static void
gst_call_record_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  CallRecordSettings *settings = &GST_CALL_RECORD_SINK (object)->settings;

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_LOCATION:
      set_text (&settings->location, value);
      break;
    case PROP_CONTAINER:
      settings->container = g_value_get_enum (value);
      break;
    case PROP_MAX_DURATION:
      settings->max_duration = g_value_get_uint64 (value);
      break;
    case PROP_MAX_SIZE:
      settings->max_size = g_value_get_uint64 (value);
      break;
    case PROP_MAX_FILES:
      settings->max_files = g_value_get_uint (value);
      break;
    case PROP_IDLE_TIMEOUT:
      settings->idle_timeout = g_value_get_uint64 (value);
      break;
    case PROP_IDLE_LEVEL:
      settings->input.idle_level = g_value_get_double (value);
      break;
    case PROP_OVERWRITE:
      settings->overwrite = g_value_get_boolean (value);
      break;
    case PROP_MANIFEST:
      settings->manifest = g_value_get_boolean (value);
      break;
    case PROP_CALL_ID:
      set_text (&settings->call_id, value);
      break;
    case PROP_PEER:
      set_text (&settings->peer, value);
      break;
    case PROP_AUDIO_BITRATE:
      settings->input.audio_bitrate = g_value_get_uint (value);
      break;
    case PROP_VIDEO_BITRATE:
      settings->input.video_bitrate = g_value_get_uint (value);
      break;
    default:
      if (!set_composed (settings, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
get_setting (const CallRecordSettings *settings, GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  switch (id) {
    case PROP_LOCATION:
      g_value_set_string (value, settings->location);
      break;
    case PROP_CONTAINER:
      g_value_set_enum (value, settings->container);
      break;
    case PROP_MAX_DURATION:
      g_value_set_uint64 (value, settings->max_duration);
      break;
    case PROP_MAX_SIZE:
      g_value_set_uint64 (value, settings->max_size);
      break;
    case PROP_MAX_FILES:
      g_value_set_uint (value, settings->max_files);
      break;
    case PROP_IDLE_TIMEOUT:
      g_value_set_uint64 (value, settings->idle_timeout);
      break;
    case PROP_IDLE_LEVEL:
      g_value_set_double (value, settings->input.idle_level);
      break;
    case PROP_OVERWRITE:
      g_value_set_boolean (value, settings->overwrite);
      break;
    case PROP_MANIFEST:
      g_value_set_boolean (value, settings->manifest);
      break;
    case PROP_CALL_ID:
      g_value_set_string (value, settings->call_id);
      break;
    case PROP_PEER:
      g_value_set_string (value, settings->peer);
      break;
    case PROP_AUDIO_BITRATE:
      g_value_set_uint (value, settings->input.audio_bitrate);
      break;
    case PROP_VIDEO_BITRATE:
      g_value_set_uint (value, settings->input.video_bitrate);
      break;
    default:
      if (!get_composed (settings, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_call_record_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstCallRecordSink *self = GST_CALL_RECORD_SINK (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, make_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  get_setting (&self->settings, object, id, value, spec);
  GST_OBJECT_UNLOCK (self);
}

static void
make_file_properties (void)
{
  const GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  props[PROP_LOCATION] = g_param_spec_string ("location", "Location",
      "Path of the recording. Filled in: {call-id} {peer} {peer-name} {date} {time} {utc} {segment}, and {track}, with "
      "which each track has a file of its own",
      NULL, ready);
  props[PROP_CONTAINER] = g_param_spec_enum (
      "container", "Container", "What the file is", gst_call_record_container_get_type (), CALL_RECORD_MATROSKA, ready);
  props[PROP_MAX_DURATION] = g_param_spec_uint64 ("max-duration", "Maximum duration",
      "The next file begins at the first keyframe after so long, in ns; 0: never", 0, G_MAXUINT64, 0, ready);
  props[PROP_MAX_SIZE] = g_param_spec_uint64 ("max-size", "Maximum size",
      "The next file begins at the first keyframe after so much, in bytes; 0: never", 0, G_MAXUINT64, 0, ready);
  props[PROP_MAX_FILES] = g_param_spec_uint ("max-files", "Maximum files",
      "The recording ends, with EOS, where the next file would begin after so many, in files; 0: never", 0, G_MAXUINT,
      0, ready);
  props[PROP_OVERWRITE] = g_param_spec_boolean ("overwrite", "Overwrite",
      "Replace a file that was there before; false: the new one's name gets a number", FALSE, ready);
  props[PROP_MANIFEST] = g_param_spec_boolean (
      "manifest", "Manifest", "Write a JSON file about each recorded file beside it", TRUE, ready);
}

static void
make_composed_properties (void)
{
  const GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  props[PROP_MODE] =
      g_param_spec_enum ("mode", "Mode", "What becomes of the tracks. To be set before the first pad is requested",
          gst_call_record_mode_get_type (), CALL_RECORD_TRACKS, ready);
  props[PROP_LAYOUT] = g_param_spec_enum ("layout", "Layout", "Of a composed picture: where the participants are",
      gst_call_record_layout_get_type (), RECORD_LAYOUT_SIDE_BY_SIDE, ready);
  props[PROP_WIDTH] =
      g_param_spec_uint ("width", "Width", "Of a composed picture, in px, made even", 16, 7680, 1280, ready);
  props[PROP_HEIGHT] =
      g_param_spec_uint ("height", "Height", "Of a composed picture, in px, made even", 16, 4320, 720, ready);
  props[PROP_FRAMERATE] = gst_param_spec_fraction (
      "framerate", "Frame rate", "Of a composed picture, in frames per second", 1, 1, 120, 1, 30, 1, ready);
  props[PROP_NAMES] =
      g_param_spec_boolean ("names", "Names", "Draw the participants' names into a composed picture", TRUE, ready);
  props[PROP_STEREO] = g_param_spec_boolean ("stereo", "Stereo",
      "In a composed sound the first participant is on the left, the second on the right, others in the middle", FALSE,
      ready);
  props[PROP_WAIT_FOR_CALL] = g_param_spec_boolean ("wait-for-call", "Wait for a call",
      "A composed file begins with the first track of a call (tags of callsrc), not with what comes before it", FALSE,
      ready);
  props[PROP_OWN_NAME] =
      g_param_spec_string ("own-name", "Own name", "Drawn for a participant without tags; unset: none is", NULL, ready);
}

static void
make_properties (void)
{
  const GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  make_file_properties ();
  make_composed_properties ();
  props[PROP_IDLE_TIMEOUT] = g_param_spec_uint64 ("idle-timeout", "Idle timeout",
      "The file is finished when nothing came for so long, in ns; what comes later begins the next one; 0: never", 0,
      G_MAXUINT64, 0, ready);
  props[PROP_IDLE_LEVEL] = g_param_spec_double ("idle-level", "Idle level",
      "dBFS (RMS of a buffer). For idle-timeout sound up to this level counts as nothing, and so do pictures; encoded "
      "sound counts unless its sender says that it is silent; -120: whatever comes counts",
      RECORD_INPUT_LEVEL_OFF, 0, RECORD_INPUT_LEVEL_OFF, ready);
  props[PROP_CALL_ID] = g_param_spec_string (
      "call-id", "Call id", "Call of the recording; unset: as the tags of callsrc have it", NULL, ready);
  props[PROP_PEER] = g_param_spec_string (
      "peer", "Peer", "Participant that is recorded; unset: as the tags of callsrc have it", NULL, ready);
  props[PROP_AUDIO_BITRATE] = g_param_spec_uint (
      "audio-bitrate", "Audio bitrate", "Of the encoder of raw sound, in bit/s", 6000, 510000, 64000, ready);
  props[PROP_VIDEO_BITRATE] = g_param_spec_uint (
      "video-bitrate", "Video bitrate", "Of the encoder of a raw picture, in bit/s", 30000, 100000000, 2000000, ready);
  props[PROP_STATS] =
      g_param_spec_boxed ("stats", "Statistics", "Figures of the recording: files, file, duration, bytes",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

void
gst_call_record_sink_install_properties (GObjectClass *object_class)
{
  object_class->set_property = gst_call_record_sink_set_property;
  object_class->get_property = gst_call_record_sink_get_property;
  make_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);
  gst_type_mark_as_plugin_api (gst_call_record_container_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_call_record_mode_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_call_record_layout_get_type (), 0);
}
