/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A pad probe behind each nicesrc notes when a packet came: media, RTCP or DTLS. How much silence is too much depends
 * on the peer, since one that sends no media is heard by its RTCP alone:
 *
 *   peer                            RTCP every      given up after
 *   our own leg                     ~1 s            5 s
 *   Chromium with video             ~1 s            5 s
 *   Chromium, or a bare webrtcbin,  2.5 .. 7.5 s    2.5 x the longest pause lately, at most 20 s
 *     that only listens
 *   nothing known yet               -               12 s
 */

#include "gst/call/callwatch.h"

#define SILENCE_MS 5000
#define SILENCE_UNKNOWN_MS 12000
#define SILENCE_MAX_MS 20000
#define QUICK_RTCP_MS 2000
#define ENOUGH_RTCP 3
#define RTCP_INTERVAL (1 * GST_SECOND)
#define MAX_SESSIONS 32

/* Times are the low 32 bits of monotonic milliseconds: atomic on every machine, and only differences matter. */
typedef struct
{
  guint last_packet;
  guint last_rtcp; /* of the streaming thread */
  guint rtcp_count;
  guint rtcp_pause; /* the longest lately */
} Heard;

struct CallWatch
{
  GPtrArray *pads;
  GArray *probes;
  Heard *heard; /* g_atomic_rc_box: the probes have one too */
  guint last_check;
};

static guint
now_ms (void)
{
  return (guint) (g_get_monotonic_time () / 1000);
}

static gboolean
is_rtcp (GstBuffer *buffer)
{
  guint8 head[2];

  /* RFC 5761: the second byte tells; SRTCP leaves it in the clear */
  return gst_buffer_extract (buffer, 0, head, 2) == 2 && (head[0] & 0xc0) == 0x80 && head[1] >= 192 && head[1] <= 223;
}

static void
note_rtcp (Heard *heard, guint now)
{
  guint pause = now - heard->last_rtcp;
  guint before = g_atomic_int_get (&heard->rtcp_pause);

  if (heard->rtcp_count > 0)
    g_atomic_int_set (&heard->rtcp_pause, MAX (pause, before - before / 8));
  heard->last_rtcp = now;
  g_atomic_int_inc (&heard->rtcp_count);
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Heard *heard = user_data;
  guint now = now_ms ();
  GstBuffer *buffer = GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST
                          ? gst_buffer_list_get (GST_PAD_PROBE_INFO_BUFFER_LIST (info), 0)
                          : GST_PAD_PROBE_INFO_BUFFER (info);

  g_atomic_int_set (&heard->last_packet, now);
  if (buffer != NULL && is_rtcp (buffer))
    note_rtcp (heard, now);
  return GST_PAD_PROBE_OK;
}

static void
release_heard (gpointer heard)
{
  g_atomic_rc_box_release (heard);
}

static void
add_probe (const GValue *item, gpointer user_data)
{
  CallWatch *self = user_data;
  GstPad *pad = gst_element_get_static_pad (g_value_get_object (item), "src");
  gulong probe;

  if (pad == NULL)
    return;
  probe = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packet,
      g_atomic_rc_box_acquire (self->heard), release_heard);
  g_ptr_array_add (self->pads, pad);
  g_array_append_val (self->probes, probe);
}

void
call_watch_make_audible (GstElement *webrtcbin)
{
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (webrtcbin), "rtpbin");

  for (guint i = 0; rtpbin != NULL && i < MAX_SESSIONS; i++) {
    g_autoptr (GObject) session = NULL;
    g_signal_emit_by_name (rtpbin, "get-internal-session", i, &session);
    if (session != NULL)
      g_object_set (session, "rtcp-min-interval", (guint64) RTCP_INTERVAL, NULL);
  }
}

CallWatch *
call_watch_new (GstElement *webrtcbin)
{
  CallWatch *self = g_new0 (CallWatch, 1);
  GstIterator *sources;

  self->pads = g_ptr_array_new_with_free_func (gst_object_unref);
  self->probes = g_array_new (FALSE, FALSE, sizeof (gulong));
  self->heard = g_atomic_rc_box_new0 (Heard);
  self->last_check = self->heard->last_packet = now_ms ();
  sources = gst_bin_iterate_all_by_element_factory_name (GST_BIN (webrtcbin), "nicesrc");
  /* The tree stands still by now: no resync to care for. */
  gst_iterator_foreach (sources, add_probe, self);
  gst_iterator_free (sources);
  return self;
}

static guint
allowed_silence (const Heard *heard)
{
  guint pause = g_atomic_int_get (&heard->rtcp_pause);

  if (g_atomic_int_get (&heard->rtcp_count) < ENOUGH_RTCP)
    return SILENCE_UNKNOWN_MS;
  if (pause <= QUICK_RTCP_MS)
    return SILENCE_MS;
  return CLAMP (pause * 5 / 2, SILENCE_MS, SILENCE_MAX_MS);
}

gboolean
call_watch_is_silent (CallWatch *self)
{
  guint now = now_ms ();
  gboolean stalled = now - self->last_check > 2000;

  self->last_check = now;
  /* If we ourselves stood still (a debugger, a suspended machine) the packets wait in the socket. */
  if (stalled)
    g_atomic_int_set (&self->heard->last_packet, now);
  return !stalled && now - (guint) g_atomic_int_get (&self->heard->last_packet) > allowed_silence (self->heard);
}

void
call_watch_free (CallWatch *self)
{
  for (guint i = 0; i < self->pads->len; i++)
    gst_pad_remove_probe (g_ptr_array_index (self->pads, i), g_array_index (self->probes, gulong, i));
  g_ptr_array_unref (self->pads);
  g_array_unref (self->probes);
  g_atomic_rc_box_release (self->heard);
  g_free (self);
}
