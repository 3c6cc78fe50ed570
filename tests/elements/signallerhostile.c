/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The client of gst-call-server, against what is none: a port that answers rubbish, and websockets that speak another
 * language. Each must end in one "failed" with a reason, in bounded time, with nothing left open. */

#include "gst/call/callserversignaller.h"
#include "tests/elements/fakeserver.h"
#include "tests/elements/signallerparty.h"
#include "tests/elements/signallerproxy.h"

#include <libsoup/soup.h>
#include <string.h>

#define TOKEN "aaaa.bbbb.cccc"
#define HASTY_HANDSHAKE                                                                                                \
  "0{\"sid\":\"x\",\"upgrades\":[],\"pingInterval\":100,\"pingTimeout\":100,\"maxPayload\":1000000}"
#define CONNECT_TIME_MS 10000
#define SHORT_CONNECT_TIME_MS 300 /* where nothing comes */
#define GOODBYE_TIME_MS 200

/* ---- ports ---- */

typedef enum
{
  PORT_SAYS,         /* its text, then closes */
  PORT_CLOSES,       /* at once */
  PORT_SILENT,       /* takes everything, says nothing */
  PORT_ENDLESS_LINE, /* a header that does not end */
  PORT_ENDLESS_HEADERS
} PortKind;

typedef struct
{
  const char *name;
  PortKind kind;
  const char *text;
  const char *scheme;
  GstCallSignallerError error;
  const char *words; /* of the message */
} PortRow;

static const PortRow port_rows[] = {
    {"rubbish", PORT_SAYS, "\x01\x02rubbish\r\n\r\n", "http", GST_CALL_SIGNALLER_ERROR_PROTOCOL, "no call server"},
    {"ssh", PORT_SAYS, "SSH-2.0-OpenSSH_9.2\r\n", "http", GST_CALL_SIGNALLER_ERROR_PROTOCOL, "no call server"},
    {"tls-alert", PORT_SAYS, "\x15\x03\x01\x00\x02\x02\x46", "http", GST_CALL_SIGNALLER_ERROR_PROTOCOL, "https://"},
    {"not-found", PORT_SAYS, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "http",
        GST_CALL_SIGNALLER_ERROR_PROTOCOL, "HTTP 404"},
    {"web-page", PORT_SAYS, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "http",
        GST_CALL_SIGNALLER_ERROR_PROTOCOL, "HTTP 200"},
    {"moved", PORT_SAYS, "HTTP/1.1 301 Moved\r\nLocation: https://elsewhere/\r\nContent-Length: 0\r\n\r\n", "http",
        GST_CALL_SIGNALLER_ERROR_PROTOCOL, "https://elsewhere/"},
    {"false-switch", PORT_SAYS,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: AAAA\r\n\r\n",
        "http", GST_CALL_SIGNALLER_ERROR_PROTOCOL, "no call server"},
    {"closes", PORT_CLOSES, NULL, "http", GST_CALL_SIGNALLER_ERROR_PROTOCOL, "no call server"},
    {"silent", PORT_SILENT, NULL, "http", GST_CALL_SIGNALLER_ERROR_PROTOCOL, "does not answer as"},
    {"endless-line", PORT_ENDLESS_LINE, "HTTP/1.1 200 OK\r\nX: ", "http", GST_CALL_SIGNALLER_ERROR_PROTOCOL,
        "no call server"},
    {"endless-headers", PORT_ENDLESS_HEADERS, "HTTP/1.1 200 OK\r\n", "http", GST_CALL_SIGNALLER_ERROR_PROTOCOL,
        "no call server"},
    {"tls-to-rubbish", PORT_SAYS, "rubbish\r\n\r\n", "https", GST_CALL_SIGNALLER_ERROR_TLS, "http://"},
    {"tls-closes", PORT_CLOSES, NULL, "https", GST_CALL_SIGNALLER_ERROR_TLS, "http://"},
    {"tls-silent", PORT_SILENT, NULL, "https", GST_CALL_SIGNALLER_ERROR_PROTOCOL, "does not answer as"},
};

typedef struct
{
  const PortRow *row;
  gint held; /* connections that are open */
} Port;

/* On a thread of its own: it may write as long as the client reads. */
static gboolean
on_port_connection (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  Port *port = user_data;
  const PortRow *row = port->row;
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char bytes[4096];
  gboolean more = row->kind != PORT_CLOSES && g_input_stream_read (input, bytes, sizeof bytes, NULL, NULL) > 0;

  g_atomic_int_inc (&port->held);
  if (more && row->text)
    more = g_output_stream_write_all (output, row->text, strlen (row->text), NULL, NULL, NULL);
  memset (bytes, 'x', sizeof bytes);
  for (gsize i = 0; i < sizeof bytes && row->kind == PORT_ENDLESS_HEADERS; i += 8)
    memcpy (bytes + i, "abc: d\r\n", 8);
  while (more && row->kind >= PORT_ENDLESS_LINE)
    more = g_output_stream_write_all (output, bytes, sizeof bytes, NULL, NULL, NULL);
  while (more && row->kind == PORT_SILENT)
    more = g_input_stream_read (input, bytes, sizeof bytes, NULL, NULL) > 0;
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_atomic_int_add (&port->held, -1);
  return TRUE;
}

static Party *
start_party (const char *url, guint connect_ms)
{
  GstCallServerSignallerTimes times = gst_call_server_signaller_default_times;
  Party *party = party_new (url, TOKEN);

  times.connect = connect_ms;
  times.request = 200;
  times.goodbye = GOODBYE_TIME_MS;
  times.backoff = 20;
  times.backoff_max = 100;
  gst_call_server_signaller_set_times (GST_CALL_SERVER_SIGNALLER (party->signaller), &times);
  gst_call_signaller_start (party->signaller);
  return party;
}

static void
expect_failure (const char *url, guint connect_ms, GstCallSignallerError error, const char *words)
{
  gint64 start = g_get_monotonic_time ();
  Party *party = start_party (url, connect_ms);

  WAIT_UNTIL (party->failed || party->connected);
  g_assert_cmpint (g_get_monotonic_time () - start, <, CONNECT_TIME_MS * 1000);
  g_assert_cmpuint (party->failed, ==, 1);
  g_assert_cmpuint (party->connected + party->disconnected + party->messages.length, ==, 0);
  g_assert_error (party->error, GST_CALL_SIGNALLER_ERROR, (int) error);
  g_test_message ("%s", party->error->message);
  if (!strstr (party->error->message, words))
    g_error ("\"%s\" has no \"%s\"", party->error->message, words);
  party_free (party);
}

static void
test_port (gconstpointer data)
{
  Port port = {data, 0};
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (4);
  guint16 number = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u", port.row->scheme, number);

  g_signal_connect (service, "run", G_CALLBACK (on_port_connection), &port);
  expect_failure (
      url, port.row->kind == PORT_SILENT ? SHORT_CONNECT_TIME_MS : CONNECT_TIME_MS, port.row->error, port.row->words);
  while (g_atomic_int_get (&port.held) > 0) /* the client let go: its end sees it and returns */
    g_main_context_iteration (NULL, FALSE);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

/* ---- websockets ---- */

typedef struct
{
  const char *name;
  const char *says[3]; /* what is sent at once; HUGE stands for too much of it */
  GstCallSignallerError error;
} SocketRow;

static const SocketRow socket_rows[] = {
    {"silent", {NULL}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"no-connect", {HANDSHAKE}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"text", {"hello"}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"empty", {""}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"bad-handshake", {"0{}"}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"handshake-no-json", {"0{\"sid\":"}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"negative-ping", {"0{\"sid\":\"x\",\"upgrades\":[],\"pingInterval\":-1,\"pingTimeout\":1}"},
        GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"two-handshakes", {HANDSHAKE, HANDSHAKE}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"message-first", {CONNECT}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"pong", {HANDSHAKE, "3"}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"close", {HANDSHAKE, "1"}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"no-packet", {HANDSHAKE, "4"}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"no-type", {HANDSHAKE, "49"}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"attachments", {HANDSHAKE, "451234-[\"x\"]"}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"disconnect", {HANDSHAKE, "41"}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"refused", {HANDSHAKE, "44{\"message\":\"no\",\"data\":{\"code\":\"server-full\"}}"},
        GST_CALL_SIGNALLER_ERROR_REJECTED},
    {"refused-token", {HANDSHAKE, "44{\"message\":\"no\"}"}, GST_CALL_SIGNALLER_ERROR_TOKEN},
    {"refused-oddly", {HANDSHAKE, "44{\"message\":7,\"data\":[]}"}, GST_CALL_SIGNALLER_ERROR_TOKEN},
    {"huge", {HUGE}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"brackets", {BRACKETS}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
    {"event-brackets", {HANDSHAKE, EVENT_BRACKETS}, GST_CALL_SIGNALLER_ERROR_PROTOCOL},
};

static void
test_socket (gconstpointer data)
{
  const SocketRow *row = data;
  FakeServer *server = fake_server_new (row->says);
  gboolean silent = !row->says[0] || (g_str_equal (row->says[0], HANDSHAKE) && !row->says[1]);

  expect_failure (server->url, silent ? SHORT_CONNECT_TIME_MS : CONNECT_TIME_MS, row->error, server->url);
  fake_server_free (server);
}

/* Up, and then no pings: the client finds out by itself and comes back, again and again. */
static void
test_no_pings (void)
{
  static const char *const says[] = {HASTY_HANDSHAKE, CONNECT, NULL};
  FakeServer *server = fake_server_new (says);
  Party *party = start_party (server->url, CONNECT_TIME_MS);

  WAIT_UNTIL (party->disconnected == 2);
  g_assert_cmpuint (party->connected, ==, 2);
  g_assert_cmpuint (party->failed, ==, 0);
  g_assert_error (party->error, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_DISCONNECTED);
  g_assert_nonnull (strstr (party->error->message, "pings"));
  party_free (party);
  fake_server_free (server);
}

/* Up, and then rubbish: what is a broken packet costs the connection, what is a broken event only itself. */
static void
test_rubbish_when_up (void)
{
  static const char *const says[] = {HANDSHAKE, CONNECT, NULL};
  static const char *const ignored[] = {"6", "42[\"no-such-event\",{}]", "42[\"incoming-call\"]",
      "42[\"incoming-call\",7]", "42[\"incoming-call\",{\"callId\":7}]", "42[\"call-ended\",[]]", "439[{\"ok\":true}]",
      "431[]", "42/other,[\"incoming-call\",{}]", "2"};
  static const char *const broken[] = {"42{}", "42[", "4", "7", "43[1]", "0{}", "42[\"connect\"]", "1", "41", BRACKETS,
      EVENT_BRACKETS, HUGE, "451-[\"x\",{\"_placeholder\":true,\"num\":3}]"};
  FakeServer *server = fake_server_new (says);
  Party *party = start_party (server->url, CONNECT_TIME_MS);

  WAIT_UNTIL (party->connected == 1);
  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++)
    fake_server_say (g_ptr_array_index (server->sockets, 0), ignored[i]);
  fake_server_say (g_ptr_array_index (server->sockets, 0),
      "42[\"user-status\",{\"userId\":\"bob\",\"online\":true,\"lastSeen\":null}]");
  fake_server_say (g_ptr_array_index (server->sockets, 0), "42[\"user-busy\",{\"callId\":\"c\",\"userId\":\"bob\"}]");
  WAIT_UNTIL (party->messages.length > 0 || party->disconnected);
  g_assert_no_error (party->error);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
    guint lost = party->disconnected;

    WAIT_UNTIL (party->connected == party->disconnected + 1);
    lost = party->disconnected;
    fake_server_say (g_ptr_array_index (server->sockets, server->sockets->len - 1), broken[i]);
    WAIT_UNTIL (party->disconnected == lost + 1);
    g_assert_null (strstr (party->error->message, "pings"));
  }
  g_assert_cmpuint (party->failed, ==, 0);
  party_free (party);
  fake_server_free (server);
}

/* Answers that are none: the request fails, the connection stays. */
static void
on_asked (SoupWebsocketConnection *socket, int type, GBytes *message, gpointer answer)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autofree char *copy = g_strndup (text, length);
  g_autofree char *reply = NULL;

  if (!g_str_has_prefix (copy, "42"))
    return;
  reply = g_strdup_printf ("43%d%s", atoi (copy + 2), (const char *) answer);
  fake_server_say (socket, reply);
}

static void
test_bad_answers (void)
{
  static const char *const says[] = {HANDSHAKE, CONNECT, NULL};
  static const char *const answers[] = {"[]", "[7]", "[\"no\"]", "[{\"ok\":false}]", "[{\"ok\":7}]",
      "[{\"ok\":true,\"callId\":7}]", "[null]", "[{\"ok\":false,\"code\":\"odd\",\"message\":\"odd\"}]"};
  FakeServer *server = fake_server_new (says);
  Party *party = start_party (server->url, CONNECT_TIME_MS);
  SoupWebsocketConnection *socket;

  WAIT_UNTIL (party->connected == 1);
  socket = g_ptr_array_index (server->sockets, 0);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    gulong handler = g_signal_connect (socket, "message", G_CALLBACK (on_asked), (gpointer) answers[i]);

    fake_server_say (socket, "2");
    party_request_error (party, message_start ("bob", "audio"), GST_CALL_SIGNALLER_ERROR_REJECTED);
    g_signal_handler_disconnect (socket, handler);
  }
  g_assert_cmpuint (party->disconnected, ==, 0);
  party_free (party);
  fake_server_free (server);
}

/* ---- the order of things ---- */

typedef struct
{
  Party *party;
  GString *order;
} Ordered;

static void
on_ordered_answer (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Ordered *ordered = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallMessage) answer = gst_call_signaller_request_finish (GST_CALL_SIGNALLER (object), result, &error);

  g_assert_no_error (error);
  g_string_append_printf (ordered->order, "answer %s, ", answer->call_id);
}

/* Asks the next thing in the dispatch in which the first answer came. */
static void
on_first_answer (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Ordered *ordered = user_data;
  g_autoptr (CallMessage) request = message_start ("bob", "audio");

  on_ordered_answer (object, result, user_data);
  gst_call_signaller_request_async (ordered->party->signaller, request, NULL, on_ordered_answer, ordered);
}

static void
on_ordered_message (GstCallSignaller *signaller, const CallMessage *message, gpointer user_data)
{
  Ordered *ordered = user_data;

  g_string_append_printf (ordered->order, "%s %s, ", call_message_type_to_string (message->type), message->call_id);
}

/* Two answers and an event that lie in the socket when the client comes to read it: as if the server had been quicker
 * than the client's thread, which a busy machine makes it. A fast client finds them the same way. */
static void
on_ordered_request (SoupWebsocketConnection *socket, int type, GBytes *message, gpointer user_data)
{
  guint *requests = user_data;

  if ((*requests)++ > 0)
    return;
  fake_server_say (socket, "431[{\"ok\":true,\"callId\":\"a\"}]");
  fake_server_say (socket, "432[{\"ok\":true,\"callId\":\"b\"}]");
  fake_server_say (socket, "42[\"call-accepted\",{\"callId\":\"b\",\"channelName\":\"c\",\"by\":\"bob\"}]");
  fake_server_say (
      socket, "42[\"call-ended\",{\"callId\":\"b\",\"endedBy\":\"bob\",\"reason\":\"hangup\",\"duration\":0}]");
  soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
test_order (void)
{
  static const char *const says[] = {HANDSHAKE, CONNECT, NULL};
  FakeServer *server = fake_server_new (says);
  Party *party = start_party (server->url, CONNECT_TIME_MS);
  g_autoptr (GString) order = g_string_new ("");
  g_autoptr (CallMessage) request = call_message_new (CALL_MESSAGE_CALL_ACTIVE);
  Ordered ordered = {party, order};
  guint requests = 0;

  WAIT_UNTIL (party->connected == 1);
  g_signal_connect (party->signaller, "message", G_CALLBACK (on_ordered_message), &ordered);
  gst_call_signaller_request_async (party->signaller, request, NULL, on_first_answer, &ordered);
  g_signal_connect (g_ptr_array_index (server->sockets, 0), "message", G_CALLBACK (on_ordered_request), &requests);
  WAIT_UNTIL (party->disconnected == 1);
  g_assert_cmpstr (order->str, ==, "answer a, answer b, call-accepted b, call-ended b, ");
  party_free (party);
  fake_server_free (server);
}

static void
stop_unheard (void)
{
  static const char *const says[] = {HANDSHAKE, CONNECT, NULL};
  FakeServer *server = fake_server_new (says);
  SignallerProxy *proxy = signaller_proxy_new (server->url);
  Party *party = start_party (proxy->url, CONNECT_TIME_MS);
  gint64 start;

  WAIT_UNTIL (party->connected == 1);
  proxy->swallow = TRUE;
  start = g_get_monotonic_time ();
  party_stop (party);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, GOODBYE_TIME_MS * 1000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 3 * G_USEC_PER_SEC);
  party_free (party);
  signaller_proxy_free (proxy);
  fake_server_free (server);
}

/* A server that does not hear us: stop takes its goodbye time and no more, and leaves no socket. The first time makes
 * what GLib keeps. */
static void
test_stop_is_bounded (void)
{
  guint before;

  stop_unheard ();
  before = party_count_fds ();
  stop_unheard ();
  g_assert_cmpuint (party_count_fds (), ==, before);
}

/* A key and a certificate for nobody.invalid, signed by itself: for this test only. */
static const char bad_certificate[] = "-----BEGIN CERTIFICATE-----\n"
                                      "MIIBijCCAS+gAwIBAgIUFhjRCKDaThpwbdIBaXmQTO0OxVswCgYIKoZIzj0EAwIw\n"
                                      "GTEXMBUGA1UEAwwObm9ib2R5LmludmFsaWQwIBcNMjYxMTIyMTkwNzIwWhgPMjEy\n"
                                      "NjEwMjkxOTA3MjBaMBkxFzAVBgNVBAMMDm5vYm9keS5pbnZhbGlkMFkwEwYHKoZI\n"
                                      "zj0CAQYIKoZIzj0DAQcDQgAE+opYlvvqaRAwWlAbNmsrxM2Vi1Qn4fUz7AWljfJK\n"
                                      "NUpxeim8iNgcOJHeNRK/Y2vXZ1usFAKCtjZuTgO4SVut6KNTMFEwHQYDVR0OBBYE\n"
                                      "FCrxevDxcnMSZ2sJ1d+Sej9SXE7fMB8GA1UdIwQYMBaAFCrxevDxcnMSZ2sJ1d+S\n"
                                      "ej9SXE7fMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAMfQ4TVx\n"
                                      "TduOqAdkRQMx0lVysU3avmpCzObJopyBrUPlAiEAxTxCkxzDttm0PSuvUE2FG0j/\n"
                                      "YEXRt/GXyUpHv/6RvNw=\n"
                                      "-----END CERTIFICATE-----\n"
                                      "-----BEGIN PRIVATE KEY-----\n"
                                      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMrXhd7xoB+ZY3RbO\n"
                                      "K6jukyn3CP8p0PirQZzEaeHmgguhRANCAAT6iliW++ppEDBaUBs2ayvEzZWLVCfh\n"
                                      "9TPsBaWN8ko1SnF6KbyI2Bw4kd41Er9ja9dnW6wUAoK2Nm5OA7hJW63o\n"
                                      "-----END PRIVATE KEY-----\n";

static void
test_bad_certificate (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (bad_certificate, -1, &error);
  g_autoptr (SoupServer) server = NULL;
  g_autofree char *url = NULL;
  GSList *uris;

  g_assert_no_error (error);
  server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  url = g_strdup_printf ("https://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  expect_failure (url, CONNECT_TIME_MS, GST_CALL_SIGNALLER_ERROR_TLS, "certificate");
  soup_server_disconnect (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (port_rows); i++) {
    g_autofree char *path = g_strconcat ("/signaller/hostile/port/", port_rows[i].name, NULL);

    g_test_add_data_func (path, &port_rows[i], test_port);
  }
  for (guint i = 0; i < G_N_ELEMENTS (socket_rows); i++) {
    g_autofree char *path = g_strconcat ("/signaller/hostile/socket/", socket_rows[i].name, NULL);

    g_test_add_data_func (path, &socket_rows[i], test_socket);
  }
  g_test_add_func ("/signaller/hostile/no-pings", test_no_pings);
  g_test_add_func ("/signaller/hostile/rubbish-when-up", test_rubbish_when_up);
  g_test_add_func ("/signaller/hostile/bad-answers", test_bad_answers);
  g_test_add_func ("/signaller/hostile/order", test_order);
  g_test_add_func ("/signaller/hostile/stop-is-bounded", test_stop_is_bounded);
  g_test_add_func ("/signaller/hostile/bad-certificate", test_bad_certificate);
  return g_test_run ();
}
