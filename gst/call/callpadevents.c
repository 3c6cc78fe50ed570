/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A push of an event may take as long as downstream likes: the pad is blocked, or its stream lock is held. The worker
 * has signalling to do and must not wait for that, and the events of one pad must not overtake each other (the last
 * figures of a call come before its EOS). So each pad has a queue, and while there is something in it one thread of the
 * element's pool. What piles up on a pad that stays blocked is dropped, oldest first. */

#include "callpadevents.h"

#define MAX_WAITING 16

typedef struct
{
  GMutex lock;
  GQueue events; /* (element-type GstMiniObject), a buffer among them */
  gboolean busy; /* a thread is at it */
} PadEvents;

static void
pad_events_free (gpointer data)
{
  PadEvents *self = data;

  g_queue_clear_full (&self->events, (GDestroyNotify) gst_mini_object_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static PadEvents *
get_events (GstPad *pad)
{
  static GQuark quark = 0;
  PadEvents *self;

  GST_OBJECT_LOCK (pad);
  if (quark == 0)
    quark = g_quark_from_static_string ("gst-call-pad-events");
  self = g_object_get_qdata (G_OBJECT (pad), quark);
  if (self == NULL) {
    self = g_new0 (PadEvents, 1);
    g_mutex_init (&self->lock);
    g_queue_init (&self->events);
    g_object_set_qdata_full (G_OBJECT (pad), quark, self, pad_events_free);
  }
  GST_OBJECT_UNLOCK (pad);
  return self;
}

static GstMiniObject *
take_event (PadEvents *self)
{
  GstMiniObject *event;

  g_mutex_lock (&self->lock);
  event = g_queue_pop_head (&self->events);
  self->busy = event != NULL;
  g_mutex_unlock (&self->lock);
  return event;
}

static void
push_all (GstElement *element, gpointer pad)
{
  PadEvents *self = get_events (pad);
  GstMiniObject *event;

  while ((event = take_event (self)) != NULL) {
    if (GST_IS_BUFFER (event))
      gst_pad_push (pad, GST_BUFFER_CAST (event));
    else
      gst_pad_push_event (pad, GST_EVENT_CAST (event));
  }
}

static void
push (GstElement *element, GstPad *pad, GstMiniObject *event)
{
  PadEvents *self = get_events (pad);
  gboolean busy;

  g_mutex_lock (&self->lock);
  busy = self->busy;
  self->busy = TRUE;
  if (g_queue_get_length (&self->events) >= MAX_WAITING)
    gst_mini_object_unref (g_queue_pop_head (&self->events));
  g_queue_push_tail (&self->events, event);
  g_mutex_unlock (&self->lock);
  if (!busy)
    gst_element_call_async (element, push_all, gst_object_ref (pad), gst_object_unref);
}

void
call_pad_events_push (GstElement *element, GstPad *pad, GstEvent *event)
{
  push (element, pad, GST_MINI_OBJECT_CAST (event));
}

void
call_pad_events_push_buffer (GstElement *element, GstPad *pad, GstBuffer *buffer)
{
  push (element, pad, GST_MINI_OBJECT_CAST (buffer));
}
