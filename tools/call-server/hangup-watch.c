/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Tells when the client of a request that is being held hangs up. libwebsockets leaves such a connection unread (see
 * transport-http.c), so the end of the stream would go unseen. One epoll set of our own holds these descriptors, asks
 * for nothing but the hang-up, and is itself watched by the loop: no descriptor and no timer per request. */

#include "tools/call-server/transport-private.h"

#include <sys/epoll.h>
#include <unistd.h>

struct HangupWatch
{
  Transport *transport;
  int epoll_fd;
  uv_poll_t poll;
};

static void
on_ready (uv_poll_t *poll, int status, int events)
{
  HangupWatch *watch = poll->data;
  struct epoll_event ready[64];
  int count = epoll_wait (watch->epoll_fd, ready, G_N_ELEMENTS (ready), 0);

  for (int i = 0; i < count; i++) {
    Connection *connection = ready[i].data.ptr;

    /* http_on_writable() ends it, in a later turn of the loop: no connection is freed while this one looks at them. */
    hangup_watch_remove (watch, connection);
    connection->hung_up = TRUE;
    lws_rx_flow_control (connection->wsi, 1);
    lws_callback_on_writable (connection->wsi);
  }
}

HangupWatch *
hangup_watch_new (Transport *transport)
{
  HangupWatch *watch = g_new0 (HangupWatch, 1);

  watch->transport = transport;
  watch->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  watch->poll.data = watch;
  g_assert (watch->epoll_fd >= 0);
  uv_poll_init (transport->loop, &watch->poll, watch->epoll_fd);
  uv_poll_start (&watch->poll, UV_READABLE, on_ready);
  transport->open_handles++;
  return watch;
}

static void
on_closed (uv_handle_t *handle)
{
  HangupWatch *watch = handle->data;

  watch->transport->open_handles--;
  close (watch->epoll_fd);
  g_free (watch);
}

void
hangup_watch_close (HangupWatch *watch)
{
  uv_close ((uv_handle_t *) &watch->poll, on_closed);
}

void
hangup_watch_add (HangupWatch *watch, Connection *connection)
{
  struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = connection};

  if (!connection->watched)
    connection->watched = epoll_ctl (watch->epoll_fd, EPOLL_CTL_ADD, lws_get_socket_fd (connection->wsi), &event) == 0;
}

void
hangup_watch_remove (HangupWatch *watch, Connection *connection)
{
  if (connection->watched)
    epoll_ctl (watch->epoll_fd, EPOLL_CTL_DEL, lws_get_socket_fd (connection->wsi), NULL);
  connection->watched = FALSE;
}
