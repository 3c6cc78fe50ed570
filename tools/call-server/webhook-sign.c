/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/webhook-sign.h"

#include "gst/core/base64.h"

#include <gio/gio.h>
#include <string.h>

#define PREFIX "whsec_"
#define MIN_KEY 24
#define MAX_KEY 64
#define MAX_KEYS 4

static GBytes *
parse_key (const char *line)
{
  if (!g_str_has_prefix (line, PREFIX))
    return NULL;
  const char *text = line + strlen (PREFIX);
  g_autoptr (GBytes) key = base64_decode_strict (text, strlen (text));
  gsize size = key != NULL ? g_bytes_get_size (key) : 0;
  return size >= MIN_KEY && size <= MAX_KEY ? g_steal_pointer (&key) : NULL;
}

GPtrArray *
webhook_keys_parse (GBytes *text, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize size;
  const char *start = g_bytes_get_data (text, &size);
  g_autofree char *copy = g_strndup (start, size);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (*g_strstrip (lines[i]) == '\0')
      continue;
    GBytes *key = parse_key (lines[i]);
    if (key == NULL) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
          "a webhook secret is whsec_ and the base64 of 24 to 64 bytes: echo whsec_$(head -c 32 /dev/urandom | "
          "base64)");
      return NULL;
    }
    g_ptr_array_add (keys, key);
  }
  if (keys->len >= 1 && keys->len <= MAX_KEYS)
    return g_steal_pointer (&keys);
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "there must be 1 to %d webhook secrets, one a line", MAX_KEYS);
  return NULL;
}

static char *
sign (GBytes *key, const char *signed_text)
{
  guint8 digest[32];
  gsize size, length = sizeof digest;
  const guint8 *bytes = g_bytes_get_data (key, &size);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, bytes, size);
  g_hmac_update (hmac, (const guchar *) signed_text, -1);
  g_hmac_get_digest (hmac, digest, &length);
  g_hmac_unref (hmac);
  return g_base64_encode (digest, length);
}

char *
webhook_sign (const GPtrArray *keys, const char *id, gint64 timestamp, const char *body)
{
  g_autofree char *text = g_strdup_printf ("%s.%" G_GINT64_FORMAT ".%s", id, timestamp, body);
  GString *signatures = g_string_new (NULL);
  for (guint i = 0; i < keys->len; i++) {
    g_autofree char *signature = sign (g_ptr_array_index (keys, i), text);
    g_string_append_printf (signatures, "%sv1,%s", i > 0 ? " " : "", signature);
  }
  return g_string_free (signatures, FALSE);
}
