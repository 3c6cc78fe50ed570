/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>
#include <uv.h>

G_BEGIN_DECLS

/* The network side of the server: HTTP, websocket, Engine.IO 4 (polling, websocket, upgrade) and Socket.IO 5 over
 * libwebsockets on a libuv loop. It knows nothing of calls: requests and events go to a TransportHandler. Everything
 * here is called on the loop's thread. tests/server/echo-server is a second user of it. */

typedef struct Transport Transport;
typedef struct TransportRequest TransportRequest; /* one HTTP request that is not /socket.io/ */
typedef struct TransportSocket TransportSocket;   /* one Socket.IO connection to one namespace */

typedef struct
{
  const char *const *listen;     /* NULL-terminated: "127.0.0.1:8080", "[::1]:0", "unix:/path", "fd:3" */
  const char *tls_certificate;   /* PEM file, the chain in it; NULL: no TLS */
  const char *tls_key;           /* PEM file */
  const char *path;              /* "/socket.io/" */
  const char *const *namespaces; /* NULL-terminated; others are refused with "Invalid namespace" */
  const char *const *origins;    /* allowed origins, "*" for all, NULL for same-host and none */
  /* Addresses ("10.0.0.0/8", "unix") whose X-Forwarded-For and -Proto are believed; NULL: nobody's. */
  const char *const *trusted_proxies;
  guint ping_interval_ms;        /* 25000 */
  guint ping_timeout_ms;         /* 20000 */
  guint connect_timeout_ms;      /* 45000: Engine.IO open, but no Socket.IO CONNECT */
  guint header_timeout_s;        /* 10: for the head; for the body between two pieces of it */
  guint idle_timeout_s;          /* 30: of a connection between two requests */
  guint max_payload;             /* 1000000: Engine.IO message and polling body */
  guint max_body;                /* 65536: REST body */
  guint max_queue;               /* bytes queued to one slow reader before it is cut: 1 MiB */
  guint max_connections;         /* 0: RLIMIT_NOFILE minus a reserve */
  guint max_sockets_per_address; /* Engine.IO sessions; an IPv6 /64 is one address. 0: no limit */
  guint max_events_per_second;   /* Socket.IO packets of one session, any type; 0: no limit */
  const char *echo_path;         /* NULL; tests: Engine.IO messages to this path are sent back as they came */
} TransportConfig;

void transport_config_init (TransportConfig *config); /* the defaults above */

typedef struct
{
  /* Must be answered by transport_request_reply(), now or later. */
  void (*request) (TransportRequest *request, gpointer user_data);
  /* A CONNECT: @auth_json is its payload (an object) or NULL, @query_token the `token` of the handshake's query or
   * NULL. Must be answered by transport_socket_accept() or _refuse(), now or later. */
  void (*connect) (TransportSocket *socket, const char *auth_json, const char *query_token, gpointer user_data);
  /* @args_json: a JSON array. @attachments (element-type GBytes), maybe empty. @id: SOCKETIO_NO_ID: no ack is asked. */
  void (*event) (TransportSocket *socket, const char *name, const char *args_json, GPtrArray *attachments, gint64 id,
      gpointer user_data);
  /* Last call for an accepted socket, for any reason ("transport close", "ping timeout", "client namespace
   * disconnect", "server shutting down", ...). */
  void (*disconnect) (TransportSocket *socket, const char *reason, gpointer user_data);
  /* Optional. Asked before the body of a request is read, and for a new Engine.IO session; not for the further requests
   * of one. FALSE: it is refused with 429. Both ways it may call transport_request_note_quota(). */
  gboolean (*admit) (TransportRequest *request, gpointer user_data);
  /* Optional, for counting: a request is about to be answered with @status. */
  void (*answered) (TransportRequest *request, guint status, gpointer user_data);
  /* Optional, for counting: an event leaves for one socket. */
  void (*emitted) (const char *name, gpointer user_data);
} TransportHandler;

/* Starts to listen. NULL with @error: the address cannot be had. */
Transport *transport_new (uv_loop_t *loop, const TransportConfig *config, const TransportHandler *handler,
    gpointer user_data, GError **error);
int transport_get_port (Transport *transport);                  /* of the first address; 0: it has none */
const char *transport_get_url (Transport *transport, guint at); /* "https://127.0.0.1:8443"; NULL: there are no more */
/* Reads certificate and key again, for connections to come. FALSE: those in use stay. */
gboolean transport_reload_tls (Transport *transport, GError **error);
/* What transport_new() would make of them. */
gboolean transport_check_listen (const char *text, GError **error);
gboolean transport_check_tls (const char *certificate, const char *key, GError **error);
gboolean transport_check_proxy (const char *text, GError **error);
/* Stops listening, says goodbye to every socket, lets answers drain until @timeout_ms; then @done on the loop. */
void transport_stop (Transport *transport, guint timeout_ms, void (*done) (gpointer), gpointer user_data);
void transport_stop_now (Transport *transport); /* the deadline of transport_stop(), brought forward */
void transport_free (Transport *transport);     /* after done */

/* Valid until it is replied to; the reply to a request whose client went away is dropped silently. */
const char *transport_request_method (TransportRequest *request);
const char *transport_request_path (TransportRequest *request); /* decoded, without query */
/* NULL when absent. Percent-decoded, valid UTF-8. */
const char *transport_request_query (TransportRequest *request, const char *name);
GHashTable *transport_request_arguments (TransportRequest *request);                /* all of the query: name -> text */
const char *transport_request_header (TransportRequest *request, const char *name); /* authorization, content-type */
const char *transport_request_address (TransportRequest *request);                  /* of the client */
/* There is a header such as proxies add, whoever wrote it and whatever it says. */
gboolean transport_request_is_forwarded (TransportRequest *request);
GBytes *transport_request_body (TransportRequest *request);
/* For the log and for counting: the pattern that the path fits (not copied), and who asks. */
void transport_request_set_route (TransportRequest *request, const char *route);
void transport_request_set_user (TransportRequest *request, const char *user_id);
double transport_request_age (TransportRequest *request);            /* seconds since its head was read */
gboolean transport_request_is_engine (TransportRequest *request);    /* of Engine.IO */
const char *transport_request_get_route (TransportRequest *request); /* NULL: none was set */
/* What the asker has left of a quota: the answer says it in RateLimit headers, of several the tightest. @refused: it is
 * used up, and the answer has a Retry-After. */
void transport_request_note_quota (
    TransportRequest *request, guint limit, guint remaining, guint reset_s, gboolean refused);
/* @headers: NULL or a NULL-terminated list name, value, name, value... */
void transport_request_reply (TransportRequest *request, guint status, const char *content_type, const char *body,
    gssize length, const char *const *headers);

TransportSocket *transport_socket_ref (TransportSocket *socket);
void transport_socket_unref (TransportSocket *socket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TransportSocket, transport_socket_unref)
const char *transport_socket_get_id (TransportSocket *socket); /* the public sid */
const char *transport_socket_get_namespace (TransportSocket *socket);
const char *transport_socket_get_address (TransportSocket *socket);
gboolean transport_socket_is_open (TransportSocket *socket);
void transport_socket_set_data (TransportSocket *socket, gpointer data);
gpointer transport_socket_get_data (TransportSocket *socket);
/* The client may be gone by the time of the answer: transport_socket_is_open() says after it. No reference needs to be
 * held until then. */
void transport_socket_accept (TransportSocket *socket);
void transport_socket_refuse (TransportSocket *socket, const char *message, const char *data_json);
/* @args_json: the inside of an array, e.g. an object's text. Nothing happens on a closed socket. */
void transport_socket_emit (TransportSocket *socket, const char *name, const char *args_json, GPtrArray *attachments);
void transport_socket_ack (TransportSocket *socket, gint64 id, const char *args_json, GPtrArray *attachments);
/* "io server disconnect" there; handler.disconnect is called before it returns, with "server namespace disconnect". */
void transport_socket_close (TransportSocket *socket);

typedef struct
{
  guint64 http_requests, http_connections, sockets, sockets_open, events_in, events_out, bytes_in, bytes_out, refused;
  guint connections_open, sessions_polling, sessions_websocket;
} TransportStats;
void transport_get_stats (Transport *transport, TransportStats *stats);

G_END_DECLS
