/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/sdpfingerprint.h"

#include "gst/core/base64.h"
#include "gst/core/sdpcheck.h"

#include <string.h>

static const struct
{
  const char *name;
  GChecksumType type;
  gsize size; /* bytes */
} hashes[] = {
    {"sha-256", G_CHECKSUM_SHA256, 32},
    {"sha-384", G_CHECKSUM_SHA384, 48},
    {"sha-512", G_CHECKSUM_SHA512, 64},
};

/* Pairs of hex digits with a colon between each two. */
static gboolean
is_fingerprint (const char *text, gsize bytes)
{
  if (strlen (text) != bytes * 3 - 1)
    return FALSE;
  for (gsize i = 0; text[i] != '\0'; i++) {
    if (i % 3 == 2 ? text[i] != ':' : !g_ascii_isxdigit (text[i]))
      return FALSE;
  }
  return TRUE;
}

gboolean
sdp_fingerprint_is_known (const char *hash, const char *fingerprint)
{
  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++) {
    if (strcmp (hashes[i].name, hash) == 0)
      return is_fingerprint (fingerprint, hashes[i].size);
  }
  return FALSE;
}

gboolean
sdp_fingerprint_matches (const SdpSummary *summary, const guint8 *der, gsize length)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (hashes) && strcmp (hashes[i].name, summary->fingerprint_hash) != 0)
    i++;
  if (i == G_N_ELEMENTS (hashes) || der == NULL || length == 0)
    return FALSE;
  g_autofree char *hex = g_compute_checksum_for_data (hashes[i].type, der, length);
  g_autoptr (GString) text = g_string_new (NULL);
  for (const char *at = hex; *at != '\0'; at += 2)
    g_string_append_printf (text, "%s%c%c", at == hex ? "" : ":", g_ascii_toupper (at[0]), g_ascii_toupper (at[1]));
  return strcmp (text->str, summary->fingerprint) == 0;
}

GBytes *
sdp_certificate_from_pem (const char *pem)
{
  static const char begin[] = "-----BEGIN CERTIFICATE-----";
  const char *from = pem != NULL ? strstr (pem, begin) : NULL;

  if (from == NULL)
    return NULL;
  from += strlen (begin);
  const char *to = strstr (from, "-----END CERTIFICATE-----");
  if (to == NULL)
    return NULL;
  g_autoptr (GString) digits = g_string_new (NULL);
  for (; from < to; from++) {
    if (!g_ascii_isspace (*from))
      g_string_append_c (digits, *from);
  }
  return digits->len > 0 ? base64_decode_strict (digits->str, digits->len) : NULL;
}
