/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One press is many packets: all have the timestamp of its beginning, each tells how long it has lasted, and the last
 * one comes three times. A press that outlasts the field (0xffff ticks) goes on in another segment, without a marker.
 *
 *   sound  sound  | M        |        |      E |      E |      E | sound
 *   t=0    t=960  | t=1920 for all of them                       | t=1920+5760...
 *                 | d=960    | d=1920 | d=2880 | d=2880 | d=2880 |
 *                 ^ start                ^ end   ^ told before, not again
 *
 *   a long one:   | M t=T d=960 ... d=0xffff | t=T+0xffff d=500 ... E |        one press
 *
 *   payload:      | event 8 | E 1 | R 1 | volume 6 | duration 16 |
 *
 * Any of the packets may be lost. The first that comes begins the press; an end that never comes is told when the next
 * press begins or the sound has gone on for half a second. */

#include "gst/core/telephoneevent.h"

#include <string.h>

#define END_BIT 0x80
#define VOLUME_BITS 0x3f
#define MAX_SEGMENT 0xffff
#define SILENCE_MS 500
#define FORGET_MS 10000
/* Senders cut a long press where a packet of theirs ends, not at the last tick. */
#define SEGMENT_SLACK_MS 200

static const char digits[] = "0123456789*#ABCD";

gboolean
telephone_event_read (TelephoneEvent *event, const guint8 *payload, gsize size)
{
  if (size < TELEPHONE_EVENT_SIZE)
    return FALSE;
  *event = (TelephoneEvent){.event = payload[0],
      .volume = payload[1] & VOLUME_BITS,
      .end = (payload[1] & END_BIT) != 0,
      .duration = (guint16) (payload[2] << 8 | payload[3])};
  return TRUE;
}

void
telephone_event_write (const TelephoneEvent *event, guint8 payload[TELEPHONE_EVENT_SIZE])
{
  payload[0] = event->event;
  payload[1] = (guint8) ((event->end ? END_BIT : 0) | (event->volume & VOLUME_BITS));
  payload[2] = (guint8) (event->duration >> 8);
  payload[3] = (guint8) (event->duration & 0xff);
}

int
telephone_event_from_digit (char digit)
{
  const char *at = digit != '\0' ? strchr (digits, g_ascii_toupper (digit)) : NULL;

  return at != NULL ? (int) (at - digits) : -1;
}

char
telephone_event_to_digit (guint event)
{
  return event < TELEPHONE_EVENT_KEYS ? digits[event] : '\0';
}

/* ---- presses ---- */

static void
change (TelephoneKeys *self, gboolean start, TelephoneKeyChange *changes, guint *n)
{
  self->pressed = start;
  changes[(*n)++] = (TelephoneKeyChange){.key = self->key, .volume = self->volume, .start = start};
}

static guint32
ticks (guint ms, guint rate)
{
  return (guint32) ((guint64) ms * rate / 1000);
}

/* In ticks of the stream's clock, which need not be the payload type's. */
static guint32
length_of (const TelephonePacket *packet, guint32 duration)
{
  if (packet->clock_rate == 0 || packet->clock_rate == packet->media_rate)
    return duration;
  return (guint32) ((guint64) duration * packet->media_rate / packet->clock_rate);
}

/* The press goes on in another segment. */
static gboolean
continues (const TelephoneKeys *self, const TelephonePacket *packet)
{
  gint64 step = (gint32) (packet->timestamp - self->segment);
  gint64 slack = ticks (SEGMENT_SLACK_MS, packet->media_rate);

  return !packet->marker && packet->event.event == self->key
         && ABS (step - (gint64) length_of (packet, MAX_SEGMENT)) <= slack;
}

static gboolean
is_old (const TelephoneKeys *self, const TelephonePacket *packet)
{
  gint32 age = (gint32) (packet->timestamp - self->segment);

  return self->known && (age < 0 || (age == 0 && !self->pressed));
}

guint
telephone_keys_push (TelephoneKeys *self, const TelephonePacket *packet, TelephoneKeyChange *changes)
{
  guint n = 0;

  if (packet->event.event >= TELEPHONE_EVENT_KEYS || is_old (self, packet))
    return 0;
  if (self->pressed && packet->timestamp == self->segment) {
    if (packet->event.event != self->key)
      return 0;
    self->length = MAX (self->length, length_of (packet, packet->event.duration));
  } else {
    gboolean more = self->pressed && continues (self, packet);
    if (self->pressed && !more)
      change (self, FALSE, changes, &n);
    *self = (TelephoneKeys){.known = TRUE,
        .pressed = more,
        .key = packet->event.event,
        .volume = packet->event.volume,
        .segment = packet->timestamp,
        .length = length_of (packet, packet->event.duration)};
    if (!more)
      change (self, TRUE, changes, &n);
  }
  if (packet->event.end)
    change (self, FALSE, changes, &n);
  return n;
}

guint
telephone_keys_pass (TelephoneKeys *self, guint32 timestamp, guint media_rate, TelephoneKeyChange *changes)
{
  gint32 since = (gint32) (timestamp - self->segment - self->length);
  guint n = 0;

  if (!self->known || since < 0)
    return 0;
  if (self->pressed && (guint32) since > ticks (SILENCE_MS, media_rate))
    change (self, FALSE, changes, &n);
  /* Timestamps come round: what was long ago must not look like the future. */
  if (!self->pressed && (guint32) since > ticks (FORGET_MS, media_rate))
    self->known = FALSE;
  return n;
}
