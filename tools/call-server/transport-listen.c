/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The listening socket. It is ours and not libwebsockets' so that a shutdown can close it first, that the port of :0
 * is known, and that connections past the limit are turned away here, before they cost anything. */

#define _GNU_SOURCE /* accept4 */

#include "tools/call-server/transport-private.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define ACCEPTS_PER_TURN 64
#define RESERVED_DESCRIPTORS 64 /* database, logs, event loop */
#define RETRY_MS 100

struct Listener
{
  Transport *transport;
  int fd;
  uv_poll_t poll;
  uv_timer_t retry;
  uv_poll_cb on_ready;
  guint open_handles;
};

static guint
connection_limit (const Transport *transport)
{
  struct rlimit limit = {0};

  if (transport->config.max_connections > 0)
    return transport->config.max_connections;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= 2 * RESERVED_DESCRIPTORS)
    return RESERVED_DESCRIPTORS;
  return MIN (limit.rlim_cur - RESERVED_DESCRIPTORS, G_MAXINT);
}

static void
on_retry (uv_timer_t *timer)
{
  Listener *listener = timer->data;

  uv_poll_start (&listener->poll, UV_READABLE, listener->on_ready);
}

static void
adopt (Transport *transport, int fd)
{
  const int on = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (transport->connections >= connection_limit (transport)) {
    transport->stats.refused++;
    close (fd);
    return;
  }
  lws_adopt_socket_vhost (transport->vhost, fd); /* closes it when it fails */
}

static void
on_ready (uv_poll_t *poll, int status, int events)
{
  Listener *listener = poll->data;

  for (guint i = 0; i < ACCEPTS_PER_TURN; i++) {
    int fd = accept4 (listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0)
      adopt (listener->transport, fd);
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      /* Nothing to take it with, and it stays ready: looking again at once would spin. */
      uv_poll_stop (poll);
      uv_timer_start (&listener->retry, on_retry, RETRY_MS, 0);
      return;
    } else if (errno != ECONNABORTED && errno != EINTR)
      return;
  }
}

static gboolean
fail (GError **error, const char *listen_address, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s: %s", listen_address, what, g_strerror (code));
  return FALSE;
}

static gboolean
parse_address (const char *text, struct sockaddr_storage *storage, socklen_t *length, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse (text, 0, error);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddressEnumerator) addresses = NULL;

  if (connectable == NULL)
    return FALSE;
  addresses = g_socket_connectable_enumerate (connectable);
  address = g_socket_address_enumerator_next (addresses, NULL, error);
  if (address == NULL)
    return FALSE;
  *length = g_socket_address_get_native_size (address);
  return g_socket_address_to_native (address, storage, sizeof *storage, error);
}

static gboolean
open_socket (Listener *listener, const char *text, GError **error)
{
  struct sockaddr_storage address = {0};
  socklen_t length = 0;
  const int on = 1;

  if (!parse_address (text, &address, &length, error))
    return FALSE;
  listener->fd = socket (address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener->fd < 0)
    return fail (error, text, "socket");
  setsockopt (listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (listener->fd, (struct sockaddr *) &address, length) != 0)
    return fail (error, text, "bind");
  if (listen (listener->fd, BACKLOG) != 0)
    return fail (error, text, "listen");
  length = sizeof address;
  getsockname (listener->fd, (struct sockaddr *) &address, &length);
  listener->transport->port = ntohs (address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *) &address)->sin6_port
                                                                   : ((struct sockaddr_in *) &address)->sin_port);
  return TRUE;
}

Listener *
listener_new (Transport *transport, GError **error)
{
  Listener *listener = g_new0 (Listener, 1);

  listener->transport = transport;
  listener->fd = -1;
  if (!open_socket (listener, transport->config.listen, error)) {
    if (listener->fd >= 0)
      close (listener->fd);
    g_free (listener);
    return NULL;
  }
  return listener;
}

void
listener_start (Listener *listener)
{
  Transport *transport = listener->transport;

  uv_poll_init (transport->loop, &listener->poll, listener->fd);
  uv_timer_init (transport->loop, &listener->retry);
  listener->poll.data = listener->retry.data = listener;
  listener->open_handles = 2;
  listener->on_ready = on_ready;
  transport->open_handles++;
  uv_poll_start (&listener->poll, UV_READABLE, on_ready);
}

static void
on_closed (uv_handle_t *handle)
{
  Listener *listener = handle->data;

  if (--listener->open_handles > 0)
    return;
  listener->transport->open_handles--;
  g_free (listener);
}

void
listener_close (Listener *listener)
{
  uv_close ((uv_handle_t *) &listener->retry, on_closed);
  uv_close ((uv_handle_t *) &listener->poll, on_closed);
  close (listener->fd);
}
