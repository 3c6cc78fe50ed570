/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The Engine.IO sessions by sid, and how many of them an address has. */

#include "tools/call-server/transport-private.h"

#include "tools/call-server/ratelimit.h"

#include <sys/random.h>

/* A sid is all that a client shows to be let into a session, so it is not from a generator that can be guessed. */
char *
engine_random_id (void)
{
  guint8 random[16];
  char *id;

  if (getrandom (random, sizeof random, 0) != sizeof random)
    g_error ("The kernel has no random bytes");
  id = g_base64_encode (random, sizeof random);
  g_strdelimit (id, "=", '\0');
  g_strdelimit (id, "+", '-');
  g_strdelimit (id, "/", '_');
  return id;
}

EngineSession *
engine_registry_lookup (Transport *transport, const char *sid)
{
  return g_hash_table_lookup (transport->sessions, sid);
}

static guint
sessions_of (Transport *transport, const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (transport->addresses, key));
}

gboolean
engine_registry_address_full (Transport *transport, const char *address)
{
  guint limit = transport->config.max_sockets_per_address;
  g_autofree char *key = rate_limit_address_key (address);

  return limit > 0 && sessions_of (transport, key) >= limit;
}

void
engine_registry_add (EngineSession *session)
{
  Transport *transport = session->transport;
  guint count;

  session->address_key = rate_limit_address_key (session->address);
  count = sessions_of (transport, session->address_key) + 1;
  g_hash_table_insert (transport->sessions, session->sid, session);
  g_hash_table_insert (transport->addresses, g_strdup (session->address_key), GUINT_TO_POINTER (count));
}

void
engine_registry_remove (EngineSession *session)
{
  Transport *transport = session->transport;
  guint count = sessions_of (transport, session->address_key);

  g_hash_table_remove (transport->sessions, session->sid);
  if (count > 1)
    g_hash_table_insert (transport->addresses, g_strdup (session->address_key), GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (transport->addresses, session->address_key);
}
