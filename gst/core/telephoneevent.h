/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Keys of a telephone as RTP packets of their own (RFC 4733): the payload, and from packets to presses. */

#define TELEPHONE_EVENT_SIZE 4  /* bytes of a payload */
#define TELEPHONE_EVENT_KEYS 16 /* events 0 to 15 are keys; what is above is none of a telephone's */

typedef struct
{
  guint8 event;
  guint8 volume; /* -dBm0, 0 to 63 */
  gboolean end;
  guint16 duration; /* in ticks of the payload type's clock, since the packet's timestamp */
} TelephoneEvent;

/* FALSE: too short. What is behind the first event is not read. */
gboolean telephone_event_read (TelephoneEvent *event, const guint8 *payload, gsize size);
void telephone_event_write (const TelephoneEvent *event, guint8 payload[TELEPHONE_EVENT_SIZE]);
/* 0123456789*#ABCD; a to d are taken, too. -1: no such key. */
int telephone_event_from_digit (char digit);
char telephone_event_to_digit (guint event); /* '\0': none */

/* ---- from packets to presses ---- */

typedef struct
{
  guint8 key;
  guint8 volume;
  gboolean start;
} TelephoneKeyChange;

#define TELEPHONE_KEYS_MAX_CHANGES 3

/* Of one stream. All zero is its beginning. */
typedef struct
{
  gboolean known; /* the rest says something */
  gboolean pressed;
  guint8 key, volume;
  guint32 segment; /* the timestamp of the newest packets */
  guint32 length;  /* that they have told, in ticks of the stream's clock */
} TelephoneKeys;

typedef struct
{
  guint32 timestamp;
  gboolean marker;
  guint clock_rate; /* of the payload type, Hz */
  guint media_rate; /* of the stream's timestamps: that of the sound beside it, Hz */
  TelephoneEvent event;
} TelephonePacket;

/* Writes what it changes into @changes, at most TELEPHONE_KEYS_MAX_CHANGES; returns how many. */
guint telephone_keys_push (TelephoneKeys *self, const TelephonePacket *packet, TelephoneKeyChange *changes);
/* A packet of sound came: a key whose packets have ceased half a second ago is no longer pressed. */
guint telephone_keys_pass (TelephoneKeys *self, guint32 timestamp, guint media_rate, TelephoneKeyChange *changes);

G_END_DECLS
