/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/dtmf.h"

#include <string.h>

#define MILLISECOND G_GUINT64_CONSTANT (1000000)
#define TONE_TIME (100 * MILLISECOND)
#define PAUSE_TIME (1000 * MILLISECOND)
#define TWIST 200 /* 0.01 dB: lines take more from high frequencies, so telephones send them louder */

static const char keys[] = "123A"
                           "456B"
                           "789C"
                           "*0#D";

gboolean
dtmf_frequencies (char digit, guint *low, guint *high)
{
  static const guint rows[] = {697, 770, 852, 941}, columns[] = {1209, 1336, 1477, 1633};
  const char *key = digit != '\0' ? strchr (keys, g_ascii_toupper (digit)) : NULL;

  if (key == NULL)
    return FALSE;
  *low = rows[(key - keys) / 4];
  *high = columns[(key - keys) % 4];
  return TRUE;
}

static void
append (GArray *elements, guint low, guint high, guint64 duration)
{
  ToneElement element = {.duration = duration};

  if (low > 0) {
    element.n_parts = 2;
    element.parts[0].carrier.value = low * 1000;
    element.parts[1].carrier.value = high * 1000;
    element.parts[1].level = TWIST;
  }
  g_array_append_val (elements, element);
}

ToneScript *
dtmf_parse (const char *digits, GError **error)
{
  g_autoptr (GArray) elements = g_array_new (FALSE, FALSE, sizeof (ToneElement));
  guint low, high;

  for (const char *at = digits; *at != '\0'; at++) {
    if (elements->len + 2 > TONE_SCRIPT_MAX_ELEMENTS) {
      g_set_error (error, TONE_SCRIPT_ERROR, TONE_SCRIPT_ERROR_SIZE, "column %u: more than %d digits",
          (guint) (at - digits) + 1, TONE_SCRIPT_MAX_ELEMENTS / 2);
      return NULL;
    }
    if (*at == ',') {
      append (elements, 0, 0, PAUSE_TIME);
    } else if (dtmf_frequencies (*at, &low, &high)) {
      append (elements, low, high, TONE_TIME);
      append (elements, 0, 0, TONE_TIME);
    } else {
      g_set_error (error, TONE_SCRIPT_ERROR, TONE_SCRIPT_ERROR_SYNTAX,
          "column %u: no digit: there are 0 to 9, *, #, A to D, and ',' for a pause", (guint) (at - digits) + 1);
      return NULL;
    }
  }
  if (elements->len > 0)
    return tone_script_new ((const ToneElement *) elements->data, elements->len);
  g_set_error (error, TONE_SCRIPT_ERROR, TONE_SCRIPT_ERROR_SYNTAX, "column 1: a digit is missing at the end");
  return NULL;
}
