/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What passes, and how:
 *
 *   stream-start, segment   pushed if the user's pad has none (a rebuilt leg goes on in the stream of the one before)
 *   caps                    if they differ from what the user's pad has
 *   buffers, gaps           timestamps become running times of the user's pipeline (its base time may have moved)
 *   EOS, flushes, tags      stay in the leg: the user's stream ends when the session says so, not when a leg does
 *   tags of the call        before the first buffer of each leg, if the user's pad has others
 *   caps, allocation query  to the user's pipeline, but no buffer pool of it comes back: pools go flushing with the
 *                           user's pipeline and would stop the leg's decoder
 *   force-key-unit          upstream, through a probe on the user's pad, no more often than senders serve it
 *
 * While the user's element is not PLAYING buffers are dropped, as a live source does; a push into a pipeline that
 * waits for its preroll would hold the jitterbuffer's thread and let its queue grow. */

#include "gst/call/calloutput.h"

#include <gst/video/video.h>

#define MAX_STANDSTILL GST_SECOND
/* As senders of ours have it for their encoders: what is asked for more often than this comes once. */
#define KEY_INTERVAL_US (300 * G_TIME_SPAN_MILLISECOND)

/* Also of the probe on the user's pad, which may be in it while the output goes. */
typedef struct
{
  GstPad *sink;
  gint64 last; /* under the object lock of the pad */
  gint due;    /* one came too soon: it goes out with a later buffer */
} KeyRequests;

struct CallOutput
{
  GstPad *sink;
  GstPad *user;
  GstElement *parent; /* of the user's pad; NULL when it has none: callsrc takes it in with its first segment */
  GstClockTime base_time;
  KeyRequests *key_requests;
  gulong probe;
  GstTagList *tags; /* NULL: none */
  gboolean tagged;
  gint closed;
  gboolean discont;   /* from here on of the streaming thread */
  gboolean frames;    /* each buffer is a moment of its own; RTP packets of one frame share theirs */
  GstClockTime *last; /* timestamp that went out, of whichever leg; the pad's, under its object lock */
  GstSegment segment;
};

static KeyRequests *
key_requests_new (GstPad *sink)
{
  KeyRequests *self = g_atomic_rc_box_new0 (KeyRequests);

  self->sink = gst_object_ref (sink);
  return self;
}

static void
key_requests_clear (gpointer data)
{
  gst_object_unref (((KeyRequests *) data)->sink);
}

static void
key_requests_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, key_requests_clear);
}

/* TRUE when one may go out now; else it is due. */
static gboolean
key_requests_take (KeyRequests *self)
{
  gint64 now = g_get_monotonic_time ();
  gboolean now_is_fine;

  GST_OBJECT_LOCK (self->sink);
  now_is_fine = self->last == 0 || now - self->last >= KEY_INTERVAL_US;
  if (now_is_fine)
    self->last = now;
  GST_OBJECT_UNLOCK (self->sink);
  g_atomic_int_set (&self->due, !now_is_fine);
  return now_is_fine;
}

static void
key_requests_repeat (KeyRequests *self)
{
  if (g_atomic_int_get (&self->due) && key_requests_take (self))
    gst_pad_push_event (self->sink, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

static GstPadProbeReturn
on_user_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  KeyRequests *requests = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (gst_video_event_is_force_key_unit (event) && key_requests_take (requests))
    gst_pad_push_event (requests->sink, gst_event_ref (event));
  return GST_PAD_PROBE_OK;
}

static gboolean
is_passing (CallOutput *self)
{
  if (g_atomic_int_get (&self->closed) || self->user == NULL)
    return FALSE;
  return self->parent == NULL || GST_STATE (self->parent) == GST_STATE_PLAYING;
}

/* The leg's timestamp as a running time of the user's pipeline; FALSE when it lies before that. */
static gboolean
shift (CallOutput *self, GstClockTime timestamp, GstClockTime *shifted)
{
  GstClockTimeDiff offset = 0;
  guint64 running;

  *shifted = GST_CLOCK_TIME_NONE;
  if (!GST_CLOCK_TIME_IS_VALID (timestamp))
    return TRUE;
  running = self->segment.format == GST_FORMAT_TIME
                ? gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, timestamp)
                : timestamp;
  if (self->parent != NULL)
    offset = GST_CLOCK_DIFF (gst_element_get_base_time (self->parent), self->base_time);
  if (!GST_CLOCK_TIME_IS_VALID (running) || (offset < 0 && running < (guint64) -offset))
    return FALSE;
  *shifted = running + offset;
  return TRUE;
}

static gboolean
is_tagged (GstPad *pad, const GstTagList *tags)
{
  gboolean equal = FALSE;
  GstEvent *event;

  for (guint i = 0; !equal && (event = gst_pad_get_sticky_event (pad, GST_EVENT_TAG, i)) != NULL; i++) {
    GstTagList *present;
    gst_event_parse_tag (event, &present);
    equal = gst_tag_list_is_equal (present, tags);
    gst_event_unref (event);
  }
  return equal;
}

/* In the stream before its first buffer: whoever sees the one knows which call it is of. A rebuilt leg finds the tags
 * of its call on the pad. */
static void
push_tags (CallOutput *self)
{
  if (self->tagged || self->tags == NULL)
    return;
  self->tagged = TRUE;
  if (!is_tagged (self->user, self->tags))
    gst_pad_push_event (self->user, gst_event_new_tag (gst_tag_list_ref (self->tags)));
}

/* A jitterbuffer that finds the peer's clock faster than it took it for holds the time still for some packets, or a
 * hair behind, and a leg may have run ahead of what the next one begins with; muxers and those who count frames want it
 * to go on. Further back is another time, and none of our business. */
static GstClockTime
go_on (CallOutput *self, GstClockTime pts)
{
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return pts;
  GST_OBJECT_LOCK (self->user);
  if (self->frames && GST_CLOCK_TIME_IS_VALID (*self->last) && pts <= *self->last && *self->last - pts < MAX_STANDSTILL)
    pts = *self->last + 1;
  *self->last = pts;
  GST_OBJECT_UNLOCK (self->user);
  return pts;
}

static GstFlowReturn
output_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  CallOutput *self = pad->chaindata;
  GstClockTime pts, dts;

  if (!is_passing (self) || !shift (self, GST_BUFFER_PTS (buffer), &pts)) {
    self->discont = TRUE;
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }
  pts = go_on (self, pts);
  if (!shift (self, GST_BUFFER_DTS (buffer), &dts))
    dts = GST_CLOCK_TIME_NONE;
  if (self->discont || pts != GST_BUFFER_PTS (buffer) || dts != GST_BUFFER_DTS (buffer)) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = pts;
    GST_BUFFER_DTS (buffer) = dts;
    if (self->discont)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  }
  push_tags (self);
  key_requests_repeat (self->key_requests);
  self->discont = gst_pad_push (self->user, buffer) != GST_FLOW_OK;
  return GST_FLOW_OK;
}

static gboolean
has_sticky (GstPad *pad, GstEventType type)
{
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, type, 0);

  return event != NULL;
}

static void
push_stream_start (CallOutput *self, GstEvent *event)
{
  const char *id;
  GstEvent *start;

  if (has_sticky (self->user, GST_EVENT_STREAM_START))
    return;
  gst_event_parse_stream_start (event, &id);
  start = gst_event_new_stream_start (id);
  gst_event_set_group_id (start, gst_util_group_id_next ());
  gst_pad_push_event (self->user, start);
}

static void
push_caps (CallOutput *self, GstEvent *event)
{
  g_autoptr (GstCaps) current = gst_pad_get_current_caps (self->user);
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  self->frames = !gst_structure_has_name (gst_caps_get_structure (caps, 0), "application/x-rtp");
  if (current == NULL || !gst_caps_is_equal (current, caps))
    gst_pad_push_event (self->user, gst_event_new_caps (caps));
}

static void
push_segment (CallOutput *self, GstEvent *event)
{
  GstSegment segment;

  gst_event_copy_segment (event, &self->segment);
  if (has_sticky (self->user, GST_EVENT_SEGMENT))
    return;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->user, gst_event_new_segment (&segment));
  if (self->parent == NULL)
    self->parent = gst_pad_get_parent_element (self->user);
}

static void
push_gap (CallOutput *self, GstEvent *event)
{
  GstClockTime timestamp, duration, shifted;

  gst_event_parse_gap (event, &timestamp, &duration);
  if (!is_passing (self) || !shift (self, timestamp, &shifted) || !GST_CLOCK_TIME_IS_VALID (shifted))
    return;
  push_tags (self);
  gst_pad_push_event (self->user, gst_event_new_gap (shifted, duration));
}

static gboolean
output_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  CallOutput *self = pad->eventdata;
  static const struct
  {
    GstEventType type;
    void (*push) (CallOutput *self, GstEvent *event);
  } pushers[] = {
      {GST_EVENT_STREAM_START, push_stream_start},
      {GST_EVENT_CAPS, push_caps},
      {GST_EVENT_SEGMENT, push_segment},
      {GST_EVENT_GAP, push_gap},
  };

  for (guint i = 0; i < G_N_ELEMENTS (pushers); i++) {
    if (self->user != NULL && !g_atomic_int_get (&self->closed) && GST_EVENT_TYPE (event) == pushers[i].type)
      pushers[i].push (self, event);
  }
  gst_event_unref (event);
  return TRUE;
}

static gboolean
query_caps (CallOutput *self, GstQuery *query)
{
  GstCaps *filter;

  if (self->user != NULL && gst_pad_peer_query (self->user, query))
    return TRUE;
  gst_query_parse_caps (query, &filter);
  if (filter != NULL) {
    gst_query_set_caps_result (query, filter);
  } else {
    g_autoptr (GstCaps) any = gst_caps_new_any ();
    gst_query_set_caps_result (query, any);
  }
  return TRUE;
}

static gboolean
query_allocation (CallOutput *self, GstQuery *query)
{
  if (self->user == NULL || !gst_pad_peer_query (self->user, query))
    return FALSE;
  while (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_remove_nth_allocation_pool (query, 0);
  return TRUE;
}

static gboolean
output_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  CallOutput *self = pad->querydata;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:
      return query_caps (self, query);
    case GST_QUERY_ALLOCATION:
      return query_allocation (self, query);
    case GST_QUERY_ACCEPT_CAPS:
      if (self->user == NULL || !gst_pad_peer_query (self->user, query))
        gst_query_set_accept_caps_result (query, TRUE);
      return TRUE;
    default:
      return FALSE;
  }
}

/* Two streams of the peer may come to one pad, each on a thread of its own. */
static GstClockTime *
get_last (GstPad *user)
{
  GQuark quark = g_quark_from_static_string ("gst-call-output-last");
  GstClockTime *last;

  GST_OBJECT_LOCK (user);
  last = g_object_get_qdata (G_OBJECT (user), quark);
  if (last == NULL) {
    last = g_new (GstClockTime, 1);
    *last = GST_CLOCK_TIME_NONE;
    g_object_set_qdata_full (G_OBJECT (user), quark, last, g_free);
  }
  GST_OBJECT_UNLOCK (user);
  return last;
}

CallOutput *
call_output_new (GstPad *user, GstClockTime base_time, GstTagList *tags)
{
  CallOutput *self = g_new0 (CallOutput, 1);

  self->user = user;
  self->base_time = base_time;
  self->tags = tags != NULL ? gst_tag_list_ref (tags) : NULL;
  self->discont = TRUE;
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  self->sink = gst_object_ref_sink (gst_pad_new ("output", GST_PAD_SINK));
  gst_pad_set_chain_function_full (self->sink, output_chain, self, NULL);
  gst_pad_set_event_function_full (self->sink, output_event, self, NULL);
  gst_pad_set_query_function_full (self->sink, output_query, self, NULL);
  gst_pad_set_active (self->sink, TRUE);
  self->key_requests = key_requests_new (self->sink);
  if (user != NULL) {
    self->parent = gst_pad_get_parent_element (user);
    self->last = get_last (user);
    self->probe = gst_pad_add_probe (user, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_user_event,
        g_atomic_rc_box_acquire (self->key_requests), key_requests_unref);
  }
  return self;
}

GstPad *
call_output_get_sink (CallOutput *self)
{
  return self->sink;
}

void
call_output_close (CallOutput *self)
{
  g_atomic_int_set (&self->closed, TRUE);
  if (self->probe != 0)
    gst_pad_remove_probe (self->user, self->probe);
  self->probe = 0;
}

void
call_output_free (CallOutput *self)
{
  call_output_close (self);
  gst_pad_set_active (self->sink, FALSE);
  g_clear_pointer (&self->key_requests, key_requests_unref);
  gst_clear_tag_list (&self->tags);
  gst_clear_object (&self->sink);
  gst_clear_object (&self->user);
  gst_clear_object (&self->parent);
  g_free (self);
}
