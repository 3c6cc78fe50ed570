/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/sdpcheck.h"

#include "gst/core/span.h"

#include <string.h>

/* RFC 8839 section 5.1: candidate:<foundation> <component> <protocol> <priority> <address> <port> typ <type> and what
 * is not looked at here. */

#define MAX_CANDIDATE 2048

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
fail (GError **error, SdpCheckError code, const char *what)
{
  g_set_error_literal (error, SDP_CHECK_ERROR, code, what);
  return FALSE;
}

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
  gsize length = strnlen (candidate, MAX_CANDIDATE + 1);
  Span rest = {candidate, length}, fields[N_FIELDS];

  *usable = FALSE;
  if (length == 0)
    return TRUE; /* the end of candidates */
  if (length > MAX_CANDIDATE)
    return fail (error, SDP_CHECK_ERROR_SIZE, "a candidate that is too long");
  span_after (&rest, "a=", &rest);
  if (!span_after (&rest, "candidate:", &rest) || !is_plain_text (rest.at, rest.length))
    return fail (error, SDP_CHECK_ERROR_SYNTAX, "no candidate");
  for (guint i = 0; i < N_FIELDS; i++)
    fields[i] = span_take (&rest, ' ');
  if (!check_candidate_fields (fields))
    return fail (error, SDP_CHECK_ERROR_SYNTAX, "a candidate with a field that is missing or wrong");
  *usable = is_usable (fields);
  return TRUE;
}
