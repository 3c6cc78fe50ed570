/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What callsrc's pads tell beside the media, for a recorder: tags that say which call it is, also behind an encoder and
 * with each call on the same pad, and the quality of the track, the last of it before the end. */

#include "callpipeline.h"
#include "calltags.h"

#define BOTH "server=direct://marks ice-address=127.0.0.1 "
#define SMALL "video/x-raw,width=160,height=120,framerate=30/1"
#define SOURCES "audiotestsrc is-live=true ! out.audio_0 videotestsrc is-live=true ! " SMALL " ! out.video_0 "
#define CALLER_WITH(more) "callsink name=out " BOTH "token=alice peer=bob call-type=video " more " " SOURCES
#define CALLER CALLER_WITH ("")

/* What one sink saw. */
typedef struct
{
  GMutex lock;
  char *call_id, *peer;
  guint tags;     /* how often they changed */
  guint untagged; /* buffers before the first tag */
  guint quality, final;
  guint ended;     /* call-ended of this call */
  guint after_eos; /* any of them after the end */
  gboolean eos;
} Seen;

static void
take_tags (Seen *self, GstEvent *event)
{
  GstTagList *list;
  g_autofree char *call_id = NULL;

  gst_event_parse_tag (event, &list);
  if (!gst_tag_list_get_string (list, CALL_TAG_ID, &call_id))
    return;
  g_assert_cmpuint (gst_tag_list_get_tag_size (list, CALL_TAG_ID), ==, 1);
  if (g_strcmp0 (call_id, self->call_id) != 0)
    self->tags++;
  g_free (self->call_id);
  g_free (self->peer);
  self->peer = NULL;
  gst_tag_list_get_string (list, CALL_TAG_PEER, &self->peer);
  self->call_id = g_steal_pointer (&call_id);
}

static void
take_quality (Seen *self, const GstStructure *structure, const char *name)
{
  gboolean final = FALSE;

  g_assert_true (gst_structure_has_name (structure, "call-quality"));
  g_assert_cmpstr (gst_structure_get_string (structure, "direction"), ==, "receive");
  g_assert_true (g_str_has_suffix (name, gst_structure_get_string (structure, "media")));
  g_assert_nonnull (gst_structure_get_string (structure, "call-id"));
  g_assert_true (gst_structure_get_boolean (structure, "final", &final));
  /* The first may come before the first buffer has brought the tags. */
  if (final)
    g_assert_cmpstr (gst_structure_get_string (structure, "call-id"), ==, self->call_id);
  self->quality++;
  self->final += final;
  self->after_eos += self->eos;
}

static void
take_word (Seen *self, const GstStructure *structure, const char *name)
{
  if (!gst_structure_has_name (structure, "call-ended")) {
    take_quality (self, structure, name);
    return;
  }
  g_assert_cmpstr (gst_structure_get_string (structure, "call-id"), ==, self->call_id);
  self->ended++;
  self->after_eos += self->eos;
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Seen *self = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  g_mutex_lock (&self->lock);
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    self->untagged += self->call_id == NULL;
  else if (GST_EVENT_TYPE (event) == GST_EVENT_TAG)
    take_tags (self, event);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_DOWNSTREAM_OOB)
    take_word (self, gst_event_get_structure (event), GST_OBJECT_NAME (GST_OBJECT_PARENT (pad)));
  else if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    self->eos = TRUE;
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
watch (CallPipeline *pipeline, const char *name, Seen *seen)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline->pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, seen, NULL);
}

static CallPipeline *
start_callee (const char *line, Seen *audio, Seen *video)
{
  CallPipeline *self = call_pipeline_new (line);

  watch (self, "count-audio", audio);
  if (video != NULL)
    watch (self, "count-video", video);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_assert_true (call_pipeline_wait_message (self, "call-ready"));
  return self;
}

static void
seen_clear (Seen *self)
{
  g_free (self->call_id);
  g_free (self->peer);
}

typedef struct
{
  const char *output;
  const char *name;
  const char *line; /* behind callsrc */
} Form;

static const Form forms[] = {
    {"raw", "raw", "in.audio_0 ! fakesink name=count-audio in.video_0 ! fakesink name=count-video"},
    {"encoded", "encoded",
        "in.audio_0 ! queue ! fakesink name=count-audio in.video_0 ! queue ! fakesink name=count-video"},
    {"raw", "reencoded",
        "in.audio_0 ! queue ! opusenc ! opusparse ! queue ! fakesink name=count-audio "
        "in.video_0 ! queue ! vp8enc deadline=1 cpu-used=8 ! queue ! fakesink name=count-video"},
};

static void
assert_seen (const Seen *self, CallPipeline *pipeline)
{
  g_test_message ("%u tags, %u quality (%u final)", self->tags, self->quality, self->final);
  g_assert_cmpuint (self->untagged, ==, 0);
  g_assert_cmpstr (self->peer, ==, "alice");
  g_assert_cmpstr (self->call_id, ==, pipeline->call_id);
}

static guint wanted_quality;

static gboolean
has_quality (GstMessage *message, gpointer seen)
{
  Seen *self = seen;
  gboolean enough;

  g_mutex_lock (&self->lock);
  enough = self->quality >= wanted_quality;
  g_mutex_unlock (&self->lock);
  return enough;
}

/* Two calls on the same pads. */
static void
test_form (gconstpointer data)
{
  const Form *form = data;
  g_autofree char *line = g_strdup_printf (
      "callsrc name=in " BOTH "token=bob auto-answer=true on-end=wait output=%s %s", form->output, form->line);
  Seen audio = {0}, video = {0};

  {
    g_autoptr (CallPipeline) bob = start_callee (line, &audio, &video);
    for (guint i = 1; i <= 2; i++) {
      g_autoptr (CallPipeline) alice = call_pipeline_start (CALLER);
      g_assert_true (call_pipeline_wait_state (bob, "connected"));
      g_assert_true (call_pipeline_wait_buffers (bob, "count-audio", call_pipeline_buffers (bob, "count-audio") + 30));
      g_assert_true (call_pipeline_wait_buffers (bob, "count-video", call_pipeline_buffers (bob, "count-video") + 20));
      assert_seen (&audio, bob);
      assert_seen (&video, bob);
      g_assert_cmpuint (audio.tags, ==, i);
      g_assert_cmpuint (video.tags, ==, i);
      call_pipeline_emit (alice, "out", "hang-up");
      g_assert_true (call_pipeline_wait_state (bob, "idle"));
    }
  }
  seen_clear (&audio);
  seen_clear (&video);
}

static void
test_quality (gconstpointer hang_up)
{
  Seen audio = {0}, video = {0};
  {
    g_autoptr (CallPipeline) bob = start_callee ("callsrc name=in " BOTH "token=bob auto-answer=true "
                                                 "in.audio_0 ! queue ! fakesink name=count-audio "
                                                 "in.video_0 ! queue ! fakesink name=count-video",
        &audio, &video);
    g_autoptr (CallPipeline) alice = call_pipeline_start (CALLER);

    wanted_quality = 2;
    g_assert_true (call_pipeline_wait_match (bob, "call-quality", has_quality, &audio));
    g_assert_true (call_pipeline_wait_match (bob, "call-quality", has_quality, &video));
    if (hang_up != NULL)
      call_pipeline_emit (alice, "out", hang_up);
    else
      gst_element_send_event (bob->pipeline, gst_event_new_eos ());
    g_assert_true (call_pipeline_wait_eos (bob));
  }
  g_assert_cmpuint (audio.ended, ==, 1);
  g_assert_cmpuint (video.ended, ==, 1);
  g_assert_cmpuint (audio.final, ==, 1);
  g_assert_cmpuint (video.final, ==, 1);
  g_assert_cmpuint (audio.after_eos + video.after_eos, ==, 0);
  seen_clear (&audio);
  seen_clear (&video);
}

/* The ringback is of the call too, and so is what follows. */
static void
test_progress (void)
{
  Seen audio = {0};
  {
    g_autoptr (CallPipeline) bob = call_pipeline_start ("callsink name=out " BOTH "token=bob "
                                                        "audiotestsrc is-live=true ! out.audio_0");
    g_autoptr (CallPipeline) alice = NULL;

    g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
    alice = call_pipeline_new ("callsrc name=in " BOTH "token=alice peer=bob progress-tones=us "
                               "in.audio_0 ! fakesink name=count-audio sync=false");
    watch (alice, "count-audio", &audio);
    gst_element_set_state (alice->pipeline, GST_STATE_PLAYING);
    g_assert_true (call_pipeline_wait_state (alice, "ringing"));
    g_assert_true (call_pipeline_wait_buffers (alice, "count-audio", 5));
    g_assert_cmpuint (audio.untagged, ==, 0);
    g_assert_cmpstr (audio.peer, ==, "bob");
    g_assert_cmpstr (audio.call_id, ==, alice->call_id);
    g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (bob->pipeline), "out");
    g_signal_emit_by_name (out, "answer", NULL);
    g_assert_true (call_pipeline_wait_state (alice, "connected"));
    g_assert_true (
        call_pipeline_wait_buffers (alice, "count-audio", call_pipeline_buffers (alice, "count-audio") + 20));
    g_assert_cmpuint (audio.tags, ==, 1);
  }
  seen_clear (&audio);
}

/* H.264 comes in one form, and a parser makes others of it. */
static void
test_byte_stream (void)
{
  g_autoptr (GstElementFactory) encoder = gst_element_factory_find ("x264enc");
  g_autoptr (CallPipeline) bob = NULL;
  g_autoptr (CallPipeline) alice = NULL;

  if (encoder == NULL) {
    g_test_skip ("no x264enc");
    return;
  }
  bob = call_pipeline_start ("callsrc name=in " BOTH "token=bob auto-answer=true output=encoded "
                             "in.audio_0 ! fakesink name=count-audio in.video_0 ! "
                             "video/x-h264,stream-format=avc ! h264parse ! "
                             "video/x-h264,stream-format=byte-stream,alignment=au ! fakesink name=count-video");
  g_assert_true (call_pipeline_wait_message (bob, "call-ready"));
  alice = call_pipeline_start (CALLER_WITH ("video-codec=h264"));
  g_assert_true (call_pipeline_wait_buffers (bob, "count-video", 20));
}

/* Two plugins register the same tags. */
static void
test_register (void)
{
  call_tags_register ();
  call_tags_register ();
  g_assert_cmpint (gst_tag_get_type (CALL_TAG_PEER_NAME), ==, G_TYPE_STRING);
  g_assert_true (gst_tag_is_fixed (CALL_TAG_ID));
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/callmarks/register", test_register);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_autofree char *path = g_strconcat ("/callmarks/tags-", forms[i].name, NULL);
    g_test_add_data_func (path, &forms[i], test_form);
  }
  g_test_add_data_func ("/callmarks/quality", "hang-up", test_quality);
  g_test_add_data_func ("/callmarks/quality-eos", NULL, test_quality);
  g_test_add_func ("/callmarks/progress", test_progress);
  g_test_add_func ("/callmarks/byte-stream", test_byte_stream);
  result = g_test_run ();
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* the leaks tracer warns; no-leaks.sh judges */
  gst_deinit ();
  return result;
}
