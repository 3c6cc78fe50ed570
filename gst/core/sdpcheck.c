/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/sdpcheck.h"

#include "gst/core/sdpfingerprint.h"
#include "gst/core/span.h"

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

G_DEFINE_QUARK (sdp_check_error, sdp_check_error)

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

static gboolean
fail (Check *check, SdpCheckError code, const char *what)
{
  g_set_error_literal (check->error, SDP_CHECK_ERROR, code, what);
  return FALSE;
}

/* ---- attributes ---- */

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
  if (!sdp_fingerprint_is_known (hash, fingerprint))
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
