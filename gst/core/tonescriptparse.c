/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The grammar stands in tonescript.h; one function for each of its rules. */

#include "gst/core/tonescript.h"

#include <string.h>

#define MAX_LEVEL 2400 /* 0.01 dB */
#define MIN_LEVEL -9600

typedef struct
{
  const char *text;
  const char *at;
  GError **error;
} Parser;

/* What may stand before @at is ASCII, so that bytes are columns. */
static G_GNUC_PRINTF (4, 5) gboolean
    fail_at (const Parser *self, const char *at, ToneScriptError code, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (self->error, TONE_SCRIPT_ERROR, code, "column %u: %s", (guint) (at - self->text) + 1, what);
  return FALSE;
}

static gboolean
take (Parser *self, char c)
{
  if (*self->at != c)
    return FALSE;
  self->at++;
  return TRUE;
}

static void
skip_blanks (Parser *self)
{
  while (*self->at == ' ' || *self->at == '\t')
    self->at++;
}

static gboolean
unexpected (Parser *self, const char *wanted)
{
  g_autofree char *found = NULL;

  if (*self->at == '\0')
    return fail_at (self, self->at, TONE_SCRIPT_ERROR_SYNTAX, "%s is missing at the end", wanted);
  found = g_ascii_isprint (*self->at) ? g_strdup_printf ("'%c'", *self->at)
                                      : g_strdup_printf ("byte 0x%02x", (guchar) *self->at);
  return fail_at (self, self->at, TONE_SCRIPT_ERROR_SYNTAX, "%s expected, not %s", wanted, found);
}

/* A decimal number in units of 10 to the power of -@decimals, 0 to @max. */
static gboolean
parse_decimal (Parser *self, const char *what, guint decimals, guint64 max, guint64 *value)
{
  const char *start = self->at;
  gboolean in_fraction = FALSE;

  if (!g_ascii_isdigit (*self->at))
    return unexpected (self, what);
  *value = 0;
  for (; g_ascii_isdigit (*self->at) || (*self->at == '.' && !in_fraction && decimals > 0); self->at++) {
    if (*self->at == '.') {
      in_fraction = TRUE;
      if (!g_ascii_isdigit (self->at[1])) {
        self->at++;
        return unexpected (self, "a digit");
      }
      continue;
    }
    if (in_fraction && decimals-- == 0)
      return fail_at (self, self->at, TONE_SCRIPT_ERROR_RANGE, "too many decimals of %s", what);
    *value = *value * 10 + (guint) g_ascii_digit_value (*self->at);
    if (*value > max)
      return fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "%s is too large", what);
  }
  for (; decimals > 0; decimals--)
    *value *= 10;
  return *value <= max || fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "%s is too large", what);
}

static gboolean
parse_pitch (Parser *self, TonePitch *pitch)
{
  const char *start = self->at;
  guint64 value;

  pitch->is_note = take (self, 'M');
  if (pitch->is_note ? !parse_decimal (self, "a MIDI note of 0 to 127", 0, 127, &value)
                     : !parse_decimal (self, "a frequency in Hz", 3, TONE_SCRIPT_MAX_MILLIHERTZ, &value))
    return FALSE;
  pitch->value = (guint) value;
  return tone_pitch_is_set (pitch)
         || fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "silence, 0, stands by itself: 0 Hz cannot be mixed");
}

static gboolean
parse_modulation (Parser *self, TonePart *part)
{
  const char *start;
  guint64 depth = TONE_SCRIPT_DEFAULT_DEPTH;

  if (!parse_pitch (self, &part->modulator))
    return FALSE;
  if (take (self, '%')) {
    start = self->at;
    if (!parse_decimal (self, "a depth of 1 to 100 per cent", 0, 100, &depth))
      return FALSE;
    if (depth == 0)
      return fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "a depth of 0 per cent is no modulation: leave it out");
  }
  part->depth = (guint) depth;
  return TRUE;
}

static gboolean
parse_level (Parser *self, gint *level)
{
  gboolean negative = take (self, '-');
  guint64 value;

  if (!negative)
    take (self, '+');
  if (!parse_decimal (self, "a level of -96 to 24 dB", 2, negative ? -MIN_LEVEL : MAX_LEVEL, &value))
    return FALSE;
  *level = negative ? -(gint) value : (gint) value;
  return TRUE;
}

static gboolean
parse_part (Parser *self, TonePart *part)
{
  return parse_pitch (self, &part->carrier) && (!take (self, '*') || parse_modulation (self, part))
         && (!take (self, '@') || parse_level (self, &part->level));
}

static gboolean
take_silence (Parser *self)
{
  if (*self->at != '0' || strchr ("/, \t", self->at[1]) == NULL)
    return FALSE;
  self->at++;
  return TRUE;
}

static gboolean
parse_sound (Parser *self, ToneElement *element)
{
  if (take_silence (self))
    return TRUE;
  do {
    if (element->n_parts == TONE_SCRIPT_MAX_PARTS)
      return fail_at (
          self, self->at, TONE_SCRIPT_ERROR_SIZE, "more than %d frequencies at a time", TONE_SCRIPT_MAX_PARTS);
    if (!parse_part (self, &element->parts[element->n_parts++]))
      return FALSE;
  } while (take (self, '+'));
  return TRUE;
}

static gboolean
parse_element (Parser *self, ToneElement *element)
{
  const char *start;

  element->duration = TONE_FOREVER;
  element->once = take (self, '!');
  if (!parse_sound (self, element) || !take (self, '/'))
    return *self->error == NULL;
  start = self->at;
  if (!parse_decimal (self, "a duration in ms", 6, TONE_SCRIPT_MAX_DURATION, &element->duration))
    return FALSE;
  if (element->duration == 0)
    return fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "a duration of 0 ms: leave it out for a sound without end");
  return element->duration >= TONE_SCRIPT_MIN_DURATION
         || fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "a duration under 0.125 ms, a sample at 8 kHz");
}

static gboolean
parse_script (Parser *self, GArray *elements)
{
  do {
    ToneElement element = {0};

    skip_blanks (self);
    if (elements->len == TONE_SCRIPT_MAX_ELEMENTS)
      return fail_at (self, self->at, TONE_SCRIPT_ERROR_SIZE, "more than %d elements", TONE_SCRIPT_MAX_ELEMENTS);
    if (elements->len > 0 && g_array_index (elements, ToneElement, elements->len - 1).duration == TONE_FOREVER)
      return fail_at (self, self->at, TONE_SCRIPT_ERROR_SYNTAX,
          "never reached: the element before it has no duration and lasts for ever");
    if (!parse_element (self, &element))
      return FALSE;
    g_array_append_val (elements, element);
    skip_blanks (self);
  } while (take (self, ','));
  return *self->at == '\0' || unexpected (self, "',' or the end");
}

ToneScript *
tone_script_parse (const char *text, GError **error)
{
  g_autoptr (GArray) elements = g_array_new (FALSE, FALSE, sizeof (ToneElement));
  g_autoptr (GError) own_error = NULL;
  Parser self = {text, text, &own_error};

  if (strnlen (text, TONE_SCRIPT_MAX_LENGTH + 1) > TONE_SCRIPT_MAX_LENGTH)
    fail_at (&self, text + TONE_SCRIPT_MAX_LENGTH, TONE_SCRIPT_ERROR_SIZE, "the script is too long");
  else if (parse_script (&self, elements))
    return tone_script_new ((const ToneElement *) elements->data, elements->len);
  g_propagate_error (error, g_steal_pointer (&own_error));
  return NULL;
}
