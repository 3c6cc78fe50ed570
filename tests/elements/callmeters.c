/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Which meter the packets of a stream go into, when streams get their names: also when a peer gives one SSRC two names
 * (it changes the payload type, and webrtcbin makes a pad for each). */

#include "gst/call/callmeters.h"

#define PACKETS 10

typedef struct
{
  CallMeters *meters;
  GstElement *rtpbin;
  GPtrArray *jitterbuffers;
} Rig;

static Rig
rig_new (void)
{
  Rig rig = {call_meters_new (), gst_object_ref_sink (gst_element_factory_make ("rtpbin", NULL)),
      g_ptr_array_new_with_free_func (gst_object_unref)};

  call_meters_watch (rig.meters, rig.rtpbin);
  return rig;
}

static void
rig_clear (Rig *rig)
{
  for (guint i = 0; i < rig->jitterbuffers->len; i++)
    gst_element_set_state (g_ptr_array_index (rig->jitterbuffers, i), GST_STATE_NULL);
  g_ptr_array_unref (rig->jitterbuffers);
  gst_object_unref (rig->rtpbin);
  call_meters_unref (rig->meters);
}

static GstCaps *
on_request_pt_map (GstElement *jitterbuffer, guint payload, gpointer unused)
{
  return gst_caps_from_string ("application/x-rtp, media=audio, encoding-name=OPUS, clock-rate=48000");
}

/* As rtpbin says it of a new SSRC. (transfer none) */
static GstPad *
add_stream (Rig *rig, guint ssrc)
{
  GstElement *jitterbuffer = gst_object_ref_sink (gst_element_factory_make ("rtpjitterbuffer", NULL));
  g_autoptr (GstPad) sink = gst_element_get_static_pad (jitterbuffer, "sink");
  GstSegment segment;

  g_ptr_array_add (rig->jitterbuffers, jitterbuffer);
  g_signal_connect (jitterbuffer, "request-pt-map", G_CALLBACK (on_request_pt_map), NULL);
  g_signal_emit_by_name (rig->rtpbin, "new-jitterbuffer", jitterbuffer, 0, ssrc);
  gst_element_set_state (jitterbuffer, GST_STATE_PAUSED);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (sink, gst_event_new_stream_start ("stream"));
  gst_pad_send_event (sink, gst_event_new_segment (&segment));
  return sink;
}

static void
push (GstPad *sink, guint ssrc)
{
  for (guint16 i = 0; i < PACKETS; i++) {
    guint8 packet[20] = {0x80, 96};
    GST_WRITE_UINT16_BE (packet + 2, i);
    GST_WRITE_UINT32_BE (packet + 4, i * 960u);
    GST_WRITE_UINT32_BE (packet + 8, ssrc);
    gst_pad_chain (sink, gst_buffer_new_memdup (packet, sizeof packet));
  }
}

/* All packets are counted, in so many tracks. */
static void
assert_counted (Rig *rig, guint tracks, guint64 packets)
{
  g_autoptr (GPtrArray) totals = call_meters_get_totals (rig->meters);
  guint64 sum = 0;

  for (guint i = 0; i < totals->len; i++) {
    guint64 count = 0;
    gst_structure_get_uint64 (g_ptr_array_index (totals, i), "packets", &count);
    sum += count;
  }
  g_assert_cmpuint (totals->len, ==, tracks);
  g_assert_cmpuint (sum, ==, packets);
}

/* Two SSRCs of one track, and one of them turns out to be of another track as well. */
static void
test_two_names (gconstpointer known)
{
  Rig rig = rig_new ();
  GstPad *first = add_stream (&rig, 1);
  GstPad *second = add_stream (&rig, 2);
  GstPad *third = known != NULL ? add_stream (&rig, 3) : NULL;

  call_meters_name (rig.meters, 1, FALSE, 0);
  call_meters_name (rig.meters, 2, FALSE, 0);
  push (first, 1);
  push (second, 2);
  assert_counted (&rig, 1, 2 * PACKETS);
  if (third != NULL) {
    call_meters_name (rig.meters, 3, TRUE, 0);
    push (third, 3);
  }
  call_meters_name (rig.meters, 2, TRUE, 0);
  push (first, 1);
  push (second, 2);
  assert_counted (&rig, 2, (third != NULL ? 5 : 4) * PACKETS);
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_data_func ("/call-meters/two-names", NULL, test_two_names);
  g_test_add_data_func ("/call-meters/two-names/known", "known", test_two_names);
  return g_test_run ();
}
