/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* At each door:
 *
 *   source ! ... ! identity | --> request pad of a mixer
 *                           |
 *                           |- first buffer: the pad's offset moves it to now; the other doors of the branch take the
 *                           |  same offset, so sound and picture stay together
 *                           |- EOS: stays here, or the mixer's input would end; the last one is told on the bus. What
 *                           |  was pushed before it still waits in the mixer: branch_hall_get_time_left()
 *
 * A loop is made of segment seeks: the first flushes, while the door is shut, and the next ones come when a segment is
 * done, without a flush, so that the running time goes on. A queue behind the door has a second in stock meanwhile:
 *
 *   source ! ... ! identity | queue --> mixer
 *       <-- seek --  |-- segment done
 */

#include "branchhall.h"

#define ENDED "branch-eos"
#define HALL "gstcall-hall"
#define FIRST "gstcall-first-probe"
#define MAX_LEFT (10 * GST_SECOND) /* no mixer takes more in advance */

typedef enum
{
  LOOP_NONE,
  LOOP_WANTED,  /* the first seek is to be made */
  LOOP_SEEKING, /* it is under way: doors stay shut */
  LOOP_ON
} Loop;

/* Shared by the doors of a branch, and their probes. */
struct _BranchHall
{
  GMutex lock;
  GstElement *pipeline; /* not owned: outlives the branch's streaming */
  GstElement *bin;      /* the same */
  gboolean placed;
  gint64 offset; /* ns, when placed */
  gint64 end;    /* running time at which the last of it is over, without the offset */
  guint open;    /* doors that had no EOS yet */
  guint doors;   /* that feed the pipeline */
  Loop loop;
  guint done; /* doors through which the segment is done */
};

static void
hall_clear (gpointer data)
{
  g_mutex_clear (&((BranchHall *) data)->lock);
}

static void
unref (gpointer hall)
{
  g_atomic_rc_box_release_full (hall, hall_clear);
}

/* The running time at which the buffer would be played, GST_CLOCK_TIME_NONE when it has none. */
static GstClockTime
buffer_running_time (GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment = NULL;

  if (event == NULL || buffer == NULL || !GST_BUFFER_PTS_IS_VALID (buffer))
    return GST_CLOCK_TIME_NONE;
  gst_event_parse_segment (event, &segment);
  return segment->format == GST_FORMAT_TIME
             ? gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer))
             : GST_CLOCK_TIME_NONE;
}

static gboolean
seek (GstPad *door, GstSeekFlags flags)
{
  g_autoptr (GstElement) identity = gst_pad_get_parent_element (door);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (identity, "sink");
  GstSeekType set = GST_SEEK_TYPE_SET, none = GST_SEEK_TYPE_NONE;

  return gst_pad_push_event (sink,
      gst_event_new_seek (1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_SEGMENT | flags, set, 0, none, GST_CLOCK_TIME_NONE));
}

/* On a thread of its own. A source that cannot seek is played once. */
static void
seek_first (GstElement *bin, gpointer door)
{
  BranchHall *hall = g_object_get_data (G_OBJECT (bin), HALL);

  if (seek (door, GST_SEEK_FLAG_FLUSH))
    return;
  GST_WARNING_OBJECT (bin, "cannot be played in a loop: it takes no seek");
  g_mutex_lock (&hall->lock);
  hall->loop = LOOP_NONE;
  g_mutex_unlock (&hall->lock);
  gst_pad_remove_probe (door, GPOINTER_TO_SIZE (g_object_get_data (door, FIRST)));
}

static void
seek_again (GstElement *bin, gpointer door)
{
  seek (door, GST_SEEK_FLAG_NONE);
}

/* Whether the first buffer has to wait for the seek of a loop. Called under the lock. */
static gboolean
waits_for_seek (BranchHall *hall, GstPad *pad)
{
  if (hall->loop == LOOP_WANTED) {
    hall->loop = LOOP_SEEKING;
    gst_element_call_async (hall->bin, seek_first, gst_object_ref (pad), gst_object_unref);
  }
  return hall->loop == LOOP_SEEKING;
}

/* A blocking probe: the sticky events are looked at again after it, and take the offset along. */
static GstPadProbeReturn
on_first_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  BranchHall *hall = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER ? info->data : NULL;

  g_mutex_lock (&hall->lock);
  if (waits_for_seek (hall, pad)) {
    g_mutex_unlock (&hall->lock);
    return GST_PAD_PROBE_OK;
  }
  if (!hall->placed) {
    GstClockTime now = gst_element_get_current_running_time (hall->pipeline);
    GstClockTime due = buffer_running_time (pad, buffer);
    if (GST_CLOCK_TIME_IS_VALID (now))
      hall->offset = GST_CLOCK_TIME_IS_VALID (due) ? GST_CLOCK_DIFF (due, now) : (gint64) now;
    hall->placed = TRUE;
  }
  g_mutex_unlock (&hall->lock);
  gst_pad_set_offset (pad, hall->offset);
  return GST_PAD_PROBE_REMOVE;
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  BranchHall *hall = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstClockTime due = buffer_running_time (pad, buffer);

  if (!GST_CLOCK_TIME_IS_VALID (due))
    return GST_PAD_PROBE_OK;
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    due += GST_BUFFER_DURATION (buffer);
  g_mutex_lock (&hall->lock);
  hall->end = MAX (hall->end, (gint64) due);
  g_mutex_unlock (&hall->lock);
  return GST_PAD_PROBE_OK;
}

/* The last door's. */
static void
handle_eos (BranchHall *hall)
{
  gboolean last;

  g_mutex_lock (&hall->lock);
  last = hall->open > 0 && --hall->open == 0;
  g_mutex_unlock (&hall->lock);
  if (last)
    gst_element_post_message (
        hall->bin, gst_message_new_application (GST_OBJECT (hall->bin), gst_structure_new_empty (ENDED)));
}

static void
handle_segment_done (BranchHall *hall, GstPad *pad)
{
  gboolean all;

  g_mutex_lock (&hall->lock);
  all = ++hall->done == hall->doors;
  if (all)
    hall->done = 0;
  g_mutex_unlock (&hall->lock);
  if (all)
    gst_element_call_async (hall->bin, seek_again, gst_object_ref (pad), gst_object_unref);
}

static void
handle_flushed (BranchHall *hall)
{
  g_mutex_lock (&hall->lock);
  if (hall->loop == LOOP_SEEKING)
    hall->loop = LOOP_ON;
  g_mutex_unlock (&hall->lock);
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  BranchHall *hall = user_data;

  switch (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))) {
    case GST_EVENT_EOS:
      handle_eos (hall);
      return GST_PAD_PROBE_DROP;
    case GST_EVENT_SEGMENT_DONE:
      handle_segment_done (hall, pad);
      return GST_PAD_PROBE_DROP;
    case GST_EVENT_FLUSH_STOP:
      handle_flushed (hall);
      return GST_PAD_PROBE_DROP;
    case GST_EVENT_FLUSH_START: /* nothing of the seek's got through */
      return GST_PAD_PROBE_DROP;
    default:
      return GST_PAD_PROBE_OK;
  }
}

static GstPadProbeReturn
on_closed (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_DROP;
}

static gint64
get_latency (GstElement *pipeline)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime least = 0;
  gboolean live = FALSE;

  if (gst_element_query (pipeline, query))
    gst_query_parse_latency (query, &live, &least, NULL);
  return live ? least : 0;
}

BranchHall *
branch_hall_new (GstElement *pipeline, GstElement *bin, gboolean loop)
{
  BranchHall *self = g_atomic_rc_box_new0 (BranchHall);

  g_mutex_init (&self->lock);
  self->pipeline = pipeline;
  self->bin = bin;
  self->loop = loop ? LOOP_WANTED : LOOP_NONE;
  g_object_set_data_full (G_OBJECT (bin), HALL, g_atomic_rc_box_acquire (self), unref);
  return self;
}

void
branch_hall_unref (BranchHall *self)
{
  unref (self);
}

gboolean
branch_hall_loops (const BranchHall *self)
{
  return self->loop != LOOP_NONE;
}

void
branch_hall_add_door (BranchHall *self, GstPad *pad)
{
  gulong first =
      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
          on_first_buffer, g_atomic_rc_box_acquire (self), unref);

  g_object_set_data (G_OBJECT (pad), FIRST, GSIZE_TO_POINTER (first));
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, g_atomic_rc_box_acquire (self), unref);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH, on_event,
      g_atomic_rc_box_acquire (self), unref);
  self->open++;
  self->doors++;
}

void
branch_hall_shut_door (GstPad *pad)
{
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, on_closed, NULL, NULL);
}

guint
branch_hall_get_time_left (BranchHall *self)
{
  GstClockTime now = gst_element_get_current_running_time (self->pipeline);
  gint64 left;

  g_mutex_lock (&self->lock);
  left = self->placed && self->end > 0 ? self->end + self->offset - (gint64) now : 0;
  g_mutex_unlock (&self->lock);
  if (left <= 0 || !GST_CLOCK_TIME_IS_VALID (now))
    return 0;
  return MIN (left + get_latency (self->pipeline), MAX_LEFT) / GST_MSECOND + 1;
}

gboolean
branch_hall_is_end (const GstStructure *message)
{
  return gst_structure_has_name (message, ENDED);
}
