/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What the peer reports of our tracks, read from its RTCP: an RTP source of GStreamer keeps one report block for each
 * sender of reports, so of two tracks in a bundle it knows one. The round trip is RFC 3550's (6.4.1):
 *
 *   us   --- SR, at t0 ---------->  peer
 *                                    | dlsr
 *   us   <-- RR: lsr = t0, dlsr ---  peer          round trip = now - lsr - dlsr, in 1/65536 s
 */

#include "gst/call/calllegprivate.h"

#include <gst/rtp/rtp.h>

#define MAX_SESSIONS 32
#define NTP_OFFSET 2208988800 /* seconds from 1900 to 1970 */
#define MAX_ROUND_TRIP_S 60

/* The middle 32 bits of now as an NTP timestamp. rtpsession stamps its sender reports by the same clock. */
static guint32
ntp_now (void)
{
  gint64 now = g_get_real_time ();
  guint64 seconds = (guint64) (now / G_USEC_PER_SEC) + NTP_OFFSET;

  return (guint32) (seconds << 16 | (guint64) (now % G_USEC_PER_SEC) * 65536 / G_USEC_PER_SEC);
}

static GstClockTime
find_round_trip (guint32 lsr, guint32 dlsr)
{
  guint32 round_trip = ntp_now () - lsr - dlsr;

  if (lsr == 0 || round_trip >= MAX_ROUND_TRIP_S << 16)
    return GST_CLOCK_TIME_NONE;
  return gst_util_uint64_scale (round_trip, GST_SECOND, 65536);
}

static void
take_block (GstCallLeg *self, guint32 ssrc, guint32 jitter, CallMetersRemote *remote)
{
  gboolean ours = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->reports->len; i++) {
    CallLegReport *report = &g_array_index (self->reports, CallLegReport, i);
    if (report->ssrc != ssrc)
      continue;
    remote->jitter = gst_util_uint64_scale_int (jitter, GST_SECOND, (gint) report->clock_rate);
    report->remote = *remote;
    ours = TRUE;
  }
  g_mutex_unlock (&self->lock);
  if (ours && self->meters != NULL)
    call_meters_set_remote (self->meters, ssrc, remote);
}

static void
take_blocks (GstCallLeg *self, GstRTCPPacket *packet)
{
  for (guint i = 0; i < gst_rtcp_packet_get_rb_count (packet); i++) {
    CallMetersRemote remote = {0};
    guint32 ssrc, jitter, lsr, dlsr;
    guint8 fraction;
    gst_rtcp_packet_get_rb (packet, i, &ssrc, &fraction, &remote.lost, &remote.highest, &jitter, &lsr, &dlsr);
    remote.round_trip = find_round_trip (lsr, dlsr);
    take_block (self, ssrc, jitter, &remote);
  }
}

static void
on_rtcp (GObject *session, GstBuffer *buffer, gpointer user_data)
{
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  gboolean more;

  if (!gst_rtcp_buffer_validate_reduced (buffer) || !gst_rtcp_buffer_map (buffer, GST_MAP_READ, &rtcp))
    return;
  for (more = gst_rtcp_buffer_get_first_packet (&rtcp, &packet); more; more = gst_rtcp_packet_move_to_next (&packet)) {
    GstRTCPType type = gst_rtcp_packet_get_type (&packet);
    if (type == GST_RTCP_TYPE_SR || type == GST_RTCP_TYPE_RR)
      take_blocks (user_data, &packet);
  }
  gst_rtcp_buffer_unmap (&rtcp);
}

void
call_leg_expect_reports (GstCallLeg *self, guint32 ssrc, const GstCaps *caps)
{
  CallLegReport report = {.ssrc = ssrc, .remote.round_trip = GST_CLOCK_TIME_NONE};
  int clock_rate = 0;

  if (!gst_structure_get_int (gst_caps_get_structure (caps, 0), "clock-rate", &clock_rate) || clock_rate <= 0)
    return;
  report.clock_rate = (guint) clock_rate;
  g_mutex_lock (&self->lock);
  g_array_append_val (self->reports, report);
  g_mutex_unlock (&self->lock);
}

gboolean
call_leg_get_report (GstCallLeg *self, guint32 ssrc, CallMetersRemote *remote)
{
  gboolean found = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->reports->len; i++) {
    const CallLegReport *report = &g_array_index (self->reports, CallLegReport, i);
    if (report->ssrc == ssrc) {
      *remote = report->remote;
      found = TRUE;
    }
  }
  g_mutex_unlock (&self->lock);
  return found;
}

/* Once, when the sessions are there. */
void
call_leg_watch_rtcp (GstCallLeg *self)
{
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (self->webrtcbin), "rtpbin");

  for (guint i = 0; i < MAX_SESSIONS; i++) {
    g_autoptr (GObject) session = NULL;
    g_signal_emit_by_name (rtpbin, "get-internal-session", i, &session);
    if (session != NULL)
      g_signal_connect (session, "on-receiving-rtcp", G_CALLBACK (on_rtcp), self);
  }
}
