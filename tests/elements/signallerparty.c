/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/elements/signallerparty.h"

#define WATCHDOG_S 20

typedef struct
{
  gboolean done;
  CallMessage *answer;
  GError *error;
} Answer;

static gpointer
run_watchdog (gpointer data)
{
  g_main_loop_run (data);
  return NULL;
}

/* A thread of its own, so that it also ends a test whose main context hangs. */
static GMainContext *
get_watchdog_context (void)
{
  static GMainContext *context;

  if (g_once_init_enter (&context)) {
    GMainContext *made = g_main_context_new ();
    g_autoptr (GMainLoop) loop = g_main_loop_new (made, FALSE);

    g_thread_unref (g_thread_new ("watchdog", run_watchdog, g_main_loop_ref (loop)));
    g_once_init_leave (&context, made);
  }
  return context;
}

static gboolean
on_watchdog (gpointer what)
{
  g_error ("Waited %d s in vain at %s", WATCHDOG_S, (const char *) what);
  return G_SOURCE_REMOVE;
}

guint
party_watchdog_start (const char *what)
{
  g_autoptr (GSource) source = g_timeout_source_new_seconds (WATCHDOG_S);

  g_source_set_callback (source, on_watchdog, (gpointer) what, NULL);
  return g_source_attach (source, get_watchdog_context ());
}

void
party_watchdog_stop (guint watchdog)
{
  GSource *source = g_main_context_find_source_by_id (get_watchdog_context (), watchdog);

  if (source)
    g_source_destroy (source);
}

static void
on_message (GstCallSignaller *signaller, const CallMessage *message, gpointer user_data)
{
  Party *party = user_data;

  g_queue_push_tail (&party->messages, call_message_copy (message));
}

static void
on_connected (GstCallSignaller *signaller, const char *user, gpointer user_data)
{
  Party *party = user_data;

  g_free (party->user);
  party->user = g_strdup (user);
  party->connected++;
}

static void
on_disconnected (GstCallSignaller *signaller, const GError *error, gpointer user_data)
{
  Party *party = user_data;

  g_clear_error (&party->error);
  party->error = g_error_copy (error);
  party->disconnected++;
}

static void
on_failed (GstCallSignaller *signaller, const GError *error, gpointer user_data)
{
  Party *party = user_data;

  g_clear_error (&party->error);
  party->error = g_error_copy (error);
  party->failed++;
}

Party *
party_new (const char *server, const char *token)
{
  Party *party = g_new0 (Party, 1);
  g_autoptr (GError) error = NULL;

  party->signaller = gst_call_signaller_new (server, token, &error);
  g_assert_no_error (error);
  g_signal_connect (party->signaller, "message", G_CALLBACK (on_message), party);
  g_signal_connect (party->signaller, "connected", G_CALLBACK (on_connected), party);
  g_signal_connect (party->signaller, "disconnected", G_CALLBACK (on_disconnected), party);
  g_signal_connect (party->signaller, "failed", G_CALLBACK (on_failed), party);
  return party;
}

Party *
party_new_started (const char *server, const char *token)
{
  Party *party = party_new (server, token);

  gst_call_signaller_start (party->signaller);
  WAIT_UNTIL (party->connected || party->failed);
  g_assert_no_error (party->error);
  return party;
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

void
party_stop (Party *party)
{
  gboolean stopped = FALSE;
  guint messages = party->messages.length;
  guint words = party->connected + party->disconnected + party->failed;

  gst_call_signaller_stop_async (party->signaller, on_stopped, &stopped);
  g_assert_false (stopped);
  WAIT_UNTIL (stopped);
  while (g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
    ;
  g_assert_cmpuint (party->messages.length, ==, messages);
  g_assert_cmpuint (party->connected + party->disconnected + party->failed, ==, words);
  g_object_add_weak_pointer (G_OBJECT (party->signaller), (gpointer *) &party->signaller);
  g_object_unref (party->signaller);
  g_assert_null (party->signaller);
}

void
party_free (Party *party)
{
  CallMessage *message;

  if (party->signaller)
    party_stop (party);
  while ((message = g_queue_pop_head (&party->messages)))
    call_message_free (message);
  g_clear_error (&party->error);
  g_free (party->user);
  g_free (party);
}

CallMessage *
party_next (Party *party, CallMessageType type)
{
  CallMessage *message;

  WAIT_UNTIL (party->messages.length > 0);
  message = g_queue_pop_head (&party->messages);
  g_assert_cmpstr (call_message_type_to_string (message->type), ==, call_message_type_to_string (type));
  return message;
}

static void
on_answer (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (object), result, &answer->error);
  answer->done = TRUE;
}

CallMessage *
party_request (Party *party, CallMessage *request, GError **error)
{
  Answer answer = {FALSE};

  gst_call_signaller_request_async (party->signaller, request, NULL, on_answer, &answer);
  call_message_free (request);
  g_assert_false (answer.done);
  WAIT_UNTIL (answer.done);
  g_assert_true (!answer.answer != !answer.error);
  if (answer.error)
    g_propagate_error (error, answer.error);
  return answer.answer;
}

CallMessage *
party_request_ok (Party *party, CallMessage *request)
{
  g_autoptr (GError) error = NULL;
  CallMessage *answer = party_request (party, request, &error);

  g_assert_no_error (error);
  g_assert_cmpint (answer->type, ==, CALL_MESSAGE_ANSWER);
  g_assert_true (answer->ok);
  return answer;
}

void
party_request_error (Party *party, CallMessage *request, GstCallSignallerError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = party_request (party, request, &error);

  g_assert_null (answer);
  g_assert_error (error, GST_CALL_SIGNALLER_ERROR, (int) code);
}

CallMessage *
message_start (const char *user, const char *call_type)
{
  CallMessage *message = call_message_new (CALL_MESSAGE_CALL_START);

  message->user_id = g_strdup (user);
  message->call_type = g_strdup (call_type);
  return message;
}

CallMessage *
message_for_call (CallMessageType type, const char *call_id)
{
  CallMessage *message = call_message_new (type);

  message->call_id = g_strdup (call_id);
  return message;
}

CallMessage *
message_description (const char *call_id, const char *sdp_type, const char *sdp)
{
  CallMessage *message = message_for_call (CALL_MESSAGE_CALL_SIGNAL, call_id);

  message->signal.kind = CALL_SIGNAL_DESCRIPTION;
  message->signal.sdp_type = g_strdup (sdp_type);
  message->signal.sdp = g_strdup (sdp);
  return message;
}

CallMessage *
message_candidate (const char *call_id, const char *candidate)
{
  CallMessage *message = message_for_call (CALL_MESSAGE_CALL_SIGNAL, call_id);

  message->signal.kind = CALL_SIGNAL_CANDIDATE;
  message->signal.candidate = g_strdup (candidate);
  message->signal.sdp_mid = g_strdup ("0");
  return message;
}

guint
party_count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir))
    count++;
  return count;
}
