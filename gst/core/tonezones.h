/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/tonezone.h"

G_BEGIN_DECLS

/* The tables that tonezone.c searches, each ended by a zone without a code. Sorted by code. */
extern const ToneZone tone_zones_america[];
extern const ToneZone tone_zones_asia[];
extern const ToneZone tone_zones_east[];   /* of Europe */
extern const ToneZone tone_zones_europe[]; /* its middle */
extern const ToneZone tone_zones_north[];  /* of Europe */
extern const ToneZone tone_zones_west[];   /* of Europe */
extern const ToneZone tone_zones_south[];  /* Africa, Oceania */

G_END_DECLS
