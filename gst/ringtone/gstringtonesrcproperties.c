/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The properties of ringtonesrc and its URI, ringtone://ZONE/TONE. */

#include "gstringtonesrcprivate.h"

#define DEFAULT_ZONE "us"
#define DEFAULT_SAMPLES_PER_BUFFER 1024
#define MAX_SAMPLES_PER_BUFFER 1000000
#define MAX_EDGE_TIME GST_SECOND

enum
{
  PROP_0,
  PROP_ZONE,
  PROP_TONE,
  PROP_SCRIPT,
  PROP_RTTTL,
  PROP_DTMF,
  PROP_LEVEL,
  PROP_REPEAT,
  PROP_EDGE_TIME,
  PROP_SAMPLES_PER_BUFFER,
  PROP_IS_LIVE,
};

/* The values of zone are those of the table, so that gst-inspect lists the countries. */
static GType
gst_ringtone_zone_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    guint n = tone_zone_count ();
    GEnumValue *values = g_new0 (GEnumValue, n + 1); /* as long as the type: for ever */
    for (guint i = 0; i < n; i++)
      values[i] = (GEnumValue){(gint) i, tone_zone_nth (i)->name, tone_zone_nth (i)->code};
    g_once_init_leave (&type, g_enum_register_static ("GstRingtoneZone", values));
  }
  return type;
}

static GType
gst_ringtone_tone_get_type (void)
{
  static gsize type = 0;
  static GEnumValue values[TONE_KIND_COUNT + 1];

  if (g_once_init_enter (&type)) {
    for (guint i = 0; i < TONE_KIND_COUNT; i++)
      values[i] = (GEnumValue){(gint) i, tone_kind_to_string (i), tone_kind_to_string (i)};
    g_once_init_leave (&type, g_enum_register_static ("GstRingtoneTone", values));
  }
  return type;
}

static void
set_string (char **string, const GValue *value)
{
  const char *text = g_value_get_string (value);

  g_free (*string);
  *string = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

static void
gst_ringtone_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (object);
  RingtoneSettings *settings = &self->settings;

  if (id == PROP_IS_LIVE) {
    gst_base_src_set_live (GST_BASE_SRC (self), g_value_get_boolean (value));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_ZONE:
      settings->zone = (guint) g_value_get_enum (value);
      break;
    case PROP_TONE:
      settings->tone = g_value_get_enum (value);
      break;
    case PROP_SCRIPT:
      set_string (&settings->script, value);
      break;
    case PROP_RTTTL:
      set_string (&settings->rtttl, value);
      break;
    case PROP_DTMF:
      set_string (&settings->dtmf, value);
      break;
    case PROP_LEVEL:
      settings->level = g_value_get_double (value);
      break;
    case PROP_REPEAT:
      settings->repeat = g_value_get_int (value);
      break;
    case PROP_EDGE_TIME:
      settings->edge_time = g_value_get_uint64 (value);
      break;
    case PROP_SAMPLES_PER_BUFFER:
      self->samples_per_buffer = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  self->changed |= id != PROP_SAMPLES_PER_BUFFER;
  GST_OBJECT_UNLOCK (self);
}

static void
gst_ringtone_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (object);
  const RingtoneSettings *settings = &self->settings;

  if (id == PROP_IS_LIVE) {
    g_value_set_boolean (value, gst_base_src_is_live (GST_BASE_SRC (self)));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_ZONE:
      g_value_set_enum (value, (gint) settings->zone);
      break;
    case PROP_TONE:
      g_value_set_enum (value, settings->tone);
      break;
    case PROP_SCRIPT:
      g_value_set_string (value, settings->script);
      break;
    case PROP_RTTTL:
      g_value_set_string (value, settings->rtttl);
      break;
    case PROP_DTMF:
      g_value_set_string (value, settings->dtmf);
      break;
    case PROP_LEVEL:
      g_value_set_double (value, settings->level);
      break;
    case PROP_REPEAT:
      g_value_set_int (value, settings->repeat);
      break;
    case PROP_EDGE_TIME:
      g_value_set_uint64 (value, settings->edge_time);
      break;
    case PROP_SAMPLES_PER_BUFFER:
      g_value_set_uint (value, self->samples_per_buffer);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (self);
}

/* ---- ringtone://ZONE/TONE ---- */

static GstURIType
gst_ringtone_src_uri_get_type (GType type)
{
  return GST_URI_SRC;
}

static const gchar *const *
gst_ringtone_src_uri_get_protocols (GType type)
{
  static const gchar *const protocols[] = {"ringtone", NULL};
  return protocols;
}

static gchar *
gst_ringtone_src_uri_get_uri (GstURIHandler *handler)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (handler);
  gchar *uri;

  GST_OBJECT_LOCK (self);
  uri = ringtone_settings_get_uri (&self->settings);
  GST_OBJECT_UNLOCK (self);
  return uri;
}

static gboolean
gst_ringtone_src_uri_set_uri (GstURIHandler *handler, const gchar *uri, GError **error)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (handler);
  gboolean good;

  GST_OBJECT_LOCK (self);
  good = ringtone_settings_set_uri (&self->settings, uri, error);
  self->changed |= good;
  GST_OBJECT_UNLOCK (self);
  return good;
}

void
gst_ringtone_src_uri_handler_init (gpointer iface, gpointer data)
{
  GstURIHandlerInterface *handler = iface;

  handler->get_type = gst_ringtone_src_uri_get_type;
  handler->get_protocols = gst_ringtone_src_uri_get_protocols;
  handler->get_uri = gst_ringtone_src_uri_get_uri;
  handler->set_uri = gst_ringtone_src_uri_set_uri;
}

/* ---- the class ---- */

#define FLAGS (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING)
#define READY_FLAGS (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static gint
zone_index (const char *code)
{
  for (guint i = 0; i < tone_zone_count (); i++) {
    if (tone_zone_nth (i) == tone_zone_find (code))
      return (gint) i;
  }
  return 0;
}

static void
install_choice (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_ZONE,
      g_param_spec_enum ("zone", "Zone", "The country whose tone is played", gst_ringtone_zone_get_type (),
          zone_index (DEFAULT_ZONE), FLAGS));
  g_object_class_install_property (klass, PROP_TONE,
      g_param_spec_enum (
          "tone", "Tone", "The zone's tone that is played", gst_ringtone_tone_get_type (), TONE_DIAL, FLAGS));
  g_object_class_install_property (klass, PROP_SCRIPT,
      g_param_spec_string ("script", "Script",
          "Cadence to play in place of the zone's tone: 440+480/2000,0/4000 and so on", NULL, FLAGS));
  g_object_class_install_property (klass, PROP_RTTTL,
      g_param_spec_string (
          "rtttl", "RTTTL", "Melody to play in place of the zone's tone: name:d=4,o=6,b=63:notes", NULL, FLAGS));
  g_object_class_install_property (klass, PROP_DTMF,
      g_param_spec_string (
          "dtmf", "DTMF", "Digits to dial in place of the zone's tone: 0-9*#A-D, comma for a pause", NULL, FLAGS));
}

void
gst_ringtone_src_install_properties (GObjectClass *klass)
{
  klass->set_property = gst_ringtone_src_set_property;
  klass->get_property = gst_ringtone_src_get_property;
  install_choice (klass);
  g_object_class_install_property (klass, PROP_LEVEL,
      g_param_spec_double ("level", "Level",
          "Level of each frequency in dBm0; -97: the zone's own, -10 for scripts and melodies, -8 for digits",
          RINGTONE_OWN_LEVEL, 24, RINGTONE_OWN_LEVEL, FLAGS));
  g_object_class_install_property (klass, PROP_REPEAT,
      g_param_spec_int ("repeat", "Repeat",
          "How often to play; -1: for ever, 0: melodies and digits once, others as long as they are written to last",
          -1, G_MAXINT, 0, FLAGS));
  g_object_class_install_property (klass, PROP_EDGE_TIME,
      g_param_spec_uint64 ("edge-time", "Edge time",
          "Time in ns in which a tone comes, and in which it goes (raised cosine); 0: at once", 0, MAX_EDGE_TIME, 0,
          FLAGS));
  g_object_class_install_property (klass, PROP_SAMPLES_PER_BUFFER,
      g_param_spec_uint ("samplesperbuffer", "Samples per buffer", "Size of the buffers in samples", 1,
          MAX_SAMPLES_PER_BUFFER, DEFAULT_SAMPLES_PER_BUFFER, READY_FLAGS));
  g_object_class_install_property (klass, PROP_IS_LIVE,
      g_param_spec_boolean ("is-live", "Is live", "Send each buffer at its time", FALSE, READY_FLAGS));
  gst_type_mark_as_plugin_api (gst_ringtone_zone_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_ringtone_tone_get_type (), 0);
}
