/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/ice.h"

#include <string.h>

#define SHA1_SIZE 20

char *
ice_turn_username (const char *user_id, gint64 expires)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ":%s", expires, user_id);
}

char *
ice_turn_credential (GBytes *secret, const char *username)
{
  guint8 digest[SHA1_SIZE];
  gsize size = sizeof digest, key_size = 0;
  const guint8 *key = g_bytes_get_data (secret, &key_size);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA1, key, key_size);
  g_hmac_update (hmac, (const guchar *) username, (gssize) strlen (username));
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  return g_base64_encode (digest, size);
}

static JsonObject *
server_with_urls (char *const *urls)
{
  JsonArray *array = json_array_new ();
  JsonObject *server = json_object_new ();
  for (; *urls != NULL; urls++)
    json_array_add_string_element (array, *urls);
  json_object_set_array_member (server, "urls", array);
  return server;
}

JsonArray *
ice_servers_for (const Options *options, const char *user_id)
{
  JsonArray *servers = json_array_new ();
  if (options->stun_servers != NULL && options->stun_servers[0] != NULL)
    json_array_add_object_element (servers, server_with_urls (options->stun_servers));
  if (options->turn_servers != NULL && options->turn_servers[0] != NULL) {
    gint64 expires = g_get_real_time () / G_USEC_PER_SEC + (gint64) options->turn_ttl;
    g_autofree char *username = ice_turn_username (user_id, expires);
    g_autofree char *credential = ice_turn_credential (options->turn_secret, username);
    JsonObject *server = server_with_urls (options->turn_servers);
    json_object_set_string_member (server, "username", username);
    json_object_set_string_member (server, "credential", credential);
    json_array_add_object_element (servers, server);
  }
  return servers;
}
