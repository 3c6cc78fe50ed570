/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Agora's tokens for its RTC service, versions 006 and 007: text out of what is given, and nothing else. The formats
 * stand in docs/protocol/agora-tokens.md. */

#define AGORA_ID_LENGTH 32   /* hex digits, of the app id and of the certificate */
#define AGORA_MAX_UID 255    /* bytes of an account */
#define AGORA_MAX_CHANNEL 63 /* bytes */

typedef struct
{
  const char *app_id, *certificate;
  const char *channel;
  const char *uid;    /* the digits of a number, an account, or "" for any (the number 0) */
  gboolean publisher; /* may send audio, video and data; else join only */
  guint32 now;        /* seconds since 1970 */
  guint32 ttl;        /* seconds */
  guint32 salt;       /* random */
} AgoraToken;

char *agora_token_006 (const AgoraToken *token);
char *agora_token_007 (const AgoraToken *token);

gboolean agora_id_is_valid (const char *id, gssize length); /* -1: NUL-terminated */

G_END_DECLS
