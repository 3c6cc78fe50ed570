/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* mode=composed of callrecordsink:
 *
 *   pad audio_0 (ghost) --- [opusdec] ---+              +-- opusenc -- writer's audio_0
 *   pad video_0 (ghost) --- [vp8dec] ----+-- composer --+
 *   pad audio_1 (ghost) -----------------+              +-- vp8enc --- writer's video_0 [where there is a picture]
 *
 * What is in brackets is made when a pad's caps come. A participant is who the tags of callsrc name; without them, pads
 * of one number are one participant. */

#include "gst/callrecord/recordcompose.h"

#include "calltags.h"
#include "gst/callrecord/recordwriter.h"

GST_DEBUG_CATEGORY_EXTERN (callrecord_debug);
#define GST_CAT_DEFAULT callrecord_debug

#define KEYFRAME_SECONDS 2

typedef struct
{
  GstPad *ghost, *composed; /* composed: the composer's; NULL: not started, or ended */
  gboolean video;
  guint number;
  GstElement *decoder; /* NULL: it is raw, or not known yet */
  GQuark media;        /* name of the caps; 0: not yet */
} ComposePad;

struct RecordCompose
{
  GstBin *bin;
  GstElement *writer;
  RecordInputSettings encoders;

  GMutex lock;
  GPtrArray *pads;      /* (element-type ComposePad): in the order of coming */
  GstElement *composer; /* NULL: not started */
  GPtrArray *outputs;   /* (element-type GstElement): encoders, of the bin */
  GPtrArray *tracks;    /* (element-type GstPad): of the writer */
  char *own_name;
  gboolean failed;
};

/* ---- what comes out ---- */

static void
link_output (RecordCompose *self, GstPad *pad)
{
  gboolean video = g_str_equal (GST_PAD_NAME (pad), "video");
  GstElement *encoder;
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstPad) src = NULL;
  GstPad *track;

  encoder = record_input_make_encoder (self->bin, video ? "video/x-raw" : "audio/x-raw", &self->encoders);
  if (encoder == NULL) {
    self->failed = TRUE;
    return;
  }
  gst_bin_add (self->bin, encoder);
  if (!video)
    record_input_watch_encoder (encoder, self->writer, &self->encoders);
  track = gst_call_record_writer_add (self->writer, video ? "video_0" : "audio_0", video);
  sink = gst_element_get_static_pad (encoder, "sink");
  src = gst_element_get_static_pad (encoder, "src");
  gst_pad_link (src, track);
  gst_element_sync_state_with_parent (encoder);
  gst_pad_link (pad, sink);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->outputs, encoder);
  g_ptr_array_add (self->tracks, track);
  g_mutex_unlock (&self->lock);
}

static void
on_output (GstElement *composer, GstPad *pad, gpointer user_data)
{
  if (GST_PAD_IS_SRC (pad))
    link_output (user_data, pad);
}

/* ---- what goes in ---- */

static const char *
find_decoder (const char *media)
{
  static const struct
  {
    const char *media, *decoder, *other;
  } rows[] = {
      {"audio/x-opus", "opusdec plc=true", NULL},
      {"video/x-vp8", "vp8dec", NULL},
      {"video/x-vp9", "vp9dec", NULL},
      {"video/x-h264", "h264parse ! avdec_h264", "h264parse ! openh264dec"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstElementFactory) av = NULL;
    if (!g_str_equal (rows[i].media, media))
      continue;
    av = rows[i].other != NULL ? gst_element_factory_find ("avdec_h264") : NULL;
    return rows[i].other == NULL || av != NULL ? rows[i].decoder : rows[i].other;
  }
  return NULL;
}

static gboolean
make_decoder (RecordCompose *self, ComposePad *pad, const char *media)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstPad) src = NULL;

  pad->decoder =
      gst_parse_bin_from_description_full (find_decoder (media), TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (pad->decoder == NULL) {
    GST_ELEMENT_ERROR (self->bin, CORE, MISSING_PLUGIN, ("A decoder for the recording is missing: %s.", error->message),
        ("Install gstreamer1.0-plugins-base, -good and, for H.264, -libav or -bad."));
    return FALSE;
  }
  gst_bin_add (self->bin, pad->decoder);
  sink = gst_element_get_static_pad (pad->decoder, "sink");
  src = gst_element_get_static_pad (pad->decoder, "src");
  if (gst_pad_link (src, pad->composed) != GST_PAD_LINK_OK)
    return FALSE;
  gst_element_sync_state_with_parent (pad->decoder);
  return gst_ghost_pad_set_target (GST_GHOST_PAD (pad->ghost), sink);
}

/* One input that keeps time makes the whole composition keep it. */
static void
ask_live (RecordCompose *self, const ComposePad *pad)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live = FALSE;

  if (gst_pad_peer_query (pad->ghost, query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  if (live)
    record_composer_set_live (self->composer, TRUE);
}

static gboolean
take_caps (RecordCompose *self, ComposePad *pad, GstCaps *caps)
{
  const char *media = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  if (pad->media != 0)
    return pad->media == g_quark_from_string (media);
  pad->media = g_quark_from_string (media);
  ask_live (self, pad);
  if (find_decoder (media) != NULL)
    return make_decoder (self, pad, media);
  return gst_ghost_pad_set_target (GST_GHOST_PAD (pad->ghost), pad->composed);
}

/* callsrc says whose it is. Without it, a title may give a name. */
static void
take_tags (RecordCompose *self, ComposePad *pad, GstTagList *tags)
{
  g_autofree char *peer = NULL, *name = NULL, *call_id = NULL;
  gboolean of_call = call_tags_read (tags, &call_id, &peer, &name);

  if (peer == NULL && gst_tag_list_get_string (tags, GST_TAG_TITLE, &name))
    peer = g_strdup (name);
  if (peer != NULL)
    record_composer_set_participant (self->composer, pad->composed, peer, name);
  if (of_call) {
    record_composer_set_tags (self->composer, tags);
    record_composer_hold_for (self->composer, pad->composed);
  }
}

/* It ends before it began: nobody waits for it. */
static void
end_unused (RecordCompose *self, ComposePad *pad)
{
  GstPad *composed;

  g_mutex_lock (&self->lock);
  composed = g_steal_pointer (&pad->composed);
  g_mutex_unlock (&self->lock);
  record_composer_remove (self->composer, composed);
}

static ComposePad *
find_pad (RecordCompose *self, GstPad *ghost)
{
  ComposePad *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->pads->len && found == NULL; i++) {
    ComposePad *pad = g_ptr_array_index (self->pads, i);
    found = pad->ghost == ghost ? pad : NULL;
  }
  g_mutex_unlock (&self->lock);
  return found;
}

gboolean
record_compose_event (RecordCompose *self, GstPad *ghost, GstEvent *event)
{
  ComposePad *pad = find_pad (self, ghost);
  GstTagList *tags;
  GstCaps *caps;

  if (pad == NULL || self->composer == NULL || pad->composed == NULL)
    return TRUE;
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      return take_caps (self, pad, caps);
    case GST_EVENT_TAG:
      gst_event_parse_tag (event, &tags);
      take_tags (self, pad, tags);
      return TRUE;
    case GST_EVENT_EOS:
      if (pad->media == 0)
        end_unused (self, pad);
      return TRUE;
    default:
      return TRUE;
  }
}

/* ---- pads ---- */

/* Nobody is called like that, until tags tell a name. */
static void
connect_pad (RecordCompose *self, ComposePad *pad)
{
  g_autofree char *participant = g_strdup_printf ("#%u", pad->number);

  pad->composed = record_composer_add (self->composer, pad->video, participant, self->own_name);
}

static void
disconnect_pad (RecordCompose *self, ComposePad *pad)
{
  gst_ghost_pad_set_target (GST_GHOST_PAD (pad->ghost), NULL);
  if (pad->composed != NULL)
    record_composer_remove (self->composer, g_steal_pointer (&pad->composed));
  if (pad->decoder != NULL)
    record_input_remove_element (self->bin, g_steal_pointer (&pad->decoder));
  pad->media = 0;
}

void
record_compose_add (RecordCompose *self, GstPad *ghost, gboolean video, guint number)
{
  ComposePad *pad = g_new0 (ComposePad, 1);

  *pad = (ComposePad){.ghost = ghost, .video = video, .number = number};
  if (self->composer != NULL)
    connect_pad (self, pad);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->pads, pad);
  g_mutex_unlock (&self->lock);
}

void
record_compose_let_go (RecordCompose *self, GstPad *ghost)
{
  ComposePad *pad = find_pad (self, ghost);
  g_autoptr (GstPad) composed = NULL;

  if (pad == NULL)
    return;
  g_mutex_lock (&self->lock);
  g_set_object (&composed, pad->composed); /* its own thread may take it away */
  g_mutex_unlock (&self->lock);
  if (composed != NULL)
    record_composer_let_go (self->composer, composed);
}

void
record_compose_remove (RecordCompose *self, GstPad *ghost)
{
  ComposePad *pad = find_pad (self, ghost);

  if (pad == NULL)
    return;
  disconnect_pad (self, pad);
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->pads, pad);
  g_mutex_unlock (&self->lock);
}

/* ---- life ---- */

gboolean
record_compose_start (RecordCompose *self, const RecordComposerSettings *settings, const RecordInputSettings *encoders,
    gboolean wait_for_call, const char *own_name)
{
  g_autoptr (GstPad) sound = NULL;

  self->failed = FALSE;
  self->encoders = *encoders;
  g_free (self->own_name);
  self->own_name = g_strdup (own_name != NULL ? own_name : "");
  self->encoders.keyframe_distance =
      (guint) MAX (1, gst_util_uint64_scale_ceil (KEYFRAME_SECONDS, settings->fps_n, settings->fps_d));
  self->composer = record_composer_new (settings);
  if (wait_for_call)
    record_composer_hold_for (self->composer, NULL);
  gst_bin_add (self->bin, self->composer);
  sound = gst_element_get_static_pad (self->composer, "audio");
  link_output (self, sound);
  g_signal_connect (self->composer, "pad-added", G_CALLBACK (on_output), self);
  for (guint i = 0; i < self->pads->len; i++)
    connect_pad (self, g_ptr_array_index (self->pads, i));
  if (self->failed)
    record_compose_stop (self);
  return !self->failed;
}

void
record_compose_stop (RecordCompose *self)
{
  if (self->composer == NULL)
    return;
  for (guint i = 0; i < self->pads->len; i++)
    disconnect_pad (self, g_ptr_array_index (self->pads, i));
  record_input_remove_element (self->bin, g_steal_pointer (&self->composer));
  for (guint i = 0; i < self->outputs->len; i++)
    record_input_remove_element (self->bin, g_ptr_array_index (self->outputs, i));
  for (guint i = 0; i < self->tracks->len; i++)
    gst_element_release_request_pad (self->writer, g_ptr_array_index (self->tracks, i));
  g_ptr_array_set_size (self->outputs, 0);
  g_ptr_array_set_size (self->tracks, 0);
}

RecordCompose *
record_compose_new (GstBin *bin, GstElement *writer)
{
  RecordCompose *self = g_new0 (RecordCompose, 1);

  self->bin = bin;
  self->writer = writer;
  g_mutex_init (&self->lock);
  self->pads = g_ptr_array_new_with_free_func (g_free);
  self->outputs = g_ptr_array_new ();
  self->tracks = g_ptr_array_new ();
  return self;
}

void
record_compose_free (RecordCompose *self)
{
  record_compose_stop (self);
  g_ptr_array_unref (self->pads);
  g_ptr_array_unref (self->outputs);
  g_ptr_array_unref (self->tracks);
  g_mutex_clear (&self->lock);
  g_free (self->own_name);
  g_free (self);
}
