/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The branch is a bin. Where its line feeds an element of the pipeline, an identity's source pad is its door:
 *
 *   source ! ... ! identity | ghost pad --> request pad of a mixer
 *                         |
 *                         |- first buffer: the pad's offset moves it to now; the other doors of the branch take the
 *                         |  same offset, so sound and picture stay together
 *                         |- EOS: stays here, or the mixer's input would end; the last one is told on the bus. What was
 *                         |  pushed before it still waits in the mixer: branch_get_time_left()
 *
 * A loop is made of segment seeks: the first flushes, while the door is shut, and the next ones come when a segment is
 * done, without a flush, so that the running time goes on. A queue behind the door has a second in stock meanwhile:
 *
 *   source ! ... ! identity ! queue | ghost pad --> mixer
 *       <-- seek --  |-- segment done
 *
 * Where its line takes from an element (a tee), the pad there is unlinked when it is idle, and an EOS is sent after
 * what went through; the bin's sinks answer it on the bus.
 *
 * Sinks get async=false: a branch that waits for its first buffer must not take the whole pipeline out of PLAYING. What
 * the streaming threads know is in a Door, and they only read it or post; all changes are made on the main thread. */

#include "branch.h"

#include "branchline.h"

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
typedef struct
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
} Hall;

typedef struct
{
  GstPad *inner; /* of the identity */
  GstPad *ghost; /* of the bin */
  GstPad *outer; /* of the pipeline's element; NULL when not joined */
  gboolean feeds;
  gboolean requested; /* outer has to be given back */
} Door;

struct _Branch
{
  char *name;
  GstBin *pipeline;
  GstElement *bin;
  GPtrArray *doors; /* (element-type Door) */
  Hall *hall;
};

static void
hall_clear (gpointer data)
{
  g_mutex_clear (&((Hall *) data)->lock);
}

static void
hall_unref (gpointer hall)
{
  g_atomic_rc_box_release_full (hall, hall_clear);
}

static void
door_free (gpointer data)
{
  Door *door = data;

  g_clear_object (&door->inner);
  g_clear_object (&door->ghost);
  g_clear_object (&door->outer);
  g_free (door);
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
  Hall *hall = g_object_get_data (G_OBJECT (bin), HALL);

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
waits_for_seek (Hall *hall, GstPad *pad)
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
  Hall *hall = user_data;
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
  Hall *hall = user_data;
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
handle_eos (Hall *hall)
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
handle_segment_done (Hall *hall, GstPad *pad)
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
handle_flushed (Hall *hall)
{
  g_mutex_lock (&hall->lock);
  if (hall->loop == LOOP_SEEKING)
    hall->loop = LOOP_ON;
  g_mutex_unlock (&hall->lock);
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Hall *hall = user_data;

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

static void
add_probes (Door *door, Hall *hall)
{
  gulong first = gst_pad_add_probe (door->inner,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_first_buffer,
      g_atomic_rc_box_acquire (hall), hall_unref);

  g_object_set_data (G_OBJECT (door->inner), FIRST, GSIZE_TO_POINTER (first));
  gst_pad_add_probe (door->inner, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, g_atomic_rc_box_acquire (hall), hall_unref);
  gst_pad_add_probe (door->inner, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH, on_event,
      g_atomic_rc_box_acquire (hall), hall_unref);
  hall->open++;
  hall->doors++;
}

/* A queue behind the door of a loop; its source pad. (transfer full) */
static GstPad *
add_stock (Branch *self, GstPad *inner)
{
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (queue, "sink");

  gst_bin_add (GST_BIN (self->bin), queue);
  gst_pad_link (inner, sink);
  return gst_element_get_static_pad (queue, "src");
}

static Door *
add_door (Branch *self, const BranchEnd *end)
{
  g_autoptr (GstElement) identity = gst_bin_get_by_name (GST_BIN (self->bin), end->inner);
  g_autoptr (GstPad) edge = NULL;
  Door *door = g_new0 (Door, 1);

  door->feeds = end->feeds;
  door->inner = gst_element_get_static_pad (identity, end->feeds ? "src" : "sink");
  edge = end->feeds && self->hall->loop != LOOP_NONE ? add_stock (self, door->inner) : gst_object_ref (door->inner);
  door->ghost = gst_object_ref_sink (gst_ghost_pad_new (end->inner, edge));
  gst_pad_set_active (door->ghost, TRUE);
  gst_element_add_pad (self->bin, door->ghost);
  if (end->feeds)
    add_probes (door, self->hall);
  g_ptr_array_add (self->doors, door);
  return door;
}

/* The pad of @element that the end names, or that fits. (transfer full) */
static GstPad *
find_outer (GstElement *element, const BranchEnd *end, GstPad *ghost, gboolean *requested)
{
  GstPad *pad = end->pad != NULL ? gst_element_get_static_pad (element, end->pad) : NULL;

  *requested = FALSE;
  if (pad == NULL) {
    pad = end->pad != NULL ? gst_element_request_pad_simple (element, end->pad)
                           : gst_element_get_compatible_pad (element, ghost, NULL);
    *requested = pad != NULL && GST_PAD_PAD_TEMPLATE (pad) != NULL
                 && GST_PAD_TEMPLATE_PRESENCE (GST_PAD_PAD_TEMPLATE (pad)) == GST_PAD_REQUEST;
  }
  return pad;
}

static gboolean
join (Branch *self, Door *door, const BranchEnd *end, GError **error)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (self->pipeline, end->element);
  const char *why = "there is no such element in the pipeline";

  if (element != NULL) {
    door->outer = find_outer (element, end, door->ghost, &door->requested);
    why = "it has no pad that fits";
  }
  if (door->outer != NULL) {
    GstPad *from = door->feeds ? door->ghost : door->outer, *to = door->feeds ? door->outer : door->ghost;
    if (gst_pad_link (from, to) == GST_PAD_LINK_OK)
      return TRUE;
    why = gst_pad_is_linked (door->outer) ? "its pad is taken: put a tee or a mixer there" : "the two do not fit";
  }
  g_set_error (
      error, GST_CORE_ERROR, GST_CORE_ERROR_PAD, "branch %s cannot be joined to %s: %s", self->name, end->element, why);
  return FALSE;
}

static void
make_sinks_synchronous (Branch *self)
{
  g_autoptr (GstIterator) sinks = gst_bin_iterate_sinks (GST_BIN (self->bin));
  g_auto (GValue) item = G_VALUE_INIT;

  while (gst_iterator_next (sinks, &item) == GST_ITERATOR_OK) {
    GObject *sink = g_value_get_object (&item);
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (sink), "async") != NULL)
      g_object_set (sink, "async", FALSE, NULL);
    g_value_reset (&item);
  }
}

/* What is fed has to be there before the data, what takes data has to be ready for it. */
static gboolean
join_all (Branch *self, const GPtrArray *ends, gboolean feeds, GError **error)
{
  for (guint i = 0; i < ends->len; i++) {
    const BranchEnd *end = g_ptr_array_index (ends, i);
    if (end->feeds == feeds && !join (self, g_ptr_array_index (self->doors, i), end, error))
      return FALSE;
  }
  return TRUE;
}

static Branch *
branch_new (GstBin *pipeline, const RecipeBranch *recipe, const GPtrArray *ends, GstElement *bin, gboolean loop)
{
  Branch *self = g_new0 (Branch, 1);

  self->name = g_strdup (recipe->name);
  self->pipeline = pipeline;
  self->bin = gst_object_ref_sink (bin);
  self->doors = g_ptr_array_new_with_free_func (door_free);
  self->hall = g_atomic_rc_box_new0 (Hall);
  g_mutex_init (&self->hall->lock);
  self->hall->pipeline = GST_ELEMENT (pipeline);
  self->hall->bin = bin;
  self->hall->loop = loop ? LOOP_WANTED : LOOP_NONE;
  g_object_set_data_full (G_OBJECT (bin), HALL, g_atomic_rc_box_acquire (self->hall), hall_unref);
  for (guint i = 0; i < ends->len; i++)
    add_door (self, g_ptr_array_index (ends, i));
  make_sinks_synchronous (self);
  return self;
}

static void
leave (Door *door)
{
  g_autoptr (GstElement) element = door->outer != NULL ? gst_pad_get_parent_element (door->outer) : NULL;
  GstPad *from, *to;

  if (door->outer == NULL)
    return;
  from = door->feeds ? door->ghost : door->outer;
  to = door->feeds ? door->outer : door->ghost;
  /* A push that is under way ends with FLUSHING, which no source takes for an error; NOT_LINKED it would. */
  if (door->requested && element != NULL)
    gst_element_release_request_pad (element, door->outer);
  gst_pad_unlink (from, to);
  g_clear_object (&door->outer);
}

Branch *
branch_start (GstBin *pipeline, const RecipeBranch *recipe, gboolean loop, GError **error)
{
  g_autoptr (GPtrArray) ends = NULL;
  g_autofree char *line = branch_line_split (recipe->line, &ends);
  GstElement *bin = gst_parse_bin_from_description_full (line, FALSE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  Branch *self;

  if (bin == NULL) {
    g_prefix_error (error, "branch %s: ", recipe->name);
    return NULL;
  }
  self = branch_new (pipeline, recipe, ends, bin, loop);
  gst_bin_add (pipeline, bin);
  if (join_all (self, ends, TRUE, error) && gst_element_sync_state_with_parent (bin)
      && join_all (self, ends, FALSE, error))
    return self;
  if (error != NULL && *error == NULL)
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE, "branch %s cannot be started", recipe->name);
  branch_remove (self);
  return NULL;
}

static void
push_eos (GstElement *bin, gpointer pad)
{
  gst_pad_send_event (pad, gst_event_new_eos ());
}

/* The pad that feeds the branch is idle: nothing is between it and the branch's first element. */
static GstPadProbeReturn
on_idle (GstPad *outer, GstPadProbeInfo *info, gpointer user_data)
{
  g_autoptr (GstPad) ghost = gst_pad_get_peer (outer);

  if (ghost != NULL) {
    gst_pad_unlink (outer, ghost);
    /* On a thread of its own: it passes through the branch, and this one is the call's. */
    gst_element_call_async (user_data, push_eos, gst_object_ref (ghost), gst_object_unref);
  }
  return GST_PAD_PROBE_REMOVE;
}

gboolean
branch_takes (const Branch *self)
{
  for (guint i = 0; i < self->doors->len; i++) {
    const Door *door = g_ptr_array_index (self->doors, i);
    if (!door->feeds)
      return TRUE;
  }
  return FALSE;
}

gboolean
branch_finish (Branch *self)
{
  for (guint i = 0; i < self->doors->len; i++) {
    const Door *door = g_ptr_array_index (self->doors, i);
    if (door->feeds || door->outer == NULL)
      continue;
    gst_pad_add_probe (door->outer, GST_PAD_PROBE_TYPE_IDLE, on_idle, gst_object_ref (self->bin), gst_object_unref);
  }
  return branch_takes (self);
}

static gint64
get_latency (GstBin *pipeline)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime least = 0;
  gboolean live = FALSE;

  if (gst_element_query (GST_ELEMENT (pipeline), query))
    gst_query_parse_latency (query, &live, &least, NULL);
  return live ? least : 0;
}

guint
branch_get_time_left (const Branch *self)
{
  GstClockTime now = gst_element_get_current_running_time (GST_ELEMENT (self->pipeline));
  gint64 left;

  g_mutex_lock (&self->hall->lock);
  left = self->hall->placed && self->hall->end > 0 ? self->hall->end + self->hall->offset - (gint64) now : 0;
  g_mutex_unlock (&self->hall->lock);
  if (left <= 0 || !GST_CLOCK_TIME_IS_VALID (now))
    return 0;
  return MIN (left + get_latency (self->pipeline), MAX_LEFT) / GST_MSECOND + 1;
}

void
branch_remove (Branch *self)
{
  for (guint i = 0; i < self->doors->len; i++) {
    const Door *door = g_ptr_array_index (self->doors, i);
    if (door->feeds)
      gst_pad_add_probe (door->inner, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, on_closed, NULL, NULL);
  }
  for (guint i = 0; i < self->doors->len; i++)
    leave (g_ptr_array_index (self->doors, i));
  gst_element_set_locked_state (self->bin, TRUE);
  gst_element_set_state (self->bin, GST_STATE_NULL);
  gst_bin_remove (self->pipeline, self->bin);
  g_ptr_array_unref (self->doors);
  gst_object_unref (self->bin);
  hall_unref (self->hall);
  g_free (self->name);
  g_free (self);
}

const char *
branch_get_name (const Branch *self)
{
  return self->name;
}

/* All doors had their EOS; or, of a bin with sinks, all those did, which a pipeline with message-forward passes on. */
gboolean
branch_has_ended (const Branch *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  g_autoptr (GstMessage) forwarded = NULL;

  if (structure == NULL)
    return FALSE;
  if (gst_structure_has_name (structure, ENDED))
    return GST_MESSAGE_SRC (message) == GST_OBJECT (self->bin);
  if (!gst_structure_has_name (structure, "GstBinForwarded"))
    return FALSE;
  gst_structure_get (structure, "message", GST_TYPE_MESSAGE, &forwarded, NULL);
  return forwarded != NULL && GST_MESSAGE_TYPE (forwarded) == GST_MESSAGE_EOS
         && GST_MESSAGE_SRC (forwarded) == GST_OBJECT (self->bin);
}
