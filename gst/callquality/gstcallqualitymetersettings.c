/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The properties of callqualitymeter: what is set for the meter, and what it found last. */

#include "gstcallqualitymeterprivate.h"

#define MIN_INTERVAL (10 * GST_MSECOND)

enum
{
  PROP_INTERVAL = 1,
  PROP_POST_MESSAGES,
  PROP_MOS_MODEL,
  PROP_CODEC,
  PROP_IE,
  PROP_BPL,
  PROP_RTT,
  PROP_EXPECTED_FPS,
  PROP_EXPECTED_BITRATE,
  PROP_TIMEOUT,
  PROP_STATS,
  PROP_MOS,
  PROP_NETWORK_QUALITY,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static GType
gst_call_mos_model_get_type (void)
{
  static const GEnumValue models[] = {{CALL_METER_MODEL_AUTO, "What the codec asks for", "auto"},
      {CALL_METER_MODEL_NARROWBAND, "ITU-T G.107, narrowband", "g107"},
      {CALL_METER_MODEL_WIDEBAND, "ITU-T G.107.1, wideband", "g107.1"},
      {CALL_METER_MODEL_FULLBAND, "ITU-T G.107.2, fullband", "g107.2"}, {0, NULL, NULL}};
  static gsize type = 0;
  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstCallMosModel", models));
  return type;
}

static void
gst_call_quality_meter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstCallQualityMeter *self = GST_CALL_QUALITY_METER (object);
  CallMeterSettings *settings = &self->settings;
  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_INTERVAL:
      self->interval = g_value_get_uint64 (value);
      break;
    case PROP_POST_MESSAGES:
      self->post_messages = g_value_get_boolean (value);
      break;
    case PROP_MOS_MODEL:
      settings->model = g_value_get_enum (value);
      break;
    case PROP_CODEC:
      g_free ((char *) settings->codec);
      settings->codec = g_value_dup_string (value);
      break;
    case PROP_IE:
      settings->ie = g_value_get_double (value);
      break;
    case PROP_BPL:
      settings->bpl = g_value_get_double (value);
      break;
    case PROP_RTT:
      settings->rtt = g_value_get_uint64 (value);
      break;
    case PROP_EXPECTED_FPS:
      settings->expected_fps = g_value_get_double (value);
      break;
    case PROP_EXPECTED_BITRATE:
      settings->expected_bitrate = g_value_get_uint64 (value);
      break;
    case PROP_TIMEOUT:
      settings->timeout = g_value_get_uint64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_call_quality_meter_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstCallQualityMeter *self = GST_CALL_QUALITY_METER (object);
  const CallMeterSettings *settings = &self->settings;
  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_INTERVAL:
      g_value_set_uint64 (value, self->interval);
      break;
    case PROP_POST_MESSAGES:
      g_value_set_boolean (value, self->post_messages);
      break;
    case PROP_MOS_MODEL:
      g_value_set_enum (value, settings->model);
      break;
    case PROP_CODEC:
      g_value_set_string (value, settings->codec);
      break;
    case PROP_IE:
      g_value_set_double (value, settings->ie);
      break;
    case PROP_BPL:
      g_value_set_double (value, settings->bpl);
      break;
    case PROP_RTT:
      g_value_set_uint64 (value, settings->rtt);
      break;
    case PROP_EXPECTED_FPS:
      g_value_set_double (value, settings->expected_fps);
      break;
    case PROP_EXPECTED_BITRATE:
      g_value_set_uint64 (value, settings->expected_bitrate);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint64 (value, settings->timeout);
      break;
    case PROP_STATS:
      g_value_set_boxed (value, self->stats);
      break;
    case PROP_MOS:
      g_value_set_double (value, self->mos);
      break;
    case PROP_NETWORK_QUALITY:
      g_value_set_uint (value, self->network_quality);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  g_mutex_unlock (&self->lock);
}

static void
install_settings (void)
{
  const GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  props[PROP_INTERVAL] = g_param_spec_uint64 ("interval", "Interval", "Time between two messages in ns, of the stream",
      MIN_INTERVAL, G_MAXUINT64, GST_CALL_QUALITY_METER_INTERVAL, playing);
  props[PROP_POST_MESSAGES] =
      g_param_spec_boolean ("post-messages", "Post messages", "Post call-quality on the bus", TRUE, playing);
  props[PROP_MOS_MODEL] = g_param_spec_enum ("mos-model", "MOS model", "E-model that rates speech",
      gst_call_mos_model_get_type (), CALL_METER_MODEL_AUTO, playing);
  props[PROP_CODEC] = g_param_spec_string (
      "codec", "Codec", "Encoding name that ie and bpl are looked up for; unset: the caps'", NULL, playing);
  props[PROP_IE] = g_param_spec_double (
      "ie", "Ie", "Equipment impairment of the codec, of mos-model's scale; -1: the codec's", -1, 132, -1, playing);
  props[PROP_BPL] = g_param_spec_double (
      "bpl", "Bpl", "Robustness of the codec to packet loss; -1: the codec's", -1, 1000, -1, playing);
  props[PROP_RTT] = g_param_spec_uint64 ("rtt", "Round trip",
      "Round trip time in ns, half of it is the delay; max: not known", 0, G_MAXUINT64, GST_CLOCK_TIME_NONE, playing);
  props[PROP_EXPECTED_FPS] = g_param_spec_double ("expected-fps", "Expected fps",
      "Frame rate in Hz that video-mos takes for the full one; 0: whatever comes", 0, 1000, 0, playing);
  props[PROP_EXPECTED_BITRATE] = g_param_spec_uint64 ("expected-bitrate", "Expected bitrate",
      "Bitrate in bit/s that video-mos takes for the full one; 0: whatever comes", 0, G_MAXUINT64, 0, playing);
  props[PROP_TIMEOUT] = g_param_spec_uint64 ("timeout", "Timeout",
      "Silence in ns after which the network is down, checked by the pipeline's clock; 0: never", 0, G_MAXUINT64, 0,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PAUSED);
}

static void
install_results (void)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  props[PROP_STATS] =
      g_param_spec_boxed ("stats", "Stats", "The last message's fields, posted or not", GST_TYPE_STRUCTURE, readable);
  props[PROP_MOS] = g_param_spec_double ("mos", "MOS",
      "Score of the last interval: speech by mos-model, video by video-mos; 0: unknown", 0, 4.5, 0, readable);
  props[PROP_NETWORK_QUALITY] = g_param_spec_uint ("network-quality", "Network quality",
      "0 unknown, 1 excellent, 2 good, 3 poor, 4 bad, 5 very bad, 6 down", 0, 6, 0, readable);
}

void
gst_call_quality_meter_install_properties (GObjectClass *object_class)
{
  object_class->set_property = gst_call_quality_meter_set_property;
  object_class->get_property = gst_call_quality_meter_get_property;
  install_settings ();
  install_results ();
  g_object_class_install_properties (object_class, N_PROPS, props);
  gst_type_mark_as_plugin_api (gst_call_mos_model_get_type (), 0);
}
