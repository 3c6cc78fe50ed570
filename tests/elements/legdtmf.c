/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* legdtmf DIGITS DURATION-MS GAP-MS: a leg presses keys; prints what it gives to SRTP of its sound, a packet of RTP in
 * hex on each line, from a second before the keys to a second behind them. For run-dtmf-tshark. */

#include "gst/call/calllegprivate.h"
#include "legpair.h"

#include <stdio.h>
#include <stdlib.h>

#define TONE "audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1"

static const LegSpec spec = {.tracks = {{GST_CALL_MEDIA_AUDIO, TONE, NULL, NULL}}, .receive_audio = 1};

static gint sent, wanted;

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size; i++)
    printf ("%02x", map.data[i]);
  printf ("\n");
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  g_atomic_int_inc (&sent);
  return GST_PAD_PROBE_OK;
}

static gboolean
has_connected (LegPair *pair)
{
  return pair->caller.connected && pair->callee.connected
         && leg_side_received (&pair->callee, GST_CALL_MEDIA_AUDIO, 0).buffers > 0;
}

static gboolean
has_sent (LegPair *pair)
{
  return g_atomic_int_get (&sent) >= wanted;
}

static void
watch (GstCallLeg *leg)
{
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (leg->webrtcbin), "rtpbin");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (rtpbin, "send_rtp_src_0");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, NULL, NULL);
}

static void
send_more (LegPair *pair, gint packets, guint seconds)
{
  wanted = g_atomic_int_get (&sent) + packets;
  if (!leg_pair_wait (pair, has_sent, seconds))
    g_error ("%d of %d packets were sent", g_atomic_int_get (&sent), wanted);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  guint duration, gap;
  LegPair *pair;

  gst_init (&argc, &argv);
  if (argc != 4)
    return 2;
  duration = (guint) atoi (argv[2]);
  gap = (guint) atoi (argv[3]);
  gst_call_leg_warm_up ();
  pair = leg_pair_new (&spec, &spec);
  leg_pair_start (pair);
  if (!leg_pair_wait (pair, has_connected, 20))
    g_error ("not connected");
  watch (pair->caller.leg);
  send_more (pair, 50, 20);
  if (!gst_call_leg_send_dtmf (pair->caller.leg, argv[1], duration, gap, &error))
    g_error ("%s", error->message);
  send_more (pair, (gint) (strlen (argv[1]) * (MAX (duration, 20) + MAX (gap, 60)) / 20 + 50), 60);
  leg_pair_free (pair);
  return 0;
}
