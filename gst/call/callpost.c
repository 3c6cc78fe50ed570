/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/callpost.h"

typedef struct
{
  GMainContext *context; /* NULL: the default one */
  GObject *object;
  CallPostFunc func;
  gpointer data;
  GDestroyNotify free_data;
} Posted;

static Posted *
posted_new (GMainContext *context, gpointer object, CallPostFunc func, gpointer data, GDestroyNotify free_data)
{
  Posted *posted = g_new0 (Posted, 1);

  posted->context = context ? g_main_context_ref (context) : NULL;
  posted->object = g_object_ref (object);
  posted->func = func;
  posted->data = data;
  posted->free_data = free_data;
  return posted;
}

static void
posted_free (gpointer data)
{
  Posted *posted = data;

  if (posted->free_data != NULL && posted->data != NULL)
    posted->free_data (posted->data);
  g_object_unref (posted->object);
  g_clear_pointer (&posted->context, g_main_context_unref);
  g_free (posted);
}

static gboolean
on_posted (gpointer data)
{
  Posted *posted = data;

  posted->func (posted->object, posted->data);
  return G_SOURCE_REMOVE;
}

/* Not g_main_context_invoke(): that runs the function here when nobody happens to iterate the default context. */
void
call_post (GMainContext *context, gpointer object, CallPostFunc func, gpointer data, GDestroyNotify free_data)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_posted, posted_new (context, object, func, data, free_data), posted_free);
  g_source_attach (source, context);
  g_source_unref (source);
}

static void
on_promise (GstPromise *promise, gpointer data)
{
  Posted *posted = data;

  call_post (
      posted->context, posted->object, posted->func, gst_promise_ref (promise), (GDestroyNotify) gst_promise_unref);
}

GstPromise *
call_post_promise (GMainContext *context, gpointer object, CallPostFunc func)
{
  return gst_promise_new_with_change_func (on_promise, posted_new (context, object, func, NULL, NULL), posted_free);
}

gboolean
call_promise_check (GstPromise *promise, const GstStructure **reply, GError **error)
{
  gboolean replied = gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED;
  const GstStructure *structure = replied ? gst_promise_get_reply (promise) : NULL;

  if (reply != NULL)
    *reply = structure;
  if (structure == NULL || !gst_structure_has_field (structure, "error"))
    return replied;
  gst_structure_get (structure, "error", G_TYPE_ERROR, error, NULL);
  return FALSE;
}

void
call_promises_wait (GPtrArray *promises)
{
  for (guint i = 0; i < promises->len; i++)
    gst_promise_wait (g_ptr_array_index (promises, i));
}

void
call_promises_interrupt (GPtrArray *promises)
{
  for (guint i = 0; i < promises->len; i++)
    gst_promise_interrupt (g_ptr_array_index (promises, i));
  g_ptr_array_set_size (promises, 0);
}
