/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* From the RTP sessions, by SSRC: webrtcbin's get-stats mixes the streams of a bundle. */

#include "gst/call/calllegprivate.h"

#define MAX_SESSIONS 32

static const char *const media_names[] = {"audio", "video"};

static GstStructure *
find_source (GstElement *rtpbin, guint32 ssrc)
{
  for (guint i = 0; i < MAX_SESSIONS; i++) {
    g_autoptr (GObject) session = NULL;
    g_autoptr (GObject) source = NULL;
    GstStructure *stats = NULL;
    g_signal_emit_by_name (rtpbin, "get-internal-session", i, &session);
    if (session != NULL)
      g_signal_emit_by_name (session, "get-source-by-ssrc", ssrc, &source);
    if (source != NULL)
      g_object_get (source, "stats", &stats, NULL);
    if (stats != NULL)
      return stats;
  }
  return NULL;
}

static guint64
get_uint64 (const GstStructure *stats, const char *field)
{
  guint64 value = 0;

  gst_structure_get_uint64 (stats, field, &value);
  return value;
}

/* In units of the RTP clock. */
static guint64
get_jitter (const GstStructure *stats)
{
  guint jitter = 0;
  int clock_rate = 0;

  gst_structure_get_uint (stats, "jitter", &jitter);
  gst_structure_get_int (stats, "clock-rate", &clock_rate);
  return clock_rate > 0 ? gst_util_uint64_scale (jitter, GST_SECOND, clock_rate) : 0;
}

static GstStructure *
describe (const GstStructure *stats, guint32 ssrc, const CallMetersRemote *remote)
{
  gboolean sent = remote != NULL;
  int lost = sent ? remote->lost : 0;

  if (!sent)
    gst_structure_get_int (stats, "packets-lost", &lost);
  return gst_structure_new ("track", "ssrc", G_TYPE_UINT, ssrc, "packets", G_TYPE_UINT64,
      get_uint64 (stats, sent ? "packets-sent" : "packets-received"), "bytes", G_TYPE_UINT64,
      get_uint64 (stats, sent ? "octets-sent" : "octets-received"), "bitrate", G_TYPE_UINT64,
      get_uint64 (stats, "bitrate"), "lost", G_TYPE_INT, lost, "jitter", G_TYPE_UINT64,
      sent ? remote->jitter : get_jitter (stats), "round-trip", G_TYPE_UINT64,
      sent && GST_CLOCK_TIME_IS_VALID (remote->round_trip) ? remote->round_trip : 0, NULL);
}

static void
add_track (GstStructure *result, GstElement *rtpbin, GstCallMedia media, guint index, guint32 ssrc,
    const CallMetersRemote *remote)
{
  g_autoptr (GstStructure) source = find_source (rtpbin, ssrc);
  g_autofree char *name = g_strdup_printf ("%s-%s-%u", remote != NULL ? "send" : "receive", media_names[media], index);
  g_autoptr (GstStructure) track = NULL;

  if (source == NULL)
    return;
  track = describe (source, ssrc, remote);
  gst_structure_set (result, name, GST_TYPE_STRUCTURE, track, NULL);
}

GstStructure *
gst_call_leg_get_stats (GstCallLeg *self)
{
  GstStructure *result = gst_structure_new_empty ("call-stats");
  g_autoptr (GstElement) rtpbin = NULL;
  g_autoptr (GPtrArray) streams = NULL;

  if (self->closed)
    return result;
  rtpbin = gst_bin_get_by_name (GST_BIN (self->webrtcbin), "rtpbin");
  for (guint i = 0; i < self->inputs->len; i++) {
    const CallInput *input = g_ptr_array_index (self->inputs, i);
    CallMetersRemote remote = {.round_trip = GST_CLOCK_TIME_NONE};
    call_leg_get_report (self, input->ssrc, &remote);
    add_track (result, rtpbin, input->media, input->index, input->ssrc, &remote);
  }
  streams = call_leg_copy_streams (self); /* rtpbin is not asked under a lock of ours */
  for (guint i = 0; i < streams->len; i++) {
    const CallLegStream *stream = g_ptr_array_index (streams, i);
    add_track (result, rtpbin, stream->media, stream->index, stream->ssrc, NULL);
  }
  return result;
}
