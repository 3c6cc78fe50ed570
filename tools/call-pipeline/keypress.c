/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A press that travels both as a telephone event and as sound is told twice: the event comes first, the sound through
 * the jitterbuffer, the decoder and the detector after it, or the other way round when packets are late. So what one
 * method tells waits a moment to be matched by the other, each once: who dials 1 1 quickly dials twice.
 *
 *   event  1     1
 *   sound      1     1        two presses
 */

#include "keypress.h"

#define MATCH_TIME_MS 1000
#define MAX_PENDING 64 /* more in a second is not a finger */

typedef struct
{
  guint number, method;
  gint64 time_ms;
} Press;

struct _KeyPresses
{
  GArray *pending; /* (element-type Press), oldest first */
};

KeyPresses *
key_presses_new (void)
{
  KeyPresses *self = g_new0 (KeyPresses, 1);

  self->pending = g_array_new (FALSE, FALSE, sizeof (Press));
  return self;
}

void
key_presses_free (KeyPresses *self)
{
  g_array_unref (self->pending);
  g_free (self);
}

gboolean
key_presses_add (KeyPresses *self, guint number, guint method, gint64 now_ms)
{
  const Press press = {number, method, now_ms};

  while (self->pending->len > 0
         && (now_ms - g_array_index (self->pending, Press, 0).time_ms > MATCH_TIME_MS
             || self->pending->len >= MAX_PENDING))
    g_array_remove_index (self->pending, 0);
  for (guint i = 0; i < self->pending->len; i++) {
    const Press *other = &g_array_index (self->pending, Press, i);
    if (other->number == number && other->method != method) {
      g_array_remove_index (self->pending, i);
      return FALSE;
    }
  }
  g_array_append_val (self->pending, press);
  return TRUE;
}

char
key_press_to_key (guint number)
{
  static const char keys[] = "0123456789*#ABCD";

  return number < sizeof keys - 1 ? keys[number] : '\0';
}
