/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* When callsrc shows its pads: what it says about them on one thread waits for what it says on another. The tracks are
 * given by hand, in place of a leg: only so can a thread be held inside a signal. */

#include "gst/call/gstcallsrcprivate.h"

#define WAIT (20 * G_TIME_SPAN_SECOND)
/* For what must not come: no test fails when it is too short, one that should fail may pass. */
#define QUIET (200 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GstElement *src;
  GMutex lock;
  GCond changed;
  guint pads;            /* pad-added has come back */
  guint pads_at_no_more; /* at no-more-pads */
  gboolean no_more_pads;
  gboolean told; /* the description of the peer was, while a pad was being shown */
  GThread *teller;
  gsize silence; /* bytes, for a track that is not there */
  gboolean ended;
} Watch;

static gboolean
wait_for (Watch *self, const gboolean *condition, gint64 time)
{
  gint64 end = g_get_monotonic_time () + time;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!*condition)
    if (!g_cond_wait_until (&self->changed, &self->lock, end))
      return FALSE;
  return TRUE;
}

static gboolean
wait_no_more_pads (Watch *self, gint64 time)
{
  return wait_for (self, &self->no_more_pads, time);
}

/* The description of the peer comes on the thread of the signalling. */
static gpointer
tell_tracks (gpointer user_data)
{
  Watch *self = user_data;

  gst_call_src_tracks (self->src, (const guint[2]){1, 1});
  g_mutex_lock (&self->lock);
  self->told = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
on_pad_added (GstElement *src, GstPad *pad, gpointer user_data)
{
  Watch *self = user_data;

  if (self->pads == 1) {
    self->teller = g_thread_new ("tell-tracks", tell_tracks, self);
    /* That thread has other things to do than to wait for this handler. */
    g_assert_true (wait_for (self, &self->told, WAIT));
    wait_no_more_pads (self, QUIET);
  }
  g_mutex_lock (&self->lock);
  self->pads++;
  g_mutex_unlock (&self->lock);
}

static void
on_no_more_pads (GstElement *src, gpointer user_data)
{
  Watch *self = user_data;

  g_mutex_lock (&self->lock);
  self->pads_at_no_more = self->pads;
  self->no_more_pads = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
show_pad (GstPad *pad, const char *caps_text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_stream_start (GST_PAD_NAME (pad)));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
}

static void
show_track (Watch *self, GstCallMedia media, const char *caps_text)
{
  g_autoptr (GstPad) pad = gst_call_src_output (self->src, media, 0);

  show_pad (pad, caps_text);
}

/* The peer's tracks become known while the last of them is being shown. */
static void
test_no_more_pads (void)
{
  Watch watch = {.src = gst_object_ref_sink (gst_element_factory_make ("callsrc", NULL))};

  g_signal_connect (watch.src, "pad-added", G_CALLBACK (on_pad_added), &watch);
  g_signal_connect (watch.src, "no-more-pads", G_CALLBACK (on_no_more_pads), &watch);
  show_track (&watch, GST_CALL_MEDIA_AUDIO, "audio/x-raw");
  g_assert_false (wait_no_more_pads (&watch, 0));
  show_track (&watch, GST_CALL_MEDIA_VIDEO, "video/x-raw");
  g_assert_true (wait_no_more_pads (&watch, WAIT));
  g_assert_cmpuint (watch.pads_at_no_more, ==, 2);
  g_thread_join (watch.teller);
  gst_call_src_remove_pads (GST_CALL_SRC (watch.src));
  g_clear_object (&watch.src);
  g_mutex_clear (&watch.lock);
  g_cond_clear (&watch.changed);
}

/* ---- back in READY ---- */

static gpointer
show_sound (gpointer pad)
{
  show_pad (pad, "audio/x-raw");
  return NULL;
}

/* The first buffer of a track is there as the element goes: its thread has been given the pad, and stands before the
 * lock that it is shown under. */
static void
test_shown_too_late (void)
{
  Watch watch = {.src = gst_object_ref_sink (gst_element_factory_make ("callsrc", NULL))};
  GstCallSrc *src = GST_CALL_SRC (watch.src);
  g_autoptr (GstPad) pad = gst_call_src_output (watch.src, GST_CALL_MEDIA_AUDIO, 0);
  GThread *shower;

  g_rec_mutex_lock (&src->expose_lock);
  shower = g_thread_new ("show-track", show_sound, pad);
  wait_no_more_pads (&watch, QUIET);
  gst_call_src_remove_pads (src);
  g_rec_mutex_unlock (&src->expose_lock);
  g_thread_join (shower);
  g_assert_cmpuint (watch.src->numpads, ==, 0);
  g_clear_object (&watch.src);
}

/* Two streams of the peer begin in one pad at a time. */
static void
test_shown_twice (void)
{
  GstElement *src = gst_object_ref_sink (gst_element_factory_make ("callsrc", NULL));
  g_autoptr (GstPad) pad = gst_call_src_output (src, GST_CALL_MEDIA_AUDIO, 0);
  Watch watch = {.src = src};
  GThread *showers[2];

  g_rec_mutex_lock (&GST_CALL_SRC (src)->expose_lock);
  for (guint i = 0; i < G_N_ELEMENTS (showers); i++)
    showers[i] = g_thread_new ("show-track", show_sound, pad);
  wait_no_more_pads (&watch, QUIET);
  g_rec_mutex_unlock (&GST_CALL_SRC (src)->expose_lock);
  for (guint i = 0; i < G_N_ELEMENTS (showers); i++)
    g_thread_join (showers[i]);
  g_assert_cmpuint (src->numpads, ==, 1);
  gst_call_src_remove_pads (GST_CALL_SRC (src));
  gst_clear_object (&src);
}

/* Another element of the session still has the worker, which speaks to us for the last time. */
static void
test_told_too_late (void)
{
  GstElement *src = gst_object_ref_sink (gst_element_factory_make ("callsrc", NULL));

  gst_call_src_remove_pads (GST_CALL_SRC (src));
  g_assert_null (gst_call_src_output (src, GST_CALL_MEDIA_AUDIO, 0));
  gst_call_src_tracks (src, (const guint[2]){1, 1});
  g_assert_cmpint (G_OBJECT (src)->ref_count, ==, 1); /* no timer has one */
  gst_clear_object (&src);
}

static GstPadProbeReturn
on_missing (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Watch *self = user_data;

  g_mutex_lock (&self->lock);
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    self->silence += gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  else
    self->ended |= GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

/* A line waits for sound, the peer has a picture only. */
static void
test_missing (void)
{
  Watch watch = {0};
  g_autoptr (GstElement) pipeline =
      gst_parse_launch ("callsrc name=in in.audio_0 ! fakesink name=sink async=false sync=false", NULL);
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_missing, &watch, NULL);
  gst_element_set_state (sink, GST_STATE_PLAYING);
  gst_call_src_open_pads (GST_CALL_SRC (src));
  gst_call_src_tracks (src, (const guint[2]){0, 1});
  g_assert_true (wait_for (&watch, &watch.ended, WAIT));
  g_assert_cmpuint (watch.silence, ==, 960 * 2 * sizeof (gint16));
  gst_call_src_remove_pads (GST_CALL_SRC (src));
  gst_element_set_state (sink, GST_STATE_NULL);
  g_mutex_clear (&watch.lock);
  g_cond_clear (&watch.changed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  GST_ELEMENT_REGISTER (callsrc, NULL);
  g_test_add_func ("/call-pads/no-more-pads", test_no_more_pads);
  g_test_add_func ("/call-pads/shown-too-late", test_shown_too_late);
  g_test_add_func ("/call-pads/shown-twice", test_shown_twice);
  g_test_add_func ("/call-pads/told-too-late", test_told_too_late);
  g_test_add_func ("/call-pads/missing", test_missing);
  return g_test_run ();
}
