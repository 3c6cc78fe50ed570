/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/server.h"
#include "tools/call-server/token.h"

G_BEGIN_DECLS

/* Who is there. A user comes into the directory (the store) with the first valid token; what its token says is
 * written again only when it changed. Here is what lives as long as the server: sockets, and who watches whom. */

typedef struct
{
  char *id;
  UserRecord told;    /* what the last token said */
  GPtrArray *sockets; /* (element-type TransportSocket) in the order of their coming */
  GPtrArray *seats;   /* (element-type Seat) in its live calls; see live.h */
  gint64 last_seen_ms;
  gboolean watches_contacts; /* asked for the contacts: is told when one comes or goes */
} User;

void user_free (User *user);

/* What a socket carries: whose it is, and a digest of its token. A client that asks by REST is known as one of the
 * user's devices by that. */
typedef struct
{
  TransportSocket *socket;
  User *user;
  guint8 digest[TOKEN_DIGEST_SIZE];
  gint64 expires; /* of the token; the rest is token-expiry.c's */
  gint64 due_ms;
  GSequenceIter *place;
} SocketOwner;

SocketOwner *socket_owner_new (TransportSocket *socket, User *user, const TokenClaims *claims);
void socket_owner_set_token (SocketOwner *owner, const TokenClaims *claims);
void socket_owner_free (SocketOwner *owner);
/* The user's one socket that came with that token; NULL: none, or several. */
TransportSocket *user_socket_by_token (const User *user, const TokenClaims *claims);

/* From a valid token. */
User *users_see (Server *server, const TokenClaims *claims);
User *users_find (Server *server, const char *user_id); /* NULL: not met since the start */
gboolean users_is_online (Server *server, const char *user_id);
gint64 users_last_seen (Server *server, const UserRecord *record);

TokenClaims *users_check_token (Server *server, const char *token, GError **error);
User *users_from_token (Server *server, const char *token, GError **error);

/* The user is told from now on when one of the directory comes or goes. */
void users_watch_contacts (Server *server, User *user);
/* The user's first socket came, or its last one went. */
void users_presence_changed (Server *server, User *user);

void user_emit (const User *user, const char *event, JsonObject *body, const TransportSocket *but);

G_END_DECLS
