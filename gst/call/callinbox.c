/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Why what comes in is not dealt with at once. libsoup reads a websocket until it is empty, in one dispatch; and a
 * GTask that was made in the dispatch in which it returns calls back in the next one. Where the reader is slower than
 * the server (a busy machine), this was possible in one dispatch, and the caller rang for ever:
 *
 *   reads   ack 1   its callback asks for a call: request 2
 *   reads   ack 2   "call c has started": postponed, for the task of request 2 is of this dispatch
 *   reads   event   "call c was accepted": of which call?
 *
 * With one message for each turn of the loop no task is as young as that, so that answers and events arrive in the
 * order in which the server sent them. */

#include "gst/call/callinbox.h"

typedef struct
{
  GBytes *message; /* NULL: the end */
  gboolean binary;
} Item;

struct CallInbox
{
  gsize max_bytes;
  CallInboxFunc func;
  gpointer user_data;
  GQueue items; /* (element-type Item) */
  gsize bytes;
  GSource *source; /* while there are items */
};

/* An empty message takes memory, too. */
static gsize
cost_of (GBytes *message)
{
  return sizeof (Item) + (message ? g_bytes_get_size (message) : 0);
}

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->message, g_bytes_unref);
  g_free (item);
}

static void
stop_source (CallInbox *inbox)
{
  if (inbox->source) {
    g_source_destroy (inbox->source);
    g_clear_pointer (&inbox->source, g_source_unref);
  }
}

static gboolean
on_turn (gpointer user_data)
{
  CallInbox *inbox = user_data;
  Item *item = g_queue_pop_head (&inbox->items);
  gboolean more = !g_queue_is_empty (&inbox->items);

  inbox->bytes -= cost_of (item->message);
  if (!more)
    stop_source (inbox);
  inbox->func (item->message, item->binary, inbox->user_data); /* may free the inbox */
  item_free (item);
  return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
push (CallInbox *inbox, GBytes *message, gboolean binary)
{
  Item *item = g_new0 (Item, 1);

  item->message = message ? g_bytes_ref (message) : NULL;
  item->binary = binary;
  inbox->bytes += cost_of (message);
  g_queue_push_tail (&inbox->items, item);
  if (inbox->source)
    return;
  inbox->source = g_idle_source_new ();
  g_source_set_priority (inbox->source, G_PRIORITY_DEFAULT);
  g_source_set_callback (inbox->source, on_turn, inbox, NULL);
  g_source_attach (inbox->source, g_main_context_get_thread_default ());
}

CallInbox *
call_inbox_new (gsize max_bytes, CallInboxFunc func, gpointer user_data)
{
  CallInbox *inbox = g_new0 (CallInbox, 1);

  inbox->max_bytes = max_bytes;
  inbox->func = func;
  inbox->user_data = user_data;
  g_queue_init (&inbox->items);
  return inbox;
}

void
call_inbox_free (CallInbox *inbox)
{
  call_inbox_clear (inbox);
  g_free (inbox);
}

gboolean
call_inbox_push (CallInbox *inbox, GBytes *message, gboolean binary)
{
  if (inbox->bytes + cost_of (message) > inbox->max_bytes)
    return FALSE;
  push (inbox, message, binary);
  return TRUE;
}

void
call_inbox_end (CallInbox *inbox)
{
  push (inbox, NULL, FALSE);
}

void
call_inbox_clear (CallInbox *inbox)
{
  stop_source (inbox);
  g_queue_clear_full (&inbox->items, item_free);
  inbox->bytes = 0;
}
