/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The signaller without a server: a device in a room of this process. What the room delivers (on any thread, under its
 * lock) is put into sources of the owner's GMainContext, answers and events alike, so that their order is kept and
 * nothing ever runs synchronously. */

#include "gst/call/calldirectsignaller.h"

#include "gst/call/calldirectroom.h"

#define RING_TIMEOUT_MS 30000

/* Outlives the signaller in the sources that are still to be dispatched. `self` is for the context's thread. */
typedef struct
{
  GMainContext *context;
  GstCallDirectSignaller *self; /* NULL once stopped */
} Mailbox;

typedef enum
{
  ITEM_CONNECTED,
  ITEM_MESSAGE, /* an event, or with a task the answer to its request */
  ITEM_STOPPED
} ItemKind;

typedef struct
{
  Mailbox *mailbox;
  ItemKind kind;
  CallMessage *message;
  GTask *task;
} Item;

typedef struct
{
  GstCallDirectSignaller *self;
  char *call_id;
  GSource *source;
} Ring;

struct _GstCallDirectSignaller
{
  GObject parent;
  char *room;
  char *user;
  guint ring_timeout_ms;
  Mailbox *mailbox;
  CallDirectDevice *device; /* NULL before start and after stop */
  GHashTable *rings;        /* call id -> Ring, of calls started here */
};

static void gst_call_direct_signaller_iface_init (GstCallSignallerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GstCallDirectSignaller, gst_call_direct_signaller, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CALL_SIGNALLER, gst_call_direct_signaller_iface_init))

static void
mailbox_clear (gpointer data)
{
  Mailbox *mailbox = data;

  g_main_context_unref (mailbox->context);
}

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->message, call_message_free);
  g_clear_object (&item->task);
  g_atomic_rc_box_release_full (item->mailbox, mailbox_clear);
  g_free (item);
}

static void
ring_free (gpointer data)
{
  Ring *ring = data;

  g_source_destroy (ring->source);
  g_source_unref (ring->source);
  g_free (ring->call_id);
  g_free (ring);
}

static gboolean
on_ring_timeout (gpointer user_data)
{
  Ring *ring = user_data;
  GstCallDirectSignaller *self = ring->self;

  call_direct_ring_timeout (self->device, ring->call_id);
  g_hash_table_remove (self->rings, ring->call_id);
  return G_SOURCE_REMOVE;
}

static void
start_ring (GstCallDirectSignaller *self, const char *call_id)
{
  Ring *ring = g_new0 (Ring, 1);

  ring->self = self;
  ring->call_id = g_strdup (call_id);
  ring->source = g_timeout_source_new (self->ring_timeout_ms);
  g_source_set_callback (ring->source, on_ring_timeout, ring, NULL);
  g_source_attach (ring->source, self->mailbox->context);
  g_hash_table_replace (self->rings, ring->call_id, ring);
}

static void
dispatch_answer (GstCallDirectSignaller *self, Item *item)
{
  CallMessageType request = GPOINTER_TO_INT (g_task_get_task_data (item->task));
  GError *error = NULL;

  if (!gst_call_signaller_check_answer (item->message, &error)) {
    g_task_return_error (item->task, error);
    return;
  }
  if (request == CALL_MESSAGE_CALL_START && self->device)
    start_ring (self, item->message->call_id);
  g_task_return_pointer (item->task, g_steal_pointer (&item->message), (GDestroyNotify) call_message_free);
}

static gboolean
on_item (gpointer user_data)
{
  Item *item = user_data;
  g_autoptr (GstCallDirectSignaller) self = item->mailbox->self ? g_object_ref (item->mailbox->self) : NULL;

  if (item->kind == ITEM_STOPPED)
    g_task_return_boolean (item->task, TRUE);
  else if (!self && item->task)
    g_task_return_new_error (item->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The signaller was stopped");
  else if (self && item->task)
    dispatch_answer (self, item);
  else if (self && item->kind == ITEM_CONNECTED)
    gst_call_signaller_emit_connected (GST_CALL_SIGNALLER (self), self->user);
  else if (self)
    gst_call_signaller_emit_message (GST_CALL_SIGNALLER (self), item->message);
  return G_SOURCE_REMOVE;
}

/* Any thread. Takes @message and @task. */
static void
post (Mailbox *mailbox, ItemKind kind, CallMessage *message, GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Item *item = g_new0 (Item, 1);

  item->mailbox = g_atomic_rc_box_acquire (mailbox);
  item->kind = kind;
  item->message = message;
  item->task = task;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_item, item, item_free);
  g_source_attach (source, mailbox->context);
}

static void
on_deliver (CallMessage *message, gpointer tag, gpointer user_data)
{
  post (user_data, ITEM_MESSAGE, message, tag);
}

static void
leave (GstCallDirectSignaller *self)
{
  g_hash_table_remove_all (self->rings);
  g_clear_pointer (&self->device, call_direct_leave);
  self->mailbox->self = NULL;
}

static void
gst_call_direct_signaller_start (GstCallSignaller *signaller)
{
  GstCallDirectSignaller *self = GST_CALL_DIRECT_SIGNALLER (signaller);

  g_return_if_fail (!self->device && self->mailbox->self);

  post (self->mailbox, ITEM_CONNECTED, NULL, NULL);
  self->device = call_direct_join (self->room, self->user, on_deliver, self->mailbox);
}

static void
gst_call_direct_signaller_request_async (GstCallSignaller *signaller, const CallMessage *request,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GstCallDirectSignaller *self = GST_CALL_DIRECT_SIGNALLER (signaller);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gst_call_direct_signaller_request_async);
  g_task_set_task_data (task, GINT_TO_POINTER (request->type), NULL);
  if (!self->device) {
    g_task_return_new_error (
        task, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_DISCONNECTED, "The signaller is not started");
    g_object_unref (task);
    return;
  }
  call_direct_request (self->device, request, task);
}

static CallMessage *
gst_call_direct_signaller_request_finish (GstCallSignaller *signaller, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, signaller), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
gst_call_direct_signaller_stop_async (GstCallSignaller *signaller, GAsyncReadyCallback callback, gpointer user_data)
{
  GstCallDirectSignaller *self = GST_CALL_DIRECT_SIGNALLER (signaller);

  leave (self);
  post (self->mailbox, ITEM_STOPPED, NULL, g_task_new (self, NULL, callback, user_data));
}

static void
gst_call_direct_signaller_finalize (GObject *object)
{
  GstCallDirectSignaller *self = GST_CALL_DIRECT_SIGNALLER (object);

  leave (self);
  g_hash_table_unref (self->rings);
  g_atomic_rc_box_release_full (self->mailbox, mailbox_clear);
  g_free (self->room);
  g_free (self->user);
  G_OBJECT_CLASS (gst_call_direct_signaller_parent_class)->finalize (object);
}

static void
gst_call_direct_signaller_init (GstCallDirectSignaller *self)
{
  self->ring_timeout_ms = RING_TIMEOUT_MS;
  self->rings = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, ring_free);
  self->mailbox = g_atomic_rc_box_new0 (Mailbox);
  self->mailbox->context = g_main_context_ref_thread_default ();
  self->mailbox->self = self;
}

static void
gst_call_direct_signaller_iface_init (GstCallSignallerInterface *iface)
{
  iface->start = gst_call_direct_signaller_start;
  iface->request_async = gst_call_direct_signaller_request_async;
  iface->request_finish = gst_call_direct_signaller_request_finish;
  iface->stop_async = gst_call_direct_signaller_stop_async;
}

static void
gst_call_direct_signaller_class_init (GstCallDirectSignallerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_call_direct_signaller_finalize;
}

GstCallSignaller *
gst_call_direct_signaller_new (const char *room, const char *user)
{
  GstCallDirectSignaller *self = g_object_new (GST_TYPE_CALL_DIRECT_SIGNALLER, NULL);

  self->room = g_strdup (room);
  self->user = g_strdup (user);
  return GST_CALL_SIGNALLER (self);
}

void
gst_call_direct_signaller_set_ring_timeout (GstCallDirectSignaller *self, guint timeout_ms)
{
  g_return_if_fail (GST_IS_CALL_DIRECT_SIGNALLER (self));

  self->ring_timeout_ms = timeout_ms;
}
