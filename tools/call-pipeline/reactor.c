/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A message of the bus is held against each reaction in their order; the actions of all that match are carried out
 * there and then, on the main thread. What happens here (branch-ended, timer-ended) is posted on the bus, too, as an
 * application message: it comes after what was already waiting there, and is a message like any other.
 *
 * A branch has one instance: to start it again is to start it anew. One that is stopped and has something to finish (a
 * file) stays until it says so, or for 3 s. */

#include "reactor.h"

#include <string.h>

#include "branch.h"
#include "keypress.h"
#include "recipe.h"

#define FINISH_TIME_S 3

typedef struct
{
  Reactor *reactor;
  Branch *branch; /* NULL: of a timer */
  char *name;
  guint source;
  gboolean stopping;
} Item;

struct _Reactor
{
  GstBin *pipeline;
  GPtrArray *branches, *reactions;
  Console *console;
  ReactorEndFunc end;
  gpointer user_data;
  KeyPresses *presses;
  GPtrArray *running; /* (element-type Item): branches */
  GPtrArray *timers;  /* (element-type Item) */
  gboolean winds_down;
};

/* What a condition reads. */
typedef struct
{
  const GstStructure *structure;
  GstObject *source;
} Fields;

static void
item_free (gpointer data)
{
  Item *item = data;

  if (item->source != 0)
    g_source_remove (item->source);
  if (item->branch != NULL)
    branch_remove (item->branch);
  g_free (item->name);
  g_free (item);
}

static Item *
find_item (const GPtrArray *items, const char *name)
{
  for (guint i = 0; i < items->len; i++) {
    Item *item = g_ptr_array_index (items, i);
    if (g_str_equal (item->name, name))
      return item;
  }
  return NULL;
}

static Item *
add_item (Reactor *self, GPtrArray *items, const char *name)
{
  Item *item = g_new0 (Item, 1);

  item->reactor = self;
  item->name = g_strdup (name);
  g_ptr_array_add (items, item);
  return item;
}

static void
post (Reactor *self, const char *event, const char *field, const char *value)
{
  GstStructure *structure = gst_structure_new (event, field, G_TYPE_STRING, value, NULL);

  gst_element_post_message (
      GST_ELEMENT (self->pipeline), gst_message_new_application (GST_OBJECT (self->pipeline), structure));
}

static void
remove_branch (Item *item)
{
  Reactor *self = item->reactor;

  if (!item->stopping)
    post (self, "branch-ended", "branch", item->name);
  g_ptr_array_remove (self->running, item);
}

static gboolean
on_branch_over (gpointer user_data)
{
  Item *item = user_data;

  item->source = 0;
  remove_branch (item);
  return G_SOURCE_REMOVE;
}

static void
stop_branch (Item *item)
{
  if (item->stopping)
    return;
  item->stopping = TRUE;
  g_clear_handle_id (&item->source, g_source_remove);
  if (branch_finish (item->branch))
    item->source = g_timeout_add_seconds (FINISH_TIME_S, on_branch_over, item);
  else
    remove_branch (item);
}

/* It has given all: taken out when that is played. */
static void
end_branch (Item *item)
{
  guint left = item->reactor->winds_down ? 0 : branch_get_time_left (item->branch);

  g_clear_handle_id (&item->source, g_source_remove);
  if (left == 0)
    remove_branch (item);
  else
    item->source = g_timeout_add (left, on_branch_over, item);
}

static void
stop_branches (Reactor *self, const char *name)
{
  for (guint i = self->running->len; i > 0; i--) {
    Item *item = g_ptr_array_index (self->running, i - 1);
    if (g_str_equal (name, "*") || g_str_equal (name, item->name))
      stop_branch (item);
  }
}

static gboolean
start_branch (Reactor *self, const char *name, gboolean loop, GError **error)
{
  Item *item = find_item (self->running, name);
  Branch *branch;

  if (item != NULL) { /* anew */
    item->stopping = TRUE;
    remove_branch (item);
  }
  branch = branch_start (self->pipeline, recipe_find_branch (self->branches, name), loop, error);
  if (branch == NULL)
    return FALSE;
  add_item (self, self->running, name)->branch = branch;
  return TRUE;
}

static gboolean
on_timer (gpointer user_data)
{
  Item *item = user_data;

  item->source = 0;
  post (item->reactor, "timer-ended", "timer", item->name);
  g_ptr_array_remove (item->reactor->timers, item);
  return G_SOURCE_REMOVE;
}

static void
set_timer (Reactor *self, const char *name, const char *time)
{
  Item *item = find_item (self->timers, name);
  guint milliseconds = 0;

  if (item != NULL)
    g_ptr_array_remove (self->timers, item);
  if (!reaction_parse_time (time, &milliseconds) || milliseconds == 0)
    return;
  item = add_item (self, self->timers, name);
  item->source = g_timeout_add (milliseconds, on_timer, item);
}

/* @property may be a child's: `sink_0::volume` of a mixer. */
static gboolean
set_property (Reactor *self, const ReactionAction *action, GError **error)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (self->pipeline, action->object);
  g_autoptr (GObject) target = NULL;
  GParamSpec *spec = NULL;

  if (element != NULL && strstr (action->property, "::") != NULL && GST_IS_CHILD_PROXY (element))
    gst_child_proxy_lookup (GST_CHILD_PROXY (element), action->property, &target, &spec);
  else if (element != NULL
           && (spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), action->property)) != NULL)
    target = g_object_ref (G_OBJECT (element));
  if (target == NULL) {
    g_set_error (
        error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED, "nothing to set: no %s.%s", action->object, action->property);
    return FALSE;
  }
  gst_util_set_object_arg (target, spec->name, action->value);
  return TRUE;
}

/* Whether the action, of a message about @session (NULL: none), means this element. One of each session's is: they are
 * one participant. @seen: (element-type utf8), sessions that had theirs. */
static gboolean
is_meant (GstElement *element, const char *name, const char *session, GHashTable *seen)
{
  g_autofree char *own = NULL;

  if (g_signal_lookup ("hang-up", G_OBJECT_TYPE (element)) == 0)
    return FALSE;
  g_object_get (element, "session", &own, NULL);
  if (name != NULL ? !g_str_equal (GST_OBJECT_NAME (element), name) : session != NULL && g_strcmp0 (own, session) != 0)
    return FALSE;
  return g_hash_table_add (seen, g_strdup (own != NULL ? own : ""));
}

/* hang-up or send-dtmf, an action signal of the elements of calls. */
static gboolean
emit (Reactor *self, const ReactionAction *action, const Fields *fields, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (self->pipeline);
  const char *session = gst_structure_get_string (fields->structure, "session");
  g_auto (GValue) item = G_VALUE_INIT;
  GstIteratorResult result;

  while ((result = gst_iterator_next (elements, &item)) == GST_ITERATOR_OK || result == GST_ITERATOR_RESYNC) {
    GstElement *element;
    gboolean meant;
    if (result == GST_ITERATOR_RESYNC) { /* a decodebin has one more: from the start, but for sessions that are seen */
      gst_iterator_resync (elements);
      continue;
    }
    element = g_value_get_object (&item);
    meant = is_meant (element, action->object, session, seen);
    if (meant && action->verb == REACTION_HANG_UP)
      g_signal_emit_by_name (element, "hang-up");
    else if (meant)
      g_signal_emit_by_name (element, "send-dtmf", action->value, 0, 0);
    g_value_reset (&item);
  }
  if (g_hash_table_size (seen) == 0)
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED, "no call to act on: no %s",
        action->object != NULL ? action->object : "element of a call");
  return g_hash_table_size (seen) > 0;
}

static gboolean
act (Reactor *self, const ReactionAction *action, const Fields *fields, GError **error)
{
  switch (action->verb) {
    case REACTION_START:
    case REACTION_LOOP:
      return start_branch (self, action->object, action->verb == REACTION_LOOP, error);
    case REACTION_STOP:
      stop_branches (self, action->object);
      return TRUE;
    case REACTION_SET:
      return set_property (self, action, error);
    case REACTION_TIMER:
      set_timer (self, action->object, action->value);
      return TRUE;
    case REACTION_PRESS:
    case REACTION_HANG_UP:
      return emit (self, action, fields, error);
    case REACTION_END:
    default:
      self->end (NULL, self->user_data);
      return TRUE;
  }
}

/* The greatest of a value with several, as `level` has one for each channel. */
static char *
greatest_to_text (const GValueArray *values)
{
  double greatest = -G_MAXDOUBLE;
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < values->n_values; i++) {
    if (G_VALUE_HOLDS_DOUBLE (&values->values[i]))
      greatest = MAX (greatest, g_value_get_double (&values->values[i]));
  }
  return g_strdup (g_ascii_dtostr (text, sizeof text, greatest));
}

static char *
get_field (const char *field, gpointer user_data)
{
  const Fields *fields = user_data;
  const GValue *value = gst_structure_get_value (fields->structure, field);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (value == NULL)
    return g_str_equal (field, "src") ? gst_object_get_name (fields->source) : NULL;
  if (G_VALUE_HOLDS_STRING (value))
    return g_value_dup_string (value);
  if (G_VALUE_HOLDS_DOUBLE (value))
    return g_strdup (g_ascii_dtostr (text, sizeof text, g_value_get_double (value)));
  if (G_VALUE_TYPE (value) == g_type_from_name ("GValueArray"))
    return greatest_to_text (g_value_get_boxed (value));
  return gst_value_serialize (value);
}

static void
react (Reactor *self, const Fields *fields)
{
  const char *message = gst_structure_get_name (fields->structure);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->reactions->len && !self->winds_down; i++) {
    const Reaction *reaction = g_ptr_array_index (self->reactions, i);
    if (!reaction_matches (reaction, message, get_field, (gpointer) fields))
      continue;
    for (guint k = 0; k < reaction->actions->len && !self->winds_down; k++) {
      if (!act (self, g_ptr_array_index (reaction->actions, k), fields, &error)) {
        self->end (error, self->user_data);
        return;
      }
    }
  }
}

static int
get_number (const GstStructure *structure, const char *field, int otherwise)
{
  const GValue *value = gst_structure_get_value (structure, field);
  g_auto (GValue) number = G_VALUE_INIT;

  g_value_init (&number, G_TYPE_INT);
  return value != NULL && g_value_transform (value, &number) ? g_value_get_int (&number) : otherwise;
}

/* A dtmf-event with its `key`; NULL for the end of one, and for a press that the other method told of. */
static GstStructure *
take_press (Reactor *self, const GstStructure *event)
{
  int number = get_number (event, "number", -1), method = get_number (event, "method", 0);
  gboolean start = TRUE;
  char key[2] = "";
  GstStructure *press;

  gst_structure_get_boolean (event, "start", &start);
  if (!start || number < 0 || !key_presses_add (self->presses, number, method, g_get_monotonic_time () / 1000))
    return NULL;
  key[0] = key_press_to_key (number);
  press = gst_structure_copy (event);
  gst_structure_set (press, "key", G_TYPE_STRING, key, NULL);
  return press;
}

/* One of ours: it has one field. */
static void
say_own (Reactor *self, const GstStructure *structure)
{
  const char *field = gst_structure_nth_field_name (structure, 0);

  console_say (self->console, gst_structure_get_name (structure), field, gst_structure_get_string (structure, field));
}

static Item *
find_ended (const Reactor *self, GstMessage *message)
{
  for (guint i = 0; i < self->running->len; i++) {
    Item *item = g_ptr_array_index (self->running, i);
    if (branch_has_ended (item->branch, message))
      return item;
  }
  return NULL;
}

void
reactor_handle_message (Reactor *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  Item *ended = find_ended (self, message);
  g_autoptr (GstStructure) press = NULL;
  Fields fields = {structure, GST_MESSAGE_SRC (message)};

  if (ended != NULL) {
    end_branch (ended);
    return;
  }
  if (structure == NULL || (GST_MESSAGE_TYPE (message) & (GST_MESSAGE_ELEMENT | GST_MESSAGE_APPLICATION)) == 0)
    return;
  if (gst_structure_has_name (structure, "dtmf-event")) {
    fields.structure = press = take_press (self, structure);
    if (press == NULL)
      return;
    console_message (self->console, press);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_APPLICATION
             && GST_MESSAGE_SRC (message) == GST_OBJECT (self->pipeline)) {
    say_own (self, structure);
  }
  react (self, &fields);
}

void
reactor_wind_down (Reactor *self)
{
  self->winds_down = TRUE;
  g_ptr_array_set_size (self->timers, 0);
  for (guint i = self->running->len; i > 0; i--) {
    Item *item = g_ptr_array_index (self->running, i - 1);
    if (!branch_takes (item->branch))
      g_ptr_array_remove (self->running, item);
  }
}

Reactor *
reactor_new (GstBin *pipeline, GPtrArray *branches, GPtrArray *reactions, Console *console, ReactorEndFunc end,
    gpointer user_data)
{
  Reactor *self = g_new0 (Reactor, 1);

  self->pipeline = pipeline;
  self->branches = branches;
  self->reactions = reactions;
  self->console = console;
  self->end = end;
  self->user_data = user_data;
  self->presses = key_presses_new ();
  self->running = g_ptr_array_new_with_free_func (item_free);
  self->timers = g_ptr_array_new_with_free_func (item_free);
  return self;
}

void
reactor_free (Reactor *self)
{
  g_ptr_array_unref (self->timers);
  g_ptr_array_unref (self->running);
  key_presses_free (self->presses);
  g_free (self);
}
