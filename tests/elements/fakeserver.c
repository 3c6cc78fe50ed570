/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/elements/fakeserver.h"

#include <string.h>

#define HUGE_LENGTH (2 * 1000 * 1000)

static char *
expand (const char *text)
{
  char *big;

  if (!g_str_equal (text, HUGE) && !g_str_equal (text, BRACKETS) && !g_str_equal (text, EVENT_BRACKETS))
    return g_strdup (text);
  big = g_malloc (HUGE_LENGTH + 1);
  memset (big, '[', HUGE_LENGTH);
  big[g_str_equal (text, HUGE) ? HUGE_LENGTH : 900 * 1000] = 0;
  if (g_str_equal (text, EVENT_BRACKETS))
    memcpy (big, "42", 2);
  return big;
}

void
fake_server_say (SoupWebsocketConnection *socket, const char *text)
{
  g_autofree char *expanded = expand (text);

  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (socket, expanded);
}

static void
on_server_socket (
    SoupServer *soup, SoupServerMessage *message, const char *path, SoupWebsocketConnection *socket, gpointer user_data)
{
  FakeServer *server = user_data;

  g_ptr_array_add (server->sockets, g_object_ref (socket));
  for (guint i = 0; i < 3 && server->says[i]; i++)
    fake_server_say (socket, server->says[i]);
}

FakeServer *
fake_server_new (const char *const *says)
{
  FakeServer *server = g_new0 (FakeServer, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  server->says = says;
  server->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  server->server = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (server->server, "/socket.io", NULL, NULL, on_server_socket, server, NULL);
  soup_server_listen_local (server->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server->server);
  server->url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return server;
}

void
fake_server_free (FakeServer *server)
{
  soup_server_disconnect (server->server);
  g_ptr_array_unref (server->sockets);
  g_object_unref (server->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (server->url);
  g_free (server);
}
