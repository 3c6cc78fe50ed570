/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The signaller without a server. Most cases run on one context, the last one on a thread per party. */

#include "gst/call/calldirectsignaller.h"
#include "tests/elements/signallerparty.h"

#define SERVER "direct://room"
#define THREAD_CALLS 200

/* @caller rings @callee, who is told (transfer full: the call's id). */
static char *
ring (Party *caller, Party *callee)
{
  g_autoptr (CallMessage) started = party_request_ok (caller, message_start ("bob", "video"));
  g_autoptr (CallMessage) incoming = party_next (callee, CALL_MESSAGE_INCOMING_CALL);

  g_assert_cmpstr (started->status, ==, "calling");
  g_assert_true (started->has_media && started->offer);
  g_assert_cmpstr (incoming->call_id, ==, started->call_id);
  g_assert_cmpstr (incoming->call_type, ==, "video");
  g_assert_cmpstr (incoming->caller.id, ==, "alice");
  g_assert_true (incoming->has_media && !incoming->offer);
  return g_strdup (started->call_id);
}

static void
accept_call (Party *caller, Party *callee, const char *id)
{
  g_autoptr (CallMessage) answer = party_request_ok (callee, message_for_call (CALL_MESSAGE_CALL_ACCEPT, id));
  g_autoptr (CallMessage) accepted = party_next (caller, CALL_MESSAGE_CALL_ACCEPTED);

  g_assert_cmpstr (answer->status, ==, "active");
  g_assert_false (answer->offer);
  g_assert_cmpstr (accepted->call_id, ==, id);
  g_assert_cmpstr (accepted->by, ==, "bob");
  g_assert_true (accepted->offer);
}

static void
expect_ended (Party *party, const char *id, const char *reason)
{
  g_autoptr (CallMessage) ended = party_next (party, CALL_MESSAGE_CALL_ENDED);

  g_assert_cmpstr (ended->call_id, ==, id);
  g_assert_cmpstr (ended->reason, ==, reason);
}

static void
end_call (Party *party, const char *id)
{
  g_autoptr (CallMessage) answer = party_request_ok (party, message_for_call (CALL_MESSAGE_CALL_END, id));
}

static void
test_call (void)
{
  Party *alice = party_new_started (SERVER, "alice");
  Party *bob = party_new_started (SERVER, "bob");
  g_autofree char *id = ring (alice, bob);

  g_assert_cmpstr (alice->user, ==, "alice");
  party_request_error (bob, message_candidate (id, "candidate:0"), GST_CALL_SIGNALLER_ERROR_STATE);
  {
    g_autoptr (CallMessage) early = party_request_ok (alice, message_description (id, "offer", "v=0"));

    g_assert_cmpuint (bob->messages.length, ==, 0); /* waits for the device that accepts */
  }
  accept_call (alice, bob, id);
  {
    g_autoptr (CallMessage) more = party_request_ok (alice, message_candidate (id, "candidate:1"));
    g_autoptr (CallMessage) offer = party_next (bob, CALL_MESSAGE_CALL_SIGNAL);
    g_autoptr (CallMessage) candidate = party_next (bob, CALL_MESSAGE_CALL_SIGNAL);

    g_assert_cmpstr (offer->from, ==, "alice");
    g_assert_cmpstr (offer->signal.sdp, ==, "v=0");
    g_assert_cmpstr (candidate->signal.candidate, ==, "candidate:1");
  }
  end_call (bob, id);
  expect_ended (alice, id, "hangup");
  end_call (alice, id); /* an end after an end changes nothing and is no error */
  g_assert_cmpuint (bob->messages.length, ==, 0);
  party_request_error (alice, message_description (id, "offer", "v=0"), GST_CALL_SIGNALLER_ERROR_STATE);
  party_free (alice);
  party_free (bob);
}

static void
test_reject (void)
{
  Party *alice = party_new_started (SERVER, "alice");
  Party *bob = party_new_started (SERVER, "bob");
  g_autofree char *id = ring (alice, bob);
  CallMessage *reject = message_for_call (CALL_MESSAGE_CALL_REJECT, id);
  g_autoptr (CallMessage) answer = NULL;
  g_autoptr (CallMessage) rejected = NULL;

  party_request_error (alice, message_for_call (CALL_MESSAGE_CALL_REJECT, id), GST_CALL_SIGNALLER_ERROR_FORBIDDEN);
  reject->message = g_strdup ("not now");
  answer = party_request_ok (bob, reject);
  g_assert_cmpstr (answer->status, ==, "rejected");
  rejected = party_next (alice, CALL_MESSAGE_CALL_REJECTED);
  g_assert_cmpstr (rejected->reason, ==, "declined");
  g_assert_cmpstr (rejected->message, ==, "not now");
  party_request_error (bob, message_for_call (CALL_MESSAGE_CALL_ACCEPT, id), GST_CALL_SIGNALLER_ERROR_STATE);
  party_free (alice);
  party_free (bob);
}

static void
test_refusals (void)
{
  Party *alice = party_new_started (SERVER, "alice");
  Party *bob = party_new_started (SERVER, "bob");
  Party *carol = party_new_started (SERVER, "carol");
  g_autofree char *id = ring (alice, bob);

  party_request_error (carol, message_start ("bob", "audio"), GST_CALL_SIGNALLER_ERROR_BUSY);
  party_request_error (carol, message_start ("alice", "audio"), GST_CALL_SIGNALLER_ERROR_BUSY);
  party_request_error (alice, message_start ("carol", "audio"), GST_CALL_SIGNALLER_ERROR_BUSY);
  party_request_error (carol, message_start ("dave", "audio"), GST_CALL_SIGNALLER_ERROR_NOT_FOUND);
  party_request_error (carol, message_start ("carol", "audio"), GST_CALL_SIGNALLER_ERROR_REJECTED);
  party_request_error (carol, message_start ("carol", "smell"), GST_CALL_SIGNALLER_ERROR_REJECTED);
  party_request_error (carol, message_start (NULL, "audio"), GST_CALL_SIGNALLER_ERROR_REJECTED);
  party_request_error (carol, message_for_call (CALL_MESSAGE_CALL_END, id), GST_CALL_SIGNALLER_ERROR_FORBIDDEN);
  party_request_error (carol, message_for_call (CALL_MESSAGE_CALL_ACCEPT, id), GST_CALL_SIGNALLER_ERROR_FORBIDDEN);
  party_request_error (carol, message_description (id, "offer", "v=0"), GST_CALL_SIGNALLER_ERROR_FORBIDDEN);
  party_request_error (carol, message_for_call (CALL_MESSAGE_CALL_END, "x"), GST_CALL_SIGNALLER_ERROR_NOT_FOUND);
  party_request_error (carol, message_for_call (CALL_MESSAGE_USER_STATUS, "x"), GST_CALL_SIGNALLER_ERROR_REJECTED);
  g_assert_cmpuint (alice->messages.length + bob->messages.length + carol->messages.length, ==, 0);
  party_free (alice);
  expect_ended (bob, id, "cancelled"); /* the caller went while it rang */
  party_free (carol);
  party_free (bob);
}

static void
test_bad_servers (void)
{
  static const struct
  {
    const char *server;
    const char *token;
    GstCallSignallerError error;
  } rows[] = {
      {NULL, "t", GST_CALL_SIGNALLER_ERROR_ADDRESS},
      {"", "t", GST_CALL_SIGNALLER_ERROR_ADDRESS},
      {"localhost:8080", "t", GST_CALL_SIGNALLER_ERROR_ADDRESS},
      {"ftp://localhost", "t", GST_CALL_SIGNALLER_ERROR_ADDRESS},
      {"http://", "t", GST_CALL_SIGNALLER_ERROR_ADDRESS},
      {"http://host:99999", "t", GST_CALL_SIGNALLER_ERROR_ADDRESS},
      {"direct://", "t", GST_CALL_SIGNALLER_ERROR_ADDRESS},
      {"http://127.0.0.1", NULL, GST_CALL_SIGNALLER_ERROR_TOKEN},
      {"http://127.0.0.1", " \n", GST_CALL_SIGNALLER_ERROR_TOKEN},
      {"http://127.0.0.1", "a b", GST_CALL_SIGNALLER_ERROR_TOKEN},
      {"http://127.0.0.1", "a\r\nX: y", GST_CALL_SIGNALLER_ERROR_TOKEN},
      {"http://127.0.0.1", "a\"b", GST_CALL_SIGNALLER_ERROR_TOKEN},
      {"http://127.0.0.1", "\xc3\xa9", GST_CALL_SIGNALLER_ERROR_TOKEN},
      {"direct://room", "", GST_CALL_SIGNALLER_ERROR_TOKEN},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (gst_call_signaller_new (rows[i].server, rows[i].token, &error));
    g_assert_error (error, GST_CALL_SIGNALLER_ERROR, (int) rows[i].error);
  }
}

static void
test_devices (void)
{
  Party *alice = party_new_started (SERVER, "alice");
  Party *bob = party_new_started (SERVER, "bob");
  Party *phone = party_new_started (SERVER, "bob");
  g_autofree char *id = ring (alice, bob);
  g_autoptr (CallMessage) incoming = party_next (phone, CALL_MESSAGE_INCOMING_CALL);
  g_autoptr (CallMessage) sent = NULL;
  g_autoptr (CallMessage) signal = NULL;

  accept_call (alice, phone, id);
  expect_ended (bob, id, "answered-elsewhere");
  party_request_error (bob, message_for_call (CALL_MESSAGE_CALL_ACCEPT, id), GST_CALL_SIGNALLER_ERROR_STATE);
  sent = party_request_ok (alice, message_candidate (id, "candidate:2"));
  signal = party_next (phone, CALL_MESSAGE_CALL_SIGNAL);
  end_call (alice, id);
  expect_ended (phone, id, "hangup");
  g_assert_cmpuint (bob->messages.length, ==, 0);
  party_free (alice);
  party_free (bob);
  party_free (phone);
}

static void
test_offline (void)
{
  Party *alice = party_new_started (SERVER, "alice");
  Party *bob = party_new_started (SERVER, "bob");
  g_autoptr (CallMessage) started = NULL;
  g_autoptr (CallMessage) offline = NULL;
  g_autoptr (CallMessage) again = NULL;
  g_autoptr (CallMessage) incoming = NULL;
  g_autofree char *id = NULL;

  gst_call_direct_signaller_set_ring_timeout (GST_CALL_DIRECT_SIGNALLER (alice->signaller), 50);
  id = ring (alice, bob);
  expect_ended (alice, id, "timeout");
  expect_ended (bob, id, "timeout");
  party_free (bob);
  started = party_request_ok (alice, message_start ("bob", "audio"));
  offline = party_next (alice, CALL_MESSAGE_USER_OFFLINE);
  g_assert_cmpstr (offline->user_id, ==, "bob");
  expect_ended (alice, started->call_id, "offline");
  gst_call_direct_signaller_set_ring_timeout (GST_CALL_DIRECT_SIGNALLER (alice->signaller), 30000);
  again = party_request_ok (alice, message_start ("bob", "audio"));
  bob = party_new_started (SERVER, "bob");
  incoming = party_next (bob, CALL_MESSAGE_INCOMING_CALL); /* it still rings */
  g_assert_cmpstr (incoming->call_id, ==, again->call_id);
  party_free (bob);
  party_free (alice);
}

/* Both call each other: one call. */
static void
test_crossed (void)
{
  Party *alice = party_new_started (SERVER, "alice");
  Party *bob = party_new_started (SERVER, "bob");
  g_autofree char *id = ring (alice, bob);
  g_autoptr (CallMessage) answer = party_request_ok (bob, message_start ("alice", "video"));
  g_autoptr (CallMessage) accepted = party_next (alice, CALL_MESSAGE_CALL_ACCEPTED);

  g_assert_cmpstr (answer->call_id, ==, id);
  g_assert_cmpstr (answer->status, ==, "active");
  g_assert_false (answer->offer);
  g_assert_true (accepted->offer);
  party_free (alice);
  party_free (bob);
}

/* Bob's process goes in the middle of a call and comes back; then both go and the call is over. */
static void
test_comes_back (void)
{
  Party *alice = party_new_started (SERVER, "alice");
  Party *bob = party_new_started (SERVER, "bob");
  g_autofree char *id = ring (alice, bob);
  g_autoptr (CallMessage) active = NULL;
  g_autoptr (CallMessage) none = NULL;
  g_autoptr (CallMessage) sent = NULL;
  g_autoptr (CallMessage) signal = NULL;
  CallMessage *row;

  accept_call (alice, bob, id);
  party_free (bob);
  sent = party_request_ok (alice, message_candidate (id, "candidate:1"));
  bob = party_new_started (SERVER, "bob");
  signal = party_next (bob, CALL_MESSAGE_CALL_SIGNAL);
  g_assert_cmpstr (signal->signal.candidate, ==, "candidate:1");
  active = party_request_ok (bob, call_message_new (CALL_MESSAGE_CALL_ACTIVE));
  g_assert_cmpuint (active->calls->len, ==, 1);
  row = g_ptr_array_index (active->calls, 0);
  g_assert_cmpstr (row->call_id, ==, id);
  g_assert_cmpstr (row->status, ==, "active");
  g_assert_cmpstr (row->caller.id, ==, "alice");
  g_assert_cmpstr (row->receiver.id, ==, "bob");
  g_assert_false (row->offer);
  g_assert_cmpuint (alice->messages.length, ==, 0);
  {
    Party *carol = party_new_started (SERVER, "carol"); /* keeps the room */

    party_free (alice);
    party_free (bob);
    alice = party_new_started (SERVER, "alice");
    none = party_request_ok (alice, call_message_new (CALL_MESSAGE_CALL_ACTIVE));
    g_assert_cmpuint (none->calls->len, ==, 0);
    party_free (carol);
  }
  party_free (alice);
}

typedef struct
{
  guint cancelled;
  guint done;
} Count;

static void
on_counted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Count *count = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (object), result, &error);

  count->done++;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    count->cancelled++;
}

static void
test_stop_with_pending (void)
{
  Party *alice = party_new_started (SERVER, "alice");
  Party *bob = party_new_started (SERVER, "bob");
  g_autoptr (CallMessage) start = message_start ("bob", "audio");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Count count = {0};
  Party *late;

  gst_call_signaller_request_async (bob->signaller, start, cancellable, on_counted, &count);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (count.done == 1);
  g_assert_cmpuint (count.cancelled, ==, 1);
  gst_call_signaller_request_async (alice->signaller, start, NULL, on_counted, &count);
  gst_call_signaller_request_async (alice->signaller, start, NULL, on_counted, &count);
  party_stop (alice);
  g_assert_cmpuint (count.done, ==, 3);
  g_assert_cmpuint (count.cancelled, ==, 3);
  late = party_new (SERVER, "late");
  party_request_error (late, message_start ("bob", "audio"), GST_CALL_SIGNALLER_ERROR_DISCONNECTED);
  party_free (late);
  party_free (alice);
  party_free (bob);
}

/* Two devices accept at the same moment, each on its own thread: one wins, the other is told so. */
typedef struct
{
  GMutex mutex;
  GCond cond;
  guint ready;
  gboolean go;
  const char *id;
  gint won;
  gint lost;
} Race;

static gpointer
run_device (gpointer data)
{
  Race *race = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  Party *bob;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = NULL;

  g_main_context_push_thread_default (context);
  bob = party_new_started (SERVER, "bob");
  g_mutex_lock (&race->mutex);
  race->ready++;
  g_cond_broadcast (&race->cond);
  while (!race->go)
    g_cond_wait (&race->cond, &race->mutex);
  g_mutex_unlock (&race->mutex);
  answer = party_request (bob, message_for_call (CALL_MESSAGE_CALL_ACCEPT, race->id), &error);
  if (!answer)
    g_assert_error (error, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_STATE);
  g_atomic_int_inc (answer ? &race->won : &race->lost);
  party_free (bob);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_accept_race (void)
{
  for (guint round = 0; round < 50; round++) {
    Race race = {.ready = 0};
    Party *alice = party_new_started (SERVER, "alice");
    GThread *threads[2];
    g_autoptr (CallMessage) started = NULL;
    g_autoptr (CallMessage) accepted = NULL;

    g_mutex_init (&race.mutex);
    g_cond_init (&race.cond);
    for (guint i = 0; i < 2; i++)
      threads[i] = g_thread_new ("device", run_device, &race);
    g_mutex_lock (&race.mutex);
    while (race.ready < 2)
      g_cond_wait (&race.cond, &race.mutex);
    g_mutex_unlock (&race.mutex);
    started = party_request_ok (alice, message_start ("bob", "audio"));
    g_mutex_lock (&race.mutex);
    race.id = started->call_id;
    race.go = TRUE;
    g_cond_broadcast (&race.cond);
    g_mutex_unlock (&race.mutex);
    for (guint i = 0; i < 2; i++)
      g_thread_join (threads[i]);
    g_assert_cmpint (race.won, ==, 1);
    g_assert_cmpint (race.lost, ==, 1);
    accepted = party_next (alice, CALL_MESSAGE_CALL_ACCEPTED);
    g_assert_cmpuint (alice->messages.length, ==, 0);
    party_free (alice);
    g_mutex_clear (&race.mutex);
    g_cond_clear (&race.cond);
  }
}

static gpointer
run_answerer (gpointer data)
{
  gint *ready = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  Party *bob;

  g_main_context_push_thread_default (context);
  bob = party_new_started (SERVER, "bob");
  g_atomic_int_set (ready, 1);
  for (guint i = 0; i < THREAD_CALLS; i++) {
    g_autoptr (CallMessage) incoming = party_next (bob, CALL_MESSAGE_INCOMING_CALL);
    g_autoptr (CallMessage) answer =
        party_request_ok (bob, message_for_call (CALL_MESSAGE_CALL_ACCEPT, incoming->call_id));
    g_autoptr (CallMessage) offer = party_next (bob, CALL_MESSAGE_CALL_SIGNAL);
    g_autoptr (CallMessage) sent =
        party_request_ok (bob, message_description (incoming->call_id, "answer", offer->signal.sdp));

    g_assert_cmpstr (offer->call_id, ==, incoming->call_id);
    expect_ended (bob, incoming->call_id, "hangup");
  }
  party_free (bob);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_threads (void)
{
  gint ready = 0;
  GThread *thread = g_thread_new ("bob", run_answerer, &ready);
  Party *alice = party_new_started (SERVER, "alice");

  while (!g_atomic_int_get (&ready))
    g_thread_yield ();
  for (guint i = 0; i < THREAD_CALLS; i++) {
    g_autofree char *sdp = g_strdup_printf ("v=%u", i);
    g_autoptr (CallMessage) started = party_request_ok (alice, message_start ("bob", "audio"));
    g_autoptr (CallMessage) accepted = party_next (alice, CALL_MESSAGE_CALL_ACCEPTED);
    g_autoptr (CallMessage) sent = party_request_ok (alice, message_description (started->call_id, "offer", sdp));
    g_autoptr (CallMessage) answer = party_next (alice, CALL_MESSAGE_CALL_SIGNAL);

    g_assert_cmpstr (answer->signal.sdp, ==, sdp);
    end_call (alice, started->call_id);
  }
  g_thread_join (thread);
  party_free (alice);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signaller/direct/call", test_call);
  g_test_add_func ("/signaller/direct/reject", test_reject);
  g_test_add_func ("/signaller/direct/refusals", test_refusals);
  g_test_add_func ("/signaller/direct/bad-servers", test_bad_servers);
  g_test_add_func ("/signaller/direct/devices", test_devices);
  g_test_add_func ("/signaller/direct/offline", test_offline);
  g_test_add_func ("/signaller/direct/crossed", test_crossed);
  g_test_add_func ("/signaller/direct/comes-back", test_comes_back);
  g_test_add_func ("/signaller/direct/stop-with-pending", test_stop_with_pending);
  g_test_add_func ("/signaller/direct/accept-race", test_accept_race);
  g_test_add_func ("/signaller/direct/threads", test_threads);
  return g_test_run ();
}
