/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <libwebsockets.h>

#include "tools/call-server/transport.h"

#include "gst/core/engineio.h"
#include "gst/core/socketio.h"

G_BEGIN_DECLS

/* What the files of the transport share. The layers, each knowing the next one only through the functions below:
 *
 *   transport.c           the whole, dispatch of libwebsockets' callbacks
 *   transport-stop.c      its end                                    transport-listen.c  the listening sockets
 *   transport-address.c   where to listen                            transport-tls.c     certificate and key
 *   transport-proxy.c     whose request a proxy brings       transport-log.c     what of all this is logged
 *   transport-http.c      HTTP: headers, body, reply                 transport-request.c  what a request says
 *   transport-cors.c      who may ask, and what they hear
 *   hangup-watch.c        tells when the client of a held request is gone
 *   transport-websocket.c one websocket: messages in, queue of frames out
 *   engine-polling.c      Engine.IO over GET and POST                engine-upgrade.c  over websocket, probe included
 *   engine-session.c      Engine.IO packets, heartbeat, end          engine-registry.c sids, addresses, limits
 *   socket-server.c       Socket.IO packets of one session           transport-socket.c  one socket of it
 */

typedef struct Connection Connection;       /* a TCP connection that libwebsockets holds */
typedef struct WebSocket WebSocket;         /* a connection after its upgrade */
typedef struct EngineSession EngineSession; /* an Engine.IO sid */
typedef struct SocketServer SocketServer;   /* the Socket.IO side of a session */
typedef struct HangupWatch HangupWatch;
typedef struct Listener Listener;

struct Transport
{
  uv_loop_t *loop;
  struct lws_context *context;
  struct lws_vhost *vhost;
  gpointer tls_context;   /* SSL_CTX, libwebsockets' */
  GPtrArray *listeners;   /* Listener */
  GPtrArray *proxies;     /* GInetAddressMask */
  TransportConfig config; /* strings and lists are owned */
  TransportHandler handler;
  gpointer user_data;
  TransportStats stats;
  guint connections;
  GQueue connection_list; /* Connection */
  GHashTable *sessions;   /* char *sid -> EngineSession, owned by the session itself */
  GHashTable *addresses;  /* char *address -> GUINT_TO_POINTER (sessions) */
  HangupWatch *hangups;
  GPtrArray *answered; /* TransportSocket, accepted or refused; let go at the next CONNECT */
  gboolean stopping, destroying;
  guint open_handles; /* uv handles of ours that are not closed yet */
  uv_timer_t stop_timer;
  guint closing_turns;
  void (*stopped) (gpointer);
  gpointer stopped_data;
};

struct Connection
{
  Transport *transport;
  struct lws *wsi;
  char *address;
  TransportRequest *request; /* the HTTP request under way */
  gboolean close_after_reply, watched, hung_up;
  gboolean finished; /* nothing comes after the reply that was written */
  guint completions; /* calls of http_on_body_complete() for one request */
  WebSocket *websocket;
  GList link;
};

/* --- transport-listen.c --- */
Listener *listener_new (Transport *transport, const char *address, GError **error);
void listener_start (Listener *listener);
void listener_free (Listener *listener);  /* one that was not started */
void listener_close (Listener *listener); /* frees it, later */
int listener_get_port (const Listener *listener);
const char *listener_get_url (const Listener *listener);

/* --- transport-address.c --- */
typedef struct
{
  int fd; /* one that is listening already, or -1 */
  struct sockaddr_storage storage;
  socklen_t length;
} ListenAddress;

gboolean listen_address_parse (const char *text, ListenAddress *address, GError **error);
int listen_address_port (const struct sockaddr_storage *storage);
char *peer_address (int fd); /* numeric; "unix" over a unix socket */
char *listen_address_url (
    const char *text, const struct sockaddr_storage *storage, socklen_t length, const char *scheme);

/* --- transport-tls.c --- */
gboolean tls_is_configured (const TransportConfig *config);
void tls_on_context (Transport *transport, gpointer context);

/* --- transport-proxy.c --- */
GPtrArray *proxy_masks_new (const char *const *texts);
gboolean proxy_is_trusted (const Transport *transport, const char *peer);
/* Who asks, where @peer is at the other end of the connection. */
char *proxy_client_address (const Transport *transport, const char *peer, const char *forwarded);

/* --- transport-stop.c --- */
void transport_check_drained (Transport *transport);

/* --- transport-request.c --- */
typedef enum
{
  HTTP_GET,
  HTTP_POST,
  HTTP_OPTIONS,
  HTTP_PUT,
  HTTP_PATCH,
  HTTP_DELETE,
  HTTP_HEAD,
  HTTP_OTHER
} HttpMethod;

struct TransportRequest
{
  Transport *transport;
  Connection *connection; /* NULL: the client is gone */
  HttpMethod method;
  char *path, *address, *user;
  const char *route;
  GHashTable *query, *headers; /* char * -> char * */
  GByteArray *body;
  GBytes *body_bytes;
  guint64 content_length;
  gboolean proxied;   /* a trusted proxy brought it */
  gboolean forwarded; /* it says so itself */
  gboolean keep_alive, engine, echo, answered, delivered, session_gone;
  gint64 began_us; /* g_get_monotonic_time() */
  struct
  {
    guint limit, remaining, reset_s; /* limit 0: nothing was noted */
    gboolean refused;
  } quota;
  /* Engine.IO: the session that holds the request, told when the client goes away. */
  void (*gone) (TransportRequest *request, gpointer data);
  gpointer gone_data;
};

/* What libwebsockets parsed. The path is NULL when it, or an argument behind it, is no text. */
TransportRequest *http_request_new (Connection *connection);
void http_request_free (TransportRequest *request);

/* --- transport-http.c --- */
int http_on_request (Connection *connection);
int http_on_body (Connection *connection, const void *data, gsize length);
int http_on_body_complete (Connection *connection);
int http_on_writable (Connection *connection);
int http_on_upgrade (Connection *connection, char *protocol);
gboolean http_admit (TransportRequest *request);
void http_on_closed (Connection *connection);
void http_request_reply_error (TransportRequest *request, guint status, const char *code, const char *message);
/* {"code":N,"message":"..."}, the error bodies of Engine.IO */
void http_request_reply_engine_error (TransportRequest *request, guint status, int code);

/* --- transport-log.c --- */
void transport_log_request (TransportRequest *request);
void transport_log_answer (TransportRequest *request, guint status);
void transport_log_packet (const EngineSession *session, const char *direction, const EngineioPacket *packet);

/* --- transport-cors.c --- */
gboolean cors_origin_allowed (TransportRequest *request);
void cors_append_headers (TransportRequest *request, GString *head);
void cors_reply_preflight (TransportRequest *request);

/* --- hangup-watch.c --- */
HangupWatch *hangup_watch_new (Transport *transport);
void hangup_watch_close (HangupWatch *watch);
void hangup_watch_add (HangupWatch *watch, Connection *connection);
void hangup_watch_remove (HangupWatch *watch, Connection *connection);

/* --- transport-websocket.c --- */
WebSocket *websocket_new (Connection *connection);
void websocket_free (WebSocket *websocket);
int websocket_on_receive (WebSocket *websocket, const void *data, gsize length);
int websocket_on_writable (WebSocket *websocket);
void websocket_on_closed (WebSocket *websocket);
/* FALSE: the reader is too slow; the caller ends the session. */
gboolean websocket_send (WebSocket *websocket, const EngineioPacket *packet);
void websocket_close (WebSocket *websocket, guint16 status); /* after what is queued */
void websocket_kill (WebSocket *websocket);                  /* at once */
void websocket_set_session (WebSocket *websocket, EngineSession *session);

/* --- engine-session.c --- */
typedef enum
{
  ENGINE_OPEN,
  ENGINE_CLOSING, /* a close packet waits for the poll that takes it */
  ENGINE_CLOSED
} EngineState;

struct EngineSession
{
  Transport *transport;
  char *sid, *address, *query_token;
  char *address_key; /* what the registry counts it under */
  EngineState state;
  gboolean echo;        /* raw Engine.IO: messages go back as they came */
  WebSocket *websocket; /* the transport, or NULL while polling */
  WebSocket *probe;     /* a websocket that may become the transport */
  gboolean probe_answered;
  TransportRequest *poll; /* the GET that waits */
  TransportRequest *post; /* the POST whose body comes in */
  GQueue queue;           /* EngineioPacket, for the next poll */
  gsize queued;           /* bytes in it */
  uv_timer_t timer;
  uv_timer_cb on_timer;
  guint64 ping_at, pong_until, close_at, probe_until; /* uv_now(); 0: not due */
  SocketServer *sockets;
};

EngineSession *engine_session_new (Transport *transport, const char *address, const char *query_token, gboolean echo);
void engine_session_start (EngineSession *session);
void engine_session_schedule (EngineSession *session);                     /* after a change of its deadlines */
void engine_session_send (EngineSession *session, EngineioPacket *packet); /* takes it */
/* What a client sent; the session may be closed after it. */
void engine_session_receive (EngineSession *session, const EngineioPacket *packet);
/* Ends it without a word to the client. */
void engine_session_close (EngineSession *session, const char *reason);
/* With a close packet. */
void engine_session_say_goodbye (EngineSession *session, const char *reason);

/* --- engine-registry.c --- */
EngineSession *engine_registry_lookup (Transport *transport, const char *sid);
gboolean engine_registry_address_full (Transport *transport, const char *address);
void engine_registry_add (EngineSession *session);
void engine_registry_remove (EngineSession *session);
char *engine_random_id (void); /* 128 bits of the kernel, URL-safe */

/* --- engine-polling.c --- */
void engine_request_begin (TransportRequest *request);
void engine_request_complete (TransportRequest *request);
void engine_polling_flush (EngineSession *session);
void engine_polling_release (EngineSession *session, EngineioType type); /* answers the GET that waits, if any */
void engine_polling_end (EngineSession *session);

/* --- engine-upgrade.c --- */
/* The HTTP status and Engine.IO error code that refuse the websocket, or 0. */
guint engine_upgrade_check (TransportRequest *request, int *code);
void engine_upgrade_accept (TransportRequest *request, WebSocket *websocket);
void engine_upgrade_abandon (EngineSession *session);
void engine_websocket_message (WebSocket *websocket, EngineSession *session, const EngineioPacket *packet);
void engine_websocket_closed (WebSocket *websocket, EngineSession *session);

/* --- socket-server.c --- */
SocketServer *socket_server_new (EngineSession *session);
void socket_server_receive (SocketServer *server, const EngineioPacket *packet);
void socket_server_close (SocketServer *server, const char *reason);
void socket_server_free (SocketServer *server);

G_END_DECLS
