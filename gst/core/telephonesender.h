/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/telephoneevent.h"

G_BEGIN_DECLS

/* Presses of keys as RTP packets (RFC 4733), on the timeline of the sound that they interrupt. */

#define TELEPHONE_SENDER_MAX 128 /* presses that wait */

typedef struct
{
  guint8 key;
  guint32 duration, gap; /* ms; the gap is silence of keys behind it */
} TelephonePress;

typedef enum
{
  TELEPHONE_SENDER_IDLE,
  TELEPHONE_SENDER_PRESSED,
  TELEPHONE_SENDER_ENDING,
  TELEPHONE_SENDER_GAP
} TelephoneSenderState;

typedef struct
{
  guint clock_rate, media_rate; /* as of TelephonePacket */
  TelephonePress presses[TELEPHONE_SENDER_MAX];
  guint first, n; /* a ring */
  TelephoneSenderState state;
  guint32 start, segment; /* timestamps of the press that is being sent */
  guint32 last;           /* timestamp of the packet of sound before */
  gboolean has_last;
  guint ends; /* that went out */
} TelephoneSender;

void telephone_sender_init (TelephoneSender *self, guint clock_rate, guint media_rate);
/* FALSE, and nothing is added: a character that is no key, nothing at all, or no room. */
gboolean telephone_sender_add (TelephoneSender *self, const char *digits, guint duration_ms, guint gap_ms);
gboolean telephone_sender_is_idle (const TelephoneSender *self);
/* A packet of sound is due, with @timestamp. TRUE: @packet goes out in its place. */
gboolean telephone_sender_next (TelephoneSender *self, guint32 timestamp, TelephonePacket *packet);

G_END_DECLS
