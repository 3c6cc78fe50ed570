/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The transport as a whole: its parts put together, and libwebsockets' callbacks handed to them. Its end is in
 * transport-stop.c. */

#include "tools/call-server/transport-private.h"

#include <gio/gio.h>
#include <string.h>

#define RX_BUFFER 256     /* kept by each websocket; a longer message comes in pieces */
#define TX_CHUNK 65536    /* of a long answer at once */
#define MAX_HEADERS 16384 /* of one request, a token in it included */

void
transport_config_init (TransportConfig *config)
{
  static const char *const NAMESPACES[] = {"/", NULL}, *const LISTEN[] = {"127.0.0.1:8080", NULL};

  *config = (TransportConfig){
      .listen = LISTEN,
      .path = "/socket.io/",
      .namespaces = NAMESPACES,
      .ping_interval_ms = 25000,
      .ping_timeout_ms = 20000,
      .connect_timeout_ms = 45000,
      .header_timeout_s = 10,
      .idle_timeout_s = 30,
      .max_payload = 1000000,
      .max_body = 65536,
      .max_queue = 1024 * 1024,
  };
}

static void
on_instantiated (struct lws *wsi)
{
  Transport *transport = lws_context_user (lws_get_context (wsi));
  Connection *connection = g_new0 (Connection, 1);

  connection->transport = transport;
  connection->wsi = wsi;
  connection->address = peer_address (lws_get_socket_fd (wsi));
  connection->link.data = connection;
  g_queue_push_tail_link (&transport->connection_list, &connection->link);
  lws_set_opaque_user_data (wsi, connection);
  transport->connections++;
  transport->stats.http_connections++;
}

static void
on_websocket_closed (Connection *connection)
{
  WebSocket *websocket = connection->websocket;

  if (websocket == NULL)
    return;
  websocket_on_closed (websocket);
  connection->websocket = NULL;
  websocket_free (websocket);
}

static void
on_destroyed (Connection *connection)
{
  Transport *transport = connection->transport;

  http_on_closed (connection);
  on_websocket_closed (connection);
  lws_set_opaque_user_data (connection->wsi, NULL);
  g_queue_unlink (&transport->connection_list, &connection->link);
  transport->connections--;
  g_free (connection->address);
  g_free (connection);
  transport_check_drained (transport);
}

static int
on_established (Connection *connection)
{
  TransportRequest *request = g_steal_pointer (&connection->request);

  if (request == NULL)
    return -1;
  connection->websocket = websocket_new (connection);
  engine_upgrade_accept (request, connection->websocket);
  return 0;
}

static int
on_http (Connection *connection, enum lws_callback_reasons reason, void *in, size_t length)
{
  switch (reason) {
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
      return http_on_upgrade (connection, in);
    case LWS_CALLBACK_HTTP:
      return http_on_request (connection);
    case LWS_CALLBACK_HTTP_BODY:
      return http_on_body (connection, in, length);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
      return http_on_body_complete (connection);
    case LWS_CALLBACK_HTTP_WRITEABLE:
      return http_on_writable (connection);
    case LWS_CALLBACK_CLOSED_HTTP:
      http_on_closed (connection);
      return 0;
    default:
      return 0;
  }
}

static int
on_callback (struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
  Connection *connection = NULL;

  if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED)
    on_instantiated (wsi);
  else if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS)
    tls_on_context (lws_context_user (lws_get_context (wsi)), user);
  else if (wsi != NULL)
    connection = lws_get_opaque_user_data (wsi);
  if (connection == NULL)
    return 0;
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      return on_established (connection);
    case LWS_CALLBACK_RECEIVE:
      return websocket_on_receive (connection->websocket, in, length);
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return websocket_on_writable (connection->websocket);
    case LWS_CALLBACK_RAW_ADOPT: /* what libwebsockets makes of CONNECT */
    case LWS_CALLBACK_RAW_RX:
      return -1;
    case LWS_CALLBACK_CLOSED:
      on_websocket_closed (connection);
      return 0;
    case LWS_CALLBACK_WSI_DESTROY:
      on_destroyed (connection);
      return 0;
    default:
      return on_http (connection, reason, in, length);
  }
}

static const struct lws_protocols PROTOCOLS[] = {
    {.name = "", .callback = on_callback, .rx_buffer_size = RX_BUFFER, .tx_packet_size = TX_CHUNK},
    {0},
};

static void
on_log (int level, const char *line)
{
  g_debug ("libwebsockets: %.*s", (int) strcspn (line, "\n"), line);
}

static void
copy_config (Transport *transport, const TransportConfig *config)
{
  TransportConfig *copy = &transport->config;

  *copy = *config;
  copy->listen = (const char *const *) g_strdupv ((char **) config->listen);
  copy->tls_certificate = g_strdup (config->tls_certificate);
  copy->tls_key = g_strdup (config->tls_key);
  copy->trusted_proxies = (const char *const *) g_strdupv ((char **) config->trusted_proxies);
  copy->path = g_strdup (config->path);
  copy->echo_path = g_strdup (config->echo_path);
  copy->namespaces = (const char *const *) g_strdupv ((char **) config->namespaces);
  copy->origins = (const char *const *) g_strdupv ((char **) config->origins);
}

static void
clear_config (TransportConfig *config)
{
  g_strfreev ((char **) config->listen);
  g_free ((char *) config->tls_certificate);
  g_free ((char *) config->tls_key);
  g_strfreev ((char **) config->trusted_proxies);
  g_free ((char *) config->path);
  g_free ((char *) config->echo_path);
  g_strfreev ((char **) config->namespaces);
  g_strfreev ((char **) config->origins);
}

static gboolean
create_context (Transport *transport)
{
  void *loops[] = {transport->loop};
  struct lws_context_creation_info info = {
      .port = CONTEXT_PORT_NO_LISTEN_SERVER,
      .protocols = PROTOCOLS,
      .options =
          LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN,
      .foreign_loops = loops,
      .gid = -1,
      .uid = -1,
      .user = transport,
      .timeout_secs = transport->config.header_timeout_s,
      .timeout_secs_ah_idle = transport->config.header_timeout_s,
      .keepalive_timeout = transport->config.idle_timeout_s,
      .max_http_header_data2 = MAX_HEADERS,
      .pcontext = &transport->context,
      .alpn = "http/1.1", /* with h2 the answers would have to be framed */
  };

  if (tls_is_configured (&transport->config))
    info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX;

  lws_set_log_level (LLL_ERR | LLL_WARN, on_log);
  transport->context = lws_create_context (&info);
  if (transport->context != NULL)
    transport->vhost = lws_create_vhost (transport->context, &info);
  return transport->vhost != NULL;
}

static gboolean
open_listeners (Transport *transport, GError **error)
{
  transport->listeners = g_ptr_array_new ();
  for (guint i = 0; transport->config.listen[i] != NULL; i++) {
    Listener *listener = listener_new (transport, transport->config.listen[i], error);

    if (listener == NULL)
      return FALSE;
    g_ptr_array_add (transport->listeners, listener);
  }
  return TRUE;
}

Transport *
transport_new (
    uv_loop_t *loop, const TransportConfig *config, const TransportHandler *handler, gpointer user_data, GError **error)
{
  Transport *transport = g_new0 (Transport, 1);

  transport->loop = loop;
  transport->handler = *handler;
  transport->user_data = user_data;
  copy_config (transport, config);
  transport->sessions = g_hash_table_new (g_str_hash, g_str_equal);
  transport->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  transport->answered = g_ptr_array_new_with_free_func ((GDestroyNotify) transport_socket_unref);
  g_queue_init (&transport->connection_list);
  transport->proxies = proxy_masks_new (config->trusted_proxies);
  if (!open_listeners (transport, error)
      || (tls_is_configured (config) && !transport_check_tls (config->tls_certificate, config->tls_key, error))) {
    g_ptr_array_foreach (transport->listeners, (GFunc) listener_free, NULL);
    transport_free (transport);
    return NULL;
  }
  if (!create_context (transport))
    g_error ("libwebsockets has no libuv support (package libwebsockets-evlib-uv)");
  if (!transport_reload_tls (transport, NULL))
    g_warning ("the certificate was changed while it was read");
  transport->hangups = hangup_watch_new (transport);
  for (guint i = 0; i < transport->listeners->len; i++)
    listener_start (g_ptr_array_index (transport->listeners, i));
  return transport;
}

void
transport_free (Transport *transport)
{
  if (transport == NULL)
    return;
  g_hash_table_unref (transport->sessions);
  g_hash_table_unref (transport->addresses);
  g_ptr_array_unref (transport->answered);
  g_ptr_array_unref (transport->listeners);
  g_ptr_array_unref (transport->proxies);
  clear_config (&transport->config);
  g_free (transport);
}

int
transport_get_port (Transport *transport)
{
  return listener_get_port (g_ptr_array_index (transport->listeners, 0));
}

const char *
transport_get_url (Transport *transport, guint at)
{
  return at < transport->listeners->len ? listener_get_url (g_ptr_array_index (transport->listeners, at)) : NULL;
}

void
transport_get_stats (Transport *transport, TransportStats *stats)
{
  GHashTableIter iter;
  gpointer session;

  *stats = transport->stats;
  stats->connections_open = transport->connections;
  stats->sessions_polling = g_hash_table_size (transport->sessions);
  g_hash_table_iter_init (&iter, transport->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session)) {
    if (((EngineSession *) session)->websocket != NULL) {
      stats->sessions_websocket++;
      stats->sessions_polling--;
    }
  }
}
