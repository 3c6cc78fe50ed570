/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/token-expiry.h"

#include "tools/call-server/json.h"

#define WARN_MS 60000
#define MAX_SLEEP_MS 3600000 /* the wall clock may be set while we wait */

struct TokenExpiry
{
  uv_loop_t *loop;
  GSequence *queue; /* (element-type SocketOwner) by due_ms */
  Timer *timer;
  gint64 wakes_ms; /* when the timer is there */
};

static gint64
wall_ms (void)
{
  return g_get_real_time () / 1000;
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const SocketOwner *one = a, *other = b;
  return (one->due_ms > other->due_ms) - (one->due_ms < other->due_ms);
}

static SocketOwner *
first (const TokenExpiry *expiry)
{
  GSequenceIter *begin = g_sequence_get_begin_iter (expiry->queue);
  return g_sequence_iter_is_end (begin) ? NULL : g_sequence_get (begin);
}

static void
tell (TransportSocket *socket, const char *code, const char *message, gint64 expires)
{
  g_autoptr (JsonObject) body = json_object_new ();
  json_object_set_string_member (body, "code", code);
  json_object_set_string_member (body, "message", message);
  json_object_set_int_member (body, "expires", expires);
  g_autofree char *text = json_object_to_text (body);
  transport_socket_emit (socket, "auth", text, NULL);
}

/* The socket may be gone when this returns: a slow reader is cut by what is told to it. */
static void
carry_out (TokenExpiry *expiry, SocketOwner *owner)
{
  g_autoptr (TransportSocket) socket = transport_socket_ref (owner->socket);
  gint64 expires = owner->expires;
  if (owner->due_ms < expires * 1000) {
    owner->due_ms = expires * 1000;
    g_sequence_sort_changed (owner->place, compare, NULL);
    tell (socket, "token-expires-soon", "Send the event auth with a new token", expires);
    return;
  }
  token_expiry_forget (expiry, owner);
  g_debug ("%s: token expired", owner->user->id);
  tell (socket, "token-expired", "The token has expired", expires);
  transport_socket_close (socket);
}

/* An owner that is no longer first leaves the timer as it is: it wakes once for nothing. */
static void
sleep_until_due (TokenExpiry *expiry, void (*wake) (gpointer))
{
  const SocketOwner *owner = first (expiry);
  gint64 now = wall_ms ();
  if (owner == NULL || (expiry->timer != NULL && expiry->wakes_ms <= owner->due_ms))
    return;
  timer_stop (&expiry->timer);
  expiry->wakes_ms = CLAMP (owner->due_ms, now, now + MAX_SLEEP_MS);
  expiry->timer = timer_start (expiry->loop, expiry->wakes_ms - now, wake, expiry);
}

static void
on_timer (gpointer data)
{
  TokenExpiry *expiry = data;
  gint64 now = wall_ms ();
  timer_stop (&expiry->timer);
  for (SocketOwner *owner; (owner = first (expiry)) != NULL && owner->due_ms <= now;)
    carry_out (expiry, owner);
  sleep_until_due (expiry, on_timer);
}

TokenExpiry *
token_expiry_new (uv_loop_t *loop)
{
  TokenExpiry *expiry = g_new0 (TokenExpiry, 1);
  expiry->loop = loop;
  expiry->queue = g_sequence_new (NULL);
  return expiry;
}

void
token_expiry_free (TokenExpiry *expiry)
{
  for (SocketOwner *owner; (owner = first (expiry)) != NULL;)
    token_expiry_forget (expiry, owner);
  timer_stop (&expiry->timer);
  g_sequence_free (expiry->queue);
  g_free (expiry);
}

void
token_expiry_forget (TokenExpiry *expiry, SocketOwner *owner)
{
  if (owner->place != NULL)
    g_sequence_remove (owner->place);
  owner->place = NULL;
}

void
token_expiry_watch (TokenExpiry *expiry, SocketOwner *owner, gint64 expires)
{
  gint64 left_ms = expires * 1000 - wall_ms ();
  token_expiry_forget (expiry, owner);
  owner->expires = expires;
  owner->due_ms = expires * 1000 - CLAMP (left_ms / 2, 0, WARN_MS);
  owner->place = g_sequence_insert_sorted (expiry->queue, owner, compare, NULL);
  sleep_until_due (expiry, on_timer);
}
