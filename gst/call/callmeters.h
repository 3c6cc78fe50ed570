/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The meters of a call, one for each of its tracks: they outlive the legs, so that the figures at the end are those of
 * the whole call. Streaming threads push packets in, the session's worker takes structures out; one lock, held for a
 * push, and nothing allocated for a packet.
 *
 *   received   rtpsession -> rtprtxreceive -> ssrcdemux -> [meter] jitterbuffer -> ...       jitter still shows here
 *   sent       payloader -> [meter] webrtcbin -> rtprtxsend -> rtpsession -> ...
 *                                                   ^ receiver reports: what became of it, and the round trip
 *
 * What is sent again (RTX) is not counted: loss is that of the network. */
typedef struct CallMeters CallMeters;

typedef struct
{
  gboolean video;
  gboolean sent;
  guint index; /* of its kind: that of the element's pad */
} CallMetersTrack;

/* The last receiver report about a sent track, as the RTP session keeps it. */
typedef struct
{
  guint32 highest; /* extended sequence number */
  gint32 lost;
  GstClockTime jitter, round_trip;
} CallMetersRemote;

CallMeters *call_meters_new (void);
CallMeters *call_meters_ref (CallMeters *self);
void call_meters_unref (CallMeters *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallMeters, call_meters_unref)

/* Measures what comes in through @rtpbin; a track shows once it is named. */
void call_meters_watch (CallMeters *self, GstElement *rtpbin);
void call_meters_name (CallMeters *self, guint32 ssrc, gboolean video, guint index);
/* Measures what @pad of webrtcbin is given. @caps: of RTP, with the SSRC. */
void call_meters_watch_sent (CallMeters *self, GstPad *pad, const CallMetersTrack *track, GstCaps *caps);
void call_meters_set_remote (CallMeters *self, guint32 ssrc, const CallMetersRemote *remote);

/* Structures "call-quality" as docs/protocol/quality.md has them (element-type GstStructure), one for each track that
 * had packets: of what came since the last call, and of all. */
GPtrArray *call_meters_take_intervals (CallMeters *self);
GPtrArray *call_meters_get_totals (CallMeters *self);

G_END_DECLS
