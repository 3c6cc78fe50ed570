/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The addresses to listen on, from text and back. */

#include "tools/call-server/transport-private.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#define UNIX_PREFIX "unix:"
#define FD_PREFIX "fd:"

static gboolean
fail (const char *text, const char *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "'%s' is no address to listen on: %s", text, what);
  return FALSE;
}

static gboolean
parse_unix (const char *text, ListenAddress *address, GError **error)
{
  struct sockaddr_un *name = (struct sockaddr_un *) &address->storage;
  const char *path = text + strlen (UNIX_PREFIX);

  if (path[0] != '/' || strlen (path) >= sizeof name->sun_path)
    return fail (text, "a path must be absolute and at most 107 bytes", error);
  name->sun_family = AF_UNIX;
  g_strlcpy (name->sun_path, path, sizeof name->sun_path);
  address->length = sizeof *name;
  return TRUE;
}

static gboolean
parse_internet (const char *text, ListenAddress *address, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autoptr (GError) reason = NULL;
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse (text, 0, &reason);
  g_autoptr (GSocketAddress) resolved = NULL;
  g_autoptr (GSocketAddressEnumerator) addresses = NULL;

  if (connectable == NULL)
    return fail (text, reason->message, error);
  if (colon == NULL || !g_ascii_isdigit (colon[1]))
    return fail (text, "there is no port", error);
  addresses = g_socket_connectable_enumerate (connectable);
  resolved = g_socket_address_enumerator_next (addresses, NULL, &reason);
  if (resolved == NULL)
    return fail (text, reason->message, error);
  address->length = g_socket_address_get_native_size (resolved);
  return g_socket_address_to_native (resolved, &address->storage, sizeof address->storage, error);
}

gboolean
listen_address_parse (const char *text, ListenAddress *address, GError **error)
{
  guint64 number = 0;

  *address = (ListenAddress){.fd = -1};
  if (g_str_has_prefix (text, UNIX_PREFIX))
    return parse_unix (text, address, error);
  if (!g_str_has_prefix (text, FD_PREFIX))
    return parse_internet (text, address, error);
  if (!g_ascii_string_to_unsigned (text + strlen (FD_PREFIX), 10, 3, G_MAXINT, &number, NULL))
    return fail (text, "the descriptor must be 3 or more", error);
  address->fd = (int) number;
  return TRUE;
}

gboolean
transport_check_listen (const char *text, GError **error)
{
  ListenAddress address;

  return listen_address_parse (text, &address, error);
}

int
listen_address_port (const struct sockaddr_storage *storage)
{
  if (storage->ss_family == AF_INET6)
    return ntohs (((const struct sockaddr_in6 *) storage)->sin6_port);
  return storage->ss_family == AF_INET ? ntohs (((const struct sockaddr_in *) storage)->sin_port) : 0;
}

/* The host as it was written; of a descriptor that we were given, as the kernel has it. */
char *
listen_address_url (const char *text, const struct sockaddr_storage *storage, socklen_t length, const char *scheme)
{
  const char *path = ((const struct sockaddr_un *) storage)->sun_path;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *host = NULL;

  if (storage->ss_family == AF_UNIX)
    return g_strdup_printf (UNIX_PREFIX "%s", path);
  if (!g_str_has_prefix (text, FD_PREFIX))
    return g_strdup_printf (
        "%s://%.*s:%d", scheme, (int) (strrchr (text, ':') - text), text, listen_address_port (storage));
  address = g_socket_address_new_from_native ((gpointer) storage, length);
  host = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  return g_strdup_printf (
      strchr (host, ':') != NULL ? "%s://[%s]:%d" : "%s://%s:%d", scheme, host, listen_address_port (storage));
}

/* An IPv4 client of an IPv6 socket has one address, not two. */
char *
peer_address (int fd)
{
  struct sockaddr_storage storage = {0};
  socklen_t length = sizeof storage;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *text = NULL;

  if (getpeername (fd, (struct sockaddr *) &storage, &length) != 0)
    return g_strdup ("");
  if (storage.ss_family == AF_UNIX)
    return g_strdup ("unix");
  address = g_socket_address_new_from_native (&storage, length);
  text = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  return g_strdup (g_str_has_prefix (text, "::ffff:") ? text + strlen ("::ffff:") : text);
}
