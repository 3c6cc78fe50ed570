/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The tones of the national networks, as const tables of scripts (tonescript.h). One file for each part of the world,
 * tonezones<where>.c; tonezone.c finds things in them. */

typedef enum
{
  TONE_DIAL,
  TONE_RINGBACK,
  TONE_BUSY,
  TONE_CONGESTION,   /* all trunks busy: reorder, fast busy */
  TONE_CALL_WAITING, /* to the one who talks */
  TONE_RECORD,       /* somebody records this call */
  TONE_INFO,         /* special information, before an announcement */
  TONE_STUTTER,      /* special dial: messages wait, or a service is on */
  TONE_RECALL,       /* dial tone after a hook flash */
  TONE_UNOBTAINABLE, /* no such number */
  TONE_INTRUSION,    /* an operator listens */
  TONE_HOLDING,      /* the other side is coming back */
  TONE_CONFIRMATION, /* the service has been set */
  TONE_HOWLER,       /* the handset is off the hook */
  TONE_KIND_COUNT
} ToneKind;

typedef struct
{
  const char *script; /* NULL: the zone has no such tone */
  double level;       /* dBm0 of each frequency of it, where the script puts none above or below */
} ZoneTone;

typedef struct
{
  const char *code;   /* ISO 3166-1 alpha-2, lower case */
  const char *name;   /* the country's, in English */
  const char *source; /* the document that the figures are from, with its year */
  ZoneTone tones[TONE_KIND_COUNT];
} ToneZone;

guint tone_zone_count (void);
const ToneZone *tone_zone_nth (guint index);
/* In either case; NULL: no such zone. */
const ToneZone *tone_zone_find (const char *code);

const char *tone_kind_to_string (ToneKind kind); /* "dial", "ringback", ... */
gboolean tone_kind_from_string (const char *text, ToneKind *kind);

G_END_DECLS
