/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A listening socket. It is ours and not libwebsockets' so that a shutdown can close it first, that the port of :0
 * is known, and that connections past the limit are turned away here, before they cost anything. */

#define _GNU_SOURCE /* accept4 */

#include "tools/call-server/transport-private.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
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
  int port;
  char *url, *unix_path; /* of a file that we made */
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

void
listener_free (Listener *listener)
{
  if (listener->fd >= 0)
    close (listener->fd);
  if (listener->unix_path != NULL)
    unlink (listener->unix_path);
  g_free (listener->unix_path);
  g_free (listener->url);
  g_free (listener);
}

static gboolean
fail (GError **error, const char *address, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "cannot %s %s: %s", what, address, g_strerror (code));
  return FALSE;
}

/* A server that was killed leaves its socket's file behind; one that answers is somebody else's. */
static void
remove_stale (const ListenAddress *address)
{
  const struct sockaddr_un *name = (const struct sockaddr_un *) &address->storage;
  int fd = address->storage.ss_family == AF_UNIX ? socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;

  if (fd < 0)
    return;
  if (connect (fd, (const struct sockaddr *) name, address->length) != 0 && errno == ECONNREFUSED)
    unlink (name->sun_path);
  close (fd);
}

static gboolean
open_socket (Listener *listener, const char *text, const ListenAddress *address, GError **error)
{
  const int on = 1;

  listener->fd = socket (address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener->fd < 0)
    return fail (error, text, "make a socket for");
  remove_stale (address);
  setsockopt (listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (listener->fd, (const struct sockaddr *) &address->storage, address->length) != 0
      || listen (listener->fd, BACKLOG) != 0)
    return fail (error, text, "listen on");
  if (address->storage.ss_family == AF_UNIX) {
    listener->unix_path = g_strdup (((const struct sockaddr_un *) &address->storage)->sun_path);
    chmod (listener->unix_path, 0666); /* as open as a port on 127.0.0.1; its folder may be less so */
  }
  return TRUE;
}

static gboolean
adopt_listening (Listener *listener, const char *text, int fd, GError **error)
{
  int listening = 0;
  socklen_t length = sizeof listening;

  if (getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) != 0 || !listening) {
    errno = listening ? errno : EINVAL;
    return fail (error, text, "listen on");
  }
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  listener->fd = fd;
  return TRUE;
}

static void
learn_name (Listener *listener, const char *text)
{
  struct sockaddr_storage bound = {0};
  socklen_t length = sizeof bound;

  getsockname (listener->fd, (struct sockaddr *) &bound, &length);
  listener->port = listen_address_port (&bound);
  listener->url =
      listen_address_url (text, &bound, length, tls_is_configured (&listener->transport->config) ? "https" : "http");
}

Listener *
listener_new (Transport *transport, const char *text, GError **error)
{
  Listener *listener = g_new0 (Listener, 1);
  ListenAddress address;
  gboolean open;

  listener->transport = transport;
  listener->fd = -1;
  open = listen_address_parse (text, &address, error)
         && (address.fd >= 0 ? adopt_listening (listener, text, address.fd, error)
                             : open_socket (listener, text, &address, error));
  if (!open) {
    listener_free (listener);
    return NULL;
  }
  learn_name (listener, text);
  return listener;
}

int
listener_get_port (const Listener *listener)
{
  return listener->port;
}

const char *
listener_get_url (const Listener *listener)
{
  return listener->url;
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
  listener_free (listener);
}

void
listener_close (Listener *listener)
{
  uv_close ((uv_handle_t *) &listener->retry, on_closed);
  uv_close ((uv_handle_t *) &listener->poll, on_closed);
  close (listener->fd); /* now: nobody is to come in any more */
  listener->fd = -1;
}
