/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/sdp/sdp.h>

#include "gst/core/sdpcheck.h"

G_BEGIN_DECLS

/* Payload types of keys (telephone-event, RFC 4733), by m-line. */

#define CALL_SDP_EVENTS_MAX 4

typedef struct
{
  guint8 payload;
  guint clock_rate;
} CallSdpEvent;

typedef struct
{
  guint n;
  CallSdpEvent events[CALL_SDP_EVENTS_MAX];
} CallSdpEventLine;

typedef struct
{
  CallSdpEventLine lines[SDP_CHECK_MAX_MEDIA];
} CallSdpEvents;

/* Of both descriptions. */
typedef struct
{
  CallSdpEvents local, remote;
} CallSdpKeys;

/* Notes the telephone-event formats of @sdp, the peer's, and takes them out; with @keys NULL it stays as it is. */
void call_sdp_take_events (GstSDPMessage *sdp, CallSdpKeys *keys);
/* @sdp, ours, as text; with @keys formats are added: in an answer those of the peer's offer, in an offer our own. */
char *call_sdp_print_local (const GstSDPMessage *sdp, CallSdpKeys *keys, gboolean answer);

G_END_DECLS
