/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A bad network in front of a server: passes bytes on, and can stop to do so. On the thread-default context. */
typedef struct
{
  char *url;
  gboolean refuse_sockets; /* closes what asks for /socket.io/ */
  gboolean swallow;        /* takes bytes from clients and does not pass them on */
  GSocketService *service;
  GSocketAddress *server;
  GPtrArray *links; /* (element-type Link) */
} SignallerProxy;

SignallerProxy *signaller_proxy_new (const char *server_url);
void signaller_proxy_cut (SignallerProxy *proxy); /* all that is connected */
void signaller_proxy_free (SignallerProxy *proxy);

G_END_DECLS
