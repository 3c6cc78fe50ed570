/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/rtttl.h"

#include <string.h>

#define UNITS 128                                       /* of a whole note: a dotted 64th is three */
#define WHOLE_NOTE_NS G_GUINT64_CONSTANT (240000000000) /* times beats */
#define MAX_NOTES (TONE_SCRIPT_MAX_ELEMENTS / 2)
#define REST -1

typedef struct
{
  gint midi; /* or REST */
  guint units;
} Note;

typedef struct
{
  const char *text, *at;
  GError **error;
  guint duration, octave, beats; /* the defaults */
} Parser;

static gboolean
fail_at (const Parser *self, const char *at, ToneScriptError code, const char *what)
{
  guint column = 1;

  for (const char *c = self->text; c < at; c++)
    column += (*c & 0xc0) != 0x80; /* the name may be UTF-8, of which this counts the first bytes */
  g_set_error (self->error, TONE_SCRIPT_ERROR, code, "column %u: %s", column, what);
  return FALSE;
}

static void
skip_blanks (Parser *self)
{
  while (g_ascii_isspace (*self->at))
    self->at++;
}

static gboolean
take (Parser *self, char c)
{
  skip_blanks (self);
  if (g_ascii_tolower (*self->at) != c)
    return FALSE;
  self->at++;
  return TRUE;
}

/* A number; FALSE without an error where there is none. */
static gboolean
take_number (Parser *self, guint *number)
{
  skip_blanks (self);
  if (!g_ascii_isdigit (*self->at))
    return FALSE;
  for (*number = 0; g_ascii_isdigit (*self->at); self->at++)
    *number = MIN (*number * 10 + (guint) g_ascii_digit_value (*self->at), 1000000);
  return TRUE;
}

static gboolean
is_duration (guint number)
{
  return number >= 1 && number <= 64 && (number & (number - 1)) == 0;
}

static gboolean
parse_default (Parser *self)
{
  const char *start;
  char name;
  guint number;

  skip_blanks (self);
  start = self->at;
  name = *self->at != '\0' ? g_ascii_tolower (*self->at++) : '\0';
  if (name == '\0' || strchr ("dob", name) == NULL || !take (self, '='))
    return fail_at (self, start, TONE_SCRIPT_ERROR_SYNTAX, "'d=', 'o=' or 'b=' expected, then ':' and the notes");
  skip_blanks (self);
  start = self->at;
  if (!take_number (self, &number))
    return fail_at (self, start, TONE_SCRIPT_ERROR_SYNTAX, "a number expected");
  if (name == 'd' && !is_duration (number))
    return fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "a duration is 1, 2, 4, 8, 16, 32 or 64");
  if (name == 'o' && number > 8)
    return fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "an octave is 0 to 8");
  if (name == 'b' && (number < 5 || number > 1000))
    return fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "beats are 5 to 1000 a minute");
  *(name == 'd' ? &self->duration : name == 'o' ? &self->octave : &self->beats) = number;
  return TRUE;
}

static gboolean
parse_head (Parser *self)
{
  const char *colon = strchr (self->text, ':');

  if (colon == NULL)
    return fail_at (self, self->text + strlen (self->text), TONE_SCRIPT_ERROR_SYNTAX,
        "':' is missing: a melody is name:d=4,o=6,b=63:notes");
  self->at = colon + 1;
  if (take (self, ':'))
    return TRUE;
  do {
    if (!parse_default (self))
      return FALSE;
  } while (take (self, ','));
  skip_blanks (self);
  return take (self, ':') || fail_at (self, self->at, TONE_SCRIPT_ERROR_SYNTAX, "',' or ':' expected");
}

/* The letter's half tones above c, or REST; -2: none. */
static gint
take_letter (Parser *self)
{
  static const struct
  {
    char letter;
    gint half_tones;
  } letters[] = {{'c', 0}, {'d', 2}, {'e', 4}, {'f', 5}, {'g', 7}, {'a', 9}, {'b', 11}, {'h', 11}, {'p', REST}};

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++) {
    if (take (self, letters[i].letter))
      return letters[i].half_tones;
  }
  return -2;
}

static gboolean
parse_note (Parser *self, Note *note)
{
  guint duration = self->duration, octave = self->octave;
  gint half_tones;
  gboolean sharp, dotted;
  const char *start;

  skip_blanks (self);
  start = self->at;
  if (take_number (self, &duration) && !is_duration (duration))
    return fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "a duration is 1, 2, 4, 8, 16, 32 or 64");
  half_tones = take_letter (self);
  if (half_tones < REST)
    return fail_at (
        self, self->at, TONE_SCRIPT_ERROR_SYNTAX, "a note expected: c, d, e, f, g, a, b, h, or p for a pause");
  sharp = half_tones != REST && take (self, '#');
  dotted = take (self, '.');
  skip_blanks (self);
  start = self->at;
  if (take_number (self, &octave) && octave > 8)
    return fail_at (self, start, TONE_SCRIPT_ERROR_RANGE, "an octave is 0 to 8");
  dotted = dotted || take (self, '.');
  note->units = UNITS / duration + (dotted ? UNITS / duration / 2 : 0);
  note->midi = half_tones == REST ? REST : 12 * ((gint) octave + 1) + half_tones + sharp;
  return TRUE;
}

static gboolean
parse_notes (Parser *self, GArray *notes)
{
  do {
    Note note;

    if (notes->len == MAX_NOTES)
      return fail_at (self, self->at, TONE_SCRIPT_ERROR_SIZE, "more than 1024 notes");
    if (!parse_note (self, &note))
      return FALSE;
    g_array_append_val (notes, note);
  } while (take (self, ','));
  skip_blanks (self);
  return *self->at == '\0' || fail_at (self, self->at, TONE_SCRIPT_ERROR_SYNTAX, "',' or the end expected");
}

static void
append (GArray *elements, gint midi, guint64 duration)
{
  ToneElement element = {.duration = duration};

  if (midi != REST) {
    element.n_parts = 1;
    element.parts[0].carrier = (TonePitch){TRUE, (guint) midi};
  }
  g_array_append_val (elements, element);
}

/* Times are rounded from the beginning of the melody, not note by note. */
static ToneScript *
make_script (const Note *notes, guint n, guint beats)
{
  g_autoptr (GArray) elements = g_array_new (FALSE, FALSE, sizeof (ToneElement));
  guint64 units = 0, start = 0;

  for (guint i = 0; i < n; i++) {
    gint next = i + 1 < n ? notes[i + 1].midi : REST;
    guint64 end, gap;

    units += notes[i].units;
    end = (units * WHOLE_NOTE_NS + UNITS * beats / 2) / (UNITS * beats);
    gap = notes[i].midi != REST && notes[i].midi == next ? (end - start) / 8 : 0;
    append (elements, notes[i].midi, end - start - gap);
    if (gap > 0)
      append (elements, REST, gap);
    start = end;
  }
  return tone_script_new ((const ToneElement *) elements->data, elements->len);
}

ToneScript *
rtttl_parse (const char *melody, GError **error)
{
  g_autoptr (GArray) notes = g_array_new (FALSE, FALSE, sizeof (Note));
  g_autoptr (GError) own_error = NULL;
  Parser self = {melody, melody, &own_error, 4, 6, 63};

  if (strnlen (melody, TONE_SCRIPT_MAX_LENGTH + 1) > TONE_SCRIPT_MAX_LENGTH)
    fail_at (&self, melody + TONE_SCRIPT_MAX_LENGTH, TONE_SCRIPT_ERROR_SIZE, "the melody is too long");
  else if (parse_head (&self) && parse_notes (&self, notes))
    return make_script ((const Note *) notes->data, notes->len, self.beats);
  g_propagate_error (error, g_steal_pointer (&own_error));
  return NULL;
}
