/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/**
 * SECTION:element-ringtonesrc
 * @title: ringtonesrc
 *
 * The tones that telephones make: the national ones by zone and tone, cadences by script, melodies by rtttl, digits by
 * dtmf.
 *
 * |[
 * gst-launch-1.0 ringtonesrc zone=gb tone=ringback is-live=true ! audioconvert ! autoaudiosink
 * gst-launch-1.0 ringtonesrc script=440+480/2000,0/4000 repeat=2 ! wavenc ! filesink location=ring.wav
 * ]|
 *
 * Which samples come is decided in gst/core (tonesynth); here they get their format, their time and their clock.
 */

#include "gstringtonesrcprivate.h"

#include "ringtonesamples.h"

GST_DEBUG_CATEGORY_STATIC (ringtonesrc_debug);
#define GST_CAT_DEFAULT ringtonesrc_debug

#define PREFERRED_RATE 48000
#define FORMATS "{ " GST_AUDIO_NE (S16) ", " GST_AUDIO_NE (S32) ", " GST_AUDIO_NE (F32) ", " GST_AUDIO_NE (F64) " }"

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("audio/x-raw, format = " FORMATS ", layout = { interleaved, non-interleaved }, "
                     "rate = [ 8000, 192000 ], channels = [ 1, 8 ]"));

G_DEFINE_FINAL_TYPE_WITH_CODE (GstRingtoneSrc, gst_ringtone_src, GST_TYPE_BASE_SRC,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, gst_ringtone_src_uri_handler_init)
        GST_DEBUG_CATEGORY_INIT (ringtonesrc_debug, "ringtonesrc", 0, "tones of telephones"))
GST_ELEMENT_REGISTER_DEFINE (ringtonesrc, "ringtonesrc", GST_RANK_NONE, GST_TYPE_RINGTONE_SRC)

/* ---- what is played ---- */

static gboolean
fail (GstRingtoneSrc *self, const GError *error)
{
  GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS,
      ("%s. Set the property anew; docs/elements/ringtonesrc.md has the grammar.", error->message), (NULL));
  return FALSE;
}

/* Takes the settings; FALSE with an error posted. */
static gboolean
choose (GstRingtoneSrc *self, ToneScript **script, ToneSynthSettings *settings)
{
  g_autoptr (GError) error = NULL;

  GST_OBJECT_LOCK (self);
  self->changed = FALSE;
  *script = ringtone_settings_choose (&self->settings, settings, &error);
  GST_OBJECT_UNLOCK (self);
  return *script != NULL || fail (self, error);
}

static gboolean
change (GstRingtoneSrc *self)
{
  guint rate = (guint) GST_AUDIO_INFO_RATE (&self->info);
  g_autoptr (ToneScript) script = NULL;
  g_autoptr (GError) error = NULL;
  ToneSynthSettings settings = {.rate = rate};
  ToneSynth *synth;
  gboolean goes_on;

  if (!choose (self, &script, &settings))
    return FALSE;
  synth = tone_synth_new (script, &settings, &error);
  if (synth == NULL)
    return fail (self, error);
  if (tone_synth_peak (synth) > 1 && GST_AUDIO_INFO_IS_INTEGER (&self->info))
    GST_ELEMENT_WARNING (self, STREAM, FORMAT, ("The tone is cut off at full scale: set a lower level"), (NULL));
  goes_on = self->script != NULL && tone_script_equal (script, self->script);
  ringtone_player_change (&self->player, synth, self->position,
      gst_util_uint64_scale_int (RINGTONE_FADE_TIME, (gint) rate, GST_SECOND), goes_on);
  g_clear_pointer (&self->script, tone_script_free);
  self->script = g_steal_pointer (&script);
  return TRUE;
}

static gboolean
is_changed (GstRingtoneSrc *self)
{
  gboolean changed;

  GST_OBJECT_LOCK (self);
  changed = self->changed;
  GST_OBJECT_UNLOCK (self);
  return changed;
}

/* ---- format ---- */

static GstCaps *
gst_ringtone_src_fixate (GstBaseSrc *base, GstCaps *caps)
{
  GstStructure *structure;
  gint channels = 1;

  caps = gst_caps_make_writable (caps);
  structure = gst_caps_get_structure (caps, 0);
  gst_structure_fixate_field_nearest_int (structure, "rate", PREFERRED_RATE);
  gst_structure_fixate_field_nearest_int (structure, "channels", 1);
  gst_structure_get_int (structure, "channels", &channels);
  if (channels > 2 && !gst_structure_has_field (structure, "channel-mask"))
    gst_structure_set (
        structure, "channel-mask", GST_TYPE_BITMASK, gst_audio_channel_get_fallback_mask (channels), NULL);
  return GST_BASE_SRC_CLASS (gst_ringtone_src_parent_class)->fixate (base, caps);
}

static gboolean
gst_ringtone_src_set_caps (GstBaseSrc *base, GstCaps *caps)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (base);
  guint samples;

  if (!gst_audio_info_from_caps (&self->info, caps))
    return FALSE;
  GST_OBJECT_LOCK (self);
  samples = self->samples_per_buffer;
  GST_OBJECT_UNLOCK (self);
  gst_base_src_set_blocksize (base, samples * (guint) GST_AUDIO_INFO_BPF (&self->info));
  g_free (self->scratch);
  self->scratch_size = samples;
  self->scratch = g_new (double, 2 * self->scratch_size);
  self->position = gst_util_uint64_scale_int_round (self->time, GST_AUDIO_INFO_RATE (&self->info), GST_SECOND);
  ringtone_player_clear (&self->player);
  return change (self);
}

/* ---- samples ---- */

static GstClockTime
time_of (GstRingtoneSrc *self, guint64 sample)
{
  return gst_util_uint64_scale_int (sample, GST_SECOND, GST_AUDIO_INFO_RATE (&self->info));
}

static guint64
sample_at (GstRingtoneSrc *self, GstClockTime time)
{
  return gst_util_uint64_scale_int_round (time, GST_AUDIO_INFO_RATE (&self->info), GST_SECOND);
}

/* Which samples come next: @from and how many, 0 at the end. */
static guint
next_samples (GstRingtoneSrc *self, const GstSegment *segment, guint64 *from)
{
  guint64 n = self->scratch_size;

  if (segment->rate < 0) {
    guint64 first = sample_at (self, segment->start);
    n = self->position > first ? MIN (n, self->position - first) : 0;
    *from = self->position - n;
  } else {
    guint64 end = ringtone_player_end (&self->player);
    if (GST_CLOCK_TIME_IS_VALID (segment->stop))
      end = MIN (end, sample_at (self, segment->stop));
    n = self->position < end ? MIN (n, end - self->position) : 0;
    *from = self->position;
  }
  return (guint) n;
}

static void
stamp (GstRingtoneSrc *self, GstBuffer *buffer, guint64 from, guint n)
{
  GST_BUFFER_OFFSET (buffer) = from;
  GST_BUFFER_OFFSET_END (buffer) = from + n;
  GST_BUFFER_PTS (buffer) = time_of (self, from);
  GST_BUFFER_DURATION (buffer) = time_of (self, from + n) - GST_BUFFER_PTS (buffer);
}

static GstFlowReturn
gst_ringtone_src_fill (GstBaseSrc *base, guint64 offset, guint size, GstBuffer *buffer)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (base);
  guint64 from;
  guint n;
  GstMapInfo map;

  if (is_changed (self) && !change (self))
    return GST_FLOW_ERROR;
  n = next_samples (self, &base->segment, &from);
  if (n == 0)
    return GST_FLOW_EOS;
  gst_buffer_set_size (buffer, (gssize) n * GST_AUDIO_INFO_BPF (&self->info));
  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    return GST_FLOW_ERROR;
  ringtone_player_read (&self->player, from, self->scratch, self->scratch + self->scratch_size, n);
  ringtone_samples_write (&self->info, self->scratch, n, map.data);
  gst_buffer_unmap (buffer, &map);
  if (GST_AUDIO_INFO_LAYOUT (&self->info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED)
    gst_buffer_add_audio_meta (buffer, &self->info, n, NULL);
  stamp (self, buffer, from, n);
  self->position = base->segment.rate < 0 ? from : from + n;
  self->time = time_of (self, self->position);
  return GST_FLOW_OK;
}

/* ---- time ---- */

static gboolean
gst_ringtone_src_is_seekable (GstBaseSrc *base)
{
  return !gst_base_src_is_live (base);
}

static gboolean
gst_ringtone_src_do_seek (GstBaseSrc *base, GstSegment *segment)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (base);

  self->time = segment->position;
  if (self->player.synth == NULL)
    return TRUE; /* before the format is known: set_caps() takes the time */
  self->position = sample_at (self, segment->position);
  ringtone_player_rewind (&self->player);
  return TRUE;
}

static void
gst_ringtone_src_get_times (GstBaseSrc *base, GstBuffer *buffer, GstClockTime *start, GstClockTime *end)
{
  gboolean live = gst_base_src_is_live (base);

  *start = live ? GST_BUFFER_PTS (buffer) : GST_CLOCK_TIME_NONE;
  *end = live ? GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer) : GST_CLOCK_TIME_NONE;
}

static gboolean
answer_duration (GstRingtoneSrc *self, GstQuery *query)
{
  guint64 end = self->player.synth != NULL ? ringtone_player_end (&self->player) : TONE_FOREVER;
  GstFormat format;
  gint64 value;

  gst_query_parse_duration (query, &format, NULL);
  if (end == TONE_FOREVER || !gst_audio_info_convert (&self->info, GST_FORMAT_DEFAULT, (gint64) end, format, &value))
    return FALSE;
  gst_query_set_duration (query, format, value);
  return TRUE;
}

static gboolean
answer_convert (GstRingtoneSrc *self, GstQuery *query)
{
  GstFormat from, to;
  gint64 value, result;

  gst_query_parse_convert (query, &from, &value, &to, NULL);
  if (!gst_audio_info_convert (&self->info, from, value, to, &result))
    return FALSE;
  gst_query_set_convert (query, from, value, to, result);
  return TRUE;
}

static gboolean
gst_ringtone_src_query (GstBaseSrc *base, GstQuery *query)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (base);
  gboolean has_format = GST_AUDIO_INFO_RATE (&self->info) > 0;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_DURATION:
      if (has_format && !gst_base_src_is_live (base) && answer_duration (self, query))
        return TRUE;
      break;
    case GST_QUERY_CONVERT:
      if (has_format && answer_convert (self, query))
        return TRUE;
      break;
    case GST_QUERY_LATENCY:
      if (!has_format)
        break;
      gst_query_set_latency (
          query, gst_base_src_is_live (base), time_of (self, self->scratch_size), GST_CLOCK_TIME_NONE);
      return TRUE;
    default:
      break;
  }
  return GST_BASE_SRC_CLASS (gst_ringtone_src_parent_class)->query (base, query);
}

/* ---- states ---- */

/* A script that cannot be played is an error here, before anything waits for its samples. */
static gboolean
gst_ringtone_src_start (GstBaseSrc *base)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (base);
  g_autoptr (ToneScript) script = NULL;
  ToneSynthSettings settings = {0};

  gst_audio_info_init (&self->info);
  self->position = 0;
  self->time = 0;
  return choose (self, &script, &settings);
}

static gboolean
gst_ringtone_src_stop (GstBaseSrc *base)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (base);

  ringtone_player_clear (&self->player);
  g_clear_pointer (&self->script, tone_script_free);
  g_clear_pointer (&self->scratch, g_free);
  gst_audio_info_init (&self->info);
  return TRUE;
}

static void
gst_ringtone_src_finalize (GObject *object)
{
  GstRingtoneSrc *self = GST_RINGTONE_SRC (object);

  ringtone_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_ringtone_src_parent_class)->finalize (object);
}

static void
gst_ringtone_src_init (GstRingtoneSrc *self)
{
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}

static void
gst_ringtone_src_class_init (GstRingtoneSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  object_class->finalize = gst_ringtone_src_finalize;
  base_class->fixate = gst_ringtone_src_fixate;
  base_class->set_caps = gst_ringtone_src_set_caps;
  base_class->fill = gst_ringtone_src_fill;
  base_class->is_seekable = gst_ringtone_src_is_seekable;
  base_class->do_seek = gst_ringtone_src_do_seek;
  base_class->get_times = gst_ringtone_src_get_times;
  base_class->query = gst_ringtone_src_query;
  base_class->start = gst_ringtone_src_start;
  base_class->stop = gst_ringtone_src_stop;

  gst_ringtone_src_install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Ringtone source", "Source/Audio",
      "Makes the tones of telephones: national ones, cadences, melodies and digits", "The GstCall Authors");
}
