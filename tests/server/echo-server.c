/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The server that the public suites of Engine.IO and Socket.IO expect, on our transport alone. On / and /custom it
 * emits `auth` with the payload of the CONNECT, sends `message` back as `message-back` and acks `message-with-ack` with
 * its arguments; /engine.io/ sends every Engine.IO message back. For our own tests it does a little more, see EVENTS.
 * SIGTERM and SIGINT stop it in order, and then it prints what it counted. */

#include "tools/call-server/transport.h"

#include <gst/core/socketio.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

static struct
{
  int port, ping_interval, ping_timeout, max_payload, connect_timeout;
  int max_queue, max_events, max_sockets, max_connections, header_timeout, idle_timeout, slow_connect, auth_delay;
  gboolean defaults;
  char *origin;
} options = {3000, 300, 200, 1000000, 1000, 1024 * 1024, 0, 0, 0, 10, 30, 0, 5, FALSE, NULL};

static const GOptionEntry OPTIONS[] = {
    {"port", 0, 0, G_OPTION_ARG_INT, &options.port, "to listen on; 0: any (3000)", "N"},
    {"ping-interval", 0, 0, G_OPTION_ARG_INT, &options.ping_interval, "between two pings (300)", "MS"},
    {"ping-timeout", 0, 0, G_OPTION_ARG_INT, &options.ping_timeout, "for the answer to one (200)", "MS"},
    {"max-payload", 0, 0, G_OPTION_ARG_INT, &options.max_payload, "of a message (1000000)", "BYTES"},
    {"connect-timeout", 0, 0, G_OPTION_ARG_INT, &options.connect_timeout, "without a CONNECT (1000)", "MS"},
    {"max-queue", 0, 0, G_OPTION_ARG_INT, &options.max_queue, NULL, "BYTES"},
    {"max-events", 0, 0, G_OPTION_ARG_INT, &options.max_events, "a second", "N"},
    {"max-sockets", 0, 0, G_OPTION_ARG_INT, &options.max_sockets, "of one address", "N"},
    {"max-connections", 0, 0, G_OPTION_ARG_INT, &options.max_connections, NULL, "N"},
    {"header-timeout", 0, 0, G_OPTION_ARG_INT, &options.header_timeout, NULL, "S"},
    {"idle-timeout", 0, 0, G_OPTION_ARG_INT, &options.idle_timeout, "between two requests", "S"},
    {"slow-connect", 0, 0, G_OPTION_ARG_INT, &options.slow_connect, "answer a CONNECT this late", "MS"},
    {"auth-delay", 0, 0, G_OPTION_ARG_INT, &options.auth_delay, "send `auth` this long after the CONNECT's answer",
        "MS"},
    {"defaults", 0, 0, G_OPTION_ARG_NONE, &options.defaults, "times and sizes as the transport has them", NULL},
    {"origin", 0, 0, G_OPTION_ARG_STRING, &options.origin, "the one that is allowed, instead of *; \"\": none", "URL"},
    {NULL},
};

static Transport *transport;
static uv_loop_t loop;
static uv_signal_t signals[2];

typedef struct
{
  uv_timer_t timer;
  TransportSocket *socket;
  TransportRequest *request;
  char *args[2]; /* of `auth` and `query-token`; NULL: none */
} Later;

static void
on_later_closed (uv_handle_t *handle)
{
  Later *later = handle->data;

  g_free (later->args[0]);
  g_free (later->args[1]);
  g_free (later);
}

/* The inside of an array. */
static char *
inside (const char *args_json)
{
  return g_strndup (args_json + 1, strlen (args_json) - 2);
}

static void
on_later_request (uv_timer_t *timer)
{
  Later *later = timer->data;

  transport_request_reply (later->request, 200, "text/plain", "late", -1, NULL);
  uv_close ((uv_handle_t *) timer, on_later_closed);
}

static Later *
start_later (uv_timer_cb callback, guint after_ms)
{
  Later *later = g_new0 (Later, 1);

  uv_timer_init (&loop, &later->timer);
  later->timer.data = later;
  uv_timer_start (&later->timer, callback, after_ms, 0);
  return later;
}

/* The public suites read one message at a time and lose the second of two that come in one piece: so not at once. */
static void
on_later_welcome (uv_timer_t *timer)
{
  Later *later = timer->data;

  transport_socket_emit (later->socket, "auth", later->args[0], NULL);
  if (later->args[1] != NULL)
    transport_socket_emit (later->socket, "query-token", later->args[1], NULL);
  transport_socket_unref (later->socket);
  uv_close ((uv_handle_t *) timer, on_later_closed);
}

static void
welcome (TransportSocket *socket, const char *auth_json, const char *query_token)
{
  Later *later = start_later (on_later_welcome, options.auth_delay);

  later->socket = transport_socket_ref (socket);
  later->args[0] = g_strdup (auth_json == NULL ? "{}" : auth_json);
  later->args[1] = query_token == NULL ? NULL : g_strdup_printf ("\"%s\"", query_token);
  transport_socket_accept (socket);
}

static void
on_later_connect (uv_timer_t *timer)
{
  Later *later = timer->data;

  welcome (later->socket, NULL, NULL);
  uv_close ((uv_handle_t *) timer, on_later_closed);
}

static void
on_connect (TransportSocket *socket, const char *auth_json, const char *query_token, gpointer user_data)
{
  if (auth_json != NULL && strstr (auth_json, "\"refuse\"") != NULL)
    transport_socket_refuse (socket, "not \"welcome\"", "{\"code\":7}");
  else if (options.slow_connect > 0)
    start_later (on_later_connect, options.slow_connect)->socket = socket;
  else
    welcome (socket, auth_json, query_token);
}

static void
on_message (TransportSocket *socket, const char *args, GPtrArray *attachments, gint64 id)
{
  transport_socket_emit (socket, "message-back", args, attachments);
}

static void
on_message_with_ack (TransportSocket *socket, const char *args, GPtrArray *attachments, gint64 id)
{
  transport_socket_ack (socket, id, args, attachments);
}

static void
on_leave (TransportSocket *socket, const char *args, GPtrArray *attachments, gint64 id)
{
  transport_socket_close (socket);
}

/* `flood`: [bytes, times] of the same text, without waiting for the reader. */
static void
on_flood (TransportSocket *socket, const char *args, GPtrArray *attachments, gint64 id)
{
  char *end;
  guint64 bytes = g_ascii_strtoull (args, &end, 10);
  guint64 times = *end == ',' ? g_ascii_strtoull (end + 1, NULL, 10) : 1;
  g_autofree char *text = g_strnfill (MIN (bytes, 1000000) + 2, 'x');

  text[0] = text[strlen (text) - 1] = '"';
  for (guint64 i = 0; i < times && transport_socket_is_open (socket); i++)
    transport_socket_emit (socket, "flood", text, NULL);
}

static const struct
{
  const char *name;
  void (*handle) (TransportSocket *socket, const char *args, GPtrArray *attachments, gint64 id);
} EVENTS[] = {
    {"message", on_message},
    {"message-with-ack", on_message_with_ack},
    {"leave", on_leave},
    {"flood", on_flood},
};

static void
on_event (TransportSocket *socket, const char *name, const char *args_json, GPtrArray *attachments, gint64 id,
    gpointer user_data)
{
  g_autofree char *args = inside (args_json);

  for (guint i = 0; i < G_N_ELEMENTS (EVENTS); i++) {
    if (strcmp (name, EVENTS[i].name) == 0)
      EVENTS[i].handle (socket, args, attachments, id);
  }
}

static void
on_disconnect (TransportSocket *socket, const char *reason, gpointer user_data)
{
  g_print ("disconnect %s %s\n", transport_socket_get_namespace (socket), reason);
}

static void
reply_echo (TransportRequest *request)
{
  GBytes *body = transport_request_body (request);
  const char *query = transport_request_query (request, "q");
  const char *type = transport_request_header (request, "Content-Type");
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%s %s q=%s type=%s from=%s body=", transport_request_method (request),
      transport_request_path (request), query == NULL ? "-" : query, type == NULL ? "-" : type,
      transport_request_address (request));
  g_string_append_len (text, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  transport_request_reply (request, 200, "text/plain; charset=utf-8", text->str, text->len, NULL);
}

static void
reply_stats (TransportRequest *request)
{
  TransportStats stats;
  g_autofree char *text = NULL;

  transport_get_stats (transport, &stats);
  text = g_strdup_printf (
      "{\"httpRequests\":%" G_GUINT64_FORMAT ",\"httpConnections\":%" G_GUINT64_FORMAT ",\"sockets\":%" G_GUINT64_FORMAT
      ",\"socketsOpen\":%" G_GUINT64_FORMAT ",\"eventsIn\":%" G_GUINT64_FORMAT ",\"eventsOut\":%" G_GUINT64_FORMAT
      ",\"bytesIn\":%" G_GUINT64_FORMAT ",\"bytesOut\":%" G_GUINT64_FORMAT ",\"refused\":%" G_GUINT64_FORMAT "}",
      stats.http_requests, stats.http_connections, stats.sockets, stats.sockets_open, stats.events_in, stats.events_out,
      stats.bytes_in, stats.bytes_out, stats.refused);
  transport_request_reply (request, 200, "application/json", text, -1, NULL);
}

static void
on_request (TransportRequest *request, gpointer user_data)
{
  static const char *const HEADERS[] = {"X-Fine", "yes", "X-Split", "a\r\nX-Evil: b", NULL};
  const char *path = transport_request_path (request);

  if (strcmp (path, "/stats") == 0)
    reply_stats (request);
  else if (strcmp (path, "/late") == 0)
    start_later (on_later_request, 200)->request = request;
  else if (strcmp (path, "/big") == 0) {
    g_autofree char *text = g_strnfill (4 * 1024 * 1024, 'b');

    transport_request_reply (request, 200, "text/plain", text, -1, HEADERS);
  } else if (g_str_has_prefix (path, "/echo"))
    reply_echo (request);
  else
    transport_request_reply (request, 404, "application/json", "{}", 2, HEADERS);
}

static void
on_stopped (gpointer user_data)
{
  transport_free (transport);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    uv_close ((uv_handle_t *) &signals[i], NULL);
  g_print ("stopped\n");
}

static void
on_signal (uv_signal_t *handle, int number)
{
  uv_signal_stop (&signals[0]);
  uv_signal_stop (&signals[1]);
  transport_stop (transport, 2000, on_stopped, NULL);
}

static void
configure_limits (TransportConfig *config)
{
  config->ping_interval_ms = options.ping_interval;
  config->ping_timeout_ms = options.ping_timeout;
  config->max_payload = options.max_payload;
  config->connect_timeout_ms = options.connect_timeout;
  config->max_queue = options.max_queue;
  config->max_events_per_second = options.max_events;
  config->max_sockets_per_address = options.max_sockets;
  config->max_connections = options.max_connections;
  config->header_timeout_s = options.header_timeout;
  config->idle_timeout_s = options.idle_timeout;
}

static void
configure (TransportConfig *config)
{
  static const char *const NAMESPACES[] = {"/", "/custom", NULL};
  static const char *origins[] = {"*", NULL};
  static char listen_address[32];
  static const char *listen[] = {listen_address, NULL};

  transport_config_init (config);
  g_snprintf (listen_address, sizeof listen_address, "127.0.0.1:%d", options.port);
  if (options.origin != NULL)
    origins[0] = *options.origin == '\0' ? NULL : options.origin;
  config->listen = listen;
  config->namespaces = NAMESPACES;
  config->origins = origins;
  config->echo_path = "/engine.io/";
  if (!options.defaults)
    configure_limits (config);
}

int
main (int argc, char **argv)
{
  static const TransportHandler HANDLER = {on_request, on_connect, on_event, on_disconnect};
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  TransportConfig config;

  g_option_context_add_main_entries (context, OPTIONS, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  setvbuf (stdout, NULL, _IOLBF, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL); /* a test that is killed leaves nothing behind */
  uv_loop_init (&loop);
  configure (&config);
  transport = transport_new (&loop, &config, &HANDLER, NULL, &error);
  if (transport == NULL) {
    g_printerr ("%s\n", error->message);
    uv_loop_close (&loop);
    return 1;
  }
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++) {
    uv_signal_init (&loop, &signals[i]);
    uv_signal_start (&signals[i], on_signal, i == 0 ? SIGTERM : SIGINT);
  }
  g_print ("listening on http://127.0.0.1:%d\n", transport_get_port (transport));
  uv_run (&loop, UV_RUN_DEFAULT);
  g_free (options.origin);
  return uv_loop_close (&loop) == 0 ? 0 : 3;
}
