/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The branch is a bin with doors. Where its line feeds an element of the pipeline, an identity's source pad is one,
 * with a ghost pad behind it; what passes it is the business of branchhall.c. Where its line takes from an element (a
 * tee), the pad there is unlinked when it is idle, and an EOS is sent after what went through; the bin's sinks answer
 * it on the bus.
 *
 * Sinks get async=false: a branch that waits for its first buffer must not take the whole pipeline out of PLAYING. All
 * changes are made on the main thread. */

#include "branch.h"

#include "branchhall.h"
#include "branchline.h"

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
  BranchHall *hall;
};

static void
door_free (gpointer data)
{
  Door *door = data;

  g_clear_object (&door->inner);
  g_clear_object (&door->ghost);
  g_clear_object (&door->outer);
  g_free (door);
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
  edge = end->feeds && branch_hall_loops (self->hall) ? add_stock (self, door->inner) : gst_object_ref (door->inner);
  door->ghost = gst_object_ref_sink (gst_ghost_pad_new (end->inner, edge));
  gst_pad_set_active (door->ghost, TRUE);
  gst_element_add_pad (self->bin, door->ghost);
  if (end->feeds)
    branch_hall_add_door (self->hall, door->inner);
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
  self->hall = branch_hall_new (GST_ELEMENT (pipeline), bin, loop);
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

void
branch_remove (Branch *self)
{
  for (guint i = 0; i < self->doors->len; i++) {
    const Door *door = g_ptr_array_index (self->doors, i);
    if (door->feeds)
      branch_hall_shut_door (door->inner);
  }
  for (guint i = 0; i < self->doors->len; i++)
    leave (g_ptr_array_index (self->doors, i));
  gst_element_set_locked_state (self->bin, TRUE);
  gst_element_set_state (self->bin, GST_STATE_NULL);
  gst_bin_remove (self->pipeline, self->bin);
  g_ptr_array_unref (self->doors);
  gst_object_unref (self->bin);
  branch_hall_unref (self->hall);
  g_free (self->name);
  g_free (self);
}

guint
branch_get_time_left (const Branch *self)
{
  return branch_hall_get_time_left (self->hall);
}

/* All doors had their EOS; or, of a bin with sinks, all those did, which a pipeline with message-forward passes on. */
gboolean
branch_has_ended (const Branch *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  g_autoptr (GstMessage) forwarded = NULL;

  if (structure == NULL)
    return FALSE;
  if (branch_hall_is_end (structure))
    return GST_MESSAGE_SRC (message) == GST_OBJECT (self->bin);
  if (!gst_structure_has_name (structure, "GstBinForwarded"))
    return FALSE;
  gst_structure_get (structure, "message", GST_TYPE_MESSAGE, &forwarded, NULL);
  return forwarded != NULL && GST_MESSAGE_TYPE (forwarded) == GST_MESSAGE_EOS
         && GST_MESSAGE_SRC (forwarded) == GST_OBJECT (self->bin);
}
