/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Keys, in and out of the stream of sound (RFC 4733; docs/protocol/dtmf.md).
 *
 *   in    rtpsession -> ssrcdemux -> [note] [meter] [take out] -> jitterbuffer -> ptdemux -> ...
 *                                      |                 ^ RTP's own statistics and the meter have counted it: no loss.
 *                                      v                   The jitterbuffer finds a hole and tells the decoder so.
 *                                   presses -> `dtmf` on the context's thread
 *   out   payloader -> [meter] -> rtpsession -> [a packet of sound that is due becomes one of the key] -> SRTP
 *                                      ^ numbers it, and its sender reports keep the sound's timeline
 *
 * A key's packet has the timestamp of the press's beginning, which the jitter would be measured by: [note] moves it on
 * to the time when the packet was due, before anybody looks. */

#include "gst/call/calllegprivate.h"
#include "gst/call/callpost.h"
#include "gst/core/rtppacket.h"

#include <gst/rtp/rtp.h>

#define MEDIA_RATE 48000 /* of Opus, whatever it was made from */

typedef struct
{
  GstCallLeg *leg; /* outlives its pipeline */
  TelephoneKeys keys;
  guint32 step; /* how long the press had lasted in its first packet: that is how often its packets come */
  guint ends;   /* of it that came */
} KeyStream;

/* ---- in ---- */

static void
on_key (gpointer object, gpointer data)
{
  GstCallLeg *self = object;
  const TelephoneKeyChange *change = data;

  if (self->closed)
    return;
  self->pressed = *change;
  if (self->callbacks.dtmf != NULL)
    self->callbacks.dtmf (self, change, self->user_data);
}

static void
tell (GstCallLeg *self, const TelephoneKeyChange *changes, guint n)
{
  for (guint i = 0; i < n; i++)
    call_post (self->context, self, on_key, g_memdup2 (&changes[i], sizeof changes[i]), g_free);
}

/* 0: not a payload type of keys. */
static guint
clock_rate_of (GstCallLeg *self, guint payload_type)
{
  guint clock_rate = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->dtmf_received.n; i++)
    if (self->dtmf_received.events[i].payload == payload_type)
      clock_rate = self->dtmf_received.events[i].clock_rate;
  g_mutex_unlock (&self->lock);
  return clock_rate;
}

static gboolean
read_event (GstBuffer *buffer, TelephoneEvent *event)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gboolean read;

  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp))
    return FALSE;
  read = telephone_event_read (event, gst_rtp_buffer_get_payload (&rtp), gst_rtp_buffer_get_payload_len (&rtp));
  gst_rtp_buffer_unmap (&rtp);
  return read;
}

/* When the packet was due. */
static guint32
find_due (KeyStream *stream, const TelephonePacket *packet, gboolean start)
{
  guint32 length = (guint32) ((guint64) packet->event.duration * packet->media_rate / packet->clock_rate);

  if (start) {
    stream->step = length;
    stream->ends = 0;
  }
  if (packet->event.end)
    length += stream->step * stream->ends++;
  return packet->timestamp + length - MIN (stream->step, length);
}

static GstBuffer *
set_timestamp (GstBuffer *buffer, guint32 due)
{
  guint8 timestamp[4];

  GST_WRITE_UINT32_BE (timestamp, due);
  buffer = gst_buffer_make_writable (buffer);
  gst_buffer_fill (buffer, 4, timestamp, sizeof timestamp);
  return buffer;
}

static gboolean
has_start (const TelephoneKeyChange *changes, guint n)
{
  for (guint i = 0; i < n; i++)
    if (changes[i].start)
      return TRUE;
  return FALSE;
}

static GstBuffer *
note (KeyStream *stream, GstBuffer *buffer)
{
  TelephoneKeyChange changes[TELEPHONE_KEYS_MAX_CHANGES];
  guint8 header[RTP_PACKET_HEADER];
  RtpPacket rtp = {0};
  TelephonePacket packet = {.media_rate = MEDIA_RATE};
  guint n;

  if (!rtp_packet_parse (&rtp, header, gst_buffer_extract (buffer, 0, header, sizeof header)))
    return buffer;
  packet.clock_rate = clock_rate_of (stream->leg, rtp.payload_type);
  if (packet.clock_rate == 0) {
    if (stream->keys.known)
      tell (stream->leg, changes, telephone_keys_pass (&stream->keys, rtp.timestamp, MEDIA_RATE, changes));
    return buffer;
  }
  packet.timestamp = rtp.timestamp;
  packet.marker = rtp.marker;
  if (!read_event (buffer, &packet.event))
    return buffer;
  n = telephone_keys_push (&stream->keys, &packet, changes);
  tell (stream->leg, changes, n);
  return set_timestamp (buffer, find_due (stream, &packet, has_start (changes, n)));
}

static gboolean
note_nth (GstBuffer **buffer, guint index, gpointer stream)
{
  *buffer = note (stream, *buffer);
  return TRUE;
}

static GstPadProbeReturn
on_packets (GstPad *pad, GstPadProbeInfo *info, gpointer stream)
{
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    info->data = note (stream, info->data);
  } else {
    info->data = gst_buffer_list_make_writable (info->data);
    gst_buffer_list_foreach (info->data, note_nth, stream);
  }
  return GST_PAD_PROBE_OK;
}

static gboolean
is_key (GstCallLeg *self, GstBuffer *buffer)
{
  guint8 header[RTP_PACKET_HEADER];
  RtpPacket rtp = {0};

  return rtp_packet_parse (&rtp, header, gst_buffer_extract (buffer, 0, header, sizeof header))
         && clock_rate_of (self, rtp.payload_type) != 0;
}

static gboolean
take_nth (GstBuffer **buffer, guint index, gpointer self)
{
  if (is_key (self, *buffer))
    gst_clear_buffer (buffer);
  return TRUE;
}

static GstPadProbeReturn
take_out (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstCallLeg *self = user_data;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    return is_key (self, info->data) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  info->data = gst_buffer_list_make_writable (info->data);
  gst_buffer_list_foreach (info->data, take_nth, self);
  return GST_PAD_PROBE_OK;
}

static void
on_jitterbuffer_before (GstElement *rtpbin, GstElement *jitterbuffer, guint session, guint ssrc, gpointer self)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (jitterbuffer, "sink");
  KeyStream *stream = g_new0 (KeyStream, 1);

  stream->leg = self;
  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets, stream, g_free);
}

static void
on_jitterbuffer_after (GstElement *rtpbin, GstElement *jitterbuffer, guint session, guint ssrc, gpointer self)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (jitterbuffer, "sink");

  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, take_out, self, NULL);
}

/* ---- out ---- */

#define PADDING_BIT 0x20

/* NULL: not what it seems. The header stays, with its extensions; what was behind it gives way to the key. */
static GstBuffer *
make_packet (GstBuffer *sound, guint payload_type, const TelephonePacket *packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  GstBuffer *buffer;
  GstMapInfo map;
  gsize header;

  if (!gst_rtp_buffer_map (sound, GST_MAP_READ, &rtp))
    return NULL;
  header = gst_rtp_buffer_get_header_len (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  buffer = gst_buffer_new_allocate (NULL, header + TELEPHONE_EVENT_SIZE, NULL);
  gst_buffer_copy_into (buffer, sound, GST_BUFFER_COPY_METADATA, 0, -1);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  gst_buffer_extract (sound, 0, map.data, header);
  map.data[0] &= (guint8) ~PADDING_BIT;
  map.data[1] = (guint8) ((packet->marker ? 0x80 : 0) | payload_type);
  GST_WRITE_UINT32_BE (map.data + 4, packet->timestamp);
  telephone_event_write (&packet->event, map.data + header);
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

/* NULL: @buffer goes out as it is. */
static GstBuffer *
replace (GstCallLeg *self, GstBuffer *buffer)
{
  guint8 header[RTP_PACKET_HEADER];
  RtpPacket rtp = {0};
  TelephonePacket packet;
  gboolean key = FALSE;
  guint payload_type;

  if (!rtp_packet_parse (&rtp, header, gst_buffer_extract (buffer, 0, header, sizeof header)))
    return NULL;
  g_mutex_lock (&self->lock);
  payload_type = self->dtmf_payload;
  if (rtp.ssrc == self->dtmf_ssrc) {
    key = telephone_sender_next (&self->dtmf_sender, rtp.timestamp, &packet);
    g_atomic_int_set (&self->dtmf_sending, !telephone_sender_is_idle (&self->dtmf_sender));
  }
  g_mutex_unlock (&self->lock);
  return key ? make_packet (buffer, payload_type, &packet) : NULL;
}

static gboolean
replace_nth (GstBuffer **buffer, guint index, gpointer self)
{
  GstBuffer *packet = replace (self, *buffer);

  if (packet != NULL) {
    gst_buffer_unref (*buffer);
    *buffer = packet;
  }
  return TRUE;
}

static GstPadProbeReturn
on_sent (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstCallLeg *self = user_data;

  if (!g_atomic_int_get (&self->dtmf_sending))
    return GST_PAD_PROBE_OK;
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    replace_nth ((GstBuffer **) &info->data, 0, self);
  } else {
    info->data = gst_buffer_list_make_writable (info->data);
    gst_buffer_list_foreach (info->data, replace_nth, self);
  }
  return GST_PAD_PROBE_OK;
}

static void
on_rtpbin_pad (GstElement *rtpbin, GstPad *pad, gpointer self)
{
  if (g_str_has_prefix (GST_PAD_NAME (pad), "send_rtp_src_"))
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_sent, self, NULL);
}

/* ---- the leg ---- */

void
call_leg_dtmf_before_meters (GstCallLeg *self, GstElement *rtpbin)
{
  g_signal_connect (rtpbin, "new-jitterbuffer", G_CALLBACK (on_jitterbuffer_before), self);
  g_signal_connect (rtpbin, "pad-added", G_CALLBACK (on_rtpbin_pad), self);
}

void
call_leg_dtmf_after_meters (GstCallLeg *self, GstElement *rtpbin)
{
  g_signal_connect (rtpbin, "new-jitterbuffer", G_CALLBACK (on_jitterbuffer_after), self);
}

/* Of the first line that has any. */
static const CallSdpEventLine *
find_line (const CallSdpEvents *events)
{
  for (guint i = 0; i < G_N_ELEMENTS (events->lines); i++)
    if (events->lines[i].n > 0)
      return &events->lines[i];
  return NULL;
}

void
call_leg_dtmf_negotiated (GstCallLeg *self)
{
  const CallSdpEventLine *receive = find_line (&self->keys.local);
  const CallSdpEventLine *send = find_line (&self->keys.remote);
  CallSdpEvent chosen = {0};

  for (guint i = 0; send != NULL && i < send->n; i++)
    if (i == 0 || send->events[i].clock_rate == MEDIA_RATE)
      chosen = send->events[i];
  g_mutex_lock (&self->lock);
  if (receive != NULL)
    self->dtmf_received = *receive;
  if (self->dtmf_payload != chosen.payload) {
    self->dtmf_payload = chosen.payload;
    telephone_sender_init (&self->dtmf_sender, chosen.clock_rate, MEDIA_RATE);
  }
  g_mutex_unlock (&self->lock);
}

void
call_leg_dtmf_release (GstCallLeg *self)
{
  TelephoneKeyChange change = self->pressed;

  change.start = FALSE;
  if (self->pressed.start)
    on_key (self, &change);
}

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, GST_CALL_NEGOTIATION_ERROR, GST_CALL_NEGOTIATION_ERROR_MEDIA, message);
  return FALSE;
}

gboolean
gst_call_leg_send_dtmf (GstCallLeg *self, const char *digits, guint duration_ms, guint gap_ms, GError **error)
{
  const CallInput *input = NULL;
  gboolean added;

  for (guint i = 0; i < self->inputs->len && input == NULL; i++) {
    const CallInput *other = g_ptr_array_index (self->inputs, i);
    if (other->media == GST_CALL_MEDIA_AUDIO && other->chain != NULL)
      input = other;
  }
  if (input == NULL)
    return fail (error, "keys go with the sound, and none is sent: callsink needs an audio pad");
  if (self->dtmf_payload == 0)
    return fail (error, "the peer takes no keys (its description has no telephone-event); play their tones instead");
  g_mutex_lock (&self->lock);
  self->dtmf_ssrc = input->ssrc;
  added = telephone_sender_add (&self->dtmf_sender, digits, duration_ms, gap_ms);
  g_atomic_int_set (&self->dtmf_sending, !telephone_sender_is_idle (&self->dtmf_sender));
  g_mutex_unlock (&self->lock);
  return added || fail (error, "too many keys wait to be sent");
}
