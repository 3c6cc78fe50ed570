/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/recordlayout.h"

#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* The picture of a composed recording. Of one thread at a time. */
typedef struct ComposeCanvas ComposeCanvas;

/* A participant as it is to be seen. */
typedef struct
{
  guint participant;  /* whose it is: 0, 1, ... */
  char *label;        /* NULL: none */
  GstBuffer *picture; /* NULL: a plain tile */
  GstVideoInfo info;  /* of the picture */
} ComposeTile;

void compose_tile_clear (ComposeTile *tile);

/* @info: I420. */
ComposeCanvas *compose_canvas_new (const GstVideoInfo *info, RecordLayout layout, gboolean names);
void compose_canvas_free (ComposeCanvas *self);
gboolean compose_canvas_has_names (const ComposeCanvas *self);
/* The tiles are taken over: cleared before it returns, or kept. @speaker: an index among them. (transfer full) */
GstBuffer *compose_canvas_draw (ComposeCanvas *self, ComposeTile *tiles, guint n_tiles, guint speaker);

G_END_DECLS
