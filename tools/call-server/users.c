/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/users.h"

#include "tools/call-server/json.h"
#include "tools/call-server/token-cache.h"

#include <string.h>

void
user_free (User *user)
{
  g_free (user->id);
  user_record_clear (&user->told);
  g_ptr_array_unref (user->sockets);
  g_ptr_array_unref (user->seats);
  g_free (user);
}

SocketOwner *
socket_owner_new (TransportSocket *socket, User *user, const TokenClaims *claims)
{
  SocketOwner *owner = g_new0 (SocketOwner, 1);
  owner->socket = socket;
  owner->user = user;
  socket_owner_set_token (owner, claims);
  return owner;
}

void
socket_owner_set_token (SocketOwner *owner, const TokenClaims *claims)
{
  memcpy (owner->digest, claims->digest, sizeof owner->digest);
}

void
socket_owner_free (SocketOwner *owner)
{
  g_free (owner);
}

TransportSocket *
user_socket_by_token (const User *user, const TokenClaims *claims)
{
  TransportSocket *found = NULL;
  for (guint i = 0; i < user->sockets->len; i++) {
    TransportSocket *socket = g_ptr_array_index (user->sockets, i);
    const SocketOwner *owner = transport_socket_get_data (socket);
    if (owner == NULL || memcmp (owner->digest, claims->digest, sizeof owner->digest) != 0)
      continue;
    if (found != NULL)
      return NULL;
    found = socket;
  }
  return found;
}

User *
users_find (Server *server, const char *user_id)
{
  return g_hash_table_lookup (server->users, user_id);
}

gboolean
users_is_online (Server *server, const char *user_id)
{
  const User *user = users_find (server, user_id);
  return user != NULL && user->sockets->len > 0;
}

gint64
users_last_seen (Server *server, const UserRecord *record)
{
  const User *user = users_find (server, record->id);
  return MAX (record->last_seen_ms, user != NULL ? user->last_seen_ms : 0);
}

static void
record_set (UserRecord *record, const UserRecord *from)
{
  user_record_clear (record);
  record->id = g_strdup (from->id);
  record->username = g_strdup (from->username);
  record->full_name = g_strdup (from->full_name);
  record->avatar = g_strdup (from->avatar);
}

static gboolean
record_equal (const UserRecord *a, const UserRecord *b)
{
  return g_strcmp0 (a->id, b->id) == 0 && g_strcmp0 (a->username, b->username) == 0
         && g_strcmp0 (a->full_name, b->full_name) == 0 && g_strcmp0 (a->avatar, b->avatar) == 0;
}

static void
touched (StoreJob *job)
{
  Server *server = job->data;
  User *user = users_find (server, job->user.id);
  if (job->result == STORE_FAILED && user != NULL)
    user_record_clear (&user->told); /* the next token tries again */
}

static User *
user_new (const char *id)
{
  User *user = g_new0 (User, 1);
  user->id = g_strdup (id);
  user->sockets = g_ptr_array_new_with_free_func ((GDestroyNotify) transport_socket_unref);
  user->seats = g_ptr_array_new ();
  return user;
}

User *
users_see (Server *server, const TokenClaims *claims)
{
  const UserRecord said = {claims->user_id, claims->username, claims->full_name, claims->avatar};
  User *user = users_find (server, claims->user_id);
  if (user == NULL) {
    user = user_new (claims->user_id);
    g_hash_table_insert (server->users, user->id, user);
  }
  if (!record_equal (&user->told, &said)) {
    StoreJob *job = store_job_new (STORE_TOUCH_USER, user->id, touched, server);
    record_set (&user->told, &said);
    record_set (&job->user, &said);
    store_push (server->store, job);
  }
  return user;
}

TokenClaims *
users_check_token (Server *server, const char *token, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  return token_cache_verify (server->token_cache, token, server->token_rules, now, error);
}

User *
users_from_token (Server *server, const char *token, GError **error)
{
  g_autoptr (TokenClaims) claims = users_check_token (server, token, error);
  return claims != NULL ? users_see (server, claims) : NULL;
}

void
user_emit (const User *user, const char *event, JsonObject *body, const TransportSocket *but)
{
  g_autofree char *text = user != NULL && user->sockets->len > 0 ? json_object_to_text (body) : NULL;
  /* Backwards: to emit to a socket that is too slow may take it out. */
  for (guint i = text != NULL ? user->sockets->len : 0; i-- > 0;) {
    TransportSocket *socket = g_ptr_array_index (user->sockets, i);
    if (socket != but)
      transport_socket_emit (socket, event, text, NULL);
  }
}

static void
emit_status (const User *to, const User *about)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *seen = time_to_text (about->last_seen_ms);
  json_object_set_string_member (body, "userId", about->id);
  json_object_set_boolean_member (body, "online", about->sockets->len > 0);
  json_object_set_string_member (body, "lastSeen", seen);
  user_emit (to, "user-status", body, NULL);
}

/* style: allow forward-declaration (a circle: each page asks for the next) */
static void ask_peers (Server *server, const char *user_id, const char *after);

/* Watchers were told at once; this is for those who only share a call with the user. */
static void
peers_known (StoreJob *job)
{
  Server *server = job->data;
  const User *about = users_find (server, job->user_id);
  const UserRecord *record = NULL;
  for (guint i = 0; about != NULL && job->users != NULL && i < job->users->len; i++) {
    record = g_ptr_array_index (job->users, i);
    const User *peer = users_find (server, record->id);
    if (peer != NULL && !peer->watches_contacts)
      emit_status (peer, about);
  }
  if (job->more && record != NULL && !server->stopping)
    ask_peers (server, job->user_id, record->id);
}

static void
ask_peers (Server *server, const char *user_id, const char *after)
{
  StoreJob *job = store_job_new (STORE_PEERS, user_id, peers_known, server);
  job->peer_id = g_strdup (after);
  store_push (server->store, job);
}

void
users_watch_contacts (Server *server, User *user)
{
  if (!user->watches_contacts)
    g_ptr_array_add (server->watchers, user);
  user->watches_contacts = TRUE;
}

void
users_presence_changed (Server *server, User *user)
{
  user->last_seen_ms = g_get_real_time () / 1000;
  StoreJob *seen = store_job_new (STORE_SEEN_USER, user->id, NULL, NULL);
  store_push (server->store, seen);
  if (server->stopping)
    return;
  ask_peers (server, user->id, NULL);
  for (guint i = 0; i < server->watchers->len; i++) {
    const User *watcher = g_ptr_array_index (server->watchers, i);
    if (watcher != user)
      emit_status (watcher, user);
  }
}
