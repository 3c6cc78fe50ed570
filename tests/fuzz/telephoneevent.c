/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/telephoneevent.h"

#include <string.h>

/* Each 8 bytes are a packet: a step of the timestamp, marker or sound, a payload. Presses and releases take turns, and
 * all numbers stay keys. */

#define RECORD 8

typedef struct
{
  gboolean pressed;
  guint8 key;
} Heard;

static void
check_changes (Heard *heard, const TelephoneKeyChange *changes, guint n)
{
  FUZZ_ASSERT (n <= TELEPHONE_KEYS_MAX_CHANGES);
  for (guint i = 0; i < n; i++) {
    FUZZ_ASSERT (changes[i].key < TELEPHONE_EVENT_KEYS && changes[i].volume < 64);
    FUZZ_ASSERT (changes[i].start != heard->pressed);
    FUZZ_ASSERT (changes[i].start || changes[i].key == heard->key);
    heard->pressed = changes[i].start;
    heard->key = changes[i].key;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint clock_rates[] = {0, 8000, 48000, G_MAXUINT32};
  TelephoneKeyChange changes[TELEPHONE_KEYS_MAX_CHANGES];
  TelephoneKeys keys = {0};
  TelephonePacket packet = {.media_rate = 48000};
  Heard heard = {0};
  guint8 written[TELEPHONE_EVENT_SIZE];

  for (; size >= RECORD; data += RECORD, size -= RECORD) {
    gint16 step;
    memcpy (&step, data, sizeof step);
    packet.timestamp += (guint32) step * (data[2] & 0x10 ? 480000u : 96u);
    packet.marker = data[2] & 1;
    packet.clock_rate = clock_rates[data[2] >> 1 & 3];
    FUZZ_ASSERT (telephone_event_read (&packet.event, data + 4, TELEPHONE_EVENT_SIZE));
    telephone_event_write (&packet.event, written);
    FUZZ_ASSERT (
        written[0] == data[4] && (written[1] | 0x40) == (data[5] | 0x40) && memcmp (written + 2, data + 6, 2) == 0);
    if (data[2] & 8)
      check_changes (&heard, changes, telephone_keys_pass (&keys, packet.timestamp, packet.media_rate, changes));
    else
      check_changes (&heard, changes, telephone_keys_push (&keys, &packet, changes));
  }
  return 0;
}
