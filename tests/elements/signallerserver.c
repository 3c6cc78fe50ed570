/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The client of gst-call-server, against the real one. */

#include "gst/call/callserversignaller.h"
#include "tests/elements/serverprocess.h"
#include "tests/elements/signallerparty.h"
#include "tests/elements/signallerproxy.h"

#define CANDIDATES 40
#define CONNECTIONS 50

typedef struct
{
  guint done;
  guint ok;
  GError *error; /* the last one */
} Count;

static void
on_counted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Count *count = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (object), result, &error);

  count->done++;
  count->ok += answer != NULL;
  if (error) {
    g_clear_error (&count->error);
    count->error = g_steal_pointer (&error);
  }
}

/* Takes @request and does not wait. */
static void
send_counted (Party *party, CallMessage *request, Count *count)
{
  gst_call_signaller_request_async (party->signaller, request, NULL, on_counted, count);
  call_message_free (request);
}

static Party *
connect_user (ServerProcess *server, const char *user)
{
  g_autofree char *token = server_process_token (server, user, 600);

  return party_new_started (server->url, token);
}

/* The next message that is not about presence. */
static CallMessage *
next_message (Party *party, CallMessageType type)
{
  for (;;) {
    CallMessage *message;

    WAIT_UNTIL (party->messages.length > 0);
    message = g_queue_peek_head (&party->messages);
    if (message->type != CALL_MESSAGE_USER_STATUS)
      return party_next (party, type);
    call_message_free (g_queue_pop_head (&party->messages));
  }
}

/* transfer full: the id of a call that alice started and bob took. */
static char *
set_up_call (Party *alice, Party *bob)
{
  g_autoptr (CallMessage) started = party_request_ok (alice, message_start ("bob", "video"));
  g_autoptr (CallMessage) incoming = next_message (bob, CALL_MESSAGE_INCOMING_CALL);
  g_autoptr (CallMessage) answer =
      party_request_ok (bob, message_for_call (CALL_MESSAGE_CALL_ACCEPT, started->call_id));
  g_autoptr (CallMessage) accepted = next_message (alice, CALL_MESSAGE_CALL_ACCEPTED);

  g_assert_cmpstr (started->status, ==, "calling");
  g_assert_true (started->has_media && started->offer);
  g_assert_cmpstr (incoming->call_id, ==, started->call_id);
  g_assert_cmpstr (incoming->caller.id, ==, "alice");
  g_assert_cmpstr (incoming->call_type, ==, "video");
  g_assert_cmpstr (answer->status, ==, "active");
  g_assert_false (answer->offer);
  g_assert_cmpstr (accepted->call_id, ==, started->call_id);
  return g_strdup (started->call_id);
}

static void
send_candidates (Party *party, const char *id, Count *count)
{
  for (guint i = 0; i < CANDIDATES; i++) {
    g_autofree char *candidate = g_strdup_printf ("candidate:%u", i);

    send_counted (party, message_candidate (id, candidate), count);
  }
}

static void
expect_candidates (Party *party)
{
  for (guint i = 0; i < CANDIDATES; i++) {
    g_autofree char *candidate = g_strdup_printf ("candidate:%u", i);
    g_autoptr (CallMessage) signal = next_message (party, CALL_MESSAGE_CALL_SIGNAL);

    g_assert_cmpstr (signal->from, ==, "alice");
    g_assert_cmpstr (signal->signal.candidate, ==, candidate);
  }
}

static void
expect_ended (Party *party, const char *id, const char *reason)
{
  g_autoptr (CallMessage) ended = next_message (party, CALL_MESSAGE_CALL_ENDED);

  g_assert_cmpstr (ended->call_id, ==, id);
  g_assert_cmpstr (ended->reason, ==, reason);
}

static void
test_call (void)
{
  ServerProcess *server = server_process_new ();
  Party *alice = connect_user (server, "alice");
  Party *bob = connect_user (server, "bob");
  g_autofree char *id = set_up_call (alice, bob);
  Count count = {0};

  g_assert_cmpstr (alice->user, ==, "alice");
  {
    g_autoptr (CallMessage) sent = party_request_ok (alice, message_description (id, "offer", "v=0\r\n"));
    g_autoptr (CallMessage) offer = next_message (bob, CALL_MESSAGE_CALL_SIGNAL);
    g_autoptr (CallMessage) active = party_request_ok (bob, call_message_new (CALL_MESSAGE_CALL_ACTIVE));

    g_assert_cmpstr (offer->signal.sdp_type, ==, "offer");
    g_assert_cmpstr (offer->signal.sdp, ==, "v=0\r\n");
    g_assert_cmpuint (active->calls->len, ==, 1);
    g_assert_cmpstr (((CallMessage *) g_ptr_array_index (active->calls, 0))->call_id, ==, id);
  }
  send_candidates (alice, id, &count);
  expect_candidates (bob);
  WAIT_UNTIL (count.done == CANDIDATES);
  g_assert_cmpuint (count.ok, ==, CANDIDATES);
  {
    g_autoptr (CallMessage) ended = party_request_ok (bob, message_for_call (CALL_MESSAGE_CALL_END, id));

    g_assert_cmpstr (ended->status, ==, "ended");
    expect_ended (alice, id, "hangup");
  }
  party_free (alice);
  party_free (bob);
  server_process_free (server);
}

static void
test_refusals (void)
{
  ServerProcess *server = server_process_new ();
  Party *alice = connect_user (server, "alice");
  Party *bob = connect_user (server, "bob");
  Party *carol = connect_user (server, "carol");
  g_autofree char *id = set_up_call (alice, bob);

  party_request_error (carol, message_start ("nobody", "audio"), GST_CALL_SIGNALLER_ERROR_NOT_FOUND);
  party_request_error (carol, message_start ("carol", "audio"), GST_CALL_SIGNALLER_ERROR_REJECTED);
  party_request_error (carol, message_start ("bob", "smell"), GST_CALL_SIGNALLER_ERROR_REJECTED);
  party_request_error (carol, message_start ("bob", "audio"), GST_CALL_SIGNALLER_ERROR_BUSY);
  party_request_error (carol, message_for_call (CALL_MESSAGE_CALL_END, "x"), GST_CALL_SIGNALLER_ERROR_NOT_FOUND);
  party_request_error (carol, message_for_call (CALL_MESSAGE_CALL_ACCEPT, id), GST_CALL_SIGNALLER_ERROR_FORBIDDEN);
  party_request_error (carol, message_candidate (id, "candidate:1"), GST_CALL_SIGNALLER_ERROR_FORBIDDEN);
  party_request_error (bob, message_for_call (CALL_MESSAGE_CALL_ACCEPT, id), GST_CALL_SIGNALLER_ERROR_STATE);
  party_free (alice);
  party_free (bob);
  party_free (carol);
  server_process_free (server);
}

/* Killed in the middle of a call and started again: both come back by themselves, what was said meanwhile arrives in
 * its order, the call is still there and can be ended. */
static void
test_server_killed (void)
{
  ServerProcess *server = server_process_new ();
  Party *alice = connect_user (server, "alice");
  Party *bob = connect_user (server, "bob");
  g_autofree char *id = set_up_call (alice, bob);
  Count count = {0};

  server_process_kill (server);
  WAIT_UNTIL (alice->disconnected && bob->disconnected);
  g_assert_error (alice->error, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_DISCONNECTED);
  send_candidates (alice, id, &count);
  g_assert_cmpuint (count.done, ==, 0);
  server_process_start (server);
  WAIT_UNTIL (alice->connected == 2 && bob->connected == 2);
  g_assert_cmpuint (alice->disconnected, ==, 1);
  g_assert_cmpuint (bob->disconnected, ==, 1);
  expect_candidates (bob);
  WAIT_UNTIL (count.done == CANDIDATES);
  g_assert_cmpuint (count.ok, ==, CANDIDATES);
  g_clear_error (&count.error);

  server_process_kill (server); /* and an end while it is down, which waits for it */
  WAIT_UNTIL (alice->disconnected == 2 && bob->disconnected == 2);
  send_counted (alice, message_for_call (CALL_MESSAGE_CALL_END, id), &count);
  server_process_start (server);
  WAIT_UNTIL (alice->connected == 3 && bob->connected == 3);
  WAIT_UNTIL (count.done == CANDIDATES + 1);
  g_assert_cmpuint (count.ok, ==, CANDIDATES + 1);
  {
    g_autoptr (CallMessage) active = party_request_ok (bob, call_message_new (CALL_MESSAGE_CALL_ACTIVE));

    g_assert_cmpuint (active->calls->len, ==, 0);
  }
  g_assert_cmpuint (alice->failed + bob->failed, ==, 0);
  party_free (alice);
  party_free (bob);
  server_process_free (server);
}

/* The websocket is cut and cannot be had again, HTTP can: the end goes by REST. */
static void
test_end_by_rest (void)
{
  ServerProcess *server = server_process_new ();
  SignallerProxy *proxy = signaller_proxy_new (server->url);
  g_autofree char *token = server_process_token (server, "alice", 600);
  Party *alice = party_new_started (proxy->url, token);
  Party *bob = connect_user (server, "bob");
  g_autofree char *id = set_up_call (alice, bob);

  proxy->refuse_sockets = TRUE;
  signaller_proxy_cut (proxy);
  WAIT_UNTIL (alice->disconnected == 1);
  {
    g_autoptr (CallMessage) ended = party_request_ok (alice, message_for_call (CALL_MESSAGE_CALL_END, id));
    g_autoptr (CallMessage) again = party_request_ok (alice, message_for_call (CALL_MESSAGE_CALL_END, id));

    g_assert_cmpstr (ended->status, ==, "ended");
  }
  expect_ended (bob, id, "hangup");
  party_request_error (alice, message_for_call (CALL_MESSAGE_CALL_END, "../x"), GST_CALL_SIGNALLER_ERROR_NOT_FOUND);
  g_assert_cmpuint (alice->connected, ==, 1);
  proxy->refuse_sockets = FALSE;
  WAIT_UNTIL (alice->connected == 2);
  g_assert_cmpuint (alice->disconnected, ==, 1);
  party_free (alice);
  party_free (bob);
  signaller_proxy_free (proxy);
  server_process_free (server);
}

/* The network swallows everything: requests fail in their time, a call-end is told that it is late and still gets
 * through, at most 64 signals wait, what was under way when the socket is cut fails or is sent again. */
static void
test_no_answers (void)
{
  GstCallServerSignallerTimes times = gst_call_server_signaller_default_times;
  ServerProcess *server = server_process_new ();
  SignallerProxy *proxy = signaller_proxy_new (server->url);
  g_autofree char *token = server_process_token (server, "alice", 600);
  Party *alice = party_new (proxy->url, token);
  Party *bob = connect_user (server, "bob");
  g_autofree char *id = NULL;
  Count starts = {0}, signals = {0};

  times.request = 200;
  gst_call_server_signaller_set_times (GST_CALL_SERVER_SIGNALLER (alice->signaller), &times);
  gst_call_signaller_start (alice->signaller);
  WAIT_UNTIL (alice->connected == 1);
  id = set_up_call (alice, bob);
  proxy->swallow = TRUE;
  party_request_error (alice, message_start ("bob", "audio"), GST_CALL_SIGNALLER_ERROR_DISCONNECTED);
  party_request_error (alice, message_for_call (CALL_MESSAGE_CALL_END, id), GST_CALL_SIGNALLER_ERROR_DISCONNECTED);
  send_counted (alice, message_start ("bob", "audio"), &starts);
  send_counted (alice, message_candidate (id, "candidate:0"), &signals);
  proxy->refuse_sockets = TRUE;
  signaller_proxy_cut (proxy);
  WAIT_UNTIL (alice->disconnected == 1);
  WAIT_UNTIL (starts.done == 1);
  g_assert_error (starts.error, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_DISCONNECTED);
  g_assert_cmpuint (signals.done, ==, 0);
  for (guint i = 0; i < 70; i++)
    send_counted (alice, message_candidate (id, "candidate:0"), &signals);
  WAIT_UNTIL (signals.done > 0);
  g_assert_cmpuint (signals.done, >=, 7);
  g_assert_cmpuint (signals.done, <=, 9);
  g_assert_error (signals.error, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_DISCONNECTED);
  proxy->swallow = FALSE;
  proxy->refuse_sockets = FALSE;
  WAIT_UNTIL (alice->connected == 2);
  expect_ended (bob, id, "hangup"); /* the late one */
  WAIT_UNTIL (signals.done == 71);
  g_clear_error (&starts.error);
  g_clear_error (&signals.error);
  party_free (alice);
  party_free (bob);
  signaller_proxy_free (proxy);
  server_process_free (server);
}

static void
expect_failed (const char *url, const char *token, GstCallSignallerError code, const char *words)
{
  Party *party = party_new (url, token);
  gint64 start = g_get_monotonic_time ();
  Count count = {0};

  gst_call_signaller_start (party->signaller);
  send_counted (party, message_start ("bob", "audio"), &count);
  WAIT_UNTIL (party->failed || party->connected);
  g_assert_cmpuint (party->connected + party->disconnected, ==, 0);
  g_assert_error (party->error, GST_CALL_SIGNALLER_ERROR, (int) code);
  g_test_message ("%s", party->error->message);
  if (!strstr (party->error->message, words))
    g_error ("\"%s\" has no \"%s\"", party->error->message, words);
  g_assert_null (strstr (party->error->message, token));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  WAIT_UNTIL (count.done == 1);
  g_assert_error (count.error, GST_CALL_SIGNALLER_ERROR, (int) code);
  party_request_error (party, message_start ("bob", "audio"), code);
  g_clear_error (&count.error);
  party_free (party);
}

static void
test_bad_tokens (void)
{
  ServerProcess *server = server_process_new ();
  g_autofree char *expired = server_process_token (server, "alice", -60);
  g_autofree char *forged = test_token_new ("fedcba9876543210fedcba9876543210", "alice", 600);
  g_autofree char *good = server_process_token (server, "alice", 600);
  g_autofree char *cut = g_strndup (good, strlen (good) / 2);

  expect_failed (server->url, expired, GST_CALL_SIGNALLER_ERROR_TOKEN, "expired");
  expect_failed (server->url, forged, GST_CALL_SIGNALLER_ERROR_TOKEN, "not made by this server");
  expect_failed (server->url, cut, GST_CALL_SIGNALLER_ERROR_TOKEN, "refuses the token");
  expect_failed (server->url, "xyz", GST_CALL_SIGNALLER_ERROR_TOKEN, "refuses the token");
  server_process_free (server);
}

/* The token runs out while the server is away. */
static void
test_token_runs_out (void)
{
  ServerProcess *server = server_process_new ();
  g_autofree char *token = server_process_token (server, "alice", 2);
  gint64 expires = (g_get_real_time () / G_USEC_PER_SEC + 3) * G_USEC_PER_SEC;
  Party *alice = party_new_started (server->url, token);

  server_process_kill (server);
  WAIT_UNTIL (alice->disconnected);
  WAIT_UNTIL (g_get_real_time () > expires); /* its attempts keep the context going */
  g_assert_cmpuint (alice->failed, ==, 0);
  server_process_start (server);
  WAIT_UNTIL (alice->failed);
  g_assert_error (alice->error, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_TOKEN);
  g_assert_cmpuint (alice->connected, ==, 1);
  party_free (alice);
  server_process_free (server);
}

static void
test_bad_addresses (void)
{
  ServerProcess *server = server_process_new ();
  g_autofree char *token = server_process_token (server, "alice", 600);
  g_autofree char *tls = g_strconcat ("https://", server->url + strlen ("http://"), NULL);
  g_autofree char *path = g_strconcat (server->url, "/elsewhere", NULL);

  expect_failed (tls, token, GST_CALL_SIGNALLER_ERROR_TLS, "http://");
  expect_failed (path, token, GST_CALL_SIGNALLER_ERROR_PROTOCOL, "404");
  server_process_kill (server);
  expect_failed (server->url, token, GST_CALL_SIGNALLER_ERROR_ADDRESS, "Nothing listens at http://127.0.0.1:");
  expect_failed ("http://nobody.invalid:8080", token, GST_CALL_SIGNALLER_ERROR_ADDRESS, "nobody.invalid");
  server_process_free (server);
}

/* At every moment of a connection's life. */
static void
test_stop (void)
{
  ServerProcess *server = server_process_new ();
  g_autofree char *token = server_process_token (server, "alice", 600);
  Party *bob = connect_user (server, "bob");
  Party *alice = party_new (server->url, token);
  Count count = {0};

  party_free (alice); /* never started */
  for (guint turns = 0; turns < 30; turns++) {
    alice = party_new (server->url, token);
    gst_call_signaller_start (alice->signaller);
    send_counted (alice, message_start ("bob", "audio"), &count);
    for (guint i = 0; i < turns; i++)
      g_main_context_iteration (NULL, FALSE);
    party_free (alice);
    g_assert_cmpuint (count.done, ==, turns + 1);
  }
  alice = party_new_started (server->url, token);
  server_process_kill (server);
  WAIT_UNTIL (alice->disconnected);
  party_free (alice); /* between two attempts */
  party_free (bob);
  g_clear_error (&count.error);
  server_process_free (server);
}

static void
test_leaks_no_fds (void)
{
  ServerProcess *server = server_process_new ();
  guint before = 0;

  for (guint i = 0; i < CONNECTIONS; i++) {
    Party *party = connect_user (server, "alice");

    party_free (party);
    if (i == 4)
      before = party_count_fds ();
  }
  g_assert_cmpuint (party_count_fds (), ==, before);
  server_process_free (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signaller/server/call", test_call);
  g_test_add_func ("/signaller/server/refusals", test_refusals);
  g_test_add_func ("/signaller/server/killed", test_server_killed);
  g_test_add_func ("/signaller/server/end-by-rest", test_end_by_rest);
  g_test_add_func ("/signaller/server/no-answers", test_no_answers);
  g_test_add_func ("/signaller/server/bad-tokens", test_bad_tokens);
  g_test_add_func ("/signaller/server/token-runs-out", test_token_runs_out);
  g_test_add_func ("/signaller/server/bad-addresses", test_bad_addresses);
  g_test_add_func ("/signaller/server/stop", test_stop);
  g_test_add_func ("/signaller/server/leaks-no-fds", test_leaks_no_fds);
  return g_test_run ();
}
