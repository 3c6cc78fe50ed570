/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/elements/signallerproxy.h"

#include <string.h>

/* One direction is one half: a source on its input, and a (blocking, both ends are local) write to the output. */
typedef struct
{
  SignallerProxy *proxy;
  GSocketConnection *ends[2]; /* client, server */
  GSource *sources[2];
  gboolean judged; /* the first bytes were looked at */
} Link;

static void
link_free (gpointer data)
{
  Link *link = data;

  for (guint i = 0; i < 2; i++) {
    g_source_destroy (link->sources[i]);
    g_source_unref (link->sources[i]);
    g_io_stream_close (G_IO_STREAM (link->ends[i]), NULL, NULL);
    g_object_unref (link->ends[i]);
  }
  g_free (link);
}

static gboolean
pass (Link *link, guint from)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (link->ends[!from]));
  char bytes[4096];
  gssize length = g_socket_receive (g_socket_connection_get_socket (link->ends[from]), bytes, sizeof bytes, NULL, NULL);

  if (length <= 0)
    return FALSE;
  if (from == 0 && !link->judged) {
    link->judged = TRUE;
    if (link->proxy->refuse_sockets && length >= 15 && !memcmp (bytes, "GET /socket.io/", 15))
      return FALSE;
  }
  if (from == 0 && link->proxy->swallow)
    return TRUE;
  return g_output_stream_write_all (output, bytes, (gsize) length, NULL, NULL, NULL);
}

static gboolean
on_client_bytes (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Link *link = user_data;

  if (pass (link, 0))
    return G_SOURCE_CONTINUE;
  g_ptr_array_remove (link->proxy->links, link);
  return G_SOURCE_REMOVE;
}

static gboolean
on_server_bytes (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Link *link = user_data;

  if (pass (link, 1))
    return G_SOURCE_CONTINUE;
  g_ptr_array_remove (link->proxy->links, link);
  return G_SOURCE_REMOVE;
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *client, GObject *source, gpointer user_data)
{
  SignallerProxy *proxy = user_data;
  static const GSocketSourceFunc callbacks[] = {on_client_bytes, on_server_bytes};
  g_autoptr (GSocketClient) connector = g_object_new (G_TYPE_SOCKET_CLIENT, "enable-proxy", FALSE, NULL);
  GSocketConnection *server = g_socket_client_connect (connector, G_SOCKET_CONNECTABLE (proxy->server), NULL, NULL);
  Link *link;

  if (!server)
    return FALSE;
  link = g_new0 (Link, 1);
  link->proxy = proxy;
  link->ends[0] = g_object_ref (client);
  link->ends[1] = server;
  for (guint i = 0; i < 2; i++) {
    link->sources[i] = g_socket_create_source (g_socket_connection_get_socket (link->ends[i]), G_IO_IN, NULL);
    g_source_set_callback (link->sources[i], G_SOURCE_FUNC (callbacks[i]), link, NULL);
    g_source_attach (link->sources[i], g_main_context_get_thread_default ());
  }
  g_ptr_array_add (proxy->links, link);
  return TRUE;
}

SignallerProxy *
signaller_proxy_new (const char *server_url)
{
  SignallerProxy *proxy = g_new0 (SignallerProxy, 1);
  g_autoptr (GUri) uri = g_uri_parse (server_url, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GError) error = NULL;
  guint16 port;

  proxy->links = g_ptr_array_new_with_free_func (link_free);
  proxy->server = g_inet_socket_address_new_from_string (g_uri_get_host (uri), (guint) g_uri_get_port (uri));
  proxy->service = g_socket_service_new ();
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (proxy->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (proxy->service, "incoming", G_CALLBACK (on_incoming), proxy);
  proxy->url = g_strdup_printf ("http://127.0.0.1:%u", port);
  return proxy;
}

void
signaller_proxy_cut (SignallerProxy *proxy)
{
  g_ptr_array_set_size (proxy->links, 0);
}

void
signaller_proxy_free (SignallerProxy *proxy)
{
  g_socket_service_stop (proxy->service);
  g_socket_listener_close (G_SOCKET_LISTENER (proxy->service));
  g_object_unref (proxy->service);
  g_ptr_array_unref (proxy->links);
  g_object_unref (proxy->server);
  g_free (proxy->url);
  g_free (proxy);
}
