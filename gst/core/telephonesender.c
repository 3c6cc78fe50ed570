/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Each packet of sound that is due while a key is pressed leaves as a packet of the key: sequence numbers have no hole,
 * no timer is needed, and RFC 4733 (2.5.1) wants the sound to pause anyway.
 *
 *   due     s1   s2   s3   s4   s5   s6   s7   s8   s9 ...                 60 ms, gap 40 ms; 20 ms a packet
 *   sent    s1   M    .    E    E    E    s7   s8   M  ...
 *           |idle|pressed  |ending   |gap      |pressed
 *   time         t2   t2   t2   t2   t2            t9
 *   duration     20   40   60   60   60            20
 *                                                         the gap is counted from the end of the press, and is not
 *                                                         over before the end has gone out three times */

#include "gst/core/telephonesender.h"

#include <string.h>

#define ENDS 3
#define VOLUME 10 /* -dBm0, what others send */
#define MAX_SEGMENT 0xffff
#define USUAL_PACKET_MS 20
#define LONGEST_PACKET_MS 120

void
telephone_sender_init (TelephoneSender *self, guint clock_rate, guint media_rate)
{
  *self = (TelephoneSender){.clock_rate = clock_rate, .media_rate = media_rate};
}

gboolean
telephone_sender_add (TelephoneSender *self, const char *digits, guint duration_ms, guint gap_ms)
{
  gsize length = strlen (digits);

  if (length == 0 || length > TELEPHONE_SENDER_MAX - self->n)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (telephone_event_from_digit (digits[i]) < 0)
      return FALSE;
  for (gsize i = 0; i < length; i++)
    self->presses[(self->first + self->n++) % TELEPHONE_SENDER_MAX] = (TelephonePress){
        .key = (guint8) telephone_event_from_digit (digits[i]), .duration = duration_ms, .gap = gap_ms};
  return TRUE;
}

gboolean
telephone_sender_is_idle (const TelephoneSender *self)
{
  return self->n == 0;
}

/* In ticks of the sound. */
static guint32
ticks (const TelephoneSender *self, guint ms)
{
  return (guint32) ((guint64) ms * self->media_rate / 1000);
}

/* In ticks of the payload type's clock. */
static guint32
event_ticks (const TelephoneSender *self, guint32 length)
{
  return (guint32) ((guint64) length * self->clock_rate / self->media_rate);
}

/* How long the packet of sound would have lasted, by the one before. */
static guint32
packet_length (TelephoneSender *self, guint32 timestamp)
{
  guint32 step = timestamp - self->last;
  gboolean usual = !self->has_last || step == 0 || step > ticks (self, LONGEST_PACKET_MS);

  self->last = timestamp;
  self->has_last = TRUE;
  return usual ? ticks (self, USUAL_PACKET_MS) : step;
}

static void
fill (const TelephoneSender *self, guint32 duration, gboolean end, TelephonePacket *packet)
{
  *packet = (TelephonePacket){.timestamp = self->segment,
      .clock_rate = self->clock_rate,
      .media_rate = self->media_rate,
      .event = {.event = self->presses[self->first].key,
          .volume = VOLUME,
          .end = end,
          .duration = (guint16) MIN (duration, MAX_SEGMENT)}};
}

static void
press (TelephoneSender *self, guint32 timestamp, guint32 step, TelephonePacket *packet)
{
  guint32 wanted = ticks (self, self->presses[self->first].duration);
  gboolean first = self->state != TELEPHONE_SENDER_PRESSED;
  guint32 length, segment;

  if (first) {
    self->state = TELEPHONE_SENDER_PRESSED;
    self->start = self->segment = timestamp;
    self->ends = 0;
  }
  length = MIN (timestamp - self->start + step, wanted);
  segment = self->start + length - self->segment;
  if (event_ticks (self, segment) > MAX_SEGMENT) {
    fill (self, MAX_SEGMENT, FALSE, packet);
    self->segment += (guint32) ((guint64) MAX_SEGMENT * self->media_rate / self->clock_rate);
  } else {
    fill (self, event_ticks (self, segment), length >= wanted, packet);
  }
  packet->marker = first;
  if (packet->event.end) {
    self->state = TELEPHONE_SENDER_ENDING;
    self->ends = 1;
  }
}

static void
end (TelephoneSender *self, TelephonePacket *packet)
{
  guint32 wanted = ticks (self, self->presses[self->first].duration);

  fill (self, event_ticks (self, self->start + wanted - self->segment), TRUE, packet);
  if (++self->ends == ENDS)
    self->state = TELEPHONE_SENDER_GAP;
}

static void
finish_gap (TelephoneSender *self, guint32 timestamp)
{
  const TelephonePress *last = &self->presses[self->first];

  if ((gint32) (timestamp - self->start - ticks (self, last->duration) - ticks (self, last->gap)) < 0)
    return;
  self->first = (self->first + 1) % TELEPHONE_SENDER_MAX;
  self->n--;
  self->state = TELEPHONE_SENDER_IDLE;
}

gboolean
telephone_sender_next (TelephoneSender *self, guint32 timestamp, TelephonePacket *packet)
{
  guint32 step = packet_length (self, timestamp);

  if (self->state == TELEPHONE_SENDER_GAP)
    finish_gap (self, timestamp);
  if (self->state == TELEPHONE_SENDER_GAP || self->n == 0)
    return FALSE;
  if (self->state == TELEPHONE_SENDER_ENDING)
    end (self, packet);
  else
    press (self, timestamp, step, packet);
  return TRUE;
}
