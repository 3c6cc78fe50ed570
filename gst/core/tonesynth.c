/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonesynth.h"

#include "gst/core/tonetimeline.h"

#include <math.h>
#include <string.h>

#define VOICES TONE_SCRIPT_MAX_PARTS
#define FADE_CHUNK 64
#define OSCILLATORS (2 * VOICES) /* a carrier and a modulator for each voice */

/* A part at the rate. A step of 0: there is no such oscillator. */
typedef struct
{
  guint64 step[2]; /* of carrier and modulator: 2^-64 turns a sample */
  double amplitude, depth;
} Voice;

typedef struct
{
  Voice voices[VOICES];
} Sound;

struct ToneSynth
{
  ToneTimeline *timeline;
  guint n_sounds;
  Sound *sounds;  /* one for each element of the script */
  guint64 fade;   /* samples */
  guint seamless; /* bits: oscillators that never pause once the loop is reached */

  /* The element that was read last, and the phases it began with. */
  gboolean placed;
  ToneSpan span;
  guint64 phases[OSCILLATORS];
  guint alone[2]; /* bits: voices that the element before, and the one behind, does not have */
};

/* ---- making ---- */

static guint64
make_step (const TonePitch *pitch, guint rate)
{
  return (guint64) (tone_pitch_hertz (pitch) / rate * 0x1p64);
}

static void
make_voice (Voice *voice, const TonePart *part, const ToneSynthSettings *settings)
{
  voice->step[0] = make_step (&part->carrier, settings->rate);
  voice->step[1] = make_step (&part->modulator, settings->rate);
  voice->depth = part->depth / 100.0;
  voice->amplitude = pow (10, (settings->level + part->level / 100.0 - TONE_FULL_SCALE_DBM0) / 20);
}

static gboolean
check_pitches (const ToneScript *script, guint rate, GError **error)
{
  for (guint i = 0; i < script->n_elements; i++) {
    for (guint j = 0; j < script->elements[i].n_parts; j++) {
      const TonePart *part = &script->elements[i].parts[j];
      double top = tone_pitch_hertz (&part->carrier) + tone_pitch_hertz (&part->modulator);
      if (top < rate / 2.0)
        continue;
      g_set_error (error, TONE_SCRIPT_ERROR, TONE_SCRIPT_ERROR_RANGE,
          "%.7g Hz cannot be had at a rate of %u: it takes a rate above %.7g", top, rate, 2 * top);
      return FALSE;
    }
  }
  return TRUE;
}

static guint64
step_of (const ToneSynth *self, guint element, guint oscillator)
{
  return self->sounds[element].voices[oscillator / 2].step[oscillator % 2];
}

static guint
find_seamless (const ToneSynth *self)
{
  guint seamless = (1u << OSCILLATORS) - 1;

  for (guint slot = 0; slot < tone_timeline_loop_size (self->timeline); slot++) {
    for (guint o = 0; o < OSCILLATORS; o++) {
      if (step_of (self, tone_timeline_loop_element (self->timeline, slot), o) == 0)
        seamless &= ~(1u << o);
    }
  }
  return seamless;
}

ToneSynth *
tone_synth_new (const ToneScript *script, const ToneSynthSettings *settings, GError **error)
{
  ToneSynth *self;

  if (!check_pitches (script, settings->rate, error))
    return NULL;
  self = g_new0 (ToneSynth, 1);
  self->timeline = tone_timeline_new (script, settings->rate, settings->repeats);
  self->fade = (guint64) (settings->edge * 1e-9 * settings->rate + 0.5);
  self->n_sounds = script->n_elements;
  self->sounds = g_new0 (Sound, script->n_elements);
  for (guint i = 0; i < script->n_elements; i++) {
    for (guint j = 0; j < script->elements[i].n_parts; j++)
      make_voice (&self->sounds[i].voices[j], &script->elements[i].parts[j], settings);
  }
  self->seamless = find_seamless (self);
  return self;
}

void
tone_synth_free (ToneSynth *self)
{
  tone_timeline_free (self->timeline);
  g_free (self->sounds);
  g_free (self);
}

guint64
tone_synth_length (const ToneSynth *self)
{
  return tone_timeline_length (self->timeline);
}

double
tone_synth_peak (const ToneSynth *self)
{
  double peak = 0;

  for (guint i = 0; i < self->n_sounds; i++) {
    double sum = 0;
    for (guint j = 0; j < VOICES; j++)
      sum += self->sounds[i].voices[j].amplitude * (1 + self->sounds[i].voices[j].depth);
    peak = MAX (peak, sum);
  }
  return peak;
}

/* ---- phases ---- */

/* The phase with which an oscillator begins @at: what it turned since it last began from 0. */
static guint64
phase_at (const ToneSynth *self, const ToneSpan *at, guint oscillator)
{
  ToneSpan span = *at;
  guint64 phase = 0;

  while (tone_timeline_previous (self->timeline, &span, &span)) {
    guint64 step = step_of (self, span.element, oscillator);
    if (step == 0)
      break;
    phase += step * (span.end - span.start);
    if (span.slot > 0 || span.pass < 2 || (self->seamless & 1u << oscillator) == 0)
      continue;
    /* All passes from the second one to the one before this, at once. */
    for (guint slot = 0; slot < tone_timeline_loop_size (self->timeline); slot++)
      phase += step_of (self, tone_timeline_loop_element (self->timeline, slot), oscillator)
               * tone_timeline_samples_of (self->timeline, slot, span.pass - 1);
    tone_timeline_find (self->timeline, 0, &span);
    while (span.pass == 0)
      tone_timeline_next (self->timeline, &span, &span);
  }
  return phase;
}

static void
place (ToneSynth *self, const ToneSpan *span)
{
  for (guint o = 0; o < OSCILLATORS; o++)
    self->phases[o] = step_of (self, span->element, o) != 0 ? phase_at (self, span, o) : 0;
}

/* From an element to the one behind it: the same as place(), without going back. */
static void
advance (ToneSynth *self, const ToneSpan *span)
{
  guint64 length = self->span.end - self->span.start;

  for (guint o = 0; o < OSCILLATORS; o++) {
    guint64 step = step_of (self, self->span.element, o);
    gboolean goes_on = step != 0 && step_of (self, span->element, o) != 0;
    self->phases[o] = goes_on ? self->phases[o] + step * length : 0;
  }
}

/* The voices that an element has and its neighbour has not. */
static guint
voices_alone (const ToneSynth *self, guint element, const ToneSpan *neighbour)
{
  guint alone = 0;

  for (guint i = 0; i < VOICES; i++) {
    if (step_of (self, element, 2 * i) != 0 && (neighbour == NULL || step_of (self, neighbour->element, 2 * i) == 0))
      alone |= 1u << i;
  }
  return alone;
}

static void
enter (ToneSynth *self, const ToneSpan *span)
{
  ToneSpan other;
  gboolean found;

  self->span = *span;
  found = tone_timeline_previous (self->timeline, span, &other);
  self->alone[0] = voices_alone (self, span->element, found ? &other : NULL);
  found = tone_timeline_next (self->timeline, span, &other);
  self->alone[1] = voices_alone (self, span->element, found ? &other : NULL);
}

static gboolean
go_to (ToneSynth *self, guint64 position)
{
  ToneSpan span;

  if (self->placed && position >= self->span.start && position < self->span.end)
    return TRUE;
  if (self->placed && position == self->span.end && tone_timeline_next (self->timeline, &self->span, &span)) {
    advance (self, &span);
  } else {
    self->placed = tone_timeline_find (self->timeline, position, &span);
    if (self->placed)
      place (self, &span);
  }
  if (self->placed)
    enter (self, &span);
  return self->placed;
}

/* ---- sound ---- */

/* The sine of a phase: folded into a quarter turn on either side of 0, there a polynomial (Taylor's up to x^13, with an
 * error under 6e-10, that is -184 dB). */
static inline double
sine (guint64 phase)
{
  guint32 turn = phase >> 32;
  double x, y, sum;

  if ((turn ^ turn << 1) & 0x80000000u)
    turn = 0x80000000u - turn;
  x = (gint32) turn * (G_PI / 2 * 0x1p-30);
  y = x * x;
  sum = 1.0 / 6227020800;
  sum = sum * y - 1.0 / 39916800;
  sum = sum * y + 1.0 / 362880;
  sum = sum * y - 1.0 / 5040;
  sum = sum * y + 1.0 / 120;
  sum = sum * y - 1.0 / 6;
  return (sum * y + 1) * x;
}

typedef struct
{
  guint64 phase, step;
} Oscillator;

static void
add_plain (double *out, gsize n, Oscillator carrier, double amplitude)
{
  for (gsize i = 0; i < n; i++)
    out[i] += amplitude * sine (carrier.phase + i * carrier.step);
}

static void
add_modulated (double *out, gsize n, Oscillator carrier, Oscillator modulator, const Voice *voice)
{
  for (gsize i = 0; i < n; i++)
    out[i] += voice->amplitude * sine (carrier.phase + i * carrier.step)
              * (1 + voice->depth * sine (modulator.phase + i * modulator.step));
}

static void
add_voice (const ToneSynth *self, guint index, guint64 position, double *out, gsize n)
{
  const Voice *voice = &self->sounds[self->span.element].voices[index];
  guint64 since = position - self->span.start;
  Oscillator carrier = {self->phases[2 * index] + since * voice->step[0], voice->step[0]};
  Oscillator modulator = {self->phases[2 * index + 1] + since * voice->step[1], voice->step[1]};

  if (voice->step[1] != 0)
    add_modulated (out, n, carrier, modulator, voice);
  else if (voice->step[0] != 0)
    add_plain (out, n, carrier, voice->amplitude);
}

/* How many samples at an end of the element a part takes to come or go: half of it at most. */
static guint64
fade_length (const ToneSynth *self)
{
  return MIN (self->fade, (self->span.end - self->span.start) / 2);
}

/* In an element's first or last samples. */
static void
add_faded_voice (ToneSynth *self, guint index, guint64 position, double *out, gsize n)
{
  guint64 fade = fade_length (self), since = position - self->span.start;
  gboolean coming = since < fade;
  double part[FADE_CHUNK];

  if ((self->alone[coming ? 0 : 1] & 1u << index) == 0) {
    add_voice (self, index, position, out, n);
    return;
  }
  memset (part, 0, n * sizeof *part);
  add_voice (self, index, position, part, n);
  for (gsize i = 0; i < n; i++) {
    guint64 at = coming ? since + i : self->span.end - 1 - position - i;
    out[i] += part[i] * 0.5 * (1 - cos (G_PI * (at + 0.5) / fade));
  }
}

/* @n samples, or those up to where a fade begins or ends. */
static gsize
add_voices (ToneSynth *self, guint64 position, double *out, gsize n)
{
  guint64 fade = fade_length (self), left = self->span.end - position;
  gboolean fades = position - self->span.start < fade || left <= fade;

  if (fades)
    n = MIN (n, MIN (FADE_CHUNK, position - self->span.start < fade ? self->span.start + fade - position : left));
  else
    n = MIN (n, left - fade);
  for (guint i = 0; i < VOICES; i++) {
    if (fades)
      add_faded_voice (self, i, position, out, n);
    else
      add_voice (self, i, position, out, n);
  }
  return n;
}

void
tone_synth_read (ToneSynth *self, guint64 position, double *out, gsize n)
{
  memset (out, 0, n * sizeof *out);
  while (n > 0 && go_to (self, position)) {
    gsize count = add_voices (self, position, out, n);

    out += count;
    position += count;
    n -= count;
  }
}
