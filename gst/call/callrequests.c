/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/callrequests.h"

#include "gst/call/callsignaller.h"

typedef struct
{
  CallRequests *owner;
  CallMessage *message;
  gint64 id;
  gboolean sent;
  GTask *task; /* NULL: a call-end whose caller was told that it takes too long; it is sent all the same */
  GSource *deadline;
} Request;

struct CallRequests
{
  guint request_ms;
  guint signal_ms;
  CallRequestsHandler handler;
  gpointer user_data;
  gboolean up;
  gint64 last_id;
  GQueue queue; /* (element-type Request) */
  GError *failure;
};

static void
request_free (gpointer data)
{
  Request *request = data;

  if (request->deadline) {
    g_source_destroy (request->deadline);
    g_source_unref (request->deadline);
  }
  g_clear_object (&request->task);
  call_message_free (request->message);
  g_free (request);
}

/* A task's callback may come from within its return and do anything with the queue: first the queue, then the task. */
static void
end_with_error (Request *request, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  g_queue_remove (&request->owner->queue, request);
  request_free (request);
  if (task)
    g_task_return_error (task, error);
  else
    g_error_free (error);
}

static void
fail_tasks (GPtrArray *tasks, const GError *error)
{
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_error (g_ptr_array_index (tasks, i), g_error_copy (error));
}

static GError *
new_lost_error (const char *text)
{
  return g_error_new_literal (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_DISCONNECTED, text);
}

/* The time ran out, or the caller's GCancellable was cancelled: it is a child of this source. */
static gboolean
on_deadline (gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GTask) task = NULL;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (request->task))) {
    end_with_error (request, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The request was cancelled"));
    return G_SOURCE_REMOVE;
  }
  if (request->message->type != CALL_MESSAGE_CALL_END) {
    end_with_error (request,
        new_lost_error (request->sent ? "The server did not answer in time" : "There is no connection to the server"));
    return G_SOURCE_REMOVE;
  }
  task = g_steal_pointer (&request->task);
  g_clear_pointer (&request->deadline, g_source_unref);
  g_task_return_error (task,
      new_lost_error ("The server cannot be told yet that the call is over; it will be when the connection is back"));
  return G_SOURCE_REMOVE;
}

static void
start_deadline (Request *request)
{
  GCancellable *cancellable = g_task_get_cancellable (request->task);
  CallRequests *owner = request->owner;

  request->deadline =
      g_timeout_source_new (request->message->type == CALL_MESSAGE_CALL_SIGNAL ? owner->signal_ms : owner->request_ms);
  if (cancellable) {
    g_autoptr (GSource) child = g_cancellable_source_new (cancellable);

    g_source_set_dummy_callback (child);
    g_source_add_child_source (request->deadline, child);
  }
  g_source_set_callback (request->deadline, on_deadline, request, NULL);
  g_source_attach (request->deadline, g_task_get_context (request->task));
}

static void
send_request (Request *request)
{
  CallRequests *owner = request->owner;

  request->sent = TRUE;
  owner->handler.send (request->message, request->id, owner->user_data);
}

static guint
count_unsent (const CallRequests *requests)
{
  guint count = 0;

  for (const GList *link = requests->queue.head; link; link = link->next)
    count += !((Request *) link->data)->sent;
  return count;
}

CallRequests *
call_requests_new (guint request_ms, guint signal_ms, const CallRequestsHandler *handler, gpointer user_data)
{
  CallRequests *requests = g_new0 (CallRequests, 1);

  requests->request_ms = request_ms;
  requests->signal_ms = signal_ms;
  requests->handler = *handler;
  requests->user_data = user_data;
  return requests;
}

void
call_requests_add (CallRequests *requests, const CallMessage *message, GTask *task)
{
  Request *request;

  if (requests->failure || (!requests->up && count_unsent (requests) >= CALL_REQUESTS_MAX)) {
    g_task_return_error (task, requests->failure ? g_error_copy (requests->failure)
                                                 : new_lost_error ("Too many requests wait for the connection"));
    g_object_unref (task);
    return;
  }
  request = g_new0 (Request, 1);
  request->owner = requests;
  request->message = call_message_copy (message);
  request->id = ++requests->last_id;
  request->task = task;
  g_queue_push_tail (&requests->queue, request);
  start_deadline (request);
  if (requests->up)
    send_request (request);
  else if (message->type == CALL_MESSAGE_CALL_END)
    requests->handler.post_end (request->message, request->id, requests->user_data);
}

void
call_requests_set_up (CallRequests *requests)
{
  requests->up = TRUE;
  for (GList *link = requests->queue.head; link; link = link->next) {
    Request *request = link->data;

    if (!request->sent)
      send_request (request);
  }
}

static gboolean
is_sent_again (CallMessageType type)
{
  return type == CALL_MESSAGE_CALL_END || type == CALL_MESSAGE_CALL_SIGNAL || type == CALL_MESSAGE_CALL_ACTIVE;
}

void
call_requests_set_down (CallRequests *requests)
{
  g_autoptr (GError) error = new_lost_error ("The connection was lost before the server answered");
  g_autoptr (GPtrArray) failed = g_ptr_array_new_with_free_func (g_object_unref);
  GList *next;

  requests->up = FALSE;
  for (GList *link = requests->queue.head; link; link = next) {
    Request *request = link->data;

    next = link->next;
    if (!request->sent)
      continue;
    if (!is_sent_again (request->message->type)) {
      g_ptr_array_add (failed, g_steal_pointer (&request->task));
      g_queue_delete_link (&requests->queue, link);
      request_free (request);
      continue;
    }
    request->sent = FALSE;
    if (request->message->type == CALL_MESSAGE_CALL_END)
      requests->handler.post_end (request->message, request->id, requests->user_data);
  }
  fail_tasks (failed, error);
}

void
call_requests_answer (CallRequests *requests, gint64 id, CallMessage *answer, GError *error)
{
  Request *request = NULL;
  g_autoptr (GTask) task = NULL;

  for (GList *link = requests->queue.head; link && !request; link = link->next) {
    if (((Request *) link->data)->id == id)
      request = link->data;
  }
  if (!request) {
    g_clear_pointer (&answer, call_message_free);
    g_clear_error (&error);
    return;
  }
  if (error) {
    end_with_error (request, error);
    return;
  }
  task = g_steal_pointer (&request->task);
  g_queue_remove (&requests->queue, request);
  request_free (request);
  if (task)
    g_task_return_pointer (task, answer, (GDestroyNotify) call_message_free);
  else
    call_message_free (answer);
}

void
call_requests_fail (CallRequests *requests, const GError *error)
{
  g_autoptr (GPtrArray) failed = g_ptr_array_new_with_free_func (g_object_unref);
  Request *request;

  if (!requests->failure)
    requests->failure = g_error_copy (error);
  while ((request = g_queue_pop_head (&requests->queue))) {
    if (request->task)
      g_ptr_array_add (failed, g_steal_pointer (&request->task));
    request_free (request);
  }
  fail_tasks (failed, error);
}

void
call_requests_free (CallRequests *requests)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The signaller was stopped");

  call_requests_fail (requests, error);
  g_clear_error (&requests->failure);
  g_free (requests);
}
