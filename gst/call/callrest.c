/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One REST request: send, read the (bounded) body, parse. A timer cancels what takes too long. */

#include "gst/call/callrest.h"

#include "gst/call/callsignaller.h"

#define MAX_BODY 16384

typedef struct
{
  SoupMessage *message;
  GCancellable *cancellable; /* fires with the caller's and with the timer */
  gulong caller_handler;
  GCancellable *caller;
  GSource *timer;
  char body[MAX_BODY];
} Post;

static void
post_free (gpointer data)
{
  Post *post = data;

  g_source_destroy (post->timer);
  g_source_unref (post->timer);
  g_cancellable_disconnect (post->caller, post->caller_handler);
  g_clear_object (&post->caller);
  g_object_unref (post->cancellable);
  g_object_unref (post->message);
  g_free (post);
}

static gboolean
on_timeout (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller, gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

static void
return_answer (GTask *task, const Post *post, gsize length)
{
  guint status = soup_message_get_status (post->message);
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = call_message_parse (CALL_MESSAGE_ANSWER, post->body, length, NULL);

  if (status >= 500 || status < 200) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "The server answers with HTTP %u", status);
    return;
  }
  if (!answer)
    answer = call_message_new (CALL_MESSAGE_ANSWER);
  answer->ok = status < 300;
  answer->http_status = status;
  if (gst_call_signaller_check_answer (answer, &error))
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) call_message_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gsize length = 0;

  if (g_input_stream_read_all_finish (G_INPUT_STREAM (stream), result, &length, &error))
    return_answer (task, g_task_get_task_data (task), length);
  else
    g_task_return_error (task, error);
}

static void
on_sent (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Post *post = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (session), result, &error);

  if (!stream) {
    g_task_return_error (task, error);
    return;
  }
  g_input_stream_read_all_async (
      stream, post->body, MAX_BODY, G_PRIORITY_DEFAULT, post->cancellable, on_read, g_steal_pointer (&task));
}

GUri *
call_rest_build_uri (GUri *server, const char *path, const char *query)
{
  g_autofree char *prefix = g_strdup (g_uri_get_path (server));
  g_autofree char *full = NULL;
  gsize length = strlen (prefix);

  while (length > 0 && prefix[length - 1] == '/')
    prefix[--length] = 0;
  full = g_strconcat (prefix, path, NULL);
  return g_uri_build (G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY, g_uri_get_scheme (server), NULL,
      g_uri_get_host (server), g_uri_get_port (server), full, query, NULL);
}

void
call_rest_end_async (SoupSession *session, GUri *server, const char *token, const char *call_id, guint timeout_ms,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Post *post = g_new0 (Post, 1);
  g_autofree char *id = g_uri_escape_string (call_id, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/api/calls/%s/end", id);
  g_autofree char *authorization = g_strconcat ("Bearer ", token, NULL);
  g_autoptr (GUri) uri = call_rest_build_uri (server, path, NULL);

  g_task_set_task_data (task, post, post_free);
  post->message = soup_message_new_from_uri (SOUP_METHOD_POST, uri);
  soup_message_add_flags (post->message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_append (soup_message_get_request_headers (post->message), "Authorization", authorization);
  post->cancellable = g_cancellable_new ();
  post->caller = cancellable ? g_object_ref (cancellable) : NULL;
  post->caller_handler = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled), post->cancellable, NULL);
  post->timer = g_timeout_source_new (timeout_ms);
  g_source_set_callback (post->timer, on_timeout, post->cancellable, NULL);
  g_source_attach (post->timer, g_task_get_context (task));
  soup_session_send_async (session, post->message, G_PRIORITY_DEFAULT, post->cancellable, on_sent, task);
}

CallMessage *
call_rest_end_finish (SoupSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
