/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "streamentry.h"

#include "gst/core/emodel.h"
#include "gst/core/framewindow.h"
#include "gst/core/rtpwindow.h"
#include "gst/core/videoscore.h"
#include "sdpclocks.h"

#include <gio/gio.h>
#include <math.h>

#define OPUS_CLOCK 48000
#define VIDEO_CLOCK 90000
#define SLOT_NS G_GINT64_CONSTANT (1000000000)
#define MAX_SLOTS 86400 /* a day; what comes later is in the totals only */
#define NS_IN_S 1e9
#define NS_IN_MS 1e6
#define PAYLOAD_TYPES 128

/* What a payload type of the stream is. */
typedef struct
{
  guint clock_rate; /* Hz; 0: not looked up yet */
  gboolean video;
  const char *codec, *source;
} Payload;

/* ---- clocks ---- */

/* Ticks a second, of the packets of @payload_type; 0: nothing to be told. @shared: packets share timestamps. */
static double
measure_pace (const GArray *packets, guint8 payload_type, gboolean *shared)
{
  const RtpPacket *before = NULL;
  double ticks = 0, seconds = 0;
  *shared = FALSE;
  for (guint i = 0; i < packets->len; i++) {
    const RtpPacket *packet = &g_array_index (packets, RtpPacket, i);
    if (packet->payload_type != payload_type)
      continue;
    gint32 step = before != NULL ? (gint32) (packet->timestamp - before->timestamp) : 0;
    if (before != NULL && step == 0 && packet->seq != before->seq)
      *shared = TRUE;
    ticks += step;
    seconds += before != NULL ? (double) (packet->arrival - before->arrival) / NS_IN_S : 0;
    before = packet;
  }
  return seconds > 0 && ticks > 0 ? ticks / seconds : 0;
}

static void
assume_payload (Payload *payload, const GArray *packets, guint8 payload_type)
{
  gboolean shared;
  double pace = measure_pace (packets, payload_type, &shared);
  payload->video = pace > 0 ? pace > sqrt ((double) OPUS_CLOCK * VIDEO_CLOCK) : shared;
  payload->clock_rate = payload->video ? VIDEO_CLOCK : OPUS_CLOCK;
  payload->codec = payload->video ? "VP8" : "OPUS";
  payload->source = "assumed";
}

static void
look_up (Payload *payload, const RtpStream *stream, const GArray *clocks, guint8 payload_type)
{
  const SdpClock *clock = sdp_clocks_find (clocks, payload_type, stream->source_port, stream->destination_port);
  const RtpStaticPayload *known = rtp_static_payload_find (payload_type);
  if (clock != NULL)
    *payload = (Payload){clock->clock_rate, clock->video, clock->codec, "sdp"};
  else if (known != NULL)
    *payload = (Payload){known->clock_rate, known->video, known->codec, "static"};
  else
    assume_payload (payload, stream->packets, payload_type);
}

/* ---- scores ---- */

static double
speech_mos (const Entry *entry, double loss_percent, double burst_ratio, double *r)
{
  const EmodelCodec *codec = emodel_codec_find (entry->codec);
  EmodelScore score;
  if (codec == NULL)
    codec = emodel_codec_find ("OPUS");
  EmodelPath path = {.ie = codec->ie, .bpl = codec->bpl, .loss_percent = loss_percent, .burst_ratio = burst_ratio};
  emodel_score (codec->band, &path, &score);
  *r = score.r;
  return score.mos;
}

static double
picture_mos (const FrameCounts *frames, double loss_percent)
{
  VideoScore score = {.fps = frame_counts_fps (frames),
      .frozen = frames->measured_ns > 0 ? (double) frames->freeze_ns / (double) frames->measured_ns : 0,
      .loss = loss_percent / 100};
  return video_score_mos (&score);
}

static void
score (Entry *entry, gboolean video, const FrameCounts *frames)
{
  if (video) {
    entry->fps = frame_counts_fps (frames);
    entry->freezes = (double) frames->freezes;
    entry->freeze_duration = (double) frames->freeze_ns / NS_IN_MS;
    entry->video_mos = picture_mos (frames, entry->loss);
    return;
  }
  const EmodelCodec *codec = emodel_codec_find (entry->codec);
  entry->mos_model = g_strdup (emodel_band_to_string (codec != NULL ? codec->band : EMODEL_FULLBAND));
  entry->mos = speech_mos (entry, entry->loss, entry->bursts.burst_ratio, &entry->r_factor);
}

/* ---- measuring ---- */

typedef struct
{
  RtpTiming timing; /* of the whole: the window's begins anew with a restart */
  RtpWindow window;
  FrameWindow frames;
  guint32 frame_timestamp;
  gboolean video, frame_begun;
  gint64 begin, slot_end;
} Measure;

static void
end_slot (Measure *measure, Entry *entry)
{
  RtpCounts counts;
  FrameCounts frames;
  double r;
  rtp_window_take_interval (&measure->window, &counts);
  frame_window_take_interval (&measure->frames, &frames);
  EntrySlot slot = {.time = (double) (measure->slot_end - measure->begin) / NS_IN_S,
      .loss = 100 * rtp_counts_loss (&counts),
      .jitter = measure->timing.has_jitter ? measure->timing.last_jitter : NAN,
      .bitrate = (double) counts.bytes * 8 * NS_IN_S / SLOT_NS};
  if (counts.packets == 0)
    slot.mos = slot.jitter = NAN;
  else
    slot.mos = measure->video ? picture_mos (&frames, slot.loss) : speech_mos (entry, slot.loss, 1, &r);
  g_array_append_val (entry->slots, slot);
  measure->slot_end += SLOT_NS;
}

static void
push (Measure *measure, Entry *entry, const RtpPacket *packet)
{
  while (packet->arrival >= measure->slot_end && entry->slots->len < MAX_SLOTS)
    end_slot (measure, entry);
  rtp_timing_push (&measure->timing, packet);
  rtp_window_push (&measure->window, packet);
  if (!measure->video || (measure->frame_begun && (gint32) (packet->timestamp - measure->frame_timestamp) <= 0))
    return;
  measure->frame_begun = TRUE;
  measure->frame_timestamp = packet->timestamp;
  frame_window_push (&measure->frames, packet->arrival, 0, 0, -1);
}

static void
fill_counts (Entry *entry, const Measure *measure)
{
  const RtpTiming *timing = &measure->timing;
  RtpCounts counts;
  rtp_window_get_total (&measure->window, &counts);
  entry->packets = (gint64) timing->packets;
  entry->expected = rtp_timing_expected (timing);
  entry->lost = entry->expected - entry->packets;
  entry->loss = entry->expected > 0 ? CLAMP (100.0 * (double) entry->lost / (double) entry->expected, 0, 100) : 0;
  entry->missing = (gint64) counts.missing;
  entry->duplicates = (gint64) counts.duplicates;
  entry->reordered = (gint64) counts.reordered;
  entry->late = (gint64) counts.late;
  rtp_window_get_bursts (&measure->window, &entry->bursts);
  if (timing->has_delta)
    entry->delta = timing->delta;
  if (timing->has_jitter)
    entry->jitter = timing->jitter;
}

static char *
address_to_string (const RtpStream *stream, const guint8 *address, guint16 port)
{
  g_autoptr (GInetAddress) inet =
      g_inet_address_new_from_bytes (address, stream->ipv6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4);
  g_autofree char *text = g_inet_address_to_string (inet);
  return g_strdup_printf (stream->ipv6 ? "[%s]:%u" : "%s:%u", text, port);
}

static void
describe (Entry *entry, const RtpStream *stream, const Payload *payload, guint8 payload_type)
{
  entry->source = address_to_string (stream, stream->source, stream->source_port);
  entry->destination = address_to_string (stream, stream->destination, stream->destination_port);
  entry->ssrc = stream->ssrc;
  entry->payload_type = payload_type;
  entry->codec = g_strdup (payload->codec);
  entry->media = g_strdup (payload->video ? "video" : "audio");
  entry->clock_rate = payload->clock_rate;
  entry->clock_source = payload->source;
}

/* Telephone events and comfort noise ride along: the stream is what most of its packets are. */
static guint8
main_payload_type (const GArray *packets)
{
  guint counts[PAYLOAD_TYPES] = {0}, best = 0;
  for (guint i = 0; i < packets->len; i++)
    counts[g_array_index (packets, RtpPacket, i).payload_type]++;
  for (guint i = 0; i < PAYLOAD_TYPES; i++)
    best = counts[i] > counts[best] ? i : best;
  return (guint8) best;
}

static void
measure_packets (Measure *measure, Entry *entry, const RtpStream *stream, const GArray *clocks, Payload *payloads)
{
  rtp_timing_init (&measure->timing);
  rtp_window_init (&measure->window);
  frame_window_init (&measure->frames);
  entry->bytes = 0;
  for (guint i = 0; i < stream->packets->len; i++) {
    RtpPacket packet = g_array_index (stream->packets, RtpPacket, i);
    Payload *payload = &payloads[packet.payload_type];
    if (payload->codec == NULL)
      look_up (payload, stream, clocks, packet.payload_type);
    packet.clock_rate = payload->clock_rate;
    entry->bytes += packet.size;
    push (measure, entry, &packet);
  }
  if (entry->slots->len < MAX_SLOTS)
    end_slot (measure, entry);
}

Entry *
stream_entry_new (const char *file, const RtpStream *stream, const GArray *clocks)
{
  Payload payloads[PAYLOAD_TYPES] = {0};
  guint8 main_type = main_payload_type (stream->packets);
  gint64 first = g_array_index (stream->packets, RtpPacket, 0).arrival;
  gint64 last = g_array_index (stream->packets, RtpPacket, stream->packets->len - 1).arrival;
  Entry *entry = entry_new (file);

  look_up (&payloads[main_type], stream, clocks, main_type);
  describe (entry, stream, &payloads[main_type], main_type);
  Measure measure = {.begin = first, .slot_end = first + SLOT_NS, .video = payloads[main_type].video};
  measure_packets (&measure, entry, stream, clocks, payloads);
  fill_counts (entry, &measure);
  entry->first_time = (double) first / NS_IN_S;
  entry->last_time = (double) last / NS_IN_S;
  if (last > first)
    entry->bitrate = (double) entry->bytes * 8 * NS_IN_S / (double) (last - first);
  score (entry, measure.video, &measure.frames.total);
  return entry;
}

static gint
compare_begin (gconstpointer a, gconstpointer b)
{
  const RtpStream *one = *(RtpStream *const *) a, *other = *(RtpStream *const *) b;
  gint64 begin = g_array_index (one->packets, RtpPacket, 0).arrival;
  gint64 other_begin = g_array_index (other->packets, RtpPacket, 0).arrival;
  return begin < other_begin ? -1 : begin > other_begin;
}

void
stream_entries_add (const char *file, RtpFinder *finder, GPtrArray *entries)
{
  g_ptr_array_sort (finder->streams, compare_begin);
  for (guint i = 0; i < finder->streams->len; i++)
    g_ptr_array_add (entries, stream_entry_new (file, g_ptr_array_index (finder->streams, i), finder->clocks));
}
