/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What must hold of an SDP from a peer before it comes near webrtcbin: shape and size, one DTLS fingerprint, ICE
 * credentials, bundled media. And what we read out of it without GstSDP. */

typedef enum
{
  SDP_CHECK_ERROR_SYNTAX,      /* not lines of `x=...` that begin with v=0 */
  SDP_CHECK_ERROR_SIZE,        /* too long, too many lines, too many m-lines */
  SDP_CHECK_ERROR_FINGERPRINT, /* none, or several that differ, or of an unknown hash */
  SDP_CHECK_ERROR_ICE,         /* no ice-ufrag or ice-pwd */
  SDP_CHECK_ERROR_MEDIA        /* no m-line, or one that is not RTP over DTLS-SRTP (or a data channel) */
} SdpCheckError;

#define SDP_CHECK_ERROR (sdp_check_error_quark ())
GQuark sdp_check_error_quark (void);

#define SDP_CHECK_MAX_MEDIA 32

typedef enum
{
  SDP_DIRECTION_SENDRECV,
  SDP_DIRECTION_SENDONLY,
  SDP_DIRECTION_RECVONLY,
  SDP_DIRECTION_INACTIVE
} SdpDirection;

typedef struct
{
  char kind[16]; /* "audio", "video", "application" */
  char mid[64];
  SdpDirection direction;
  gboolean rejected; /* port 0 and not bundle-only */
} SdpMedia;

typedef struct
{
  char fingerprint_hash[16]; /* "sha-256", lower case */
  char fingerprint[200];     /* "AB:CD:...", upper case */
  guint n_media;
  SdpMedia media[SDP_CHECK_MAX_MEDIA];
} SdpSummary;

gboolean sdp_check (const char *sdp, gsize length, gsize max_length, SdpSummary *summary, GError **error);

/* Compares a certificate (DER) with the fingerprint of a description. SHA-1 is refused; sha-256, -384, -512 taken. */
gboolean sdp_fingerprint_matches (const SdpSummary *summary, const guint8 *der, gsize length);
/* The DER of the first certificate in a PEM text; NULL when there is none. */
GBytes *sdp_certificate_from_pem (const char *pem);

/* A candidate line of a peer: syntax, length, and whether it is worth giving to ICE (`.local` names are not). */
gboolean sdp_candidate_check (const char *candidate, gboolean *usable, GError **error);

G_END_DECLS
