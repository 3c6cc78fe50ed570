/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/**
 * SECTION:element-callsink
 * @title: callsink
 *
 * What this participant of a call sends. Request pads audio_%u and video_%u take raw media (encoded by the leg: Opus,
 * and VP8 unless video-codec says otherwise), encoded media, or RTP. Live input is thrown away while the call is not
 * connected; input that is not live (a file) waits for the connection and is paced to the clock.
 *
 * |[
 * gst-launch-1.0 -e callsink name=out server=http://127.0.0.1:8080 token=$ALICE peer=bob call-type=video  audiotestsrc is-live=true wave=ticks ! out.audio_0  videotestsrc is-live=true ! video/x-raw,width=1280,height=720,framerate=30/1 ! out.video_0
 * ]|
 */

#include "gstcallsink.h"

#include "callparticipant.h"
#include "calltrackcaps.h"

GST_DEBUG_CATEGORY_STATIC (callsink_debug);
#define GST_CAT_DEFAULT callsink_debug

#define MAX_TRACKS 8
#define DEFAULT_AUDIO_BITRATE 64000
#define DEFAULT_VIDEO_BITRATE 2000000

typedef enum
{
  VIDEO_CODEC_VP8,
  VIDEO_CODEC_VP9,
  VIDEO_CODEC_H264
} VideoCodec;

struct _GstCallSink
{
  GstBin parent;

  GstCallParticipant participant;

  /* under the object lock */
  VideoCodec video_codec;
  guint audio_bitrate;
  guint video_bitrate;
  gboolean mute;
  gboolean video_mute;
  GPtrArray *inputs; /* (element-type GstCallTrackSink), children of the bin */
};

enum
{
  PROP_VIDEO_CODEC = GST_CALL_PROP_OWN,
  PROP_AUDIO_BITRATE,
  PROP_VIDEO_BITRATE,
  PROP_MUTE,
  PROP_VIDEO_MUTE,
};

static GstStaticPadTemplate audio_template =
    GST_STATIC_PAD_TEMPLATE ("audio_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (CALL_TRACK_AUDIO_CAPS));
static GstStaticPadTemplate video_template =
    GST_STATIC_PAD_TEMPLATE ("video_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (CALL_TRACK_VIDEO_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (GstCallSink, gst_call_sink, GST_TYPE_BIN,
    GST_DEBUG_CATEGORY_INIT (callsink_debug, "callsink", 0, "our media of a call"))
GST_ELEMENT_REGISTER_DEFINE (callsink, "callsink", GST_RANK_NONE, GST_TYPE_CALL_SINK)

static const GEnumValue video_codecs[] = {{VIDEO_CODEC_VP8, "VP8", "vp8"}, {VIDEO_CODEC_VP9, "VP9", "vp9"},
    {VIDEO_CODEC_H264, "H.264", "h264"}, {0, NULL, NULL}};

static GType
gst_call_video_codec_get_type (void)
{
  static gsize type = 0;
  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstCallVideoCodec", video_codecs));
  return type;
}

/* ---- pads ---- */

static gboolean
is_muted (GstCallSink *self, GstCallMedia media)
{
  return media == GST_CALL_MEDIA_AUDIO ? self->mute : self->video_mute;
}

/* "audio_1" -> 1; the next free one for a pad without a name; -1 when taken or too many. */
static gint
choose_index (GstCallSink *self, GstCallMedia media, const char *name)
{
  gboolean taken[MAX_TRACKS] = {FALSE};
  guint64 index = MAX_TRACKS;

  for (guint i = 0; i < self->inputs->len; i++) {
    GstCallTrackSink *input = g_ptr_array_index (self->inputs, i);
    if (gst_call_track_sink_get_media (input) == media)
      taken[gst_call_track_sink_get_index (input)] = TRUE;
  }
  if (name != NULL) {
    if (!g_ascii_string_to_unsigned (name + strlen ("audio_"), 10, 0, MAX_TRACKS - 1, &index, NULL))
      return -1;
    return taken[index] ? -1 : (gint) index;
  }
  for (gint i = 0; i < MAX_TRACKS; i++)
    if (!taken[i])
      return i;
  return -1;
}

static GstPad *
add_track (GstCallSink *self, GstPadTemplate *template, GstCallMedia media, guint index)
{
  g_autofree char *name = g_strdup_printf ("%s_%u", media == GST_CALL_MEDIA_AUDIO ? "audio" : "video", index);
  GstCallTrackSink *input = gst_call_track_sink_new (media, index, name);
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (&self->participant);
  g_autoptr (GstPad) target = NULL;
  GstPad *pad;

  gst_call_track_sink_set_mute (input, is_muted (self, media));
  gst_bin_add (GST_BIN (self), GST_ELEMENT (input));
  target = gst_element_get_static_pad (GST_ELEMENT (input), "sink");
  pad = gst_ghost_pad_new_from_template (name, target, template);
  g_object_set_data_full (G_OBJECT (pad), "input", gst_object_ref (input), gst_object_unref);
  GST_OBJECT_LOCK (self);
  g_ptr_array_add (self->inputs, gst_object_ref (input));
  GST_OBJECT_UNLOCK (self);

  if (session != NULL)
    gst_call_session_add_input (session, input);
  gst_element_sync_state_with_parent (GST_ELEMENT (input));
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static GstPad *
gst_call_sink_request_new_pad (GstElement *element, GstPadTemplate *template, const char *name, const GstCaps *caps)
{
  GstCallSink *self = GST_CALL_SINK (element);
  GstCallMedia media = g_str_has_prefix (GST_PAD_TEMPLATE_NAME_TEMPLATE (template), "audio") ? GST_CALL_MEDIA_AUDIO
                                                                                             : GST_CALL_MEDIA_VIDEO;
  gint index;

  GST_OBJECT_LOCK (self);
  index = choose_index (self, media, name);
  GST_OBJECT_UNLOCK (self);
  if (index < 0) {
    GST_WARNING_OBJECT (self, "no pad %s: there is one, or there are %d already", name, MAX_TRACKS);
    return NULL;
  }
  return add_track (self, template, media, index);
}

static void
gst_call_sink_release_pad (GstElement *element, GstPad *pad)
{
  GstCallSink *self = GST_CALL_SINK (element);
  g_autoptr (GstCallTrackSink) input = gst_object_ref (g_object_get_data (G_OBJECT (pad), "input"));
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (&self->participant);

  if (session != NULL)
    gst_call_session_remove_input (session, input);
  gst_element_set_locked_state (GST_ELEMENT (input), TRUE);
  gst_element_set_state (GST_ELEMENT (input), GST_STATE_NULL);
  GST_OBJECT_LOCK (self);
  g_ptr_array_remove (self->inputs, input);
  GST_OBJECT_UNLOCK (self);
  gst_element_remove_pad (element, pad);
  /* When the whole bin goes, its children went before its pads. */
  if (GST_OBJECT_PARENT (input) == GST_OBJECT (self))
    gst_bin_remove (GST_BIN (self), GST_ELEMENT (input));
}

/* ---- states ---- */

static const GstCallMemberFuncs member_funcs = {.sends = TRUE};

static GPtrArray *
copy_inputs (GstCallSink *self)
{
  GPtrArray *inputs;

  GST_OBJECT_LOCK (self);
  inputs = g_ptr_array_copy (self->inputs, (GCopyFunc) gst_object_ref, NULL);
  GST_OBJECT_UNLOCK (self);
  g_ptr_array_set_free_func (inputs, gst_object_unref);
  return inputs;
}

static void
tell_session (GstCallSink *self, GstCallSession *session)
{
  const char *codec;
  guint audio_bitrate, video_bitrate;

  GST_OBJECT_LOCK (self);
  codec = video_codecs[self->video_codec].value_nick;
  audio_bitrate = self->audio_bitrate;
  video_bitrate = self->video_bitrate;
  GST_OBJECT_UNLOCK (self);
  gst_call_session_set_codec (session, codec);
  gst_call_session_set_bitrate (session, GST_CALL_MEDIA_AUDIO, audio_bitrate);
  gst_call_session_set_bitrate (session, GST_CALL_MEDIA_VIDEO, video_bitrate);
}

static gboolean
join (GstCallSink *self)
{
  g_autoptr (GPtrArray) inputs = copy_inputs (self);
  g_autoptr (GstCallSession) session = NULL;

  if (!gst_call_participant_join (&self->participant))
    return FALSE;
  session = gst_call_participant_ref_session (&self->participant);
  tell_session (self, session);
  for (guint i = 0; i < inputs->len; i++)
    gst_call_session_add_input (session, g_ptr_array_index (inputs, i));
  return TRUE;
}

static void
leave (GstCallSink *self)
{
  g_autoptr (GPtrArray) inputs = copy_inputs (self);
  g_autoptr (GstCallSession) session = gst_call_participant_ref_session (&self->participant);

  for (guint i = 0; session != NULL && i < inputs->len; i++)
    gst_call_session_remove_input (session, g_ptr_array_index (inputs, i));
  gst_call_participant_leave (&self->participant);
}

static GstStateChangeReturn
gst_call_sink_change_state (GstElement *element, GstStateChange transition)
{
  GstCallSink *self = GST_CALL_SINK (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !join (self))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (gst_call_sink_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED && ret == GST_STATE_CHANGE_FAILURE))
    leave (self);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING && ret != GST_STATE_CHANGE_FAILURE)
    gst_call_participant_play (&self->participant);
  return ret;
}

/* ---- object ---- */

static void
apply_mute (GstCallSink *self)
{
  g_autoptr (GPtrArray) inputs = copy_inputs (self);

  for (guint i = 0; i < inputs->len; i++) {
    GstCallTrackSink *input = g_ptr_array_index (inputs, i);
    gst_call_track_sink_set_mute (input, is_muted (self, gst_call_track_sink_get_media (input)));
  }
}

static gboolean
set_own_property (GstCallSink *self, guint id, const GValue *value)
{
  gboolean known = TRUE;

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_VIDEO_CODEC:
      self->video_codec = g_value_get_enum (value);
      break;
    case PROP_AUDIO_BITRATE:
      self->audio_bitrate = g_value_get_uint (value);
      break;
    case PROP_VIDEO_BITRATE:
      self->video_bitrate = g_value_get_uint (value);
      break;
    case PROP_MUTE:
      self->mute = g_value_get_boolean (value);
      break;
    case PROP_VIDEO_MUTE:
      self->video_mute = g_value_get_boolean (value);
      break;
    default:
      known = FALSE;
  }
  GST_OBJECT_UNLOCK (self);
  return known;
}

static void
gst_call_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstCallSink *self = GST_CALL_SINK (object);
  g_autoptr (GstCallSession) session = NULL;

  if (gst_call_participant_set_property (&self->participant, id, value))
    return;
  if (!set_own_property (self, id, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    return;
  }
  session = gst_call_participant_ref_session (&self->participant);
  if (session != NULL)
    tell_session (self, session);
  apply_mute (self);
}

static void
gst_call_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstCallSink *self = GST_CALL_SINK (object);

  if (gst_call_participant_get_property (&self->participant, id, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_VIDEO_CODEC:
      g_value_set_enum (value, self->video_codec);
      break;
    case PROP_AUDIO_BITRATE:
      g_value_set_uint (value, self->audio_bitrate);
      break;
    case PROP_VIDEO_BITRATE:
      g_value_set_uint (value, self->video_bitrate);
      break;
    case PROP_MUTE:
      g_value_set_boolean (value, self->mute);
      break;
    case PROP_VIDEO_MUTE:
      g_value_set_boolean (value, self->video_mute);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_call_sink_finalize (GObject *object)
{
  GstCallSink *self = GST_CALL_SINK (object);

  gst_call_participant_clear (&self->participant);
  g_ptr_array_unref (self->inputs);
  G_OBJECT_CLASS (gst_call_sink_parent_class)->finalize (object);
}

static void
gst_call_sink_init (GstCallSink *self)
{
  self->inputs = g_ptr_array_new_with_free_func (gst_object_unref);
  self->audio_bitrate = DEFAULT_AUDIO_BITRATE;
  self->video_bitrate = DEFAULT_VIDEO_BITRATE;
  gst_call_participant_init (&self->participant, GST_ELEMENT (self), &member_funcs);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  g_object_class_install_property (klass, PROP_VIDEO_CODEC,
      g_param_spec_enum ("video-codec", "Video codec",
          "What raw video is encoded to, and what is asked for where nothing is sent; the peer's offer may force "
          "another",
          gst_call_video_codec_get_type (), VIDEO_CODEC_VP8,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, PROP_AUDIO_BITRATE,
      g_param_spec_uint ("audio-bitrate", "Audio bitrate", "Bitrate of encoded raw audio in bit/s", 6000, 510000,
          DEFAULT_AUDIO_BITRATE, playing));
  g_object_class_install_property (klass, PROP_VIDEO_BITRATE,
      g_param_spec_uint ("video-bitrate", "Video bitrate", "Bitrate of encoded raw video in bit/s", 30000, 100000000,
          DEFAULT_VIDEO_BITRATE, playing));
  g_object_class_install_property (klass, PROP_MUTE,
      g_param_spec_boolean (
          "mute", "Mute", "Send silence in place of sound (encoded and RTP input: nothing)", FALSE, playing));
  g_object_class_install_property (klass, PROP_VIDEO_MUTE,
      g_param_spec_boolean ("video-mute", "Video mute",
          "Send black in place of the picture (encoded and RTP input: nothing)", FALSE, playing));
}

static void
gst_call_sink_class_init (GstCallSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_call_sink_set_property;
  object_class->get_property = gst_call_sink_get_property;
  object_class->finalize = gst_call_sink_finalize;
  element_class->change_state = gst_call_sink_change_state;
  element_class->request_new_pad = gst_call_sink_request_new_pad;
  element_class->release_pad = gst_call_sink_release_pad;

  gst_call_participant_class_init (element_class);
  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_add_static_pad_template (element_class, &video_template);
  gst_element_class_set_static_metadata (element_class, "Call sink", "Sink/Network",
      "Sends audio and video to the other participant of a call", "The GstCall Authors");
  gst_type_mark_as_plugin_api (gst_call_video_codec_get_type (), 0);
}
