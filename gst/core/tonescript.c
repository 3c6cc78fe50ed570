/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonescript.h"

#include <math.h>
#include <string.h>

G_DEFINE_QUARK (tone - script - error - quark, tone_script_error)

ToneScript *
tone_script_new (const ToneElement *elements, guint n_elements)
{
  ToneScript *script = g_malloc0 (sizeof (ToneScript) + n_elements * sizeof (ToneElement));

  script->n_elements = n_elements;
  for (guint i = 0; i < n_elements; i++)
    script->elements[i] = elements[i];
  return script;
}

void
tone_script_free (ToneScript *script)
{
  g_free (script);
}

gboolean
tone_pitch_is_set (const TonePitch *pitch)
{
  return pitch->is_note || pitch->value > 0;
}

double
tone_pitch_hertz (const TonePitch *pitch)
{
  return pitch->is_note ? 440 * exp2 (((double) pitch->value - 69) / 12) : pitch->value / 1000.0;
}

static gboolean
same_pitch (const TonePitch *a, const TonePitch *b)
{
  return !a->is_note == !b->is_note && a->value == b->value;
}

static gboolean
same_part (const TonePart *a, const TonePart *b)
{
  return same_pitch (&a->carrier, &b->carrier) && same_pitch (&a->modulator, &b->modulator) && a->depth == b->depth
         && a->level == b->level;
}

static gboolean
same_element (const ToneElement *a, const ToneElement *b)
{
  gboolean same = !a->once == !b->once && a->duration == b->duration && a->n_parts == b->n_parts;

  for (guint i = 0; same && i < a->n_parts; i++)
    same = same_part (&a->parts[i], &b->parts[i]);
  return same;
}

gboolean
tone_script_equal (const ToneScript *a, const ToneScript *b)
{
  gboolean same = a->n_elements == b->n_elements;

  for (guint i = 0; same && i < a->n_elements; i++)
    same = same_element (&a->elements[i], &b->elements[i]);
  return same;
}

/* ---- printing ---- */

/* @value in units of 10 to the power of -@decimals, without zeros at its end. */
static void
print_decimal (GString *out, guint64 value, guint decimals)
{
  guint64 scale = 1;

  for (guint i = 0; i < decimals; i++)
    scale *= 10;
  g_string_append_printf (out, "%" G_GUINT64_FORMAT, value / scale);
  value %= scale;
  if (value > 0)
    g_string_append_c (out, '.');
  while (value > 0) {
    scale /= 10;
    g_string_append_c (out, '0' + value / scale);
    value %= scale;
  }
}

static void
print_pitch (GString *out, const TonePitch *pitch)
{
  if (pitch->is_note)
    g_string_append_printf (out, "M%u", pitch->value);
  else
    print_decimal (out, pitch->value, 3);
}

static void
print_part (GString *out, const TonePart *part)
{
  print_pitch (out, &part->carrier);
  if (tone_pitch_is_set (&part->modulator)) {
    g_string_append_c (out, '*');
    print_pitch (out, &part->modulator);
    if (part->depth != TONE_SCRIPT_DEFAULT_DEPTH)
      g_string_append_printf (out, "%%%u", part->depth);
  }
  if (part->level != 0) {
    g_string_append (out, part->level < 0 ? "@-" : "@");
    print_decimal (out, ABS (part->level), 2);
  }
}

static void
print_element (GString *out, const ToneElement *element)
{
  if (element->once)
    g_string_append_c (out, '!');
  if (element->n_parts == 0)
    g_string_append_c (out, '0');
  for (guint i = 0; i < element->n_parts; i++) {
    if (i > 0)
      g_string_append_c (out, '+');
    print_part (out, &element->parts[i]);
  }
  if (element->duration != TONE_FOREVER) {
    g_string_append_c (out, '/');
    print_decimal (out, element->duration, 6);
  }
}

char *
tone_script_print (const ToneScript *script)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < script->n_elements; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    print_element (out, &script->elements[i]);
  }
  return g_string_free (out, FALSE);
}
