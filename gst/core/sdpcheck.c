/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/sdpcheck.h"

#include "gst/core/base64.h"

#include <string.h>

/* One pass over the lines. What stands before the first m-line is the session's and holds for every m-line that does
 * not say it itself; with a=group:BUNDLE one m-line's transport is that of all:
 *
 *    v=0 ... a=group:BUNDLE 0 1           section 0: the session
 *    m=audio 9 UDP/TLS/RTP/SAVPF 97       section 1
 *    a=ice-ufrag a=ice-pwd a=fingerprint
 *    m=video 0 UDP/TLS/RTP/SAVPF 96       section 2: bundle-only, has section 1's transport
 */

#define MAX_LINES 4096
#define MAX_CANDIDATE 2048

G_DEFINE_QUARK (sdp - check - error - quark, sdp_check_error)

typedef struct
{
  gboolean ufrag;
  gboolean pwd;
  gboolean fingerprint;
  gboolean bundle_only;
  gboolean port_zero;
} Section;

typedef struct
{
  SdpSummary *summary;
  Section sections[SDP_CHECK_MAX_MEDIA + 1];
  SdpDirection session_direction;
  gboolean bundle;
  GError **error;
} Check;

/* One line, or a part of it. */
typedef struct
{
  const char *at;
  gsize length;
} Span;

static gboolean
fail (Check *check, SdpCheckError code, const char *what)
{
  g_set_error_literal (check->error, SDP_CHECK_ERROR, code, what);
  return FALSE;
}

static gboolean
span_is (const Span *span, const char *text)
{
  return span->length == strlen (text) && memcmp (span->at, text, span->length) == 0;
}

/* TRUE when @span begins with @prefix; @rest is what follows it. */
static gboolean
span_after (const Span *span, const char *prefix, Span *rest)
{
  gsize length = strlen (prefix);

  if (span->length < length || memcmp (span->at, prefix, length) != 0)
    return FALSE;
  *rest = (Span){span->at + length, span->length - length};
  return TRUE;
}

/* Takes what stands before the next @separator off the front of @rest. */
static Span
span_take (Span *rest, char separator)
{
  const char *stop = rest->length > 0 ? memchr (rest->at, separator, rest->length) : NULL;
  Span taken = {rest->at, stop != NULL ? (gsize) (stop - rest->at) : rest->length};
  gsize used = MIN (taken.length + 1, rest->length);

  *rest = (Span){rest->at + used, rest->length - used};
  return taken;
}

static gboolean
span_copy (const Span *span, char *out, gsize size)
{
  if (span->length == 0 || span->length >= size)
    return FALSE;
  memcpy (out, span->at, span->length);
  out[span->length] = '\0';
  return TRUE;
}

static gboolean
span_to_uint (const Span *span, guint64 min, guint64 max, guint64 *value)
{
  char text[24];

  return span_copy (span, text, sizeof text) && g_ascii_string_to_unsigned (text, 10, min, max, value, NULL);
}

/* ---- attributes ---- */

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

static gboolean
is_known_fingerprint (const char *hash, const char *fingerprint)
{
  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++) {
    if (strcmp (hashes[i].name, hash) == 0)
      return is_fingerprint (fingerprint, hashes[i].size);
  }
  return FALSE;
}

static void
to_case (char *text, char (*change) (char))
{
  for (; *text != '\0'; text++)
    *text = change (*text);
}

static gboolean
on_fingerprint (Check *check, Section *section, Span value)
{
  SdpSummary *summary = check->summary;
  char hash[sizeof summary->fingerprint_hash], fingerprint[sizeof summary->fingerprint];
  Span name = span_take (&value, ' ');

  if (!span_copy (&name, hash, sizeof hash) || !span_copy (&value, fingerprint, sizeof fingerprint))
    return fail (check, SDP_CHECK_ERROR_FINGERPRINT, "a fingerprint that is none");
  to_case (hash, g_ascii_tolower);
  to_case (fingerprint, g_ascii_toupper);
  if (!is_known_fingerprint (hash, fingerprint))
    return fail (check, SDP_CHECK_ERROR_FINGERPRINT, "a fingerprint of an unknown hash or size");
  if (*summary->fingerprint != '\0'
      && (strcmp (summary->fingerprint_hash, hash) != 0 || strcmp (summary->fingerprint, fingerprint) != 0))
    return fail (check, SDP_CHECK_ERROR_FINGERPRINT, "fingerprints that differ");
  memcpy (summary->fingerprint_hash, hash, sizeof hash);
  memcpy (summary->fingerprint, fingerprint, sizeof fingerprint);
  section->fingerprint = TRUE;
  return TRUE;
}

static gboolean
is_credential (const Span *value, gsize min)
{
  if (value->length < min || value->length > 256)
    return FALSE;
  for (gsize i = 0; i < value->length; i++) {
    if (!g_ascii_isgraph (value->at[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
on_ufrag (Check *check, Section *section, Span value)
{
  section->ufrag = is_credential (&value, 4);
  return section->ufrag || fail (check, SDP_CHECK_ERROR_ICE, "an ice-ufrag of the wrong size");
}

static gboolean
on_pwd (Check *check, Section *section, Span value)
{
  section->pwd = is_credential (&value, 22);
  return section->pwd || fail (check, SDP_CHECK_ERROR_ICE, "an ice-pwd of the wrong size");
}

static gboolean
on_group (Check *check, Section *section, Span value)
{
  Span semantics = span_take (&value, ' ');

  if (span_is (&semantics, "BUNDLE"))
    check->bundle = TRUE;
  return TRUE;
}

static gboolean
on_mid (Check *check, Section *section, Span value)
{
  SdpSummary *summary = check->summary;

  if (summary->n_media == 0)
    return TRUE;
  SdpMedia *media = &summary->media[summary->n_media - 1];
  return span_copy (&value, media->mid, sizeof media->mid)
         || fail (check, SDP_CHECK_ERROR_SIZE, "a mid that is empty or too long");
}

static gboolean
on_bundle_only (Check *check, Section *section, Span value)
{
  section->bundle_only = TRUE;
  return TRUE;
}

/* Attributes with a value. */
static const struct
{
  const char *prefix;
  gboolean (*handle) (Check *check, Section *section, Span value);
} attributes[] = {
    {"fingerprint:", on_fingerprint},
    {"ice-ufrag:", on_ufrag},
    {"ice-pwd:", on_pwd},
    {"group:", on_group},
    {"mid:", on_mid},
    {"bundle-only", on_bundle_only},
};

static const char *const directions[] = {
    [SDP_DIRECTION_SENDRECV] = "sendrecv",
    [SDP_DIRECTION_SENDONLY] = "sendonly",
    [SDP_DIRECTION_RECVONLY] = "recvonly",
    [SDP_DIRECTION_INACTIVE] = "inactive",
};

static void
set_direction (Check *check, SdpDirection direction)
{
  SdpSummary *summary = check->summary;

  if (summary->n_media == 0)
    check->session_direction = direction;
  else
    summary->media[summary->n_media - 1].direction = direction;
}

static gboolean
on_attribute (Check *check, const Span *line)
{
  Section *section = &check->sections[check->summary->n_media];
  Span value;

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++) {
    if (span_after (line, attributes[i].prefix, &value))
      return attributes[i].handle (check, section, value);
  }
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++) {
    if (span_is (line, directions[i]))
      set_direction (check, (SdpDirection) i);
  }
  return TRUE;
}

/* ---- media and lines ---- */

/* RFC 8829 section 5.1.2: the transports that mean RTP over DTLS-SRTP, and data channels. */
static gboolean
is_transport_of (const char *kind, const Span *proto)
{
  static const char *const rtp[] = {"UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVP",
      "RTP/SAVPF", "RTP/SAVP", NULL};
  static const char *const data[] = {"UDP/DTLS/SCTP", "TCP/DTLS/SCTP", "DTLS/SCTP", NULL};
  gboolean is_media = strcmp (kind, "audio") == 0 || strcmp (kind, "video") == 0;
  const char *const *known = is_media ? rtp : data;

  if (!is_media && strcmp (kind, "application") != 0)
    return FALSE;
  for (; *known != NULL; known++) {
    if (span_is (proto, *known))
      return TRUE;
  }
  return FALSE;
}

static gboolean
on_media (Check *check, Span line)
{
  SdpSummary *summary = check->summary;
  guint64 port;

  if (summary->n_media == SDP_CHECK_MAX_MEDIA)
    return fail (check, SDP_CHECK_ERROR_SIZE, "too many m-lines");
  SdpMedia *media = &summary->media[summary->n_media];
  Span kind = span_take (&line, ' '), port_text = span_take (&line, ' '), proto = span_take (&line, ' ');
  if (!span_copy (&kind, media->kind, sizeof media->kind) || !is_transport_of (media->kind, &proto))
    return fail (check, SDP_CHECK_ERROR_MEDIA, "an m-line that is not RTP over DTLS-SRTP");
  if (!span_to_uint (&port_text, 0, 65535, &port) || line.length == 0)
    return fail (check, SDP_CHECK_ERROR_SYNTAX, "an m-line without a port or a format");
  media->direction = check->session_direction;
  summary->n_media++;
  check->sections[summary->n_media].port_zero = port == 0;
  return TRUE;
}

static gboolean
on_line (Check *check, const Span *line, guint number)
{
  Span value;

  if (number == 0)
    return span_is (line, "v=0") || fail (check, SDP_CHECK_ERROR_SYNTAX, "text that does not begin with v=0");
  if (number >= MAX_LINES)
    return fail (check, SDP_CHECK_ERROR_SIZE, "too many lines");
  if (line->length < 2 || line->at[1] != '=' || !g_ascii_islower (line->at[0]))
    return fail (check, SDP_CHECK_ERROR_SYNTAX, "a line that is not x=...");
  if (span_after (line, "m=", &value))
    return on_media (check, value);
  if (span_after (line, "a=", &value))
    return on_attribute (check, &value);
  return TRUE;
}

static gboolean
read_lines (Check *check, const char *sdp, gsize length)
{
  Span rest = {sdp, length};

  for (guint number = 0; rest.length > 0; number++) {
    Span line = span_take (&rest, '\n');
    if (line.length > 0 && line.at[line.length - 1] == '\r')
      line.length--;
    if (!on_line (check, &line, number))
      return FALSE;
  }
  return TRUE;
}

/* ---- the whole ---- */

static gboolean
has_ice (const Section *section)
{
  return section->ufrag && section->pwd;
}

static gboolean
has_fingerprint (const Section *section)
{
  return section->fingerprint;
}

/* Whether every m-line in use has what @has asks: in itself, from the session, or from its bundle. */
static gboolean
is_complete (const Check *check, gboolean (*has) (const Section *))
{
  guint used = 0, complete = 0;

  if (has (&check->sections[0]))
    return TRUE;
  for (guint i = 0; i < check->summary->n_media; i++) {
    if (check->summary->media[i].rejected)
      continue;
    used++;
    complete += has (&check->sections[i + 1]);
  }
  return check->bundle ? complete > 0 : complete == used && used > 0;
}

static gboolean
check_whole (Check *check)
{
  SdpSummary *summary = check->summary;

  if (summary->n_media == 0)
    return fail (check, SDP_CHECK_ERROR_MEDIA, "no m-line");
  for (guint i = 0; i < summary->n_media; i++)
    summary->media[i].rejected = check->sections[i + 1].port_zero && !check->sections[i + 1].bundle_only;
  if (!is_complete (check, has_fingerprint))
    return fail (check, SDP_CHECK_ERROR_FINGERPRINT, "no fingerprint");
  if (!is_complete (check, has_ice))
    return fail (check, SDP_CHECK_ERROR_ICE, "no ice-ufrag or ice-pwd");
  return TRUE;
}

gboolean
sdp_check (const char *sdp, gsize length, gsize max_length, SdpSummary *summary, GError **error)
{
  Check check = {.summary = summary, .error = error};

  memset (summary, 0, sizeof *summary);
  if (length > max_length)
    return fail (&check, SDP_CHECK_ERROR_SIZE, "too long");
  if (length == 0 || !g_utf8_validate_len (sdp, length, NULL))
    return fail (&check, SDP_CHECK_ERROR_SYNTAX, "empty, or not UTF-8");
  return read_lines (&check, sdp, length) && check_whole (&check);
}

/* ---- certificates ---- */

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

/* ---- candidates ---- */

enum
{
  FOUNDATION,
  COMPONENT,
  PROTOCOL,
  PRIORITY,
  ADDRESS,
  PORT,
  TYP,
  TYPE,
  N_FIELDS
};

static gboolean
is_any_of (const Span *span, const char *const *words)
{
  g_autofree char *text = g_ascii_strdown (span->at, (gssize) span->length);

  return g_strv_contains (words, text);
}

static gboolean
check_candidate_fields (const Span *fields)
{
  static const char *const types[] = {"host", "srflx", "prflx", "relay", NULL};
  guint64 number;

  return fields[FOUNDATION].length > 0 && fields[FOUNDATION].length <= 32
         && span_to_uint (&fields[COMPONENT], 1, 256, &number) && fields[PROTOCOL].length > 0
         && span_to_uint (&fields[PRIORITY], 0, G_MAXUINT32, &number) && fields[ADDRESS].length > 0
         && span_to_uint (&fields[PORT], 0, 65535, &number) && span_is (&fields[TYP], "typ")
         && is_any_of (&fields[TYPE], types);
}

/* A name would have to be looked up: `.local` ones by multicast, which is not there, others never come from a peer. */
static gboolean
is_usable (const Span *fields)
{
  static const char *const protocols[] = {"udp", "tcp", NULL};
  char address[64];

  return is_any_of (&fields[PROTOCOL], protocols) && span_copy (&fields[ADDRESS], address, sizeof address)
         && g_hostname_is_ip_address (address);
}

static gboolean
is_plain_text (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isprint (text[i]))
      return FALSE;
  }
  return TRUE;
}

gboolean
sdp_candidate_check (const char *candidate, gboolean *usable, GError **error)
{
  Check check = {.error = error};
  gsize length = strnlen (candidate, MAX_CANDIDATE + 1);
  Span rest = {candidate, length}, fields[N_FIELDS];

  *usable = FALSE;
  if (length == 0)
    return TRUE; /* the end of candidates */
  if (length > MAX_CANDIDATE)
    return fail (&check, SDP_CHECK_ERROR_SIZE, "a candidate that is too long");
  span_after (&rest, "a=", &rest);
  if (!span_after (&rest, "candidate:", &rest) || !is_plain_text (rest.at, rest.length))
    return fail (&check, SDP_CHECK_ERROR_SYNTAX, "no candidate");
  for (guint i = 0; i < N_FIELDS; i++)
    fields[i] = span_take (&rest, ' ');
  if (!check_candidate_fields (fields))
    return fail (&check, SDP_CHECK_ERROR_SYNTAX, "a candidate with a field that is missing or wrong");
  *usable = is_usable (fields);
  return TRUE;
}
