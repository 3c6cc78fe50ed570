/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Whose request it is when a reverse proxy brings it. Each proxy appends to X-Forwarded-For whom it heard from, so the
 * list is read from its end, as far as those who wrote it are trusted:
 *
 *   connection from 10.0.0.2 (trusted), X-Forwarded-For: 1.1.1.1, 203.0.113.7, 10.0.0.1 (trusted)
 *                                                                 ^ the client; all before it is its own word */

#include "tools/call-server/transport-private.h"

#include <gio/gio.h>
#include <string.h>

#define UNIX "unix"

/* "10.0.0.0/8", "::1", or "unix" for whoever comes over a unix socket. */
gboolean
transport_check_proxy (const char *text, GError **error)
{
  g_autoptr (GInetAddressMask) mask = NULL;

  if (g_str_equal (text, UNIX))
    return TRUE;
  mask = g_inet_address_mask_new_from_string (text, error);
  return mask != NULL;
}

GPtrArray *
proxy_masks_new (const char *const *texts)
{
  GPtrArray *masks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++) {
    GInetAddressMask *mask = g_inet_address_mask_new_from_string (texts[i], NULL);

    if (mask != NULL)
      g_ptr_array_add (masks, mask);
  }
  return masks;
}

gboolean
proxy_is_trusted (const Transport *transport, const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  if (address == NULL)
    return g_str_equal (text, UNIX) && transport->config.trusted_proxies != NULL
           && g_strv_contains (transport->config.trusted_proxies, UNIX);
  for (guint i = 0; i < transport->proxies->len; i++) {
    if (g_inet_address_mask_matches (g_ptr_array_index (transport->proxies, i), address))
      return TRUE;
  }
  return FALSE;
}

char *
proxy_client_address (const Transport *transport, const char *peer, const char *forwarded)
{
  g_auto (GStrv) hops = NULL;
  g_autofree char *client = g_strdup (peer);

  if (forwarded == NULL || !proxy_is_trusted (transport, peer))
    return g_steal_pointer (&client);
  hops = g_strsplit (forwarded, ",", -1);
  for (guint i = g_strv_length (hops); i-- > 0 && proxy_is_trusted (transport, client);) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (g_strstrip (hops[i]));

    if (address == NULL)
      break;
    g_free (client);
    client = g_inet_address_to_string (address);
  }
  return g_steal_pointer (&client);
}
