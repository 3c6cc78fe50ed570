/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/agora-token.h"

#include <string.h>
#include <zlib.h>

#define SHA256_SIZE 32
#define SERVICE_RTC 1
#define TS_AHEAD 86400 /* of 006's own time stamp, which nobody reads */

enum
{
  PRIVILEGE_JOIN = 1,
  PRIVILEGE_AUDIO,
  PRIVILEGE_VIDEO,
  PRIVILEGE_DATA
};

/* ---- little-endian ---- */

static void
put_u16 (GByteArray *to, guint number)
{
  guint16 data = GUINT16_TO_LE ((guint16) number);
  g_byte_array_append (to, (const guint8 *) &data, sizeof data);
}

static void
put_u32 (GByteArray *to, guint32 number)
{
  guint32 data = GUINT32_TO_LE (number);
  g_byte_array_append (to, (const guint8 *) &data, sizeof data);
}

static void
put_bytes (GByteArray *to, const void *data, gsize size)
{
  put_u16 (to, (guint) size);
  g_byte_array_append (to, data, (guint) size);
}

static void
put_text (GByteArray *to, const char *text)
{
  put_bytes (to, text, strlen (text));
}

static void
put_privileges (GByteArray *to, gboolean publisher, guint32 expires)
{
  guint last = publisher ? PRIVILEGE_DATA : PRIVILEGE_JOIN;
  put_u16 (to, last);
  for (guint privilege = PRIVILEGE_JOIN; privilege <= last; privilege++) {
    put_u16 (to, privilege);
    put_u32 (to, expires);
  }
}

static void
hmac_sha256 (const void *key, gsize key_size, const GByteArray *text, guint8 digest[SHA256_SIZE])
{
  gsize size = SHA256_SIZE;
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, key, key_size);
  g_hmac_update (hmac, text->data, text->len);
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
}

static guint32
crc_of (const char *text)
{
  return (guint32) crc32 (0, (const Bytef *) text, (uInt) strlen (text));
}

/* ---- 006 ---- */

static GByteArray *
message_006 (const AgoraToken *token)
{
  GByteArray *message = g_byte_array_new ();
  put_u32 (message, token->salt);
  put_u32 (message, token->now + TS_AHEAD);
  put_privileges (message, token->publisher, token->now + token->ttl);
  return message;
}

char *
agora_token_006 (const AgoraToken *token)
{
  guint8 signature[SHA256_SIZE];
  g_autoptr (GByteArray) message = message_006 (token);
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autoptr (GByteArray) signed_text = g_byte_array_new ();
  const char *parts[] = {token->app_id, token->channel, token->uid};
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_byte_array_append (signed_text, (const guint8 *) parts[i], (guint) strlen (parts[i]));
  g_byte_array_append (signed_text, message->data, message->len);
  hmac_sha256 (token->certificate, strlen (token->certificate), signed_text, signature);
  put_bytes (content, signature, sizeof signature);
  put_u32 (content, crc_of (token->channel));
  put_u32 (content, crc_of (token->uid));
  put_bytes (content, message->data, message->len);
  g_autofree char *base64 = g_base64_encode (content->data, content->len);
  return g_strconcat ("006", token->app_id, base64, NULL);
}

/* ---- 007 ---- */

static GByteArray *
info_007 (const AgoraToken *token)
{
  GByteArray *info = g_byte_array_new ();
  put_text (info, token->app_id);
  put_u32 (info, token->now);
  put_u32 (info, token->ttl);
  put_u32 (info, token->salt);
  put_u16 (info, 1); /* services */
  put_u16 (info, SERVICE_RTC);
  put_privileges (info, token->publisher, token->ttl);
  put_text (info, token->channel);
  put_text (info, token->uid);
  return info;
}

/* HMAC (salt, HMAC (issued, certificate)): the numbers are the keys. */
static void
signing_key_007 (const AgoraToken *token, guint8 key[SHA256_SIZE])
{
  const guint32 numbers[] = {GUINT32_TO_LE (token->now), GUINT32_TO_LE (token->salt)};
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_byte_array_append (text, (const guint8 *) token->certificate, (guint) strlen (token->certificate));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    hmac_sha256 (&numbers[i], sizeof numbers[i], text, key);
    g_byte_array_set_size (text, 0);
    g_byte_array_append (text, key, SHA256_SIZE);
  }
}

char *
agora_token_007 (const AgoraToken *token)
{
  guint8 key[SHA256_SIZE], signature[SHA256_SIZE];
  g_autoptr (GByteArray) info = info_007 (token);
  g_autoptr (GByteArray) content = g_byte_array_new ();
  signing_key_007 (token, key);
  hmac_sha256 (key, sizeof key, info, signature);
  put_bytes (content, signature, sizeof signature);
  g_byte_array_append (content, info->data, info->len);
  uLongf size = compressBound (content->len);
  g_autofree guint8 *packed = g_malloc (size);
  if (compress (packed, &size, content->data, content->len) != Z_OK)
    g_error ("zlib does not compress %u bytes", content->len);
  g_autofree char *base64 = g_base64_encode (packed, size);
  return g_strconcat ("007", base64, NULL);
}

gboolean
agora_id_is_valid (const char *id, gssize length)
{
  gsize size = length < 0 ? strlen (id) : (gsize) length;
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isxdigit (id[i]))
      return FALSE;
  }
  return size == AGORA_ID_LENGTH;
}
